"""What an index says of one clipping."""

from __future__ import annotations

from dataclasses import dataclass

from clipclean.model import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a clipping is to those that an index holds.

    ``copy`` says that it joins a cluster that was there, and folds; of one that was in the index already, that another
    is kept. ``cluster`` is the id of its cluster, that of the
    clipping which founded it, its own where it is the first; it never changes. ``kept`` is the id of the copy that is
    kept in the cluster, once this one is in it. ``of`` is what it was measured against: the copy kept until then, one
    with the same words, or where it does not fold its nearest relative, with ``relation``, ``jaccard`` and
    ``containment`` (0 to 1) and a ``reason`` in words; all None where nothing is related. ``supersedes`` is the id of
    the copy that was kept until this better one came. ``words`` is how many words it has. ``known`` says that the
    clipping, with these words, was in the index already.

    >>> Verdict(id="b", cluster="a", kept="a", copy=True, of="a", relation=Relation.EXACT).is_new
    False
    """

    id: str
    cluster: str
    kept: str
    copy: bool = False
    of: str | None = None
    relation: Relation | None = None
    jaccard: float | None = None
    containment: float | None = None
    reason: str | None = None
    supersedes: str | None = None
    words: int = 0
    known: bool = False

    @property
    def is_new(self) -> bool:
        """Whether this is the first copy of its story, and was not in the index before."""
        return not (self.copy or self.known)
