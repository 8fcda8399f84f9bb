"""Names that people write turned into the choices that there are, with an error that says the nearest."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from clipclean.errors import SettingsError

E = TypeVar("E", bound=StrEnum)


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
    try:
        return allowed(name)
    except ValueError:
        raise no_such(setting, name, allowed) from None
