"""Laws of folding: what may fold into what, which copy stays, and what known clippings change."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.config import DedupSettings, Keep, Reach, Scope
from clipclean.dates import parse_date
from clipclean.dedup_settings import window_hours
from clipclean.duplicates import Deduplicator, deduplicate, folding
from clipclean.model import Deduplication, Document, Fold, Relation

CHANCE = random.Random(21)
WORDS = ["".join(CHANCE.choices("abdeiklmnorstu", k=CHANCE.randint(3, 9))) for _ in range(800)]
STORIES = [[" ".join(CHANCE.choices(WORDS, k=11)) for _ in range(8)] for _ in range(2)]
DATES = (None, "soon", "2024-05-01", "2024-05-01 18:00", "2 May 2024", "2024-05-09", "2024-06-01")
SOURCES = (None, " ", "north.example", "North.example", "south.example", "west.example")


@st.composite
def documents(draw: st.DrawFn, most: int = 12) -> list[Document]:
    """Versions of two stories, whole, cut and edited, at some sources on some days; and texts without words."""
    made = []
    for number in range(draw(st.integers(0, most))):
        story = draw(st.sampled_from(STORIES))
        kind = draw(st.sampled_from(["whole", "whole", "cut", "edited", "late", "wordless"]))
        parts = {
            "whole": story,
            "cut": story[: draw(st.integers(2, 7))],
            "edited": [*story[:7], draw(st.sampled_from(WORDS)) + " " + story[7]],
            "late": [*story[:5], *STORIES[0][:2]],
            "wordless": [draw(st.sampled_from(["", "***", "—"]))],
        }[kind]
        date, source = draw(st.sampled_from(DATES)), draw(st.sampled_from(SOURCES))
        made.append(Document(f"d{number}", ". ".join(parts), source, date, number))
    return made


LIMITS = st.builds(
    DedupSettings,
    threshold=st.sampled_from([None, None, 0.4]),
    window=st.sampled_from([None, "12h", "7d"]),
    scope=st.sampled_from(Scope),
    keep=st.sampled_from([Keep.LONGEST, Keep.EARLIEST, Keep.LATEST]),
)
DEEP = st.sampled_from([0, 32])
"""After how many rounds clusters are gone through one by one; it may never matter."""


def found_in(some: list[Document], chosen: DedupSettings, rounds: int = 32, *, against: bool = False) -> Deduplication:
    with pytest.MonkeyPatch.context() as patch, Deduplicator(chosen, against=against) as deduplicator:
        patch.setattr(folding, "_ROUNDS", rounds)
        deduplicator.add(some)
        return deduplicator.finish()


def source(document: Document) -> str:
    return (document.source or "").strip().casefold()


def hours(one: Document, other: Document) -> float | None:
    dates = [parse_date(document.published) for document in (one, other)]
    return None if None in dates else abs((dates[0] - dates[1]).total_seconds()) / 3600  # type: ignore[operator]


def allowed(one: Document, other: Document, chosen: DedupSettings) -> bool:
    if chosen.window and (hours(one, other) or 0) > window_hours(chosen.window):
        return False
    if chosen.scope is Scope.ALL:
        return True
    known = bool(source(one) and source(other))
    return known and (source(one) == source(other)) == (chosen.scope is Scope.SAME_SOURCE)


def check_accounts(found: Deduplication, some: list[Document]) -> None:
    """Each document in one cluster, each cluster with one that stays."""
    assert [fold.id for fold in found.folds] == [document.id for document in some]
    members = [member for cluster in found.clusters for member in cluster.members]
    assert len(members) == len(set(members))
    kept = {fold.id: fold.duplicate_of for fold in found.folds}
    for cluster in found.clusters:
        assert kept[cluster.kept] is None
        assert [name for name in cluster.members if kept[name] is None] == [cluster.kept]
        assert all(kept[name] in (None, cluster.kept) for name in cluster.members)
        assert len(cluster.members) > 1
        assert cluster.why


@settings(max_examples=100, deadline=None)
@given(documents(), LIMITS, DEEP)
def test_nothing_folds_outside_the_window_or_the_scope(
    some: list[Document], chosen: DedupSettings, rounds: int
) -> None:
    found = found_in(some, chosen, rounds)
    check_accounts(found, some)
    by_id = {document.id: document for document in some}
    for fold in found.folds:
        if fold.duplicate_of:
            assert allowed(by_id[fold.duplicate_of], by_id[fold.id], chosen)
    if chosen.window:
        for cluster in found.clusters:
            assert cluster.hours is None or cluster.hours <= 2 * window_hours(chosen.window)


@settings(max_examples=70, deadline=None)
@given(documents(), LIMITS, DEEP)
def test_no_two_kept_copies_of_one_text_could_have_folded(
    some: list[Document], chosen: DedupSettings, rounds: int
) -> None:
    kept = [fold.id for fold in found_in(some, chosen, rounds).folds if fold.duplicate_of is None]
    stayed = [document for document in some if document.id in kept and document.text not in ("", "***", "—")]
    for place, one in enumerate(stayed):
        for other in stayed[:place]:
            if one.text == other.text and (not chosen.window or hours(one, other) is not None):
                assert not allowed(one, other, chosen)


@settings(max_examples=70, deadline=None)
@given(documents(), LIMITS, DEEP, st.randoms(use_true_random=False))
def test_the_order_of_the_input_and_the_way_clusters_are_gone_through_change_nothing(
    some: list[Document], chosen: DedupSettings, rounds: int, chance: random.Random
) -> None:
    shuffled = some.copy()
    chance.shuffle(shuffled)
    shuffled = [replace(document, position=place) for place, document in enumerate(shuffled)]

    def essence(found: Deduplication) -> tuple[object, object]:
        clusters = {(c.kept, frozenset(c.members), c.why, c.sources, c.hours) for c in found.clusters}
        return {fold.id: fold for fold in found.folds}, clusters

    assert essence(found_in(some, chosen)) == essence(found_in(shuffled, chosen, rounds))


@settings(max_examples=50, deadline=None)
@given(documents())
def test_limits_that_limit_nothing_change_nothing(some: list[Document]) -> None:
    assert deduplicate(some, DedupSettings(window="9999w")) == deduplicate(some)
    known = [replace(document, source=None) for document in some]
    alone = deduplicate(known, DedupSettings(scope=Scope.SAME_SOURCE))
    assert all(fold.duplicate_of is None for fold in alone.folds)
    one = [replace(document, source="one.example") for document in some]
    assert deduplicate(one, DedupSettings(scope=Scope.SAME_SOURCE)) == deduplicate(one)
    assert deduplicate(one, DedupSettings(scope=Scope.CROSS_SOURCE)).clusters == ()


@settings(max_examples=50, deadline=None)
@given(documents())
def test_folding_further_folds_what_equal_texts_fold_and_reports_the_same_matches(some: list[Document]) -> None:
    answers = {reach: deduplicate(some, DedupSettings(fold=reach)) for reach in Reach}
    folded = {reach: {f.id for f in found.folds if f.duplicate_of} for reach, found in answers.items()}
    assert folded[Reach.NONE] == set()
    for reach in (Reach.DUPLICATE, Reach.ABRIDGEMENT, Reach.UPDATE):
        assert folded[Reach.EXACT] <= folded[reach]
    assert len({frozenset((m.a, m.b) for m in found.matches) for found in answers.values()}) == 1


@settings(max_examples=100, deadline=None)
@given(documents(), documents(most=8), LIMITS, DEEP)
def test_against_known_ones_nothing_new_folds_into_anything_new(
    new: list[Document], old: list[Document], chosen: DedupSettings, rounds: int
) -> None:
    """Ids of old and new collide on purpose, as they do where yesterday's dump comes again."""
    known = [replace(document, known=True) for document in old]
    later = [replace(document, position=document.position + len(old)) for document in new]
    found = found_in([*known, *later], chosen, rounds, against=True)
    assert [fold.id for fold in found.folds] == [document.id for document in new]
    by_id = {document.id: document for document in old}
    texts = {document.text for document in old}
    for fold, document in zip(found.folds, new, strict=True):
        if fold.duplicate_of is None:
            assert not fold.known
        else:
            assert fold.known
            assert allowed(by_id[fold.duplicate_of], document, chosen)
            if fold.relation is Relation.EXACT and document.text:
                assert document.text in texts or chosen.threshold
    folded = [fold.id for fold in found.folds if fold.duplicate_of]
    assert sorted(folded) == sorted(name for c in found.clusters for name in c.members[1:])
    assert all(c.known and c.members[0] == c.kept and c.why.startswith("known before") for c in found.clusters)
    if not old:
        assert found.clusters == ()


@settings(max_examples=50, deadline=None)
@given(documents(), st.sampled_from([None, 0.4]))
def test_the_same_dump_again_folds_whole(some: list[Document], mode: float | None) -> None:
    known = [replace(document, known=True) for document in some]
    found = deduplicate([*known, *some], DedupSettings(threshold=mode))
    assert all((fold.duplicate_of is not None) == bool(d.text) for fold, d in zip(found.folds, some, strict=True))


def test_with_nothing_known_an_answer_has_no_known_ones() -> None:
    assert deduplicate([]).folds == ()
    assert deduplicate([Document("a", "***")]).folds == (Fold("a", "a"),)
    assert deduplicate([Document("a", "Rain.", known=True)]) == Deduplication()
    again = deduplicate([Document("a", "Rain.", known=True), Document("a", "Rain.")])
    assert again.folds == (Fold("a", "a", "a", Relation.EXACT, 1.0, 1.0, known=True),)
    assert again.clusters[0].members == ("a", "a")
