"""The frozen values that travel down the pipeline, in the order in which they appear.

    Origin -> Clipping (or Failure) -> Page of PageLines -> CleanClipping of Lines -> Document -> Match, Cluster, Fold

Nothing here reads, writes or decides. A stage takes these values and returns new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, make_dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any, TypeVar

Value = TypeVar("Value")


def maker(kind: type[Value]) -> Callable[..., Value]:
    """A way to make frozen values by the million, in half the time that their class takes.

    A frozen value is dear because each field is set by a call. The maker fills a twin that is not frozen, which then
    becomes what it is a twin of; the result differs in nothing. On the way to another process values are made so too.

    >>> made = maker(Origin)("dump/a.jsonl", record=3)
    >>> made == Origin("dump/a.jsonl", 3), type(made) is Origin
    (True, True)
    """
    twin = _twin(kind)

    def make(*values: Any, **named: Any) -> Value:
        made = twin(*values, **named)
        made.__class__ = kind
        return made  # type: ignore[no-any-return]

    make.__module__, make.__qualname__ = kind.__module__, f"{kind.__qualname__}.make"
    values = attrgetter(*(it.name for it in fields(kind)))  # type: ignore[arg-type] # the kinds are dataclasses
    kind.make, kind.__reduce__ = staticmethod(make), lambda self: (make, values(self))  # type: ignore[attr-defined, method-assign]
    return make


def column_maker(kind: type[Value]) -> Callable[..., list[Value]]:
    """A way to make frozen values from columns, one for each of their first fields, in half the time of a ``maker``.

    >>> [str(origin) for origin in column_maker(Origin)(["dump/a.jsonl", "dump/b.jsonl"], [3, 4])]
    ['dump/a.jsonl#3', 'dump/b.jsonl#4']
    """
    twin = _twin(kind)

    def make(*columns: Iterable[Any]) -> list[Value]:
        made = list(map(twin, *columns))
        for value in made:
            value.__class__ = kind
        return made

    return make


def _twin(kind: type[Value]) -> Any:
    stated = fields(kind)  # type: ignore[arg-type] # the kinds are dataclasses
    facts = [(it.name, Any, field(default=it.default, default_factory=it.default_factory)) for it in stated]
    return make_dataclass(kind.__name__, facts, slots=True)


class Label(StrEnum):
    """What a line of a clipping is. Everything but ``body`` is furniture; ``blank`` is an empty line.

    >>> Label("credit") is Label.CREDIT
    True
    """

    BODY = "body"
    HEADLINE = "headline"
    BYLINE = "byline"
    TIME = "time"
    CAPTION = "caption"
    CREDIT = "credit"
    TEASER = "teaser"
    RELATED = "related"
    PROMO = "promo"
    SOCIAL = "social"
    SIGNOFF = "signoff"
    NOTICE = "notice"
    BIO = "bio"
    AD = "ad"
    OTHER = "other"
    BLANK = "blank"


class Relation(StrEnum):
    """How one clipping relates to another; the order is from nearest to farthest.

    ``exact``: the same words in the same order. ``duplicate``: the same version of a story. ``abridgement``: the
    shorter stands almost whole in the longer. ``update``: a later or earlier version, or a rewrite that shares most
    of its reporting.

    >>> [relation.value for relation in Relation]
    ['exact', 'duplicate', 'abridgement', 'update']
    """

    EXACT = "exact"
    DUPLICATE = "duplicate"
    ABRIDGEMENT = "abridgement"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record came from: a file (members of archives as ``dump.zip/page.html``) and its record number.

    ``record`` counts from 1; 0 says that the file is one record.

    >>> str(Origin("dump/a.jsonl", 3)), str(Origin("dump/b.txt"))
    ('dump/a.jsonl#3', 'dump/b.txt')
    """

    path: str
    record: int = 0

    def __str__(self) -> str:
        return f"{self.path}#{self.record}" if self.record else self.path


