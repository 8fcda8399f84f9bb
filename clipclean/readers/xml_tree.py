"""What readers of XML share: an entry as they give it, and how names and texts of elements are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@dataclass(frozen=True, slots=True)
class Entry:
    """One clipping in the making: its ``fields`` as ``Records.build`` takes them, and what else is known of it."""

    fields: Mapping[str, str]
    meta: Mapping[str, Any] = field(default_factory=dict)


def local(element: Any) -> str:
    """The name of an element in lower case, without its namespace; empty for what is no element.

    >>> from lxml import etree
    >>> local(etree.fromstring("<atom:Entry xmlns:atom='http://www.w3.org/2005/Atom'/>"))
    'entry'
    """
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def words(element: Any) -> str:
    """All text in an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def given(**values: str | None) -> dict[str, str]:
    """Those of some values that hold something, without white space around them.

    >>> given(title=" Rain ", url="", lang=None)
    {'title': 'Rain'}
    """
    return {name: value.strip() for name, value in values.items() if value and value.strip()}
