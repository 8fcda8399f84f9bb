"""Where the fields of a record stand, told by the names of its keys, and what to say where no text is among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clipclean.errors import RecordError
from clipclean.readers.names import FIELD_OF, MARKDOWN, NESTED, folded
from clipclean.readers.values import READERS

LISTED = 12
"""Keys that a message lists."""

LONG = 40
"""Characters of a key that a message shows: a table without a header has texts for names."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields stand in records with certain keys.

    ``candidates`` are each field's keys in order of preference, ``first`` the best key of each, and ``keys`` and
    ``rest`` what ``Clipping.keys`` and the keys of ``meta`` are where these hold plain text. ``paths`` are fields that
    the user points to inside an object (``headline.main``). ``marked`` says that the text's key is one of Markdown.
    """

    candidates: dict[str, tuple[str, ...]]
    first: tuple[tuple[str, str], ...]
    keys: dict[str, str]
    rest: tuple[str, ...]
    paths: dict[str, tuple[str, ...]]
    nested: tuple[str, ...]
    marked: bool


def lay_out(keys: tuple[str, ...], fields: Mapping[str, str]) -> Layout:
    """Which of ``keys`` hold which field; one that the user's ``fields`` (field to key) name is in that key or nowhere.

    >>> lay_out(("ID", "content", "Text"), {}).first
    (('id', 'ID'), ('text', 'Text'))
    """
    ranked: dict[str, list[tuple[int, int, str]]] = {}
    paths: dict[str, tuple[str, ...]] = {}
    claimed = set(fields.values())
    for field, key in fields.items():
        if not key:
            continue
        if key in keys:
            ranked[field] = [(-1, 0, key)]
        elif "." in key and key.split(".")[0] in keys:
            paths[field] = tuple(key.split("."))
    for place, key in enumerate(keys):
        field, rank = FIELD_OF.get(folded(key), ("", 0))
        if field and field not in fields and key not in claimed:
            ranked.setdefault(field, []).append((rank if key == field else rank * 2 + 1, place, key))
    candidates = {field: tuple(key for *_, key in sorted(ranked[field])) for field in READERS if field in ranked}
    first = {field: best[0] for field, best in candidates.items()}
    return Layout(
        candidates=candidates,
        first=tuple(first.items()),
        keys=first,
        rest=tuple(key for key in keys if key not in first.values()),
        paths=paths,
        nested=tuple(key for key in keys if key in NESTED and (key == "html" or key not in first.values())),
        marked=folded(first.get("text", "")) in MARKDOWN,
    )


def no_text(keys: Mapping[str, Any] | tuple[str, ...]) -> RecordError:
    """The error for records without a key that is known to hold a text."""
    return RecordError(
        "no-text",
        f"no key is known to hold the text; name the one that does with --field text=NAME (keys: {_listed(keys)})",
    )


def no_such_key(field: str, key: str, keys: Mapping[str, Any] | tuple[str, ...]) -> RecordError:
    """The error for records without the key that the user names for a field."""
    return RecordError(
        "no-text",
        f"there is no key {key!r}, which --field {field}={key} asks for; name one of its keys: {_listed(keys)}",
    )


def _listed(keys: Mapping[str, Any] | tuple[str, ...]) -> str:
    names = [key if len(key) <= LONG else f"{key[:LONG]}..." for key in keys]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more or "none"