@dataclass(frozen=True, slots=True)
class Clipping:
    """One scraped article as it came: plain ``text`` or a page's ``html`` (at least one), and what is known of it.

    ``published`` is the date as it was written in the record. ``meta`` holds the record's other keys, which pass
    through to the output. ``notes`` say what reading it took, such as ``"encoding: detected windows-1252"``.
    ``keys`` names, for each field above that a record gave as it stands here, the key under which the record has it
    (``{"text": "body"}``): ``meta`` and these together are the record's own keys. A field that is set but not named
    in ``keys`` was found otherwise (a source from the url's host, a date from a page's header).

    >>> Clipping(id="a1", text="Rain fell.", source="example.com").published is None
    True
    """

    id: str
    text: str | None = None
    html: str | None = None
    url: str | None = None
    source: str | None = None
    title: str | None = None
    published: str | None = None
    lang: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    origin: Origin = Origin("")
    notes: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)


new_origin, new_clipping = maker(Origin), maker(Clipping)


@dataclass(frozen=True, slots=True)
class Failure:
    """One input or record that could not be used: a line of ``errors.jsonl``. ``id`` where one was known."""

    origin: Origin
    kind: str
    message: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line of a clipping before any verdict, with what the page said of it.

    ``tag`` is the HTML element that holds it (empty for plain text), ``hints`` the names of what it stands in, from
    ``figure``, ``figcaption``, ``aside``, ``nav``, ``header``, ``footer``, ``form``, ``list``, ``quote``, ``table``,
    ``heading``, ``hidden``, and ``summary`` where the page's metadata says the same of the story. ``classes`` are the
    class and id words of the element and its ancestors up to the main container, lower case. ``link_share`` is the
    share of its characters that are link text, 0 to 1.
    ``parents`` numbers the block elements around it, the nearest first: lines with the same number share that element.
    ``extracted`` says whether the extractor took it for story, ``stated`` whether the page's own metadata gives it as
    story text; None where no extractor was asked, or the page states no text.
    """

    text: str
    tag: str = ""
    hints: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    link_share: float = 0.0
    parents: tuple[int, ...] = ()
    extracted: bool | None = None
    stated: bool | None = None


new_page_line = maker(PageLine)


@dataclass(frozen=True, slots=True)
class Page:
    """A clipping as lines: what extraction hands to cleaning; facts that the page stated stand on ``clipping``."""

    clipping: Clipping
    lines: tuple[PageLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its verdict.

    ``number`` counts the lines of the input from 1. ``rule`` is the name of the rule that decided (``clipclean``'s
    reason for it). ``score`` runs from 0 (surely furniture) to 1 (surely story). ``why`` is the reason in words, where
    it was asked for.
    """

    number: int
    text: str
    label: Label
    keep: bool
    rule: str
    score: float
    why: str = ""


new_line = maker(Line)


@dataclass(frozen=True, slots=True)
class Caption:
    """The words under a picture and whose picture it is; either may be empty, not both."""

    text: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Teaser:
    """A line that leads to another story, and the id of the clipping ``of`` which it is, where that is known."""

    text: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class CleanClipping:
    """A clipping after cleaning: every line of it with a verdict, and the facts its furniture gave away.

    ``error`` is set, and ``lines`` empty, where the clipping could not be cleaned at all.

    >>> result = CleanClipping(Clipping(id="a", text="Rain fell."), (
    ...     Line(1, "Rain fell.", Label.BODY, True, "sentence", 0.9),
    ...     Line(2, "Share", Label.SOCIAL, False, "social-button", 0.0)))
    >>> result.text, [line.text for line in result.removed]
    ('Rain fell.', ['Share'])
    """

    clipping: Clipping
    lines: tuple[Line, ...] = ()
    captions: tuple[Caption, ...] = ()
    teasers: tuple[Teaser, ...] = ()
    headline: str | None = None
    byline: str | None = None
    agency: str | None = None
    dateline: str | None = None
    flags: tuple[str, ...] = ()
    error: Failure | None = None

    @property
    def id(self) -> str:
        """The clipping's id."""
        return self.clipping.id

    @property
    def text(self) -> str:
        """The story's own text: the kept lines, joined by line feeds."""
        return "\n".join(line.text for line in self.lines if line.keep)

    @property
    def confidence(self) -> float:
        """How sure the verdicts are: the mean over the characters of all lines, 0.5 (a guess) to 1; 1 without lines.

        A line that stays is as sure as its score, one that goes as sure as what its score leaves. Not a promise about
        the single clipping: it orders clippings by how likely they are to need a look.
        """
        sure = weight = 0.0
        for line in self.lines:
            if line.label is not Label.BLANK:
                sure += len(line.text) * max(0.5, line.score if line.label is Label.BODY else 1.0 - line.score)
                weight += len(line.text)
        return sure / weight if weight else 1.0

    @property
    def removed(self) -> tuple[Line, ...]:
        """The lines that are not in ``text``, in order."""
        return tuple(line for line in self.lines if not line.keep)


