"""What is kept of a large file for the next time."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tracetui.ingest import line_cache
from tracetui.ingest.glances.session_trace import GLANCE
from tracetui.ingest.line_cache import recall, remember
from tracetui.ingest.line_columns import block_of
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_header import cache_folder, known_header
from tracetui.ingest.line_survey import Survey

columns = partial(block_of, glance=GLANCE)


def rows(count: int, session: str = "s") -> bytes:
    return b"".join(
        json.dumps({"session_id": session, "type": "tool_call", "step": at, "flags": ["X"][at % 2 :]}).encode() + b"\n"
        for at in range(count)
    )


def folder() -> Path:
    return Path(cache_folder())


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = tmp_path / "t.jsonl"
    found.write_bytes(rows(20))
    return found


def kept(path: Path) -> LineFile:
    file, survey = LineFile(str(path)), Survey()
    file.take(file.read_on(1 << 20))
    survey.take(columns(io.BytesIO(path.read_bytes()[: file.place(file.complete - 1)[0] + 200])))
    remember(file, survey)
    return file


def test_offsets_and_columns_come_back(path: Path) -> None:
    before = kept(path)
    file = LineFile(str(path))
    recalled = recall(file)
    assert recalled is not None
    file.stand(recalled.starts, recalled.read, recalled.done)
    assert len(file) == 20
    assert [file.place(line) for line in range(20)] == [before.place(line) for line in range(20)]
    assert recalled.survey.flagged == 10
    assert list(recalled.survey.names) == ["", "s"]


def test_a_file_that_grew_goes_on_where_it_was(path: Path) -> None:
    kept(path)
    with open(path, "ab") as writer:
        writer.write(rows(5))
    file = LineFile(str(path))
    recalled = recall(file)
    assert recalled is not None
    assert not recalled.done
    file.stand(recalled.starts, recalled.read, recalled.done)
    file.take(file.read_on(1 << 20))
    assert len(file) == 25
    assert json.loads(file.bytes_at(*file.place(24)))["step"] == 4


@pytest.mark.parametrize(
    "data", [rows(19), rows(20, "t"), rows(10, "t") + rows(10, "t") + rows(9), b"x" + rows(30)], ids=range(4)
)
def test_another_file_is_not_taken_for_it(path: Path, data: bytes) -> None:
    kept(path)
    path.write_bytes(data)
    assert recall(LineFile(str(path))) is None


def test_a_file_of_the_same_length_written_since_is_not_taken_for_it(path: Path) -> None:
    kept(path)
    os.utime(path, (1, 1))
    assert recall(LineFile(str(path))) is None


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: b"{}" + data, lambda data: b"", lambda _: b"\n" * 99]
)
def test_what_is_damaged_is_not_taken(path: Path, damage: object) -> None:
    kept(path)
    (place,) = folder().iterdir()
    assert callable(damage)
    place.write_bytes(damage(place.read_bytes()))
    assert recall(LineFile(str(path))) is None


def test_it_is_private_and_holds_no_content(path: Path) -> None:
    kept(path)
    (place,) = folder().iterdir()
    assert place.stat().st_mode & 0o777 == 0o600
    assert folder().stat().st_mode & 0o777 == 0o700
    assert b"tool_call" not in place.read_bytes()


def test_it_can_be_switched_off(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACETUI_CACHE", "0")
    kept(path)
    assert not folder().exists()


def test_what_cannot_be_written_is_not_kept(path: Path) -> None:
    folder().parent.mkdir(parents=True)
    folder().write_text("a file where the folder should be")
    kept(path)
    assert recall(LineFile(str(path))) is None


def test_a_name_that_is_no_unicode_is_kept_too(path: Path) -> None:
    path.write_bytes(rows(3, "\ud800"))
    kept(path)
    recalled = recall(LineFile(str(path)))
    assert recalled is not None
    assert list(recalled.survey.names) == ["", "\ud800"]


def test_few_traces_are_remembered(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_cache, "_KEPT", 2)
    for number in range(4):
        other = tmp_path / f"{number}.jsonl"
        other.write_bytes(rows(3))
        kept(other)
    assert len(list(folder().iterdir())) == 2


def test_no_bit_of_it_can_turn_without_being_noticed(path: Path) -> None:
    """A disk, or a copy of the home folder that was cut: a wrong index would lead to wrong lines, and say that none failed."""
    kept(path)
    (place,) = folder().iterdir()
    data = place.read_bytes()
    header = data.index(b"\n")
    for at in [*range(0, header, 7), *range(header, len(data), 23)]:
        place.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        assert recall(LineFile(str(path))) is None, at
        assert at > header or known_header(str(path)) is None, at


def others_may_write(place: Path) -> None:
    place.chmod(0o622)


def linked(place: Path) -> None:
    place.rename(place.parent.parent / "elsewhere")
    place.symlink_to(place.parent.parent / "elsewhere")


def a_pipe(place: Path) -> None:
    place.unlink()
    os.mkfifo(place)


@pytest.mark.parametrize(
    "made",
    [
        others_may_write,
        linked,
        lambda place: place.parent.chmod(0o777),
        a_pipe,
    ],
    ids=["a file that others may write", "a link", "a folder that others may write", "a pipe"],
)
def test_what_somebody_else_may_have_written_is_not_taken(path: Path, made: Callable[[Path], object]) -> None:
    kept(path)
    (place,) = folder().iterdir()
    made(place)
    assert recall(LineFile(str(path))) is None
    assert known_header(str(path)) is None


def test_nothing_is_kept_where_others_may_write(path: Path) -> None:
    folder().mkdir(parents=True)
    folder().chmod(0o777)
    kept(path)
    assert not list(folder().iterdir())


def test_a_full_disk_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    kept(path)
    assert not list(folder().iterdir())


def test_what_a_killed_program_had_begun_is_swept(path: Path) -> None:
    folder().mkdir(parents=True, mode=0o700)
    begun, old = folder() / "0000abcd.1", folder() / "0000abcd.2"
    begun.write_bytes(b"of a program that is still at it")
    old.write_bytes(b"")
    os.utime(old, (1, 1))
    kept(path)
    assert begun.exists()
    assert not old.exists()


def test_a_folder_that_is_read_only_by_now_still_gives(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(path)

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "utime", read_only)
    assert recall(LineFile(str(path))) is not None
