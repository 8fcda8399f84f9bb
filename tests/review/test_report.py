from __future__ import annotations

import pytest

from clipclean.errors import AccountingError
from clipclean.model import (
    Cluster,
    Deduplication,
    Fold,
    Relation,
)
from clipclean.review import Report, Tally, describe_clusters, versions


def test_counts_that_do_not_add_up_are_a_fault_of_the_program() -> None:
    Report(read=6, written=3, folded=2, failed=1).check()
    with pytest.raises(AccountingError, match="6 read, but 3 written, 2 folded and 0 failed"):
        Report(read=6, written=3, folded=2).check()


REMOVED = [{"label": "blank", "rule": "blank"}, {"label": "social", "rule": "share-button"}]


def test_a_tally_counts_by_source_label_rule_flag_and_kind() -> None:
    tally = Tally()
    for source in ("b.example", "a.example", None, "b.example"):
        tally.clean(source, lines=3, removed=REMOVED, flags=["suspect"])
        tally.written(source, folded=source is None)
    tally.fail("broken-json")
    counts = tally.counts()
    assert list(counts["sources"]) == ["b.example", "(unknown)", "a.example"]
    assert counts["sources"]["b.example"] == {
        "read": 2,
        "written": 2,
        "folded": 0,
        "lines": 6,
        "removed": 4,
        "flagged": 2,
        "flags": {"suspect": 2},
    }
    assert counts["sources"]["(unknown)"]["folded"] == 1
    assert (counts["lines"], counts["removed"]) == (12, 8)
    assert counts["labels"] == {"blank": 4, "social": 4}
    assert counts["rules"] == {"blank": 4, "share-button": 4}
    assert (counts["flags"], counts["errors"]) == ({"suspect": 4}, {"broken-json": 1})


def test_a_clipping_with_two_flags_is_one_flagged_clipping_of_its_source() -> None:
    tally = Tally()
    tally.clean("a.example", lines=1, removed=[], flags=["suspect", "no-story"])
    tally.clean("a.example", lines=1, removed=[], flags=[])
    source = tally.counts()["sources"]["a.example"]
    assert (source["read"], source["flagged"]) == (2, 1)
    assert source["flags"] == {"no-story": 1, "suspect": 1}


def test_clusters_are_described_by_size_spread_and_relation() -> None:
    folds = (
        Fold("a", "a"),
        Fold("b", "a", "a", Relation.EXACT, 1.0, 1.0),
        Fold("c", "a", "a", Relation.DUPLICATE, 0.9, 0.95),
        Fold("d", "d"),
    )
    spans = (None, 0.5, 1.0, 24.0, 30.0, 900.5)
    found = Deduplication(folds, tuple(Cluster("a", ("a", "b", "c"), "longest", 2, hours) for hours in spans))
    assert describe_clusters(found) == {
        "number": 6,
        "largest": 3,
        "sizes": {"3": 6},
        "sources_per_cluster": {"2": 6},
        "within": {"1h": 2, "1d": 1, "7d": 1, "longer": 1, "unknown": 1},
        "relations": {"duplicate": 1, "exact": 1},
    }


def test_the_versions_name_what_can_change_a_result() -> None:
    assert {"clipclean", "numpy", "lxml", "trafilatura"} <= versions().keys()
