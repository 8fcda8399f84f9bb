"""The cue lists are sound data, and none of their phrases takes a story's sentence for furniture."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from importlib.resources import files
from typing import Any

import pytest

from clipclean.cleaning import cues

CLASSES = (
    "promo", "social", "related", "credit", "caption", "signoff", "notice", "bio", "byline", "time", "ad", "comments",
    "player", "nav",
)  # fmt: skip
MODES = ("whole", "start", "anywhere")
LANGUAGES = "ar cs da de el en es fi fr hi hu id it ja ko nl no pl pt ro ru sv sw tr uk zh".split()
BRACKETS = "()[]<>（）"
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u9fff\uac00-\ud7af]")

FOLDER = files("clipclean.cleaning").joinpath("cues")
FILES = {
    entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text("utf-8"))
    for entry in FOLDER.iterdir()
    if entry.name.endswith(".toml")
}
AGENCIES = FILES.pop("agencies", {})


def phrases(lang: str) -> list[tuple[str, str, str]]:
    return [(kind, mode, phrase) for kind in CLASSES for mode in MODES for phrase in FILES[lang][kind][mode]]


def hits(line: str) -> list[str]:
    """The lists that take the line for furniture by a phrase that starts it or stands in it."""
    found = cues.find([line])[0]
    return [
        name for name, hit in zip(cues.names(), found, strict=True) if hit and name.endswith((".start", ".anywhere"))
    ]


def test_every_language_has_its_file() -> None:
    assert sorted(FILES) == sorted(LANGUAGES)


@pytest.mark.parametrize("lang", sorted(FILES))
def test_a_file_has_the_tables_and_modes_of_all_files(lang: str) -> None:
    table = FILES[lang]
    assert set(table) == {"lang", "name", *CLASSES}
    assert table["lang"] == lang
    assert table["name"].strip()
    for kind in CLASSES:
        assert tuple(table[kind]) == MODES, kind
        assert all(isinstance(phrase, str) for mode in MODES for phrase in table[kind][mode])


@pytest.mark.parametrize("lang", sorted(FILES))
def test_lists_are_sorted_and_hold_nothing_twice(lang: str) -> None:
    for kind in CLASSES:
        for mode in MODES:
            members = FILES[lang][kind][mode]
            assert members == sorted(set(members)), (kind, mode)


@pytest.mark.parametrize("lang", sorted(FILES))
def test_phrases_are_plain_lower_case_text(lang: str) -> None:
    """Marks are not looked at, save colons and, anywhere in a line, brackets: none may promise more at the edges."""
    for kind, mode, phrase in phrases(lang):
        where = (kind, mode, phrase)
        assert phrase == phrase.lower(), where
        assert phrase == " ".join(phrase.split()), where
        assert phrase == unicodedata.normalize("NFC", phrase), where
        assert "’" not in phrase, where
        if mode == "anywhere" and any(mark in phrase for mark in BRACKETS):
            continue
        assert phrase[0].isalnum(), where
        assert phrase[-1].isalnum() or unicodedata.category(phrase[-1])[0] == "M" or phrase[-1] in ":：", where


@pytest.mark.parametrize("lang", sorted(FILES))
def test_a_line_that_is_a_phrase_is_found_by_its_list(lang: str) -> None:
    listed = phrases(lang)
    found = cues.find([phrase.capitalize() for _, _, phrase in listed])
    names = cues.names()
    missed = [where for where, row in zip(listed, found, strict=True) if not row[names.index(".".join(where[:2]))]]
    assert missed == []


@pytest.mark.parametrize("lang", sorted(FILES))
def test_no_phrase_is_so_short_that_it_stands_in_stories(lang: str) -> None:
    """Abbreviations within brackets, such as ``(r.)`` in captions, may be shorter: the brackets make them safe."""
    for kind, mode, phrase in phrases(lang):
        letters = [sign for sign in phrase if sign.isalpha()]
        latin = all("LATIN" in unicodedata.name(sign) for sign in letters)
        bracketed = unicodedata.category(phrase[0]) == "Ps" and unicodedata.category(phrase[-1]) == "Pe"
        if mode != "whole" and latin and not bracketed:
            assert len(letters) >= 3, (kind, mode, phrase)
        if mode == "anywhere" and UNSPACED.search(phrase):
            assert len(phrase) >= 3, (kind, mode, phrase)


@pytest.mark.parametrize("lang", sorted(FILES))
def test_no_phrase_is_the_bare_name_of_an_agency(lang: str) -> None:
    known = {name.lower() for table in AGENCIES.values() for name in table["names"]}
    assert not [phrase for _, _, phrase in phrases(lang) if phrase in known]


def test_agencies_are_two_lists_of_names_as_printed() -> None:
    assert set(AGENCIES) == {"wire", "photo"}
    for table in AGENCIES.values():
        names: list[Any] = table["names"]
        assert set(table) == {"names"}
        assert names == sorted(set(names), key=lambda name: (name.casefold(), name))
        assert all(name == name.strip() and len(name) >= 2 for name in names)
    assert {"Reuters", "AFP", "dpa", "Associated Press", "Xinhua"} <= set(AGENCIES["wire"]["names"])
    assert {"Getty Images", "imago", "Shutterstock", "AP Photo"} <= set(AGENCIES["photo"]["names"])


FURNITURE = [
    "Sign up for our newsletter and get the day in brief",
    "(Additional reporting by Ann Doe in Velmar; editing by Jon Roe)",
    "A ferry leaves Velmar on Tuesday. Photo courtesy of Velmar Port",
    "Your email address will not be published. Required fields are marked *",
    "Lesen Sie auch: Brücke bleibt gesperrt",
    "Hier geht der Text nach der Anzeige weiter",
    "Blick auf die Brücke bei Althof (Foto: Ines Muster)",
    "Lire aussi : le pont restera fermé",
    "Tous droits réservés, Courrier de Valmorel",
    "Lee también: el puente seguirá cerrado",
    "El puente de Villarte, en una imagen de archivo",
    "Leggi anche: il ponte resta chiuso",
    "Iscriviti alla newsletter per restare informato",
    "Leia também: ponte continua fechada",
    "Foto: Divulgação/Prefeitura de Ribeirinha",
    "Lees ook: brug blijft dicht",
    "Schrijf je in voor onze nieuwsbrief",
    "Czytaj także: most pozostanie zamknięty",
    "Twój adres e-mail nie zostanie opublikowany",
    "Čtěte také: Most zůstane zavřený",
    "Most u Olšan (ilustrační foto)",
    "Läs också: Bron förblir stängd",
    "Publicerad: 3 maj 2024 kl 10.15",
    "Les også: Broen forblir stengt",
    "Meld deg på vårt nyhetsbrev",
    "Læs også: Broen forbliver lukket",
    "Broen ved Skovby (arkivfoto)",
    "Lue myös: Silta pysyy kiinni",
    "Sähköpostiosoitettasi ei julkaista.",
    "Etiketler: köprü, ulaşım",
    "Tüm hakları saklıdır © Akpınar Postası",
    "Читайте также: мост останется закрытым",
    "При перепечатке ссылка на «Вестник Верхнереченска» обязательна",
    "Читайте також: міст залишиться закритим",
    "Якщо ви помітили помилку, виділіть її мишкою",
    "Διαβάστε επίσης: Κλειστή μένει η γέφυρα",
    "Απαγορεύεται η αναδημοσίευση χωρίς αναφορά στην πηγή",
    "اقرأ أيضا: الجسر يبقى مغلقا",
    "جميع الحقوق محفوظة لصحيفة الوادي",
    "関連記事：橋は閉鎖のまま",
    "無断転載を禁じます",
    "相关阅读：大桥继续封闭",
    "延伸閱讀：大橋繼續封閉",
    "관련기사 다리 통행금지 계속",
    "무단 전재 및 재배포 금지",
    "यह भी पढ़ें: पुल बंद रहेगा",
    "प्रतीकात्मक तस्वीर",
    "Baca juga: Jembatan tetap ditutup",
    "Artikel ini telah tayang di Harian Randuasri",
    "Soma pia: Daraja labaki limefungwa",
    "Picha: Asha Mfano",
    "Citește și: Podul rămâne închis",
    "Adresa ta de email nu va fi publicată.",
    "Olvassa el ezt is: zárva marad a híd",
    "Minden jog fenntartva, Hídvégi Hírlap",
]


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_is_seen_in_every_language(line: str) -> None:
    assert hits(line)


STORY = [
    "By the time the newsletter reached its readers, the editor had already left the building.",
    "More than four hundred readers cancelled their subscriptions after the paper raised its price.",
    "Follow the money, the prosecutor told the jury, and you will find the publisher.",
    "The newsletter, which is sent to subscribers every Friday, has 40,000 paying members in Velmar.",
    "Photographs by the late Ilse Brandvold will be shown in the town hall until the end of May.",
    "The photographer said her picture of the flooded bridge had been shared two million times without credit.",
    "Copyright law in Ostrava protects a photograph for seventy years after the death of its author.",
    "Share prices of the advertising group fell by a tenth after the court ruled on its newsletters.",
    "Advertisement spending on local radio has halved since 2019, according to the trade body.",
    "The council voted to share the cost of the new library with two neighbouring towns.",
    "Sponsored by Senator Hale, the bill would force apps to let people cancel a subscription with one click.",
    "Terms of service that nobody reads are no contract, the judge in Norhaven wrote.",
    "Privacy policy is the subject on which the two parties disagree most.",
    "Comments made by the minister on Tuesday angered fishermen along the coast.",
    "Read aloud in court, the letter took eleven minutes.",
    "Related charges against the publisher's brother were dropped last year.",
    "Published in 1911, the atlas is the oldest book in the collection.",
    "Updated figures show that one household in five no longer pays for a newspaper.",
    "The video shows two men carrying a printing press out of the burning workshop.",
    "Home Secretary Dora Finch said the agency had broken its own rules on cookies.",
    "The agency said its terms of use and privacy policy would be rewritten by the autumn.",
    "Written complaints about the advertisements reached the regulator within an hour.",
    "Reporting on the trial was banned until the jury had been sworn in.",
    "Editing the film took four years, the director said at the festival in Carrow.",
    "Our correspondent in the capital was among the forty journalists expelled in March.",
    "Watching live television is now a minority habit among people under thirty, the survey found.",
    "Sign language interpreters will stand beside the speakers at both debates.",
    "Subscribers to the streaming service will pay two crowns more each month.",
    "Die Fotografin sagte, ihr Bild von der überfluteten Brücke sei ohne Quellenangabe tausendfach geteilt worden.",
    "Mehr als dreihundert Abonnenten kündigten nach der Preiserhöhung ihr Abo.",
    "Von der Werbung allein kann die Lokalzeitung in Althof nicht mehr leben.",
    "Der Newsletter der Gemeinde erscheint jeden Freitag und hat inzwischen 4000 Leser.",
    "Kommentare unter dem Video hatten die Ermittler auf die Spur des Mannes gebracht.",
    "Teilen wollten sich die beiden Verlage das Anzeigengeschäft, doch das Kartellamt sagte nein.",
    "Bilder der Überwachungskamera zeigen, wie der Mann das Archiv verlässt.",
    "Par ailleurs, le photographe réclame dix mille euros au journal qui a publié son image sans autorisation.",
    "Le droit d'auteur protège la photographie pendant soixante-dix ans, a rappelé le tribunal de Valmorel.",
    "Les abonnés de la lettre d'information ont reçu par erreur un message de la mairie.",
    "Partager les recettes de la publicité avec les éditeurs, voilà ce que demande le syndicat.",
    "La fotógrafa asegura que su imagen fue compartida miles de veces sin su permiso.",
    "Más de doscientos suscriptores pidieron la devolución del dinero al periódico de Villarte.",
    "Por la publicidad engañosa, la empresa deberá pagar una multa de tres millones.",
    "La newsletter del comune, letta da novemila abbonati, annunciava per errore la chiusura del ponte.",
    "Di fotografie rubate e diritto d'autore si è discusso ieri al tribunale di Montelupo.",
    "A fotógrafa disse que a imagem foi partilhada sem autorização por vários jornais.",
    "O boletim tem trinta mil assinantes e vive sem publicidade, segundo o fundador.",
    "De fotograaf eist schadevergoeding van de krant die zijn foto zonder toestemming deelde.",
    "Meer dan honderd abonnees zegden hun krant op na de prijsverhoging.",
    "Fotograf domaga się odszkodowania od gazety, która udostępniła jego zdjęcie bez zgody.",
    "Prenumerata dziennika podrożeje od stycznia, a reklam będzie mniej.",
    "Reklama na tramvajích vydělala městu loni dva miliony korun.",
    "Fotografen säger att bilden delades tusentals gånger utan hennes tillstånd.",
    "Annonser för spel ska förbjudas i lokaltidningen, föreslår kommittén.",
    "Abonnenter i hele landet fikk feil avis i postkassen tirsdag morgen.",
    "Fotografen kræver erstatning, fordi avisen delte billedet uden at spørge.",
    "Valokuvaaja vaatii lehdeltä korvauksia kuvasta, joka jaettiin ilman lupaa.",
    "Fotoğrafçı, görüntüsünün izinsiz paylaşıldığını söyleyerek gazeteye dava açtı.",
    "Haber bülteninin kırk bin abonesi olduğunu söyleyen yayıncı, reklam almadıklarını anlattı.",
    "Фотограф потребовал от газеты компенсацию за снимок, опубликованный без разрешения.",
    "Подписка на газету подорожает с января, сообщили в редакции.",
    "Читайте детям вслух каждый вечер, советует психолог из Верхнереченска.",
    "Реклама азартных игр исчезнет с улиц города до конца года.",
    "Фотограф вимагає від газети компенсацію за знімок, який поширили без дозволу.",
    "Ο φωτογράφος ζητά αποζημίωση από την εφημερίδα που δημοσίευσε την εικόνα χωρίς άδεια.",
    "Η διαφήμιση τυχερών παιχνιδιών θα απαγορευτεί από τον Μάρτιο, ανακοίνωσε το υπουργείο.",
    "طالب المصور الصحيفة بتعويض عن نشر صورته دون إذن.",
    "ارتفع عدد المشتركين في النشرة البريدية إلى أربعين ألفا خلال عام.",
    "写真家は、無断で写真を共有した新聞社に損害賠償を求めている。",
    "同社の広告収入は前年より一割減り、購読料の値上げを検討している。",
    "摄影师要求报社赔偿，因为报社未经许可分享了他的照片。",
    "这家报纸的订阅人数去年增加了四万，广告收入却下降了一成。",
    "사진작가는 허락 없이 사진을 공유한 신문사를 상대로 소송을 냈다.",
    "신문 구독료가 내년부터 오르고 광고는 줄어든다고 발행인이 밝혔다.",
    "Fotografer itu menuntut ganti rugi karena fotonya dibagikan tanpa izin oleh koran setempat.",
    "Di Kota Randuasri, iklan judi akan dilarang mulai bulan depan.",
    "फोटोग्राफर ने बिना अनुमति तस्वीर छापने पर अखबार से मुआवजा मांगा है।",
    "अखबार की सदस्यता अगले महीने से महंगी हो जाएगी, संपादक ने कहा।",
    "Mpiga picha huyo anadai fidia kutoka kwa gazeti lililochapisha picha yake bila ruhusa.",
    "Matangazo ya kamari yatapigwa marufuku kuanzia mwezi ujao, alisema waziri.",
    "Fotografa cere despăgubiri ziarului care i-a distribuit imaginea fără permisiune.",
    "Mai mult de o sută de abonați au renunțat la ziar după scumpire.",
    "A fotós kártérítést követel az újságtól, amely engedély nélkül osztotta meg a képét.",
    "A hírlevél előfizetőinek száma egy év alatt megduplázódott, mondta a kiadó.",
    "Writing by hand helps children remember words, a study from Port Ellery suggests.",
    "The terms of the ceasefire may be published on Thursday, two officials said.",
    "Der Autor des Drohbriefs, der die Redaktion erreichte, ist noch nicht gefunden.",
    "Cliccando su un collegamento nel messaggio, la donna ha perso i risparmi di una vita.",
    "Sur le même sujet, la ministre avait promis une réponse avant l'été.",
    "Al hacer clic en el enlace, la víctima entregó sin saberlo sus contraseñas.",
    "Israel concorda com os termos da trégua, disse o mediador na noite de terça-feira.",
    "För att läsa läkarens brev måste familjen vänta i flera veckor.",
    "Korzystając z nieuwagi fotografa, złodziej wyniósł z redakcji dwa aparaty.",
    "Опубликовано видео задержания двух сотрудников рекламного агентства.",
    "Об авторе письма полиции пока ничего не известно.",
    "本报记者从市教育局获悉，新学期将推迟一周开学。",
    "扫描二维码支付的骗局在三个城市出现，警方提醒市民注意。",
    "版权所有者起诉了三家未经授权使用照片的网站。",
    "この動画は交流サイトで百万回以上再生され、県警が調べている。",
    "無断転載の疑いで、県警は会社員の男を書類送検した。",
    "저작권자의 동의 없이 사진을 쓴 업체에 배상 판결이 내려졌다.",
    "앱 다운로드 수가 한 달 만에 백만 건을 넘었다고 업체는 밝혔다.",
    "شارك عبر تقنية الفيديو في الاجتماع ممثلون عن ست صحف محلية.",
    "विज्ञापन के बाद कंपनी की बिक्री दोगुनी हो गई, प्रबंधक ने बताया।",
    "Hak cipta lagu itu kini dipegang oleh keluarga penciptanya.",
    "Zákaz reklamy na hazard začne platit v lednu, rozhodla vláda.",
    "뉴스레터 구독자 수가 일 년 만에 두 배로 늘었다고 대표는 말했다.",
    "网友评论称，这家报社的订阅价格已经太高。",
    "Berita terkait iklan judi itu menyebar cepat di Kota Randuasri.",
    "Encontrou um erro no contrato o advogado do fotógrafo, que pediu nova audiência.",
]


@pytest.mark.parametrize("line", STORY)
def test_a_story_about_the_press_is_no_furniture(line: str) -> None:
    assert hits(line) == []
