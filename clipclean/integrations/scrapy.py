"""An item pipeline for Scrapy: cleans each item, and says of what it is a copy.

Cleaning and the index work where they are called, in the thread of the crawl, which waits meanwhile: cleaning computes,
so that a thread would win nothing, and an index takes an item in one short transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipclean.choosing import no_such
from clipclean.cleaners import batch_cleaner
from clipclean.config import DedupSettings, Keep, Settings
from clipclean.dedup_settings import check_preference
from clipclean.errors import RecordError, SettingsError, StoreError
from clipclean.index.verdict import Verdict
from clipclean.indexing import Index
from clipclean.layers import Stated
from clipclean.learning import Lesson, load_profile
from clipclean.model import CleanClipping, Clipping, Origin
from clipclean.readers.names import FIELD_OF, folded
from clipclean.readers.records import Records
from clipclean.readers.source import Source
from clipclean.settings_file import KEYS, load_stated
from clipclean.writers import measures, to_record

try:
    from itemadapter import ItemAdapter
    from scrapy.exceptions import DropItem
    from scrapy.utils.defer import deferred_from_coro
except ImportError as error:
    raise ImportError("clipclean.integrations.scrapy: this needs Scrapy; pip install 'clipclean[scrapy]'") from error

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

__all__ = ["ClipcleanPipeline", "DuplicateItem", "EmptyItem"]

logger = logging.getLogger(__name__)

OPTIONS = {f"CLIPCLEAN_{key.upper()}": key for key in ("preset", "keep", "prefer", "fold", "window")}
"""Settings of Scrapy that are keys of a settings file too; its other keys stand in the file of CLIPCLEAN_CONFIG."""

NAMES = ("CLIPCLEAN_INDEX", "CLIPCLEAN_DROP", "CLIPCLEAN_FIELDS", "CLIPCLEAN_CONFIG", "CLIPCLEAN_PROFILE", *OPTIONS)
"""All settings of Scrapy that are ours."""

STORY, NOTES = "clean", "clipclean"
"""What CLIPCLEAN_FIELDS may name besides the fields that are read: where the story goes, and what is said of it."""

EMPTY = ("empty-text", "no-text")
"""Kinds of errors that say that there is no story."""

_NAMELESS = Origin("item")
_MEASURED = ("relation", "jaccard", "containment")


class _NotForUsError(Exception):
    """An item that has no text, or no fields for what would be said of it."""


class DuplicateItem(DropItem):
    """An item whose story was there before; ``verdict`` says of what it is a copy, and how near it is.

    >>> print(DuplicateItem(Verdict(id="b", cluster="a", kept="a", copy=True, known=True)))
    b: was added to the index before, with the same words
    """

    def __init__(self, verdict: Verdict) -> None:
        said = "was added to the index before, with the same words"
        if not verdict.known and verdict.relation is not None:
            said = f"copy ({verdict.relation.value}) of {verdict.of}"
        super().__init__(f"{verdict.id}: {said}")
        self.verdict = verdict


class EmptyItem(DropItem):
    """An item without a story: its text is empty, its page shows none, or all of it is furniture.

    >>> print(EmptyItem("https://halden.example/rain: nothing but furniture"))
    https://halden.example/rain: nothing but furniture
    """


class ClipcleanPipeline:
    """Cleans each item, and with CLIPCLEAN_INDEX says whether its story was there before.

    The story takes the place of the item's text; the field ``clipclean`` says what went, and of what the item is a
    copy. With CLIPCLEAN_DROP, copies and items without a story are dropped (``DuplicateItem``, ``EmptyItem``). The
    settings stand in docs/scrapy.md; before the first page is fetched, those that cannot be used raise SettingsError,
    and an index that cannot be used raises StoreError. An item that cannot be used goes on as it is, with its error
    said; where the index fails during a crawl, the crawl is closed.

    >>> from scrapy import Spider
    >>> from scrapy.crawler import Crawler
    >>> from scrapy.statscollectors import StatsCollector
    >>> crawler = Crawler(Spider)
    >>> crawler.stats = StatsCollector(crawler)  # as a crawl has them
    >>> cleaner = ClipcleanPipeline.from_crawler(crawler)
    >>> cleaner.process_item({"body": "Rain fell on Halden for a third day on Monday.\\nRead more"})["body"]
    'Rain fell on Halden for a third day on Monday.'
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._asked = asked = _asked(crawler.settings)
        self._records = Records(asked.settings.read, Source(_NAMELESS.path))
        lesson = Lesson(load_profile(asked.profile)) if asked.profile else None
        self._clean = batch_cleaner(asked.settings.clean, lesson=lesson)
        self._index: Index | None = None
        self._passed: set[type] = set()
        self._closing: object = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ClipcleanPipeline:
        """The pipeline with the settings of a crawler."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Open the index."""
        asked = self._asked
        if asked.index:
            window = asked.settings.dedup.window
            self._index = Index.open(asked.index, window=window, settings=asked.folding, clean=asked.settings.clean)

    def close_spider(self) -> None:
        """Let the index go."""
        if self._index is not None:
            self._index.close()

    def process_item(self, item: Any) -> Any:
        """The item with its story alone, and with what is said of it.

        Raises DuplicateItem and EmptyItem where such are to be dropped, and StoreError where the index failed.
        """
        adapter = ItemAdapter(item)
        try:
            clipping = self._read(adapter)
            story = self._story_field(item, clipping)
            result = self._cleaned(clipping)
            verdict = self._added(result)
        except _NotForUsError as reason:
            return self._pass_by(item, str(reason))
        except RecordError as error:
            return self._failed(adapter, error)
        except StoreError:
            self._close_crawl()
            raise
        adapter[story] = result.text
        self._note(adapter, _notes(result, verdict))
        self._count("cleaned")
        if not result.text:
            return self._empty(item, f"{clipping.origin}: nothing but furniture; no story is left")
        if verdict is not None:
            self._count_verdict(verdict)
            if self._asked.drop and not verdict.is_new:
                raise DuplicateItem(verdict)
        return item

    def _read(self, adapter: ItemAdapter) -> Clipping:
        try:
            clipping = self._records.clipping(dict(adapter), _NAMELESS)
        except RecordError as error:
            if error.kind == "no-text":
                fields = ", ".join(adapter) or "none"
                raise _NotForUsError(
                    "no field is known to hold a text or a page; if one does, name it in CLIPCLEAN_FIELDS, "
                    f'as in {{"text": "story"}} (fields: {fields})'
                ) from None
            raise RecordError(error.kind, f"{_name(adapter)}: {error}") from None
        name = clipping.id if clipping.id != str(_NAMELESS) else clipping.url or ""
        return replace(clipping, id=name, origin=Origin(name) if name else _NAMELESS)

    def _story_field(self, item: Any, clipping: Clipping) -> str:
        """The field where the story goes: that of the text, which the item of a page need not have yet."""
        asked = self._asked
        story = asked.story or clipping.keys.get("text") or asked.settings.read.fields.get("text") or "text"
        there = ItemAdapter.get_field_names_from_class(type(item))
        for field, role in ((story, STORY), (asked.notes, NOTES)):
            if field and there is not None and field not in there:
                raise _NotForUsError(
                    f'it has no field {field!r}; add it, or name another in CLIPCLEAN_FIELDS, as in {{"{role}": "..."}}'
                )
        return story

    def _cleaned(self, clipping: Clipping) -> CleanClipping:
        (result,) = self._clean([clipping])
        if result.error is not None:
            raise RecordError(result.error.kind, result.error.message)
        return result

    def _added(self, result: CleanClipping) -> Verdict | None:
        if self._index is None or not result.text:
            return None
        if not result.id:
            raise RecordError("no-id", "item: an index knows items by their ids; give it an id or a url")
        return self._index.add(result)

    def _failed(self, adapter: ItemAdapter, error: RecordError) -> Any:
        """Say why an item could not be used, and let it go on as it is."""
        self._note(adapter, {"error": {"kind": error.kind, "message": str(error)}})
        if error.kind in EMPTY:
            return self._empty(adapter.item, str(error))
        self._count("failed", f"failed/{error.kind}")
        self._warn(str(error))
        return adapter.item

    def _empty(self, item: Any, said: str) -> Any:
        self._count("empty")
        if self._asked.drop:
            raise EmptyItem(said)
        return item

    def _pass_by(self, item: Any, reason: str) -> Any:
        """Let an item go on that is not for us, and say so once for each kind of item."""
        self._count("passed")
        if type(item) not in self._passed:
            self._passed.add(type(item))
            self._warn(f"items of type {type(item).__name__} are not cleaned: {reason}")
        return item

    def _note(self, adapter: ItemAdapter, notes: Mapping[str, Any]) -> None:
        there = ItemAdapter.get_field_names_from_class(type(adapter.item))
        if self._asked.notes and (there is None or self._asked.notes in there):
            adapter[self._asked.notes] = notes

    def _warn(self, message: str) -> None:
        logger.warning("%s", message, extra={"spider": self._crawler.spider})

    def _count(self, *names: str) -> None:
        for name in names:
            self._crawler.stats.inc_value(f"clipclean/{name}")

    def _count_verdict(self, verdict: Verdict) -> None:
        if verdict.known:
            self._count("known")
            return
        self._count("added")
        if verdict.copy and verdict.relation is not None:
            self._count(f"copies/{verdict.relation.value}")
        if verdict.supersedes is not None:
            self._count("supersedes")

    def _close_crawl(self) -> None:
        """Close the crawl when the items under way are through; waiting for that here would wait for this item."""
        if self._closing is None:
            self._closing = deferred_from_coro(self._crawler.engine.close_spider_async(reason="clipclean_index_failed"))


