"""A file of settings: ``clipclean.toml``, or ``[tool.clipclean]`` in a ``pyproject.toml``, read and checked.

The keys have the names of the options. Every error names the file, the key and the nearest name that there is. The
library reads a file only where ``load_settings`` is asked for it; only the commands look for one (``find_file``).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from clipclean.config import (
    FURNITURE,
    Candidates,
    Copies,
    E,
    Extractor,
    Format,
    Keep,
    Level,
    LineMatch,
    Mode,
    OwnRule,
    Preset,
    Reach,
    Scope,
    Settings,
    Sure,
    no_such,
)
from clipclean.dedup_settings import check_preference, check_reach, window_hours
from clipclean.errors import SettingsError
from clipclean.layers import NO_WINDOW, Stated, StatedForSource
from clipclean.limits import limit_of
from clipclean.model import Label

NAME = "clipclean.toml"
PROJECT = "pyproject.toml"

T = TypeVar("T")
Table = Mapping[str, Any]


def load_settings(path: str | os.PathLike[str]) -> Settings:
    """The settings that a file states, with the defaults for all that it does not state.

    A file of any name holds the keys of ``docs/settings.md``; of a ``pyproject.toml`` the table ``tool.clipclean``
    counts. No other file is looked at. Raises SettingsError that names the file, the key and what is allowed.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "clipclean.toml"
    >>> _ = path.write_text('preset = "recall"')
    >>> load_settings(path).clean.preset.value
    'recall'
    """
    return load_stated(Path(path)).settings()


def find_file(folder: Path) -> Path | None:
    """The settings file that holds in ``folder``: the nearest, in it or in a folder above; None where there is none.

    In one folder ``clipclean.toml`` comes before ``pyproject.toml``, of which only one with a ``tool.clipclean`` table
    counts. Raises SettingsError for a ``pyproject.toml`` on the way that is no TOML, for nobody can say what it states.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "dump"
    >>> folder.mkdir()
    >>> _ = folder.with_name("clipclean.toml").write_text("")
    >>> find_file(folder).name
    'clipclean.toml'
    """
    for place in (folder, *folder.parents):
        if _is_file(place / NAME):
            return place / NAME
        if _is_file(place / PROJECT) and _own_table(_parse(place / PROJECT)) is not None:
            return place / PROJECT
    return None


def load_stated(path: Path) -> Stated:
    """What a file states, checked as a whole: also that its patterns compile and its rules have names of their own."""
    table = _parse(path)
    if path.name == PROJECT:
        own = _own_table(table)
        if own is None:
            raise SettingsError(f"{path}: there is no [tool.clipclean] in it; add one, or name another file")
        table = own
    try:
        stated = _stated(table)
        settings = stated.settings()
        if settings.clean.rules or settings.clean.sources or settings.clean.rules_off:
            from clipclean.cleaning.own_rules import plans  # what it imports takes time, and few files need it

            plans(settings.clean)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None
    return stated


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder above that we may not look into
        return False


def _parse(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; name another settings file, or none") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: this is not UTF-8; save it as UTF-8, as TOML must be") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path}: this is not TOML: {error}; mend it, or take another settings file, or none"
        ) from None


def _own_table(project: Table) -> Table | None:
    tools = project.get("tool")
    table = tools.get("clipclean") if isinstance(tools, dict) else None
    return table if isinstance(table, dict) else None


def _stated(table: Table) -> Stated:
    found = _taken(table, KEYS, "")
    check_reach(fold=found.get("fold"), level=found.get("level"), threshold=found.get("threshold"))
    check_preference(found.get("keep"), found.get("prefer"))
    if found.get("prefer"):
        found["keep"] = Keep.PREFERRED  # said by the list; said outright, it wins over a file further away
    return Stated(**{NAMES.get(key, key.replace("-", "_")): value for key, value in found.items()})


def _taken(table: Table, keys: Mapping[str, Callable[[Any, str], Any]], place: str) -> dict[str, Any]:
    """The values of a table, each read by what ``keys`` says of its key."""
    found = {}
    for key, value in table.items():
        if key not in keys:
            raise no_such(place.rstrip(". :"), key, keys, kind="key ")
        found[key] = keys[key](value, f"{place}{key}")
    return found


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise SettingsError(f'{key}: write a text in quotes, as in {key.rpartition(".")[2]} = "..."')
    return value


def _texts(value: Any, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(member, str) for member in value):
        raise SettingsError(f'{key}: write a list of texts, as in {key.rpartition(".")[2]} = ["...", "..."]')
    return tuple(value)


def _truth(value: Any, key: str) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"{key}: write true or false")
    return value


def _whole(value: Any, key: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise SettingsError(f"{key}: write a whole number")
    return value


def _number(value: Any, key: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise SettingsError(f"{key}: write a number, as in {key} = 0.7")
    return float(value)


def _one_of(kind: type[E], *, of: Iterable[E] | None = None) -> Callable[[Any, str], E]:
    known = sorted(kind if of is None else of, key=list(kind).index)

    def read(value: Any, key: str) -> E:
        name = _text(value, key)
        if name not in set(kind):
            raise no_such(key, name, known)
        return kind(name)

    return read


def _some_of(kind: type[E], *, of: Iterable[E] | None = None) -> Callable[[Any, str], frozenset[E]]:
    one = _one_of(kind, of=of)
    return lambda value, key: frozenset(one(name, key) for name in _texts(value, key))


def _reach(value: Any, key: str) -> Reach:
    if isinstance(value, list):
        raise SettingsError(f'{key}: write one name, as in {key} = "abridgement"; each includes the nearer ones')
    return _one_of(Reach)(value, key)


def _window(value: Any, key: str) -> str:
    window = _text(value, key)
    if window != NO_WINDOW:
        window_hours(window)
    return window


def _names(value: Any, key: str) -> frozenset[str]:
    return frozenset(_texts(value, key))


def _fields(value: Any, key: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise SettingsError(f'{key}: write a table, as in {key} = {{ text = "artikel" }}')
    return {name: _text(member, f"{key}.{name}") for name, member in value.items()}


def _limits(value: Any, key: str) -> dict[str, int]:
    if not isinstance(value, dict) or not all(isinstance(member, int | str) for member in value.values()):
        raise SettingsError(f'{key}: write a table, as in {key} = {{ document = "64M", line = 5000 }}')
    return {name: limit_of(name, member) for name, member in value.items()}


def _rules(value: Any, key: str) -> tuple[OwnRule, ...]:
    if not isinstance(value, list) or not all(isinstance(member, dict) for member in value):
        raise SettingsError(f"{key}: write each rule as a table of its own that opens with [[{key}]]")
    return tuple(_rule(member, f"{key} {number}") for number, member in enumerate(value, start=1))


def _rule(table: Table, place: str) -> OwnRule:
    name = table.get("name")
    place = f"{place} ({name})" if isinstance(name, str) else place
    found = _taken(table, RULE_KEYS, f"{place}: ")
    for key in ("name", "label"):
        if key not in found:
            raise SettingsError(f"{place}: there is no {key}; every rule needs one")
    match = _made(LineMatch, place, {key: found.pop(key) for key in MATCH_KEYS if key in found})
    return _made(OwnRule, place, found | {"match": match})


def _sources(value: Any, key: str) -> tuple[StatedForSource, ...]:
    if not isinstance(value, dict) or not all(isinstance(member, dict) for member in value.values()):
        raise SettingsError(f'{key}: write each source as a table of its own, as in [{key}."halden.example"]')
    return tuple(
        _made(StatedForSource, key, {"source": source, **_taken(table, SOURCE_KEYS, f'{key}."{source}".')})
        for source, table in value.items()
    )


def _kept(value: Any, key: str) -> tuple[LineMatch, ...]:
    if not isinstance(value, list) or not all(isinstance(member, str | dict) for member in value):
        raise SettingsError(f'{key}: write a list of phrases and patterns, as in keep = ["...", {{ pattern = "..." }}]')
    tables = [{"phrases": [member]} if isinstance(member, str) else member for member in value]
    return tuple(_made(LineMatch, key, _taken(table, MATCH_KEYS, f"{key}.")) for table in tables)


def _made(kind: Callable[..., T], place: str, values: Table) -> T:
    try:
        return kind(**{key.replace("-", "_"): value for key, value in values.items()})
    except SettingsError as error:
        raise SettingsError(f"{place}: {error}") from None


_LABELS = _some_of(Label, of=FURNITURE)

MATCH_KEYS: dict[str, Callable[[Any, str], Any]] = {
    "pattern": _text,
    "phrases": _texts,
    "mode": _one_of(Mode),
    "max-words": _whole,
}
RULE_KEYS: dict[str, Callable[[Any, str], Any]] = {
    "name": _text,
    "label": _one_of(Label, of=FURNITURE | {Label.BODY}),
    **MATCH_KEYS,
    "sure": _one_of(Sure),
    "says": _text,
    "example": _text,
}
SOURCE_KEYS: dict[str, Callable[[Any, str], Any]] = {
    "preset": _one_of(Preset),
    "drop": _LABELS,
    "keep-lines": _LABELS,
    "rule-off": _names,
    "keep": _kept,
}
KEYS: dict[str, Callable[[Any, str], Any]] = {
    "field": _fields,
    "encoding": _text,
    "preset": _one_of(Preset),
    "drop": _LABELS,
    "keep-lines": _LABELS,
    "rule-off": _names,
    "extractor": _one_of(Extractor),
    "detect-lang": _truth,
    "reasons": _truth,
    "dup": _one_of(Copies),
    "keep": _one_of(Keep),
    "prefer": _texts,
    "fold": _reach,
    "level": _one_of(Level),
    "threshold": _number,
    "candidates": _one_of(Candidates),
    "window": _window,
    "scope": _one_of(Scope),
    "format": _one_of(Format),
    "annotate": _truth,
    "workers": _whole,
    "max-seconds": _number,
    "max-memory": _whole,
    "limit": _limits,
    "rules": _rules,
    "source": _sources,
}
"""The keys of a file, and how their values are read."""

NAMES = {"source": "sources"}
"""Where a key of the file is not the name that ``Stated`` has for it."""
