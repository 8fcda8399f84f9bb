"""The language of a story is found out where it is asked for, said to be detected, and never put over a stated one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import clipclean
from clipclean import language
from clipclean.cli import main
from clipclean.config import CleanSettings

ENGLISH = "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night."
GERMAN = "Der Rat von Halden stimmte am Montag für den Bau einer zweiten Brücke über den Fluss Orr."
ON = CleanSettings(detect_lang=True)


def record(given: dict[str, object], settings: CleanSettings = ON) -> dict[str, object]:
    (result,) = clipclean.clean_many([given], settings=settings)
    return clipclean.to_record(result)


def test_a_story_that_states_no_language_gets_one_with_a_note() -> None:
    for stated in ({}, {"lang": None}, {"lang": ""}):
        found = record({"text": f"Subscribe now\n{GERMAN}", **stated})
        assert (found["lang"], found["notes"]) == ("de", ["lang: detected"])


def test_a_stated_language_stands_even_where_it_is_wrong() -> None:
    found = record({"text": GERMAN, "lang": "en"})
    assert (found["lang"], found["notes"]) == ("en", [])


@pytest.mark.parametrize("text", ["17:40", "Halden", "- - - - - - - - - - - - - - -", "1 2 3 4 5 6 7 8 9 10 11 12"])
def test_where_it_is_not_sure_nothing_is_said(text: str) -> None:
    assert language.detect(text) is None
    assert "lang" not in record({"text": text})


def test_nobody_pays_for_it_unasked() -> None:
    assert "lang" not in record({"text": ENGLISH}, CleanSettings())


def test_lone_surrogates_do_no_harm() -> None:
    assert language.detect(f"\ud800{ENGLISH}\udfff") == "en"


def test_without_the_library_the_switch_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    language._identifier.cache_clear()
    try:
        with pytest.raises(clipclean.SettingsError, match=r"pip install 'clipclean\[lang\]'"):
            clipclean.clean_many([{"text": ENGLISH}], settings=ON)
    finally:
        language._identifier.cache_clear()


def test_dedup_leaves_records_as_they_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("clipclean.toml").write_text("detect-lang = true\n")
    Path("a.html").write_text(f"<article><p>{ENGLISH}</p></article>")
    assert main(["clean", "a.html", "-o", "clean.jsonl", "-q"]) == 0
    assert json.loads(Path("clean.jsonl").read_text("utf-8"))["lang"] == "en"
    assert main(["dedup", "a.html", "-o", "dedup.jsonl", "-q"]) == 0
    assert "lang" not in json.loads(Path("dedup.jsonl").read_text("utf-8"))
