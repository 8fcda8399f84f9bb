"""Prints the lowest version of each dependency that pyproject.toml allows, as constraints for pip (``make lowest``)."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path


def lowest(project: Path) -> list[str]:
    """The constraints, one for each dependency and extra that a user installs.

    >>> any(line.startswith("numpy==") for line in lowest(Path(__file__).parents[1] / "pyproject.toml"))
    True
    """
    table = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    wanted = [*table["dependencies"], *table["optional-dependencies"]["lang"]]
    return [each.replace(">=", "==") for each in wanted]


if __name__ == "__main__":
    sys.stdout.write("\n".join(lowest(Path(__file__).parents[1] / "pyproject.toml")) + "\n")
