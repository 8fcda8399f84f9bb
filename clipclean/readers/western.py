"""Which encoding of the Latin script a few bytes past ASCII are in, where a detector has too little to go by.

The windows and ISO encodings of the Latin script give the same bytes to other letters: 0xF8 is the ø of Tromsø and the
ř of Dvořák. With a handful of such bytes statistics decide by chance. So the alphabets decide: a text whose letters all
belong to one language of western Europe is read as windows-1252; one that fits a language of another encoding alone is
read in that; one that fits none (names of several countries) is windows-1252 again, if that makes letters of all its
bytes. Longer texts are left to the detector: they hold names from everywhere, and it has enough to go by.

Icelandic has no alphabet here: its þ, ð and ý are the ş, ğ and ı of Turkish, which is more common in the news.
"""

from __future__ import annotations

import re

FEW = 20
"""Bytes past ASCII from which on the detector is asked: some three sentences of French or German."""

SHARE = 3
"""ASCII letters for each letter past ASCII, at the least, in the Latin script: a Czech name may have so few."""

WEST = ("àâæçéèêëîïôœùûüÿ", "äöüßé", "æøåäöéèêóòôü", "áéíóúüñçàèòï", "áâãàçéêíóôõúü", "àáèéìíîòóùú", "áéëïóöüèê")
"""Letters past ASCII of French; German; the Nordic languages; Spanish and Catalan; Portuguese; Italian; Dutch."""

OTHERS = {
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ"),
    "iso8859_2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ"),
    "cp1254": ("çğıöşüâîû",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
}
"""Polish, Czech, Slovak, Hungarian, Croatian and Slovene, Romanian; Turkish; Lithuanian, Latvian, Estonian."""

ASCII_LETTER = re.compile(rb"[A-Za-z]")
PAST_ASCII = re.compile(r"[^\x00-\x7f]")
# Signs that stand where they do in western texts; elsewhere they are letters of another encoding (£ is the Ł of Łódź).
SIGNS = re.compile(r"[\xa0‘’‚“”„«»‹›–—…•·€°§©®™]|(?<!\w)[¿¡]|£(?=\s?\d)|(?<=\d)[ºª]|(?<![^\W\d])[¼½¾](?!\w)")
OTHER_SCRIPT = re.compile(r"[^\W\d_\x00-\x7f]{3}")


def latin_codec(data: bytes) -> str | None:
    """The encoding of bytes that are not UTF-8, by their few letters past ASCII; None where these do not tell it.

    >>> latin_codec("Café in Tromsø".encode("cp1252")), latin_codec("Antonín Dvořák".encode("cp1250"))
    ('cp1252', 'cp1250')
    """
    if len(data) - len(data.decode("ascii", "ignore")) >= FEW:
        return None
    western = _letters(data, "cp1252")
    if western is not None and any(western <= set(alphabet) for alphabet in WEST):
        return "cp1252"
    for codec, alphabets in OTHERS.items():
        letters = _letters(data, codec)
        if letters is not None and any(letters <= set(alphabet) for alphabet in alphabets):
            return codec
    return None if western is None else "cp1252"


def _letters(data: bytes, codec: str) -> set[str] | None:
    """The letters past ASCII, in lower case; None where the bytes are no text of the Latin script in this encoding."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    found = PAST_ASCII.findall(SIGNS.sub("", text).lower())
    plain = len(ASCII_LETTER.findall(data))
    if len(found) * SHARE > plain or OTHER_SCRIPT.search(text) or not all(letter.isalpha() for letter in found):
        return None
    return set(found)
