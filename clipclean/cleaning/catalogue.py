"""Every reason a line can get, in the order in which they are asked: what the command ``rules`` and its page show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clipclean.cleaning.own_rules import KEPT_FOR_SOURCE, KEPT_SAYS, own_rule
from clipclean.cleaning.rules import CERTAIN, LIKELY, NAMING, READS_LIKE_FURNITURE, READS_LIKE_STORY, RULES
from clipclean.cleaning.verdicts import GUARDS, NEIGHBOURS
from clipclean.config import OwnRule


@dataclass(frozen=True, slots=True)
class Reason:
    """One name that can stand as a line's ``rule``: the label it gives, how sure it is, what it says, an example."""

    name: str
    label: str
    sure: str
    says: str
    example: str = ""


def reasons(own: Sequence[OwnRule] = ()) -> Iterator[Reason]:
    """The ``own`` rules and the built-in ones in order, then those that look at neighbours, the guards, and the line
    model's own two verdicts.

    >>> [reason.name for reason in reasons()][-2:]
    ['reads-like-story', 'reads-like-furniture']
    """
    yield Reason(KEPT_FOR_SOURCE, "body", "keeps", KEPT_SAYS)
    for rule in (*map(own_rule, own), *RULES):
        yield Reason(rule.name, rule.label.value, _sureness(rule.label.value, rule.limit), rule.says, rule.example)
    for neighbour in NEIGHBOURS:
        yield Reason(neighbour.name, neighbour.label.value, "by its neighbours", neighbour.says)
    for name, says in GUARDS.items():
        yield Reason(name, "body", "guard", says)
    yield Reason("blank", "blank", "always", "an empty line; the first run of them between two kept lines stays")
    yield Reason(READS_LIKE_STORY, "body", "line model", "the line model takes it for story")
    yield Reason(READS_LIKE_FURNITURE, "other", "line model", "the line model takes it for furniture of no class")


def _sureness(label: str, limit: float) -> str:
    if label == "body":
        return "keeps"
    if limit >= CERTAIN:
        return "certain"
    if limit >= LIKELY:
        return "likely"
    return "names only" if limit == NAMING else "perhaps"


def as_markdown(own: Sequence[OwnRule] = ()) -> str:
    """The reasons as a page for the docs; with ``own`` rules one for their users.

    >>> as_markdown().splitlines()[0]
    '# Rules'
    """
    rows = [
        "# Rules",
        "",
        "Every name that can stand as a line's `rule`, in the order in which they are asked; the first that takes",
        "a line gives it its label. *certain* takes a line whatever the line model says, *likely* and *perhaps* unless",
        "the model is surer of the contrary, *names only* names what the model has dropped, *keeps* marks story.",
        "Switch one off with `--rule-off NAME`. This page is written by `clipclean rules --markdown`.",
        "",
        "| rule | label | how sure | takes a line that | for example |",
        "|---|---|---|---|---|",
    ]
    for reason in reasons(own):
        example = f"`{_cell(reason.example)}`" if reason.example else ""
        rows.append(f"| `{reason.name}` | {reason.label} | {reason.sure} | {_cell(reason.says)} | {example} |")
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
