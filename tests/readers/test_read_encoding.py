from __future__ import annotations

import codecs
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipclean.errors import RecordError
from clipclean.readers import from_record
from clipclean.readers.encoding import Decoder, declared_codec, mend

FRENCH = "Le maire de Vélorne a décidé, après l’été, de fermer l’école. « Cela suffit », a-t-il dit aux élèves."
RUSSIAN = "Мэр города Верхнегорска заявил, что мост через реку закроют до весны. Жители недовольны решением."
JAPANESE = "市長は火曜日、橋は春まで閉鎖されると述べた。住民はこの決定に不満を持っている。"

# A text in the encoding of its language, which nothing declares.
UNDECLARED = [
    ("cp1252", FRENCH),
    ("cp1252", "Der Bürgermeister von Grünau erklärte, daß die Brücke über die Öhre geschlossen bleibt – bis März."),
    ("cp1252", "El alcalde de Peñalta dijo que el puente estará cerrado hasta la primavera. ¿Por qué? Nadie lo sabe."),
    ("cp1252", "O prefeito de Vila São João disse que a ponte ficará fechada até a estação. Não há previsão."),
    ("cp1252", "Borgmästaren i Grönby sade att bron över ån ska stängas till våren. Många är missnöjda."),
    ("cp1252", "The mayor’s office said “no comment” on Tuesday – again. The café on the quay stays shut."),
    ("cp1251", RUSSIAN),
    ("koi8-r", RUSSIAN),
    (
        "cp1250",
        "Burmistrz miasta Zielonogród ogłosił, że most zostanie zamknięty aż do wiosny. Mieszkańcy są niezadowoleni.",
    ),
    ("iso8859-2", "Burmistrz miasta Zielonogród ogłosił, że most zostanie zamknięty aż do wiosny. Mieszkańcy są źli."),
    ("cp1250", "A polgármester szerint a híd tavaszig zárva marad, és a lakosság elégedetlen. Őszintén szólva, ez űr."),
    ("cp1253", "Ο δήμαρχος της πόλης δήλωσε ότι η γέφυρα θα κλείσει μέχρι την άνοιξη. Οι κάτοικοι διαμαρτύρονται."),
    ("cp1254", "Belediye başkanı köprünün bahara kadar kapalı kalacağını söyledi. Şehir halkı kararı beğenmedi."),
    ("cp1256", "قال رئيس البلدية إن الجسر سيبقى مغلقا حتى الربيع وأن السكان غير راضين عن القرار."),
    ("gb18030", "市长周二表示，大桥将关闭到春天。居民对这一决定不满意，许多人说没有别的路可走。"),
    ("big5", "市長週二表示，大橋將關閉到春天。居民對這一決定不滿意，許多人說沒有別的路可走。"),
    ("shift_jis", JAPANESE),
    ("euc_jp", JAPANESE),
    ("euc_kr", "시장은 화요일 다리가 봄까지 폐쇄될 것이라고 말했다. 주민들은 이 결정에 불만이다."),
    ("utf-16-le", "The bridge stays closed until spring, the mayor said."),
    ("utf-16-be", "The bridge stays closed until spring, the mayor said."),
]


@pytest.mark.parametrize(("encoding", "text"), UNDECLARED)
def test_an_undeclared_encoding_is_detected_and_noted(encoding, text):
    found, [note] = Decoder().decode(text.encode(encoding))
    assert found == text
    assert note.startswith("encoding: detected ")


# Few letters that windows-1250 or windows-1254 has others for: too little for a detector.
SHORT = [
    "Café in Tromsø",
    "Feuer in Köln",
    "Straße in Gießen nach Öl auf der Fahrbahn gesperrt",
    "Grünau: „Die Brücke bleibt zu“, heißt es",
    "Où est passé le maire ? À Vélorne, on s’inquiète",
    "L’île rêvée, ça coûte cher",
    "Brann på Sørøya",
    "Kåre Bjørnsen fra Bodø ble hørt på Østerås",
    "¿Qué pasó en Peñalta?",
    "El niño que quería más pingüinos – 30º de máxima",
    "São João não é só festa",
    "From Tromsø to Málaga: a naïve traveller’s £20 guide",
]


