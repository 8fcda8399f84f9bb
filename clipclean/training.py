"""Train the line models from labelled pages; a script for developers, never imported by the package.

    python -m clipclean.training DATA KIND

KIND is ``text`` (lines of a naive dump), ``blocks`` (pages) or ``ensemble`` (pages that trafilatura has read too). DATA
holds, for text, ``lines_raw``, ``lines_more`` and ``lines_recall`` (one clipping a line, with ``lines`` of {text, keep,
cov}, where ``cov`` is the share of a line's words that stand in the story), and for pages ``pages`` and ``pages_more``
(``html`` and ``gold_text``), each as ``.jsonl.gz``. Needs catboost (``pip install clipclean[train]``); the same data
and settings give the same file, byte for byte.

Choices, and where they come from: a line weighs as much as its share of its story, as one lost paragraph harms more
than one lost subhead; coverage between .3 and .8 is used as a soft label, as such lines are part story; general pages
weigh less than news for text, and as much for pages, where their variety was the strongest lever. Oblivious trees
score the same as leaf-wise trees on held-out publishers (F1 .927 and .928 with the columns of the line and its block
alone), and are several times quicker in columns.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.sheet import Kind, Sheet
from clipclean.config import CleanSettings
from clipclean.errors import RecordError
from clipclean.extraction import extract
from clipclean.model import Clipping, Page, PageLine

FOLDS = 5
SETTINGS = {
    "loss_function": "CrossEntropy", "depth": 6, "l2_leaf_reg": 5,
    "border_count": 32, "rsm": 0.2, "bootstrap_type": "Bernoulli", "subsample": 0.8, "boosting_type": "Plain",
    "random_seed": 1, "thread_count": 1, "allow_writing_files": False, "verbose": 0,
}  # fmt: skip

PACE: dict[Kind, dict[str, float]] = {
    Kind.TEXT: {"iterations": 400, "learning_rate": 0.08},
    Kind.BLOCKS: {"iterations": 300, "learning_rate": 0.1},
    Kind.ENSEMBLE: {"iterations": 300, "learning_rate": 0.1},
}

THRESHOLDS = {Kind.TEXT: 0.52, Kind.BLOCKS: 0.35, Kind.ENSEMBLE: 0.35}
"""On held-out publishers F1 hardly moves with them (text from .45 to .55: .930 to .936 on news, .935 to .936 on general
pages), but gutted clippings do (22 to 26, 98 to 122). Text stands where 8 of 100 are gutted; on pages, whose furniture
gives itself away by its elements, .35 guts a sixth fewer general pages than .45 for .001."""

NEWS = ("fundus", "fundus-hist", "wcxb")
PARSED = ("fundus", "fundus-hist")
"""News whose story was read by a parser for each publisher, which has gaps."""
WEIGHTS: dict[str, dict[str, float]] = {
    "lines_raw": dict.fromkeys(NEWS, 1.0),
    "lines_recall": dict.fromkeys(NEWS, 1.5),
    "lines_more": {"wcxb-more": 0.3, "readability": 0.3},
    "pages": {"fundus": 1.0, "fundus-hist": 1.0, "wcxb": 3.0},
    "pages_more": {"wcxb-more": 1.0, "readability": 1.0},
}
"""Which sets of which file are learnt from, and what a page of each weighs."""

FILES = {
    Kind.TEXT: ("lines_raw", "lines_recall", "lines_more"),
    Kind.BLOCKS: ("pages", "pages_more"),
    Kind.ENSEMBLE: ("pages", "pages_more"),
}

STORY_ONLY = 0.3
"""What the story lines alone of a page weigh, as a second example, against the page."""

LEAN, SHORT = 0.3, 0.3
"""The same for the page with only the furniture that is NEAR lines from its story, and for an excerpt of that."""

THIN = 3
"""Of what is plentiful (leaner general pages, lines of pages far from the story) every third is learnt from, with three
times its weight: that takes half the time."""

FAR = 10
"""Lines from its story at which a line of a page is far."""

NEAR = 3
EXCERPT = 8
"""Story lines of an excerpt."""

LONGEST = 5_000
"""Lines of the longest page that is made leaner."""

LEAD, LEAD_ROWS = 3, 3
"""How many times as much the first rows of a news story weigh: a lost lead harms most, and standfirsts are few."""

BETWEEN = 0.3
"""What a line of news weighs that the story does not hold but stands between two that it does: gold made by parsers
has gaps there (about one in six such lines is really story)."""

WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Example:
    """One labelled clipping: its lines, how much of each is story (0 to 1), what each weighs, and its fold."""

    page: Page
    story: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    fold: int


def fold_of(publisher: str) -> int:
    """The fold of a publisher: all its pages are in one, so that none is both learnt from and scored.

    >>> fold_of("Halden Post") == fold_of("Halden Post")
    True
    """
    return zlib.crc32(publisher.encode()) % FOLDS


def examples(data: Path, kind: Kind, pages: Mapping[str, Page] | None = None) -> Iterator[Example]:
    """The labelled clippings of a data folder, in the order of the files; pages without text are left out.

    ``pages`` are those that were extracted before, by id.
    """
    pages = pages or {}
    for name in FILES[kind]:
        with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as rows:
            for row in rows:
                record = json.loads(row)
                weight = WEIGHTS[name].get(record["dataset"])
                if weight is None:
                    continue
                if kind is not Kind.TEXT:
                    example = _page_example(record, weight, pages.get(record["id"]))
                    if example is not None:
                        yield example
                    continue
                example = _line_example(record, weight)
                yield example
                if name == "lines_raw":
                    yield _story_only(example)
                    yield from _leaner(example)
                elif name == "lines_more" and zlib.crc32(record["id"].encode()) % THIN == 0:
                    yield from map(_heavier, (_story_only(example), *_leaner(example)))


def _line_example(record: dict[str, Any], weight: float) -> Example:
    lines = record["lines"]
    story = [1.0 if line["keep"] else (line["cov"] if 0.3 <= line["cov"] < 0.8 else 0.0) for line in lines]
    page = Page(Clipping(id=record["id"]), tuple(PageLine(line["text"]) for line in lines))
    weights = np.full(len(lines), weight)
    if record["dataset"] in PARSED:
        weights[_gaps(np.asarray(story))] *= BETWEEN
    if record["dataset"] in NEWS:
        weights[_lead(np.asarray(story))] *= LEAD
    return Example(page, np.asarray(story), weights, fold_of(record["publisher"]))


def _lead(story: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    return np.flatnonzero(story >= 0.8)[:LEAD_ROWS]


def _gaps(story: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Lines that the story does not hold, between two that it does."""
    whole = np.flatnonzero(story >= 0.8)
    here = np.arange(len(story))
    return (story < 0.3) & (here > whole[0]) & (here < whole[-1]) if len(whole) else np.zeros(len(story), np.bool_)


