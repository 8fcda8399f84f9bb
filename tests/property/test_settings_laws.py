"""The laws of settings: the nearest place wins, a file reads back as it was written, sources never mix in a batch."""

from __future__ import annotations

import pickle
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipclean.cleaning import Cleaner
from clipclean.config import (
    FURNITURE,
    Candidates,
    CleanSettings,
    Copies,
    Extractor,
    Format,
    Keep,
    Level,
    LineMatch,
    Mode,
    OwnRule,
    Preset,
    Reach,
    Scope,
    SourceSettings,
    Sure,
    settings_digest,
)
from clipclean.extraction import extract
from clipclean.layers import DEFAULTS, Stated, StatedForSource
from clipclean.model import Clipping, Label
from clipclean.settings_file import load_stated
from clipclean.settings_toml import as_toml

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # settings are large

NAMES = st.sampled_from(["tides", "halden-weather", "7-days", "a", "b-c-d"])
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
LABELS = st.frozensets(st.sampled_from(sorted(FURNITURE)))
MATCHES = st.one_of(
    st.builds(LineMatch, pattern=st.sampled_from(["^Tide", "(?i)ferry", r'"\d+\\"', "[.…]$"])),
    st.builds(
        LineMatch,
        phrases=st.lists(TEXTS.map(lambda text: f"a{text}"), min_size=1, max_size=3).map(tuple),
        mode=st.sampled_from(Mode),
        max_words=st.none() | st.integers(1, 50),
    ),
)
OWN_RULES = st.builds(
    OwnRule,
    name=NAMES,
    label=st.sampled_from(sorted(FURNITURE)),
    match=MATCHES,
    sure=st.sampled_from(Sure),
    says=st.just("") | TEXTS,
)


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def section(source: str) -> st.SearchStrategy[StatedForSource]:
    return st.builds(
        StatedForSource,
        source=st.just(source),
        preset=maybe(st.sampled_from(Preset)),
        drop=maybe(LABELS),
        keep_lines=maybe(LABELS),
        rule_off=maybe(st.frozensets(st.sampled_from(["cut-off", "lead", "dateline"]))),
        keep=st.lists(MATCHES, max_size=2).map(tuple),
    )


SWITCHES = {
    "field": maybe(st.dictionaries(st.sampled_from(["text", "id", "url"]), TEXTS)),
    "encoding": maybe(st.sampled_from(["utf-8", "cp1252"])),
    "preset": maybe(st.sampled_from(Preset)),
    "drop": maybe(LABELS),
    "keep_lines": maybe(LABELS),
    "rule_off": maybe(st.frozensets(st.sampled_from(["cut-off", "lead", "dateline"]))),
    "extractor": maybe(st.sampled_from(Extractor)),
    "detect_lang": maybe(st.booleans()),
    "dup": maybe(st.sampled_from(Copies)),
    "window": maybe(st.sampled_from(["36h", "7d", "2w", "none"])),
    "scope": maybe(st.sampled_from(Scope)),
    "candidates": maybe(st.sampled_from(Candidates)),
    "format": maybe(st.sampled_from(Format)),
    "annotate": maybe(st.booleans()),
    "workers": maybe(st.integers(0, 9)),
    "max_seconds": maybe(st.floats(0, 1000)),
    "max_memory": maybe(st.sampled_from([0, 512, 4096])),
}
ONE_OF_THREE = st.one_of(
    st.just({}),
    st.floats(0.01, 1.0).map(lambda value: {"threshold": value}),
    st.sampled_from(Reach).map(lambda value: {"fold": value}),
    st.sampled_from(Level).map(lambda value: {"level": value}),
)
KEPT = st.one_of(
    maybe(st.sampled_from(sorted(set(Keep) - {Keep.PREFERRED}))).map(lambda value: {"keep": value}),
    st.sampled_from([("reuters.com",), ("b.example", "a.example")]).map(
        lambda value: {"keep": Keep.PREFERRED, "prefer": value}
    ),
)
PLACES = st.builds(
    lambda switches, one, kept, rules, sources: Stated(**switches, **one, **kept, rules=rules, sources=tuple(sources)),
    st.fixed_dictionaries(SWITCHES),
    ONE_OF_THREE,
    KEPT,
    st.lists(OWN_RULES, max_size=3, unique_by=lambda rule: rule.name).map(tuple),
    st.lists(st.sampled_from(["halden.example", "Orr Valley Gazette", 'the "Post"\n']), unique=True).flatmap(
        lambda names: st.tuples(*map(section, names))
    ),
)


