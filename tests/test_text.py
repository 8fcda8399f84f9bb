"""The tokeniser against a plain reference, character by character and chunk by chunk."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.text import CAPITAL, NUMBER, SENTENCE, count_words, tokenise

MASK = (1 << 64) - 1
G = 0x9E3779B97F4A7C15
UNSPACED = ("THAI", "LAO ", "MYANMAR", "KHMER", "HIRAGANA", "HENTAIGANA", "KATAKANA", "CJK ", "HANGZHOU")
UNSPACED += ("IDEOGRAPHIC NUMBER", "IDEOGRAPHIC ITER", "IDEOGRAPHIC CLOSING", "VERTICAL KANA", "VERTICAL IDEO", "MASU")
UNSEEN = "\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5\u180b\u180c\u180d\u180f\u0640"


def mixed(value: int) -> int:
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & MASK
    return value ^ (value >> 31)


def word_hash(word: str) -> int:
    data = word.encode("utf-8", "surrogatepass")
    chunks = [int.from_bytes(data[start : start + 8], "little") for start in range(0, len(data), 8)]
    rest = sum(mixed((chunk + number * G) & MASK) for number, chunk in enumerate(chunks[1:], 1))
    return mixed(((chunks[0] * G & MASK ^ len(data)) + rest) & MASK)


def seen(text: str) -> str:
    return "".join(
        character
        for character in text
        if unicodedata.category(character) not in ("Cf", "Me")
        and character not in UNSEEN
        and not 0xFE00 <= ord(character) < 0xFE10
        and not 0xE0000 <= ord(character) < 0xE1000
    )


def reference_words(text: str) -> list[str]:
    """The definition, said again without columns."""
    form = seen(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen(text)).casefold()))
    words: list[str] = []
    growing = alone = False
    for character in form:
        kind = unicodedata.category(character)
        if kind in ("Mn", "Mc"):
            if growing:
                words[-1] += character
            continue
        if kind[0] not in "LN" or character in "\u02bb\u02bc\u02bd":
            growing = False
            continue
        single = kind != "Nd" and unicodedata.name(character, "").startswith(UNSPACED)
        if growing and not single and not alone:
            words[-1] += character
        else:
            words.append(character)
        growing, alone = True, single
    return words


def hashes(text: str) -> list[int]:
    return tokenise([text]).hashes.tolist()


ALPHABET = (
    "aZé09'’-_ \n\t.,!?…“”«»—\u00a0\u00ad\u200b\u200d\ufe0f\ufeff€™²½ªßẞİıſﬁǅΣςσЖжй\u0301\u0308\u0327ʼʻ\u0345"
    "عרשم\u064bـ٣۴क्षि१한글\u1100\u1161\u11a8東京、。々〇ーカｶﾞがか\u3099ไทยน้ำคำກາខ្មែរမြန်မာ😀👩👍🏽𝒜𠀀\U000e0100\ud800\x00\x85"
)
TEXTS = st.one_of(
    st.text(alphabet=ALPHABET, max_size=40),
    st.text(alphabet=st.characters(max_codepoint=0xFF), max_size=40),
    st.text(alphabet=st.characters(exclude_categories=["Cn"]), max_size=40),
)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_hashes_are_those_of_the_reference(text: str) -> None:
    assert hashes(text) == [word_hash(word) for word in reference_words(text)]


def test_every_character_between_letters() -> None:
    """All assigned characters but those in the middle of the blocks of ideographs and syllables."""
    skipped = [(0x4E20, 0x9F00), (0xAC20, 0xD780), (0x20100, 0x110000 - 0x30000)]
    texts = [
        f"a{chr(point)}b"
        for point in range(0xF0000)
        if not any(start <= point < end for start, end in skipped)
        and unicodedata.category(chr(point)) not in ("Cn", "Co")
    ]
    for first in range(0, len(texts), 200):
        block = texts[first : first + 200]
        expected = [word_hash(word) for text in block for word in reference_words(text)]
        assert tokenise(block).hashes.tolist() == expected


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, max_size=6))
def test_a_block_is_its_texts_one_by_one(texts: list[str]) -> None:
    """Neighbours in a block, easy or hard to bring to canonical form, change nothing: no word spans two texts."""
    block = tokenise(texts)
    assert len(block.offsets) == len(texts) + 1
    for number, text in enumerate(texts):
        alone = tokenise([text])
        part = slice(block.offsets[number], block.offsets[number + 1])
        assert block.hashes[part].tolist() == alone.hashes.tolist()
        assert block.flags[part].tolist() == alone.flags.tolist()


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_flags_do_not_depend_on_the_path(text: str) -> None:
    """A lone ideograph sends a text over canonical strings; its words before that keep their hashes and flags."""
    easy, hard = tokenise([text]), tokenise([text + " \u6771"])
    assert hard.hashes[:-1].tolist() == easy.hashes.tolist()
    assert hard.flags[:-1].tolist() == easy.flags.tolist()


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_asking_for_flags_changes_no_hash(text: str) -> None:
    assert tokenise([text], flags=False).hashes.tolist() == hashes(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Don't", "don’t"),
        ("don`t", "don t"),
        ("п'ять", "пʼять"),
        ("co-operate", "co‐operate"),
        ("co\u00adoperate", "cooperate"),
        ("STRASSE", "straße"),
        ("cafe\u0301", "café"),
        ("ﬁnance", "finance"),
        ("１２３ Ａｂｃ", "123 abc"),
        ("ΟΔΟΣ", "οδος"),
        ("ｶﾞｽ", "ガス"),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
        ("محـمد", "محمد"),
        ("\ufeffNews\u00a0today", "news today"),
        ("👩‍🚒 left", "left"),
    ],
)
def test_spellings_of_one_word_have_one_hash(one: str, other: str) -> None:
    assert hashes(one) == hashes(other) != []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("*** — !", 0),
        ("one", 1),
        ("snake_case word", 3),
        ("3.5 per cent", 4),
        ("l'eau d’été", 4),
        ("東京タワー", 5),
        ("iPhoneが東京で", 5),
        ("น้ำ", 2),
        ("हिन्दी भाषा", 2),
        ("한국 뉴스", 2),
        ("\ud800", 0),
    ],
)
def test_words_are_counted(text: str, count: int) -> None:
    assert count_words(text) == count


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Rain fell. It stopped.", [0, 2]),
        ("Rain fell.It stopped", [0]),
        ("It cost 3.5 million", [0]),
        ("“Stop!” he said. “Go?” No", [0, 1, 3, 4]),
        ("one line\nof two", [0]),
        ("one line\n\nof two", [0, 2]),
        ("wait … what", [0, 1]),
        ("雨。雪", [0, 1]),
        ("هل نزل المطر؟ نعم", [0, 3]),
        ("  . Rain", [0]),
    ],
)
def test_sentences_begin_behind_full_stops_and_empty_lines(text: str, begins: list[int]) -> None:
    flags = tokenise([text]).flags
    assert [place for place, flag in enumerate(flags) if flag & SENTENCE] == begins


def test_numbers_are_flagged_in_every_script() -> None:
    flags = tokenise(["the 3rd of May", "٣ مايو", "今年5月"])
    assert [bool(flag & NUMBER) for flag in flags.flags] == [0, 1, 0, 0, 1, 0, 0, 0, 1, 0]


@pytest.mark.parametrize("rest", ["", " 東", " e\u0301", " ß ẞ İ", " ﬁ"])
def test_capitals_are_flagged_in_every_script_that_has_them(rest: str) -> None:
    flags = tokenise(["Rain in Östermoor, Москва и Ἀθῆναι; ＮＡＴＯ iPhone 3M ßa Ⅳ" + rest]).flags.tolist()
    found = [bool(flag & CAPITAL) for flag in flags[:10]]
    assert found == [True, False, True, True, False, True, True, False, False, False]


def test_a_long_text_is_its_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cutting a long text into pieces changes neither words nor flags, wherever the cuts fall."""
    chance = random.Random(4)
    parts = ["rain", "Überlingen", "東京", "3.5", ". ", "\n\n", " ", "?! ", "e\u0301", "’", "。", "_"]
    text = "".join(chance.choice(parts) for _ in range(3000))
    whole = tokenise([text, "end"])
    for size in (1, 7, 100, 1000):
        monkeypatch.setattr("clipclean.text._PIECE", size)
        cut = tokenise([text, "end"])
        assert cut.hashes.tolist() == whole.hashes.tolist()
        assert cut.flags.tolist() == whole.flags.tolist()


def test_hostile_texts_end() -> None:
    """One word of megabytes, marks without end, ligatures that grow eighteenfold."""
    assert count_words("a" * 3_000_000) == 1
    assert count_words("e" + "\u0301\u0323" * 100_000) == 1
    assert count_words("e" + ("\u0301" * 29 + "\u034f\u0323") * 20_000) == 1
    assert count_words("\ufdfa" * 100_000) > 100_000
    assert count_words("東" * 1_500_000) == 1_500_000
