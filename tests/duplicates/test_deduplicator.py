"""The stage as its callers see it, on made stories."""

from __future__ import annotations

import random
import tomllib
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from clipclean.config import Candidates, DedupSettings, Keep, Level, Reach
from clipclean.duplicates import Deduplicator, deduplicate
from clipclean.errors import RecordError, SettingsError
from clipclean.model import Cluster, Deduplication, Document, Fold, Relation

CHANCE = random.Random(11)
WORDS = ["".join(CHANCE.choices("abdeiklmnorstu", k=CHANCE.randint(3, 9))) for _ in range(3000)]
PLAIN = DedupSettings(threshold=0.7)
BOTH = pytest.mark.parametrize(
    "settings",
    [DedupSettings(), PLAIN, DedupSettings(candidates=Candidates.BANDS), replace(PLAIN, candidates=Candidates.BANDS)],
    ids=["typed", "plain", "typed-bands", "plain-bands"],
)


def sentences(count: int, chance: random.Random, words: int = 15) -> list[str]:
    return [" ".join(chance.choices(WORDS, k=words)).capitalize() + "." for _ in range(count)]


def edited(text: str, changes: int, chance: random.Random) -> str:
    words = text.split()
    for place in chance.sample(range(len(words)), changes):
        words[place] = chance.choice(WORDS)
    return " ".join(words)


def ids_of(found: Deduplication) -> list[tuple[str, ...]]:
    return [cluster.members for cluster in found.clusters]


@BOTH
def test_nothing_is_a_copy_of_nothing(settings: DedupSettings) -> None:
    assert deduplicate([], settings) == Deduplication()


@BOTH
def test_one_document_stands_alone(settings: DedupSettings) -> None:
    assert deduplicate([Document("a", "Rain fell.")], settings) == Deduplication(folds=(Fold("a", "a"),))


@BOTH
def test_equal_words_fold_whatever_their_dress(settings: DedupSettings) -> None:
    found = deduplicate([Document("a", "Don’t  panic!"), Document("b", "DON'T — panic")], settings)
    assert found.folds == (Fold("a", "a"), Fold("b", "a", "a", Relation.EXACT, 1.0, 1.0))
    assert found.clusters == (Cluster("a", ("a", "b"), "longest: 3 words"),)
    assert [(match.a, match.b, match.relation, match.reason) for match in found.matches] == [
        ("a", "b", Relation.EXACT, "the same words in the same order")
    ]


@BOTH
def test_texts_without_words_match_only_if_they_are_the_same(settings: DedupSettings) -> None:
    texts = {"a": "***", "b": " *** \n", "c": "—", "d": "", "e": "  ", "f": ""}
    found = deduplicate([Document(name, text) for name, text in texts.items()], settings)
    assert ids_of(found) == [("a", "b")]


@BOTH
def test_order_of_words_counts_for_exact(settings: DedupSettings) -> None:
    found = deduplicate([Document("a", "man bites dog"), Document("b", "dog bites man")], settings)
    assert found.matches == ()


def test_a_pair_matches_in_the_plain_mode_from_the_threshold_on() -> None:
    """Ten words that share seven of nine 3-grams, and a threshold on either side of 7/9."""
    texts = ["a b c d e f g h i j", "a b c d e f g h i"]
    for threshold, matches in ((7 / 8, 1), (0.876, 0)):
        settings = DedupSettings(threshold=threshold, ngram=3)
        found = deduplicate([Document(str(place), text) for place, text in enumerate(texts)], settings)
        assert [(match.jaccard, match.containment) for match in found.matches] == [(7 / 8, 1.0)] * matches


def test_a_chain_is_one_cluster_in_the_plain_mode() -> None:
    """What hangs together by matches folds, even where a copy does not match the kept one itself."""
    words = [f"w{number}" for number in range(60)]
    documents = [Document(str(start), " ".join(words[start : start + 40])) for start in (0, 6, 12)]
    found = deduplicate(documents, PLAIN)
    assert [(match.a, match.b) for match in found.matches] == [("0", "6"), ("6", "12")]
    assert ids_of(found) == [("0", "6", "12")]
    last = found.folds[2]
    assert (last.duplicate_of, last.relation) == ("0", Relation.DUPLICATE)
    assert last.jaccard == pytest.approx(24 / 48)


