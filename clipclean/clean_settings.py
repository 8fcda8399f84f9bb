"""Settings of cleaning: what is furniture, rules of one's own, and what holds for one source instead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from clipclean.choosing import a, many, names, one_of, optional, some_of, take, whole
from clipclean.errors import SettingsError
from clipclean.limits import PageLimits
from clipclean.model import Label

FURNITURE = frozenset(Label) - {Label.BODY, Label.BLANK}
"""The labels of lines that are no part of a story; all of them are dropped unless a switch says otherwise."""


class Extractor(StrEnum):
    """How the lines of an HTML page are told to be story or not.

    ``ensemble`` asks trafilatura and the line rules together; ``blocks`` uses the line rules alone, which is faster.
    """

    ENSEMBLE = "ensemble"
    BLOCKS = "blocks"


class Preset(StrEnum):
    """Which way cleaning leans where it is in doubt; the numbers stand in ``cleaning/presets.py``.

    ``precision`` takes more furniture and, with it, some of the story; ``recall`` keeps more of the story and, with
    it, some furniture.

    >>> Preset("recall") is Preset.RECALL
    True
    """

    BALANCED = "balanced"
    PRECISION = "precision"
    RECALL = "recall"


class Sure(StrEnum):
    """How sure an own rule is. ``certain`` decides whatever the line model says, ``likely`` unless the model is far
    surer of the contrary, ``names-only`` gives a label to lines that the model has dropped.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    NAMES_ONLY = "names-only"


class Mode(StrEnum):
    """Where a phrase must stand: it is the ``whole`` line, the line's ``start``, or ``anywhere`` in it."""

    WHOLE = "whole"
    START = "start"
    ANYWHERE = "anywhere"


def _refuse_body(drop: frozenset[Label] | None) -> None:
    if drop and Label.BODY in drop:
        raise SettingsError("drop: body is the story itself and cannot be dropped")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMatch:
    """Which lines are meant: those in which ``pattern`` finds something, or those that hold one of the ``phrases``.

    ``pattern`` is an RE2 expression, searched for in the line as it stands (``(?i)`` ignores case, ``^`` and ``$`` are
    its ends). ``phrases`` are compared by their words alone, in small letters and without marks, as the cue lists
    are; ``mode`` says where they must stand. Lines of more than ``max_words`` words are not meant.

    >>> LineMatch(phrases=("tide at halden",), mode=Mode.START).max_words is None
    True
    """

    pattern: str | None = None
    phrases: tuple[str, ...] = ()
    mode: Mode = Mode.WHOLE
    max_words: int | None = None

    def __post_init__(self) -> None:
        take(self, pattern=optional(a(str)), phrases=many(str), mode=one_of(Mode), max_words=optional(whole))
        if (self.pattern is None) == (not self.phrases):
            raise SettingsError("give either a pattern or phrases")
        if self.pattern == "":
            raise SettingsError("pattern: an empty pattern would take every line; write what the lines have in common")
        for phrase in self.phrases:
            if not any(sign.isalnum() for sign in phrase):
                raise SettingsError(f"phrases: {phrase!r} has no letter and no digit; use a pattern for marks")
        if self.max_words is not None and self.max_words < 1:
            raise SettingsError(f"max-words: {self.max_words} is not 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRule:
    """A rule of the user's own, asked before the built-in ones; its ``name`` is the reason given everywhere.

    Lines that ``match`` get ``label``; with the label ``body`` they are kept. ``says`` is the reason in words for the
    list of rules, ``example`` a line that it takes (checked when the rule is put to use).

    >>> OwnRule(name="tides", label=Label.OTHER, match=LineMatch(pattern="^Tide at ")).sure.value
    'certain'
    """

    name: str
    label: Label
    match: LineMatch
    sure: Sure = Sure.CERTAIN
    says: str = ""
    example: str = ""

    def __post_init__(self) -> None:
        take(self, name=a(str), label=one_of(Label), match=a(LineMatch), sure=one_of(Sure))
        take(self, says=a(str), example=a(str))
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name):
            raise SettingsError(f"name: {self.name!r}; write small letters, digits and hyphens, as in halden-weather")
        if self.label is Label.BLANK:
            raise SettingsError("label: blank is for empty lines; choose another")
        if self.label is Label.BODY and self.sure is Sure.NAMES_ONLY:
            raise SettingsError("sure: a rule that keeps lines (label body) is certain or likely")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """What holds for the clippings of one source instead of what holds for all; None leaves it as it is for all.

    ``source`` is compared with a clipping's source whatever the case. ``keep`` says which lines stay always.

    >>> SourceSettings(source="halden.example", preset=Preset.RECALL).drop is None
    True
    """

    source: str
    preset: Preset | None = None
    drop: frozenset[Label] | None = None
    rules_off: frozenset[str] | None = None
    keep: tuple[LineMatch, ...] = ()

    def __post_init__(self) -> None:
        take(self, source=a(str), preset=optional(one_of(Preset)), drop=optional(some_of(Label)))
        take(self, rules_off=optional(names), keep=many(LineMatch))
        if not self.source.strip():
            raise SettingsError("source: name the source, as it stands in the clippings")
        _refuse_body(self.drop)


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanSettings:
    """What cleaning takes away.

    ``preset`` says which way it leans where it is in doubt. ``drop`` holds the labels whose lines go. ``rules_off``
    names rules that are not to be asked. ``rules`` are the user's own, ``sources`` the exceptions for some sources.
    ``extractor`` says how an HTML page is read. ``detect_lang`` finds out the language of stories that state none.
    ``reasons`` gives every line its ``why`` in words, which takes longer and changes no verdict. ``limits`` say how
    much a document may hold to be cleaned. Choices can be given as their names, sets as lists; what cannot be used is a
    SettingsError when it is built, but for the names of rules, which are looked up when cleaning begins.

    >>> Label.SIGNOFF in CleanSettings().drop
    True
    >>> CleanSettings(preset="recall", drop=["caption", "credit"]).preset
    <Preset.RECALL: 'recall'>
    """

    preset: Preset = Preset.BALANCED
    drop: frozenset[Label] = FURNITURE
    rules_off: frozenset[str] = frozenset()
    rules: tuple[OwnRule, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    extractor: Extractor = Extractor.ENSEMBLE
    detect_lang: bool = False
    reasons: bool = False
    limits: PageLimits = field(default_factory=PageLimits)

    def __post_init__(self) -> None:
        take(self, preset=one_of(Preset), drop=some_of(Label), rules_off=names, rules=many(OwnRule))
        take(self, sources=many(SourceSettings), extractor=one_of(Extractor), limits=a(PageLimits))
        take(self, detect_lang=a(bool), reasons=a(bool))
        _refuse_body(self.drop)
        for what, given in (
            ("rules", [rule.name for rule in self.rules]),
            ("source", [exception.source.casefold() for exception in self.sources]),
        ):
            for at, name in enumerate(given):
                if name in given[:at]:
                    raise SettingsError(f"{what}: {name!r} is there twice; give each its own name")

    def for_source(self, exception: SourceSettings) -> CleanSettings:
        """The settings that hold for the clippings of that source; an exception replaces what it states.

        >>> CleanSettings().for_source(SourceSettings(source="halden.example", preset=Preset.RECALL)).preset.value
        'recall'
        """
        return replace(
            self,
            preset=self.preset if exception.preset is None else exception.preset,
            drop=self.drop if exception.drop is None else exception.drop,
            rules_off=self.rules_off if exception.rules_off is None else exception.rules_off,
            sources=(),
        )
