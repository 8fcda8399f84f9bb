"""Whether cleaning and finding copies are as good as they were: figures against the floors in ``fixtures/floors.json``.

    python tests/gate/gate.py [DATA] [--models FOLDER] [--duplicates FOLDER] [--raise] [--report FILE]

The project's own fixtures are always scored, with the models that ship. Where DATA is a folder of labelled pages (see
``clipclean/training.py``), line models are trained without each fifth of the publishers and score that fifth: these are
the figures to expect on sites that nobody has seen. ``--models`` keeps those models, or takes those that are there.
Copies are looked for among made documents, and in the folder ``--duplicates`` among real ones (see ``duplicates.py``).
Floors only rise: ``--raise`` writes those that are passed. ``--report`` writes all figures as Markdown, by set and by
group of languages, next to those of the dump as it is and of trafilatura.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duplicates
import indexed
import trafilatura
from measures import Score, lead_stays, score

from clipclean import training
from clipclean.cleaning import Cleaner
from clipclean.cleaning.sheet import Kind
from clipclean.cleaning.trees import from_json
from clipclean.config import CleanSettings
from clipclean.errors import RecordError
from clipclean.extraction import extract
from clipclean.model import CleanClipping, Clipping, Failure, Page, PageLine
from clipclean.readers import read

FIXTURES = Path(__file__).parents[2] / "fixtures"
FLOORS = FIXTURES / "floors.json"
SLACK = 0.001
"""Figures are compared with this slack: training differs in the last digit from one processor to another."""

GROUPS = {
    "English": ("en",), "German": ("de",), "French, Spanish, Italian, Portuguese": ("fr", "es", "it", "pt", "ca", "gl"),
    "Dutch, Nordic": ("nl", "sv", "no", "nb", "nn", "da", "fi", "is"), "Chinese, Japanese, Korean": ("zh", "ja", "ko"),
}  # fmt: skip
OTHER_LANGUAGES = "other languages"
SETS = {"news": training.NEWS, **{name: (name,) for name in (*training.NEWS, "wcxb-more", "readability")}}

Texts = dict[str, str]
Records = Mapping[str, dict[str, Any]]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a compressed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


# The project's own fixtures


def fixture_figures() -> dict[str, float]:
    """Shares of the fixture dump's lines of story that stay and of furniture that goes."""
    clippings = [item for item in read([str(FIXTURES / "dump")]) if not isinstance(item, Failure)]
    results = {result.id: result for result in Cleaner().clean([extract(clipping) for clipping in clippings])}
    story: list[bool] = []
    furniture: list[bool] = []
    for row in (FIXTURES / "expected.jsonl").read_text("utf-8").splitlines():
        expected = json.loads(row)
        result = next(result for name, result in results.items() if name.endswith(expected["id"]))
        kept = {line.text.strip(): line.keep for line in result.lines}
        for line in expected["lines"]:
            text = line["text"].strip()
            if text in kept:
                (story if line["keep"] else furniture).append(kept[text] == line["keep"])
    return {"story kept": sum(story) / len(story), "furniture taken": sum(furniture) / len(furniture)}


# Publishers that no model has seen


class Labelled:
    """The labelled pages of a folder, read once: records by id, and their pages as an ensemble sees them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records: dict[str, dict[str, Any]] = {}
        self.pages: dict[str, Page] = {}
        self.trafilatura: dict[str, Texts] = {"trafilatura": {}, "trafilatura, favor_precision": {}}

    def load(self, *, report: bool) -> None:
        """Read and extract; for a report, ask trafilatura alone too."""
        for name in ("pages", "pages_more"):
            for record in rows(self.folder / f"{name}.jsonl.gz"):
                html = record.pop("html")
                self.records[record["id"]] = record
                if report:
                    self.trafilatura["trafilatura"][record["id"]] = (
                        trafilatura.extract(html, include_comments=False) or ""
                    )
                    precise = trafilatura.extract(html, favor_precision=True, include_comments=False) or ""
                    self.trafilatura["trafilatura, favor_precision"][record["id"]] = precise
                clipping = Clipping(id=record["id"], html=html, url=record.get("url"), source=record["publisher"])
                try:
                    page = extract(clipping, CleanSettings())
                except RecordError:
                    continue
                self.pages[record["id"]] = replace(page, clipping=replace(page.clipping, html=""))

    def dumps(self, name: str) -> dict[str, Page]:
        """The pages as plain lines, from the file of a dump."""
        return {
            record["id"]: self._text_page(record["id"], [line["text"] for line in record["lines"]])
            for record in rows(self.folder / f"{name}.jsonl.gz")
            if record["id"] in self.records
        }

    def stories(self) -> dict[str, Page]:
        """The gold texts of news as they are."""
        return {
            name: self._text_page(name, record["gold_text"].split("\n"))
            for name, record in self.records.items()
            if record["dataset"] in training.NEWS
        }

    def _text_page(self, name: str, lines: Sequence[str]) -> Page:
        clipping = Clipping(id=name, text="", source=self.records[name]["publisher"])
        return Page(clipping, tuple(map(PageLine, lines)))

    def as_blocks(self) -> dict[str, Page]:
        """The pages without trafilatura's opinion."""
        return {
            name: replace(page, lines=tuple(replace(line, extracted=None) for line in page.lines))
            for name, page in self.pages.items()
        }


