"""Clean with line models that have not seen a clipping's publisher; a script for scoring, not part of the package.

    python -m clipclean.training DATA text --folds models
    python -m clipclean.held_out models INPUT -o OUTPUT [--extractor blocks]

It takes the same input and writes the same ``id`` and ``text`` as ``clipclean clean``, so a script that scores the one
scores the other. A clipping's fold is that of its ``source``, which must be its publisher.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from clipclean.cleaning import Cleaner
from clipclean.cleaning.sheet import Kind
from clipclean.cleaning.trees import from_json
from clipclean.config import CleanSettings, Extractor
from clipclean.errors import RecordError
from clipclean.extraction import extract
from clipclean.model import Clipping
from clipclean.readers import read
from clipclean.training import FOLDS, fold_of
from clipclean.writers import to_json


def cleaners(models: Path, settings: CleanSettings) -> list[Cleaner]:
    """A cleaner for each fold, with those of its models that are there."""
    return [
        Cleaner(
            settings,
            models={
                kind: from_json(path.read_bytes()) for kind in Kind if (path := _path(models, kind, fold)).exists()
            },
        )
        for fold in range(FOLDS)
    ]


def _path(models: Path, kind: Kind, fold: int) -> Path:
    return models / f"{kind}.{fold}.json"


def cleaned(names: list[str], by_fold: list[Cleaner], settings: CleanSettings) -> Iterator[dict[str, str]]:
    """The clippings of the inputs, each cleaned by the cleaner of its fold; empty text where it cannot be."""
    for clipping in read(names):
        if not isinstance(clipping, Clipping):
            continue
        try:
            (result,) = by_fold[fold_of(clipping.source or "")].clean([extract(clipping, settings)])
            text = result.text
        except RecordError:
            text = ""
        yield {"id": clipping.id, "text": text}


def main() -> None:
    """Read the command line, clean, write JSON Lines."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("models", type=Path, help="folder with KIND.FOLD.json")
    ask.add_argument("inputs", nargs="+")
    ask.add_argument("-o", "--output", type=Path, required=True)
    ask.add_argument("--extractor", type=Extractor, choices=list(Extractor), default=Extractor.ENSEMBLE)
    given = ask.parse_args()
    settings = CleanSettings(extractor=given.extractor)
    with given.output.open("wb") as rows:
        for record in cleaned(given.inputs, cleaners(given.models, settings), settings):
            rows.write(to_json(record) + b"\n")


if __name__ == "__main__":
    main()
