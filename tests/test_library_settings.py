"""Settings in the library: what they take for what, and what is said of a value that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import clipclean
from clipclean import CleanSettings, DedupSettings, Label, LineMatch, Mode, OwnRule, Preset, SourceSettings
from clipclean.config import OutputSettings, settings_digest

MATCH = LineMatch(pattern="^Tide")
RULE = OwnRule(name="tides", label=Label.OTHER, match=MATCH)
STORY = "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night."

WRONG: list[tuple[Callable[..., object], dict[str, Any], str]] = [
    (CleanSettings, {"preset": "precison"}, "preset: there is no 'precison'; did you mean precision?"),
    (CleanSettings, {"preset": None}, "preset: None is no name; choose from balanced, precision, recall"),
    (CleanSettings, {"drop": frozenset({"captoin"})}, "drop: there is no 'captoin'; did you mean caption?"),
    (CleanSettings, {"drop": "caption"}, "drop: 'caption' is one text; give a list, as in ['caption']"),
    (CleanSettings, {"drop": {"caption": True}}, "drop: {'caption': True} cannot be used; give a list of names"),
    (CleanSettings, {"drop": ["body"]}, "drop: body is the story itself and cannot be dropped"),
    (CleanSettings, {"rules_off": "cut-off"}, "rules_off: 'cut-off' is one text; give a list, as in ['cut-off']"),
    (CleanSettings, {"rules_off": [3]}, "rules_off: 3 cannot be used; give a text"),
    (CleanSettings, {"rules": RULE}, "rules: this OwnRule cannot be used; give a list of OwnRule"),
    (CleanSettings, {"rules": ["tides"]}, "rules: 'tides' cannot be used; give OwnRule(...)"),
    (CleanSettings, {"sources": ["a.example"]}, "sources: 'a.example' cannot be used; give SourceSettings(...)"),
    (CleanSettings, {"extractor": "bloks"}, "extractor: there is no 'bloks'; did you mean blocks?"),
    (CleanSettings, {"detect_lang": "no"}, "detect_lang: 'no' cannot be used; give True or False"),
    (CleanSettings, {"limits": {"line": 5}}, "limits: {'line': 5} cannot be used; give PageLimits(...)"),
    (SourceSettings, {"source": 3}, "source: 3 cannot be used; give a text"),
    (SourceSettings, {"source": "a.example", "preset": "recal"}, "preset: there is no 'recal'; did you mean recall?"),
    (
        SourceSettings,
        {"source": "a.example", "keep": ["Letters"]},
        "keep: 'Letters' cannot be used; give LineMatch(...)",
    ),
    (LineMatch, {"phrases": "abc"}, "phrases: 'abc' is one text; give a list, as in ['abc']"),
    (LineMatch, {"phrases": ["abc"], "mode": "strat"}, "mode: there is no 'strat'; did you mean start?"),
    (LineMatch, {"phrases": ["abc"], "max_words": "3"}, "max_words: '3' is no whole number; give one, as in 5"),
    (LineMatch, {"pattern": 3}, "pattern: 3 cannot be used; give a text"),
    (OwnRule, {"name": "tides", "label": "othr", "match": MATCH}, "label: there is no 'othr'; did you mean other?"),
    (
        OwnRule,
        {"name": "tides", "label": "other", "match": "^Tide"},
        "match: '^Tide' cannot be used; give LineMatch(...)",
    ),
    (
        DedupSettings,
        {"fold": "twin"},
        "fold: there is no 'twin'; choose from none, exact, duplicate, abridgement, update",
    ),
    (DedupSettings, {"fold": ["exact"]}, "fold: ['exact'] is no name; choose from none, exact, duplicate, "),
    (DedupSettings, {"prefer": "a.example"}, "prefer: 'a.example' is one text; give a list, as in ['a.example']"),
    (DedupSettings, {"threshold": "0.7"}, "threshold: '0.7' is no number; give one, as in 0.7"),
    (DedupSettings, {"ngram": 5.5}, "ngram: 5.5 is no whole number; give one, as in 5"),
    (DedupSettings, {"window": 7}, "window: 7 cannot be used; give a text"),
    (OutputSettings, {"format": "cvs"}, "format: there is no 'cvs'; did you mean csv?"),
    (
        clipclean.ReadSettings,
        {"fields": ["text"]},
        "fields: ['text'] cannot be used; give a dict of texts, as in {'text': ",
    ),
    (clipclean.ReadSettings, {"limits": 5}, "limits: 5 cannot be used; give ReadLimits(...)"),
    (clipclean.ReadLimits, {"document": "64M"}, "limit document: '64M' is no whole number; give one, as in 5"),
    (clipclean.PageLimits, {"line": True}, "limit line: True is no whole number; give one, as in 5"),
    (clipclean.WorkSettings, {"max_seconds": "10"}, "max_seconds: '10' is no number; give one, as in 0.7"),
    (
        clipclean.Settings,
        {"clean": DedupSettings()},
        "clean: this DedupSettings cannot be used; give CleanSettings(...)",
    ),
    (clipclean.Settings, {"workers": 1.5}, "workers: 1.5 is no whole number; give one, as in 5"),
]


@pytest.mark.parametrize(("kind", "values", "message"), WRONG, ids=lambda value: str(value)[:60])
def test_what_cannot_be_used_is_told_with_setting_value_and_way_out_when_settings_are_built(
    kind: Callable[..., object], values: dict[str, Any], message: str
) -> None:
    with pytest.raises(clipclean.SettingsError) as caught:
        kind(**values)
    assert str(caught.value).startswith(message)


def test_names_stand_for_choices_and_lists_for_sets() -> None:
    rule: dict[str, Any] = {"name": "tides", "label": "body", "match": LineMatch(phrases=["tide at"], mode="start")}  # type: ignore[arg-type]
    given: dict[str, Any] = {"preset": "recall", "drop": ["caption", "credit"], "rules_off": ["cut-off"]}
    named = CleanSettings(**given, rules=[OwnRule(**rule)], extractor="blocks")  # type: ignore[arg-type]
    meant = CleanSettings(
        preset=Preset.RECALL,
        drop=frozenset({Label.CAPTION, Label.CREDIT}),
        rules_off=frozenset({"cut-off"}),
        rules=(OwnRule(name="tides", label=Label.BODY, match=LineMatch(phrases=("tide at",), mode=Mode.START)),),
        extractor=clipclean.Extractor.BLOCKS,
    )
    assert named == meant
    assert hash(named) == hash(meant)
    assert settings_digest(named) == settings_digest(meant)
    assert clipclean.clean(STORY, settings=named) == clipclean.clean(STORY, settings=meant)


@pytest.mark.parametrize("given", [{"preset": "recall"}, {}, DedupSettings()], ids=["dict", "empty dict", "others"])
def test_a_function_takes_settings_of_its_kind_alone(given: Any, tmp_path: Path) -> None:
    page = f"<p>{STORY}</p>"
    calls: list[Callable[[], object]] = [
        lambda: clipclean.clean(STORY, settings=given),
        lambda: clipclean.clean_html(page, settings=given),
        lambda: clipclean.clean_many([STORY], settings=given),
        lambda: clipclean.clean_many([STORY], read=given),
        lambda: clipclean.clean_many([STORY], work=given),
        lambda: clipclean.learn([STORY], read=given),
        lambda: clipclean.dedup([STORY], clean_settings=given),
        lambda: clipclean.dedup([STORY], read=given),
        lambda: clipclean.read([tmp_path], given),
        lambda: clipclean.run([tmp_path], tmp_path / "out", clean=given),
        lambda: clipclean.run([tmp_path], tmp_path / "out", read=given),
        lambda: clipclean.run([tmp_path], tmp_path / "out", work=given),
    ]
    if not isinstance(given, DedupSettings):
        calls.append(lambda: clipclean.dedup([STORY], settings=given))
        calls.append(lambda: clipclean.run([tmp_path], tmp_path / "out", dedup=given))
        calls.append(lambda: clipclean.Index.open(tmp_path / "a.idx", settings=given))
    for call in calls:
        with pytest.raises(clipclean.SettingsError, match=r"cannot be used; give (Clean|Read|Work|Dedup)Settings\("):
            call()
