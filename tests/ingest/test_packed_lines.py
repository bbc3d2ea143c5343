"""A packed file of many lines is read by place while it is decoded to disk."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
import zstandard

from tests.ingest.test_elements import looked_through
from tracetui.errors import UnreadableSourceError
from tracetui.ingest import one_session, unpacking
from tracetui.ingest import parts as parts_module
from tracetui.ingest.innermost import held_bytes, innermost
from tracetui.ingest.line_cache import is_remembered, recall, remember
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.one_session import session_trace
from tracetui.ingest.open import open_trace
from tracetui.ingest.packed_lines import PackedLines
from tracetui.ingest.paging import open_lines, paged_format
from tracetui.ingest.surveyors import surveyed
from tracetui.ingest.unpacking import unpack

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstandard": zstandard.ZstdCompressor(write_checksum=True).compress,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
}


def rows(count: int) -> bytes:
    return b"".join(
        json.dumps(
            {"session_id": f"s{at % 3}", "type": "message", "step": at, "content": f"{at * 7919:x}" * 9}
        ).encode()
        + b"\n"
        for at in range(count)
    )


LINES = 12_000
PLAIN = rows(LINES)
"""More than is decoded before the program begins."""


@cache
def all_of_it(packing: str) -> bytes:
    return PACKED[packing](PLAIN)


@pytest.fixture
def an_endless_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def packed(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def read(file: LineFile) -> LineFile:
    while not file.done:
        file.take(file.read_on(1 << 20))
    return file


@pytest.mark.parametrize("packing", PACKED)
def test_its_lines_are_those_of_the_file_that_was_packed(packing: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "t.packed", all_of_it(packing))
    assert paged_format(str(path), at_least=1) == "session-trace"
    file = open_lines(str(path), "session-trace")
    first = file.read_on(1 << 10)
    assert not first.done
    assert len(first.starts) > 3
    read(file)
    assert (len(file), file.size, file.unpacked, file.problem) == (LINES, len(PLAIN), 100, "")
    assert file.bytes_at(*file.place(11_345)) == PLAIN.splitlines(keepends=True)[11_345]
    file.close()


def test_its_columns_are_made_from_what_is_decoded(tmp_path: Path) -> None:
    file = read(open_lines(str(packed(tmp_path / "t.gz", gzip.compress(rows(900)))), "session-trace"))
    survey = surveyed(file)
    assert len(survey) == 900
    assert set(survey.names) == {"", "s0", "s1", "s2"}
    file.close()


def test_how_much_it_decodes_to_is_told_from_its_beginning(tmp_path: Path) -> None:
    for packing in PACKED:
        path = str(packed(tmp_path / packing, all_of_it(packing)))
        assert paged_format(path, at_least=len(PLAIN) * 2) is None
        assert paged_format(path, at_least=len(PLAIN) // 2) == "session-trace"


def test_nothing_of_it_is_left_on_the_disk_or_can_be_found_there(tmp_path: Path) -> None:
    path = packed(tmp_path / "t.gz", all_of_it("gzip"))
    file = read(open_lines(str(path), "session-trace"))
    assert os.fstat(file.held.handle).st_nlink == 0
    assert os.fstat(file.held.handle).st_mode & 0o777 == 0o600
    assert list(tmp_path.rglob("*")) == [path]
    file.close()


@pytest.mark.parametrize("packing", PACKED)
def test_of_a_cut_file_what_could_be_decoded_is_kept_and_it_is_said(packing: str, tmp_path: Path) -> None:
    whole = all_of_it(packing)
    path = packed(tmp_path / "t.packed", whole[: len(whole) * 9 // 10])
    file = read(open_lines(str(path), "session-trace"))
    assert 1000 < len(file) < LINES
    assert f"{packing}: " in file.problem
    assert "kept the first" in file.problem
    assert file.source(0, 3).notes == (file.problem,)
    assert file.gathered([0, 9]).notes == (file.problem,)
    file.close()


def test_a_wrong_checksum_is_said_and_every_line_kept(tmp_path: Path) -> None:
    data = bytearray(all_of_it("gzip"))
    data[-8] ^= 0xFF
    file = read(open_lines(str(packed(tmp_path / "t.gz", bytes(data))), "session-trace"))
    assert len(file) == LINES
    assert "CRC check failed" in file.problem
    file.close()


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("MAX_LINES_BYTES", 1 << 20, "stopped at the limit of 1048576 decoded bytes"),
        ("MAX_LINES", 9_999, "stopped at the limit of 9999 lines"),
        ("LEFT_FREE_BYTES", 1 << 62, "of the disk would be left free"),
    ],
)
def test_a_bomb_is_stopped_at_a_limit_which_is_named(
    limit: str, value: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, limit, value)
    path = packed(tmp_path / "t.gz", all_of_it("gzip"))
    out = tmp_path / "out"
    out.touch()
    told: list[int] = []
    place = innermost(str(path), held_bytes(str(path))).place
    with open(out, "r+b") as target, open(path, "rb") as source:
        problem = unpack(os.dup(source.fileno()), place, os.dup(target.fileno()), told.append, unpacking.MAX_LINES)
    assert said in problem
    assert out.read_bytes() == PLAIN[: out.stat().st_size]
    assert out.stat().st_size < len(PLAIN)


@pytest.mark.usefixtures("an_endless_program")
def test_it_can_be_stopped(tmp_path: Path) -> None:
    file = open_lines(str(packed(tmp_path / "t.gz", all_of_it("gzip"))), "session-trace")
    assert file.ending() is None
    file.stop_unpacking()
    read(file)
    assert file.unpacked == 100
    assert "stopped; kept the first" in file.problem
    assert file.ending() is not None
    file.close()


def test_where_there_is_no_place_for_it_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "t.gz", all_of_it("gzip"))
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: os.open(tmp_path / "not there", os.O_RDONLY))
    with pytest.raises(UnreadableSourceError) as raised:
        open_lines(str(path), "session-trace")
    assert "TMPDIR" in raised.value.hint


def test_the_last_lines_are_shown_once_they_are_there(tmp_path: Path) -> None:
    file = open_lines(str(packed(tmp_path / "t.gz", all_of_it("gzip"))), "session-trace")
    file.unpack_all()
    ending = file.ending()
    assert ending is not None
    assert ending.bytes_at(*ending.place(len(ending) - 1)) == PLAIN.splitlines(keepends=True)[-1]
    file.close()


def test_a_file_that_was_packed_anew_is_another_one(tmp_path: Path) -> None:
    path = packed(tmp_path / "t.gz", all_of_it("gzip"))
    file = open_lines(str(path), "session-trace")
    assert file.change() == "same"
    packed(path, gzip.compress(PLAIN[:-1000]))
    assert file.change() == "replaced"
    path.unlink()
    assert file.change() == "gone"
    file.close()


def test_what_is_known_of_its_lines_is_taken_the_second_time(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", zipfile.ZIP_DEFLATED, "t.jsonl", data=rows(600)) + "!t.jsonl"
    file = read(open_lines(path, "session-trace"))
    remember(file, surveyed(file))
    file.close()
    again = open_lines(path, "session-trace")
    again.take(again.read_on(1 << 10))
    assert recall(again) is None
    assert is_remembered(again)
    again.unpack_all()
    recalled = recall(again)
    assert recalled is not None
    again.stand(recalled.starts, recalled.read, recalled.done)
    assert again.done
    assert again.bytes_at(*again.place(599)) == rows(600).splitlines(keepends=True)[-1]
    again.close()
    os.utime(tmp_path / "t.zip", ns=(time.time_ns(), time.time_ns() + 1))
    changed = open_lines(path, "session-trace")
    assert not is_remembered(changed)
    changed.close()


def test_one_session_of_it_is_read_as_of_the_file_that_was_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_session, "paged_format", lambda path, **named: paged_format(path, at_least=1, **named))
    monkeypatch.setattr(parts_module, "elements_of", looked_through)
    path = packed(tmp_path / "t.gz", gzip.compress(rows(600)))
    plain = packed(tmp_path / "t.jsonl", rows(600))
    found = session_trace(str(path), "s1")
    assert found is not None
    expected = next(session for session in open_trace(str(plain)).sessions if session.session_id == "s1")
    assert [step.number for step in found[1].sessions[0].steps] == [step.number for step in expected.steps]
    place, same = found[1].sessions[0].steps[50].source, expected.steps[50].source
    assert (place.line, place.offset, place.length) == (same.line, same.offset, same.length)
    assert place.path == str(path)


@pytest.mark.usefixtures("an_endless_program")
def test_the_program_that_unpacks_ends_with_whoever_reads(tmp_path: Path) -> None:
    file = open_lines(str(packed(tmp_path / "t.gz", all_of_it("gzip"))), "session-trace")
    assert isinstance(file, PackedLines)
    child = file._unpacking._child
    assert child.poll() is None
    del file
    assert child.poll() is not None


def zipped(path: Path, method: int, *names: str, data: bytes = PLAIN) -> str:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in names:
            archive.writestr(name, data)
    return str(path)


def tarred(path: Path, mode: Literal["w", "w:gz"], *names: str) -> str:
    with tarfile.open(path, mode) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(PLAIN)
            archive.addfile(info, io.BytesIO(PLAIN))
    return str(path)


def test_a_member_of_an_archive_is_read_by_place_too(tmp_path: Path) -> None:
    deflated = zipped(tmp_path / "d.zip", zipfile.ZIP_DEFLATED, "a.jsonl", "b.jsonl")
    stored = zipped(tmp_path / "s.zip", zipfile.ZIP_STORED, "a.jsonl")
    tar = tarred(tmp_path / "t.tar", "w", "a.jsonl", "b.jsonl")
    for path in (f"{deflated}!b.jsonl", stored, f"{tar}!b.jsonl"):
        assert paged_format(path, at_least=len(PLAIN)) == "session-trace"
        assert paged_format(path, at_least=len(PLAIN) + 1) is None
        file = read(open_lines(path, "session-trace"))
        assert (len(file), file.problem) == (LINES, "")
        assert file.bytes_at(*file.place(LINES - 1)) == PLAIN.splitlines(keepends=True)[-1]
        assert file.source(0, 3).path == path
        file.close()
    for path in (deflated, tar, tarred(tmp_path / "t.tgz", "w:gz", "a.jsonl"), f"{tar}!c.jsonl"):
        assert paged_format(path, at_least=1) is None


def test_a_member_with_a_wrong_checksum_or_cut_is_kept_and_it_is_said(tmp_path: Path) -> None:
    path = zipped(tmp_path / "d.zip", zipfile.ZIP_DEFLATED, "a.jsonl")
    data = bytearray(Path(path).read_bytes())
    data[data.find(b"PK\x01\x02") + 16] ^= 0xFF
    file = read(open_lines(str(packed(tmp_path / "wrong.zip", bytes(data))), "session-trace"))
    assert (len(file), file.problem) == (LINES, f"wrong checksum; kept all {len(PLAIN)} decoded bytes")
    file.close()
    file = read(open_lines(str(packed(tmp_path / "cut.zip", bytes(data[: len(data) // 2]))), "session-trace"))
    assert 100 < len(file) < LINES
    assert "kept the first" in file.problem
    file.close()


def test_a_session_of_a_member_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_session, "paged_format", lambda path, **named: paged_format(path, at_least=1, **named))
    path = zipped(tmp_path / "d.zip", zipfile.ZIP_DEFLATED, "a.jsonl", "b.jsonl", data=rows(600))
    found = session_trace(path, "s2")
    assert found is not None
    assert found[0].path == f"{path}!a.jsonl"
    assert session_trace(path, "no such session") is None