def _notes(result: CleanClipping, verdict: Verdict | None) -> dict[str, Any]:
    """A clean record but for what stands in the item itself, and the verdict, as plain values."""
    clipping = result.clipping
    record = to_record(replace(result, clipping=replace(clipping, meta={})))
    found = {key: value for key, value in record.items() if key != "text" and key not in clipping.keys.values()}
    said = {} if verdict is None else {**asdict(verdict), **measures(verdict)}
    return {**found, **said}


def _name(adapter: ItemAdapter) -> str:
    """What tells an item that cannot be read from others: its address, where it has one."""
    addresses = (str(value) for key, value in adapter.items() if FIELD_OF.get(folded(key), ("",))[0] == "url" and value)
    return next(addresses, str(_NAMELESS))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the settings of a crawler ask for; ``folding`` is None where they do not say how copies fold."""

    settings: Settings
    folding: DedupSettings | None
    index: str
    profile: str
    drop: bool
    story: str
    notes: str


def _asked(crawler: BaseSettings) -> _Asked:
    for name in crawler:
        if str(name).startswith("CLIPCLEAN_") and name not in NAMES:
            raise no_such("", name, NAMES, kind="setting ")
    fields = _fields(crawler)
    story, notes = fields.pop(STORY, ""), fields.pop(NOTES, NOTES)
    stated = _stated(crawler, fields)
    settings = stated.settings()
    folding = (stated.keep, stated.prefer, stated.fold, stated.level, stated.threshold, stated.scope)
    return _Asked(
        settings=settings,
        folding=None if all(value is None for value in folding) else settings.dedup,
        index=str(crawler.get("CLIPCLEAN_INDEX") or ""),
        profile=str(crawler.get("CLIPCLEAN_PROFILE") or ""),
        drop=_truth(crawler, "CLIPCLEAN_DROP"),
        story=story,
        notes=notes,
    )


def _stated(crawler: BaseSettings, fields: Mapping[str, str]) -> Stated:
    """The settings of the crawler over those of the file, as the options of a command are over it."""
    here: dict[str, Any] = {"field": fields} if fields else {}
    for name, key in OPTIONS.items():
        value = crawler.getlist(name) if key == "prefer" else crawler.get(name)
        if value:
            here[key] = KEYS[key](value, name)
    check_preference(here.get("keep"), here.get("prefer"))
    if "prefer" in here:
        here["keep"] = Keep.PREFERRED
    file = crawler.get("CLIPCLEAN_CONFIG")
    return Stated(**here).over(load_stated(Path(file)) if file else Stated())


def _fields(crawler: BaseSettings) -> dict[str, str]:
    name = "CLIPCLEAN_FIELDS"
    try:
        return dict(KEYS["field"](crawler.getdict(name), name))
    except (TypeError, ValueError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError(f'{name}: write a mapping, as in {{"text": "story"}}') from None


def _truth(crawler: BaseSettings, name: str) -> bool:
    try:
        return crawler.getbool(name)
    except (TypeError, ValueError):
        raise SettingsError(f"{name}: {crawler.get(name)!r}; write True or False") from None