_tables: dict[Kind, training.Table] = {}  # what the workers inherit when they start


def _train(kind: Kind, fold: int, target: Path) -> None:
    training.write(training.train(_tables[kind], kind, hold_out=fold), target)


def train_missing(data: Labelled, models: Path) -> None:
    """Train the models of all folds that are not there yet, two at a time."""
    models.mkdir(parents=True, exist_ok=True)
    for kind in Kind:
        folds = [fold for fold in range(training.FOLDS) if not (models / f"{kind}.{fold}.json").exists()]
        if not folds:
            continue
        _tables[kind] = training.table(list(training.examples(data.folder, kind, data.pages)), kind)
        with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
            waiting = [pool.submit(_train, kind, fold, models / f"{kind}.{fold}.json") for fold in folds]
            for done in waiting:
                done.result()
        del _tables[kind]


def cleaners(models: Path) -> list[Cleaner]:
    """A cleaner for each fold, with the models that have not seen its publishers."""
    files = [{kind: models / f"{kind}.{fold}.json" for kind in Kind} for fold in range(training.FOLDS)]
    return [Cleaner(models={kind: from_json(path.read_bytes()) for kind, path in of.items()}) for of in files]


def cleaned(pages: Mapping[str, Page], by_fold: Sequence[Cleaner]) -> dict[str, CleanClipping]:
    """Each page cleaned by the models that have not seen its publisher."""
    found: dict[str, CleanClipping] = {}
    for fold, cleaner in enumerate(by_fold):
        names = [name for name, page in pages.items() if training.fold_of(page.clipping.source or "") == fold]
        found.update(zip(names, cleaner.clean([pages[name] for name in names]), strict=True))
    return found


def texts_of(results: Mapping[str, CleanClipping]) -> Texts:
    """The cleaned texts by id."""
    return {name: result.text for name, result in results.items()}


def as_dumped(pages: Mapping[str, Page]) -> Texts:
    """The texts of pages as they came."""
    return {name: "\n".join(line.text for line in page.lines) for name, page in pages.items()}


def sets(records: Records, texts: Texts) -> dict[str, Score]:
    """The score of each set that the texts belong to."""
    found = {}
    for name, members in SETS.items():
        pages = [record for key, record in records.items() if record["dataset"] in members and key in texts]
        if pages:
            found[name] = score(pages, texts)
    return found


def language_groups(records: Records, texts: Texts) -> dict[str, Score]:
    """The score of news by group of languages."""
    by_group: dict[str, list[dict[str, Any]]] = {name: [] for name in (*GROUPS, OTHER_LANGUAGES)}
    for key, record in records.items():
        if record["dataset"] in training.NEWS and key in texts:
            lang = str(record.get("lang") or "")[:2]
            group = next((name for name, members in GROUPS.items() if lang in members), OTHER_LANGUAGES)
            by_group[group].append(record)
    return {name: score(pages, texts) for name, pages in by_group.items() if pages}


def leads(records: Records, before: Texts, after: Texts) -> float:
    """The share of news whose lead stays whole."""
    news = [key for key in after if records[key]["dataset"] in training.NEWS]
    told = [lead_stays(records[key]["gold_text"], before[key], after[key]) for key in news]
    known = [stays for stays in told if stays is not None]
    return sum(known) / len(known)


def lines_kept(results: Mapping[str, CleanClipping]) -> float:
    """The share of lines with text that are kept."""
    lines = [line.keep for result in results.values() for line in result.lines if line.text.strip()]
    return sum(lines) / len(lines)