def test_versions_of_a_story_are_named_and_folded_into_the_longest() -> None:
    chance = random.Random(2)
    parts = sentences(12, chance)
    rest = sentences(12, chance)
    versions = {
        "whole": " ".join(parts),
        "edited": edited(" ".join(parts), 3, chance),
        "cut": " ".join(parts[:4]),
        "later": " ".join(parts[:8] + rest[:4]),
        "other": " ".join(sentences(12, chance)),
    }
    found = deduplicate([Document(name, text) for name, text in versions.items()])
    relations = {(match.a, match.b): match.relation for match in found.matches}
    assert relations == {
        ("whole", "edited"): Relation.DUPLICATE,
        ("whole", "cut"): Relation.ABRIDGEMENT,
        ("whole", "later"): Relation.UPDATE,
        ("edited", "cut"): relations["edited", "cut"],
        ("edited", "later"): Relation.UPDATE,
        ("cut", "later"): Relation.ABRIDGEMENT,
    }
    assert relations["edited", "cut"] in (Relation.ABRIDGEMENT, Relation.UPDATE)
    assert all(match.reason for match in found.matches)
    kept = {fold.id: fold.duplicate_of for fold in found.folds}
    assert (kept["later"], kept["other"]) == (None, None)
    assert {kept["whole"], kept["edited"]} <= {None, "whole", "edited"}
    assert kept["cut"] in ("whole", "edited")


@pytest.mark.parametrize(
    ("settings", "folded"),
    [
        (DedupSettings(fold=Reach.NONE, keep=Keep.FIRST), set()),
        (DedupSettings(fold=Reach.EXACT, keep=Keep.FIRST), {"same"}),
        (DedupSettings(fold=Reach.DUPLICATE, keep=Keep.FIRST), {"same", "edited"}),
        (DedupSettings(level=Level.HIGH, keep=Keep.FIRST), {"same", "edited"}),
        (DedupSettings(keep=Keep.FIRST), {"same", "edited", "cut"}),
        (DedupSettings(level=Level.MODERATE, keep=Keep.FIRST), {"same", "edited", "cut", "later"}),
    ],
)
def test_fold_and_level_say_how_far_a_story_is_folded(settings: DedupSettings, folded: set[str]) -> None:
    parts = sentences(12, random.Random(3))
    whole = " ".join(parts)
    versions = {"whole": whole, "same": whole, "edited": edited(whole, 2, random.Random(4)), "cut": " ".join(parts[:5])}
    versions["later"] = " ".join(parts[:8] + sentences(4, random.Random(5)))
    documents = [Document(name, text, position=place) for place, (name, text) in enumerate(versions.items())]
    found = deduplicate(documents, settings)
    assert {entry.id for entry in found.folds if entry.duplicate_of} == folded
    assert len(found.matches) == 10


@pytest.mark.parametrize(
    ("keep", "kept"), [(Keep.LONGEST, "b"), (Keep.EARLIEST, "c"), (Keep.LATEST, "a"), (Keep.FIRST, "a")]
)
@BOTH
def test_the_policy_chooses_the_kept_copy(settings: DedupSettings, keep: Keep, kept: str) -> None:
    text = " ".join(sentences(8, random.Random(5)))
    documents = [
        Document("c", edited(text, 1, random.Random(6)), published="2024-03-01", position=2),
        Document("a", text, published="3 March 2024", position=0),
        Document("b", text + " Ends.", published="2024-03-02T10:00:00Z", position=1),
    ]
    found = deduplicate(documents, DedupSettings(threshold=settings.threshold, keep=keep))
    (cluster,) = found.clusters
    assert (cluster.kept, cluster.members, cluster.hours) == (kept, ("a", "b", "c"), 48.0)
    assert [fold.id for fold in found.folds] == ["a", "b", "c"]
    assert [fold.duplicate_of for fold in found.folds] == [None if fold.id == kept else kept for fold in found.folds]


@pytest.mark.parametrize("dated", [True, False])
def test_a_notice_that_a_source_prints_every_day_joins_nothing(dated: bool) -> None:
    """Ten different stories with the same four sentences below; the plain mode at a low threshold joins them all."""
    chance = random.Random(7)
    notice = " ".join(sentences(4, chance))
    texts = [f"{' '.join(sentences(5, chance))} {notice}" for _ in range(10)]
    dates = [f"2024-05-{day:02}" if dated else None for day in range(1, 11)]
    documents = [
        Document(str(i), text, "meridian", date) for i, (text, date) in enumerate(zip(texts, dates, strict=True))
    ]
    assert deduplicate(documents).matches == ()
    assert len(deduplicate(documents, DedupSettings(threshold=0.2)).clusters) == 1


def test_a_story_in_three_copies_is_no_routine() -> None:
    chance = random.Random(8)
    whole = " ".join(sentences(10, chance))
    documents = [Document(str(place), edited(whole, 2, chance), "meridian", "2024-05-01") for place in range(3)]
    documents += [Document(f"x{place}", edited(whole, 2, chance), "meridian") for place in range(3)]
    found = deduplicate(documents)
    assert len(found.clusters) == 1
    assert len(found.matches) == 15


