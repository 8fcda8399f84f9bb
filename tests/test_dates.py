"""Dates as scrapers and wires write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.dates import parse_date

MOMENTS = st.datetimes(
    min_value=datetime(1971, 1, 1),
    max_value=datetime(2199, 12, 30),
    timezones=st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017-03-30", "2017-03-30T00:00:00"),
        ("2017-03-30T10:15:00Z", "2017-03-30T10:15:00"),
        ("2017-03-30 10:15:00.123456+02:00", "2017-03-30T08:15:00.123456"),
        ("2017-03-30T10:15:00 +0200", "2017-03-30T08:15:00"),
        ("2017-03-30T10:15:00.1234567Z", "2017-03-30T10:15:00.123456"),
        ("2017-3-5", "2017-03-05T00:00:00"),
        ("2017/3/30", "2017-03-30T00:00:00"),
        ("2017/03/30 07:05", "2017-03-30T07:05:00"),
        ("2017.03.30", "2017-03-30T00:00:00"),
        ("20170330", "2017-03-30T00:00:00"),
        ("20170330T101500Z", "2017-03-30T10:15:00"),
        ("20170330101500", "2017-03-30T10:15:00"),
        ("19-OCT-1987 13:30:41.59", "1987-10-19T13:30:41"),
        (" 2-MAR-1987", "1987-03-02T00:00:00"),
        ("Thu, 30 Mar 2017 10:15:00 GMT", "2017-03-30T10:15:00"),
        ("Thu, 30 Mar 2017 10:15:00 -0400", "2017-03-30T14:15:00"),
        ("30 Mar 2017 10:15:00 EST", "2017-03-30T15:15:00"),
        ("30 March 2017", "2017-03-30T00:00:00"),
        ("Thursday 30th March 2017, 10.15 BST", "2017-03-30T09:15:00"),
        ("March 30, 2017", "2017-03-30T00:00:00"),
        ("Mar. 30, 2017 at 4:30 p.m. EDT", "2017-03-30T20:30:00"),
        ("Sept 1 2017 12:05 AM", "2017-09-01T00:05:00"),
        ("30.03.2017", "2017-03-30T00:00:00"),
        ("30.3.2017 18:00", "2017-03-30T18:00:00"),
        ("3/30/2017", "2017-03-30T00:00:00"),
        ("30/03/2017", "2017-03-30T00:00:00"),
        ("04/04/2017", "2017-04-04T00:00:00"),
        ("1490868900", "2017-03-30T10:15:00"),
        ("1490868900000", "2017-03-30T10:15:00"),
        ("1490868900.5", "2017-03-30T10:15:00.500000"),
        ("2017-03", "2017-03-01T00:00:00"),
        ("March 2017", "2017-03-01T00:00:00"),
    ],
)
def test_usual_spellings_are_read(text: str, expected: str) -> None:
    assert parse_date(text) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "yesterday", "03/04/2017", "2017-13-01", "2017-02-30", "0001-01-01T00:00:00", "9999-12-31",
     "12", "99999999999999999999", "30 Brumaire 2017", "13:30 PM March 2017", "2017-03-30T25:00:00", "2 hours ago",
     "Thu, 30 Mar 2017 99:99:99 GMT", "0001-01-01T00:00:00+14:00", "٣٠/٠٣/٢٠١٧", "1" * 5000],
)  # fmt: skip
def test_what_cannot_be_read_or_means_two_days_is_unknown(text: str | None) -> None:
    assert parse_date(text) is None


@settings(max_examples=100, deadline=None)
@given(MOMENTS)
def test_every_moment_is_read_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert parse_date(moment.isoformat()) == moment
    assert parse_date(format_datetime(whole)) == whole


@settings(max_examples=100, deadline=None)
@given(st.integers(10**12, 7 * 10**12))
def test_milliseconds_since_1970_are_read(milliseconds: int) -> None:
    assert parse_date(str(milliseconds)) == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=40), st.text(alphabet="0123456789/-:. TZ+JanMar,", max_size=30)))
def test_no_text_raises(text: str) -> None:
    moment = parse_date(text)
    assert moment is None or moment.tzinfo is UTC