new_clean_clipping = maker(CleanClipping)


@dataclass(frozen=True, slots=True)
class Document:
    """What the duplicate stage needs of a clipping: the text to compare and the facts that choose the kept copy.

    ``position`` is its place in the input, counted from 0. ``published`` is any date that a news record carries;
    one that cannot be read counts as unknown. A ``known`` one was there before: others are folded into it, and it is
    neither folded nor in the answer itself; its id may be that of another.
    """

    id: str
    text: str
    source: str | None = None
    published: str | None = None
    position: int = 0
    known: bool = False


new_document = maker(Document)


@dataclass(frozen=True, slots=True)
class Match:
    """Two clippings that were measured against each other and found to be copies; ``a`` comes first in the input.

    ``jaccard`` is shared shingles / all shingles, ``containment`` shared shingles / shingles of the shorter, both
    from 0 to 1 and measured, not estimated. ``reason`` says in words why the relation holds, ``strength`` from 0 to 1
    how surely the two are related at all. ``known`` says that ``a`` was there before (``Document.known``).
    """

    a: str
    b: str
    relation: Relation
    jaccard: float
    containment: float
    reason: str = ""
    strength: float = 1.0
    known: bool = False


new_matches, new_match = column_maker(Match), maker(Match)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Clippings that tell one story: the ``kept`` id and all ``members`` (the kept one among them), in input order.

    ``why`` says why that one is kept. ``sources`` counts the different sources among the members, as far as they are
    stated; ``hours`` lie between the first and the last of them, None where fewer than two have a date. ``known`` says
    that the kept one was there before (``Document.known``). ``name`` is the id of the cluster where that is not the
    kept one's: in an index it stays when another copy is kept.
    """

    kept: str
    members: tuple[str, ...]
    why: str = ""
    sources: int = 0
    hours: float | None = None
    known: bool = False
    name: str = ""

    @property
    def id(self) -> str:
        """The id of the cluster."""
        return self.name or self.kept


new_clusters = column_maker(Cluster)


@dataclass(frozen=True, slots=True)
class Fold:
    """What became of one clipping: the cluster it is in and, where it is a copy, the measured match that says so.

    ``duplicate_of`` is None for the kept copy and for a clipping that stands alone; ``relation``, ``jaccard`` and
    ``containment`` are measured against the kept copy. ``known`` says that the kept copy was there before
    (``Document.known``). ``supersedes`` is the id of a copy of an earlier run that was kept until this one came.
    """

    id: str
    cluster: str
    duplicate_of: str | None = None
    relation: Relation | None = None
    jaccard: float | None = None
    containment: float | None = None
    known: bool = False
    supersedes: str | None = None


new_folds, new_fold = column_maker(Fold), maker(Fold)


@dataclass(frozen=True, slots=True)
class Deduplication:
    """The answer of the duplicate stage: one Fold per document in input order, clusters of two or more, all matches.

    ``failures`` are the records of ``clipclean.dedup`` that could not be compared, ``known_failures`` those of its
    ``against``; each in input order.
    """

    folds: tuple[Fold, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    matches: tuple[Match, ...] = ()
    failures: tuple[Failure, ...] = ()
    known_failures: tuple[Failure, ...] = ()
