"""Lines with their neighbours, as data in ``fixtures/cases``: each gets the label that a sub-editor would give it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from clipclean.cleaning import Cleaner
from clipclean.extraction import extract
from clipclean.model import Clipping, Line

CASES = Path(__file__).parents[2] / "fixtures" / "cases"


def cases(*, failing: bool) -> list[Any]:
    files = [path for path in sorted(CASES.glob("*.toml")) if (path.stem == "known_failures") is failing]
    found = [case for path in files for case in tomllib.loads(path.read_text("utf-8"))["case"]]
    return [pytest.param(case, id=case["name"]) for case in found]


def verdict(case: dict[str, Any]) -> Line:
    above = case.get("before", [])
    lines = [*above, case["line"], *case.get("after", [])]
    clipping = Clipping(id="case", text="\n".join(lines), title=case.get("title"), lang=case["lang"])
    return Cleaner().clean([extract(clipping)])[0].lines[len(above)]


@pytest.mark.parametrize("case", cases(failing=False))
def test_line_is_kept_or_not_and_named(case: dict[str, Any]) -> None:
    line = verdict(case)
    assert (line.keep, line.label.value) == (case["keep"], case["label"]), (line.rule, line.score)


@pytest.mark.parametrize("case", cases(failing=True))
@pytest.mark.xfail(strict=True, reason="known to be wrong; move the case to its class when it is right")
def test_known_failure(case: dict[str, Any]) -> None:
    line = verdict(case)
    assert (line.keep, line.label.value) == (case["keep"], case["label"]), (line.rule, line.score)
