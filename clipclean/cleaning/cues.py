"""The words that furniture uses, in many languages, looked for in every line.

Cue lists are data: one file a language under ``cues/``, each with the same classes (``promo``, ``social`` ...) and
three modes: the ``whole`` line is the phrase, the line starts (``start``) with it, or it stands ``anywhere``. The lists
of all languages are looked for at once, as dumps mix languages and records lie about theirs.

Lines are brought to plain words first (small letters, one space between words, no marks), so that phrases are looked
up and not searched for. What needs its marks is a pattern (``patterns.py``); RE2 finds those in linear time.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from clipclean.cleaning import signs
from clipclean.cleaning.patterns import AGENCY_PATTERNS, PATTERNS

CLASSES = (
    "promo", "social", "related", "credit", "caption", "signoff", "notice", "bio", "byline", "time", "ad", "comments",
    "player", "nav",
)  # fmt: skip
MODES = ("whole", "start", "anywhere")

LOOK_AT = 2_000
"""Characters of a line that are looked at from its start: furniture is short, and lines are made to break us."""

MEMORY = 256 << 20
"""Bytes that RE2 may use for its automata; it stays far below, but must not fall back to the slow way."""

BESIDE_WORDS = " 0123456789:"
"""What may stand around a phrase that is a whole line, and before one that starts it."""

WHOLE_LONGEST = 80
"""Characters: no phrase that is a whole line is longer."""


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("clipclean.cleaning").joinpath("cues", name).read_text("utf-8"))


@cache
def phrases() -> dict[tuple[str, str], tuple[str, ...]]:
    """Every phrase by class and mode, over all languages, sorted.

    >>> "all rights reserved" in phrases()["notice", "anywhere"] + phrases()["notice", "start"]
    True
    """
    found: dict[tuple[str, str], set[str]] = {(kind, mode): set() for kind in CLASSES for mode in MODES}
    for entry in sorted(entry.name for entry in files("clipclean.cleaning").joinpath("cues").iterdir()):
        if entry.endswith(".toml") and entry != "agencies.toml":
            table = _load(entry)
            for kind, mode in found:
                found[kind, mode].update(table.get(kind, {}).get(mode, ()))
    return {key: tuple(sorted(value)) for key, value in found.items()}


@cache
def agencies() -> dict[str, tuple[str, ...]]:
    """Names of news agencies: ``wire`` (text) and ``photo``, as printed.

    >>> "Reuters" in agencies()["wire"]
    True
    """
    table = _load("agencies.toml")
    return {kind: tuple(table[kind]["names"]) for kind in ("wire", "photo")}


@cache
def names() -> tuple[str, ...]:
    """The columns that ``find`` gives, in order: ``class.mode`` for the cue lists, then the named patterns."""
    listed = tuple(f"{kind}.{mode}" for kind in CLASSES for mode in MODES)
    return listed + tuple(PATTERNS) + tuple(AGENCY_PATTERNS)


def plain_words(texts: Sequence[str]) -> list[str]:
    """Each line as its words alone: small letters, one space between words and at both ends, no marks but the colon.

    The colon counts as a word, since "Photo:" opens a credit and "Photo" a story on one.

    >>> plain_words(["Sign up — it’s FREE!", "Photo: Ida", "..."])
    [' sign up it s free ', ' photo : ida ', ' ']
    """
    if not texts:
        return []
    joined = "\n".join(text[:LOOK_AT].replace("\n", " ") for text in texts)
    joined = unicodedata.normalize("NFC", joined).replace("İ", "i").lower()
    joined = joined.replace(":", " : ").replace("：", " : ")
    points = signs.points_of(joined).copy()
    flags = signs.classify(points)
    points[((flags & (signs.LETTER | signs.DIGIT)) == 0) & (points != 0x0A) & (points != 0x3A)] = 0x20
    bare = points.tobytes().decode("utf-32-le", "surrogatepass")
    return [f" {' '.join(line.split())} ".replace("  ", " ") for line in bare.split("\n")]


def _unspaced(phrase: str) -> bool:
    return any("\u0e00" <= sign <= "\u0eff" or "\u3040" <= sign <= "\u9fff" or sign >= "\uac00" for sign in phrase)


def _bracketed(phrase: str) -> bool:
    """Phrases like "(left)" mean their brackets: without them they are words of any story."""
    return any(mark in phrase for mark in "()[]（）［］<>")


@dataclass(frozen=True)
class _Finder:
    """The compiled lists: whole lines and starts by look-up, the rest by automata."""

    whole: dict[str, tuple[int, ...]]
    start: dict[str, tuple[tuple[str, int], ...]]
    start_unspaced: dict[str, tuple[tuple[str, int], ...]]
    anywhere: Any
    anywhere_columns: tuple[int, ...]
    shapes: Any
    shapes_columns: tuple[int, ...]
    agency: Any
    agency_shapes: tuple[tuple[int, Any], ...]


def _options(*, case: bool) -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = case
    options.max_mem = MEMORY
    options.log_errors = False
    return options


def _automaton(patterns: Iterable[str], *, case: bool) -> Any:
    import re2

    found = re2.Set.SearchSet(_options(case=case))
    for pattern in patterns:
        found.Add(pattern)
    found.Compile()
    return found


def names_pattern(given: Iterable[str]) -> str:
    r"""An RE2 alternation of names, the longest first; those in ASCII only where no letter touches them.

    >>> names_pattern(["AP", "AFP"])
    '\\b(?:AFP|AP)\\b'
    """
    import re2

    longest_first = sorted(set(given), key=lambda name: (-len(name), name))
    spaced = "|".join(re2.escape(name) for name in longest_first if name.isascii())
    other = "|".join(re2.escape(name) for name in longest_first if not name.isascii())
    return rf"(?:\b(?:{spaced})\b|{other})" if other else rf"\b(?:{spaced})\b"


@cache
def _finder() -> _Finder:
    import re2

    column = {name: at for at, name in enumerate(names())}
    whole: dict[str, set[int]] = {}
    start: dict[str, set[tuple[str, int]]] = {}
    start_unspaced: dict[str, set[tuple[str, int]]] = {}
    anywhere: list[str] = []
    anywhere_columns: list[int] = []
    marked_anywhere: list[str] = []
    marked_columns: list[int] = []
    for (kind, mode), members in phrases().items():
        at = column[f"{kind}.{mode}"]
        if mode == "anywhere" and members:
            bare = [(p, w) for p, w in zip(members, plain_words(members), strict=True) if w.strip()]
            plain = [re2.escape(w.strip() if _unspaced(p) else w) for p, w in bare if not _bracketed(p)]
            marked = [re2.escape(p) for p, _ in bare if _bracketed(p)]
            for column_list, patterns, found in (
                (anywhere_columns, anywhere, plain),
                (marked_columns, marked_anywhere, marked),
            ):
                if found:
                    patterns.append("|".join(found))
                    column_list.append(at)
            continue
        for phrase, words in zip(members, plain_words(members), strict=True):
            if not words.strip():
                continue
            if mode == "whole":
                whole.setdefault(words.strip(BESIDE_WORDS), set()).add(at)
            elif _unspaced(phrase):
                start_unspaced.setdefault(words.strip()[0], set()).add((words.strip(), at))
            else:
                start.setdefault(words.split()[0], set()).add((words, at))
    known = {"WIRE": agencies()["wire"], "AGENCY": agencies()["wire"] + agencies()["photo"]}
    agency_shapes = []
    for name, pattern in AGENCY_PATTERNS.items():
        for listed, given in known.items():
            pattern = pattern.replace(f"<{listed}>", names_pattern(given))
        agency_shapes.append((column[name], re2.compile(pattern, _options(case=True))))
    return _Finder(
        {key: tuple(sorted(value)) for key, value in whole.items()},
        {key: tuple(sorted(value)) for key, value in start.items()},
        {key: tuple(sorted(value)) for key, value in start_unspaced.items()},
        _automaton(anywhere, case=True),
        tuple(anywhere_columns),
        _automaton([*PATTERNS.values(), *marked_anywhere], case=False),
        tuple(column[name] for name in PATTERNS) + tuple(marked_columns),
        re2.compile(names_pattern(known["AGENCY"]), _options(case=True)),
        tuple(agency_shapes),
    )


def find(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which cues each line holds: one row a line, one column for each of ``names()``.

    >>> row = find(["Sign up for our newsletter"])[0]
    >>> any(hit and name.startswith("promo") for hit, name in zip(row, names()))
    True
    """
    finder = _finder()
    hits = np.zeros((len(texts), len(names())), np.bool_)
    match_anywhere, match_shapes, names_agency = finder.anywhere.Match, finder.shapes.Match, finder.agency.search
    for row, (text, words) in enumerate(zip(texts, plain_words(texts), strict=True)):
        if len(words) < 2:
            continue
        if len(words) <= WHOLE_LONGEST:
            for at in finder.whole.get(words.strip(BESIDE_WORDS), ()):
                hits[row, at] = True
        begin = " " + words.lstrip(BESIDE_WORDS)
        for phrase, at in finder.start.get(begin[1 : begin.find(" ", 1)], ()):
            if begin.startswith(phrase):
                hits[row, at] = True
        for phrase, at in finder.start_unspaced.get(begin[1:2], ()):
            if begin.startswith(phrase, 1):
                hits[row, at] = True
        line = text if len(text) <= LOOK_AT else text[:LOOK_AT]
        try:
            found, shaped, named = match_anywhere(words), match_shapes(line), names_agency(line)
        except UnicodeEncodeError:  # a lone surrogate
            line = line.encode("utf-8", "replace").decode()
            words = words.encode("utf-8", "replace").decode()
            found, shaped, named = match_anywhere(words), match_shapes(line), names_agency(line)
        for cue in found or ():
            hits[row, finder.anywhere_columns[cue]] = True
        for cue in shaped or ():
            hits[row, finder.shapes_columns[cue]] = True
        if named:
            for at, pattern in finder.agency_shapes:
                if pattern.search(line):
                    hits[row, at] = True
    return hits
