"""How good the finding of copies is with thresholds that have not seen the collection they are scored on.

    python tests/gate/left_out.py FOLDER

FOLDER is that of ``duplicates.py``: collections of real stories, and pairs of them that were judged by reading. For
each collection the two thresholds of the typed mode are fitted on the judged pairs of the others and scored on its own.
Candidates are part of what is scored: a judged pair that is not measured counts as not related. Intervals are those of
2,000 samples of the pairs, drawn with replacement; they say nothing of how pairs were chosen, nor of other readers.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import product
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from duplicates import SAME, Pair, f1, judgements, pair_of, rows

import clipclean
from clipclean.duplicates import relating, relations
from clipclean.duplicates.matching import RELATIONS
from clipclean.duplicates.relations import Figures, Finding, Findings, relate
from clipclean.model import Relation

RELATED = [round(0.30 + 0.02 * step, 2) for step in range(16)]
DUPLICATE = [round(0.70 + 0.02 * step, 2) for step in range(9)]
SAMPLES = 2_000
KINDS = {"dup": {"dup"}, "dup+partial": {"dup", "partial"}}

Thresholds = tuple[float, float]
Labels = list[tuple[str, str]]
"""Of each judged pair of a collection what it was judged to be, and what is said of it."""


def measured(path: Path) -> dict[Pair, Figures | None]:
    """The figures of all pairs of a file of stories that are measured to the end, None for exact copies."""
    seen: list[Figures] = []

    def note(pairs: Figures) -> Findings:
        names = [str(len(seen) + pair) for pair in range(len(pairs.shared))]
        seen.extend(_one(pairs, pair) for pair in range(len(names)))
        update = RELATIONS.index(Relation.UPDATE)
        return Findings(np.full(len(names), update, np.int8), np.full(len(names), 0.5), names)

    with mock.patch.object(relating, "relate", note):
        matches = clipclean.dedup(rows(path), clean=True).matches
    return {
        pair_of(match.a, match.b): None if match.relation is Relation.EXACT else seen[int(match.reason)]
        for match in matches
    }


def _one(pairs: Any, pair: int) -> Any:
    """The figures of one of some pairs."""
    columns = {it.name: getattr(pairs, it.name) for it in fields(pairs)}
    parts = {name: _one(it, pair) if is_dataclass(it) else it[pair : pair + 1] for name, it in columns.items()}
    return type(pairs)(**parts)


def say(found: Mapping[Pair, Figures | None], pair: Pair) -> str:
    """What the recipe says of a pair, in the words of the judgements."""
    if pair not in found:
        return "not"
    figures = found[pair]
    finding = relate(figures).each()[0] if figures else Finding(Relation.EXACT, 1.0, "")
    return "not" if finding is None else "dup" if finding.relation in SAME else "partial"


def fit(labels: Mapping[Thresholds, Mapping[str, Labels]], without: str) -> Thresholds:
    """The thresholds with the best sum of both F1 on all collections but one; the middle one of several."""
    scores = {}
    for thresholds, by_corpus in labels.items():
        known = [label for corpus, some in by_corpus.items() if corpus != without for label in some]
        scores[thresholds] = sum(f1(known, names) for names in KINDS.values())
    best = max(scores.values())
    tied = sorted(thresholds for thresholds, score in scores.items() if score > best - 1e-9)
    return tied[len(tied) // 2]


def interval(labels: Sequence[tuple[str, str]], names: set[str]) -> tuple[float, float]:
    """The middle 95 % of F1 over samples of the pairs."""
    chance = random.Random(1)
    scores = sorted(f1(chance.choices(labels, k=len(labels)), names) for _ in range(SAMPLES))
    return scores[SAMPLES // 40], scores[-SAMPLES // 40 - 1]


def main() -> None:
    """Measure once, fit and score for each collection."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("folder", type=Path, help="folder of judged pairs")
    folder = ask.parse_args().folder
    judged = judgements(folder)
    found = {corpus: measured(folder / f"{corpus}.docs.jsonl.gz") for corpus in judged}
    labels: dict[Thresholds, dict[str, Labels]] = {}
    for related, duplicate in product(RELATED, DUPLICATE):
        with mock.patch.multiple(relations, RELATED=related, DUPLICATE=duplicate):
            labels[related, duplicate] = {
                corpus: [(label, say(found[corpus], pair)) for pair, label in pairs.items()]
                for corpus, pairs in judged.items()
            }
    held_out: Labels = []
    for corpus in judged:
        thresholds = fit(labels, corpus)
        held_out += labels[thresholds][corpus]
        print(f"{corpus:18} {len(judged[corpus]):3} pairs, fitted on the others: related {thresholds[0]:.2f}, ", end="")
        print(f"duplicate {thresholds[1]:.2f}")
    as_it_is = [(label, say(found[corpus], pair)) for corpus, pairs in judged.items() for pair, label in pairs.items()]
    for title, some in (("held out", held_out), ("as it stands", as_it_is)):
        for kind, names in KINDS.items():
            low, high = interval(some, names)
            print(f"{title:14} {kind:12} F1 {f1(some, names):.3f} [{low:.2f}, {high:.2f}]")


if __name__ == "__main__":
    main()
