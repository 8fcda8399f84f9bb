"""One tokeniser for every stage: texts become columns of word hashes, the same for every spelling of the same word.

The canonical form of a text is NFKC, case folded, NFKC again, without what cannot be seen (soft hyphens, joiners,
variation selectors) and without enclosing marks. A word is a run of letters, digits and combining marks. Everything
else separates, apostrophes and hyphens too: ``don't``, ``don’t`` and a ``don t`` whose apostrophe was lost on the way
are the same two words. Where a script has no spaces between words (Han, Kana, Thai, Lao, Khmer, Myanmar) each
character with its marks is a word, so that n-grams of words become n-grams of characters.

Two paths lead to the same hashes. Almost all text goes through its UTF-8 bytes: ASCII by a table of 256 entries, other
characters rewritten in place where their canonical form has as many bytes. Texts with anything harder (scripts without
spaces, marks, compatibility forms) are brought to canonical form as strings first. The hash of a word is defined on
the UTF-8 bytes of its canonical form, so one kernel serves both.

Hashes depend on the Unicode version of the interpreter (``unicodedata.unidata_version``) for characters that a newer
version added; never on the process, the platform's byte order or ``PYTHONHASHSEED``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.characters import (
    DIGIT,
    ENDER,
    HARD,
    LINE,
    MARK,
    OTHER,
    SINGLE,
    SPACE,
    STOP,
    WORD,
    ascii_table,
    canonical,
    capitals,
    cased,
    classes,
    rewrites,
)
from clipclean.columns import spans

Words = NDArray[np.uint64]
Places = NDArray[np.int64]
Bytes = NDArray[np.uint8]

NUMBER = np.uint8(1)
"""Flag of a word that begins with a digit."""
SENTENCE = np.uint8(2)
"""Flag of a word that begins a sentence or a paragraph."""
CAPITAL = np.uint8(8)
"""Flag of a word that begins with a capital letter."""

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(9)], dtype=np.uint64)
_HIGH = np.uint64(0x8080808080808080)
_PIECE = 1 << 20  # characters; a longer text is tokenised in pieces, which bounds the memory one text can ask for
_CUT = re.compile(r"(?<=[^\W_])[\s.,。、]")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a block of texts: ``hashes`` of all of them, those of text ``i`` at ``offsets[i]:offsets[i + 1]``.

    ``flags`` holds for each word the bits ``NUMBER``, ``SENTENCE`` and ``CAPITAL``.

    >>> block = tokenise(["Rain fell. 3 towns", "rain"])
    >>> block.offsets.tolist(), bool(block.hashes[0] == block.hashes[4]), block.flags.tolist()
    ([0, 4, 5], True, [10, 0, 3, 0, 2])
    """

    hashes: Words
    offsets: Places
    flags: Bytes

    def take(self, texts: Places) -> Tokens:
        """Those of some of the texts, in ascending order and each once."""
        counts = spans(self.offsets)
        if len(texts) == len(counts):
            return self
        chosen = np.zeros(len(counts), bool)
        chosen[texts] = True
        words = chosen.repeat(counts)
        offsets = np.zeros(len(texts) + 1, np.int64)
        counts[texts].cumsum(out=offsets[1:])
        return Tokens(self.hashes[words], offsets, self.flags[words])


def tokenise(texts: Sequence[str], *, flags: bool = True) -> Tokens:
    """Hash the words of several texts at once; no word spans two texts.

    Blocks of 32 to 128 news texts are fastest, because their arrays stay in the cache. Equal words have equal hashes
    (64 bits, splitmix64 finaliser over 8-byte chunks); different words of up to eight bytes and equal length have
    different ones. Never raises for any str, lone surrogates included. With ``flags=False`` all flags are 0, which
    saves a third of the time.

    >>> first, second = (tokenise([text]).hashes.tolist() for text in ("Don’t co-operate", "don't co operate"))
    >>> first == second
    True
    """
    long = any(len(text) > _PIECE for text in texts)
    tokens = _tokenise_long(texts, flags) if long else _tokenise_block(texts, flags)
    if flags:
        begins, ends = tokens.offsets[:-1], tokens.offsets[1:]
        tokens.flags[begins[begins < ends]] |= SENTENCE
    return tokens


