"""Pages in, clean clippings out: builds the sheet, asks the line model and the rules, hands each line its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from clipclean.cleaning import facts
from clipclean.cleaning.features import Floats
from clipclean.cleaning.rules import NAMES
from clipclean.cleaning.sheet import Kind, Sheet
from clipclean.cleaning.trees import LineModel, load
from clipclean.cleaning.verdicts import CODES, GUARDS, NEIGHBOURS, Verdicts, judge
from clipclean.config import CleanSettings
from clipclean.errors import SettingsError
from clipclean.model import CleanClipping, Label, Line, Page, PageLine

LINES_AT_A_TIME = 20_000
"""Lines of one batch: enough to make columns pay, few enough to stay small in memory."""

SWITCHES = NAMES | {neighbour.name for neighbour in NEIGHBOURS} | GUARDS.keys()
"""The names that ``rules_off`` may hold."""


class Cleaner:
    """Cleans pages in batches; holds settings and no other state, so the same page has the same result every time.

    Not thread-bound: one cleaner may serve many threads. ``models`` replaces the line models that ship with the
    package, for scoring others. Raises SettingsError for a rule name that there is not.

    >>> from clipclean.model import Clipping
    >>> page = Page(Clipping(id="a"), (PageLine("Subscribe now"),))
    >>> [line.rule for line in Cleaner().clean([page])[0].lines]
    ['promo-button']
    """

    def __init__(
        self, settings: CleanSettings | None = None, *, models: Mapping[Kind, LineModel] | None = None
    ) -> None:
        self.settings = settings or CleanSettings()
        self._models = models or {}
        unknown = sorted(self.settings.rules_off - SWITCHES)
        if unknown:
            raise SettingsError(
                f"rule-off: there is no rule {unknown[0]!r} to switch off; the rules are {', '.join(sorted(SWITCHES))}"
            )

    def clean(self, pages: Sequence[Page]) -> list[CleanClipping]:
        """One result for each page, in order; the same results however pages are put into batches."""
        return [result for batch in _batches(pages) for result in self._clean_batch(batch)]

    def _clean_batch(self, pages: Sequence[Page]) -> Iterator[CleanClipping]:
        kinds = [Kind.of(page) for page in pages]
        found: dict[int, CleanClipping] = {}
        for kind in Kind:
            places = [at for at, page_kind in enumerate(kinds) if page_kind is kind]
            if places:
                results = self._clean_kind([pages[at] for at in places], kind)
                found.update(zip(places, results, strict=True))
        return (found[at] for at in range(len(pages)))

    def _clean_kind(self, pages: Sequence[Page], kind: Kind) -> Iterator[CleanClipping]:
        sheet = Sheet.of(pages)
        model = self._models.get(kind) or load(kind)
        verdicts = judge(sheet, chances(sheet, kind, model), model.threshold, self.settings.rules_off)
        rows = self._rows(verdicts)
        numbered = 0
        for page, spans in zip(pages, sheet.spans, strict=True):
            lines = _lines(page.lines, spans, rows)
            flags = []
            if spans and numbered in verdicts.suspect:
                flags.append("suspect")
            if not any(line.keep for line in lines):
                flags.append("no-story")
            numbered += bool(spans)
            yield _result(page, lines, tuple(flags))

    def _rows(self, verdicts: Verdicts) -> Iterator[_Row]:
        labels = [CODES[code] for code in verdicts.label.tolist()]
        kept = {label: label not in self.settings.drop for label in CODES}
        scores = (round(score, 4) for score in verdicts.score.tolist())
        return zip(labels, map(kept.__getitem__, labels), verdicts.rule, scores, strict=True)


_Row = tuple[Label, bool, str, float]
"""What a row of the sheet says of each of its lines."""


def _lines(given: Sequence[PageLine], spans: Sequence[range], rows: Iterator[_Row]) -> tuple[Line, ...]:
    """The lines of a page with their verdicts; takes the page's own rows from all ``rows``."""
    if len(spans) == len(given):
        numbered = enumerate(given, start=1)
        return tuple(Line(number, line.text, *next(rows)) for number, line in numbered)
    found: list[Line | None] = [None] * len(given)
    for span in spans:
        row = next(rows)
        for at in span:
            found[at] = Line(at + 1, given[at].text, *row)
    return _with_blanks(given, found)


def chances(sheet: Sheet, kind: Kind, model: LineModel) -> Floats:
    """The line model's chance for each row to be story."""
    if not len(sheet):
        return np.zeros(0)
    columns = sheet.columns(kind)
    rows = np.concatenate([columns[name] for name in model.columns], dtype=np.float32, casting="same_kind")
    return model.probabilities(rows.reshape(len(model.columns), len(sheet)))


def _batches(pages: Sequence[Page]) -> Iterator[Sequence[Page]]:
    start = lines = 0
    for at, page in enumerate(pages):
        if at > start and lines + len(page.lines) > LINES_AT_A_TIME:
            yield pages[start:at]
            start, lines = at, 0
        lines += len(page.lines)
    if start < len(pages):
        yield pages[start:]


def _with_blanks(lines: Sequence[PageLine], found: Sequence[Line | None]) -> tuple[Line, ...]:
    """Fill in blank lines: between two kept lines the first run of them stays, all others go.

    So a paragraph break survives where furniture stood in it, and text never begins or ends with a blank line.
    """
    kept = [at for at, line in enumerate(found) if line is not None and line.keep]
    last = kept[-1] if kept else -1
    result: list[Line] = []
    started = parted = running = False  # a line was kept; a blank run stands since; we are in that run
    for at, line in enumerate(found):
        if line is not None:
            result.append(line)
            running = False
            if line.keep:
                started, parted = True, False
            continue
        keep = started and at < last and (running or not parted)
        if keep:
            parted = running = True
        result.append(Line(at + 1, lines[at].text, Label.BLANK, keep, "blank", 1.0 if keep else 0.0))
    return tuple(result)


def _result(page: Page, lines: tuple[Line, ...], flags: tuple[str, ...]) -> CleanClipping:
    place, wire = facts.dateline(lines)
    return CleanClipping(
        page.clipping,
        lines,
        captions=facts.captions(lines),
        teasers=facts.teasers(lines),
        byline=facts.byline(lines),
        agency=wire or facts.agency(lines),
        dateline=place,
        flags=flags,
    )
