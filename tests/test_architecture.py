"""How the code may hang together: imports point down, files stay short, and nothing runs what it read."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "clipclean"
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 400

# Each part of the package, from the bottom to the top, and the parts it may import. Stages never import each other.
SETTINGS = {"choosing", "clean_settings", "dedup_settings", "limits"}
GROUND = SETTINGS | {"errors", "model", "config", "columns", "text", "characters", "dates"}
STAGES = {"readers", "extraction", "cleaning", "duplicates", "writers", "review"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "model": {"errors"},
    "characters": {"errors"},
    "columns": {"errors"},
    "text": {"errors", "model", "characters", "columns"},
    "dates": {"errors", "model", "characters", "columns", "text"},
    "choosing": {"errors", "model"},
    "dedup_settings": {"errors", "model", "choosing"},
    "limits": {"errors", "choosing"},
    "clean_settings": {"errors", "model", "choosing", "limits"},
    "config": SETTINGS | {"errors", "model"},
    "language": {"errors"},
    "layers": {"errors", "model", "config", "limits"},
    "settings_file": {"errors", "model", "config", "dedup_settings", "limits", "layers", "cleaning"},
    "settings_toml": {"config", "layers"},
    **dict.fromkeys(STAGES, GROUND),
    "index": GROUND | {"duplicates"},
    "engines": GROUND | STAGES,
    "places": GROUND | STAGES,
    "streams": {"errors", "model", "readers"},
    "given": GROUND | {"readers", "streams"},
    "learning": GROUND | STAGES | {"engines", "streams"},
    "comparing": GROUND | STAGES | {"engines", "streams"},
    "indexed": GROUND | STAGES | {"index", "streams"},
    "cleaners": GROUND | STAGES | {"engines", "language", "streams", "learning"},
    "spooling": GROUND | STAGES | {"engines", "streams", "learning", "cleaners"},
    "verifying": GROUND | STAGES,
    "watching": GROUND | STAGES | {"engines"},
    "pipeline": GROUND
    | STAGES
    | {"engines", "places", "streams", "learning", "comparing", "cleaners", "spooling", "verifying"}
    | {"watching", "index", "indexed"},
    "api": GROUND
    | STAGES
    | {"engines", "streams", "given", "learning", "comparing", "cleaners", "pipeline", "verifying"},
    "indexing": GROUND | STAGES | {"index", "streams", "given", "comparing", "cleaners"},
    "training": GROUND | STAGES,
    "integrations": GROUND
    | STAGES
    | {"index", "indexing", "engines", "language", "streams", "learning", "comparing", "pipeline", "api", "__init__"}
    | {"layers", "settings_file", "cleaners"},
    "cli": GROUND
    | STAGES
    | {"engines", "places", "streams", "learning", "comparing", "cleaners", "spooling", "verifying", "pipeline", "api"}
    | {"index", "indexing", "__init__"}
    | {"layers", "settings_file", "settings_toml"},
    "__main__": {"cli"},
    "__init__": {"api", "cleaning", "config", "errors", "index", "indexing", "model", "review", "settings_file"},
}

FORBIDDEN_MODULES = {
    *("pickle", "marshal", "shelve", "dill", "joblib", "subprocess", "pty", "ctypes", "code"),
    *("socket", "ssl", "urllib.request", "http.client", "http.server", "ftplib", "smtplib", "requests", "httpx"),
}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "hash"}
FORBIDDEN_METHODS = {"system", "popen", "fork", "execv", "execve", "execvp", "spawnv", "posix_spawn", "startfile"}
HEAVY = {
    *("pyarrow", "trafilatura", "scipy", "datasketch", "ftfy", "bs4", "fastwarc", "zstandard", "lxml", "numpy", "re2"),
    *("charset_normalizer", "rich", "orjson", "py3langid", "redis", "scrapy", "itemadapter", "twisted"),
}


def part(file: Path) -> str:
    inside = file.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imports(tree: ast.AST) -> set[str]:
    """Every module that is imported, wherever in the file; ``from clipclean import x`` counts as ``clipclean.x``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            within = node.module or ""
            found |= {f"clipclean.{alias.name}" for alias in node.names} if within == "clipclean" else {within}
    return found


def name(file: Path) -> str:
    return str(file.relative_to(PACKAGE))


@pytest.mark.parametrize("file", FILES, ids=name)
def test_imports_point_down(file: Path) -> None:
    own = part(file)
    assert own in MAY_IMPORT, f"{own} is new: give it a place in the table"
    for module in imports(ast.parse(file.read_text(encoding="utf-8"))):
        top, _, rest = module.partition(".")
        if top == "clipclean" and rest:
            target = rest.split(".")[0]
            target = target if target in MAY_IMPORT else "__init__"
            assert target == own or target in MAY_IMPORT[own], f"{own} must not import {module}"


@pytest.mark.parametrize("file", FILES, ids=name)
def test_no_file_is_longer_than_a_reader_can_hold(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("file", FILES, ids=name)
def test_nothing_runs_what_it_read_and_only_the_commands_print(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert not imports(tree) & FORBIDDEN_MODULES
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN_CALLS, f"line {node.lineno}: {node.func.id}"
            assert node.func.id != "print" or part(file) == "cli", f"line {node.lineno}: print"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in FORBIDDEN_METHODS, f"line {node.lineno}: a shell"
        if isinstance(node, ast.keyword):
            assert node.arg not in ("shell", "allow_pickle"), f"line {node.lineno}: {node.arg}"


@pytest.mark.parametrize("file", FILES, ids=name)
def test_each_module_opens_with_its_charter(file: Path) -> None:
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "statement",
    [
        "import clipclean",
        "from clipclean.cli.app import app",
    ],
)
def test_heavy_libraries_wait_until_they_are_needed(statement: str) -> None:
    code = f"import sys; {statement}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    allowed = {"rich", "orjson"} if "cli" in statement else set()
    assert not loaded & HEAVY - allowed
