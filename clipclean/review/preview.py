"""What folding would do, before anything is removed: how many clippings, and the doubtful pairs side by side."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from clipclean.model import Match, Relation
from clipclean.review.printable import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

OPTIONS = {
    "exact": "--fold exact",
    "duplicate": "--fold duplicate, --level high",
    "abridgement": "--fold abridgement, the default",
    "update": "--fold update, --level moderate",
}
"""The levels from the nearest to the farthest, and what to write for each."""

RUN = 5
"""So many words in a row that both texts have are marked."""

COMPARED = 300_000
"""Characters of each text that are compared and shown at most: some 50,000 words, a hundred long stories."""

ROWS = 40
"""Rows shown of each text; of a longer one those around what is shared."""

AROUND = 2
"""Rows that are shown before and after one with shared words."""

SIGNS = ("[=", "=]")
"""What stands around shared words where no colour can show them."""

NARROWEST = 12
"""Characters of a column at least, however narrow the terminal."""

_SHARED = "bold green"
_GUTTER = " | "
_UNSPACED = (  # scripts without spaces between words: each character is a word, as in clipclean.text
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3021-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"(?=\w)[{_UNSPACED}]|[^\W{_UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a text without a space in it that is shared or not; the signs stand on the ends of a shared run."""

    text: str
    shared: bool = False
    before: str = ""
    after: str = ""

    @property
    def shown(self) -> str:
        return f"{self.before}{printable(self.text)}{self.after}"

    @property
    def words(self) -> int:
        return sum(1 for _ in _WORD.finditer(self.text))

    def units(self) -> Iterator[_Unit]:
        """The piece as what can stand on rows of their own: signs and characters."""
        starts = {found.start() for found in _WORD.finditer(self.text)}
        yield from (_Unit(sign, self.shared, opens=1) for sign in self.before.split())
        yield from (_Unit(printable(one), self.shared, int(place in starts)) for place, one in enumerate(self.text))
        yield from (_Unit(sign, self.shared, opens=-1) for sign in self.after.split())


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is put on a row at once: how it looks, how many words begin in it, and what it does to an open run."""

    shown: str
    shared: bool
    words: int = 0
    opens: int = 0


@dataclass(slots=True)
class _Row:
    """One row of a column: its parts, how wide they are, the words in it; ``open`` says that a run goes on after it."""

    parts: list[tuple[str, bool]]
    width: int = 0
    words: int = 0
    open: bool = False

    @property
    def shared(self) -> bool:
        return any(shared for _, shared in self.parts)

    def put(self, unit: _Unit, width: int) -> None:
        self.parts.append((unit.shown, unit.shared))
        self.width += width
        self.words += unit.words
        self.open = unit.opens > 0 or (self.open and unit.opens == 0)


def fold_table(counts: Mapping[str, int], total: int) -> RenderableType:
    """How many of ``total`` clippings each level would fold, from the nearest to the farthest.

    ``counts`` says for the name of each level how many are folded if folding goes so far and no farther: nothing is
    added up here. Levels that it lacks are left out; names that are no level (``"threshold 0.7"``) come last.

    >>> from rich.console import Console
    >>> Console(width=60).print(fold_table({"exact": 10, "duplicate": 25}, 200))  # doctest: +NORMALIZE_WHITESPACE
    Of 200 clippings; each level includes those above it.
    level       folded   share   with
    exact           10    5.0%   --fold exact
    duplicate       25   12.5%   --fold duplicate, --level high
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    table.add_column("level", overflow="fold")
    table.add_column("folded", justify="right", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    table.add_column("with")
    names = [name for name in OPTIONS if name in counts] + [name for name in counts if name not in OPTIONS]
    for name in names:
        cells = (printable(name), f"{counts[name]:,}", _share(counts[name], total), OPTIONS.get(name, ""))
        table.add_row(*map(Text, cells))
    told = f"Of {total:,} {'clipping' if total == 1 else 'clippings'}"
    return Group(Text(f"{told}; each level includes those above it." if len(names) > 1 else f"{told}."), table)


def _share(count: int, total: int) -> str:
    """A share in words that never says none or all where it is not."""
    if total <= 0:
        return "-"
    share = count / total
    if 0 < share < 0.0005:
        return "<0.1%"
    return ">99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"


def borderline(matches: Sequence[Match], count: int) -> list[Match]:
    """The ``count`` matches that are least sure to be any, the weakest first, those of one strength by their ids.

    Exact matches are never among them. Of clippings with the same words only one speaks for all.

    >>> weak, sure = Match("a", "b", Relation.UPDATE, 0.3, 0.5, "", 0.51), Match("c", "d", Relation.UPDATE, 1, 1)
    >>> same = Match("b", "e", Relation.EXACT, 1, 1), Match("a", "e", Relation.UPDATE, 0.3, 0.5, "", 0.51)
    >>> [(match.a, match.b) for match in borderline([sure, weak, *same], 2)]
    [('a', 'b'), ('c', 'd')]
    """
    text_of: dict[tuple[bool, str], tuple[bool, str]] = {}  # a known clipping may have the id of another

    def text(clipping: tuple[bool, str]) -> tuple[bool, str]:
        while (nearer := text_of.get(clipping, clipping)) != clipping:
            text_of[clipping] = text_of.get(nearer, nearer)
            clipping = nearer
        return clipping

    waiting = []
    for place, match in enumerate(matches):
        if match.relation is Relation.EXACT:
            one, other = text((match.known, match.a)), text((False, match.b))
            if one != other:
                text_of[other] = one
        else:
            waiting.append((match.strength, match.a, match.b, match.known, place))
    heapq.heapify(waiting)  # in linear time; few of what may be millions are taken out again
    found: list[Match] = []
    seen: set[frozenset[tuple[bool, str]]] = set()
    while waiting and len(found) < count:
        match = matches[heapq.heappop(waiting)[-1]]
        pair = frozenset((text((match.known, match.a)), text((False, match.b))))
        if pair not in seen:
            seen.add(pair)
            found.append(match)
    return found


def marks_for(console: Console) -> tuple[str, str]:
    """The ``marks`` of ``side_by_side`` for a console: none where colour shows what is shared, else ``SIGNS``.

    >>> from rich.console import Console
    >>> colour = Console(color_system="standard", force_terminal=True, no_color=False)
    >>> marks_for(colour), marks_for(Console(color_system=None))
    (('', ''), ('[=', '=]'))
    """
    return ("", "") if console.color_system and console.is_terminal and not console.no_color else SIGNS


def side_by_side(match: Match, one: str, other: str, *, width: int, marks: tuple[str, str] = SIGNS) -> Text:
    """The texts of a match in two columns that fill ``width``, under what was measured of them.

    Runs of ``RUN`` or more words that both texts have stand between the two ``marks``, and in colour where it can be
    shown. Of long texts the first ``ROWS`` rows around what is shared stand there, with the number of words left out.
    Print it with a console of rich, or take ``plain`` of it; lines are not to be wrapped again.

    >>> match = Match("a", "b", Relation.UPDATE, 0.2, 0.5, "shared: 1 of 5 own shingles", 0.52)
    >>> page = side_by_side(match, "Rain fell in the north.", "On Monday rain fell in the north.", width=51)
    >>> print(page.plain)
    update: Jaccard 0.20, containment 0.50, strength
    0.52
    shared: 1 of 5 own shingles
    a                        | b
    ------------------------ | ------------------------
    [= Rain fell in the      | On Monday [= rain fell
    north =].                | in the north =].
    """
    from rich.text import Text

    column = max(NARROWEST, (width - len(_GUTTER)) // 2)
    whole = 2 * column + len(_GUTTER)
    texts = [_cut(one), _cut(other)]
    figures = f"Jaccard {match.jaccard:.2f}, containment {match.containment:.2f}, strength {match.strength:.2f}"
    page = Text(no_wrap=True, overflow="ignore", end="\n")
    for line in (f"{match.relation.value}: {figures}", printable(match.reason), *_notes(one, other)):
        for row in _wrapped(line, [], marks, whole):
            _append(page, row)
            page.append("\n")
    heads = (f"{match.a} (known before)" if match.known else match.a, match.b)
    _columns(page, [list(_wrapped(printable(head), [], marks, column)) for head in heads], column, style="bold")
    page.append(f"{'-' * column}{_GUTTER}{'-' * column}\n")
    runs = _shared(*(text for text, _ in texts))
    _columns(
        page,
        [
            _excerpt(list(_wrapped(text, own, marks, column)), beyond, marks[1].strip(), column)
            for (text, beyond), own in zip(texts, runs, strict=True)
        ],
        column,
    )
    page.right_crop(1)
    return page


def _notes(one: str, other: str) -> Iterator[str]:
    if len(one) > COMPARED or len(other) > COMPARED:
        yield f"Only the first {COMPARED:,} characters of a text are compared here."


def _cut(text: str) -> tuple[str, int]:
    """What is compared of a text, with single spaces and without empty lines; and how many words are left out."""
    end = len(text)
    if end > COMPARED:
        end = COMPARED
        while end > COMPARED - 100 and _WORD.match(text, end - 1) and _WORD.match(text, end):  # not within a word
            end -= 1
    lines = (" ".join(line.split()) for line in text[:end].splitlines())
    return "\n".join(filter(None, lines)), sum(1 for _ in _WORD.finditer(text, end))


def _shared(one: str, other: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where in each of two texts words stand that the other has too, ``RUN`` or more in a row; by characters.

    No run goes over the end of a line, so that each line can be shown without the next.
    """
    places = [[found.span() for found in _WORD.finditer(text)] for text in (one, other)]
    words = [[text[start:end].casefold() for start, end in own] for text, own in zip((one, other), places, strict=True)]
    shingles = [list(zip(*(own[start:] for start in range(RUN)), strict=False)) for own in words]
    both = set(shingles[0]).intersection(shingles[1])
    runs: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for text, own, found, out in zip((one, other), places, shingles, runs, strict=True):
        covered = -1  # the last word that is shared
        for word, (start, end) in enumerate(own):
            before = covered
            if word < len(found) and found[word] in both:
                covered = word + RUN - 1
            if word > covered:
                continue
            if word and out and word <= before + 1 and "\n" not in text[own[word - 1][1] : start]:
                out[-1] = (out[-1][0], end)
            else:
                out.append((start, end))
    return runs


def _wrapped(text: str, runs: Sequence[tuple[int, int]], marks: tuple[str, str], width: int) -> Iterator[_Row]:
    """The rows of a column ``width`` wide that a text fills; each line of the text begins a row."""
    from rich.cells import cell_len

    for line in _atoms(text, runs, marks):
        row = _Row([])
        for atom in line:
            units = [_Unit(it.shown, it.shared, it.words, bool(it.before) - 2 * bool(it.after)) for it in atom]
            size = sum(cell_len(unit.shown) for unit in units)
            if row.parts and row.width + 1 + size > width:
                yield row
                row = _Row([], open=row.open)
            elif row.parts:
                row.put(_Unit(" ", shared=False), 1)
            if size > width:  # longer than a row: it goes on from row to row
                units = [unit for piece in atom for unit in piece.units()]
            for unit in units:
                size = cell_len(unit.shown)
                if row.parts and row.width + size > width:
                    yield row
                    row = _Row([], open=row.open)
                row.put(unit, size)
        yield row


def _atoms(text: str, runs: Sequence[tuple[int, int]], marks: tuple[str, str]) -> Iterator[list[list[_Piece]]]:
    """For each line of a text what must not be parted at its end: what stands between two spaces, in pieces."""
    first, last = (mark.strip() for mark in marks)
    first, last = first and f"{first} ", last and f" {last}"
    bounds = iter([*runs, (len(text) + 1, len(text) + 1)])
    start, end = next(bounds)
    place = 0
    for line in text.split("\n"):
        atoms = []
        for token in line.split(" "):
            atom, stop = [], place + len(token)
            while place < stop:
                if place >= end:
                    start, end = next(bounds)
                shared = place >= start
                until = min(stop, end if shared else start)
                signs = (first if place == start else "", last if until == end else "") if shared else ("", "")
                atom.append(_Piece(text[place:until], shared, *signs))
                place = until
            place += 1  # the space or the line feed
            if atom:
                atoms.append(atom)
        if atoms:
            yield atoms


def _excerpt(rows: list[_Row], beyond: int, closing: str, width: int) -> list[_Row]:
    """The rows that are shown of a text, with rows that say how many words were left out between and after them."""
    shown = list(range(len(rows)))
    if len(rows) > ROWS:
        near = {at for place in shown if rows[place].shared for at in range(place - AROUND, place + AROUND + 1)}
        shown = [place for place in shown if place in near] or shown
    parts: list[_Row] = []
    after = 0
    for place in [*shown[:ROWS], len(rows)]:
        left = sum(row.words for row in rows[after:place]) + (beyond if place == len(rows) else 0)
        if left or after < place:
            cut = f"{closing} " if closing and after and rows[after - 1].open else ""
            said = f"{cut}({left:,} {'word' if left == 1 else 'words'} left out)"
            parts += _wrapped(said, [], ("", ""), width)
        if place < len(rows):
            parts.append(rows[place])
        after = place + 1
    return parts or list(_wrapped("(no text)", [], ("", ""), width))


def _columns(page: Text, sides: Sequence[Sequence[_Row]], width: int, style: str = "") -> None:
    """Put two columns of rows on the page."""
    for left, right in zip_longest(*sides, fillvalue=_Row([])):
        _append(page, left, style)
        page.append(" " * max(0, width - left.width))
        page.append(_GUTTER if right.parts else _GUTTER.rstrip())
        _append(page, right, style)
        page.append("\n")


def _append(page: Text, row: _Row, style: str = "") -> None:
    for text, shared in row.parts:
        page.append(text, _SHARED if shared else style)
