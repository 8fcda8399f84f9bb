"""Reads the dates that news records carry, in the spellings that scrapers and wires write.

A date that cannot be read, or could mean two days (``03/04/2017``), counts as unknown: a wrong day would join or part
stories, an unknown one only leaves them to their words. Dates without a zone are taken as UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_LONGEST = 80  # characters; no spelling of a date is longer
_YEARS = range(1700, 2200)

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), 1)
    for name in names.split()
}  # fmt: skip
# The zones that news pages print by name; RFC 2822 knows the American ones, the others are as common.
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "bst": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180, "msk": 180}
_ZONES |= {"ist": 330, "sgt": 480, "hkt": 480, "jst": 540, "kst": 540, "aest": 600, "aedt": 660}
_ZONES |= {
    "est": -300,
    "edt": -240,
    "et": -300,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
}

_TIME = (
    r"(?:[T,\s]*(?:at\s+)?(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>[A-Z]{1,4}|(?:GMT|UTC)?[+-]\d\d:?\d\d)?)?"
)
_DAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[,.]?\s+)?"
_NAME = r"(?P<name>[a-z]{3,9})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        rf"(?P<year>\d{{4}})[-/.](?P<month>\d\d?)(?:[-/.](?P<day>\d\d?){_TIME})?",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?P<zone>Z)?)?",
        rf"{_DAY}(?P<day>\d\d?)(?:st|nd|rd|th|\.)?[-\s]+{_NAME}\.?[-,\s]+(?P<year>\d{{4}}){_TIME}",
        rf"{_DAY}{_NAME}\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TIME}",
        rf"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{{4}}){_TIME}",
        rf"(?P<one>\d\d?)[/-](?P<two>\d\d?)[/-](?P<year>\d{{4}}){_TIME}",
        rf"{_NAME}\.?,?\s+(?P<year>\d{{4}})",
    )
)


def parse_date(text: str | None) -> datetime | None:
    """The moment that a news record's date names, in UTC, or None where it is missing, unreadable or ambiguous.

    Read are ISO 8601 with or without time and zone, ``2017/3/30``, ``19-OCT-1987 13:30:41.59``, RFC 2822,
    ``June 21, 2021 4:30 PM EDT``, ``21.06.2021``, seconds or milliseconds since 1970, and a month alone, which is
    taken as its first day. Years outside 1700 to 2199 are unknown (``0001-01-01`` means "no date"). Never raises.

    >>> parse_date("19-OCT-1987 13:30:41.59").isoformat()
    '1987-10-19T13:30:41+00:00'
    >>> parse_date("03/04/2017") is None
    True
    """
    if text is None or not (text := text.strip()) or len(text) > _LONGEST:
        return None
    try:
        moment = _iso(text) or _epoch(text) or _spelt(text) or _mail(text)
        moment = moment and (moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError, TypeError, IndexError):  # what the standard library raises on broken dates
        return None
    return moment if moment and moment.year in _YEARS else None


def _iso(text: str) -> datetime | None:
    if len(text) < 10 or not text[:4].isdecimal() or text[4] != "-":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _epoch(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{9,10}(\.\d{1,9})?|\d{13}", text, re.ASCII):
        return None
    since = (
        timedelta(milliseconds=int(text)) if len(text) == 13 and text.isdecimal() else timedelta(seconds=float(text))
    )
    return datetime(1970, 1, 1, tzinfo=UTC) + since


def _mail(text: str) -> datetime | None:
    return parsedate_to_datetime(text) if ":" in text else None


def _spelt(text: str) -> datetime | None:
    for pattern in _PATTERNS:
        if found := pattern.fullmatch(text):
            return _moment({key: value for key, value in found.groupdict().items() if value is not None})
    return None


def _moment(found: dict[str, str]) -> datetime | None:
    day = int(found.get("day", 1))
    if "name" in found:
        month = _MONTHS.get(found["name"].lower(), 0)
    elif "one" in found:
        one, two = int(found["one"]), int(found["two"])
        if one <= 12 and two <= 12 and one != two:
            return None
        day, month = (two, one) if two > 12 else (one, two)
    else:
        month = int(found["month"])
    hour = int(found.get("hour", 0))
    if half := found.get("half", "").lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    moment = datetime(int(found["year"]), month, day, hour, int(found.get("minute", 0)), int(found.get("second", 0)))
    return moment.replace(tzinfo=_zone(found["zone"].lower())) if "zone" in found else moment


def _zone(name: str) -> timezone | None:
    """An unknown name is no zone: the day is worth more than the hour."""
    if name in _ZONES:
        return timezone(timedelta(minutes=_ZONES[name]))
    if not (offset := re.search(r"([+-])(\d\d):?(\d\d)", name)):
        return None
    minutes = 60 * int(offset[2]) + int(offset[3])
    return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