def _story_only(example: Example) -> Example:
    """The same clipping as it looks when it comes clean, so that clean text is not taken apart."""
    whole = [at for at, share in enumerate(example.story) if share == 1.0]
    page = Page(example.page.clipping, tuple(example.page.lines[at] for at in whole))
    return Example(page, np.ones(len(whole)), example.weight[whole] * STORY_ONLY, example.fold)


def _leaner(example: Example) -> Iterator[Example]:
    """The same clipping as better scrapers dump it: little furniture, and an excerpt of the story with what is by it.

    Without these the model takes a short text for the remains of a long page, and its last lines for furniture.
    """
    whole = np.flatnonzero(example.story >= 0.8)
    if len(whole) < EXCERPT:
        return
    every = np.arange(len(example.story))
    near = every[np.abs(every[:, None] - whole[None, :]).min(1) <= NEAR] if len(every) < LONGEST else every
    start = zlib.crc32(example.page.clipping.id.encode()) % (len(whole) - EXCERPT + 1)
    first, last = whole[start], whole[start + EXCERPT - 1]
    for chosen, part in ((near, LEAN), (near[(near >= first - NEAR) & (near <= last + NEAR)], SHORT)):
        page = Page(example.page.clipping, tuple(example.page.lines[at] for at in chosen))
        yield Example(page, example.story[chosen], example.weight[chosen] * part, example.fold)


def _heavier(example: Example) -> Example:
    return replace(example, weight=example.weight * THIN)


def _page_example(record: dict[str, Any], weight: float, page: Page | None) -> Example | None:
    try:
        page = page or extract(Clipping(id=record["id"], html=record["html"], url=record.get("url")), CleanSettings())
    except RecordError:
        return None
    story = coverage([line.text for line in page.lines], record["gold_text"])
    weights = np.full(len(story), weight)
    if record["dataset"] in NEWS:
        apart = np.asarray([bool(line.hints & {"figure", "aside", "nav", "form"}) for line in page.lines])
        linked = np.asarray([line.link_share >= 0.5 for line in page.lines])
        weights[_gaps(story) & ~apart & ~linked] *= BETWEEN
        weights[_lead(story)] *= LEAD
    return Example(page, story, weights, fold_of(record["publisher"]))


