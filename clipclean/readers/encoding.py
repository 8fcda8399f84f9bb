"""Bytes become text, and broken characters in text are mended; what it took is noted.

The order: the encoding that the user forces; a byte-order mark; the declared encoding (HTTP header, meta element, XML
declaration); valid UTF-8; UTF-8 with little damage; detection. Two departures from it: bytes that are UTF-8 beyond
doubt are not read as the one-byte encoding that a page declares by mistake, and UTF-7 is never believed.

Mojibake (UTF-8 that somebody read as windows-1252 on the way) is repaired line by line and only where ftfy's measure
of badness falls by it, so a line with true accents beside a broken one stays as it is.
"""

from __future__ import annotations

import codecs
import re

from clipclean.errors import RecordError
from clipclean.readers.western import latin_codec

NO_NOTES: tuple[str, ...] = ()

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# What web pages mean by a label, where it is not what Python means: https://encoding.spec.whatwg.org/#names-and-labels
LABELS = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "tis-620": "cp874",
    "utf8": "utf-8",
    "utf-16": "utf-8",  # a page whose ASCII declaration can be read is not UTF-16
}
NO_PAGE = frozenset({"utf_7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
SEVEN_BIT = frozenset({"iso2022_jp", "iso2022_kr", "hz"})

# The encodings that detection chooses from: those in use for news. Those of the Latin script share most of their
# letters, so among them the languages that each was made for settle what the detector leaves open.
LATIN = {
    "cp1252": {"English", "French", "German", "Spanish", "Portuguese", "Italian", "Dutch", "Swedish", "Danish"}
    | {"Norwegian", "Finnish", "Indonesian"},
    "cp1250": {"Polish", "Czech", "Slovak", "Hungarian", "Croatian", "Slovene", "Romanian"},
    "iso8859_2": {"Polish", "Czech", "Slovak", "Hungarian", "Croatian", "Slovene", "Romanian"},
    "cp1254": {"Turkish"},
    "cp1257": {"Lithuanian", "Latvian", "Estonian"},
}
OTHER_SCRIPTS = ["cp1251", "koi8_r", "iso8859_5", "cp1253", "cp1255", "cp1256", "gb18030", "big5hkscs", "cp932"]
OTHER_SCRIPTS += ["euc_jp", "cp949", "cp874", "cp1258"]
NEAR = 0.05
"""How far the detector's measure of chaos may lie above the best for an encoding to stay in question: half of the
.1 that separates the right encoding of a short paragraph from those of other scripts."""
SAMPLE = 1 << 18
"""Bytes that detection looks at; the detector itself takes a few samples of some hundred bytes from them."""

# Bytes of windows-1252 that stray into UTF-8 text when a page is put together from pieces: dots, quotes, dashes.
STRAY = {0xDC00 + byte: bytes([byte]).decode("cp1252") for byte in (0x85, *range(0x91, 0x98), 0xA0)}
STRAY |= {0xDC00 + byte: "\ufffd" for byte in range(0x80, 0x100) if 0xDC00 + byte not in STRAY}
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
FOREIGN_STARTS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"\x00\x05\x16\x07": "a resource file of macOS",
    b"PAR1": "a Parquet file",
    b"\x7fELF": "a program",
}

# Signs of mojibake, sought in the UTF-8 of a text, each pattern with a first byte that the search can run to: a letter
# that a lead byte of UTF-8 becomes in windows-1252 or Latin-1, with a sign that a continuation byte becomes; C1 control
# characters, which no text has on purpose; the start of a curly quote in Mac Roman.
LEAD_AND_CONTINUATION = re.compile(
    rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]|\xe2[\x80\x82\x84])"
)
C1_CONTROL = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
MAC_QUOTE = "‚Ä".encode()
HIGH_BYTE = re.compile(rb"[\x80-\xff]")


