from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from clipclean.config import ReadSettings
from clipclean.errors import InputError, SettingsError
from clipclean.model import Clipping, Failure
from clipclean.readers import read


def outcome(item: Clipping | Failure) -> tuple[str, str]:
    return (item.origin.path, item.kind if isinstance(item, Failure) else "clipping")


@pytest.fixture
def dump(tmp_path, write, monkeypatch):
    write("dump/b/2.txt", "Snow fell.")
    write("dump/b/10.txt", "Hail fell.")
    write("dump/a.txt", "Rain fell.")
    write("dump/c.HTML", "<p>Sleet fell.</p>")
    monkeypatch.chdir(tmp_path)
    return Path("dump")


def test_a_folder_is_read_recursively_and_by_name(dump):
    assert [item.id for item in read([dump])] == ["dump/a.txt", "dump/b/10.txt", "dump/b/2.txt", "dump/c.HTML"]


@pytest.mark.parametrize("spelling", ["dump", "dump/", "./dump", "dump/."])
def test_origins_do_not_depend_on_how_a_folder_is_spelled(dump, spelling):
    assert list(read([spelling])) == list(read([dump]))


def test_a_file_reads_the_same_whether_named_or_found(dump):
    found = list(read([dump]))
    assert [
        item for path in ("dump/a.txt", "dump/b/10.txt", "dump/b/2.txt", "dump/c.HTML") for item in read([path])
    ] == found
    assert list(read(["dump/*.txt", "dump/**/1*.txt", "dump/b/2.txt", "dump/c.*"])) == found


def test_a_single_path_needs_no_list(dump):
    assert [item.id for item in read("dump/a.txt")] == ["dump/a.txt"]


def test_a_file_that_several_inputs_lead_to_is_read_once(dump):
    items = list(read([dump, "dump/a.txt", "dump/*.txt", dump / "b", dump.absolute()]))
    assert len(items) == 4
    assert not [item for item in items if isinstance(item, Failure)]


def test_the_source_is_the_folder_where_nothing_else_is_known(dump, monkeypatch):
    assert [item.source for item in read([dump])] == ["dump", "b", "b", "dump"]
    monkeypatch.chdir(dump / "b")
    assert [(item.id, item.source) for item in read(["2.txt"])] == [("2.txt", "b")]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("no-such-file.jsonl", "there is no file or folder no-such-file.jsonl"),
        ("no-such-folder/", "there is no file or folder"),
        ("nothing/*.jsonl", "nothing matches nothing/\\*.jsonl"),
        ("https://example.com/dump.jsonl", "fetch it first"),
        ("", "an input is empty"),
        ("nul\x00byte", "there is no file"),
        (17, "a path or a binary stream"),
        (io.StringIO("text"), "binary mode"),
    ],
)
def test_an_input_that_is_not_there_is_an_error_before_anything_is_read(dump, wrong, says):
    with pytest.raises(InputError, match=says):
        read(["dump/a.txt", wrong])


def test_a_path_with_pattern_characters_is_a_path_where_it_exists(write, monkeypatch, tmp_path):
    write("[2031] rain.txt", "Rain fell.")
    monkeypatch.chdir(tmp_path)
    assert [item.text for item in read(["[2031] rain.txt"])] == ["Rain fell."]


def test_what_is_no_clipping_in_a_folder_is_listed(dump, write):
    write("dump/.DS_Store", b"\x00\x00\x00\x01Bud1")
    write("dump/.git/config", "[core]")
    write("dump/.git/HEAD", "ref")
    write("dump/Thumbs.db", b"\xd0\xcf\x11\xe0")
    write("dump/._photo.jpg", b"\x00\x05\x16\x07")
    write("dump/._alone.txt", b"\x00\x05\x16\x07")
    write("dump/photo.jpg", b"\xff\xd8\xff")
    write("dump/README", "About this dump")
    write("dump/empty.jsonl", "")
    write("dump/empty.txt", "")
    failures = [outcome(item) for item in read([dump]) if isinstance(item, Failure)]
    assert failures == [
        ("dump/._alone.txt", "hidden-file"),
        ("dump/.git", "hidden-file"),
        ("dump/README", "unknown-suffix"),
        ("dump/empty.jsonl", "no-records"),
        ("dump/empty.txt", "empty-text"),
        ("dump/photo.jpg", "unknown-suffix"),
    ]


def test_a_hidden_file_that_is_named_is_read(write):
    assert [item.text for item in read([write(".rain.txt", "Rain fell.")])] == ["Rain fell."]


def test_an_empty_folder_is_listed(tmp_path):
    (tmp_path / "empty" / "inner").mkdir(parents=True)
    [failure] = read([tmp_path / "empty"])
    assert failure.kind == "no-records"
    assert failure.origin.path.endswith("/empty")
    assert "there is no file in this folder" in failure.message


def test_a_folder_with_nothing_but_litter_is_empty(write):
    folder = write("dump/.DS_Store", b"\x00\x00\x00\x01Bud1").parent
    [failure] = read([folder])
    assert failure.kind == "no-records"


