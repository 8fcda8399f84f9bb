"""What the package brings along and reaches for: no network, and files that say who may use it and whom to tell."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CAUGHT = 77

NO_NETWORK = f"""
import os, sys

REACHING = {{"connect", "getaddrinfo", "gethostbyname", "gethostbyaddr", "sendto", "sendmsg"}}

def hear(event, arguments):
    if event.removeprefix("socket.") in REACHING and event.startswith("socket."):
        os.write(2, f"the network: {{event}} {{arguments[1:]}}".encode())
        os._exit({CAUGHT})

sys.addaudithook(hear)
"""
"""Put in the way of every process that starts: it ends where anything reaches for the network.

A socket that is made and goes again reaches nowhere: a library that trafilatura loads looks so whether there is IPv6.
"""

COMMANDS = """
import sys
from clipclean.cli import main

codes = [
    main(["run", sys.argv[1], "-o", "out", "-q", "--no-config", "--workers", "2"]),
    main(["clean", sys.argv[1], "-o", "clean.jsonl", "-q", "--no-config", "--detect-lang"]),
    main(["dedup", "clean.jsonl", "-o", "marked.jsonl", "-q", "--no-config"]),
    main(["learn", sys.argv[1], "-o", "profile.jsonl.gz", "-q", "--no-config"]),
    main(["verify", "out", "-q"]),
]
sys.exit(max(codes))
"""


def watched(folder: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "watch").mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(NO_NETWORK)
    environment = {**os.environ, "PYTHONPATH": str(folder / "watch")}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.skipif(os.name == "nt", reason="the pipes between processes are others there")
def test_no_command_reaches_for_the_network(tmp_path: Path) -> None:
    done = watched(tmp_path, COMMANDS, str(ROOT / "fixtures" / "dump"))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "reaching",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import urllib.request; urllib.request.urlopen('http://localhost:9/')",
        "import socket; socket.getaddrinfo('localhost', 9)",
    ],
)
def test_who_reaches_for_the_network_would_be_caught(tmp_path: Path, reaching: str) -> None:
    assert watched(tmp_path, reaching).returncode == CAUGHT


def test_licence_and_security_policy_are_there_and_shipped() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Telling us" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert project["project"]["license"] == "Apache-2.0"
    shipped = project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {"LICENSE", "SECURITY.md"} <= set(shipped)


def test_every_dependency_has_a_lower_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, wanted in {"dependencies": project["dependencies"], **project["optional-dependencies"]}.items():
        for each in wanted:
            assert ">=" in each, f"{name}: {each}"
