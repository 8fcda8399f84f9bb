"""What a program hands in, as the stages take it: records, clippings and results in any mix, and single facts.

What a dict says is read as in JSON Lines. Clippings and results that a program made itself may hold what a dict may
hold (a date as ``datetime``, NaN for nothing), so they are looked at here, before work is done that trusts their types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Any

from clipclean.config import FIELD_NAMES, ReadSettings
from clipclean.errors import RecordError
from clipclean.model import CleanClipping, Clipping, Failure, Origin
from clipclean.readers.encoding import Decoder
from clipclean.readers.records import Records
from clipclean.readers.source import Source
from clipclean.readers.values import READERS, UNFIT, absent
from clipclean.streams import many_records

Record = CleanClipping | Clipping | Failure | Mapping[str, Any] | str
"""What the functions on many records take: a dict as in JSON Lines, a text, what ``read`` gives, or a result."""

RECORD, TEXT, HTML = Origin("record"), Origin("text"), Origin("html")
"""Where records without an id come from in the library: a record, the text of ``clean``, the page of ``clean_html``."""

_TAKEN = {"published": "a str, a datetime.date or a datetime.datetime", "id": "a str, an int or a UUID"}
_fields = attrgetter(*FIELD_NAMES)


def fact(name: str, value: Any) -> str | None:
    """A fact (``id``, ``source``, ``title``, ``url``, ``published``, ``lang``) as text; None where it says nothing.

    Nothing is said by None, NaN and what pandas has for these. A date comes out in the spelling of ISO 8601.

    Raises TypeError, with the name of the fact and what is taken, for a value that cannot serve.

    >>> fact("published", date(2024, 3, 4)), fact("source", float("nan"))
    ('2024-03-04', None)
    """
    if type(value) is str:
        return value
    if absent(value):
        return None
    # a number in a dump is a date in seconds; in a call it is more often a year or a mistake
    fit = name != "published" or isinstance(value, str | date)
    reading = READERS[name](value, Decoder()) if fit else UNFIT
    if reading is None or reading is UNFIT:
        raise TypeError(f"{name}: this is {_kind(value)}, and {_TAKEN.get(name, 'a str')} is taken")
    return reading.value


def one_text(text: Any, function: str, kind: str) -> None:
    """See that a value may be the one ``kind`` (text, page) that a function takes; raises TypeError where it may not.

    NaN is a cell without a text: what that is worth is said where the text is read. None is a call without one.

    >>> one_text("Rain fell.", "clean", "text")
    """
    if isinstance(text, str | bytes) or (absent(text) and not isinstance(text, list | tuple | dict | type(None))):
        return
    if kind == "text" and isinstance(text, list | tuple) and all(isinstance(paragraph, str) for paragraph in text):
        return
    raise TypeError(f"{function} takes one {kind} as a str, and this is {_kind(text)}; for records there is clean_many")


def sound_clipping(clipping: Clipping) -> Clipping:
    """A clipping whose fields are text or None, for one that a program made; others are returned as they are.

    Raises RecordError ``wrong-type`` for a value that cannot serve.

    >>> sound_clipping(Clipping(id="a", text="Rain fell.", published=date(2024, 3, 4))).published
    '2024-03-04'
    """
    values = _fields(clipping)
    if all(value is None or type(value) is str for value in values):
        return clipping
    try:
        found: dict[str, Any] = {name: fact(name, value) for name, value in zip(FIELD_NAMES, values, strict=True)}
    except TypeError as error:
        raise RecordError("wrong-type", str(error)) from None
    return replace(clipping, **found | {"id": found["id"] or ""})


def sound_result(result: CleanClipping) -> CleanClipping:
    """As ``sound_clipping``, for a result of cleaning.

    >>> sound_result(CleanClipping(Clipping(id=7, text="Rain fell."))).id
    '7'
    """
    clipping = sound_clipping(result.clipping)
    return result if clipping is result.clipping else replace(result, clipping=clipping)


def is_nameless(clipping: Clipping) -> bool:
    """Whether a clipping has its id from its place in a call, since nothing else named it.

    >>> is_nameless(Clipping(id="text", text="Rain fell.", origin=TEXT))
    True
    """
    origin = clipping.origin
    return origin.path in (RECORD.path, TEXT.path, HTML.path) and clipping.id == str(origin)


def each(records: Iterable[Record], settings: ReadSettings) -> Iterator[Clipping | Failure | CleanClipping]:
    """Each record as a clipping, or as the failure that it is; results of cleaning stay results.

    What does not say where it came from comes from its place here, ``record#1`` on. Raises TypeError at once for what
    is no sequence of records.

    >>> [str(item.origin) for item in each(["Rain fell.", {"id": "b"}], ReadSettings())]
    ['record#1', 'record#2']
    """
    return _each(many_records(records), settings)


def clippings(records: Iterable[Record], settings: ReadSettings) -> Iterator[Clipping | Failure]:
    """As ``each``; a result is the clipping that was cleaned, or the failure that came of it.

    >>> [clipping.text for clipping in clippings([CleanClipping(Clipping(id="a", text="Rain."))], ReadSettings())]
    ['Rain.']
    """
    return (
        (item.error or item.clipping) if isinstance(item, CleanClipping) else item for item in each(records, settings)
    )


def _each(records: Iterable[Record], settings: ReadSettings) -> Iterator[Clipping | Failure | CleanClipping]:
    reader = Records(settings, Source(RECORD.path))
    for number, record in enumerate(records, start=1):
        origin = Origin(RECORD.path, number)
        try:
            if isinstance(record, Clipping):
                yield sound_clipping(_placed(record, origin))
            elif isinstance(record, CleanClipping):
                clipping = _placed(record.clipping, origin)
                yield sound_result(record if clipping is record.clipping else replace(record, clipping=clipping))
            else:
                yield record if isinstance(record, Failure) else reader.clipping(record, origin)
        except RecordError as error:
            known = reader.known_id(record) if isinstance(record, Mapping) else getattr(record, "id", None)
            yield Failure(origin, error.kind, f"{origin}: {error}", known if isinstance(known, str) else None)


def _placed(clipping: Clipping, origin: Origin) -> Clipping:
    """A clipping with the place at which it is handed in, where it has none that tells it from others."""
    if clipping.origin in (TEXT, HTML) and is_nameless(clipping):
        return replace(clipping, id=str(origin), origin=origin)
    return clipping if clipping.origin.path else replace(clipping, origin=origin)


def _kind(value: Any) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"
