"""Bytes of a trace, wherever they come from."""

from __future__ import annotations

import gzip
import io
import os
import sys
from pathlib import Path

import pytest

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.folders import source_paths
from tracetui.ingest.source import read_source


def written(folder: Path, data: bytes, name: str = "trace.jsonl") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def problem_with(path: str) -> UnreadableSourceError:
    with pytest.raises(UnreadableSourceError) as raised:
        read_source(path)
    return raised.value


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    problem = problem_with(str(tmp_path / "nowhere.jsonl"))
    assert "nowhere.jsonl: no such file or directory" in problem.message
    assert problem.hint


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "is a folder" in problem_with(str(tmp_path)).message


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", gzip.compress(b"", mtime=0), b"\xff\xfe", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, data: bytes) -> None:
    assert "is empty" in problem_with(written(tmp_path, data)).message


def test_a_fifo_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    problem = problem_with(str(tmp_path / "pipe"))
    assert "not a regular file" in problem.message
    assert "tracetui - <" in problem.hint


def test_a_name_that_no_file_can_have_is_refused() -> None:
    assert "null" in problem_with("a\0b").message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, b"{}")
    os.chmod(path, 0)
    assert "permission denied" in problem_with(path).message


def test_lines_keep_their_number_and_offset(tmp_path: Path) -> None:
    source = read_source(written(tmp_path, b'{"a":1}\r\n\n{"b":2}'))
    assert [(line.number, line.offset, line.data, line.ended) for line in source.lines()] == [
        (1, 0, b'{"a":1}', True),
        (2, 9, b"", True),
        (3, 10, b'{"b":2}', False),
    ]


def test_gzip_is_recognised_by_its_bytes(tmp_path: Path) -> None:
    assert read_source(written(tmp_path, gzip.compress(b'{"a":1}'), "x.bin")).data == b'{"a":1}'


def test_a_truncated_gzip_keeps_its_good_part(tmp_path: Path) -> None:
    lines = b"".join(os.urandom(30).hex().encode() + b"\n" for _ in range(20_000))
    whole = gzip.compress(lines)
    source = read_source(written(tmp_path, whole[: len(whole) * 2 // 3]))
    assert lines.startswith(source.data)
    assert len(source.data) > len(lines) // 2
    assert f"kept the first {len(source.data)} decoded bytes" in source.notes[0]


def test_a_gzip_with_a_wrong_checksum_keeps_what_it_holds_and_says_so(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(b'{"a":1}\n' * 1000))
    whole[-6] ^= 0xFF
    source = read_source(written(tmp_path, bytes(whole)))
    assert source.data == b'{"a":1}\n' * 1000
    assert "CRC" in source.notes[0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_converted_and_said(tmp_path: Path, encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    source = read_source(written(tmp_path, mark + '{"a":"é"}'.encode(encoding)))
    assert source.data == '{"a":"é"}'.encode()
    assert "UTF-16" in source.notes[0]


def test_a_byte_order_mark_is_said(tmp_path: Path) -> None:
    assert "byte order mark" in read_source(written(tmp_path, b"\xef\xbb\xbf{}")).notes[0]


def test_standard_input_is_read_for_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(b"[1]"))))
    source = read_source("-")
    assert (source.path, source.data) == ("<stdin>", b"[1]")


def test_a_folder_lists_its_files_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", ".hidden", ".git/x", "sub/c.json", "node_modules/d.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    found = [str(Path(path).relative_to(tmp_path)) for path in source_paths(str(tmp_path))]
    assert found == ["a.json", "b.json", "sub/c.json"]


def test_a_folder_without_files_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSourceError, match="holds no files"):
        source_paths(str(tmp_path))
