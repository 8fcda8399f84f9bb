"""The user's own rules and exceptions, made into rules like the built-in ones, and the plan they make for a source.

Own rules are asked first: what a source's exception keeps, then own rules in their order, then the built-in ones.
Patterns are RE2's, so that no line can make one slow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clipclean.cleaning import signs
from clipclean.cleaning.cues import BESIDE_WORDS
from clipclean.cleaning.features import Bools
from clipclean.cleaning.plain import plain_words
from clipclean.cleaning.presets import LEANINGS, Leaning
from clipclean.cleaning.rules import ALWAYS, CERTAIN, LIKELY, NAMES, NAMING, RULES, Rule
from clipclean.cleaning.sheet import Sheet
from clipclean.cleaning.verdicts import GUARDS, NEIGHBOURS
from clipclean.config import CleanSettings, LineMatch, Mode, OwnRule, Sure, no_such
from clipclean.errors import SettingsError
from clipclean.model import Clipping, Label, Page, PageLine

KEPT_FOR_SOURCE = "kept-for-source"
KEPT_SAYS = "is a line that its source's settings keep always"

SWITCHES = NAMES | {neighbour.name for neighbour in NEIGHBOURS} | GUARDS.keys() | {KEPT_FOR_SOURCE}
"""The built-in names that ``rules_off`` may hold."""

LIMITS = {Sure.CERTAIN: CERTAIN, Sure.LIKELY: LIKELY, Sure.NAMES_ONLY: NAMING}


@dataclass(frozen=True, slots=True)
class Plan:
    """How the clippings of a source are cleaned: its settings, the numbers of its preset, and its rules in order."""

    settings: CleanSettings
    leaning: Leaning
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, settings: CleanSettings, keep: Sequence[LineMatch] = ()) -> Plan:
        """The plan for settings that hold for one source, with the lines that it keeps always; see ``plans``."""
        switches = SWITCHES | {rule.name for rule in settings.rules}
        for name in sorted(settings.rules_off - switches):
            raise no_such("rule-off", name, sorted(switches), kind="rule ")
        leaning = LEANINGS[settings.preset]
        kept = [Rule(KEPT_FOR_SOURCE, Label.BODY, ALWAYS, KEPT_SAYS, "", finder(match)) for match in keep]
        own = [own_rule(rule) for rule in settings.rules]
        return cls(settings, leaning, (*kept, *leaning.rules((*own, *RULES))))


def plans(settings: CleanSettings) -> dict[str, Plan]:
    """The plan for each source that is an exception, by its name in small letters, and under "" that for all others.

    Raises SettingsError for a pattern that RE2 cannot read, a rule to switch off that there is not, an own rule that
    has the name of a built-in one, or that does not take its example.

    >>> list(plans(CleanSettings()))
    ['']
    """
    for rule in settings.rules:
        if rule.name in SWITCHES:
            raise SettingsError(f"rules: {rule.name!r} is the name of a built-in rule; give yours another")
    found = {"": Plan.of(settings)}
    for exception in settings.sources:
        try:
            found[exception.source.casefold()] = Plan.of(settings.for_source(exception), exception.keep)
        except SettingsError as error:
            raise SettingsError(f'source."{exception.source}": {error}') from None
    return found


def own_rule(rule: OwnRule) -> Rule:
    """An own rule as a rule like the built-in ones; raises SettingsError where it cannot be one.

    >>> tides = LineMatch(phrases=("tide at",), mode=Mode.START)
    >>> own_rule(OwnRule(name="tides", label=Label.OTHER, match=tides)).says
    'yours: starts with "tide at"'
    """
    keeps = rule.label is Label.BODY
    limit = LIMITS[rule.sure]
    try:
        made = Rule(
            rule.name,
            rule.label,
            ALWAYS if keeps and rule.sure is Sure.CERTAIN else 1 - limit if keeps else limit,
            rule.says or _says(rule.match),
            rule.example or next(iter(rule.match.phrases), ""),
            finder(rule.match),
        )
        if rule.example and not made.find(Sheet.of([Page(Clipping(id=""), (PageLine(rule.example),))])).any():
            raise SettingsError(f"example: the rule does not take {rule.example!r}")
    except SettingsError as error:
        raise SettingsError(f"rules: {rule.name}: {error}") from None
    return made


def finder(match: LineMatch) -> Callable[[Sheet], Bools]:
    """The function that finds the rows that are meant; raises SettingsError for a pattern that RE2 cannot read."""
    found = _by_pattern(match.pattern) if match.pattern is not None else _by_phrases(match.phrases, match.mode)
    longest = match.max_words
    if longest is None:
        return found
    return lambda sheet: np.asarray(found(sheet) & (sheet["words"] <= longest), np.bool_)


def _by_pattern(pattern: str) -> Callable[[Sheet], Bools]:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
        automaton = re2.Set.SearchSet(options)  # of one: it says yes or no and no more, in a quarter of the time
        automaton.Add(pattern)
        automaton.Compile()
    except re2.error as error:
        said = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise SettingsError(f"pattern: RE2 cannot read {pattern!r}: {said}") from None
    except UnicodeEncodeError:
        raise SettingsError(f"pattern: {pattern!r} holds half a surrogate pair") from None
    return lambda sheet: np.fromiter(map(bool, map(automaton.Match, sheet.encoded)), np.bool_, len(sheet))


def _by_phrases(phrases: Sequence[str], mode: Mode) -> Callable[[Sheet], Bools]:
    if mode is Mode.WHOLE:
        whole = frozenset(map(_core, plain_words(phrases)))
        return lambda sheet: _column(sheet, lambda words: _core(words) in whole)
    wanted = tuple(map(_open, plain_words(phrases)))
    if mode is Mode.ANYWHERE:
        return lambda sheet: _column(sheet, lambda words: any(phrase in words for phrase in wanted))
    starts = tuple(f" {phrase.lstrip()}" for phrase in wanted)
    return lambda sheet: _column(
        sheet, lambda words: words.startswith(starts) or f" {words.lstrip(BESIDE_WORDS)}".startswith(starts)
    )


def _core(words: str) -> str:
    """A line's words without the numbers around them, as cue lists compare lines; of a line of numbers all."""
    return words.strip(BESIDE_WORDS) or words.strip()


def _open(words: str) -> str:
    """The words of a phrase as they are searched for: between spaces, but for scripts that write none."""
    return words.strip() if (signs.classify(signs.points_of(words)) & signs.UNSPACED).any() else words


def _column(sheet: Sheet, holds: Callable[[str], bool]) -> Bools:
    return np.fromiter(map(holds, sheet.plain), np.bool_, len(sheet))


def _says(match: LineMatch) -> str:
    if match.pattern is not None:
        return f"yours: matches {match.pattern}"
    verb = {Mode.WHOLE: "is", Mode.START: "starts with", Mode.ANYWHERE: "holds"}[match.mode]
    return f"yours: {verb} " + " or ".join(f'"{phrase}"' for phrase in match.phrases)


def grouped(found: Mapping[str, Plan], pages: Sequence[Page]) -> Iterator[tuple[Plan, list[int]]]:
    """The places of the pages that each plan is for; plans without pages are left out."""
    places: dict[str, list[int]] = {}
    for at, page in enumerate(pages):
        name = (page.clipping.source or "").casefold()
        places.setdefault(name if name in found else "", []).append(at)
    return ((found[name], at) for name, at in places.items())
