"""What --preview shows of pairs: the weakest, each once, cut to where they share something, and nothing alive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clipclean.config import Reach
from clipclean.model import Deduplication, Match, Relation
from clipclean.review.preview import COMPARED, borderline, pairs_page

SHARED = "the ferry to Vellsund will run again from Monday after a week of storms"


def match(one: str, other: str, strength: float, relation: Relation = Relation.UPDATE) -> Match:
    return Match(one, other, relation, 0.4, 0.6, "shared: 60% of the own shingles", strength)


def page(one: str, other: str, width: int = 100) -> str:
    texts: Mapping[tuple[str, bool], tuple[Mapping[str, Any], str]] = {
        (name, False): ({"id": name}, text) for name, text in (("a", one), ("b", other))
    }
    return "\n".join(pairs_page([match("a", "b", 0.5)], texts, width, styled=False))


def found(*matches: Match) -> dict[Reach, Deduplication]:
    return {Reach.UPDATE: Deduplication(matches=matches)}


def test_the_weakest_come_first_and_exact_ones_never() -> None:
    pairs = (match("a", "b", 0.9), match("c", "d", 0.5), match("e", "f", 0.7), match("g", "h", 0.1, Relation.EXACT))
    assert [(it.a, it.b) for it in borderline(found(*pairs), 2)] == [("c", "d"), ("e", "f")]


def test_pairs_with_the_same_figures_are_shown_each() -> None:
    assert len(borderline(found(match("a", "b", 0.5), match("c", "d", 0.5)), 10)) == 2


def test_of_equal_texts_one_speaks_for_all() -> None:
    pairs = (match("a", "e", 0.5), match("b", "e", 0.5), match("a", "b", 1.0, Relation.EXACT))
    assert [(it.a, it.b) for it in borderline(found(*pairs), 10)] == [("a", "e")]


def test_what_is_shared_is_shown_though_it_stands_far_inside() -> None:
    long = " ".join(f"word{number}" for number in range(400))
    shown = page(f"Harbour office: {SHARED}.", f"{long} {SHARED}.", width=300)
    assert shown.count(f"‹{SHARED}.›") == 2
    assert "(380 words before)" in shown


def test_what_a_page_holds_stays_dead_and_short() -> None:
    shown = page(f"[red]{SHARED}[/red] \x1b[31m", f"{SHARED} {'x' * 5000}")
    assert "[red]" in shown
    assert "\x1b" not in shown
    assert "x" * 100 not in shown


def test_of_huge_texts_the_beginning_is_compared() -> None:
    shown = page(f"{SHARED}. {'rain ' * COMPARED}", f"{SHARED}. {'snow ' * COMPARED}", width=60)
    assert "‹the ferry" in shown
    assert len(shown.splitlines()) < 60
