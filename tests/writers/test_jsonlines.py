from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.errors import RecordError
from clipclean.writers import to_json

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5)
STRANGE = SCALARS | st.binary(max_size=4) | st.dates() | st.decimals(allow_nan=False)
VALUES = st.recursive(
    STRANGE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STRANGE, inner, max_size=3), max_leaves=8
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
@settings(deadline=None)
def test_any_record_becomes_one_line_of_valid_json(record: dict[str, Any]) -> None:
    line = to_json(record)
    assert b"\n" not in line
    json.loads(line.decode("utf-8"), parse_constant=pytest.fail)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("\ud83d\ude00", "\U0001f600"),
        ("half \ud83d", "half \ufffd"),
        (2**80, 2**80),
        (float("nan"), None),
        (date(2024, 5, 3), "2024-05-03"),
        (datetime(2024, 5, 3, 7, tzinfo=UTC), "2024-05-03T07:00:00+00:00"),
        (Decimal("1.50"), "1.50"),
        (b"caf\xe9", "caf\\xe9"),
        ({1: "one"}, {"1": "one"}),
    ],
)
def test_what_json_cannot_hold_is_written_as_near_as_can_be(value: object, written: object) -> None:
    assert json.loads(to_json({"value": value, "force": "\ud800"}))["value"] == written


def test_nesting_beyond_what_can_be_walked_is_an_error_of_that_record() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(RecordError, match="nested too deeply") as caught:
        to_json(deep)
    assert caught.value.kind == "unwritable"
    while deep:  # taken apart level by level: freeing it in one go is deep too
        deep = deep.pop()
