"""The options that say what is a copy, how far copies are folded, and which of them stays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clipclean.cli.options import CLEANING, FLAG, RUNNING, WRITING
from clipclean.config import Candidates, Copies, Keep, Level, Reach, Scope

COPIES = "What is a copy"

Threshold = Annotated[
    float | None,
    typer.Option(
        "--threshold",
        metavar="T",
        rich_help_panel=COPIES,
        show_default="typed relations",
        help="Plain mode: a pair matches if its measured Jaccard of word 5-grams is at least T.",
    ),
]
HowFound = Annotated[
    Candidates | None,
    typer.Option(
        "--candidates",
        metavar="HOW",
        rich_help_panel=COPIES,
        show_default="sketch",
        help="How pairs are found: sketch (a shared low hash) or bands (of MinHash signatures, as other tools do it).",
    ),
]
WhichStays = Annotated[
    Keep | None,
    typer.Option(
        "--keep",
        metavar="WHICH",
        rich_help_panel=COPIES,
        show_default="longest",
        help="The copy of a story that stays: longest, earliest, latest, first (in the input) or preferred.",
    ),
]
Preferred = Annotated[
    list[str] | None,
    typer.Option(
        "--prefer",
        metavar="SOURCES",
        rich_help_panel=COPIES,
        show_default=False,
        help="Keep the copy of the first of these sources, as in reuters.com,apnews.com; says --keep preferred.",
    ),
]
HowFar = Annotated[
    Reach | None,
    typer.Option(
        "--fold",
        metavar="HOW-FAR",
        rich_help_panel=COPIES,
        show_default="abridgement",
        help="How far copies fold: none, exact, duplicate, abridgement or update; each includes the nearer ones.",
    ),
]
HowNear = Annotated[
    Level | None,
    typer.Option(
        "--level",
        metavar="LEVEL",
        rich_help_panel=COPIES,
        show_default=False,
        help="The same as archives say it: high similarity (folds up to duplicate) or moderate (up to update).",
    ),
]
Window = Annotated[
    str | None,
    typer.Option(
        "--window",
        metavar="TIME",
        rich_help_panel=COPIES,
        show_default="none",
        help="Fold only copies published within this time of the kept one, as in 7d; an index drops what is older.",
    ),
]
WhichSources = Annotated[
    Scope | None,
    typer.Option(
        "--scope",
        metavar="SCOPE",
        rich_help_panel=COPIES,
        show_default="all",
        help="Fold copies of all sources, only of the same-source, or only cross-source.",
    ),
]
Against = Annotated[
    list[str] | None,
    typer.Option(
        "--against",
        metavar="OLD",
        rich_help_panel=COPIES,
        show_default=False,
        help="Fold only copies of what is in this file, folder or glob, which is not written. Repeatable.",
    ),
]
YesterdaysIndex = Annotated[
    str | None,
    typer.Option(
        "--index",
        metavar="FILE",
        rich_help_panel=COPIES,
        show_default=False,
        help="Fold copies of what is in this index, then add to it: a file, made if it is not there, or redis://HOST/0.",
    ),
]
StoreText = Annotated[
    bool,
    typer.Option(
        "--store-text",
        metavar=FLAG,
        rich_help_panel=COPIES,
        help="Keep the clean texts in the index too, so that it can be rebuilt with other settings.",
    ),
]
WhatOfCopies = Annotated[
    Copies | None,
    typer.Option(
        "--dup",
        metavar="WHAT",
        rich_help_panel=COPIES,
        show_default="remove; of dedup annotate",
        help="What becomes of copies: remove, annotate (write them with their cluster) or group (in the kept one).",
    ),
]
Pairs = Annotated[
    Path | None,
    typer.Option(
        "--pairs",
        metavar="FILE",
        rich_help_panel=WRITING,
        show_default=False,
        help="Write every measured pair of copies here.",
    ),
]
CleanFirst = Annotated[
    bool,
    typer.Option(
        "--clean",
        metavar=FLAG,
        rich_help_panel=CLEANING,
        help="Compare the cleaned texts; records keep theirs.",
    ),
]
Preview = Annotated[
    bool,
    typer.Option(
        "--preview",
        metavar=FLAG,
        rich_help_panel=COPIES,
        help="Write nothing; show how many fold at each level, and borderline pairs side by side.",
    ),
]
PreviewPairs = Annotated[
    int | None,
    typer.Option(
        "--preview-pairs",
        metavar="N",
        min=0,
        rich_help_panel=COPIES,
        show_default="10",
        help="How many pairs --preview shows; says --preview.",
    ),
]
NoColor = Annotated[
    bool,
    typer.Option(
        "--no-color",
        metavar=FLAG,
        rich_help_panel=RUNNING,
        help="In --preview, mark what two texts share with ‹ and › instead of colors.",
    ),
]