@pytest.mark.parametrize("text", SHORT)
def test_a_few_western_letters_are_read_as_windows_1252(text):
    assert Decoder().decode(text.encode("cp1252")) == (text, ("encoding: detected windows-1252",))


@pytest.mark.parametrize(
    "text",
    [
        "Starosta města Vělořany řekl, že most přes řeku zůstane až do jara zavřený. Lidé jsou podle něj nešťastní.",
        "Antonín Dvořák",
        "Antonín Dvořák se narodil v Nelahozevsi a hudbu miloval už jako malý chlapec, říkají příbuzní a sousedé.",
        "Wójt gminy Łękowo powiedział, że śnieg zasypał drogę. Mieszkańcy żądają pomocy, a szkoły są zamknięte.",
        "Rada miasta Zażółkowo ogłosiła, że wszystkie szkoły będą zamknięte. Dyrektor Świątek powiedział, że decyzję "
        "podjęto późnym wieczorem, gdy śnieg sięgał już okien, a prąd wyłączono w całej okolicy na wiele godzin.",
        "Starosta města Vělořany řekl, že most přes řeku zůstane zavřený. Lidé jsou nešťastní, školy zůstaly prázdné "
        "a říční lodě nemohou vyplout, dokud se hladina nesníží, uvedl včera mluvčí záchranářů Řehoř Žížala.",
        "A főpolgármester közölte, hogy a híd őszig zárva marad; a környező falvak lakói dühösek, és gyűlést hívtak.",
    ],
)
def test_texts_in_windows_1250_are_still_read_right(text):
    assert Decoder().decode(text.encode("cp1250"))[0] == text


def test_a_guess_from_few_bytes_does_not_bind_the_rest_of_the_file():
    decoder = Decoder()
    decoder.decode("Vom Bürgermeister".encode("cp1250"))
    text = next(text for encoding, text in UNDECLARED if encoding == "cp1250")
    assert decoder.decode(text.encode("cp1250"))[0] == text


@pytest.mark.parametrize("text", ["Rain fell.", FRENCH, RUSSIAN, JAPANESE, ""])
def test_utf8_is_read_without_a_note(text):
    assert Decoder().decode(text.encode()) == (text, ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding_and_goes(encoding):
    text, [note] = Decoder().decode(RUSSIAN.encode(encoding), declared="windows-1251")
    assert text == RUSSIAN
    assert note.startswith("encoding: byte-order mark utf-")


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("ISO-8859-1", "cp1252"),
        ("windows-1251", "cp1251"),
        ("'GB2312'", "gbk"),
        ("Shift_JIS", "cp932"),
        ("koi8-r", "koi8-r"),
    ],
)
def test_a_declared_encoding_is_believed_as_browsers_understand_it(label, encoding):
    text = {"cp1251": RUSSIAN, "koi8-r": RUSSIAN, "gbk": "大桥将关闭", "cp932": "橋は春①"}.get(
        encoding, "“Été” – dit-il"
    )
    found, [note] = Decoder().decode(text.encode(encoding), declared=label)
    assert found == text
    assert note.startswith("encoding: declared ")


@pytest.mark.parametrize(
    "label", [None, "", "klingon", "utf-7", "base64", "rot13", "\x00", "x" * 500, "unicode_escape"]
)
def test_a_declaration_that_makes_no_sense_is_not_believed(label):
    assert declared_codec(label) is None
    assert Decoder().decode("Rain in Grünau +AGE-".encode(), declared=label) == ("Rain in Grünau +AGE-", ())


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1251", "us-ascii"])
def test_utf8_that_is_declared_as_something_else_by_mistake_stays_utf8(label):
    text, [note] = Decoder().decode(FRENCH.encode(), declared=label)
    assert text == FRENCH
    assert "by mistake" in note


def test_a_seven_bit_encoding_is_read_where_it_is_declared():
    assert Decoder().decode(JAPANESE.encode("iso2022_jp"), declared="iso-2022-jp")[0] == JAPANESE