class HeldOut:
    """All figures on publishers that the models have not seen."""

    def __init__(self, data: Labelled, models: Path) -> None:
        by_fold = cleaners(models)
        self.data = data
        self.inputs = {
            "text": {**data.dumps("lines_raw"), **data.dumps("lines_more")},
            "extracted text": data.dumps("lines_recall"),
            "ensemble": data.pages,
            "blocks": data.as_blocks(),
        }
        results = {name: cleaned(pages, by_fold) for name, pages in self.inputs.items()}
        self.texts = {name: texts_of(found) for name, found in results.items()}
        for name in ("ensemble", "blocks"):  # a page that cannot be read counts as lost
            self.texts[name] = dict.fromkeys(data.records, "") | self.texts[name]
        self.results = results
        self.stories_kept = lines_kept(cleaned(data.stories(), by_fold))

    def figures(self) -> dict[str, dict[str, float]]:
        """What floors hold: the higher, the better."""
        found: dict[str, dict[str, float]] = {}
        for name, texts in self.texts.items():
            part = found[name] = {}
            for which, figure in sets(self.data.records, texts).items():
                part[f"{which} f1"] = figure.f1
                part[f"{which} not gutted"] = 1 - figure.gutted / figure.pages
            before = as_dumped(self.inputs[name])
            after = {key: text for key, text in texts.items() if key in before}
            part["lead stays"] = leads(self.data.records, before, after)
        found["clean text"] = {"lines kept": self.stories_kept}
        return found

    def systems(self) -> dict[str, Texts]:
        """What a report compares: ours, the dump as it is, and trafilatura."""
        dump, recall = as_dumped(self.inputs["text"]), as_dumped(self.inputs["extracted text"])
        return {
            "the dump as it is": dump,
            "clipclean, text": self.texts["text"],
            "extracted text as it is": recall,
            "clipclean, extracted text": self.texts["extracted text"],
            **self.data.trafilatura,
            "clipclean, blocks": self.texts["blocks"],
            "clipclean, ensemble": self.texts["ensemble"],
        }


def report(found: HeldOut) -> str:
    """All figures as Markdown."""
    records, systems = found.data.records, found.systems()
    parts = []
    for title, cut in (("By set", sets), ("News by group of languages", language_groups)):
        scores = {name: cut(records, texts) for name, texts in systems.items()}
        parts += [f"## {title}", "", *_table(scores), ""]
    parts += ["## Other figures", ""]
    for name, figures in found.figures().items():
        parts += [f"- {name}, {what}: {value:.4f}" for what, value in figures.items() if "f1" not in what]
    return "\n".join(parts) + "\n"


def _table(scores: Mapping[str, Mapping[str, Score]]) -> Iterator[str]:
    columns = list(dict.fromkeys(column for row in scores.values() for column in row))
    pages = {column: row[column].pages for row in scores.values() for column in row}
    yield "| F1 (gutted) | " + " | ".join(f"{column} ({pages[column]})" for column in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for name, row in scores.items():
        cells = (f"{row[column].f1:.3f} ({row[column].gutted})" if column in row else "" for column in columns)
        yield f"| {name} | " + " | ".join(cells) + " |"


# Floors


def compare(figures: Mapping[str, Mapping[str, float]], floors: Mapping[str, Mapping[str, float]]) -> bool:
    """Print each figure beside its floor; whether all hold."""
    holds = True
    for part, rows_ in figures.items():
        for name, value in rows_.items():
            floor = floors.get(part, {}).get(name)
            below = floor is not None and value < floor - SLACK
            holds = holds and not below
            told = "no floor" if floor is None else f"floor {floor:.4f}"
            print(f"{part:16} {name:26} {value:.4f}  {told}{'  BELOW' if below else ''}")
    return holds


def raised(figures: Mapping[str, Mapping[str, float]], floors: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """The floors with every figure that is above its own, rounded down to four decimals."""
    found = {part: dict(rows_) for part, rows_ in floors.items()}
    for part, rows_ in figures.items():
        for name, value in rows_.items():
            known = found.setdefault(part, {})
            known[name] = max(known.get(name, 0.0), int(value * 10_000) / 10_000)
    return found


def main() -> int:
    """Read the command line, score, compare."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("data", nargs="?", type=Path, help="folder of labelled pages; without it only fixtures are scored")
    ask.add_argument("--models", type=Path, help="where the models of the folds are kept (default: nowhere)")
    ask.add_argument("--duplicates", type=Path, help="folder of judged pairs; without it copies are found in made ones")
    ask.add_argument("--raise", dest="lift", action="store_true", help="write the floors that are passed")
    ask.add_argument("--report", type=Path, help="write all figures as Markdown")
    given = ask.parse_args()
    figures: dict[str, dict[str, float]] = {"fixtures": fixture_figures()}
    figures |= duplicates.figures(given.duplicates)
    figures |= indexed.figures(given.duplicates)
    if given.data and given.data.is_dir():
        data = Labelled(given.data)
        data.load(report=bool(given.report))
        with tempfile.TemporaryDirectory() as folder:
            models = given.models or Path(folder)
            train_missing(data, models)
            found = HeldOut(data, models)
        figures |= found.figures()
        if given.report:
            given.report.write_text(report(found), "utf-8")
    else:
        print("no labelled pages: cleaning is scored on the fixtures only")
    floors = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    holds = compare(figures, floors)
    if given.lift:
        FLOORS.write_text(json.dumps(raised(figures, floors), indent=2, sort_keys=True) + "\n", "utf-8")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
