"""What every store promises, whatever it is made of."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipclean.errors import StoreError
from clipclean.index.documents import open_store
from clipclean.index.rows import COPIES, BodyRow, ClippingRow, ClusterRow, TextRow
from clipclean.index.store import Changes, Store

KEYS = [0, 5, 6, 4_095, 4_096, 1 << 30, (1 << 31) - 1]  # beside each other and far apart
ODD = ["a b", "é\u2028'\"\\%_*?[]{}", "\0", "𝄞" * 300, "x:y", " "]


@contextmanager
def opened(where: str, *, create: bool = True, wait: float = 5.0) -> Iterator[Store]:
    with closing(open_store(where, create=create, wait=wait)) as store:
        yield store


@contextmanager
def writing(store: Store) -> Iterator[None]:
    store.begin(write=True)
    yield
    store.commit()


def text_row(number: int, cluster: int | None = None) -> TextRow:
    day = None if number % 3 == 0 else 738_000 + number
    digest = number * (-1) ** number * 10**16
    return TextRow(
        number=number,
        digest=digest,
        words=number,
        own=7,
        source=2,
        day=day,
        alone=day is not None,
        low=day or 0,
        high=(day or 0) + 1,
        cluster=number if cluster is None else cluster,
        best=number * COPIES,
    )


def clipping_row(text: int, copy: int = 0, name: str | None = None) -> ClippingRow:
    late = None if copy % 2 else 1_000_000 * text + copy
    measures = (0, 0.125, 0.5, "earlier") if copy else ()
    return ClippingRow(text * COPIES + copy, name or f"t{text}c{copy}", 2, late, 1_000_000 * text + copy, *measures)


def body_row(number: int, text: str | None = None) -> BodyRow:
    return BodyRow(number, bytes(range(number % 200)), b"\0\xff", b"", b"\1", text)


def posting(number: int, keys: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(keys, np.int64), np.full(len(keys), number, np.int64)


def story(number: int, copies: int = 1, cluster: int | None = None) -> Changes:
    """A text with some clippings, and keys of its own and shared ones."""
    return Changes(
        texts=[text_row(number, cluster)],
        bodies=[body_row(number)],
        clippings=[clipping_row(number, copy) for copy in range(copies)],
        posted=[posting(number, KEYS[number % 3 :])],
    )


def holders(store: Store, keys: list[int]) -> list[tuple[int, int]]:
    found = store.by_key(np.unique(np.array(keys, np.int64)))
    return sorted(zip(*(column.tolist() for column in found), strict=True))


def test_a_new_store_is_empty(where: str) -> None:
    with opened(where) as store:
        store.begin(write=False)
        assert store.get() == {}
        assert store.count() == (0, 0, 0, None, None)
        assert list(store.walk()) == list(store.walk_passages()) == list(store.before(1 << 40)) == store.check() == []
        assert (store.by_id(["a"]), store.by_digest([1]), store.texts([1]), store.members(1)) == ({}, [], {}, [])
        assert (store.copies(1), store.last_copies([1]), store.sources(["a"]), store.names([1])) == ([], {}, {}, {})
        assert holders(store, KEYS) == holders(store, []) == []
        assert [len(column) for column in store.passages(1)] == [0, 0]


def test_without_a_store_there_is_none_unless_it_may_be_made(where: str) -> None:
    with pytest.raises(StoreError, match="there is no index"):
        open_store(where, create=False, wait=1)
    open_store(where, create=True, wait=1).close()
    open_store(where, create=False, wait=1).close()


def test_what_was_committed_is_there_when_it_is_opened_again(where: str) -> None:
    clippings = [clipping_row(1, copy, name) for copy, name in enumerate(ODD)]
    passages = {4: (np.array([1, 1 << 63, (1 << 64) - 1], np.uint64), np.array([1, 2, 1 << 40]))}
    sources = {"halden.example": 1, "ørr.example": 2}
    changes = Changes(clippings, [text_row(1)], [body_row(1, "")], passages=passages, sources=sources)
    changes.clusters.append(ClusterRow(1, ODD[1], clippings[0].number, 1))
    with opened(where) as store, writing(store):
        store.put({"name": "value", "of": "a"})
        store.put({"of": "b"})
        store.write(changes)
        store.write(Changes(texts=[text_row(2)], bodies=[body_row(2, "Rain\nfell \0 𝄞."), body_row(3)]))
    with opened(where, create=False) as store:
        store.begin(write=False)
        assert store.get() == {"name": "value", "of": "b"}
        assert store.by_id(ODD) == {row.id: row for row in clippings}
        assert store.clippings(row.number for row in clippings) == {row.number: row for row in clippings}
        assert store.texts([1, 2, 9]) == {1: text_row(1), 2: text_row(2)}
        assert store.bodies([1, 2]) == {1: body_row(1, ""), 2: body_row(2, "Rain\nfell \0 𝄞.")}
        assert store.bodies([3])[3].text is None
        assert store.clusters([1]) == {1: changes.clusters[0]}
        assert store.sources(["halden.example", "none"]) == {"halden.example": 1}
        assert store.names([2, 7]) == {2: "ørr.example"}
        assert list(store.walk_passages()) == [4]
        assert [column.tolist() for column in store.passages(4)] == [column.tolist() for column in passages[4]]
        assert store.size() > 100


def test_what_was_not_committed_is_not_there(where: str) -> None:
    with opened(where) as store:
        with writing(store):
            store.write(story(1))
        for end in (store.rollback, store.close):
            store.begin(write=True)
            store.put({"a": "b"})
            store.write(story(2))
            store.write(Changes(dropped_texts=[text_row(1)], dropped_clippings=[clipping_row(1)]))
            assert [row.text for row in store.walk()] == [2]
            end()
            with opened(where) as another:
                another.begin(write=False)
                assert [row.text for row in another.walk()] == [1]
                assert another.get() == {}
                assert {text for _, text in holders(another, KEYS)} == {1}


class Model:
    """The same in plain Python."""

    def __init__(self, texts: dict[int, TextRow], clippings: dict[int, ClippingRow]) -> None:
        self.texts, self.clippings = dict(texts), dict(clippings)

    def copies(self, text: int) -> list[ClippingRow]:
        return [row for number, row in sorted(self.clippings.items()) if row.text == text]

    def members(self, cluster: int) -> list[TextRow]:
        return [row for _, row in sorted(self.texts.items()) if row.cluster == cluster]

    def settle(self, changes: Changes) -> Changes:
        """The row of the one cluster of many texts, with what changes."""
        kept = self.members(SHARED)
        changes.clusters = [ClusterRow(SHARED, "t2", kept[0].best, len(kept))] if kept else []
        changes.dropped_clusters = [] if kept else [SHARED]
        return changes

    def add(self, number: int, copies: int) -> Iterator[Changes]:
        changes = story(number, copies, SHARED if number > 5 else None)
        self.texts[number] = changes.texts[0]
        self.clippings |= {row.number: row for row in changes.clippings}
        yield self.settle(changes)
        if number % 2 == 0:
            yield Changes(unposted=[posting(number, [KEYS[2]])])

    def drop(self, number: int, left: int) -> Iterator[Changes]:
        rows = self.copies(number)[left:]
        for row in rows:
            del self.clippings[row.number]
        changes = Changes(dropped_clippings=rows)
        if number in self.texts and not self.copies(number):
            changes.dropped_texts = [self.texts.pop(number)]
            changes.unposted = [posting(number, KEYS)]
        yield self.settle(changes)

    def agrees(self, store: Store) -> None:
        rows = [row for _, row in sorted(self.clippings.items())]
        moments = [row.seen for row in rows]
        stories = len({row.cluster for row in self.texts.values()})
        ends = min(moments, default=None), max(moments, default=None)
        assert store.count() == (len(rows), len(self.texts), stories, *ends)
        assert list(store.walk()) == rows
        assert list(store.before(3_000_000)) == [row for row in rows if row.seen < 3_000_000]
        assert store.by_id([row.id for row in rows]) == {row.id: row for row in rows}
        assert store.texts(range(9)) == self.texts
        digests = [(row.digest, row.number) for row in self.texts.values()]
        assert store.by_digest([*(digest for digest, _ in digests), 3]) == sorted(digests, key=lambda pair: pair[1])
        assert store.bodies(range(9)).keys() == self.texts.keys()
        held = [(key, number) for number in self.texts for key in KEYS[number % 3 :] if number % 2 or key != KEYS[2]]
        assert holders(store, KEYS) == sorted(held)
        for number in self.texts:
            copies = self.copies(number)
            assert (store.copies(number), store.last_copies([number])) == (copies, {number: copies[-1].number})
        assert store.members(SHARED) == self.members(SHARED)


SHARED = 2  # the cluster of texts 6 to 8 too
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "drop", "commit", "rollback", "open"]),
        st.integers(1, 8),
        st.integers(0, 2),
    ),
    max_size=14,
)
RUNS = count()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_a_store_is_what_plain_python_says_within_a_transaction_and_after(
    where: str, steps: list[tuple[str, int, int]]
) -> None:
    where += str(next(RUNS))
    committed, now = Model({}, {}), Model({}, {})
    used = set()  # the number of a text is never given again
    store = open_store(where, create=True, wait=5)
    try:
        store.begin(write=True)
        for step, number, copies in steps:
            if step == "add" and number not in used:
                used.add(number)
                for changes in now.add(number, copies + 1):
                    store.write(changes)
            if step == "drop":
                for changes in now.drop(number, copies):
                    store.write(changes)
            if step in ("commit", "rollback", "open"):
                if step == "commit":
                    store.commit()
                    committed = Model(now.texts, now.clippings)
                if step == "rollback":
                    store.rollback()
                if step == "open":
                    store.close()
                    store = open_store(where, create=False, wait=5)
                now = Model(committed.texts, committed.clippings)
                store.begin(write=False)
                now.agrees(store)
                store.rollback()
                store.begin(write=True)
        now.agrees(store)
        store.commit()
        store.begin(write=False)
        now.agrees(store)
        assert store.check() == []
    finally:
        store.close()


def test_a_second_writer_gets_a_clear_error_after_its_wait(where: str) -> None:
    with opened(where) as one, opened(where, wait=0.3) as two:
        one.begin(write=True)
        one.write(story(1))
        with pytest.raises(StoreError, match=r"another process is writing to it; wait until that ends"):
            two.begin(write=True)
        one.commit()
        with writing(two):
            assert [row.text for row in two.walk()] == [1]


def test_a_second_writer_waits_and_builds_on_what_the_first_wrote(where: str) -> None:
    with opened(where) as one, opened(where, wait=20) as two:
        one.begin(write=True)
        one.write(story(1))
        later = threading.Timer(0.4, one.commit)
        later.start()
        with writing(two):
            assert [row.text for row in two.walk()] == [1]
            two.write(story(2))
        later.join()
        one.begin(write=False)
        assert one.count()[:2] == (2, 2)


def test_a_reader_does_not_wait_for_a_writer_and_sees_nothing_of_it(where: str) -> None:
    with opened(where) as one, opened(where, wait=0) as two:
        one.begin(write=True)
        one.write(story(1))
        two.begin(write=False)
        assert list(two.walk()) == []


WRITER = """
import sys, time
sys.path.insert(0, {tests!r})
from clipclean.index.documents import open_store
from test_store import story
if "redis" in {where!r}:
    import clipclean.index.redis_server as server
    server._EXPIRES = 0.5
