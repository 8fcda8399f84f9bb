"""Pages in, clean clippings out: builds the sheet, asks the line model and the rules, hands each line its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from clipclean.cleaning import facts
from clipclean.cleaning.features import Floats
from clipclean.cleaning.openings import Teasers
from clipclean.cleaning.profile import SourceProfile
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

    Not thread-bound: one cleaner may serve many threads. ``profile`` and ``teasers`` are what a first pass learnt of
    the sources and of the dump. ``models`` replaces the line models that ship with the package, for scoring others.
    Raises SettingsError for a rule name that there is not.

    >>> from clipclean.model import Clipping
    >>> page = Page(Clipping(id="a"), (PageLine("Subscribe now"),))
    >>> [line.rule for line in Cleaner().clean([page])[0].lines]
    ['promo-button']
    """

    def __init__(
        self,
        settings: CleanSettings | None = None,
        *,
        profile: SourceProfile | None = None,
        teasers: Teasers | None = None,
        models: Mapping[Kind, LineModel] | None = None,
    ) -> None:
        self.settings = settings or CleanSettings()
        self._profile, self._teasers = profile, teasers
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
        sheet = Sheet.of(pages, self._profile, self._teasers)
        model = self._models.get(kind) or load(kind)
        verdicts = judge(sheet, chances(sheet, kind, model), model.threshold, self.settings.rules_off)
        at = numbered = 0
        for page, spans in zip(pages, sheet.spans, strict=True):
            lines = self._lines(page, spans, verdicts, at)
            flags = []
            if spans and numbered in verdicts.suspect:
                flags.append("suspect")
            if not any(line.keep for line in lines):
                flags.append("no-story")
            leads = [(span.start + 1, sheet.learnt.lead[at + place]) for place, span in enumerate(spans)]
            stories = {number: lead.of for number, lead in leads if lead is not None}
            at += len(spans)
            numbered += bool(spans)
            yield _result(page, lines, tuple(flags), stories)

    def _lines(self, page: Page, spans: Sequence[range], verdicts: Verdicts, at: int) -> tuple[Line, ...]:
        row_of = {index: at + place for place, span in enumerate(spans) for index in span}
        found: list[Line | None] = [None] * len(page.lines)
        for index, row in row_of.items():
            label = CODES[verdicts.label[row]]
            keep = label not in self.settings.drop
            score = round(float(verdicts.score[row]), 4)
            found[index] = Line(index + 1, page.lines[index].text, label, keep, verdicts.rule[row], score)
        return _with_blanks(page.lines, found)


def chances(sheet: Sheet, kind: Kind, model: LineModel) -> Floats:
    """The line model's chance for each row to be story."""
    if not len(sheet):
        return np.zeros(0)
    columns = sheet.columns(kind)
    return model.probabilities(np.stack([columns[name].astype(np.float32) for name in model.columns]))


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


def _result(page: Page, lines: tuple[Line, ...], flags: tuple[str, ...], stories: Mapping[int, str]) -> CleanClipping:
    place, wire = facts.dateline(lines)
    return CleanClipping(
        page.clipping,
        lines,
        captions=facts.captions(lines),
        teasers=facts.teasers(lines, stories),
        byline=facts.byline(lines),
        agency=wire or facts.agency(lines),
        dateline=place,
        flags=flags,
    )