@given(PLACES, PLACES)
@few
def test_what_is_stated_nearer_wins_and_what_is_not_comes_from_further_away(near: Stated, far: Stated) -> None:
    both = near.over(far)
    for name in SWITCHES:
        if name != "keep_lines":
            here = getattr(near, name)
            assert getattr(both, name) == (getattr(far, name) if here is None else here)
    assert both.keep_lines == (far.keep_lines if near.keep_lines is None and near.drop is None else near.keep_lines)
    says = near if (near.threshold, near.fold, near.level) != (None, None, None) else far
    assert (both.threshold, both.fold, both.level) == (says.threshold, says.fold, says.level)
    keeps = near if near.keep is not None else far
    assert both.settings().dedup.prefer == (keeps.prefer or ())


@given(PLACES, PLACES, PLACES)
@few
def test_three_places_are_one_however_they_are_put_together(a: Stated, b: Stated, c: Stated) -> None:
    assert a.over(b).over(c) == a.over(b.over(c))


@given(PLACES)
@few
def test_the_defaults_change_nothing_and_nothing_is_neutral(stated: Stated) -> None:
    assert stated.over(Stated()) == stated
    assert Stated().over(stated) == stated
    assert stated.over(DEFAULTS).settings() == stated.settings()


@given(PLACES)
@few
def test_a_file_reads_back_as_what_was_written(stated: Stated) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clipclean.toml")
        path.write_text(as_toml(stated), encoding="utf-8", newline="")
        assert load_stated(path) == stated


@given(PLACES, PLACES)
@few
def test_equal_settings_and_they_alone_have_equal_digests(a: Stated, b: Stated) -> None:
    same = pickle.loads(pickle.dumps(a.settings()))
    assert settings_digest(same) == settings_digest(a.settings())
    assert (settings_digest(a.settings()) == settings_digest(b.settings())) == (a.settings() == b.settings())


LINES = (
    "The council voted on Monday to build a second bridge over the river.",
    "Work is to begin in August with the piers on the west bank of the river.",
    "Tide at Halden: 14:30",
    "Book your crossing from 9 crowns",
    "Subscribe now",
    "Share on Facebook",
    "The ferry across the fjord will stop running in May, when the new…",
    "More on this",
    "Ferry to stop in May",
    "",
)
MIXED = CleanSettings(
    rules=(
        OwnRule(name="tides", label=Label.OTHER, match=LineMatch(pattern="^Tide at")),
        OwnRule(
            name="ferry-offer",
            label=Label.PROMO,
            match=LineMatch(phrases=("book your crossing",), mode=Mode.START, max_words=9),
            sure=Sure.LIKELY,
        ),
    ),
    sources=(
        SourceSettings(source="recall.example", preset=Preset.RECALL, rules_off=frozenset({"tides"})),
        SourceSettings(source="precision.example", preset=Preset.PRECISION, drop=frozenset({Label.PROMO})),
        SourceSettings(source="keep.example", keep=(LineMatch(phrases=("subscribe now",)), LineMatch(pattern="…$"))),
    ),
)
CLIPPINGS = st.tuples(
    st.sampled_from([None, "other.example", "recall.example", "PRECISION.example", "keep.example"]),
    st.lists(st.sampled_from(LINES), max_size=12).map("\n".join),
)


@given(st.lists(CLIPPINGS, min_size=2, max_size=6))
@settings(max_examples=40, deadline=None)
def test_alone_or_among_other_sources_a_clipping_has_the_same_verdicts(given: list[tuple[str | None, str]]) -> None:
    pages = [extract(Clipping(id=str(at), source=source, text=text)) for at, (source, text) in enumerate(given)]
    together = Cleaner(MIXED).clean(pages)
    assert together == [Cleaner(MIXED).clean([page])[0] for page in pages]
    for result in together:
        if result.clipping.source == "keep.example":
            assert all(line.keep for line in result.lines if line.text == "Subscribe now" or line.text.endswith("…"))


@given(CLIPPINGS)
@settings(max_examples=40, deadline=None)
def test_an_exception_is_what_settings_for_that_source_alone_would_be(given: tuple[str | None, str]) -> None:
    _, text = given
    exception = MIXED.sources[0]
    page = extract(Clipping(id="a", source="Recall.Example", text=text))
    (as_exception,) = Cleaner(MIXED).clean([page])
    (alone,) = Cleaner(MIXED.for_source(exception)).clean([page])
    assert as_exception == alone