store = open_store({where!r}, create=False, wait=5)
store.begin(write=True)
for number in range(10, 300):
    store.write(story(number))
print("written", flush=True)
time.sleep(60)
"""


def test_a_killed_writer_leaves_everything_as_it_was_and_keeps_no_one_out(where: str) -> None:
    with opened(where, wait=20) as store:
        with writing(store):
            store.write(story(1))
        code = WRITER.format(where=where, tests=str(__file__).rpartition("/")[0])
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "written\n"
            writer.send_signal(signal.SIGKILL)
        with writing(store):
            assert [row.text for row in store.walk()] == [1]
            store.write(story(2))
        store.begin(write=False)
        assert (store.count()[:2], store.check()) == ((2, 2), [])


def test_what_many_threads_of_one_machine_write_is_all_there(where: str) -> None:
    open_store(where, create=True, wait=1).close()

    def add(first: int) -> None:
        with opened(where, wait=30) as store:
            for number in range(first, first + 5):
                with writing(store):
                    counter = int(store.get().get("counter", 0))
                    time.sleep(0.001)
                    store.write(story(number))
                    store.put({"counter": str(counter + 1)})

    threads = [threading.Thread(target=add, args=(10 * place,)) for place in range(1, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with opened(where) as store:
        store.begin(write=False)
        assert store.get() == {"counter": "15"}
        assert store.count()[:2] == (15, 15)
        assert store.check() == []


def test_thousands_of_keys_are_asked_for_at_once(where: str) -> None:
    keys = np.unique(np.random.default_rng(4).integers(0, 1 << 31, 20_000))
    with opened(where) as store:
        for number in (1, 2, 3):
            with writing(store):
                mine = keys[number::3]
                store.write(Changes(posted=[(mine, np.full(len(mine), number))]))
        store.begin(write=False)
        found, texts = store.by_key(keys[::2])
        place = np.searchsorted(keys, found)
        assert sorted(found.tolist()) == [key for at, key in enumerate(keys.tolist()) if at % 2 == 0 and at > 0]
        assert (texts == np.where(place % 3 == 0, 3, place % 3)).all()


@pytest.mark.parametrize("seed", range(4))
def test_keys_are_what_plain_python_says_while_texts_come_and_go(where: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    keys = np.unique(draw.integers(0, 1 << 31, 60))
    held: set[tuple[int, int]] = set()
    with opened(where) as store:
        for number in range(1, 40):
            mine = keys[draw.random(len(keys)) < 0.4]
            with writing(store):
                store.write(Changes(posted=[(mine, np.full(len(mine), number))]))
                held |= {(key, number) for key in mine.tolist()}
                gone = sorted(entry for entry in held if draw.random() < (0.9 if number % 9 == 0 else 0.1))
                if gone:
                    store.write(
                        Changes(unposted=[(np.array([key for key, _ in gone]), np.array([at for _, at in gone]))])
                    )
                    held -= set(gone)
                assert holders(store, keys.tolist()) == sorted(held)
        assert holders_of(store, keys) == sorted(held)
    with opened(where) as store:
        assert holders_of(store, keys) == sorted(held)
        assert holders_of(store, keys[::7]) == sorted(entry for entry in held if entry[0] in keys[::7])


def holders_of(store: Store, keys: np.ndarray) -> list[tuple[int, int]]:
    store.begin(write=False)
    found = holders(store, keys.tolist())
    store.rollback()
    return found


def test_what_has_gone_and_comes_again_is_there(where: str) -> None:
    entry = posting(7, KEYS[:3])
    with opened(where) as store:
        for change in (Changes(posted=[entry]), Changes(unposted=[entry]), Changes(posted=[entry])):
            with writing(store):
                store.write(change)
        store.begin(write=False)
        assert holders(store, KEYS) == [(key, 7) for key in sorted(KEYS[:3])]
