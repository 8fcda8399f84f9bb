"""Where an index can lie: a file, and a Redis server of our own that keeps nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from clipclean.index import sqlite_keys, sqlite_packs

NUMBERS = count()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server without an index."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    folder = tmp_path_factory.mktemp("redis")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder}
    command = [program, *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            for _ in range(100):
                with socket.socket() as asking:
                    if asking.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            else:
                pytest.fail((folder / "log").read_text())
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The address of a new index on the server."""
    return f"{redis_server}?prefix=test{next(NUMBERS)}"


@pytest.fixture(params=["file", "file whose keys wait for little", "redis"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A place for a new index."""
    if request.param == "redis":
        return str(request.getfixturevalue("redis_url"))
    if request.param != "file":
        monkeypatch.setattr(sqlite_keys, "WAITING", 40)
        monkeypatch.setattr(sqlite_packs, "_AT_ONCE", 20)
    return str(tmp_path / "clippings.idx")
