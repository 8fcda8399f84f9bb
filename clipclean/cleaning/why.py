"""What moved the line model most on a row, in words: the reason where no named rule gives one.

A tree's answer is followed question by question; what each question changes in the mean of the leaves that are still
open is what its column contributes (Saabas, "Interpreting random forests", 2014: exact in sum, cheap, and biased
towards the questions asked last). Columns that say the same kind of thing are added up, and the strongest kinds are
told with the row's own values. Nothing here takes part in a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.rules import Rule
from clipclean.cleaning.trees import LineModel
from clipclean.cleaning.verdicts import GUARDS, NEIGHBOURS, Verdicts

STRONGEST = 3
"""Kinds of evidence that are told of a row."""

FAINT = 0.1
"""Log-odds: evidence below this is not told."""

Row = Mapping[str, float]

Told = tuple[str, bool | None]
"""What is told of a row ("" is nothing), and whether it speaks for story (True), furniture (False) or either (None)."""


def _held(row: Row, *beginnings: str) -> list[str]:
    return [name for name, value in row.items() if value and name.startswith(beginnings)]


def _size(row: Row) -> Told:
    words = round(row.get("words", 0.0))
    return f"{words} word" if words == 1 else f"{words} words", None


def _ending(row: Row) -> Told:
    if row.get("trails"):
        return "cut off with an ellipsis", None
    if row.get("ends_colon"):
        return "ends with a colon", None
    return ("ends like a sentence", None) if row.get("stops") else ("does not end like a sentence", False)


OPENINGS = {
    "starts_upper": "a capital", "starts_lower": "a small letter", "starts_digit": "a digit",
    "starts_quote": "a quotation mark", "starts_bullet": "a bullet", "starts_bracket": "a bracket",
    "starts_symbol": "a symbol",
}  # fmt: skip


def _opening(row: Row) -> Told:
    return next((f"starts with {what}" for name, what in OPENINGS.items() if row.get(name)), ""), None


def _looks(row: Row) -> Told:
    if row.get("digit_share", 0.0) >= 0.15:
        return "many digits", None
    if row.get("bars"):
        return "parted by bars", False
    return ("many capitals", False) if row.get("capital_share", 0.0) >= 0.5 else ("", None)


def _around(row: Row) -> Told:
    share = row.get("sentences_5", 0.0)
    if share >= 0.5:
        return "among lines that read like sentences", True
    return ("few sentences around it" if share > 0 else "no sentence near"), False


def _where(row: Row) -> Told:
    if row.get("inside"):
        return "inside the main run of sentences", True
    side = "above" if row.get("past_start", 0.0) < 0 else "below"
    return f"{side} the main run of sentences", None


def _furniture(row: Row) -> Told:
    near = any(row.get(name) for name in ("furniture_3", "credit_above", "ending_before"))
    return ("furniture near it", False) if near else ("no furniture near it", True)


COMPANY = {
    "time": "dates", "author": "authors' names", "comment": "comments", "button": "buttons", "cut": "cut-off lines",
    "prompt": "prompts",
}  # fmt: skip


def _near(row: Row) -> Told:
    near = [what for kind, what in COMPANY.items() if row.get(f"near:{kind}:3") or row.get(f"near:{kind}:8")]
    return (f"near {', '.join(near)}", False) if near else ("no dates, buttons or prompts near it", True)


def _words(row: Row) -> Told:
    held = dict.fromkeys(name[4:].split(".")[0].replace("_", " ") for name in _held(row, "cue:"))
    return (f"its words ({', '.join(held)})", None) if held else ("holds no words of furniture", True)


def _shares(row: Row) -> Told:
    akin = row.get("shared", 0.0) >= 0.4 or row.get("shared_rare", 0.0) >= 4
    return ("holds words of the story" if akin else "holds few words of the story"), akin


def _links(row: Row) -> Told:
    share = row.get("links", 0.0)
    if share > 0.9:
        return "all link", False
    return ("part link", None) if share else ("no link in it", True)


def _element(row: Row) -> Told:
    held = sorted({name.split(":")[1] for name in _held(row, "tag:", "in:")})
    return f"stands in {', '.join(held)}" if held else "", None


def _names(row: Row) -> Told:
    held = sorted(name[5:] for name in _held(row, "name:"))
    return f"element named like {', '.join(held)}" if held else "", None


def _company(row: Row) -> Told:
    much = row.get("parent_1_mass", 0.0) >= 0.3
    return f"its container holds {'much' if much else 'little'} of the page's sentences", much


def _extractor(row: Row) -> Told:
    taken = row.get("extracted", 0.0) > 0
    return ("trafilatura takes it for story" if taken else "trafilatura leaves it out"), taken


def _stated(row: Row) -> Told:
    stated = row.get("stated", 0.0) > 0
    return ("the page's metadata has it" if stated else "not in the page's metadata"), stated


KINDS: tuple[tuple[Callable[[Row], Told], tuple[str, ...]], ...] = (
    (_extractor, ("extracted",)),
    (_stated, ("stated", "stated_5")),
    (_words, ("cue:",)),
    (_shares, ("shared", "shared_", "akin_")),
    (_element, ("tag:", "in:")),
    (_names, ("name:",)),
    (_links, ("links", "links_")),
    (_company, ("kind_", "parent_")),
    (_near, ("near:", "since:", "until:", "before:", "total:")),
    (_furniture, ("furniture_", "credit_", "ending_", "trails_2")),
    (_ending, ("stops", "trails", "ends_")),
    (_opening, ("starts_",)),
    (_around, ("sentence", "sentences_", "mass_2", "mass_5", "run_", "since_sentence", "until_sentence", "words_5",
               "words_above_", "words_below_", "words_like_", "stops_above_", "stops_below_")),
    (_where, ("inside", "past_start", "to_end", "mass_before", "mass_after", "place", "from_top", "from_bottom")),
    (_size, ("words", "chars", "sentences", "words_a_sentence", "word_length")),
    (_looks, ("upper_share", "capital_share", "digit_share", "letter_share", "unspaced", "quotes", "brackets", "bars",
              "commas", "symbols", "capitals_3", "digits_3", "capital_share_")),
)  # fmt: skip
"""How each kind of evidence is told, and the columns that belong to it: whole names, or beginnings ending in a mark."""


def _kind_of(column: str) -> Callable[[Row], Told] | None:
    for tell, members in KINDS:
        if any(column.startswith(name) if name[-1] in ":_" else column == name for name in members):
            return tell
    return None


def reasons(verdicts: Verdicts, model: LineModel, rows: npt.NDArray[np.float32], rules: Sequence[Rule]) -> list[str]:
    """Why each row has its verdict: what its rule says, or else what moved the model most."""
    says = GUARDS | {rule.name: rule.says for rule in rules} | {rule.name: rule.says for rule in NEIGHBOURS}
    open_rows = [at for at, name in enumerate(verdicts.rule) if name not in says]
    told = evidence(model, rows[:, open_rows], verdicts.body()[open_rows].tolist())
    found = [says.get(name, "") for name in verdicts.rule]
    for at, words in zip(open_rows, told, strict=True):
        found[at] = words
    return found


def evidence(model: LineModel, rows: npt.NDArray[np.float32], story: Sequence[bool]) -> list[str]:
    """For each row of [columns, rows], what moved the model most towards ``story`` (True) or furniture (False).

    >>> model = LineModel(("words",), np.array([0]), np.float32([7.5]), np.array([[0]]), np.float32([[-1, 1]]), 0, 0.5)
    >>> evidence(model, np.float32([[3, 12]]), [False, True])
    ['3 words', '12 words']
    """
    kinds = [_kind_of(column) for column in model.columns]
    tells = [tell for tell, _ in KINDS]
    belongs = np.asarray([[kind is tell for kind in kinds] for tell in tells], np.float64)
    sums = belongs @ model.contributions(rows) * np.where(story, 1.0, -1.0)
    found = []
    for at, is_story in enumerate(story):
        row = dict(zip(model.columns, rows[:, at].tolist(), strict=True))
        told: list[str] = []
        for strongest in np.argsort(-sums[:, at], kind="stable").tolist():
            if sums[strongest, at] < FAINT or len(told) == STRONGEST:
                break
            words, leans = tells[strongest](row)
            if words and leans in (None, is_story):
                told.append(words)
        found.append("; ".join(told))
    return found
