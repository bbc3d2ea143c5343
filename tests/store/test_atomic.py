from __future__ import annotations

import errno
import os
import resource
import stat
from pathlib import Path

import pytest

from tracetui.store.atomic import make_folder, reason, sweep, write_atomic


def test_the_new_bytes_take_the_place_of_the_old_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "postmortem.json"
    assert write_atomic(path, b"old") == ""
    assert write_atomic(path, b"new") == ""
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["postmortem.json"]


def test_a_full_disk_leaves_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    """A limit on file size stands in for the full disk: the write fails half way with EFBIG."""
    path = tmp_path / "postmortem.json"
    write_atomic(path, b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OSError, match="too large") as raised:
            write_atomic(path, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert raised.value.errno == errno.EFBIG
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["postmortem.json"]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_an_error_before_the_replacement_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    path = tmp_path / "postmortem.json"
    write_atomic(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(OSError, match="Input/output error"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_synced_is_saved_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def fail_on_folders(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fail_on_folders)
    assert write_atomic(tmp_path / "a", b"new") == "saved, durability unknown: Input/output error"
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomic(tmp_path / "link", b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"x"


def test_what_a_killed_writer_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".postmortem.json.tmp-abc123").write_bytes(b"half")
    (tmp_path / "postmortem.json").write_bytes(b"whole")
    (tmp_path / ".lock").write_bytes(b"")
    assert sweep(tmp_path) == 1
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".lock", "postmortem.json"]


def test_folders_are_the_owners_alone(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_a_reason_is_in_the_systems_words() -> None:
    assert reason(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) == "No space left on device"
    assert reason(OSError("taken over")) == "taken over"
