"""Records as tables: which columns there are and what each holds, learnt before the first row is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LINE = {"line": int, "keep": bool, "label": str, "rule": str, "score": float, "text": str}
STRUCTURES: Mapping[str, Any] = {
    "captions": [{"text": str, "credit": str}],
    "teasers": [{"text": str, "of": str}],
    "lines": [LINE],
    "removed": [{name: kind for name, kind in LINE.items() if name != "keep"}],
    "flags": [str],
    "notes": [str],
    "copies": [
        {"id": str, "source": str, "url": str, "title": str, "published": str}
        | {"relation": str, "jaccard": float, "containment": float}
    ],
}
"""What the keys that clipclean writes hold, where it is more than one value."""

SIMPLE = (bool, int, float, str)


class Columns:
    """The columns of a table, learnt record by record; a column that holds no single simple type is JSON text.

    >>> columns = Columns()
    >>> columns.see({"id": "a", "page": 1})
    >>> columns.see({"id": "b", "page": "2", "wire": True})
    >>> columns.kinds()
    {'id': <class 'str'>, 'page': None, 'wire': <class 'bool'>}
    """

    def __init__(self) -> None:
        self._seen: dict[str, set[type | None]] = {}

    def see(self, record: Mapping[str, Any]) -> None:
        """Take note of a record's keys and of what they hold."""
        for name, value in record.items():
            kinds = self._seen.setdefault(name, set())
            if value is not None and not _fits(value, STRUCTURES.get(name)):
                kinds.add(_kind(value))

    def kinds(self) -> dict[str, Any]:
        """Each column with bool, int, float or str, a structure of these, or None for JSON text."""
        return {
            name: STRUCTURES[name] if name in STRUCTURES and not kinds else _common(kinds)
            for name, kinds in self._seen.items()
        }


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value has the structure that clipclean writes; an input's own key may have the same name."""
    if isinstance(kind, list):
        return isinstance(value, list) and all(_fits(member, kind[0]) for member in value)
    if isinstance(kind, dict):
        return isinstance(value, dict) and all(_fits(member, kind.get(key)) for key, member in value.items())
    return kind is not None and (value is None or isinstance(value, kind))


def _kind(value: Any) -> type | None:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return None  # no column of whole numbers holds it
    return type(value) if type(value) in SIMPLE else None


def _common(kinds: set[type | None]) -> type | None:
    if not kinds:
        return str  # a column without a value can be of any type
    if kinds == {int, float}:
        return float
    return next(iter(kinds)) if len(kinds) == 1 else None