def count_words(text: str) -> int:
    """How many words a text has, counted as the tokeniser counts them.

    >>> count_words("Rain fell over Überlingen; don't panic."), count_words("东京"), count_words("—")
    (7, 2, 0)
    """
    return len(tokenise([text]).hashes)


TITLE_MARKS = (" - ", " | ", " – ", " — ", " · ", " » ", " :: ")
"""What stands between a headline and the name of the site in the title of a page."""


_NO_LETTERS = {point: None for point in range(128) if not chr(point).isalnum()}


def bare_letters(text: str) -> str:
    """The letters and digits of a text alone, letter case aside: what is left the same by whoever prints it again.

    >>> bare_letters("“Rain” fell, 3 mm")
    'rainfell3mm'
    """
    if text.isascii():
        return text.lower().translate(_NO_LETTERS)
    return "".join(filter(str.isalnum, text.casefold()))


def mix(values: Words) -> Words:
    """Scramble 64-bit values in place with the splitmix64 finaliser, a bijection, and return them.

    Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014), variant 13 of Stafford.

    >>> int(mix(np.array([1], dtype=np.uint64))[0])
    6238072747940578789
    """
    values ^= values >> np.uint64(30)
    values *= _MIX[1]
    values ^= values >> np.uint64(27)
    values *= _MIX[2]
    values ^= values >> np.uint64(31)
    return values


def digest(words: Words, offsets: Places) -> Words:
    """One hash for the whole sequence of words of each text; equal sequences have equal digests, an empty one has 0.

    >>> block = tokenise(["Rain fell.", "rain fell", "fell rain", "!"])
    >>> values = digest(block.hashes, block.offsets)
    >>> bool(values[0] == values[1]), bool(values[0] == values[2]), int(values[3])
    (True, False, 0)
    """
    counts = spans(offsets)
    place = np.arange(len(words), dtype=np.uint64)
    place -= np.repeat(offsets[:-1].view(np.uint64), counts)
    place += np.uint64(1)
    place *= _MIX[0]
    place ^= words
    sums = np.zeros(len(counts), np.uint64)
    filled = counts > 0
    if filled.any():
        sums[filled] = np.add.reduceat(mix(place), offsets[:-1][filled])
        sums[filled] = mix(sums[filled] + counts[filled].view(np.uint64))
    return sums


