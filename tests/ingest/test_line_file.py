"""Files read by place: each line once, whatever the writer does."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.errors import UnreadableSourceError
from tracetui.ingest import line_file
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.open import read_trace
from tracetui.ingest.source import Source


def row(step: int, **fields: object) -> bytes:
    fields = {"session_id": "s", "step": step, "type": "tool_call", "tool": "look", "args": {"n": step}} | fields
    return json.dumps(fields).encode() + b"\n"


def read_all(file: LineFile, most: int = 1 << 20) -> LineFile:
    while not file.done:
        file.take(file.read_on(most))
    return file


def lines_of(file: LineFile) -> list[bytes]:
    return [file.bytes_at(*file.place(line)) for line in range(len(file))]


@given(st.binary(max_size=300).map(lambda data: data.replace(b"a", b"\n")), st.integers(1, 9), st.integers(1, 40))
def test_the_lines_are_the_file_in_pieces_of_any_size(data: bytes, chunk: int, most: int) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_file, "_CHUNK", chunk)
        path = Path(folder, "t.jsonl")
        path.write_bytes(data)
        file = read_all(LineFile(str(path)), most)
        assert (
            lines_of(file) == data.splitlines(keepends=True) if b"\r" not in data else b"".join(lines_of(file)) == data
        )
        assert len(file) == data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))
        file.close()


@given(st.lists(st.integers(1, 60), max_size=20))
def test_a_writer_that_appends_in_odd_chunks_loses_and_doubles_no_line(sizes: list[int]) -> None:
    data = b"".join(row(step) for step in range(1, 9))
    cuts = [0]
    for size in sizes:
        cuts.append(min(cuts[-1] + size, len(data)))
    with TemporaryDirectory() as folder:
        path = Path(folder, "t.jsonl")
        path.write_bytes(b"")
        file = read_all(LineFile(str(path)))
        for start, end in pairwise([*cuts, len(data)]):
            with open(path, "ab") as writer:
                writer.write(data[start:end])
            assert file.change() == ("grown" if end > start else "same")
            file.done = False
            read_all(file)
            assert b"".join(lines_of(file)) == data[:end]
        assert [json.loads(line)["step"] for line in lines_of(file)] == list(range(1, 9))
        file.close()


def test_places_of_an_excerpt_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "renamed.bin"
    path.write_bytes(b"".join(row(step, result="é" * step) for step in range(1, 30)))
    file, whole = read_all(LineFile(str(path))), path.read_bytes()
    for first, last in ((0, 29), (10, 20), (28, 29), (7, 8)):
        source = file.source(first, last)
        trace = read_trace(source, format_name="session-trace")
        assert [step.number for step in trace.sessions[0].steps] == list(range(first + 1, last + 1))
        for step in trace.sessions[0].steps:
            place = step.source
            assert place.line == step.number
            assert source.at(place.offset, place.length) == whole[place.offset : place.offset + place.length]
            assert json.loads(source.at(place.offset, place.length))["step"] == step.number


def test_bytes_outside_an_excerpt_are_not_made_up() -> None:
    source = Source(path="x", data=b"abcdef", start=100)
    assert (source.at(102, 2), source.at(98, 4), source.at(200, 4)) == (b"cd", b"", b"")


def test_the_lines_around_one_stay_within_their_limits(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(b"x" * 9 + b"\n" for _ in range(100)))
    file = read_all(LineFile(str(path)))
    assert file.around(50, before=10, after=5, most=10_000) == range(40, 56)
    assert file.around(0, before=10, after=5, most=10_000) == range(6)
    assert file.around(99, before=10, after=5, most=10_000) == range(89, 100)
    assert file.around(50, before=10, after=5, most=40) == range(47, 51)
    assert file.around(50, before=10, after=5, most=1) == range(50, 51)


def test_text_is_found_across_chunks_and_from_a_line_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_file, "_CHUNK", 16)
    path = tmp_path / "t.jsonl"
    path.write_bytes(
        b"".join(row(step, summary='said "Refund 77"' if step in (4, 7) else "-") for step in range(1, 10))
    )
    file = read_all(LineFile(str(path)))
    assert file.find('"refund 77"', 0) == 3
    assert file.find('"refund 77"', 4) == 6
    assert file.find('"refund 77"', 7) is None
    assert file.find("", 0) is None
    assert file.find("refund", 99) is None
    assert file.find("refund", 0, lambda: True) is None


def test_a_file_that_was_cut_and_has_grown_past_what_was_read_is_another_one(tmp_path: Path) -> None:
    path, head = tmp_path / "t.jsonl", row(1) * 200
    path.write_bytes(head + row(2) * 10)
    file = read_all(LineFile(str(path)))
    with open(path, "r+b") as writer:
        writer.truncate(len(head))
        writer.seek(len(head))
        writer.write(row(3) * 20)
    assert file.change() == "replaced"


def test_truncation_and_replacement_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(row(1) + row(2))
    file = read_all(LineFile(str(path)))
    assert file.change() == "same"
    path.write_bytes(row(1))
    assert file.change() == "truncated"
    path.write_bytes(row(9) + row(2) + row(3))
    assert file.change() == "replaced"
    os.rename(path, tmp_path / "t.jsonl.1")
    assert file.change() == "gone"
    path.write_bytes(row(1) + row(2))
    assert file.change() == "replaced"


def test_lines_from_several_places_keep_their_numbers_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    rows = [row(step, summary="ü" * step) for step in range(1, 10)]
    path.write_bytes(b"".join(rows))
    source = read_all(LineFile(str(path))).gathered([1, 2, 5, 8])
    lines = list(source.lines())
    assert [(line.number, line.data) for line in lines] == [(at + 1, rows[at].rstrip()) for at in (1, 2, 5, 8)]
    assert [source.at(line.offset, len(line.data)) for line in lines] == [line.data for line in lines]
    assert [path.read_bytes()[line.offset :][: len(line.data)] for line in lines] == [line.data for line in lines]
    assert source.at(0, 5) == b""
    assert source.at(lines[3].offset + 1, 4) == rows[8][1:5]


def test_a_missing_file_is_said() -> None:
    with pytest.raises(UnreadableSourceError, match="no such file"):
        LineFile("/nowhere/t.jsonl")


def test_the_last_lines_are_read_from_the_end_and_stand_where_they_stand_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_file, "_END_BYTES", 10)
    monkeypatch.setattr(line_file, "_MOST_END_BYTES", 80)
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"first\n" + b"a" * 30 + b"\nbb\n" + b"c" * 12)
    file = LineFile(str(path))
    end = file.ending()
    assert end is not None
    assert [end.bytes_at(*end.place(line)) for line in range(len(end))] == [b"a" * 30 + b"\n", b"bb\n", b"c" * 12]
    file.take(file.read_on(1000))
    assert file.line_at(end.place(2)[0]) == 3
    path.write_bytes(b"one line without an end")
    assert file.ending() is None
