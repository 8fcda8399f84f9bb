"""How good the finding of copies is, through the library: F1 on judged pairs of real stories, and truths on made ones.

The pairs were drawn over the whole range of overlap and judged by reading: *dup* is the same version of a story,
*partial* an abridgement, another version or a rewrite, *not* anything else. They compare one state of the code with
another and are no estimate for a whole corpus. On made documents the Jaccard of every pair is known, so that the plain
mode can be held to what it promises: a match if and only if the measured Jaccard reaches the threshold.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from made import Made, Maker

import clipclean
from clipclean.model import Relation

Pair = tuple[str, str]

SAME = (Relation.EXACT, Relation.DUPLICATE)
"""The relations that are judged *dup*; any other one is *partial*, and a pair without one is *not*."""

DOCUMENTS = 2_000
"""So few that one document or cluster that is wrong costs more than the slack of the gate."""

THRESHOLD, MARGIN = 0.7, 0.01
SHINGLE = 5
_WORD = re.compile(r"\w+")


def figures(folder: Path | None) -> dict[str, dict[str, float]]:
    """What floors hold, the higher the better; the judged pairs only where their folder is there."""
    judged = judged_figures(folder) if folder and folder.is_dir() else {}
    return {"duplicates": {**judged, **made_figures(list(Maker(DOCUMENTS)))}}


# Real stories


def judged_figures(folder: Path) -> dict[str, float]:
    """F1 of *dup*, and of *dup* and *partial* as one, over the judged pairs."""
    labels: list[tuple[str, str]] = []
    for corpus, pairs in judgements(folder).items():
        found = _found(folder / f"{corpus}.docs.jsonl.gz")
        labels += [(label, found.get(pair, "not")) for pair, label in pairs.items()]
    return {"judged dup f1": f1(labels, {"dup"}), "judged dup+partial f1": f1(labels, {"dup", "partial"})}


def judgements(folder: Path) -> dict[str, dict[Pair, str]]:
    """By collection what each judged pair is: *dup*, *partial* or *not*."""
    judged: dict[str, dict[Pair, str]] = defaultdict(dict)
    for line in (folder / "judged_pairs.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        judged[row["corpus"]][pair_of(row["a"], row["b"])] = row["label"]
    return judged


def _found(path: Path) -> dict[Pair, str]:
    """The pairs that are found in a file of stories, each as it would be judged."""
    matches = clipclean.dedup(rows(path), clean=True).matches
    return {pair_of(match.a, match.b): "dup" if match.relation in SAME else "partial" for match in matches}


def rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The stories of a collection."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def pair_of(one: str, other: str) -> Pair:
    """Two ids in the order in which pairs are looked up."""
    return (one, other) if one < other else (other, one)


def f1(labels: Sequence[tuple[str, str]], names: set[str]) -> float:
    """F1 of pairs told to be one of ``names``, each pair given as (judged, found)."""
    both = sum(judged in names and found in names for judged, found in labels)
    either = sum((judged in names) + (found in names) for judged, found in labels)
    return 2 * both / either if either else 0.0


# Made stories


def made_figures(documents: Sequence[Made]) -> dict[str, float]:
    """Of the plain mode: copies that it finds, removals that a pair bears out, clusters that tell one story."""
    found = clipclean.dedup(({"id": made.id, "text": made.text} for made in documents), threshold=THRESHOLD)
    place = {made.id: at for at, made in enumerate(documents)}
    clusters = [[place[member] for member in cluster.members] for cluster in found.clusters]
    later = {at for members in clusters for at in sorted(members)[1:]}
    removed = {place[fold.id] for fold in found.folds if fold.duplicate_of}
    best = [0.0] * len(documents)
    copies = set()
    for (one, other), jaccard in jaccards([made.text for made in documents]).items():
        best[one], best[other] = max(best[one], jaccard), max(best[other], jaccard)
        if jaccard >= THRESHOLD:
            copies.add(other)
    borne_out = sum(best[at] >= THRESHOLD - MARGIN for at in removed)
    of_one = sum(len({documents[at].story for at in members}) == 1 for members in clusters)
    return {
        f"made copies at {THRESHOLD} found": len(copies & later) / len(copies),
        "made removals borne out": borne_out / max(len(removed), 1),
        "made clusters of one story": of_one / max(len(clusters), 1),
    }


def jaccards(texts: Sequence[str]) -> dict[tuple[int, int], float]:
    """The exact Jaccard of each two texts that share a shingle, by brute force; the pairs are in order."""
    sizes = []
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        words = _WORD.findall(text.lower())
        runs = {tuple(words[start : start + SHINGLE]) for start in range(max(len(words) - SHINGLE, 0) + 1)}
        sizes.append(len(runs))
        for run in runs:
            holders[run].append(at)
    shared = Counter(pair for holding in holders.values() for pair in combinations(holding, 2))
    return {(one, other): both / (sizes[one] + sizes[other] - both) for (one, other), both in shared.items()}
