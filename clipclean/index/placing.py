"""Puts clippings into clusters one after the other, in the order in which they come, and says for each what it is.

A new text joins the cluster that holds its strongest relative that folds, if at least half of the cluster's texts are
related to it (of more than eight texts, four) and if it folds with the copy that is kept there. Clusters are never
joined to one another, and keep their id. Where the newcomer ranks before the kept copy it is kept from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from clipclean.config import DedupSettings, Keep
from clipclean.duplicates.facts import preferred_place, rank
from clipclean.duplicates.results import why_one_is_kept
from clipclean.index.arrival import Arrival, touched
from clipclean.index.relate import Relative
from clipclean.index.rows import COPIES, ClippingRow, ClusterRow, TextRow
from clipclean.index.store import Changes, Store
from clipclean.index.verdict import Verdict
from clipclean.model import Relation

RELATIONS = tuple(Relation)
_VOTES = 8
_EXACT = RELATIONS.index(Relation.EXACT)
_SAME_WORDS = "the same words in the same order"


@dataclass(slots=True)
class State:
    """The rows of a store as they are with what has been done since, and what that was."""

    store: Store
    _texts: dict[int, TextRow] = field(default_factory=dict)
    _clusters: dict[int, ClusterRow | None] = field(default_factory=dict)
    _clippings: dict[int, ClippingRow] = field(default_factory=dict)
    _copies: dict[int, int] = field(default_factory=dict)
    _new_texts: dict[int, TextRow] = field(default_factory=dict)
    _new_clusters: dict[int, ClusterRow] = field(default_factory=dict)
    _new_clippings: dict[int, ClippingRow] = field(default_factory=dict)

    def apart(self) -> State:
        """The rows as the store has them, for something else to be done with them."""
        return State(self.store, self._texts, self._clusters, self._clippings, self._copies)

    def fetch(self, texts: Iterable[int]) -> None:
        """Read what placing among some texts will ask for, at once."""
        rows = self.store.texts(set(texts) - self._texts.keys())
        self._texts.update(rows)
        numbers = {row.cluster for row in rows.values()} - self._clusters.keys()
        clusters = self.store.clusters(numbers)
        self._clusters.update({number: clusters.get(number) for number in numbers})
        kept = {row.kept for row in clusters.values()} | {row.best for row in rows.values()}
        self._clippings.update(self.store.clippings(kept - self._clippings.keys()))
        missing = {row.kept // COPIES for row in clusters.values()} - self._texts.keys()
        self._texts.update(self.store.texts(missing))

    def fetch_copies(self, texts: Iterable[int]) -> None:
        """Read where the next clippings of some texts are to be put."""
        self._copies.update({text: number + 1 for text, number in self.store.last_copies(texts).items()})

    def text(self, number: int) -> TextRow:
        """A text."""
        found = self._new_texts.get(number) or self._texts.get(number)
        if found is None:
            self.fetch([number])
            return self._texts[number]
        return found

    def clipping(self, number: int) -> ClippingRow:
        """A clipping."""
        found = self._new_clippings.get(number) or self._clippings.get(number)
        if found is None:
            self._clippings.update(self.store.clippings([number]))
            return self._clippings[number]
        return found

    def cluster(self, number: int) -> ClusterRow | None:
        """A cluster, None where one clipping stands alone."""
        if number in self._new_clusters:
            return self._new_clusters[number]
        if number not in self._clusters:
            self._clusters[number] = self.store.clusters([number]).get(number)
        return self._clusters[number]

    def next_copy(self, text: int) -> int:
        """The number of the next clipping of a text, which is new or known from ``fetch_copies``."""
        number = self._copies.get(text, text * COPIES)
        self._copies[text] = number + 1
        return number

    def set_text(self, row: TextRow) -> None:
        """Add or change a text."""
        self._new_texts[row.number] = row

    def set_cluster(self, row: ClusterRow) -> None:
        """Add or change a cluster."""
        self._new_clusters[row.number] = row

    def set_clipping(self, row: ClippingRow) -> None:
        """Add or change a clipping."""
        self._new_clippings[row.number] = row

    def changes(self) -> Changes:
        """What was added and changed."""
        return Changes(
            texts=[row for _, row in sorted(self._new_texts.items())],
            clusters=[row for _, row in sorted(self._new_clusters.items())],
            clippings=[row for _, row in sorted(self._new_clippings.items())],
        )


@dataclass(frozen=True, slots=True)
class Placer:
    """Places clippings by the settings that say how far copies fold and which is kept; ``window`` is in days."""

    state: State
    settings: DedupSettings
    measure: Callable[[TextRow, TextRow], Relative | None]
    names: dict[int, str]
    window: int | None

    def place_copy(self, arrival: Arrival, number: int) -> Verdict:
        """Place a clipping whose words are those of the text ``number``."""
        text = self.state.text(number)
        best = self.state.clipping(text.best)
        cluster = self._cluster_of(text)
        kept = self.state.clipping(cluster.kept)
        row = self._row(arrival, number, _EXACT)
        text = touched(text, arrival)
        if self._ranks_before(row, text, best, text):
            text = text._replace(best=row.number)
        row, cluster = self._keep_better(row, text, cluster, kept)
        self.state.set_text(text)
        self.state.set_cluster(cluster)
        self.state.set_clipping(row)
        of = kept if kept.text == number else best
        return self._verdict(row, cluster.name, self.state.clipping(cluster.kept).id, of.id, _SAME_WORDS)

    def place_new(self, arrival: Arrival, text: TextRow, relatives: list[Relative], name: str | None) -> Verdict:
        """Place a clipping with a text that is new. A cluster that it founds is called ``name``, or by its id."""
        self.state.set_text(text)
        if joined := self._join(text, relatives):
            cluster, relative = joined
            kept = self.state.clipping(cluster.kept)
            relation = RELATIONS.index(relative.finding.relation)
            row = self._row(arrival, text.number, relation, relative)
            text = text._replace(cluster=cluster.number, best=row.number)
            row, cluster = self._keep_better(row, text, cluster._replace(texts=cluster.texts + 1), kept)
            self.state.set_text(text)
            self.state.set_cluster(cluster)
            self.state.set_clipping(row)
            keeps = self.state.clipping(cluster.kept).id
            return self._verdict(row, cluster.name, keeps, kept.id, relative.finding.reason)
        row = self._row(arrival, text.number)
        self.state.set_text(text._replace(best=row.number))
        self.state.set_clipping(row)
        if name is not None:
            self.state.set_cluster(ClusterRow(text.cluster, name, row.number, 1))
        if not relatives:
            return Verdict(id=arrival.id, cluster=name or arrival.id, kept=arrival.id, words=text.words)
        nearest = relatives[0]
        return Verdict(
            id=arrival.id,
            cluster=name or arrival.id,
            kept=arrival.id,
            of=self.state.clipping(self.state.text(nearest.text).best).id,
            relation=nearest.finding.relation,
            jaccard=nearest.jaccard,
            containment=nearest.containment,
            reason=nearest.finding.reason,
            words=text.words,
        )

    def known(self, row: ClippingRow) -> Verdict:
        """What a clipping is that was added before."""
        cluster = self._cluster_of(self.state.text(row.text))
        kept = self.state.clipping(cluster.kept).id
        if row.relation is None:
            words = self.state.text(row.text).words
            return Verdict(id=row.id, cluster=cluster.name, kept=kept, words=words, known=True)
        of = row.supersedes if row.supersedes and row.id == kept else kept
        return self._verdict(row, cluster.name, kept, of, None, copy=row.id != kept, known=True)

    def _join(self, text: TextRow, relatives: list[Relative]) -> tuple[ClusterRow, Relative] | None:
        """The cluster that a new text joins, and what it is to the copy that is kept there."""
        if not relatives:
            return None
        folds = self.settings.fold.relations
        found = [(relative, self.state.text(relative.text)) for relative in relatives]
        for number in dict.fromkeys(other.cluster for relative, other in found if relative.finding.relation in folds):
            inside = [(relative, other) for relative, other in found if other.cluster == number]
            cluster = self._cluster_of(inside[0][1])
            kept = cluster.kept // COPIES
            if 2 * len(inside) < min(cluster.texts, _VOTES) or not self._near(self.state.text(kept), text.low):
                continue
            measured = next((relative for relative, _ in inside if relative.text == kept), None)
            if measured is None and not any(relative.text == kept for relative in relatives):
                measured = self.measure(text, self.state.text(kept))
            if measured and measured.finding.relation in folds:
                return cluster, measured
        return None

    def _near(self, text: TextRow, day: int) -> bool:
        return self.window is None or text.days_from(day) <= self.window

    def _cluster_of(self, text: TextRow) -> ClusterRow:
        """The cluster of a text, made up where a clipping stands alone."""
        alone = self.state.clipping(text.best)
        return self.state.cluster(text.cluster) or ClusterRow(text.cluster, alone.id, alone.number, 1)

    def _keep_better(
        self, row: ClippingRow, text: TextRow, cluster: ClusterRow, kept: ClippingRow
    ) -> tuple[ClippingRow, ClusterRow]:
        """The clipping and its cluster, in which it is kept if it ranks before the copy that was."""
        if not self._ranks_before(row, text, kept, self.state.text(kept.text)):
            return row, cluster
        if kept.relation is None:  # it came first; what it is to the one that is kept now is what that is to it
            measured = row.relation, row.jaccard, row.containment
            self.state.set_clipping(kept._replace(relation=measured[0], jaccard=measured[1], containment=measured[2]))
        return row._replace(supersedes=kept.id), cluster._replace(kept=row.number)

    def _ranks_before(self, row: ClippingRow, text: TextRow, other: ClippingRow, other_text: TextRow) -> bool:
        return self.first([(other, other_text.words), (row, text.words)]) == 1

    def why(self, row: ClippingRow) -> str:
        """Why a clipping is kept, in words."""
        words = self.state.text(row.text).words
        return why_one_is_kept(self.settings, words, row.published, self._name(row.source))

    def first(self, copies: Sequence[tuple[ClippingRow, int]]) -> int:
        """The place of the clipping that ranks first, of some with the number of their words, as they came.

        Of equals the one that came first: it stays what others were told of.
        """
        if self.settings.keep is Keep.FIRST:
            return 0
        moments = [np.nan if row.published is None else float(row.published) for row, _ in copies]
        liked = np.zeros(len(copies), np.int64)
        if self.settings.keep is Keep.PREFERRED:
            liked[:] = [preferred_place(self.settings.prefer, self._name(row.source)) for row, _ in copies]
        places = rank(
            self.settings.keep,
            [f"{place:09}" for place in range(len(copies))],  # instead of ids, by which others are told apart
            np.array([words for _, words in copies]),
            np.array(moments),
            np.arange(len(copies)),
            liked,
        )
        return int(np.argmin(places))

    def _name(self, source: int) -> str:
        if self.settings.keep is not Keep.PREFERRED:
            return ""
        if source not in self.names:
            self.names[source] = self.state.store.names([source]).get(source, "")
        return self.names[source]

    def _row(
        self, arrival: Arrival, text: int, relation: int | None = None, relative: Relative | None = None
    ) -> ClippingRow:
        return ClippingRow(
            self.state.next_copy(text),
            arrival.id,
            arrival.source,
            arrival.published,
            arrival.seen,
            relation,
            relative.jaccard if relative else None if relation is None else 1.0,
            relative.containment if relative else None if relation is None else 1.0,
            arrived=arrival.arrived,
        )

    def _verdict(
        self,
        row: ClippingRow,
        cluster: str,
        kept: str,
        of: str,
        reason: str | None,
        *,
        copy: bool = True,
        known: bool = False,
    ) -> Verdict:
        assert row.relation is not None
        return Verdict(
            id=row.id,
            cluster=cluster,
            kept=kept,
            copy=copy,
            of=of,
            relation=RELATIONS[row.relation],
            jaccard=row.jaccard,
            containment=row.containment,
            reason=reason,
            supersedes=row.supersedes,
            words=self.state.text(row.text).words,
            known=known,
        )
