"""What moved the line model most on a row, in words: the reason where no named rule gives one.

A tree's answer is followed question by question; what each question changes in the mean of the leaves that are still
open is what its column contributes (Saabas, "Interpreting random forests", 2014; exact in sum, cheap, and biased
towards the questions asked last). Columns that say the same kind of thing are added up, and the strongest kinds are told
with the row's own values. Nothing here takes part in a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.trees import LineModel

STRONGEST = 3
"""Kinds of evidence that are told of a row."""

FAINT = 0.1
"""Log-odds: evidence below this is not told."""

Row = Mapping[str, float]


def _count(number: float, one: str, more: str = "") -> str:
    return f"{number:.0f} {one if round(number) == 1 else more or one + 's'}"


def _size(row: Row) -> str:
    return _count(row.get("words", 0.0), "word")


def _ending(row: Row) -> str:
    if row.get("trails"):
        return "cut off with an ellipsis"
    if row.get("ends_colon"):
        return "ends with a colon"
    return "ends like a sentence" if row.get("stops") else "does not end like a sentence"


def _opening(row: Row) -> str:
    named = {
        "starts_upper": "a capital", "starts_lower": "a small letter", "starts_digit": "a digit",
        "starts_quote": "a quotation mark", "starts_bullet": "a bullet", "starts_bracket": "a bracket",
        "starts_symbol": "a symbol",
    }  # fmt: skip
    return next((f"starts with {what}" for name, what in named.items() if row.get(name)), "how it starts")


def _looks(row: Row) -> str:
    if row.get("digit_share", 0.0) >= 0.15:
        return "mostly digits" if row["digit_share"] >= 0.5 else "many digits"
    if row.get("bars"):
        return "parted by bars"
    return "many capitals" if row.get("capital_share", 0.0) >= 0.5 else "its casing and marks"


def _around(row: Row) -> str:
    share = row.get("sentences_5", 0.0)
    if share >= 0.5:
        return "among lines that read like sentences"
    return "few sentences around it" if share > 0 else "no sentence near"


def _where(row: Row) -> str:
    if row.get("inside"):
        return "inside the main run of sentences"
    return "above the main run of sentences" if row.get("past_start", 0.0) < 0 else "below the main run of sentences"


def _furniture(row: Row) -> str:
    return "furniture near it" if row.get("furniture_3") or row.get("ending_before") else "no furniture near it"


def _words(row: Row) -> str:
    held = sorted({name[4:].split(".")[0].replace("_", " ") for name, value in row.items() if name[:4] == "cue:" and value})
    return f"its words ({', '.join(held)})" if held else "holds no words of furniture"


def _cohesion(row: Row) -> str:
    return "shares words with the story" if row.get("main_overlap", 0.0) >= 0.3 else "shares few words with the story"


def _links(row: Row) -> str:
    share = row.get("links", 0.0)
    return "all link" if share > 0.9 else "part link" if share else "no link in it"


def _element(row: Row) -> str:
    held = [name.split(":")[1] for name, value in row.items() if name[:4] in ("tag:", "in:") or name[:3] == "in:" if value]
    return f"stands in {', '.join(sorted(set(held)))}" if held else "the element it stands in"


def _names(row: Row) -> str:
    held = sorted(name[5:] for name, value in row.items() if name[:5] == "name:" and value)
    return f"element named like {', '.join(held)}" if held else "no telling name on its element"


def _company(row: Row) -> str:
    mass = row.get("parent_1_mass", 0.0)
    return "its container holds much of the page's sentences" if mass >= 0.3 else "its container holds few sentences"


def _extractor(row: Row) -> str:
    return "trafilatura takes it for story" if row.get("extracted") else "trafilatura leaves it out"


def _stated(row: Row) -> str:
    return "the page's metadata has it as story" if row.get("stated", 0.0) > 0 else "not in the page's metadata"


KINDS: tuple[tuple[Callable[[Row], str], tuple[str, ...]], ...] = (
    (_extractor, ("extracted",)),
    (_stated, ("stated", "stated_5")),
    (_words, ("cue:",)),
    (_element, ("tag:", "in:")),
    (_names, ("name:",)),
    (_links, ("links",)),
    (_company, ("kind_", "parent_")),
    (_cohesion, ("cohesion_", "novelty", "main_overlap", "top_overlap")),
    (_furniture, ("furniture_", "credit_", "ending_", "near:")),
    (_ending, ("stops", "trails", "ends_")),
    (_opening, ("starts_",)),
    (_around, ("sentence", "sentences_", "mass_2", "mass_5", "run_", "since_sentence", "until_sentence", "words_above",
               "words_below", "stops_above", "stops_below")),
    (_where, ("inside", "past_start", "to_end", "mass_before", "mass_after", "place", "from_top", "from_bottom")),
    (_size, ("words", "chars", "sentences", "words_a_sentence", "word_length")),
    (_looks, ("upper_share", "capital_share", "digit_share", "letter_share", "unspaced", "quotes", "brackets", "bars",
              "commas", "symbols")),
)  # fmt: skip
"""How each kind of evidence is told, and the columns that belong to it: whole names, or beginnings ending in a mark."""


def _kind_of(column: str) -> Callable[[Row], str] | None:
    for tell, members in KINDS:
        if any(column == name or (name[-1] in ":_" and column.startswith(name)) for name in members):
            return tell
    loose = [tell for tell, members in KINDS if any(column.startswith(name) for name in members)]
    return loose[0] if loose else None


def evidence(model: LineModel, rows: npt.NDArray[np.float32], story: Sequence[bool]) -> list[str]:
    """For each row of [columns, rows], what moved the model most towards ``story`` (True) or furniture (False).

    >>> model = LineModel(("words",), np.array([0]), np.float32([7.5]), np.array([[0]]), np.float32([[-1, 1]]), 0, 0.5)
    >>> evidence(model, np.float32([[3, 12]]), [False, True])
    ['3 words', '12 words']
    """
    moved = model.contributions(rows)
    kinds = [_kind_of(column) for column in model.columns]
    found = []
    for at, is_story in enumerate(story):
        sums: dict[Callable[[Row], str], float] = {}
        for kind, value in zip(kinds, moved[:, at] if is_story else -moved[:, at], strict=True):
            if kind is not None:
                sums[kind] = sums.get(kind, 0.0) + float(value)
        row = dict(zip(model.columns, rows[:, at].tolist(), strict=True))
        strongest = sorted((item for item in sums.items() if item[1] >= FAINT), key=lambda item: -item[1])
        found.append("; ".join(tell(row) for tell, _ in strongest[:STRONGEST]))
    return found
