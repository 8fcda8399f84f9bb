"""One record (a mapping, a bare text) becomes a clipping: fields are recognised, the other keys pass through.

Which key holds which field depends on the names alone, so it is worked out once for each set of keys and kept for the
file. A field that the user's ``fields`` name is taken from that key alone, since another one in its place would be a
mistake that nobody sees. For the others the field's own name comes first, then the usual names in the order of
``names.py``; the first that holds something is taken. A key that was not taken, and one of which only a part was, stays
in ``meta`` as it is: ``meta`` and the keys named in ``Clipping.keys`` are together all that the record had.

A record without a text is refused, but for one that cleaning left without any, which says so in its flags: what we
write, we read.

A record with both text and html keeps both; the stages after this one read the text and use the page only where there
is no text. A text that is markup from end to end is a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clipclean.config import ReadSettings
from clipclean.errors import RecordError
from clipclean.model import Clipping, Failure, Origin, new_clipping
from clipclean.readers import names
from clipclean.readers.compression import too_large
from clipclean.readers.encoding import Decoder, mend
from clipclean.readers.layout import Layout, lay_out, no_such_key, no_text
from clipclean.readers.markdown import as_page, is_markdown
from clipclean.readers.names import folded
from clipclean.readers.source import Source
from clipclean.readers.values import READERS, UNFIT, absent, carried, carried_key, host, is_markup, is_page

LAYOUTS = 256
"""Layouts that are kept for a file; records whose keys never repeat must not fill the memory."""

MARKDOWN = "Markdown"

NO_STORY = "no-story"
"""The flag of a clipping of which cleaning kept no line."""

MENDED = ("text", "html", "title")
FACTS = ("url", "source", "title", "published", "lang")


class Records:
    """Makes clippings of the records of one file.

    >>> Records(ReadSettings(), Source("a.jsonl")).read({"Body": "Rain fell.", "page_no": 3}, 1)  # doctest: +ELLIPSIS
    Clipping(id='a.jsonl#1', text='Rain fell.', ..., meta={'page_no': 3}, ..., keys={'text': 'Body'})
    """

    def __init__(self, settings: ReadSettings, source: Source) -> None:
        self.settings = settings
        self.source = source
        self.decoder = Decoder(settings.encoding)
        self._layouts: dict[tuple[Any, ...], Layout] = {}
        self._asked = {field: key for field, key in settings.fields.items() if field in ("text", "html")}

    def read(self, record: Any, number: int, *, notes: tuple[str, ...] = (), sound: bool = False) -> Clipping | Failure:
        """The clipping of record ``number``, or the failure that says why there is none.

        ``sound`` says that no string in the record holds null characters or lone surrogates.
        """
        try:
            return self.clipping(record, self.source.origin(number), notes=notes, sound=sound)
        except RecordError as error:
            return self.source.failure(error, number, record_id=self.known_id(record))

    def clipping(self, record: Any, origin: Origin, *, notes: tuple[str, ...] = (), sound: bool = False) -> Clipping:
        """The clipping of a record; raises RecordError where it holds no text that can be read."""
        if isinstance(record, str):
            return self.build({"text": record}, origin, notes=notes)
        if type(record) is not dict and not isinstance(record, Mapping):
            raise RecordError(
                "wrong-type", f"a record is an object or a text, not {_kind(record)}; mend or leave it out"
            )
        if not sound:
            record = {carried_key(key, self.decoder): value for key, value in record.items()}
        layout = self._layout(tuple(record))
        self._see_that_text_is_there(record)
        if (found := _plainly(record, layout)) is not None:
            keys, rest = layout.keys, {key: record[key] for key in layout.rest}
        else:
            found, keys, rest, taken = self._resolve(record, layout)
            notes += taken
        if not sound:
            try:
                rest = {key: carried(value, self.decoder) for key, value in rest.items()}
            except RecursionError:
                raise RecordError("wrong-type", "objects are nested too deep; flatten the record") from None
        return self.build(found, origin, meta=rest, keys=keys, notes=notes, sound=sound)

    def build(
        self,
        fields: Mapping[str, str],
        origin: Origin,
        *,
        meta: Mapping[str, Any] | None = None,
        keys: Mapping[str, str] | None = None,
        notes: tuple[str, ...] = (),
        sound: bool = False,
    ) -> Clipping:
        """A clipping of known fields: broken characters are mended, and what is missing falls back.

        The source falls back to the host of the url, then to the folder; the id to the origin. Raises RecordError of
        kind ``empty-text`` where there is neither text nor html and ``meta`` does not say so, and ``too-large``.
        """
        text, html, title = fields.get("text"), fields.get("html"), fields.get("title")
        if len(text or "") > self.settings.limits.document or len(html or "") > self.settings.limits.document:
            raise too_large(self.settings.limits)
        if text is not None:
            text, mended = mend(text, self.decoder)
            notes += mended
            if text.isspace() or not text:
                text = None
        if html is not None:
            html, mended = mend(html, self.decoder)
            notes += mended
            if html.isspace() or not html:
                html = None
        if text is None and html is None:
            if not _is_left_empty(meta or {}):
                raise _empty_text()
            text = ""
        if title is not None:
            title, mended = mend(title, self.decoder)
            notes += mended
        if not sound:
            fields = {
                name: carried(value, self.decoder).replace("\x00", "\ufffd")
                for name, value in fields.items()
                if name not in MENDED
            }
        url, source = fields.get("url"), fields.get("source")
        if source is None:
            source = (host(url) if url else None) or self.source.folder
        return new_clipping(
            fields.get("id") or str(origin),
            text,
            html,
            url,
            source,
            title,
            fields.get("published"),
            fields.get("lang"),
            {} if meta is None else meta,
            origin,
            tuple(dict.fromkeys(notes)) if notes else notes,
            {} if keys is None else keys,
        )

    def holds_text(self, keys: tuple[str, ...]) -> bool:
        """Whether records with these keys have one for the text or the page, and those that the user names."""
        layout = self._layout(keys)
        if any(field not in layout.candidates and field not in layout.paths for field in self._asked):
            return False
        return any(field in layout.candidates or field in layout.paths for field in ("text", "html"))

    def without_text(self, keys: Mapping[str, Any] | tuple[str, ...]) -> RecordError:
        """The error for records with these keys, which have none for the text or lack the one that the user names."""
        layout = self._layout(tuple(keys))
        for field, key in self._asked.items():
            if field not in layout.candidates and field not in layout.paths:
                return no_such_key(field, key, keys)
        return no_text(keys)

    def _see_that_text_is_there(self, record: Mapping[str, Any]) -> None:
        """Raise where the record lacks a key that the user names for the text or the page."""
        for field, key in self._asked.items():
            if key in record:
                continue
            *path, last = key.split(".")
            inner = _reach(record, tuple(path))
            if not path or not isinstance(inner, Mapping) or last not in inner:
                raise no_such_key(field, key, record)

    def known_id(self, record: Any) -> str | None:
        """The id that a record states, whatever else is wrong with it."""
        if not isinstance(record, Mapping):
            return None
        record = {carried_key(key, self.decoder): value for key, value in record.items()}
        layout = self._layout(tuple(record))
        for key in layout.candidates.get("id", ()):
            reading = READERS["id"](record[key], self.decoder)
            if reading is not None and reading is not UNFIT:
                return str(carried(reading.value, self.decoder))
        return None

    def _layout(self, keys: tuple[str, ...]) -> Layout:
        layout = self._layouts.get(keys)
        if layout is None:
            if len(self._layouts) >= LAYOUTS:
                self._layouts.clear()
            layout = self._layouts[keys] = lay_out(keys, self.settings.fields)
        return layout

    def _resolve(
        self, record: Mapping[str, Any], layout: Layout, *, outermost: bool = True
    ) -> tuple[dict[str, str], dict[str, str], dict[str, Any], tuple[str, ...]]:
        """The slow and thorough way: fields, their keys, the other keys, notes."""
        fields: dict[str, str] = {}
        keys: dict[str, str] = {}
        notes: tuple[str, ...] = ()
        unfit: list[str] = []
        for field, read in READERS.items():
            own = self.settings.fields.get(field, field)
            values: list[tuple[str | None, Any]] = [(key, record[key]) for key in layout.candidates.get(field, ())]
            if field in layout.paths:
                values.append((None, _reach(record, layout.paths[field])))
            for key, value in values:
                reading = read(value, self.decoder)
                if reading is None:
                    continue
                if reading is UNFIT:
                    if field in ("id", "text", "html") and key == own:
                        raise RecordError("wrong-type", f"{key} is {_kind(value)}; write it as text")
                    unfit.append(f"{key} is {_kind(value)}")
                    continue
                name = field
                if field == "html" and key != own and "<" not in reading.value:
                    continue  # a page number, not a page
                if field == "text" and (kind := _marked_up(key, reading.value)):
                    if "html" in fields:
                        continue
                    name = "html"
                    notes += (f"text: {key or '.'.join(layout.paths[field])} is {kind}, read as html",)
                    if kind == MARKDOWN:
                        reading = reading._replace(value=as_page(reading.value), whole=False)
                fields[name] = reading.value
                notes += reading.notes
                if key is not None and reading.whole:
                    keys[name] = key
                break
        self._look_inside(record, layout, fields)
        if outermost and "text" not in fields and "html" not in fields and (key := self._wrapped(record)):
            known = {field: value for field, value in fields.items() if key not in layout.candidates.get(field, ())}
            return self._unwrap(record, key, known, keys)
        if "url" not in fields and "url" not in self.settings.fields:
            pages = [record[key] for key in layout.candidates.get("source", ()) if is_page(record[key])]
            fields.update(zip(("url",), pages, strict=False))
        if "text" not in fields and "html" not in fields:
            error = self._without_text(record, layout, unfit)
            if error.kind != "empty-text" or not _is_left_empty(record):
                raise error
        used = set(keys.values())
        rest = {key: value for key, value in record.items() if key not in used}
        if isinstance(page := rest.get("html"), Mapping) and page.get("content") == fields.get("html"):
            rest["html"] = {key: value for key, value in page.items() if key != "content"}
        return fields, keys, rest, notes

    def _wrapped(self, record: Mapping[str, Any]) -> str | None:
        """The key of the one object that holds a text, in a record that holds none itself (a hit of a search)."""
        objects = [(key, value) for key, value in record.items() if isinstance(value, Mapping)]
        found = [key for key, value in objects if self.holds_text(tuple(map(str, value)))]
        return found[0] if len(found) == 1 and not self._asked else None

    def _unwrap(
        self, record: Mapping[str, Any], key: str, fields: dict[str, str], keys: dict[str, str]
    ) -> tuple[dict[str, str], dict[str, str], dict[str, Any], tuple[str, ...]]:
        """The fields of the object under a key, and those of the record where that has none; as ``_resolve``.

        What is taken from the object is not named among the keys, since the record has it elsewhere.
        """
        inner = {str(name): value for name, value in record[key].items()}
        found, _, others, notes = self._resolve(inner, self._layout(tuple(inner)), outermost=False)
        keys = {field: name for field, name in keys.items() if field not in found}
        rest = {name: value for name, value in record.items() if name not in keys.values()}
        return {**fields, **found}, keys, {**rest, key: others}, (f"text: in {key}", *notes)

    def _look_inside(self, record: Mapping[str, Any], layout: Layout, fields: dict[str, str]) -> None:
        """Facts that the record does not state itself may stand in an object it holds."""
        for key in layout.nested:
            inner = record[key]
            if not isinstance(inner, Mapping):
                continue
            inside = lay_out(tuple(name for name in inner if isinstance(name, str)), {})
            for field in FACTS:
                known = field in fields or field in self.settings.fields
                for name in () if known else inside.candidates.get(field, ()):
                    reading = READERS[field](inner[name], self.decoder)
                    if reading is not None and reading is not UNFIT:
                        fields[field] = reading.value
                        break

    def _without_text(self, record: Mapping[str, Any], layout: Layout, unfit: list[str]) -> RecordError:
        if not self.holds_text(tuple(record)):
            return self.without_text(record)
        asked = [key for field in ("text", "html") for key in layout.candidates.get(field, ())]
        if all(absent(record[key]) for key in asked):
            return _empty_text()
        return RecordError("wrong-type", f"{' and '.join(unfit) or 'the text is no text'}; write the text as a string")


def from_record(
    record: Mapping[str, Any] | str | Clipping,
    settings: ReadSettings | None = None,
    *,
    origin: Origin | None = None,
    folder: str | None = None,
) -> Clipping:
    """One record, or a bare text, as a clipping; a clipping is returned as it is.

    For records that a program holds. For files and streams use ``read``, which also sees to repeated ids. Without an id
    the record gets that of ``origin``; without source and url the source is ``folder``.

    Raises RecordError of kind ``empty-text``, ``no-text`` (no key that is known to hold a text) or ``wrong-type``.

    >>> clipping = from_record({"_id": 7, "article_text": "Rain fell.", "link": "https://www.example.com/rain"})
    >>> clipping.id, clipping.text, clipping.source, clipping.keys["text"]
    ('7', 'Rain fell.', 'example.com', 'article_text')
    """
    if isinstance(record, Clipping):
        return record
    origin = origin or Origin("")
    return Records(settings or ReadSettings(), Source(origin.path, folder)).clipping(record, origin)


def _empty_text() -> RecordError:
    return RecordError("empty-text", "the text is empty; leave the record out or fill its text")


def _is_left_empty(record: Mapping[str, Any]) -> bool:
    """Whether a record says that cleaning left it without text: by its flags, which are JSON text in a table."""
    flags = record.get("flags")
    return isinstance(flags, str | list | tuple) and NO_STORY in flags


def _plainly(record: Mapping[str, Any], layout: Layout) -> dict[str, str] | None:
    """The fields of a record in which every best key holds text and nothing needs a second look."""
    if layout.paths or layout.nested or layout.marked:
        return None
    fields: dict[str, str] = {}
    for field, key in layout.first:
        value = record[key]
        if field == "id" and type(value) is int:
            value = str(value)
        if type(value) is not str or not value or value.isspace():
            return None
        fields[field] = value
    text = fields.get("text")
    if (
        text is None
        or text[0] in "< \t\r\n"
        or "](" in text
        or "//" in fields.get("source", "")
        or "<" not in fields.get("html", "<")
    ):
        return None
    return fields


def _marked_up(key: str | None, text: str) -> str | None:
    """What a text is that is no plain one; None for a plain one."""
    if is_markup(text):
        return "markup"
    return MARKDOWN if is_markdown(text) or (key and folded(key) in names.MARKDOWN) else None


def _reach(record: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = record
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "null" if value is None else names.get(type(value), f"of type {type(value).__name__}")
