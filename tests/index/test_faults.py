"""What befalls files and writers: whatever happens, an index holds what was committed, and says what is wrong."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from clipclean import Index, StoreError
from clipclean.index import sqlite_keys
from clipclean.index.sqlite import FORMAT

from .stories import stream

RUN = 6
"""Clippings that a writer adds in one transaction."""

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which makes two hundred writers quick")


def numbered(records: list[dict[str, str]], run: int) -> list[dict[str, str]]:
    return [record | {"id": f"run-{run}-{record['id']}"} for record in records]


def write_runs(path: Path, told: int) -> None:
    """Add runs for ever, each a transaction, and say after each of them that it was committed."""
    with Index.open(path, window="20d") as index:
        while True:
            run = len(index) // RUN
            with index.transaction():
                records = numbered(stream(RUN, seed=run + 1), run)
                index.add(records[0])
                list(index.add_many(records[1:]))
            os.write(told, b".")


@forks
def test_two_hundred_killed_writers_leave_whole_runs(tmp_path: Path) -> None:
    path = tmp_path / "a.idx"
    Index.open(path, window="20d").close()
    draw = random.Random(5)
    held, longest = 0, 0.05
    for turn in range(201):
        reading, told = os.pipe()
        child = os.fork()
        if child == 0:
            write_runs(path, told)
            os._exit(1)  # never reached: it writes until it is killed
        os.close(told)
        if turn == 0:  # how long a run takes here, and now
            begin = time.monotonic()
            os.read(reading, 1)
            held, longest = 1, max(longest, 2 * (time.monotonic() - begin))
        else:
            time.sleep(draw.random() * longest)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said = len(os.read(reading, 1 << 16))
        os.close(reading)
        with Index.open(path) as index:
            count = len(index)
            assert count % RUN == 0, "a part of a run is there"
            runs = count // RUN
            assert held + said <= runs <= held + said + 1, "what was said to be committed is there, and no more"
            if turn % 20 == 19:
                assert index.verify() == []
        held = runs
    with Index.open(path) as index:
        assert {verdict.id for verdict in index} == {f"run-{run}-clip-{at}" for run in range(held) for at in range(RUN)}
    assert held > 5


def fail_in_between(index: Index) -> None:
    with index.transaction():
        list(index.add_many(numbered(stream(20, seed=2), 2)))
        index.remove("clip-3")
        raise ZeroDivisionError


def test_an_error_in_a_transaction_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    with Index.open(tmp_path / "a.idx") as index:
        list(index.add_many(stream(20)))
        before = list(index)
        with pytest.raises(ZeroDivisionError):
            fail_in_between(index)
        assert list(index) == before
        assert index.verify() == []


def test_a_second_writer_waits(tmp_path: Path) -> None:
    path = tmp_path / "a.idx"
    with Index.open(path) as first, Index.open(path, wait=0.1) as second:
        with first.transaction():
            first.add({"id": "a", "text": "Rain fell in the north of Halden on Monday."})
            with pytest.raises(StoreError, match="another process is writing"):
                second.add({"id": "b", "text": "Rain fell in the south."})
            assert "a" not in second
        assert "a" in second
        second.add({"id": "b", "text": "Rain fell in the south."})
        assert {verdict.id for verdict in first} == {"a", "b"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.idx"
    with Index.open(path) as index:
        list(index.add_many(stream(40)))
        before = list(index)
        usual = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 4096, usual[1]))
        try:
            with pytest.raises(StoreError, match=r"a\.idx: (the disk is full|it cannot be read or written)"):
                list(index.add_many(numbered(stream(900, seed=3), 3)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
            signal.signal(signal.SIGXFSZ, handler)
        assert list(index) == before
    with Index.open(path) as index:
        assert list(index) == before
        assert index.verify() == []
        list(index.add_many(numbered(stream(40, seed=3), 3)))
        assert len(index) == 80


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "a.idx"
    with Index.open(path) as index:
        list(index.add_many(stream(60)))
    return path


def test_a_read_only_file_can_be_asked_and_not_written(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    with Index.open(made) as index:
        assert index.check(stream(1)[0]).known
        with pytest.raises(StoreError, match="cannot be written; change the permissions"):
            index.add({"id": "new", "text": "Rain fell."})
    assert not made.with_name("a.idx-wal").exists()


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_truncated_file_is_told(made: Path, share: float) -> None:
    raw = made.read_bytes()
    made.write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(StoreError, match=r"a\.idx: .*(broken|not an index)"):
        use(made)


def use(path: Path) -> None:
    """Open an index, read all of it, and fail where it says that something is wrong."""
    with Index.open(path) as index:
        for fault in index.verify():
            raise StoreError(f"{path}: broken: {fault}")


@pytest.mark.parametrize(
    "content", [b"id,text\na,Rain fell.\n" * 99, b"\x00" * 9_000, b"SQLite format 3\x00" + b"x" * 5_000]
)
def test_a_file_of_another_kind_is_told_and_left(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "stories.csv"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"stories\.csv: .*not an index"):
        Index.open(path)
    assert path.read_bytes() == content


def test_another_database_is_told_and_left(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")
    database.close()
    raw = path.read_bytes()
    with pytest.raises(StoreError, match="a database, but not an index"):
        Index.open(path)
    assert path.read_bytes() == raw


def test_an_index_of_a_newer_version_is_told(made: Path) -> None:
    with sqlite3.connect(made) as database:
        database.execute(f"PRAGMA user_version = {FORMAT + 1}")
    database.close()
    with pytest.raises(StoreError, match="newer clipclean"):
        Index.open(made)


def test_an_index_from_before_the_first_release_is_told(made: Path) -> None:
    with sqlite3.connect(made) as database:
        database.execute("PRAGMA user_version = 1")
    database.close()
    with pytest.raises(StoreError, match=r"before the first release \(format 1.* cannot be converted; name another"):
        Index.open(made)


def test_an_index_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no index"):
        Index.open(tmp_path / "a.idx", create=False)
    with pytest.raises(StoreError, match="cannot be opened; check that the folder"):
        Index.open(tmp_path / "no" / "such" / "a.idx")
    with pytest.raises(StoreError, match="a folder"):
        Index.open(tmp_path)


def test_a_copied_file_is_an_index(made: Path) -> None:
    shutil.copy(made, made.with_name("b.idx"))
    with Index.open(made) as one, Index.open(made.with_name("b.idx")) as other:
        assert list(one) == list(other)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM bodies WHERE number = 3", "its text 3 is not there"),
        ("DELETE FROM texts WHERE number = 3", "its text 3 is not there"),
        ("DELETE FROM packs WHERE number IN (SELECT number FROM packs LIMIT 5)", "a key of it is not there"),
        (
            "UPDATE packs SET entries = cast(substr(entries, 1, 2) || x'f6ffffff' AS BLOB) "
            "WHERE number = (SELECT min(number) FROM packs)",
            "a key points to text 4294967286",
        ),
        ("UPDATE sieves SET bits = zeroblob(length(bits))", "a key of it is not there"),
        ("UPDATE waiting SET entries = substr(entries, 41)", "a key of it is not there"),
        ("DELETE FROM clusters", "its cluster"),
        ("UPDATE texts SET words = words + 1 WHERE number = 3", "words are there of"),
    ],
)
def test_verify_finds_what_is_missing(made: Path, statement: str, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "waiting" not in statement:
        monkeypatch.setattr(sqlite_keys, "WAITING", 0)
        with Index.open(made) as index:  # all keys go to their table
            index.add(stream(61)[60])
    with sqlite3.connect(made) as database:
        database.execute(statement)
    database.close()
    with Index.open(made) as index:
        assert any(fault in said for said in index.verify())


@pytest.mark.parametrize("packed", [b"", b"\0", b"\xff" * 8])
def test_keys_that_are_none_are_told(made: Path, packed: bytes) -> None:
    with sqlite3.connect(made) as database:
        database.execute("UPDATE waiting SET entries = ?", (packed,))
    database.close()
    try:
        with Index.open(made) as index:
            said = " ".join(index.verify())
    except StoreError as error:
        said = str(error)
    assert "is not there" in said or "the file is broken" in said


def test_a_file_stops_growing_under_a_steady_load(tmp_path: Path) -> None:
    """Ninety days with a window of ten: the size after half of them is that after all."""
    path, daily, sizes = tmp_path / "a.idx", 30, []
    records = stream(90 * daily, daily=daily)
    with Index.open(path, window="10d") as index:
        for day in range(90):
            list(index.add_many(records[day * daily : (day + 1) * daily]))
            sizes.append(index.stats().bytes)
        assert index.stats().clippings < 13 * daily
        assert index.verify() == []
    assert max(sizes[45:]) <= 1.05 * max(sizes[:45])


def test_a_part_of_a_transaction_is_never_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Index.open(tmp_path / "a.idx") as index:
        with pytest.raises(StoreError, match="a part of this transaction failed"):
            go_on_after_a_failure(index, monkeypatch)
        assert len(index) == 0
        monkeypatch.undo()
        list(index.add_many(stream(5)))
        assert len(index) == 5


def go_on_after_a_failure(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    from clipclean.index.sqlite import SqliteStore

    def fail(*given: object) -> None:
        raise StoreError("the disk is full")

    with index.transaction():
        list(index.add_many(stream(5)))
        monkeypatch.setattr(SqliteStore, "write", fail)
        with pytest.raises(StoreError, match="the disk is full"):
            index.add({"id": "more", "text": "Rain fell on Halden for a third day."})
