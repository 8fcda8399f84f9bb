"""What people write turned into what settings hold, with an error that names the setting, the value and a way out.

A reader takes a value and the name of its setting; ``take`` has readers look at the fields of settings that are built.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from numbers import Integral, Real
from typing import Any, TypeVar

from clipclean.errors import SettingsError

E = TypeVar("E", bound=StrEnum)
K = TypeVar("K")
Reader = Callable[[Any, str], Any]


def no_such(setting: str, name: str, known: Iterable[str], kind: str = "") -> SettingsError:
    """The error for a name that there is not: it says the nearest one, or all of them where none is near.

    >>> print(no_such("drop", "captions", ["caption", "credit"]))
    drop: there is no 'captions'; did you mean caption?
    """
    names = {each.lower(): each for each in known}
    near = difflib.get_close_matches(name.lower(), names, n=1)
    return SettingsError(
        (f"{setting}: " if setting else "")
        + f"there is no {kind}{name!r}; "
        + (f"did you mean {names[near[0]]}?" if near else f"choose from {', '.join(names.values())}")
    )


def choices(names: Iterable[str], allowed: type[E], setting: str) -> frozenset[E]:
    """Turn names into members of ``allowed``; raises SettingsError for a name that there is not.

    >>> from clipclean.model import Label
    >>> sorted(choices(["credit", "caption"], Label, "drop"))
    [<Label.CAPTION: 'caption'>, <Label.CREDIT: 'credit'>]
    """
    return frozenset(choice(name, allowed, setting) for name in names)


def choice(name: str, allowed: type[E], setting: str) -> E:
    """Turn one name into a member of ``allowed``; raises SettingsError for a name that there is not.

    >>> from clipclean.model import Label
    >>> choice("credit", Label, "drop")
    <Label.CREDIT: 'credit'>
    """
    if not isinstance(name, str):
        raise SettingsError(f"{setting}: {name!r} is no name; choose from {', '.join(allowed)}")
    try:
        return allowed(name)
    except ValueError:
        raise no_such(setting, name, allowed) from None


def take(settings: object, **readers: Reader) -> None:
    """Let readers look at fields of frozen settings, which then hold what was read: of a list the set, say.

    For ``__post_init__`` alone; raises SettingsError for a value that cannot be used.
    """
    for name, read in readers.items():
        object.__setattr__(settings, name, read(getattr(settings, name), name))


def optional(read: Reader) -> Reader:
    """A reader that lets None pass.

    >>> optional(whole)(None, "max_words") is None
    True
    """
    return lambda value, setting: None if value is None else read(value, setting)


def one_of(allowed: type[E]) -> Callable[[Any, str], E]:
    """A reader of one name.

    >>> from clipclean.model import Label
    >>> one_of(Label)("credit", "label")
    <Label.CREDIT: 'credit'>
    """
    return lambda value, setting: choice(value, allowed, setting)


def some_of(allowed: type[E]) -> Callable[[Any, str], frozenset[E]]:
    """A reader of several names, in a set or a list.

    >>> from clipclean.model import Label
    >>> some_of(Label)(["credit"], "drop")
    frozenset({<Label.CREDIT: 'credit'>})
    """
    return lambda value, setting: choices(_several(value, setting, "names"), allowed, setting)


def many(kind: type[K]) -> Callable[[Any, str], tuple[K, ...]]:
    """A reader of a list of values of one kind.

    >>> many(str)(["tide at halden"], "phrases")
    ('tide at halden',)
    """
    read = a(kind)
    words = "texts" if kind is str else kind.__name__
    return lambda value, setting: tuple(read(one, setting) for one in _several(value, setting, words))


def a(kind: type[K]) -> Callable[[Any, str], K]:
    """A reader of a value of one kind.

    >>> a(str)("Orr Gazette", "source")
    'Orr Gazette'
    """

    def read(value: Any, setting: str) -> K:
        if not isinstance(value, kind):
            wanted = _KINDS.get(kind) or f"give {kind.__name__}(...)"
            raise SettingsError(f"{setting}: {_shown(value)} cannot be used; {wanted}")
        return value

    return read


def whole(value: Any, setting: str) -> int:
    """Read a whole number; raises SettingsError for anything else.

    >>> whole(5000, "max_words")
    5000
    """
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise SettingsError(f"{setting}: {_shown(value)} is no whole number; give one, as in 5")
    return int(value)


def number(value: Any, setting: str) -> float:
    """Read a number; raises SettingsError for anything else.

    >>> number(10, "max_seconds")
    10.0
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        raise SettingsError(f"{setting}: {_shown(value)} is no number; give one, as in 0.7")
    return float(value)


def table(value: Any, setting: str) -> dict[str, str]:
    """Read a table of texts; raises SettingsError for anything else.

    >>> table({"text": "artikel"}, "fields")
    {'text': 'artikel'}
    """
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for pair in value.items() for text in pair):
        raise SettingsError(
            f"{setting}: {_shown(value)} cannot be used; give a dict of texts, as in {{'text': 'body'}}"
        )
    return dict(value)


def names(values: Any, setting: str) -> frozenset[str]:
    """Read names, in a set or a list; raises SettingsError for anything else.

    >>> names(["cut-off"], "rules_off")
    frozenset({'cut-off'})
    """
    return frozenset(many(str)(values, setting))


_KINDS: dict[type, str] = {str: "give a text", bool: "give True or False"}


def _several(values: Any, setting: str, what: str) -> Iterable[Any]:
    if isinstance(values, str | bytes):
        raise SettingsError(f"{setting}: {_shown(values)} is one text; give a list, as in [{_shown(values)}]")
    if isinstance(values, Mapping) or not isinstance(values, Iterable):
        raise SettingsError(f"{setting}: {_shown(values)} cannot be used; give a list of {what}")
    return values


def _shown(value: Any) -> str:
    """A value as a message shows it: a long one by its kind."""
    shown = repr(value)
    return shown if len(shown) <= 80 else f"this {type(value).__name__}"
