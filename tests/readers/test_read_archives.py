from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipclean.model import Clipping, Failure
from clipclean.readers import read

FILES = {
    "inner/page.html": b"<p>Rain fell.</p>",
    "snow.txt": b"Snow fell.",
    "more/a.jsonl.gz": gzip.compress(b'{"text": "Hail."}'),
}


def zipped(files: dict[str, bytes], **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: dict[str, bytes], *special: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
        for header in special:
            archive.addfile(header)
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, target
    return header


def shown(items: list[Clipping | Failure], archive: str) -> list[tuple[str, str]]:
    """For each item its place in the archive and its text or kind of failure."""
    return [
        (str(item.origin).partition(archive)[2], item.kind if isinstance(item, Failure) else item.text or item.html)
        for item in items
    ]


ARCHIVES = {
    "dump.zip": zipped,
    "dump.tar": tarred,
    "dump.tar.gz": lambda files: gzip.compress(tarred(files)),
    "dump.tgz": lambda files: gzip.compress(tarred(files)),
    "dump.TAR.ZST": lambda files: zstandard.compress(tarred(files)),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_members_are_read_as_files_are(read_file, name):
    items = read_file(name, ARCHIVES[name](FILES))
    assert shown(items, name) == [
        ("/inner/page.html", "<p>Rain fell.</p>"),
        ("/snow.txt", "Snow fell."),
        ("/more/a.jsonl.gz#1", "Hail."),
    ]
    assert [item.source for item in items] == ["inner", "dump", "more"]


@pytest.mark.parametrize("outer", ARCHIVES)
@pytest.mark.parametrize("inner", ARCHIVES)
def test_archives_inside_archives_are_read(read_file, outer, inner):
    data = ARCHIVES[outer]({f"a/{inner}": ARCHIVES[inner](FILES), "fog.txt": b"Fog."})
    items = read_file(outer, data)
    assert [item.text for item in items] == [None, "Snow fell.", "Hail.", "Fog."]
    assert shown(items, outer)[1] == (f"/a/{inner}/snow.txt", "Snow fell.")


def test_archives_inside_each_other_come_to_an_end(read_file):
    data = b"Rain fell."
    name = "a.txt"
    for _ in range(12):
        data, name = zipped({name: data}), "a.zip"
    assert [item.kind for item in read_file("a.zip", data)] == ["nested-too-deep"]


@pytest.mark.parametrize("name", ["dump.zip", "dump.tar"])
def test_a_members_path_is_only_a_name(read_file, tmp_path, name):
    before = set(tmp_path.parent.rglob("*"))
    files = {
        "../../evil.txt": b"a",
        "/evil.txt": b"b",
        "..\\evil.txt": b"c",
        "C:\\evil.txt": b"d",
        "x/../evil.txt": b"e",
    }
    items = read_file(name, ARCHIVES[name](files))
    assert [item.text for item in items] == ["a", "b", "c", "d", "e"]
    assert all(item.origin.path.startswith(str(tmp_path.as_posix())) for item in items)
    assert set(tmp_path.parent.rglob("*")) - before == {tmp_path / name}


def test_links_and_devices_in_a_tar_are_listed_and_reach_nothing(read_file):
    data = tarred(
        {"a.txt": b"Rain."},
        special("link.txt", tarfile.SYMTYPE, "/etc/hostname"),
        special("hard.txt", tarfile.LNKTYPE, "a.txt"),
        special("tty.txt", tarfile.CHRTYPE),
        special("pipe.txt", tarfile.FIFOTYPE),
        special("folder.txt", tarfile.DIRTYPE),
    )
    assert shown(read_file("d.tar", data), "d.tar") == [
        ("/a.txt", "Rain."),
        ("/link.txt", "not-a-file"),
        ("/hard.txt", "not-a-file"),
        ("/tty.txt", "not-a-file"),
        ("/pipe.txt", "not-a-file"),
    ]


@pytest.mark.parametrize("name", ["dump.zip", "dump.tar"])
def test_what_is_no_clipping_in_an_archive_is_listed(read_file, name):
    files = {
        "a.txt": b"",
        "b.jpg": b"\xff\xd8\xff",
        "__MACOSX/._a.txt": b"\x00\x05\x16\x07",
        "__MACOSX/._b.txt": b"\x00\x05\x16\x07",
        "x/.git/HEAD": b"ref",
        ".hidden.txt": b"Rain.",
        "c.jsonl": b'{"text": "Rain."}\n{"te',
    }
    assert shown(read_file(name, ARCHIVES[name](files)), name) == [
        ("/a.txt", "empty-text"),
        ("/b.jpg", "unknown-suffix"),
        ("/x/.git", "hidden-file"),
        ("/.hidden.txt", "hidden-file"),
        ("/c.jsonl#1", "Rain."),
        ("/c.jsonl#2", "broken-json"),
    ]


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_without_members_is_listed(read_file, name):
    assert [item.kind for item in read_file(name, ARCHIVES[name]({}))] == ["no-records"]


def test_two_members_of_one_name_do_not_cover_each_other(read_file):
    data = zipped({"a.txt": b"Rain.", "b.txt": b"Snow."}).replace(b"b.txt", b"a.txt")
    assert shown(read_file("d.zip", data), "d.zip") == [("/a.txt", "Rain."), ("/a.txt", "repeated-id")]


def test_an_encrypted_member_is_listed_and_the_others_are_read(read_file):
    data = bytearray(zipped({"a.txt": b"Rain.", "b.txt": b"Snow."}))
    data[6] |= 1  # the flag in the first local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in its entry of the directory
    assert shown(read_file("d.zip", bytes(data)), "d.zip") == [("/a.txt", "encrypted"), ("/b.txt", "Snow.")]


def test_a_damaged_member_of_a_zip_does_not_stop_the_others(read_file):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # stored, so that only the checksum can tell
        archive.writestr("a.txt", "Rain fell on Marlow.")
        archive.writestr("b.txt", "Snow.")
    data = buffer.getvalue().replace(b"Marlow", b"Barlow", 1)
    assert shown(read_file("d.zip", data), "d.zip") == [("/a.txt", "broken-archive"), ("/b.txt", "Snow.")]


@pytest.mark.parametrize("data", [b"Rain fell.", b"PK\x03\x04", b"\x00" * 20, bytes(range(256)) * 8])
@pytest.mark.parametrize("name", ["d.zip", "d.tar"])
def test_what_is_no_archive_is_a_failure(read_file, name, data):
    [failure] = read_file(name, data)
    assert failure.kind in ("broken-archive", "truncated", "no-records")


def test_a_truncated_tar_gives_what_is_whole_and_one_failure(read_file):
    files = {f"{number}.txt": bytes(f"Rain {number}. ", "ascii") * 200 for number in range(5)}
    data = tarred(files)
    for cut in (3000, 3500, 4096 + 100, 9000):
        items = read_file("d.tar", data[:cut])
        assert [type(item) for item in items[:-1]] == [Clipping] * (len(items) - 1)
        assert items[-1].kind == "truncated"
        [*whole, last] = read_file("d.tar.gz", gzip.compress(data[:cut]))
        assert [item.text for item in whole] == [item.text for item in items[:-1]]
        assert last.kind == "truncated"


def test_a_tar_with_a_broken_header_in_the_middle_does_not_end_quietly(read_file):
    data = bytearray(tarred({"a.txt": b"Rain.", "b.txt": b"Snow."}))
    data[1024:1100] = b"J" * 76
    assert shown(read_file("d.tar", bytes(data)), "d.tar") == [("/a.txt", "Rain."), ("", "broken-archive")]


@pytest.mark.parametrize("name", ["dump.zip", "dump.tar"])
def test_long_and_foreign_member_names_are_kept(read_file, name):
    files = {"ü" * 80 + "/" + "é" * 60 + ".txt": b"Rain.", "a\nb.txt": b"Snow."}
    items = read_file(name, ARCHIVES[name](files))
    assert [item.text for item in items] == ["Rain.", "Snow."]
    assert items[0].source == "ü" * 80
    assert items[1].id.endswith("a\\nb.txt")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["d.zip", "d.tar"]), st.data())
def test_a_cut_or_damaged_archive_gives_clippings_and_failures_and_nothing_unexpected(tmp_path, name, data):
    packed = bytearray(zipped(FILES) if name == "d.zip" else tarred(FILES))
    packed = packed[: data.draw(st.integers(0, len(packed)))]
    for _ in range(data.draw(st.integers(0, 4))):
        if packed:
            packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / name).write_bytes(packed)
    items = list(read([tmp_path / name]))
    assert items
    assert not [item for item in items if isinstance(item, Failure) and item.kind == "unexpected"]
