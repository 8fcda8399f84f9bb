"""Which suffix is read how. A new format is a module with one function and a line here.

Suffixes count in any case. Those of a packing come after them (``a.jsonl.gz``, ``a.warc.wet.zst``) and say nothing
about how the packing is undone: that is told by the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BufferedReader

from clipclean.limits import ReadLimits
from clipclean.model import Clipping, Failure
from clipclean.readers.archives import Member, tar_members, zip_members
from clipclean.readers.arrow import read_arrow, read_parquet
from clipclean.readers.compression import SUFFIXES
from clipclean.readers.json_array import read_json
from clipclean.readers.jsonl import read_jsonl
from clipclean.readers.mail import read_mail, read_mailbox
from clipclean.readers.page import read_page
from clipclean.readers.plain import read_markdown, read_plain
from clipclean.readers.records import Records
from clipclean.readers.table import read_table
from clipclean.readers.warc import read_warc
from clipclean.readers.xml_file import read_xml

Reader = Callable[[BufferedReader, Records], Iterator[Clipping | Failure]]

READERS: dict[str, Reader] = {
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_page,
    ".htm": read_page,
    ".xhtml": read_page,
    ".shtml": read_page,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".jl": read_jsonl,
    ".json": read_json,
    ".csv": read_table,
    ".tsv": read_table,
    ".tab": read_table,
    ".parquet": read_parquet,
    ".pq": read_parquet,
    ".arrow": read_arrow,
    ".arrows": read_arrow,
    ".ipc": read_arrow,
    ".feather": read_arrow,
    **dict.fromkeys((".xml", ".rss", ".atom", ".rdf", ".nitf"), read_xml),
    ".eml": read_mail,
    ".mbox": read_mailbox,
    ".warc": read_warc,
    ".wet": read_warc,
}

ALONE = frozenset(
    suffix for suffix, reader in READERS.items() if reader in (read_plain, read_markdown, read_page, read_mail)
)
"""The suffixes of files that are one document."""

ARCHIVES: dict[str, Callable[[BufferedReader, ReadLimits], Iterator[Member]]] = {
    ".zip": zip_members,
    ".tar": tar_members,
}

SHORT = {".tgz": ".tar.gz", ".tbz": ".tar.bz2", ".tbz2": ".tar.bz2", ".txz": ".tar.xz", ".tzst": ".tar.zst"}

ADVICE = {
    **dict.fromkeys((".msg", ".pst", ".ost", ".emlx"), "save the messages as eml or mbox, or their HTML parts as html"),
    **dict.fromkeys((".mht", ".mhtml"), "save the page as html"),
}
"""What to do with files of suffixes that are known not to be read, where another name would not help."""

KNOWN = "txt, md, html, jsonl, json, csv, tsv, parquet, arrow, feather, warc, wet, xml, eml, mbox, zip, tar"
"""What messages list; the other suffixes are spellings of these."""


def split_name(name: str) -> tuple[str, str]:
    """The suffix of a file's format and of its packing, both in lower case and empty where there is none.

    What follows a ``?`` is left away where the name makes no sense with it: programs that mirror sites keep the query.

    >>> split_name("a.JSONL.gz"), split_name("a.tgz"), split_name("index.html?page=2"), split_name("LICENSE")
    (('.jsonl', '.gz'), ('.tar', '.gz'), ('.html', ''), ('', ''))
    """
    for part in (name, name.partition("?")[0]):
        rest, packing = _suffix(part.lower())
        if packing in SHORT:
            return ".tar", SHORT[packing].removeprefix(".tar")
        if packing in SUFFIXES:
            return _suffix(rest)[1], packing
        if packing in READERS or packing in ARCHIVES:
            return packing, ""
    return _suffix(name.lower())[1], ""


def _suffix(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem and dot else (name, "")
