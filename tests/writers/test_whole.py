from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from clipclean.errors import OutputError
from clipclean.writers import whole_file


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.jsonl"
    with whole_file(target) as file:
        file.write(b"{}\n")
        assert not target.exists()
    assert target.read_bytes() == b"{}\n"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "a.jsonl"
    target.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), whole_file(target) as file:  # noqa: PT012 - it fails half-way
        file.write(b"half")
        raise ZeroDivisionError
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with whole_file(tmp_path / "a.jsonl"):
        pass
    assert stat.S_IMODE((tmp_path / "a.jsonl").stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)


@pytest.mark.parametrize(
    ("suffix", "unpack"),
    [
        (".gz", gzip.decompress),
        (".bz2", bz2.decompress),
        (".xz", lzma.decompress),
        (".zst", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ],
)
def test_a_suffix_of_compression_compresses_to_the_same_bytes_each_time(
    tmp_path: Path, suffix: str, unpack: Callable[[bytes], bytes]
) -> None:
    targets = [tmp_path / f"{name}.jsonl{suffix}" for name in "ab"]
    for target in targets:
        with whole_file(target) as file:
            file.write(b"rain\n" * 1000)
    packed = [target.read_bytes() for target in targets]
    assert unpack(packed[0]) == b"rain\n" * 1000
    assert packed[0] == packed[1]
    assert len(packed[0]) < 500


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no /dev/null")
def test_a_device_is_written_to_and_not_replaced() -> None:
    with whole_file(Path("/dev/null")) as file:
        file.write(b"rain")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_what_a_link_points_to_is_written_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.jsonl"
    try:
        link.symlink_to(tmp_path / "real" / "a.jsonl")
    except OSError:
        pytest.skip("this system lets nobody make links")
    with whole_file(link) as file:
        file.write(b"rain")
    assert link.is_symlink()
    assert (tmp_path / "real" / "a.jsonl").read_bytes() == b"rain"


@pytest.mark.parametrize("target", ["file/a.jsonl", "folder"])
def test_a_place_that_cannot_be_written_is_told_with_its_name(tmp_path: Path, target: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=target.split("/")[0]), whole_file(tmp_path / target):
        pass


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"), whole_file(tmp_path / "a.jsonl"):
        pass


def test_folders_are_made_and_go_again_where_nothing_came_into_them(tmp_path: Path) -> None:
    target = tmp_path / "made" / "deep" / "a.jsonl"
    with pytest.raises(ZeroDivisionError), whole_file(target):
        raise ZeroDivisionError
    assert not target.parent.parent.exists()
    with whole_file(target) as file:
        file.write(b"{}\n")
    assert target.read_bytes() == b"{}\n"
