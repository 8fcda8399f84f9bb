from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from clipclean.config import ReadSettings
from clipclean.model import Clipping, Failure
from clipclean.readers import read


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes | str], Path]:
    """Writes a file below ``tmp_path`` and returns its path."""

    def write_file(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.fixture
def read_file(write: Callable[[str, bytes | str], Path]) -> Callable[..., list[Clipping | Failure]]:
    """Reads a file of this name and content."""

    def read_content(name: str, content: bytes | str, **settings: Any) -> list[Clipping | Failure]:
        return list(read([write(name, content)], ReadSettings(**settings)))

    return read_content


@pytest.fixture
def lines() -> Callable[[Iterable[Any]], str]:
    """Records as JSON Lines."""
    return lambda records: "".join(json.dumps(record) + "\n" for record in records)
