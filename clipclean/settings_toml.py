"""Settings written as a file that reads back as the same: what ``clipclean config`` shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from clipclean.config import LineMatch, OwnRule, plain
from clipclean.layers import Stated, StatedForSource


def as_toml(stated: Stated) -> str:
    """What is stated, as the text of a settings file; what is not stated is left out.

    >>> print(as_toml(Stated(annotate=True, workers=2)), end="")
    annotate = true
    workers = 2
    """
    top = [field.name for field in fields(Stated) if field.name not in ("rules", "sources")]
    lines = list(_pairs({name: getattr(stated, name) for name in top}))
    for rule in stated.rules:
        lines += ["", "[[rules]]", *_pairs(_rule(rule))]
    for section in stated.sources:
        lines += ["", f"[source.{_text(section.source)}]", *_pairs(_section(section))]
    return "\n".join(lines) + "\n"


def _rule(rule: OwnRule) -> Mapping[str, Any]:
    own = {"name": rule.name, "label": rule.label, **_match(rule.match), "sure": rule.sure}
    return own | {"says": rule.says or None, "example": rule.example or None}


def _match(match: LineMatch) -> Mapping[str, Any]:
    if match.pattern is not None:
        return {"pattern": match.pattern, "max_words": match.max_words}
    return {"phrases": match.phrases, "mode": match.mode, "max_words": match.max_words}


def _section(section: StatedForSource) -> Mapping[str, Any]:
    stated = {field.name: getattr(section, field.name) for field in fields(section) if field.name != "source"}
    return stated | {"keep": [_match(match) for match in section.keep] or None}


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if value is not None:
            yield f"{name.replace('_', '-')} = {_value(plain(value))}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_inline(value))} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _inline(table: Mapping[str, Any]) -> Iterable[str]:
    return (f"{name.replace('_', '-')} = {_value(value)}" for name, value in table.items() if value is not None)


def _text(text: str) -> str:
    """A text as TOML writes it: as JSON does, and what cannot be seen as an escape."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in quoted)