def _tokenise_block(texts: Sequence[str], flags: bool) -> Tokens:
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    begins = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(part) + 1 for part in encoded], out=begins[1:])
    joined = b"\n".join(encoded)
    data = np.zeros((len(joined) // 8 + 2) * 8, np.uint8)  # whole chunks, and eight bytes of no word at the end
    data[: len(joined)] = np.frombuffer(joined.translate(ascii_table()), np.uint8)
    hard = [] if joined.isascii() else _rewrite(data, begins)
    for text in hard:
        data[begins[text] : begins[text + 1] - 1] = OTHER
    word = data >= WORD
    edges = np.flatnonzero(word[1:] != word[:-1]) + 1
    if word[0]:
        edges = np.concatenate((np.zeros(1, np.int64), edges))
    starts, ends = edges[0::2], edges[1::2]
    offsets = starts.searchsorted(begins)
    tokens = Tokens(_hash(data, starts, ends - starts), offsets, np.zeros(len(starts), np.uint8))
    if flags:
        first = data[starts]
        _flag(tokens, data, starts, (first >= ord("0")) & (first <= ord("9")), _capital(joined, starts))
    if hard:
        return _merge(tokens, hard, _tokenise_hard([texts[text] for text in hard], flags))
    return tokens


def _hash(buffer: Bytes, starts: Places, lengths: Places) -> Words:
    """Word hashes of buffer[start:start + length]; the buffer ends with eight bytes that belong to no word.

    h = mix((chunk 0 * G xor length) + sum over later chunks i of mix(chunk i + i * G)), with chunks of eight bytes
    read as little-endian numbers, the last filled with zeros. A sum, because a hostile word may have millions of
    chunks and a sum needs no loop over them.
    """
    windows = np.ndarray(len(buffer) - 7, np.dtype("<u8"), buffer, strides=(1,))
    hashes = windows[starts].astype(np.uint64, copy=False)
    hashes &= _MASKS.take(lengths, mode="clip")
    hashes *= _MIX[0]
    hashes ^= lengths.view(np.uint64)
    long = np.flatnonzero(lengths > 8)
    if len(long):
        extra = (lengths[long] - 1) >> 3
        first = extra.cumsum() - extra
        number = np.arange(1, int(extra.sum()) + 1) - first.repeat(extra)
        chunks = windows[starts[long].repeat(extra) + 8 * number].astype(np.uint64, copy=False)
        chunks &= _MASKS.take(lengths[long].repeat(extra) - 8 * number, mode="clip")
        chunks += number.view(np.uint64) * _MIX[0]
        hashes[long] += np.add.reduceat(mix(chunks), first)
    return mix(hashes)


def _capital(encoded: bytes, starts: Places) -> NDArray[np.bool_]:
    """Which of the words that begin at some places of UTF-8 bytes begin with a capital letter."""
    data = np.frombuffer(encoded + bytes(4), np.uint8)
    first = data[starts]
    found: NDArray[np.bool_] = first - np.uint8(ord("A")) < np.uint8(26)
    longer = np.flatnonzero(first >= 0xC0)
    if len(longer):
        found[longer] = _is_capital(_points(data, starts[longer]))
    return found


def _is_capital(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return capitals().take(points, mode="clip")


def _flag(tokens: Tokens, kinds: Bytes, starts: Places, numbers: NDArray[np.bool_], capital: NDArray[np.bool_]) -> None:
    """Fill in the flags: a sentence begins where the gap before a word holds an ender with white space behind it, a
    stop or two line ends."""
    flags = tokens.flags
    flags[numbers] = NUMBER
    flags[capital] |= CAPITAL
    places = np.flatnonzero(kinds - np.uint8(LINE) <= STOP - LINE)
    words = starts.searchsorted(places)
    places, words = places[words < len(starts)], words[words < len(starts)]
    found = kinds[places]
    enders, lines = np.flatnonzero(found == ENDER), words[found == LINE]
    followed = _spaced(kinds, places[enders], starts[words[enders]])
    begun = (words[enders[followed]], words[found == STOP], lines[1:][lines[1:] == lines[:-1]])
    flags[np.concatenate(begun)] |= SENTENCE


def _spaced(kinds: Bytes, begins: Places, ends: Places) -> NDArray[np.bool_]:
    """Whether white space stands behind the signs at ``begins``, before the words at ``ends``."""
    spaced = np.zeros(len(begins), bool)
    open_ = np.arange(len(begins))
    for step in range(1, 9):  # most gaps are of one or two signs; the few long ones are searched
        at = begins[open_] + step
        open_, at = open_[at < ends[open_]], at[at < ends[open_]]
        found = (kinds[at] == SPACE) | (kinds[at] == LINE)
        spaced[open_[found]] = True
        open_ = open_[~found]
        if not len(open_):
            return spaced
    spaces = np.flatnonzero(kinds - np.uint8(SPACE) <= LINE - SPACE)
    spaced[open_] = spaces.searchsorted(begins[open_]) < spaces.searchsorted(ends[open_])
    return spaced


def _rewrite(data: Bytes, begins: Places) -> list[int]:
    """Bring the multi-byte characters of UTF-8 bytes to canonical form in place; the texts that this cannot serve."""
    places = _leads(data)
    points = _points(data, places)
    wide, widest = np.flatnonzero(data[places] >= 0xE0), np.flatnonzero(data[places] >= 0xF0)
    table = rewrites()
    values = table[np.minimum(points, len(table) - 1)]
    hard = values == HARD
    data[places] = values & np.uint32(255)
    data[places + 1] = (values >> np.uint32(8)) & np.uint32(255)
    data[places[wide] + 2] = (values[wide] >> np.uint32(16)) & np.uint32(255)
    data[places[widest] + 3] = (values[widest] >> np.uint32(24)) & np.uint32(255)
    if not hard.any():
        return []
    return np.unique(begins.searchsorted(places[hard], "right") - 1).tolist()  # type: ignore[no-any-return]


def _points(data: Bytes, places: Places) -> NDArray[np.uint32]:
    """The code points of the characters of several bytes at some places."""
    lead = data[places]
    wide, widest = np.flatnonzero(lead >= 0xE0), np.flatnonzero(lead >= 0xF0)
    points = _bits(data, places, 31) << np.uint32(6) | _bits(data, places + 1, 63)
    for some, bits in ((wide, 15), (widest, 7)):
        at = places[some]
        points[some] = _bits(data, at, bits) << np.uint32(12)
        points[some] |= _bits(data, at + 1, 63) << np.uint32(6) | _bits(data, at + 2, 63)
    points[widest] = points[widest] << np.uint32(6) | _bits(data, places[widest] + 3, 63)
    return points


def _leads(data: Bytes) -> Places:
    """Where characters of several bytes begin. Of most texts few chunks of eight bytes hold one; these are read."""
    chunks = np.flatnonzero(data.view(np.uint64) & _HIGH)
    if 4 * len(chunks) > len(data) // 8:
        return np.flatnonzero(data >= 0xC0)
    row, column = np.nonzero(data.reshape(-1, 8)[chunks] >= 0xC0)
    return 8 * chunks[row] + column


def _bits(data: Bytes, places: Places, mask: int) -> NDArray[np.uint32]:
    return data[places].astype(np.uint32) & np.uint32(mask)


def _tokenise_hard(texts: Sequence[str], flags: bool) -> Tokens:
    """Tokenise by way of canonical strings and their code points: right for every script; two to four times slower."""
    forms = [canonical(text) for text in texts]
    begins = np.zeros(len(forms) + 1, np.int64)
    np.cumsum([len(form) + 1 for form in forms], out=begins[1:])
    joined = "\n".join(forms) + "\n"
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))
    kinds = classes()[points]
    marks = kinds == MARK
    if marks.any():
        # A mark belongs to the word it follows; one that follows no word counts as a separator.
        place = np.arange(len(kinds))
        place[marks] = 0
        kinds = kinds[np.maximum.accumulate(place)]
        kinds[marks & (kinds < WORD)] = OTHER
    word = kinds >= WORD
    single = kinds == SINGLE
    fresh = word & ~marks
    fresh[1:] &= ~word[:-1] | single[1:] | single[:-1]
    last = word.copy()
    last[:-1] &= ~word[1:] | fresh[1:]
    starts, ends = fresh.nonzero()[0], last.nonzero()[0] + 1
    width = 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)
    bounds = np.zeros(len(points) + 1, np.int64)
    width.cumsum(out=bounds[1:])
    buffer = np.frombuffer(joined.encode("utf-8", "surrogatepass") + bytes(8), np.uint8)
    hashes = _hash(buffer, bounds[starts], bounds[ends] - bounds[starts])
    tokens = Tokens(hashes, starts.searchsorted(begins), np.zeros(len(starts), np.uint8))
    if flags:
        letters = [
            form if len(form) == len(folded) else folded for form, folded in zip(map(cased, texts), forms, strict=True)
        ]
        points = np.frombuffer("\n".join(letters).encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))
        _flag(tokens, kinds, starts, kinds[starts] == DIGIT, _is_capital(points[starts]))
    return tokens


