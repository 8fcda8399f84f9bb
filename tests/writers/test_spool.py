from __future__ import annotations

from pathlib import Path

import pytest

from clipclean.config import Copies
from clipclean.errors import AccountingError
from clipclean.model import Clipping, Cluster, Deduplication, Fold, Relation
from clipclean.writers import Spool, fold_records

FOUND = Deduplication(
    folds=(
        Fold("a", "b", "b", Relation.ABRIDGEMENT, 0.5, 1.0),
        Fold("b", "b"),
        Fold("c", "c"),
    ),
    clusters=(Cluster("b", ("a", "b"), "longest: 2 words", 2, 1.5),),
)


def written(copies: Copies, *, keys: bool) -> list[dict[str, object]]:
    with Spool() as spool:
        for name in "abc":
            spool.add(
                Clipping(id=name, source=f"{name}.example", published="2024-05-03"), {"id": name, "date": "3 May"}
            )
        return [record for _, _, record in fold_records(spool, FOUND, copies, keys=keys) if record is not None]


def test_remove_leaves_copies_out() -> None:
    assert written(Copies.REMOVE, keys=False) == [{"id": "b", "date": "3 May"}, {"id": "c", "date": "3 May"}]


def test_annotate_writes_copies_with_what_was_measured() -> None:
    first, second, third = written(Copies.ANNOTATE, keys=True)
    assert (first["id"], first["cluster"], first["relation"], first["containment"]) == ("a", "b", "abridgement", 1.0)
    assert (second["cluster"], second["duplicate_of"], second["relation"]) == ("b", None, None)
    assert first["why_kept"] == second["why_kept"] == "longest: 2 words"
    assert (second["cluster_sources"], second["cluster_hours"], third["why_kept"]) == (2, 1.5, None)


def test_group_lists_copies_in_the_kept_one_even_where_they_came_first() -> None:
    kept, alone = written(Copies.GROUP, keys=False)
    assert kept["copies"] == [
        {
            "id": "a",
            "source": "a.example",
            "url": None,
            "title": None,
            "published": "2024-05-03",
            "relation": "abridgement",
            "jaccard": 0.5,
            "containment": 1.0,
        }
    ]
    assert (kept["why_kept"], kept["cluster_sources"]) == ("longest: 2 words", 2)
    assert alone["copies"] == []


def test_what_was_known_before_takes_nothing_from_a_new_clipping_of_the_same_id() -> None:
    found = Deduplication(
        folds=(Fold("a", "b", "b", Relation.EXACT, 1.0, 1.0, known=True), Fold("b", "b")),
        clusters=(Cluster("b", ("b", "a"), "known before", known=True),),
    )
    for copies in (Copies.GROUP, Copies.ANNOTATE):
        with Spool() as spool:
            for name in "ab":
                spool.add(Clipping(id=name), {"id": name})
            records = [record for _, _, record in fold_records(spool, found, copies, keys=True)]
        assert records[1] is not None
        assert records[1].get("copies", []) == []
        assert records[1]["why_kept"] is None
        assert records[0] is None or records[0]["why_kept"] == "known before"


def test_folds_that_do_not_fit_the_records_are_a_fault_and_not_guessed_at() -> None:
    with Spool() as spool:
        spool.add(Clipping(id="a"), {"id": "a"})
        with pytest.raises(AccountingError, match="3 clippings were compared, and the records are not"):
            list(fold_records(spool, FOUND, Copies.REMOVE, keys=False))


def test_a_spool_leaves_nothing_behind(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.add(Clipping(id="a"), {"id": "a"})
    assert list(tmp_path.iterdir()) == []