class Decoder:
    """Decodes the pieces of one file; what it detected for one piece is tried first on the next.

    ``forced`` is the encoding that the user names, used for everything.

    >>> Decoder().decode("Es regnete in Grünau, so der Bürgermeister.".encode("cp1252"))
    ('Es regnete in Grünau, so der Bürgermeister.', ('encoding: detected windows-1252',))
    """

    def __init__(self, forced: str | None = None) -> None:
        self.forced = forced
        self._detected: str | None = None

    def decode(self, data: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
        """The text of ``data`` and notes on how it was read; plain UTF-8 needs none.

        ``declared`` is the label of an HTTP header or of the document itself. Raises RecordError of kind
        ``not-text`` where the bytes are no text at all.
        """
        for start, kind in FOREIGN_STARTS.items():
            if data.startswith(start):
                raise RecordError("not-text", f"this is {kind}, not text; convert it or leave it out")
        text, notes = self._decode(data, declared)
        head = text[:8192]
        if len(CONTROLS.findall(head)) > max(3, len(head) // 20):
            raise RecordError("not-text", "these bytes are not text (too many control characters); leave the file out")
        return text, notes

    def _decode(self, data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
        if self.forced is not None:
            return data.decode(self.forced, "replace").removeprefix("\ufeff"), (f"encoding: forced {self.forced}",)
        if mark := byte_order_mark(data):
            text = data.decode(mark, "replace").removeprefix("\ufeff")
            return text, (f"encoding: byte-order mark {mark}",)
        if (wide := _unmarked_utf16(data)) is not None:
            return data.decode(wide, "replace"), (f"encoding: detected {wide}",)
        codec = declared_codec(declared)
        if data.isascii() and codec not in SEVEN_BIT:
            return data.decode("ascii"), NO_NOTES
        utf8 = _strictly(data, "utf-8")
        if codec and codec != "utf-8" and (text_or_none := _strictly(data, codec)) is not None:
            if utf8 is None or not _one_byte(codec):
                return text_or_none, (f"encoding: declared {_shown(codec)}",)
            return utf8, (f"encoding: utf-8, declared {_shown(codec)} by mistake",)
        if utf8 is not None:
            note = f"encoding: utf-8, declared {_shown(codec)} by mistake"
            return utf8, (note,) if codec not in (None, "utf-8") else NO_NOTES
        return self._mend_or_detect(data, codec)

    def _mend_or_detect(self, data: bytes, codec: str | None) -> tuple[str, tuple[str, ...]]:
        text = data.decode("utf-8", "surrogateescape")
        sound = data.decode("utf-8", "ignore")  # to count by lengths: a list of the signs would be ten times the text
        broken = len(text) - len(sound)
        whole = len(sound) - len(sound.encode("ascii", "ignore"))
        if codec == "utf-8" or whole >= broken:  # other encodings hit upon a whole UTF-8 character by chance, not often
            return text.translate(STRAY), (f"encoding: utf-8 with {broken} broken bytes",)
        if codec is not None:
            text = data.decode(codec, "replace")
            if text.count("\ufffd") * 1000 <= len(text):
                return text, (f"encoding: declared {_shown(codec)}, with broken bytes",)
        if self._detected is None and (codec := latin_codec(data)):  # not kept: so little tells nothing of what follows
            return data.decode(codec), (f"encoding: detected {_shown(codec)}",)
        if self._detected is None or (known := _strictly(data, self._detected)) is None:
            self._detected = detect(data)
            if self._detected is None:
                return data.decode("cp1252", "replace"), ("encoding: unknown, read as windows-1252",)
            known = data.decode(self._detected, "replace")
        return known, (f"encoding: detected {_shown(self._detected)}",)


def byte_order_mark(data: bytes) -> str | None:
    """The encoding that a byte-order mark at the start of ``data`` tells.

    >>> byte_order_mark(b"\\xff\\xfeR\\x00")
    'utf-16-le'
    """
    return next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), None)


def declared_in_page(data: bytes) -> str | None:
    """The encoding that a page declares in its XML declaration or a meta element.

    >>> declared_in_page(b'<meta charset="windows-1251">')
    'windows-1251'
    """
    from bs4.dammit import EncodingDetector

    return EncodingDetector.find_declared_encoding(data, is_html=True)


def declared_codec(label: str | None) -> str | None:
    """Python's name for a declared encoding; None where there is none, Python knows none, or it is not to be trusted.

    >>> declared_codec("ISO-8859-1"), declared_codec("klingon")
    ('cp1252', None)
    """
    if not label:
        return None
    label = label.strip("\"' \t").lower()
    try:
        codec = codecs.lookup(LABELS.get(label, label))
        if not codec._is_text_encoding or codec.name.replace("-", "_") in NO_PAGE:
            return None
    except (LookupError, ValueError, AttributeError):
        return None
    return LABELS.get(label, codec.name)


def detect(data: bytes) -> str | None:
    """The likeliest encoding of bytes that are not UTF-8, by charset-normalizer; None where no encoding makes sense.

    >>> detect("Мост через реку закроют до весны, сказал мэр города.".encode("koi8-r"))
    'koi8_r'
    """
    from charset_normalizer import from_bytes

    sample = data
    if len(data) > SAMPLE:
        first = next(HIGH_BYTE.finditer(data)).start()
        sample = data[max(0, first - 512) :][:SAMPLE]
        sample = sample[: sample.rfind(b"\n") + 1] or sample  # a line end never stands inside a character
    matches = from_bytes(sample, cp_isolation=[*LATIN, *OTHER_SCRIPTS])
    best = matches.best()
    if best is None:
        return None
    if best.encoding not in LATIN or best.encoding == "cp1252":
        return best.encoding
    near = [match for match in matches if match.chaos <= best.chaos + NEAR]
    for match in near:
        fitting = [name for name in LATIN if name in match.could_be_from_charset]
        if any(match.languages and match.languages[0] in LATIN[name] for name in fitting):
            return fitting[
                0
            ]  # where several give the same letters the commonest, which comes first, speaks for the rest
    return "cp1252" if any("cp1252" in match.could_be_from_charset for match in matches) else best.encoding


def mend(text: str, decoder: Decoder) -> tuple[str, tuple[str, ...]]:
    """Text without null characters, lone surrogates and certain mojibake, and notes on what was mended.

    >>> mend("The mayorâ€™s office", Decoder())
    ('The mayor’s office', ('mojibake: 1 line repaired',))
    """
    notes, data = NO_NOTES, b""
    if not text.isascii():
        text, notes, data = whole_characters(text, decoder)
    if "\x00" in text:
        notes += (f"characters: {text.count(chr(0))} null replaced",)
        text = text.replace("\x00", "\ufffd")
    if _is_suspect(data):
        text, repaired = _without_mojibake(text)
        notes += repaired
    return text, notes


def whole_characters(text: str, decoder: Decoder) -> tuple[str, tuple[str, ...], bytes]:
    """Text without lone surrogates, notes on what they were, and the text in UTF-8.

    Surrogates are bytes that a reader could not decode, halves of a character, or broken escapes, in this order.

    >>> whole_characters("caf\\udce9", Decoder())[0]
    'café'
    """
    try:
        return text, NO_NOTES, text.encode()
    except UnicodeEncodeError:
        pass
    try:
        if decoder.forced is None:
            text, notes = decoder.decode(text.encode("utf-8", "surrogateescape"))
            return text, notes, text.encode()
    except (UnicodeEncodeError, RecordError):
        pass
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text, ("characters: lone surrogates replaced",), text.encode()


def _without_mojibake(text: str) -> tuple[str, tuple[str, ...]]:
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import badness

    config = TextFixerConfig(replace_lossy_sequences=False)
    lines = text.splitlines(keepends=True)
    repaired = 0
    for number, line in enumerate(lines):
        if _is_suspect(line.encode()):
            better = fix_encoding(line, config)
            if better != line and badness(better) < badness(line):
                lines[number] = better
                repaired += 1
    if not repaired:
        return text, NO_NOTES
    return "".join(lines), (f"mojibake: {repaired} {'line' if repaired == 1 else 'lines'} repaired",)


def _is_suspect(data: bytes) -> bool:
    """A cheap look whether a text in UTF-8 may hold mojibake."""
    if b"\xc3" in data and (LEAD_AND_CONTINUATION.search(data) or MAC_QUOTE in data):
        return True
    return b"\xc2" in data and C1_CONTROL.search(data) is not None


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _one_byte(codec: str) -> bool:
    return codec.startswith(("cp12", "iso8859", "koi8", "mac", "cp8", "cp4"))


def _shown(codec: str | None) -> str:
    return (codec or "").replace("cp125", "windows-125")


def _unmarked_utf16(data: bytes) -> str | None:
    """Western text in UTF-16 is every other byte a null; nothing else that is text is."""
    head = data[:4096]
    nulls = head.count(0)
    if len(head) < 4 or nulls * 5 < len(head) * 2:
        return None
    if head[1::2].count(0) == nulls:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) == nulls else None
