"""Each limit by itself: what just keeps to it is read, what goes beyond it is a failure that names it."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import tarfile
import zipfile
from dataclasses import fields
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
import zstandard

import clipclean
from clipclean.cli import main
from clipclean.config import PageLimits, ReadLimits
from clipclean.limits import NAMES, parted

RAIN = "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night."
SNOW = "Snow closed the pass at Grauer Stein on Tuesday."
PAGE = f"<html><body><div><div><p>{RAIN}</p></div></div></body></html>"


def zipped(count: int, suffix: str = ".txt", data: bytes = RAIN.encode()) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{number}{suffix}", data)
    return buffer.getvalue()


def owning_up_to_one(archive: bytes) -> bytes:
    """The archive with a last record that says that it has one member."""
    return archive[:-14] + b"\x01\x00\x01\x00" + archive[-10:]


def tarred(count: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number in range(count):
            header = tarfile.TarInfo(f"{number}.txt")
            header.size = len(RAIN)
            archive.addfile(header, io.BytesIO(RAIN.encode()))
    return buffer.getvalue()


def parquet() -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pa.table({"text": [RAIN, SNOW]}), buffer)
    return buffer.getvalue()


ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def warc(body: str) -> bytes:
    head = "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\n"
    return f"{head}Content-Length: {len(ANSWER + body)}\r\n\r\n{ANSWER}{body}\r\n\r\n".encode()


LINES = f"{json.dumps({'text': RAIN})}\n{json.dumps({'text': SNOW})}\n".encode()
LONG = len(json.dumps({"text": RAIN})) + 1
MAIL = f"Subject: Rain\n\n{RAIN}".encode()
ENVELOPE = b"From - Mon Mar  4 06:00:00 2024\n"
DEEP_MAIL = (
    "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n"
    f"--b\n\n{RAIN}\n--b--\n--a--\n"
).encode()
ARRAY = json.dumps({"articles": [{"text": RAIN}, {"text": SNOW}]}).encode()
TABLE = f'text\n"{RAIN}"\n"{SNOW}"\n'.encode()
PACKED = gzip.compress(PAGE.encode())
A_LOT = b"Rain fell. " * 2_000_000

READ = {  # the limit, the least value that will do, the failure below it, and the file
    "a text": ("document", len(RAIN), "too-large", "a.txt", RAIN.encode()),
    "a page": ("document", len(PAGE), "too-large", "a.html", PAGE.encode()),
    "a packed text": ("document", len(RAIN), "too-large", "a.txt.gz", gzip.compress(RAIN.encode())),
    "a line": ("document", LONG, "too-large", "a.jsonl", LINES),
    "a line in UTF-16": ("document", LONG + 1, "too-large", "a.jsonl", LINES.decode().encode("utf-16")),
    "a record of an array": ("document", len(RAIN), "too-large", "a.json", ARRAY),
    "a row": ("document", len(RAIN) + 3, "too-large", "a.csv", TABLE),
    "a cell": ("document", len(RAIN), "too-large", "a.parquet", parquet()),
    "a response": ("document", len(ANSWER + PAGE), "too-large", "a.warc", warc(PAGE) + warc(f"<p>{SNOW}</p>")),
    "a member": ("document", len(RAIN), "too-large", "a.zip", zipped(2)),
    "bytes as they come": ("packed", len(PACKED), "too-large", "a.html.gz", PACKED),
    "what gzip unpacks to": ("ratio", 2000, "unpacks-too-far", "a.txt.gz", gzip.compress(A_LOT)),
    "what xz unpacks to": ("ratio", 20_000, "unpacks-too-far", "a.txt.xz", lzma.compress(A_LOT)),
    "what zstd unpacks to": ("ratio", 50_000, "unpacks-too-far", "a.txt.zst", zstandard.compress(A_LOT)),
    "what a member unpacks to": ("ratio", 2000, "unpacks-too-far", "a.zip", zipped(1, ".txt", A_LOT)),
    "packings": ("nesting", 2, "nested-too-deep", "a.txt.gz", gzip.compress(gzip.compress(RAIN.encode()))),
    "archives": ("nesting", 2, "nested-too-deep", "a.zip", zipped(1, ".zip", zipped(1))),
    "a message": ("document", len(MAIL), "too-large", "a.eml", MAIL),
    "a message of a mailbox": ("document", len(MAIL) + 1, "too-large", "a.mbox", ENVELOPE + MAIL + b"\n"),
    "parts of a message": ("nesting", 2, "nested-too-deep", "a.eml", DEEP_MAIL),
    "members of a zip": ("members", 3, "too-many-members", "a.zip", zipped(3)),
    "members that a zip does not own up to": ("members", 3, "too-many-members", "a.zip", owning_up_to_one(zipped(3))),
    "members of a tar": ("members", 3, "too-many-members", "a.tar", tarred(3)),
}
CLEANED = {
    "a line of a text": ("line", len(RAIN), "line-too-long", {"text": f"{RAIN}\n{SNOW}"}),
    "a line of a page": ("line", len(RAIN), "line-too-long", {"html": PAGE}),
    "lines of a text": ("lines", 3, "too-many-lines", {"text": f"{RAIN}\r\r\n{SNOW}"}),
    "lines of a page": ("lines", 2, "too-many-lines", {"html": f"<p>{RAIN}<p>{SNOW}"}),
    "tags of a page": ("nodes", PAGE.count("<"), "too-many-nodes", {"html": PAGE}),
    "elements inside each other": ("depth", 4, "html-too-deep", {"html": PAGE}),
}


def failures(items: list[clipclean.Clipping | clipclean.Failure]) -> list[clipclean.Failure]:
    return [item for item in items if isinstance(item, clipclean.Failure)]


@pytest.mark.parametrize("case", READ)
def test_what_keeps_to_a_limit_is_read_and_what_does_not_is_not(case: str, tmp_path: Path) -> None:
    limit, value, kind, name, data = READ[case]
    path = tmp_path / name
    path.write_bytes(data)
    sound = list(clipclean.read([path], clipclean.ReadSettings(limits=ReadLimits(**{limit: value}))))
    assert failures(sound) == []
    below = value // 20 if limit == "ratio" else value - 1
    failed = failures(list(clipclean.read([path], clipclean.ReadSettings(limits=ReadLimits(**{limit: below})))))
    assert {failure.kind for failure in failed} == {kind}
    assert f"--limit {limit}=" in failed[0].message
    assert name in failed[0].message


@pytest.mark.parametrize(
    "case", ["a line", "a line in UTF-16", "a record of an array", "a row", "a cell", "a response"]
)
def test_what_comes_after_a_record_that_is_too_large_is_read(case: str, tmp_path: Path) -> None:
    limit, value, _, name, data = READ[case]
    path = tmp_path / name
    path.write_bytes(data)
    large, after = clipclean.read([path], clipclean.ReadSettings(limits=ReadLimits(**{limit: value - 1})))
    assert isinstance(large, clipclean.Failure)
    assert isinstance(after, clipclean.Clipping)
    assert SNOW in (after.text or after.html or "")
    assert after.origin.record == 2


@pytest.mark.parametrize("case", CLEANED)
def test_what_keeps_to_a_limit_is_cleaned_and_what_does_not_is_not(case: str) -> None:
    limit, value, kind, record = CLEANED[case]
    for most, error in ((value, None), (value - 1, kind)):
        settings = clipclean.CleanSettings(limits=PageLimits(**{limit: most}))
        (result,) = clipclean.clean_many([record], settings=settings)
        assert (result.error and result.error.kind) == error
        assert result.error is None or f"--limit {limit}=" in result.error.message


def test_every_limit_has_a_case() -> None:
    assert {case[0] for case in [*READ.values(), *CLEANED.values()]} == set(NAMES)
    assert set(NAMES) == {field.name for kind in (ReadLimits, PageLimits) for field in fields(kind)}


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_an_option_and_a_key_and_the_option_wins(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("clipclean.toml").write_text("limit = { " + (f'{name} = "2k", ' if name != "line" else "") + "line = 7 }")
    Path("a.txt").write_text(RAIN)
    known = clipclean.load_settings("clipclean.toml")
    limits = {**{field.name: getattr(known.read.limits, field.name) for field in fields(ReadLimits)}}
    limits |= {field.name: getattr(known.clean.limits, field.name) for field in fields(PageLimits)}
    assert limits["line"] == 7
    assert name == "line" or limits[name] == 2048
    assert main(["run", "a.txt", "-o", "out", "--limit", f"{name}=3M", "--limit", "line=1000", "-q"]) == 0
    report = json.loads(Path("out/report.json").read_text())
    stated = report["settings"]["read"]["limits"] | report["settings"]["clean"]["limits"]
    assert stated == {**limits, name: 3 << 20, "line": 1000}
    assert main(["clean", "a.txt", "-q"]) == 1
    assert "line 1 has more than 7 characters" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("lin=5", "did you mean line?"),
        ("line", "write NAME=NUMBER"),
        ("line=", "write a whole number"),
        ("line=many", "write a whole number"),
        ("line=-1", "write a whole number"),
        ("line=0", "is not 1 or more"),
        ("document=1.5M", "write a whole number"),
    ],
)
def test_what_is_no_limit_is_told(value: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean", "-", "--limit", value]) == 2
    assert message in capsys.readouterr().err


def test_limits_that_are_not_stated_are_the_defaults() -> None:
    assert parted({}) == (ReadLimits(), PageLimits())


def test_a_message_is_short_however_long_what_it_is_about(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"id": "{"a" * 100_000}", "text": "Rain fell."}}\n' * 2)
    _, twice = clipclean.read([path])
    assert isinstance(twice, clipclean.Failure)
    assert len(twice.message) < 2100
    assert twice.message.startswith(str(path))
    assert "--field id=KEY" in twice.message