def test_an_empty_folder_beside_files_is_not_listed(dump):
    (dump / "empty" / "inner").mkdir(parents=True)
    assert len(list(read([dump]))) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_followed_and_loops_end(dump):
    (dump / "b" / "loop").symlink_to("..")
    (dump / "self").symlink_to(".")
    (dump / "dead.txt").symlink_to("nowhere.txt")
    (dump / "copy.txt").symlink_to("a.txt")
    assert [outcome(item) for item in read([dump])] == [
        ("dump/a.txt", "clipping"),
        ("dump/b/10.txt", "clipping"),
        ("dump/b/2.txt", "clipping"),
        ("dump/b/loop", "repeated-folder"),
        ("dump/c.HTML", "clipping"),
        ("dump/copy.txt", "clipping"),
        ("dump/dead.txt", "unreadable"),
        ("dump/self", "repeated-folder"),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("link", ["a", "loop/names2", "names/self", "z"])
def test_a_real_folder_wins_over_links_to_it_whatever_their_names(tmp_path, write, monkeypatch, link):
    write("junk/names/rain.txt", "Rain fell.")
    write("junk/names/deep/snow.txt", "Snow fell.")
    write("junk/loop/hail.txt", "Hail fell.")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "junk" / link).symlink_to(tmp_path / "junk" / "names")
    items = list(read(["junk"]))
    assert sorted(item.id for item in items if isinstance(item, Clipping)) == [
        "junk/loop/hail.txt",
        "junk/names/deep/snow.txt",
        "junk/names/rain.txt",
    ]
    [failure] = [item for item in items if isinstance(item, Failure)]
    assert (failure.origin.path, failure.kind) == (f"junk/{link}", "repeated-folder")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_followed_where_it_alone_leads_to_a_folder(tmp_path, write, monkeypatch):
    write("store/snow.txt", "Snow fell.")
    write("junk/.versions/5/rain.txt", "Rain fell.")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "junk" / "current").symlink_to(".versions/5")
    (tmp_path / "junk" / "outside").symlink_to("../store")
    (tmp_path / "junk" / "outside2").symlink_to("../store")
    assert [outcome(item) for item in read(["junk"])] == [
        ("junk/.versions", "hidden-file"),
        ("junk/current/rain.txt", "clipping"),
        ("junk/outside/snow.txt", "clipping"),
        ("junk/outside2", "repeated-folder"),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes")
def test_a_pipe_in_a_folder_does_not_hang(dump):
    os.mkfifo(dump / "pipe.txt")
    assert ("dump/pipe.txt", "not-a-file") in [outcome(item) for item in read([dump])]


def test_a_file_that_cannot_be_opened_is_listed(dump, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    [failure] = read(["dump/a.txt"])
    assert failure.kind == "unreadable"
    assert "Permission denied" in failure.message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_listed(dump):
    (dump / "b").chmod(0)
    try:
        assert ("dump/b", "unreadable") in [outcome(item) for item in read([dump])]
    finally:
        (dump / "b").chmod(0o755)


def test_a_repeated_id_is_listed_with_the_place_of_the_first(tmp_path, write, lines):
    write(
        "d/1.jsonl", lines([{"id": "x", "text": "Rain."}, {"id": "y", "text": "Snow."}, {"id": "x", "text": "Hail."}])
    )
    write("d/2.jsonl", lines([{"id": "y", "text": "Sleet."}, {"id": "z", "text": "Fog."}]))
    items = list(read([tmp_path / "d"]))
    assert [item.id for item in items] == ["x", "y", "x", "y", "z"]
    repeated = [item for item in items if isinstance(item, Failure)]
    assert [(item.kind, item.origin.record) for item in repeated] == [("repeated-id", 3), ("repeated-id", 1)]
    assert "1.jsonl#1" in repeated[0].message
    assert "1.jsonl#2" in repeated[1].message


def test_a_repeated_id_names_both_places_and_a_way_out_that_works(tmp_path, write):
    """A table for each day, in which the ids count from 1."""
    for day in ("mon", "tue"):
        write(f"d/{day}.csv", f"id,key,text\n1,{day}-1,Rain fell on {day}.\n2,{day}-2,Snow fell on {day}.\n")
    failures = [item for item in read([tmp_path / "d"]) if isinstance(item, Failure)]
    assert [item.kind for item in failures] == ["repeated-id"] * 2
    for part in ("tue.csv#1", "mon.csv#1", "--field id=KEY", "--field id= "):
        assert part in failures[0].message
    keyed = read([tmp_path / "d"], ReadSettings(fields={"id": "key"}))
    assert [item.id for item in keyed] == ["mon-1", "mon-2", "tue-1", "tue-2"]
    placed = list(read([tmp_path / "d"], ReadSettings(fields={"id": ""})))
    assert [item.id.rpartition("/")[2] for item in placed] == ["mon.csv#1", "mon.csv#2", "tue.csv#1", "tue.csv#2"]
    assert [item.meta["id"] for item in placed if isinstance(item, Clipping)] == ["1", "2", "1", "2"]


def test_only_the_id_may_be_named_without_a_key():
    with pytest.raises(SettingsError, match="text needs the name of a key"):
        ReadSettings(fields={"text": ""})


def test_ids_are_only_remembered_within_one_call(write, lines):
    path = write("a.jsonl", lines([{"id": "x", "text": "Rain."}]))
    assert [type(item) for _ in range(2) for item in read([path])] == [Clipping, Clipping]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the file system takes no such name")
def test_a_name_that_is_no_text_is_written_as_escapes(tmp_path):
    for name in (b"rain\xff.txt", b"rain\x1b[31m.txt", b"rain\n.txt"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"Rain fell.")
    ids = [item.id for item in read([tmp_path])]
    assert len(set(ids)) == 3
    assert all(id_.encode() and id_.isprintable() for id_ in ids)
