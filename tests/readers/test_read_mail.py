"""Messages and mailboxes: what becomes of their headers and parts, and what hostile ones come to."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

import pytest

from clipclean.config import ReadLimits
from clipclean.model import Clipping, Failure

Read = Callable[..., list[Clipping | Failure]]
HEAD = (
    "From: =?utf-8?q?Orr_Post=2C_Br=C3=BCcken?= <brief@news.orr.example>\r\nTo: reader@secret.example\r\n"
    "Subject: =?iso-8859-1?B?QnL8Y2tl?=\r\n =?utf-8?Q?_gesperrt?= (2)\r\nDate: Mon, 04 Mar 2024 06:00:00 +0100\r\n"
    "Message-ID: <7@orr.example>\r\nContent-Language: de\r\n"
)
MIXED = """Subject: Rain
Content-Type: multipart/mixed; boundary="a b"

For programs that cannot read this.
--a b
Content-Type: multipart/alternative;
 boundary=in

--in
Content-Type: text/plain

See the page.
--in
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p>Rain fell on Troms=F8 =
for a day.</p>
--in--
--a b
Content-Type: image/png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--a b
Content-Type: text/plain
Content-Disposition: attachment; filename=list.txt

1, 2, 3
--a b

Unsubscribe & <leave>
--a b--
Nothing is read here.
"""


def clipping(items: list[Clipping | Failure]) -> Clipping:
    [item] = items
    assert isinstance(item, Clipping), item
    return item


def test_the_headers_of_a_message_are_its_facts_and_who_got_it_is_not_read(read_file: Read) -> None:
    mail = clipping(read_file("a.eml", f"{HEAD}\r\nDie Brücke ist zu.\r\nSie bleibt es."))
    assert (mail.title, mail.source, mail.lang) == ("Brücke gesperrt (2)", "news.orr.example", "de")
    assert (mail.published, mail.text) == ("Mon, 04 Mar 2024 06:00:00 +0100", "Die Brücke ist zu.\nSie bleibt es.")
    assert mail.meta == {"message_id": "7@orr.example", "author": "Orr Post, Brücken"}
    assert mail.id.endswith("/a.eml")


def test_the_page_comes_before_its_text_and_what_is_no_text_is_noted(read_file: Read) -> None:
    mail = clipping(read_file("a.eml", MIXED))
    assert mail.html == "<p>Rain fell on Tromsø for a day.</p>\n<p>Unsubscribe &amp; &lt;leave&gt;</p>"
    assert mail.notes[-1] == "mail: no text and left out of this message: 1 image/png, 1 text/plain"


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        ("Content-Transfer-Encoding: base64", base64.b64encode(b"Rain fell.").decode().rstrip("="), "Rain fell."),
        ("Content-Type: text/plain; format=flowed", "Rain \nfell \non Orr.\n\n-- \nJo", "Rain fell on Orr.\n\n-- \nJo"),
        ("Content-Type: text", "Rain fell.", "Rain fell."),
        ("Content-Type: multipart/mixed; boundary=x", "--x\n\nRain fell.", "Rain fell."),
        ("Content-Type: multipart/alternative; boundary=x", "--x\n\n\n--x\n\nRain fell.\n--x--", "Rain fell."),
        ("Content-Type: multipart/mixed; boundary=x", "--xy\n--x\n\nA --x\n--xy\n--x \n\nB\n--x--", "A --x\n--xy\nB"),
    ],
    ids=["base64", "flowed", "no type", "cut", "empty part", "other lines"],
)
def test_parts_are_decoded_and_parted_as_they_say(read_file: Read, head: str, body: str, text: str) -> None:
    assert clipping(read_file("a.eml", f"Subject: Rain\n{head}\n\n{body}")).text == text


def test_a_mailbox_holds_messages_and_its_stories_may_say_from(read_file: Read) -> None:
    box = (
        "From a@orr.example Mon Mar  4 06:00:00 2024\nSubject: One\n\nRain fell.\n\nFrom the mayor came nothing.\n"
        ">From here on it snowed.\n\n"
        "From - Tue Mar  5 06:00:00 2024\nSubject: Two\n\n\n\n"
        "From - Wed Mar  6 06:00:00 2024\nSubject: Three\n\nSnow fell.\n"
    )
    one, two, three = read_file("a.mbox", box)
    assert isinstance(one, Clipping)
    assert one.text == "Rain fell.\n\nFrom the mayor came nothing.\nFrom here on it snowed.\n\n"
    assert isinstance(two, Failure)
    assert (two.kind, two.origin.record) == ("empty-text", 2)
    assert isinstance(three, Clipping)
    assert (three.title, three.id.rpartition("/")[2]) == ("Three", "a.mbox#3")


def test_a_message_that_is_too_large_is_passed_over(read_file: Read) -> None:
    envelope = "From - Wed Mar  6 06:00:00 2024\nSubject: A\n\n"
    box = f"{envelope}Rain fell.\n\n{envelope}{'Rain fell. ' * 50}\n\n{envelope}Snow fell.\n"
    found = read_file("a.mbox", box, limits=ReadLimits(document=300))
    assert [item.kind if isinstance(item, Failure) else item.text for item in found] == [
        "Rain fell.\n\n",
        "too-large",
        "Snow fell.\n",
    ]


NESTED = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(5_000))
MANY = "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nRain fell.\n" * 2_000


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.eml", "Rain fell on Orr.", "broken-mail"),
        ("a.mbox", "Subject: Rain\n\nRain fell.", "broken-mail"),
        ("a.eml", "Content-Type: multipart/mixed\n\n--x\n\nRain fell.", "broken-mail"),
        ("a.eml", "Content-Transfer-Encoding: base64\n\nR!", "broken-mail"),
        ("a.eml", "Subject: Rain\n\n", "empty-text"),
        ("a.eml", "Content-Type: image/png\n\nxyz", "empty-text"),
        ("a.eml", NESTED, "nested-too-deep"),
        ("a.eml", MANY, "too-many-members"),
        ("a.eml", f"Subject: Rain\nX-Long: {'a' * 300_000}\n\nRain fell.", "too-large"),
        ("a.msg", "x", "unknown-suffix"),
    ],
)
def test_what_is_no_message_or_too_much_of_one_is_told(read_file: Read, name: str, content: str, kind: str) -> None:
    [failure] = read_file(name, content)
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert ";" in failure.message


def test_other_forms_of_mail_are_not_to_be_renamed(read_file: Read) -> None:
    [failure] = read_file("a.msg", "x")
    assert isinstance(failure, Failure)
    assert "save the messages as eml" in failure.message
    assert "rename" not in failure.message


@pytest.mark.parametrize(
    "content",
    [
        "Subject: " + "=?utf-8?q?" * 300 + "\n\nRain fell.",
        "From: " + "(" * 3_000 + "\n\nRain fell.",
        "Subject: Rain\nContent-Type: text/plain;" + " ;" * 1_900 + "\n\nRain fell.",
        "Subject: Rain\n" + " folded\n" * 20_000 + "\nRain fell.",
        "Subject: Rain\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nRain fell.\n" + "--b" * 1_000_000,
        "Subject: Rain\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nRain fell.\n" + "--bx\n" * 500_000,
        "From " + "00:00 2024" * 20_000 + "\nSubject: Rain\n\nRain fell.",
        "Subject: \udcff\x00=?utf-8?b?////?=\n\nRain fell.".encode("utf-8", "surrogateescape"),
    ],
    ids=["words", "brackets", "parameters", "folded", "one line", "lines", "envelope", "bytes"],
)
def test_hostile_messages_are_read_in_time(read_file: Read, content: str | bytes) -> None:
    began = time.monotonic()
    assert (clipping(read_file("a.eml", content)).text or "").startswith("Rain fell.")
    assert time.monotonic() - began < 2
