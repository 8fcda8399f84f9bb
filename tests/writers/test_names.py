from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clipclean.writers.names import safe_name

IDS = st.text(max_size=300) | st.sampled_from(["story", "Story", "STORY", "a/b", "a_b", "a\\b", ".", "..", "", "con"])


@pytest.mark.parametrize("name", ["story-17", "a.b_c-d", "2024", "_x"])
def test_a_plain_id_is_its_own_name(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize("name", ["con", "nul", "aux.txt", "com1", "lpt9", "prn", "nul.a/b", "con.x y"])
def test_names_of_windows_devices_are_changed(name: str) -> None:
    assert safe_name(name).split(".")[0].split("-")[0] != name.split(".")[0]


@given(IDS)
@example("../../etc/passwd")
@example("a" * 5000)
@example("\ud800")
@example("ab\x00\x1b[31m")
def test_a_name_is_safe_on_every_file_system(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert not set(safe) & set('<>:"/\\|?*\0\n ')
    assert all(ord(letter) > 31 for letter in safe)
    assert safe not in (".", "..")
    assert not safe.endswith(".")
    assert len(f"{safe}.txt".encode("utf-8", "surrogatepass")) <= 255


@given(IDS, IDS)
@example("Story", "story")
@example("stra\u00dfe", "strasse")
@example("caf\u00e9", "cafe\u0301")
@example("a/b", "a_b")
@example("Story", safe_name("Story").lower())
@example("Story", safe_name("Story"))
def test_two_ids_never_share_a_name(one: str, other: str) -> None:
    def on_disk(name: str) -> str:
        return unicodedata.normalize("NFC", safe_name(name)).casefold()

    assert one == other or on_disk(one) != on_disk(other)


def test_so_much_of_the_digest_is_in_a_name_that_no_second_id_can_be_made_for_it() -> None:
    assert safe_name("a/b").endswith(hashlib.sha256(b"a/b").hexdigest()[:32])
