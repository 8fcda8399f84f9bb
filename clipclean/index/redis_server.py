"""A Redis server as one index sees it: its names, its lock, its version, and errors in the words of this package."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from threading import Event, Thread
from typing import Any, cast
from urllib.parse import parse_qs, urlencode

import redis
from redis.client import Pipeline
from redis.exceptions import LockError, RedisError, WatchError
from redis.lock import Lock

from clipclean.errors import StoreError
from clipclean.index.store import ChangedError, without_password

FORMAT = 2
"""The version of the layout; an index of a newer one is refused."""

_EXPIRES = 10.0  # seconds after which the lock of a writer that died is free
_ANSWERS = 60  # seconds in which a server answers; the commit of a large run takes some

_REMEDIES = {
    "maxmemory": "the memory of the server is full; raise its maxmemory or expire clippings: the index is as it was",
    "read only": "this is a replica, which cannot be written; name the primary server",
    "misconf": "the server cannot save to its disk and takes no writes; make room there: the index is as it was",
    "wrongtype": "names there that begin like those of an index hold something else; choose others with ?prefix=word",
    "loading": "the server is still loading its data; wait and run again",
    "auth": "the server wants a user and password; write redis://user:password@host:port/database",
    "wrongpass": "the server refuses this user or password",
    "permission": "this user may not do that; give it all commands on the names of the index",
    "db index": "the server has no such database; redis-server has those from 0 to 15",
    "timeout": "the server does not answer; look at its load, or give it longer with ?socket_timeout=seconds",
    "timed out": "the server does not answer; look at its load, or give it longer with ?socket_timeout=seconds",
    "connect": "the server cannot be reached; check the address, and that redis-server runs there",
}


class Server:
    """The server at an address; ``names`` are those that an index uses. Errors are those of ``RedisStore``."""

    def __init__(self, where: str, names: Iterable[str], *, create: bool, wait: float) -> None:
        self.where = without_password(where)
        self._wait = wait
        self._version: bytes | None = None
        self._lock: Lock | None = None
        self._ended = Event()
        address, _, query = where.partition("?")
        options = parse_qs(query)
        self._prefix = "{" + options.pop("prefix", ["clipclean"])[-1] + "}:"
        address += "?" + urlencode(options, doseq=True)
        try:
            self._redis = redis.Redis.from_url(
                address, protocol=2, socket_timeout=_ANSWERS, socket_connect_timeout=_EXPIRES
            )
            self._prepare(names, create)
        except (ValueError, TypeError) as error:
            raise StoreError(f"{self.where}: {error}; write redis://host:port/database") from error
        except RedisError as error:
            raise self._said(error) from error

    def name(self, name: str) -> str:
        """The whole of a name on the server."""
        return self._prefix + name

    def ask(self, *commands: tuple[Any, ...]) -> list[Any]:
        """What the server answers to commands that are sent together; raises ChangedError where the index moved on."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                queue(pipe, *commands, ("GET", self.name("version")))  # last: what was read is not younger
                *answers, version = pipe.execute()
        except RedisError as error:
            raise self._said(error) from error
        if version is None:
            raise StoreError(f"{self.where}: the index is no longer there; open it again to make a new one")
        if self._version not in (None, version):
            raise self._changed()
        self._version = version
        return answers

    def begin(self) -> None:
        """From the next answer on, see one state."""
        self._version = None

    def lock(self) -> None:
        """Be the only one who writes, from now until ``unlock``."""
        lock = Lock(self._redis, self.name("lock"), _EXPIRES, blocking_timeout=self._wait, thread_local=False)
        try:
            held = lock.acquire()
        except RedisError as error:
            raise self._said(error) from error
        if not held:
            raise StoreError(
                f"{self.where}: another process is writing to it; wait until that ends, or give it longer with wait"
            )
        self._lock, self._ended = lock, Event()
        Thread(target=_renew, args=(lock, self._ended), daemon=True).start()

    def unlock(self) -> None:
        """Let others write."""
        self._ended.set()
        if self._lock is not None:
            with suppress(RedisError):  # it may have expired
                self._lock.release()
            self._lock = None

    def send(self, commands: Iterable[tuple[Any, ...]]) -> None:
        """Send commands as one transaction, and raise the version; refused where the index moved on since ``begin``."""
        if self._version is None:
            self.ask()
        version = self.name("version")
        try:
            with self._redis.pipeline() as pipe:
                cast(Any, pipe).watch(version)
                if pipe.get(version) != self._version:
                    raise self._changed()
                pipe.multi()
                queue(pipe, *commands, ("INCR", version))
                pipe.execute()
        except WatchError as error:  # this too where the connection broke
            raise self._changed() from error
        except RedisError as error:
            raise self._said(error) from error

    def close(self) -> None:
        """Let the server go."""
        self.unlock()
        with suppress(RedisError):
            self._redis.close()

    def _prepare(self, names: Iterable[str], create: bool) -> None:
        memory = self._redis.info("memory")
        policy = str(memory.get("maxmemory_policy", ""))
        if memory.get("maxmemory") and policy.startswith("allkeys"):
            raise StoreError(
                f"{self.where}: this server drops what it holds when its memory is full ({policy}); "
                "set its maxmemory-policy to noeviction, or use another one"
            )
        held = cast(bytes | None, self._redis.get(self.name("format")))
        if held is None and not create:
            raise StoreError(f"{self.where}: there is no index; clipclean run --index makes one, or Index.open")
        if held is None and self._redis.exists(*map(self.name, names)):
            raise StoreError(f"{self.where}: {_REMEDIES['wrongtype']}")
        if held is None:
            with self._redis.pipeline() as pipe:  # another process may be first
                queue(pipe, ("SET", self.name("version"), 0, "NX"), ("SET", self.name("format"), FORMAT, "NX"))
                pipe.execute()
        elif not held.isdigit():
            raise StoreError(f"{self.where}: {_REMEDIES['wrongtype']}")
        elif int(held) > FORMAT:
            raise StoreError(
                f"{self.where}: written by a newer clipclean (format {int(held)}; this one reads {FORMAT}); update it"
            )
        elif int(held) < FORMAT:
            raise StoreError(
                f"{self.where}: written by a clipclean before the first release (format {int(held)}; this one reads "
                f"{FORMAT}), which cannot be converted; take another prefix, and add the clippings again"
            )

    def _changed(self) -> ChangedError:
        return ChangedError(
            f"{self.where}: another process has changed the index meanwhile, or the connection broke; run again"
        )

    def _said(self, error: RedisError) -> StoreError:
        """What Redis says, in the words of this package and with what to do."""
        said = f"{type(error).__name__}: {error}"
        remedy = next((reason for part, reason in _REMEDIES.items() if part in said.lower()), "Redis refused it")
        return StoreError(f"{self.where}: {remedy} ({said})")


def queue(pipe: Pipeline, *commands: tuple[Any, ...]) -> None:
    """Put commands into a pipeline."""
    for command in commands:
        cast(Any, pipe).execute_command(*command)


def _renew(lock: Lock, ended: Event) -> None:
    """Keep a lock while its writer lives."""
    while not ended.wait(_EXPIRES / 3):
        try:
            lock.reacquire()
        except LockError:
            return  # it is lost, or was let go
        except RedisError:
            continue  # the server may come back in time
