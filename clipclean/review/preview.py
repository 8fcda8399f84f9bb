"""What would be folded, before anything is: a table of levels, and the pairs nearest to the limit, side by side.

What two texts share is marked in both: by a color on a terminal, by ‹ and › elsewhere. Shared is what stands in a run
of five words that the other text holds too, which is how copies are measured.
"""

from __future__ import annotations

import heapq
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from clipclean.config import DedupSettings, Level, Reach
from clipclean.model import Deduplication, Match, Relation
from clipclean.review.printable import printable

if TYPE_CHECKING:
    from rich.text import Text

SHOWN_WORDS = 160
"""Words of a text that are shown; a pair then fits on a screen."""

BEFORE = 20
"""Words that are shown before the first shared one; what stands before these is left out."""

COMPARED = 60_000
"""Characters of a text that are compared and shown at most, a dozen long stories."""

LONGEST = 60
"""Characters of one word that are shown."""

Clip = tuple[str, bool]
"""The id of a clipping, and whether it was known before."""

RUN = 5
LEAST_WIDTH = 40
_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # scripts in which each character is a word
)
_WORD = re.compile(rf"(\s?)([{_ALONE}]|[^\s{_ALONE}]+)")
_MARKS = re.compile(r"[\W_]+")


def table(found: Mapping[Reach, Deduplication], settings: DedupSettings) -> Iterator[str]:
    """How many clippings would be folded at each level, and how many stay, as lines.

    >>> list(table({Reach.EXACT: Deduplication()}, DedupSettings()))[1]
    'exact                           0         0'
    """
    levels = {level.reach: level.value for level in Level}
    yield f"{'fold up to':<14}{'level':<10}{'folded':>9}{'kept':>10}"
    for reach, answer in found.items():
        folded = sum(fold.duplicate_of is not None for fold in answer.folds)
        name, level = reach.value, levels.get(reach, "")
        if settings.threshold is not None:
            name = f"{settings.threshold:g} Jaccard"
            level = ""
        elif reach is settings.fold:
            name += " *"
        yield f"{name:<14}{level:<10}{folded:>9,}{len(answer.folds) - folded:>10,}"
    if settings.threshold is None:
        yield "* is what these settings fold"


def borderline(found: Mapping[Reach, Deduplication], number: int) -> list[Match]:
    """The matches that are the weakest: those nearest to the limit of the widest level, exact ones never.

    Of clippings with the same words one speaks for all.

    >>> borderline({}, 10)
    []
    """
    widest = [match for answer in list(found.values())[-1:] for match in answer.matches]
    same = _SameWords(match for match in widest if match.relation is Relation.EXACT)
    once: dict[frozenset[Clip], Match] = {}
    for match in widest:
        if match.relation is not Relation.EXACT:
            once.setdefault(frozenset((same.of((match.a, match.known)), same.of((match.b, False)))), match)
    return heapq.nsmallest(number, once.values(), key=lambda match: (match.strength, match.jaccard, match.a, match.b))


class _SameWords:
    """Which clippings have the same words, by the exact matches."""

    def __init__(self, exact: Iterable[Match]) -> None:
        self._of: dict[Clip, Clip] = {}
        for match in exact:
            one, other = self.of((match.a, match.known)), self.of((match.b, False))
            if one != other:
                self._of[other] = one

    def of(self, clip: Clip) -> Clip:
        """The one that speaks for all with the same words."""
        while (nearer := self._of.get(clip, clip)) != clip:
            clip = self._of[clip] = self._of.get(nearer, nearer)
        return clip


def pairs_page(
    matches: Sequence[Match],
    texts: Mapping[Clip, tuple[Mapping[str, Any], str]],
    width: int,
    *,
    styled: bool,
) -> Iterator[str]:
    """The pairs side by side, as lines; ``texts`` has facts and text by id and by whether it was known before."""
    from rich.console import Console
    from rich.table import Table

    width = max(width, LEAST_WIDTH)
    yield ""
    yield "The pairs nearest to the limit, the nearest first:" if matches else "There are no pairs but exact copies."
    for number, match in enumerate(matches, start=1):
        buffer = io.StringIO()
        console = Console(file=buffer, width=width, force_terminal=styled, highlight=False, legacy_windows=False)
        sides = texts[match.a, match.known], texts[match.b, False]
        words = [_words(text[:COMPARED]) for _, text in sides]
        grid = Table.grid(expand=True, padding=(0, 3, 0, 0))
        for _ in sides:
            grid.add_column(ratio=1, overflow="fold")
        grid.add_row(*(_head(facts, match.known and not place) for place, (facts, _) in enumerate(sides)))
        shared = _shared(*words)
        grid.add_row(*(_marked(side, marks, styled=styled) for side, marks in zip(words, shared, strict=True)))
        console.print(grid)
        figures = f"strength {match.strength:.2f}, Jaccard {match.jaccard:.2f}, containment {match.containment:.2f}"
        yield ""
        yield f"{number}. {match.relation.value}: {figures}"
        yield f"   {printable(match.reason)}"
        yield from (line.rstrip() for line in buffer.getvalue().splitlines())


def _head(facts: Mapping[str, Any], known: bool) -> Text:
    from rich.text import Text

    named = [facts.get("id"), facts.get("source"), facts.get("published"), "known before" if known else None]
    return Text(", ".join(printable(str(fact)) for fact in named if fact), style="bold")


def _words(text: str) -> list[tuple[str, str]]:
    """The words of a text, each with the space before it."""
    return [(" " if space else "", word) for space, word in _WORD.findall(text)]


def _shared(*sides: list[tuple[str, str]]) -> list[list[bool]]:
    """For the words of two texts, whether each stands in a run that both hold."""
    plain = [[(place, bare) for place, (_, word) in enumerate(side) if (bare := _bare(word))] for side in sides]
    runs = [set(_runs([word for _, word in side])) for side in plain]
    both = runs[0] & runs[1]
    marks = []
    for side, words in zip(sides, plain, strict=True):
        held = [False] * len(side)
        for start, run in enumerate(_runs([word for _, word in words])):
            if run in both:
                last = min(start + RUN, len(words)) - 1
                held[words[start][0] : words[last][0] + 1] = [True] * (words[last][0] + 1 - words[start][0])
        marks.append(held)
    return marks


def _runs(words: list[str]) -> Iterable[tuple[str, ...]]:
    return (tuple(words[start : start + RUN]) for start in range(max(len(words) - RUN + 1, min(len(words), 1))))


def _bare(word: str) -> str:
    return _MARKS.sub("", word.casefold())


def _marked(words: list[tuple[str, str]], marks: list[bool], *, styled: bool) -> Text:
    from rich.text import Text

    shown = Text()
    before = False
    begin = max(0, marks.index(True) - BEFORE if True in marks else 0)
    if begin:
        shown.append(f"({begin:,} words before) … ", style="dim")
    for (space, word), mark in islice(zip(words, marks, strict=False), begin, begin + SHOWN_WORDS):
        if before and not mark and not styled:
            shown.append("›")
        style = "green" if styled and mark else None
        shown.append(space, style=style if before else None)
        cut = word if len(word) <= LONGEST else f"{word[:LONGEST]}…"
        shown.append(("‹" if mark and not before and not styled else "") + printable(cut), style=style)
        before = mark
    if before and not styled:
        shown.append("›")
    if len(words) > begin + SHOWN_WORDS:
        shown.append(f" … ({len(words) - begin - SHOWN_WORDS:,} words after)", style="dim")
    return shown