def test_utf8_with_little_damage_stays_utf8():
    """A page put together from two: its quotes came from windows-1252, everything else is UTF-8."""
    damaged = FRENCH.encode() + b" \x93Non\x94 \xff"
    assert Decoder().decode(damaged) == (f"{FRENCH} “Non” \ufffd", ("encoding: utf-8 with 3 broken bytes",))


def test_a_forced_encoding_is_used_whatever_the_bytes_say():
    assert Decoder("cp1251").decode(RUSSIAN.encode("cp1251"), declared="utf-8") == (
        RUSSIAN,
        ("encoding: forced cp1251",),
    )
    assert Decoder("utf-8").decode(codecs.BOM_UTF8 + b"Rain")[0] == "Rain"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 stuff",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        bytes(range(256)) * 4,
        b"\x01\x02\x03\x04\x05\x06\x07",
    ],
)
def test_bytes_that_are_no_text_are_told(data):
    with pytest.raises(RecordError) as raised:
        Decoder().decode(data)
    assert raised.value.kind == "not-text"


def test_the_encoding_found_in_one_piece_is_tried_first_on_the_next():
    decoder = Decoder()
    decoder.decode(RUSSIAN.encode("cp1251"))
    assert decoder.decode("Да.".encode("cp1251"))[0] == "Да."


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("The mayorâ€™s office", "The mayor’s office"),
        ("â€œNo comment,â€\x9d she said", "“No comment,” she said"),
        ("Le cafÃ© est fermÃ©", "Le café est fermé"),
        ("Ð\x9cÐ¾Ñ\x81Ñ‚ Ð·Ð°ÐºÑ€Ñ‹Ñ‚", "Мост закрыт"),
        ("He said \x93no\x94", "He said “no”"),
        ("It wonâ\x80\x99t rain", "It won’t rain"),
        ("The mayor‚Äôs office", "The mayor’s office"),
    ],
)
def test_certain_mojibake_is_repaired_and_noted(broken, right):
    assert mend(broken, Decoder()) == (right, ("mojibake: 1 line repaired",))


def test_each_line_is_repaired_alone():
    text = "Le cafÃ© est fermÃ©\nLe café est fermé\r\nThe mayorâ€™s office\n"
    right = "Le café est fermé\nLe café est fermé\r\nThe mayor’s office\n"
    assert mend(text, Decoder()) == (right, ("mojibake: 2 lines repaired",))


@pytest.mark.parametrize(
    "text",
    [
        FRENCH,
        RUSSIAN,
        JAPANESE,
        "SÃO PAULO – “ÁGUA”",
        "PÂTÉ À LA CRÈME",
        "l’Âge d’or",
        "à\u00a0«\u00a0Paris\u00a0»",
        "naïve façade",
    ]
    + [text for _, text in UNDECLARED],
)
def test_true_letters_are_left_alone(text):
    assert mend(text, Decoder()) == (text, ())


def test_text_title_and_page_are_repaired():
    clipping = from_record({"text": "CafÃ© shut", "title": "The mayorâ€™s day", "html": "<p>CafÃ© shut</p>"})
    assert (clipping.text, clipping.title, clipping.html) == ("Café shut", "The mayor’s day", "<p>Café shut</p>")


def test_counting_what_is_not_utf8_takes_no_list_of_it():
    data = (RUSSIAN * 4000).encode("cp1251")
    Decoder().decode(data[:400])  # so that what is loaded once does not count
    tracemalloc.start()
    try:
        Decoder().decode(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * len(data)


@given(st.text())
def test_mended_text_can_be_written_and_is_mended_for_good(text):
    mended, _ = mend(text, Decoder())
    mended.encode()
    assert "\x00" not in mended
    assert mend(mended, Decoder())[0] == mended


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "latin-1", "shift_jis", "utf-16", "hz"]))
def test_any_bytes_become_text_or_a_record_error(data, declared):
    try:
        text, notes = Decoder().decode(data, declared)
    except RecordError:
        return
    assert isinstance(text, str)
    assert all(isinstance(note, str) for note in notes)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\ufeff"), max_size=200))
def test_any_text_in_utf8_comes_back(text):
    try:
        found, _ = Decoder().decode(text.encode())
    except RecordError:
        return
    assert found == text