def coverage(lines: Sequence[str], gold: str) -> npt.NDArray[np.float64]:
    """How much of each line stands in the story: its share of word triples; a line of one or two words all or nothing.

    A line that stands twice counts once, where its neighbours are story: headlines and teasers repeat the lead.

    >>> coverage(["Rain fell on Halden.", "Share"], "All night rain fell on Halden.").tolist()
    [1.0, 0.0]
    """
    words = WORD.findall(gold.lower())
    triples = set(zip(words, words[1:], words[2:], strict=False))
    whole = {" ".join(WORD.findall(line.lower())) for line in gold.split("\n")}
    found = []
    for line in lines:
        own = WORD.findall(line.lower())
        runs = list(zip(own, own[1:], own[2:], strict=False))
        if " ".join(own) in whole:
            found.append(1.0 if own else 0.0)
        else:
            found.append(sum(run in triples for run in runs) / len(runs) if runs else 0.0)
    share = np.where(np.asarray(found) >= 0.8, 1.0, np.where(np.asarray(found) < 0.3, 0.0, found))
    return _once(lines, share)


def _once(lines: Sequence[str], share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    around = np.convolve(share, np.ones(11), "same") if len(share) else share
    best: dict[str, int] = {}
    for at, line in enumerate(lines):
        if line not in best or around[at] > around[best[line]]:
            best[line] = at
    return np.asarray(
        [value if best[line] == at else 0.0 for at, (line, value) in enumerate(zip(lines, share, strict=True))]
    )


@dataclass(frozen=True)
class Table:
    """What is learnt from: column ``names``, ``rows`` [row, column], and each row's soft label, weight and fold."""

    names: list[str]
    rows: npt.NDArray[np.float32]
    story: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    fold: npt.NDArray[np.int64]


def table(given: Sequence[Example], kind: Kind) -> Table:
    """The rows of the examples, as the line model of a kind sees them."""
    sheet = Sheet.of([example.page for example in given])
    columns = sheet.columns(kind)
    if kind is Kind.BLOCKS:
        del columns["extracted"]
    rows = np.column_stack([column.astype(np.float32) for column in columns.values()])
    chosen = [(example, span) for example, spans in zip(given, sheet.spans, strict=True) for span in spans]
    story = np.asarray([example.story[list(span)].mean() for example, span in chosen])
    weights = np.asarray([example.weight[span.start] for example, span in chosen])
    mass = sheet.blocks.total(sheet["words"] * (story >= 0.8))
    share = np.minimum(1.0, 5 * np.maximum(sheet["words"], 1) / np.maximum(mass, 1))
    fold = np.asarray([example.fold for example, _ in chosen])
    weights = share * weights + 1e-3
    if kind is not Kind.TEXT:
        far = sheet.blocks.window(story > 0, FAR) == 0
        kept = ~far | (np.arange(len(far)) % THIN == 0)
        weights = np.where(far, weights * THIN, weights)
        rows, story, weights, fold = rows[kept], story[kept], weights[kept], fold[kept]
    return Table(list(columns), rows, story, weights, fold)


def train(given: Table, kind: Kind, *, hold_out: int | None = None) -> dict[str, Any]:
    """The model learnt from a table without the fold ``hold_out``, as the JSON value that ``trees.load`` reads."""
    import catboost

    chosen = given.fold != hold_out if hold_out is not None else slice(None)
    model = catboost.CatBoostClassifier(**SETTINGS, **PACE[kind])
    pool = catboost.Pool(
        given.rows[chosen], given.story[chosen], weight=given.weight[chosen], feature_names=given.names
    )
    model.fit(pool)
    return {**_exported(model, given.names), "threshold": THRESHOLDS[kind]}


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
    }


def write(model: dict[str, Any], target: Path) -> None:
    """Write a model as JSON on one line."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(model, separators=(",", ":"), ensure_ascii=True) + "\n", "utf-8")


def main() -> None:
    """Read the command line, train, write the model and where it came from."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("data", type=Path, help="folder with the labelled pages or lines")
    ask.add_argument("kind", type=Kind, choices=list(Kind), help="what the model is for")
    given = ask.parse_args()
    chosen = list(examples(given.data, given.kind))
    rows = table(chosen, given.kind)
    model = train(rows, given.kind)
    model["provenance"] = {
        "script": "clipclean/training.py",
        "data": {f"{name}.jsonl.gz": _digest(given.data / f"{name}.jsonl.gz") for name in FILES[given.kind]},
        "clippings": len(chosen),
        "settings": {**SETTINGS, **PACE[given.kind]},
        "weights": {name: WEIGHTS[name] for name in FILES[given.kind]},
    }
    target = Path(__file__).parent / "cleaning" / "models" / f"{given.kind}.json"
    write(model, target)
    sys.stderr.write(f"{target.name}: {target.stat().st_size:,} bytes, from {len(chosen):,} examples\n")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


if __name__ == "__main__":
    main()
