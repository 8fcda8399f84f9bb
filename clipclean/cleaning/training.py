"""Train the line model from labelled pages; a script for developers, never imported by the package.

    python -m clipclean.cleaning.training DATA [--hold-out FOLD] [--out FILE]

DATA holds ``lines_raw.jsonl.gz``, ``lines_more.jsonl.gz`` and ``lines_recall.jsonl.gz``: one clipping a line, with
``lines`` of {text, keep, cov}, where ``cov`` is the share of a line's words that stand in the story. Needs catboost
(``pip install clipclean[train]``); the same data and settings give the same file, byte for byte.

Choices, and where they come from: a line weighs as much as its share of its story, as one lost paragraph harms more
than one lost subhead; coverage between .3 and .8 is used as a soft label, as such lines are part story; general pages
weigh less than news. Oblivious trees score the same as leaf-wise trees on held-out publishers (F1 .927 and .928 with
the columns of the line and its block alone), and are several times quicker in columns.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.sheet import Sheet
from clipclean.model import Clipping, Page, PageLine

FOLDS = 5
SETTINGS = {
    "loss_function": "CrossEntropy", "depth": 6, "iterations": 300, "learning_rate": 0.1, "l2_leaf_reg": 5,
    "border_count": 64, "rsm": 0.5, "bootstrap_type": "Bernoulli", "subsample": 0.8, "boosting_type": "Plain",
    "random_seed": 1, "thread_count": 1, "allow_writing_files": False, "verbose": 0,
}  # fmt: skip
THRESHOLD = 0.45
"""On held-out publishers .5 gives .003 more F1 and guts a tenth more clippings; losing story is the worse fault."""

NEWS = ("fundus", "fundus-hist", "wcxb")
WEIGHTS = {
    "lines_raw": dict.fromkeys(NEWS, 1.0),
    "lines_recall": dict.fromkeys(NEWS, 0.5),
    "lines_more": {"wcxb-more": 0.3, "readability": 0.3},
}
"""Which sets of which file are learnt from, and what a page of each weighs."""


STORY_ONLY = 0.3
"""What the story lines alone of a page weigh, as a second example, against the page."""


@dataclass(frozen=True)
class Example:
    """One labelled clipping: its lines, how much of each is story (0 to 1), its weight and its publisher's fold."""

    page: Page
    story: npt.NDArray[np.float64]
    weight: float
    fold: int


def fold_of(publisher: str) -> int:
    """The fold of a publisher: all its pages are in one, so that none is both learnt from and scored.

    >>> fold_of("Halden Post") == fold_of("Halden Post")
    True
    """
    return zlib.crc32(publisher.encode()) % FOLDS


def examples(data: Path) -> Iterator[Example]:
    """The labelled clippings of a data folder, in the order of the files."""
    for name, weights in WEIGHTS.items():
        with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as rows:
            for row in rows:
                record = json.loads(row)
                if record["dataset"] in weights:
                    example = _example(record, weights[record["dataset"]])
                    yield example
                    if name != "lines_recall":
                        yield _story_only(example)


def _example(record: dict[str, Any], weight: float) -> Example:
    lines = record["lines"]
    story = [1.0 if line["keep"] else (line["cov"] if 0.3 <= line["cov"] < 0.8 else 0.0) for line in lines]
    page = Page(Clipping(id=record["id"]), tuple(PageLine(line["text"]) for line in lines))
    return Example(page, np.asarray(story), weight, fold_of(record["publisher"]))


def _story_only(example: Example) -> Example:
    """The same clipping as it looks when it comes clean, so that clean text is not taken apart."""
    whole = [at for at, share in enumerate(example.story) if share == 1.0]
    page = Page(example.page.clipping, tuple(example.page.lines[at] for at in whole))
    return Example(page, np.ones(len(whole)), example.weight * STORY_ONLY, example.fold)


def table(given: Sequence[Example]) -> tuple[list[str], npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """Column names, rows [row, column], soft labels and weights of the examples."""
    sheet = Sheet.of([example.page for example in given])
    columns = {**sheet.own, **sheet.around, **sheet.cue_columns}
    rows = np.column_stack([column.astype(np.float32) for column in columns.values()])
    story = np.concatenate([
        [example.story[list(span)].mean() for span in spans] for example, spans in zip(given, sheet.spans, strict=True)
    ])  # fmt: skip
    weights = np.asarray([example.weight for example, spans in zip(given, sheet.spans, strict=True) if spans])
    mass = sheet.blocks.total(sheet["words"] * (story >= 0.8))
    share = np.minimum(1.0, 5 * np.maximum(sheet["words"], 1) / np.maximum(mass, 1))
    return list(columns), rows, story, share * weights[sheet.blocks.page] + 1e-3


def train(given: Sequence[Example]) -> dict[str, Any]:
    """The model learnt from some examples, as the JSON value that ``trees.load`` reads."""
    import catboost

    names, rows, story, weights = table(given)
    model = catboost.CatBoostClassifier(**SETTINGS)
    model.fit(catboost.Pool(rows, story, weight=weights, feature_names=names))
    return _exported(model, names)


def _exported(model: Any, names: list[str]) -> dict[str, Any]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "model.json")
        model.save_model(str(target), format="json")
        stored = json.loads(target.read_text("utf-8"))
    questions: dict[tuple[int, float], int] = {}
    trees: list[list[int]] = []
    leaves: list[list[float]] = []
    for tree in stored["oblivious_trees"]:
        splits = [(split["float_feature_index"], float(np.float32(split["border"]))) for split in tree["splits"]]
        trees.append([questions.setdefault(split, len(questions)) for split in splits])
        leaves.append([round(value, 5) for value in tree["leaf_values"]])
    scale, bias = stored["scale_and_bias"]
    if scale != 1:
        raise SystemExit("the trees have a scale that the evaluator does not know")
    levels = max(map(len, trees))
    never = questions.setdefault((0, 3.0e38), len(questions))  # pads trees that stopped early
    for asked, values in zip(trees, leaves, strict=True):
        while len(asked) < levels:
            asked.append(never)
            values.extend([0.0] * len(values))
    used = sorted({column for column, _ in questions})
    place = {column: at for at, column in enumerate(used)}
    return {
        "columns": [names[column] for column in used],
        "questions": [[place[column], border] for column, border in questions],
        "trees": trees,
        "leaves": leaves,
        "bias": bias[0],
        "threshold": THRESHOLD,
    }


def main() -> None:
    """Read the command line, train, write the model and where it came from."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("data", type=Path, help="folder with the labelled lines")
    ask.add_argument("--hold-out", type=int, choices=range(FOLDS), help="leave the publishers of this fold out")
    ask.add_argument("--out", type=Path, default=Path(__file__).with_name("models") / "text.json")
    given = ask.parse_args()
    chosen = [example for example in examples(given.data) if example.fold != given.hold_out]
    digest = {
        f"{name}.jsonl.gz": hashlib.sha256((given.data / f"{name}.jsonl.gz").read_bytes()).hexdigest()[:16]
        for name in WEIGHTS
    }
    model = train(chosen)
    model["provenance"] = {
        "script": "clipclean/cleaning/training.py",
        "data": digest,
        "clippings": len(chosen),
        "held_out_fold": given.hold_out,
        "settings": SETTINGS,
        "weights": WEIGHTS,
        "story_only": STORY_ONLY,
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(model, separators=(",", ":"), ensure_ascii=True) + "\n", "utf-8")
    sys.stderr.write(f"{given.out}: {given.out.stat().st_size:,} bytes, from {len(chosen):,} clippings\n")


if __name__ == "__main__":
    main()
