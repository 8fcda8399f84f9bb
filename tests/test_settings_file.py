"""A file of settings says what options say, and more; what is wrong is told with file, key and nearest name."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import clipclean
from clipclean.config import (
    Copies,
    Format,
    Keep,
    LineMatch,
    Mode,
    OwnRule,
    Preset,
    Reach,
    Scope,
    Settings,
    Sure,
    WorkSettings,
)
from clipclean.errors import SettingsError
from clipclean.model import Label
from clipclean.settings_file import KEYS, MATCH_KEYS, RULE_KEYS, SOURCE_KEYS, find_file, load_settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
RULE = '[[rules]]\nname = "tides"\nlabel = "other"\n'

WRONG = {
    'preest = "recall"': r"no key 'preest'; did you mean preset\?",
    'keep_lines = ["byline"]': r"no key 'keep_lines'; did you mean keep-lines\?",
    'preset = "recal"': r"preset: there is no 'recal'; did you mean recall\?",
    "preset = 3": r"preset: write a text in quotes",
    'drop = "caption"': r"drop: write a list of texts",
    'drop = ["captions"]': r"drop: there is no 'captions'; did you mean caption\?",
    'drop = ["body"]': "body is the story itself",
    'keep-lines = ["sign-off"]': r"keep-lines: .*did you mean signoff\?",
    'rule-off = ["promo-buton"]': r"rule-off: there is no rule 'promo-buton'; did you mean promo-button\?",
    'extractor = "all"': r"extractor: there is no 'all'; choose from ensemble, blocks",
    'fold = "twin"': r"fold: there is no 'twin'; choose from none, exact, duplicate, abridgement, update",
    'fold = ["exact"]': r'fold: write one name, as in fold = "abridgement"; each includes the nearer ones',
    'level = "hihg"': r"level: there is no 'hihg'; did you mean high\?",
    'fold = "exact"\nlevel = "high"': "fold and level both say how far",
    'level = "high"\nthreshold = 0.7': "level has no meaning with threshold",
    'window = "7 days"': "window: '7 days'; write a number and h, d or w",
    'window = "0d"': "window: '0d' folds nothing",
    'scope = "other"': "scope: there is no 'other'; choose from all, same-source, cross-source",
    'keep = "preferred"': "keep preferred needs the sources in order of preference",
    'prefer = "reuters.com"': "prefer: write a list of texts",
    'prefer = [" "]': "prefer: a source without a name",
    'prefer = ["reuters.com"]\nkeep = "latest"': "prefer has no meaning with keep latest",
    'keep = "longst"': r"keep: .*did you mean longest\?",
    'threshold = "0.7"': "threshold: write a number",
    "threshold = 70": "threshold: 70.0 is not above 0",
    'threshold = 0.7\nfold = "exact"': "fold has no meaning with threshold",
    'format = "xlsx"': "format: .*choose from jsonl, csv, parquet, txt",
    'annotate = "yes"': "annotate: write true or false",
    "workers = true": "workers: write a whole number",
    "workers = -1": "workers: -1; give 1 or more",
    "max-seconds = -1": "max-seconds: -1; give seconds up to 1,000,000",
    "max-memory = 12": "max-memory: 12; give 512 megabytes or more",
    'encoding = "latin-99"': "encoding: Python knows no encoding named 'latin-99'",
    'field = { txet = "artikel" }': r"field: there is no 'txet'; did you mean text\?",
    'field = ["text"]': "field: write a table",
    "limit = 5": "limit: write a table",
    "limit = { lnie = 5 }": r"limit: there is no 'lnie'; did you mean line\?",
    "limit = { line = 0 }": "limit line: 0 is not 1 or more",
    "limit = { line = true }": "limit line: True; write a whole number",
    'limit = { document = "64 apples" }': "limit document: '64 apples'; write a whole number",
    "rules = 3": r"rules: write each rule as a table of its own that opens with \[\[rules\]\]",
    '[[rules]]\nlabel = "other"\npattern = "x"': "rules 1: there is no name",
    '[[rules]]\nname = "tides"\npattern = "x"': r"rules 1 \(tides\): there is no label",
    '[[rules]]\nname = "tides"\nlabel = "others"\npattern = "x"': r"rules 1 \(tides\): label: .*did you mean other\?",
    '[[rules]]\nname = "Tides!"\nlabel = "other"\npattern = "x"': "name: 'Tides!'; write small letters",
    '[[rules]]\nname = "tides"\nlabel = "blank"\npattern = "x"': "label: blank is for empty lines",
    '[[rules]]\nname = "ad-marker"\nlabel = "ad"\npattern = "x"': "'ad-marker' is the name of a built-in rule",
    f'{RULE}pattern = "x"\n{RULE}pattern = "y"': "rules: 'tides' is there twice",
    RULE: r"rules 1 \(tides\): give either a pattern or phrases",
    f'{RULE}pattern = "x"\nphrases = ["y"]': "give either a pattern or phrases",
    f'{RULE}pattern = "(("': r"tides: pattern: RE2 cannot read '\(\('",
    f'{RULE}pattern = ""': "an empty pattern would take every line",
    f'{RULE}pattern = "(?=a)"': "RE2 cannot read",
    f'{RULE}phrases = ["***"]': r"phrases: '\*\*\*' has no letter",
    f'{RULE}phrases = ["tide"]\nmode = "begin"': "mode: there is no 'begin'",
    f'{RULE}phrases = ["tide"]\nmax-word = 3': r"there is no key 'max-word'; did you mean max-words\?",
    f'{RULE}phrases = ["tide"]\nmax-words = 0': "max-words: 0 is not 1 or more",
    f'{RULE}phrases = ["tide"]\nsure = "sure"': "sure: there is no 'sure'",
    f'{RULE}phrases = ["tide"]\nexample = "Rain fell."': "example: the rule does not take 'Rain fell.'",
    '[[rules]]\nname = "a"\nlabel = "body"\nphrases = ["a"]\nsure = "names-only"': "is certain or likely",
    'source = "halden.example"': "source: write each source as a table of its own",
    '[source."halden.example"]\npresets = "recall"': r"source.\"halden.example\": .*'presets'; did you mean preset\?",
    '[source."halden.example"]\nformat = "csv"': r"source.\"halden.example\": there is no key 'format'",
    '[source."halden.example"]\npreset = "much"': r"source.\"halden.example\".preset: there is no 'much'",
    '[source."halden.example"]\nrule-off = ["cutoff"]': r"halden.example\": rule-off: .*did you mean cut-off\?",
    '[source."halden.example"]\nkeep = "Lot"': r"keep: write a list of phrases and patterns",
    '[source."halden.example"]\nkeep = [{ patern = "Lot" }]': r"keep: there is no key 'patern'; did you mean pattern\?",
    '[source."halden.example"]\nkeep = [{ pattern = "(" }]': "RE2 cannot read",
    '[source."a.example"]\n[source."A.example"]': "source: 'a.example' is there twice",
    "preset = ": "this is not TOML",
}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def example() -> str:
    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return str(block)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_in_a_file_is_told_with_the_file_the_key_and_the_nearest_name(text: str, tmp_path: Path) -> None:
    path = write(tmp_path / "own.toml", text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert re.search(WRONG[text], message), message
    assert "\n" not in message


def test_an_empty_file_states_nothing(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path / "own.toml", "")) == Settings()


def test_the_example_in_the_docs_is_complete_and_says_what_it_seems_to_say(tmp_path: Path) -> None:
    table = tomllib.loads(example())
    assert set(table) == set(KEYS) - {"threshold", "level"}
    assert set().union(*table["rules"]) == set(RULE_KEYS)
    assert set().union(*table["source"].values()) == set(SOURCE_KEYS)
    assert {"pattern", "phrases", "mode"} <= set(MATCH_KEYS)

    settings = clipclean.load_settings(write(tmp_path / "clipclean.toml", example()))
    clean = settings.clean
    assert (clean.preset, clean.rules_off, clean.extractor.value) == (Preset.BALANCED, {"name-slash-name"}, "blocks")
    assert clean.drop.isdisjoint({Label.BYLINE, Label.SIGNOFF, Label.BIO})
    assert settings.read.fields == {"text": "artikel", "id": "nr"}
    assert (settings.read.limits.document, clean.limits.line) == (64 << 20, 2_000_000)
    dedup = settings.dedup
    assert (dedup.keep, dedup.prefer, dedup.fold) == (Keep.PREFERRED, ("reuters.com", "apnews.com"), Reach.UPDATE)
    assert (dedup.window, dedup.scope) == ("7d", Scope.CROSS_SOURCE)
    assert (settings.output.copies, settings.output.format, settings.workers) == (Copies.GROUP, Format.PARQUET, 2)
    assert settings.work == WorkSettings(max_seconds=10, max_memory=2048)
    weather, ferry, tides = clean.rules
    assert (weather.name, weather.match.max_words, ferry.sure) == ("halden-weather", 12, Sure.LIKELY)
    assert tides == OwnRule(
        name="tides", label=Label.BODY, match=LineMatch(phrases=("tide at",), mode=Mode.START, max_words=8)
    )
    halden, gazette = clean.sources
    assert halden.drop == {Label.CAPTION, Label.PROMO, Label.SOCIAL}
    assert halden.keep[0] == LineMatch(phrases=("Letters to the editor",), mode=Mode.WHOLE)
    assert (gazette.source, gazette.preset, gazette.drop) == ("Orr Valley Gazette", Preset.PRECISION, None)

    text = "Rain fell on Halden for a third day on Monday.\nWeather in Halden: rain\nTide at 14:30\nLot 3: a brass bell"
    rules = [line.rule for line in clipclean.clean(text, source="halden.example", settings=clean).lines]
    assert rules[1:] == ["halden-weather", "tides", "kept-for-source"]


def test_a_project_file_holds_settings_in_its_table(tmp_path: Path) -> None:
    path = write(tmp_path / "pyproject.toml", '[tool.clipclean]\npreset = "recall"\n[tool.other]\npreset = 3')
    assert load_settings(path).clean.preset is Preset.RECALL
    write(path, "[tool.other]\npreset = 3")
    with pytest.raises(SettingsError, match=r"there is no \[tool.clipclean\] in it"):
        load_settings(path)


def test_the_nearest_file_is_found_and_of_two_in_a_folder_our_own(tmp_path: Path) -> None:
    top = write(tmp_path / "clipclean.toml", "")
    write(tmp_path / "a" / "pyproject.toml", "[tool.other]")
    near = write(tmp_path / "a" / "b" / "pyproject.toml", "[tool.clipclean]")
    (tmp_path / "a" / "b" / "c").mkdir()
    assert find_file(tmp_path) == top
    assert find_file(tmp_path / "a") == top
    assert find_file(tmp_path / "a" / "b") == near
    assert find_file(tmp_path / "a" / "b" / "c") == near
    own = write(tmp_path / "a" / "b" / "clipclean.toml", "")
    assert find_file(tmp_path / "a" / "b" / "c") == own


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"\xff\xfe", "this is not UTF-8"), (b"preset = [", "this is not TOML.*take another settings file, or none")],
)
def test_a_file_that_cannot_be_read_is_told_with_a_way_out(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(data)
    with pytest.raises(SettingsError, match=message):
        load_settings(path)
    with pytest.raises(SettingsError, match=r"none\.toml: No such file"):
        load_settings(tmp_path / "none.toml")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(b'\xef\xbb\xbfpreset = "recall"\r\n')
    assert load_settings(path).clean.preset is Preset.RECALL
