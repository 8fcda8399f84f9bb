"""How good the finding of copies is through an index that is fed in the order of time, and whether the split matters.

The judged pairs are those of ``duplicates``. An index knows only what came before: that a passage recurs at a source it
learns on the third day, and not beforehand, so that it tells a little less well.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import duplicates

import clipclean
from clipclean.dates import parse_date
from clipclean.index import engine
from clipclean.index.relate import Relative

SPLIT = "fnc1"
"""The collection that is fed one by one and in seven parts as well."""


def figures(folder: Path | None) -> dict[str, dict[str, float]]:
    """What floors hold, the higher the better; only where the judged pairs are there."""
    if not folder or not folder.is_dir():
        return {}
    labels: list[tuple[str, str]] = []
    same = 0.0
    with tempfile.TemporaryDirectory() as work:
        for corpus, pairs in duplicates.judgements(folder).items():
            records = in_time(duplicates.rows(folder / f"{corpus}.docs.jsonl.gz"))
            found, verdicts = related(records, Path(work, corpus))
            labels += [(label, found.get(pair, "not")) for pair, label in pairs.items()]
            if corpus == SPLIT:
                same = float(
                    all(fed(records, Path(work, f"{parts}"), parts) == verdicts for parts in (7, len(records)))
                )
    return {
        "index": {
            "judged dup f1": duplicates.f1(labels, {"dup"}),
            "judged dup+partial f1": duplicates.f1(labels, {"dup", "partial"}),
            "same however it is split": same,
        }
    }


def in_time(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Records in the order of their dates, those without one first."""

    def rank(record: Mapping[str, Any]) -> tuple[float, str]:
        moment = parse_date(record.get("date"))
        return (moment.timestamp() if moment else 0.0), record["id"]

    return [
        {"id": row["id"], "text": row["text"], "source": row.get("source"), "published": row.get("date")}
        for row in sorted(records, key=rank)
    ]


def fed(records: list[dict[str, Any]], path: Path, parts: int) -> list[clipclean.Verdict]:
    """The verdicts on records that are added in several openings of an index."""
    size = -(-len(records) // parts)
    verdicts = []
    with clipclean.Index.open(path) as index:
        for start in range(0, len(records), size):
            verdicts += list(index.add_many(records[start : start + size]))
    return verdicts


def related(records: list[dict[str, Any]], path: Path) -> tuple[dict[duplicates.Pair, str], list[clipclean.Verdict]]:
    """All pairs that are related, each as it would be judged, not only the nearest that a verdict tells."""
    seen: dict[int, list[Relative]] = {}
    measure = engine.relate_texts

    def watched(*asked: Any) -> dict[int, list[Relative]]:
        found = measure(*asked)
        seen.update(found)
        return found

    with mock.patch.object(engine, "relate_texts", watched):
        verdicts = fed(records, path, 1)
    ids: dict[int, list[str]] = {}
    with clipclean.Index.open(path) as index, index.transaction():
        for row in index._documents.store.walk():
            ids.setdefault(row.text, []).append(row.id)
    pairs = {duplicates.pair_of(a, b): "dup" for same in ids.values() for a in same for b in same if a != b}
    for text, relatives in seen.items():
        for relative in relatives:
            said = "dup" if relative.finding.relation in duplicates.SAME else "partial"
            pairs |= {duplicates.pair_of(a, b): said for a in ids[text] for b in ids[relative.text]}
    return pairs, verdicts
