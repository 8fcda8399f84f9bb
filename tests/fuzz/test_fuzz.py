"""A short run of every fuzz target: hypothesis makes the choices, and makes what it finds small.

hypothesis and not atheris: most of what parses here is C and Rust without its instruments, so that it would see little,
and hypothesis is a dependency of the tests already, on every system. ``long_run.py`` tries the same targets a million
times.
"""

from __future__ import annotations

import io
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fuzz_targets import EXPORT, TARGETS, check_cleaned, check_read, input_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def id_twice() -> bytes:
    table = pq.read_table(io.BytesIO(EXPORT))
    ids = table["id"].to_pylist()
    field = table.schema.field("id")
    pq.write_table(table.set_column(0, field, pa.array([ids[0], *ids[:-1]])), written := io.BytesIO())
    return written.getvalue()


ENTITY = b'<!DOCTYPE rss [<!ENTITY a "ha">]><!DOCTYPE rss ><rss><item><summary><p>&a;</p></summary></item></rss>'
FOUND = {
    "a character that is half of one, in the message on broken JSON": ("read .json", b'[{"text": "Rain"}\x80, {}]'),
    "markup that Python's own parser refuses": ("clean page", {"html": "<!doct<![CDA&#xd800;A["}),
    "a number of thousands of digits for a character": ("clean page", {"html": "<b>" * 3000 + "&#" + "9" * 5000 + ";"}),
    "the number of half a character in XML": ("read .xml", b"<rss><item><summary>Rain &#xd800;</summary></item></rss>"),
    "an entity of its own in XML, within markup": ("read .xml", ENTITY),
    "an id that stands twice in an export": ("index export", id_twice()),
}
"""What fuzzing has found, each as a case."""


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False))
def test_any_input_is_read_and_cleaned_or_refused(target: str, chance: random.Random) -> None:
    TARGETS[target].check([TARGETS[target].make(chance)])


@pytest.mark.parametrize("case", FOUND)
def test_what_was_found_once_does_no_harm(case: str) -> None:
    target, given = FOUND[case]
    TARGETS[target].check([given])


def test_an_input_is_made_by_its_number_alone() -> None:
    assert all(input_of(target, 7) == input_of(target, 7) for target in TARGETS if "record" not in target)
    assert len({input_of("clean text", number) for number in range(50)}) > 40


def test_a_fault_would_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, pages: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("clipclean.cleaning.Cleaner.clean", broken)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        check_cleaned(["Rain fell."])
    monkeypatch.setitem(__import__("clipclean.readers.reading").readers.reading.READERS, ".txt", lambda *_: 1 / 0)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        check_read(".txt", [b"Rain fell."])


@pytest.mark.soak
@pytest.mark.parametrize("target", TARGETS)
def test_thousands_of_inputs_are_read_and_cleaned_or_refused(target: str) -> None:
    for first in range(0, 3000, 50):
        TARGETS[target].check([input_of(target, number) for number in range(first, first + 50)])