@BOTH
def test_a_repeated_id_is_named_and_the_rest_goes_on(settings: DedupSettings) -> None:
    with Deduplicator(settings) as deduplicator:
        deduplicator.add([Document("a", "Rain fell.")])
        with pytest.raises(RecordError, match="'a' came before") as caught:
            deduplicator.add([Document("b", "Snow."), Document("a", "Hail.")])
        assert caught.value.kind == "repeated-id"
        deduplicator.add([Document("c", "rain FELL")])
        assert [fold.cluster for fold in deduplicator.finish().folds] == ["a", "b", "a"]


@BOTH
def test_more_may_come_after_an_answer(settings: DedupSettings) -> None:
    documents = [Document(str(place), text) for place, text in enumerate(["Rain.", "Snow.", "rain", "snow"])]
    with Deduplicator(settings) as deduplicator:
        deduplicator.add(documents[:2])
        assert ids_of(deduplicator.finish()) == []
        deduplicator.add(documents[2:])
        assert ids_of(deduplicator.finish()) == [("0", "2"), ("1", "3")]


def test_a_seed_out_of_range_is_refused_at_once() -> None:
    with pytest.raises(SettingsError, match="seed"):
        Deduplicator(DedupSettings(seed=-1))


@BOTH
def test_many_near_copies_of_one_story_are_one_cluster(settings: DedupSettings) -> None:
    """More copies than a bucket's pairs are looked at, each with words of its own, none lost, at many sources."""
    chance = random.Random(9)
    whole = " ".join(sentences(10, chance))
    sketches = settings.candidates is Candidates.SKETCH
    count = (10_000 if settings.threshold else 1_200) if sketches else 300
    documents = [Document(f"{place:05}", edited(whole, 2, chance), f"site{place % 40}") for place in range(count)]
    found = deduplicate(documents, settings)
    assert [len(cluster.members) for cluster in found.clusters] == [count]
    assert len(found.matches) < (64 if sketches else 4 * 64) * count


@BOTH
def test_many_texts_that_share_a_phrase_and_nothing_else_are_no_copies(settings: DedupSettings) -> None:
    chance = random.Random(12)
    documents = [
        Document(
            str(place), f"Sign up here for our morning newsletter. {' '.join(sentences(2, chance))}", f"site{place}"
        )
        for place in range(80)
    ]
    assert deduplicate(documents, settings).matches == ()


@BOTH
def test_ten_thousand_equal_texts_are_one_cluster(settings: DedupSettings) -> None:
    text = " ".join(sentences(10, random.Random(10)))
    documents = [Document(f"{place:05}", text, f"site{place % 40}", "2024-05-01") for place in range(10_000)]
    found = deduplicate(documents, settings)
    assert [(cluster.kept, len(cluster.members)) for cluster in found.clusters] == [("00000", 10_000)]
    assert len(found.matches) < 64 * 10_000


@BOTH
def test_one_long_document_among_short_ones(settings: DedupSettings) -> None:
    chance = random.Random(12)
    long = " ".join(chance.choices(WORDS, k=400_000))
    documents = [Document("a", long), Document("b", f"First {long}"), Document("c", "Rain fell.")]
    assert ids_of(deduplicate(documents, settings)) == [("a", "b")]


FAMILIES = tomllib.loads((Path(__file__).parents[2] / "fixtures/duplicates/pairs.toml").read_text(encoding="utf-8"))[
    "family"
]
KNOWN = {  # what the recipe gets wrong, and what it says instead
    ("nordfrost-corrected", "first", "corrected"): "abridgement",
    ("glocke-baerwiede", "full", "later"): "none",
}


def test_families_of_stories_relate_as_a_reader_says() -> None:
    documents = [
        Document(f"{family['name']}/{name}", version["text"], version.get("source"), version.get("published"))
        for family in FAMILIES
        for name, version in family["version"].items()
    ]
    matches = {frozenset((match.a, match.b)): match.relation.value for match in deduplicate(documents).matches}
    wrong = {}
    for family in FAMILIES:
        for one, other, expected in family["pairs"]:
            found = matches.get(frozenset(f"{family['name']}/{name}" for name in (one, other)), "none")
            if found != expected:
                wrong[family["name"], one, other] = found
    assert wrong == KNOWN


def test_no_two_families_are_joined() -> None:
    documents = [
        Document(f"{family['name']}/{name}", version["text"])
        for family in FAMILIES
        for name, version in family["version"].items()
    ]
    for settings in (DedupSettings(), DedupSettings(threshold=0.3)):
        for match in deduplicate(documents, settings).matches:
            assert match.a.split("/")[0] == match.b.split("/")[0]


def test_all_pairs_of_a_small_family_are_listed() -> None:
    text = " ".join(sentences(6, random.Random(13)))
    documents = [Document(str(place), text) for place in range(9)]
    found = deduplicate(documents, PLAIN)
    assert [(match.a, match.b) for match in found.matches] == list(combinations(map(str, range(9)), 2))
