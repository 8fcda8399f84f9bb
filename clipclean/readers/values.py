"""One value of a record becomes one field of a clipping: which types serve, and how each is read.

Each function returns a ``Reading``, or None where the value is absent: null, not a number, empty. A value of a type
that cannot serve is ``UNFIT``. A reading that is not ``whole`` holds only a part of the value (the name of a publisher
object), which therefore also stays among the record's other keys.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from clipclean.errors import RecordError
from clipclean.readers.encoding import Decoder, declared_in_page, whole_characters

LARGEST_EXACT = 2**53
"""From here on a floating-point number no longer tells neighbouring whole numbers apart."""

MARKUP = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)"  # atomic: a heap of comments must not cost more than its length
    r"<(?:!doctype\s+html|html|head|body|main|article|section|header|div|p|h[1-6]|figure|span|ul|ol|table|a|img|b|strong"
    r"|em|i|br)\b[^>]*>",
    re.IGNORECASE | re.DOTALL,
)
HOST = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(\[[^\]/]*\]|[^/?#:\s]+)", re.IGNORECASE)

PAGE = re.compile(r"https?://[^/?#\s]+/[^\s]+\Z", re.IGNORECASE)

PARTS = ("summary", "headline", "text", "paragraphs", "sections")
"""What a body in parts calls them, in their order."""

DEEPEST = 4
"""How deep parts may lie in one another: sections, their paragraphs, and what these hold."""


class Reading(NamedTuple):
    """What a value says, whether that is all of it, and what reading it took."""

    value: str
    whole: bool = True
    notes: tuple[str, ...] = ()


UNFIT = Reading("", whole=False)
"""The answer for a value of a type that cannot serve; compared by identity."""

Reader = Callable[[Any, Decoder], Reading | None]


def absent(value: Any) -> bool:
    """Whether a value says nothing: None, blank text, NaN (also pandas' NaT and NA), an empty list or object.

    >>> absent(float("nan")), absent(" "), absent(0)
    (True, True, False)
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    if isinstance(value, float):
        return value != value
    return isinstance(value, bytes | list | tuple | dict) and not value


def read_text(value: Any, decoder: Decoder) -> Reading | None:
    """A text: a string, bytes to be decoded, or paragraphs, joined by line feeds.

    Paragraphs are a list of strings or of objects that hold such, or one object (the body of Fundus: a summary, and
    sections with a headline each).

    >>> read_text(["Rain fell.", {"text": "The river rose."}], Decoder()).value
    'Rain fell.\\nThe river rose.'
    """
    if absent(value):
        return None
    if isinstance(value, str):
        return Reading(str(value))
    if isinstance(value, bytes):
        return _decoded(value, decoder)
    paragraphs = _paragraphs(value)
    if paragraphs is None:
        return UNFIT
    text = "\n".join(paragraphs)
    return None if absent(text) else Reading(text, notes=(f"text: joined from {len(paragraphs)} paragraphs",))


def _paragraphs(value: Any, depth: int = 0) -> list[str] | None:
    """The paragraphs of a body in parts; None where something else is among them."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        value = [value[part] for part in PARTS if not absent(value.get(part))] or None
    if depth > DEEPEST or not isinstance(value, list | tuple):
        return None
    found = [_paragraphs(part, depth + 1) for part in value]
    return None if None in found else [paragraph for part in found if part for paragraph in part]


def read_html(value: Any, decoder: Decoder) -> Reading | None:
    """A page: a string, bytes to be decoded, or an object that holds the page under ``content`` (Fundus)."""
    if isinstance(value, Mapping) and isinstance(value.get("content"), str) and not absent(value["content"]):
        return Reading(value["content"], whole=False)
    if isinstance(value, list | tuple):
        return None if absent(value) else UNFIT
    return read_text(value, decoder)


def read_id(value: Any, decoder: Decoder) -> Reading | None:
    """An id: text, a whole number, a UUID, or the object that MongoDB exports (``{"$oid": ...}``).

    >>> read_id(17, Decoder()).value, read_id(17.0, Decoder()).value
    ('17', '17')
    """
    if absent(value):
        return None
    if isinstance(value, Mapping) and isinstance(value.get("$oid"), str):
        return Reading(value["$oid"], whole=False)
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_EXACT:
        return Reading(str(int(value)))
    if isinstance(value, bool) or not isinstance(value, str | int | UUID):
        return UNFIT
    return Reading(str(value))


def read_fact(value: Any, decoder: Decoder) -> Reading | None:
    """A title or language: text, or a number as text; anything else is left where it is."""
    if absent(value):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return UNFIT
    return Reading(str(value))


def read_url(value: Any, decoder: Decoder) -> Reading | None:
    """A url: text, or an object that has one as its ``@id`` (the page of a story in schema.org).

    >>> read_url({"@type": "WebPage", "@id": "https://orr.example/a"}, Decoder()).value
    'https://orr.example/a'
    """
    if isinstance(value, Mapping) and isinstance(value.get("@id"), str) and host(value["@id"]):
        return Reading(value["@id"], whole=False)
    return read_fact(value, decoder)


def read_date(value: Any, decoder: Decoder) -> Reading | None:
    """A date as it is written: text, a number (of seconds), a date or time object, or MongoDB's ``{"$date": ...}``, in
    which the number may be an object of its own.

    >>> read_date(date(2031, 5, 2), Decoder()).value
    '2031-05-02'
    """
    if isinstance(value, date) and not absent(value):
        return Reading(value.isoformat())
    if isinstance(value, Mapping):
        said = value.get("$date")
        inner = read_fact(said.get("$numberLong") if isinstance(said, Mapping) else said, decoder)
        return inner._replace(whole=False) if inner and inner is not UNFIT else UNFIT
    return read_fact(value, decoder)


def read_source(value: Any, decoder: Decoder) -> Reading | None:
    """A source: text, of which a url counts by its host, or an object with a ``name`` (schema.org, news interfaces).

    >>> read_source({"id": None, "name": "Harbour Post"}, Decoder()).value
    'Harbour Post'
    """
    if isinstance(value, Mapping):
        named = (value.get(key) for key in ("name", "title", "domain", "href", "url", "uri"))
        found = next((name for name in named if isinstance(name, str) and not absent(name)), None)
        return UNFIT if found is None else Reading(host(found) or found, whole=False)
    reading = read_fact(value, decoder)
    if reading and "//" in reading.value and (site := host(reading.value)):
        return Reading(site, whole=False)
    return reading


READERS: dict[str, Reader] = {
    "id": read_id,
    "html": read_html,
    "text": read_text,
    "url": read_url,
    "source": read_source,
    "title": read_fact,
    "published": read_date,
    "lang": read_fact,
}
"""How the value of each field is read, in the order in which fields are read: the page before the text, which may
turn out to be the page."""


def is_page(url: Any) -> bool:
    """Whether a value is the url of a page and not of a whole site.

    >>> is_page("https://vell.example/news/ferry"), is_page("https://vell.example/"), is_page("Vell Courier")
    (True, False, False)
    """
    return isinstance(url, str) and bool(PAGE.match(url)) and host(url) is not None


def host(url: str) -> str | None:
    """The host of a url in lower case, without port and leading ``www.``; None where the url has none.

    >>> host("https://www.Example.com:8080/a?b"), host("story.html")
    ('example.com', None)
    """
    if found := HOST.match(url):
        return found[1].lower().removeprefix("www.").rstrip(".") or None
    if url[:4].lower() == "www.":
        return host("//" + url)
    return None


def is_markup(text: str) -> bool:
    """Whether a text is a piece of HTML: begins with a tag of a page and ends with a closed one.

    >>> is_markup("<p>Rain fell.</p>"), is_markup("<3 says the fan club")
    (True, False)
    """
    return (
        text[:64].lstrip()[:1] == "<" and text[-64:].rstrip()[-1:] == ">" and "</" in text and bool(MARKUP.match(text))
    )


def carried(value: Any, decoder: Decoder) -> Any:
    """A value of a record with everything that JSON cannot carry turned into text, and all else as it is.

    Lone surrogates (often bytes that could not be decoded at first) are mended, bytes become text or base64, decimals
    and durations text, and whole numbers past 64 bits floats, as they are in JSON. Dates and times stay, if they are
    Python's own.

    >>> carried({"price": Decimal("1.50"), "tags": ["a"]}, Decoder())
    {'price': '1.50', 'tags': ['a']}
    """
    if isinstance(value, str):
        return value if value.isascii() else whole_characters(value, decoder)[0]
    if isinstance(value, dict):
        return {carried_key(key, decoder): carried(inner, decoder) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [carried(inner, decoder) for inner in value]
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 64:
        return float(value) if value.bit_length() < 1024 else hex(value)
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return b64encode(value).decode()
    if isinstance(value, date | time):
        return value if type(value) in (date, datetime, time) else value.isoformat()
    return str(value) if isinstance(value, Decimal | timedelta) else value


def carried_key(key: Any, decoder: Decoder) -> str:
    """A key as JSON can carry it: text without lone surrogates."""
    key = key if isinstance(key, str) else str(key)
    return key if key.isascii() else whole_characters(key, decoder)[0]


def _decoded(value: bytes, decoder: Decoder) -> Reading:
    declared = declared_in_page(value) if value[:64].lstrip()[:1] == b"<" else None
    try:
        text, notes = decoder.decode(value, declared)
    except RecordError:
        return UNFIT
    return Reading(text, notes=notes)