def _tokenise_long(texts: Sequence[str], flags: bool) -> Tokens:
    """Tokenise texts of which some are longer than a piece, one by one and piece by piece."""
    parts = []
    for text in texts:
        pieces = [_tokenise_block([piece], flags) for piece in _pieces(text)]
        parts.append(
            (np.concatenate([piece.hashes for piece in pieces]), np.concatenate([piece.flags for piece in pieces]))
        )
    return _join(parts)


def _pieces(text: str) -> Iterator[str]:
    """Cut a text right behind a word, so that the whole gap that follows stands in one piece."""
    start = 0
    while len(text) - start > _PIECE and (cut := _CUT.search(text, start + _PIECE)):
        yield text[start : cut.start()]
        start = cut.start()
    yield text[start:]


def _split(tokens: Tokens) -> Iterator[tuple[Words, Bytes]]:
    for start, end in zip(tokens.offsets[:-1].tolist(), tokens.offsets[1:].tolist(), strict=True):
        yield tokens.hashes[start:end], tokens.flags[start:end]


def _merge(tokens: Tokens, places: Sequence[int], others: Tokens) -> Tokens:
    """Put the texts of ``others`` at ``places``."""
    parts = list(_split(tokens))
    for place, part in zip(places, _split(others), strict=True):
        parts[place] = part
    return _join(parts)


def _join(parts: Sequence[tuple[Words, Bytes]]) -> Tokens:
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part[0]) for part in parts], out=offsets[1:])
    return Tokens(np.concatenate([part[0] for part in parts]), offsets, np.concatenate([part[1] for part in parts]))
