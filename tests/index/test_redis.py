"""What is special to an index on a Redis server: its lock, its version, and what else the server holds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
import redis

import clipclean
from clipclean.errors import StoreError
from clipclean.index import documents, redis_server
from clipclean.index.documents import open_store
from clipclean.index.redis import RedisStore
from clipclean.index.store import ChangedError, Changes

STORY = "The ferry to Vell will run again from Monday, the harbour office said after a week of storms and repairs."


@pytest.fixture
def server(redis_server: str) -> Iterator[redis.Redis]:
    with closing(redis.Redis.from_url(redis_server)) as asked:
        yield asked


@pytest.fixture
def store(redis_url: str) -> Iterator[RedisStore]:
    with closing(RedisStore(redis_url, create=True, wait=1)) as made:
        yield made


def prefix(redis_url: str) -> str:
    return "{" + redis_url.rpartition("=")[2] + "}:"


def put(store: RedisStore, name: str, value: str) -> None:
    store.begin(write=True)
    store.put({name: value})
    store.commit()


def test_a_writer_that_lost_its_lock_cannot_commit(redis_url: str, store: RedisStore, server: redis.Redis) -> None:
    store.begin(write=True)
    store.get()
    store.put({"late": "yes"})
    server.delete(prefix(redis_url) + "lock")  # as if it had expired
    with closing(RedisStore(redis_url, create=False, wait=1)) as other:
        put(other, "next", "yes")
        with pytest.raises(ChangedError, match="another process has changed the index meanwhile"):
            store.commit()
        store.rollback()
        other.begin(write=False)
        assert other.get() == {"next": "yes"}


def test_the_lock_is_kept_as_long_as_its_writer_lives(
    redis_url: str, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_server, "_EXPIRES", 0.3)
    store.begin(write=True)
    with closing(RedisStore(redis_url, create=False, wait=1)) as other, pytest.raises(StoreError, match="is writing"):
        other.begin(write=True)
    store.put({"a": "b"})
    store.commit()
    put(store, "c", "d")


def test_a_lock_that_is_let_go_is_not_that_of_the_next_writer(redis_url: str, store: RedisStore) -> None:
    with closing(RedisStore(redis_url, create=False, wait=0)) as other:
        store.begin(write=True)
        with pytest.raises(StoreError):
            other.begin(write=True)
        other.rollback()
        other.close()
        store.put({"a": "b"})
        with closing(RedisStore(redis_url, create=False, wait=0)) as third, pytest.raises(StoreError):
            third.begin(write=True)
        store.commit()


def test_a_reader_is_told_when_what_it_reads_is_no_longer_one_state(redis_url: str, store: RedisStore) -> None:
    put(store, "a", "1")
    with closing(RedisStore(redis_url, create=False, wait=1)) as reader:
        reader.begin(write=False)
        assert reader.get() == {"a": "1"}
        put(store, "a", "2")
        with pytest.raises(ChangedError, match="run again"):
            reader.sources(["halden.example"])
        reader.rollback()
        reader.begin(write=False)
        assert reader.get() == {"a": "2"}


@pytest.mark.parametrize("interruptions", [1, 3, 1000])
def test_a_check_asks_again_and_in_the_end_makes_writers_wait(
    redis_url: str, interruptions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clipclean.Index.open(redis_url) as index, closing(RedisStore(redis_url, create=False, wait=0)) as other:
        index.add(STORY, id="a")
        read, left, held = RedisStore.by_digest, [interruptions], []

        def interrupted(self: RedisStore, digests: list[int]) -> dict[int, int]:
            if left[0] and self is not other:
                left[0] -= 1
                try:
                    put(other, "counted", str(left[0]))
                except StoreError as error:
                    held.append(str(error))
            return read(self, digests)

        monkeypatch.setattr(RedisStore, "by_digest", interrupted)
        assert index.check(STORY).of == "a"
        assert bool(held) == (interruptions == 1000)
        assert left[0] == max(interruptions - documents._TRIES - 1, 0)


def test_what_else_the_server_holds_is_not_touched(redis_url: str, server: redis.Redis) -> None:
    server.set("clippings", "mine")
    server.hset("{other}:facts", "a", "b")
    before = set(server.keys())
    with clipclean.Index.open(redis_url, window="7d") as index:
        index.add(STORY, id="a", published="2024-03-04")
        index.add(STORY + " More follows.", id="b", published="2024-05-04")
        index.remove("b")
    added = set(server.keys()) - before
    assert added
    assert all(name.startswith(prefix(redis_url).encode()) for name in added)
    assert server.get("clippings") == b"mine"
    assert prefix(redis_url).encode() + b"lock" not in added


def test_indexes_with_other_prefixes_know_nothing_of_each_other(redis_url: str) -> None:
    with clipclean.Index.open(redis_url) as one, clipclean.Index.open(redis_url + "-2") as other:
        one.add(STORY, id="a")
        assert (len(one), len(other), other.check(STORY).of) == (1, 0, None)


def test_an_emptied_server_is_no_index_any_more(redis_url: str, server: redis.Redis) -> None:
    with clipclean.Index.open(redis_url) as index:
        index.add(STORY, id="a")
        server.delete(*server.keys(prefix(redis_url) + "*"))
        for use in (lambda: index.check(STORY), lambda: index.add(STORY, id="b")):
            with pytest.raises(StoreError, match="no longer there; open it again"):
                use()
    assert server.keys(prefix(redis_url) + "*") == []


def test_names_that_hold_something_else_are_left_alone(redis_url: str, server: redis.Redis) -> None:
    server.set(prefix(redis_url) + "ids", "mine")
    with pytest.raises(StoreError, match=r"hold something else; choose others with \?prefix=word"):
        open_store(redis_url, create=True, wait=1)
    assert server.get(prefix(redis_url) + "ids") == b"mine"


def test_an_index_of_another_version_is_refused(redis_url: str, store: RedisStore, server: redis.Redis) -> None:
    server.set(prefix(redis_url) + "format", redis_server.FORMAT + 1)
    with pytest.raises(StoreError, match="written by a newer clipclean"):
        open_store(redis_url, create=True, wait=1)
    server.set(prefix(redis_url) + "format", 1)
    with pytest.raises(StoreError, match=r"before the first release .* cannot be converted; take another prefix"):
        open_store(redis_url, create=True, wait=1)


def test_a_server_that_drops_what_it_holds_is_refused(redis_url: str, server: redis.Redis) -> None:
    server.config_set("maxmemory-policy", "allkeys-lru")
    server.config_set("maxmemory", "100mb")
    try:
        with pytest.raises(StoreError, match=r"drops what it holds .* set its maxmemory-policy to noeviction"):
            open_store(redis_url, create=True, wait=1)
    finally:
        server.config_set("maxmemory", "0")
        server.config_set("maxmemory-policy", "noeviction")
    open_store(redis_url, create=True, wait=1).close()


def test_a_server_without_memory_says_so_and_leaves_the_index_as_it_was(redis_url: str, server: redis.Redis) -> None:
    with clipclean.Index.open(redis_url) as index:
        index.add(STORY, id="a")
        server.config_set("maxmemory", "1mb")
        try:
            with pytest.raises(StoreError, match="memory of the server is full"):
                index.add(STORY + " More follows.", id="b")
        finally:
            server.config_set("maxmemory", "0")
        assert ([verdict.id for verdict in index], index.verify()) == (["a"], [])
        index.add(STORY + " More follows.", id="b")
        assert len(index) == 2


def test_what_goes_from_a_string_of_entries_leaves_the_rest(redis_url: str, store: RedisStore) -> None:
    keys = np.arange(5)
    store.begin(write=True)
    store.write(Changes(posted=[(keys, np.full(5, 1)), (keys, np.full(5, 2))]))
    store.commit()
    store.begin(write=True)
    store.write(Changes(unposted=[(keys[:3], np.full(3, 1))], posted=[(keys[:1], np.full(1, 3))]))
    store.commit()
    store.begin(write=False)
    found = sorted(zip(*(column.tolist() for column in store.by_key(keys)), strict=True))
    assert found == [(0, 2), (0, 3), (1, 2), (2, 2), (3, 1), (3, 2), (4, 1), (4, 2)]


def test_a_store_that_lost_some_of_its_rows_says_which(redis_url: str, server: redis.Redis) -> None:
    with clipclean.Index.open(redis_url) as index:
        index.add(STORY, id="a")
        assert index.verify() == []
        server.delete(prefix(redis_url) + "ids")
        assert any("ids 0; there should be as many" in fault for fault in index.verify())


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("redis://127.0.0.1:1/0", "cannot be reached; check the address"),
        ("redis://user:secret@127.0.0.1:1/0", "cannot be reached; check the address"),
        ("redis://127.0.0.1:no/0", "write redis://host:port/database"),
        ("redis://127.0.0.1:1/0?colour=red", "write redis://host:port/database"),
        ("unix:///no/such.sock", "cannot be reached"),
    ],
)
def test_an_address_at_which_there_is_nothing_is_a_clear_error(where: str, said: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(where, create=True, wait=1)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_database_that_the_server_does_not_have_is_a_clear_error(redis_server: str) -> None:
    with pytest.raises(StoreError, match="no such database"):
        open_store(redis_server.replace("/0", "/99"), create=True, wait=1)


def test_a_password_is_in_no_message(redis_url: str) -> None:
    with clipclean.Index.open(redis_url) as index:
        index.add({"id": "a", "text": "Rain fell on Halden for a third day."})
    other = clipclean.DedupSettings(ngram=7)
    with pytest.raises(StoreError) as caught:
        clipclean.Index.open(redis_url.replace("redis://", "redis://default:secret@"), settings=other)
    assert "secret" not in str(caught.value)


def test_without_the_package_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "clipclean.index.redis", None)
    with pytest.raises(StoreError, match=r"pip install 'clipclean\[redis\]'"):
        open_store("redis://127.0.0.1/0", create=True, wait=1)


def test_a_wait_of_nothing_does_not_wait(redis_url: str, store: RedisStore) -> None:
    store.begin(write=True)
    with closing(RedisStore(redis_url, create=False, wait=0)) as other:
        begun = time.monotonic()
        with pytest.raises(StoreError, match="is writing"):
            other.begin(write=True)
        assert time.monotonic() - begun < 30
