"""Where lines start, found in this process and in another."""

from __future__ import annotations

import os
import subprocess
from array import array
from pathlib import Path

import pytest

from tracetui.ingest import starts_apart
from tracetui.ingest.held_file import HeldFile
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_starts import Piece, starts_between
from tracetui.ingest.starts_apart import StartsApart

LINES = b'{"a": 1}\n\n\r\n{"long": "' + b"x" * 500 + b'"}\n' + b"short\n" * 40 + b"\n" * 64 + b"no line feed"


def held(path: Path, data: bytes = LINES) -> HeldFile:
    path.write_bytes(data)
    return HeldFile(os.open(path, os.O_RDONLY))


def read(find: StartsApart, file: HeldFile, most: int) -> Piece:
    """To the end, up to so many bytes at a time."""
    starts, at = array("Q"), 0
    while True:
        piece = find(file, at, at + most)
        starts, at = starts + piece.starts, piece.read
        if piece.done:
            return Piece(starts, at, True)


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starts_apart, "_ASKED_BYTES", 64)


@pytest.mark.usefixtures("small_ranges")
@pytest.mark.parametrize("most", [64, 100, 1 << 20])
def test_a_child_finds_the_same_starts(tmp_path: Path, most: int) -> None:
    file = held(tmp_path / "t")
    assert read(StartsApart(), file, most) == starts_between(file, 0, len(LINES) + 1)


@pytest.mark.usefixtures("small_ranges")
def test_a_child_that_is_killed_loses_no_line(tmp_path: Path) -> None:
    file, find = held(tmp_path / "t"), StartsApart()
    first = find(file, 0, 128)
    assert find._child is not None
    find._child._process.kill()
    find._child._process.wait()
    rest = find(file, 128, len(LINES) + 1)
    assert (first.starts + rest.starts, rest.read, rest.done) == starts_between(file, 0, len(LINES) + 1)
    assert find._child is None


@pytest.mark.usefixtures("small_ranges")
def test_where_there_can_be_no_process_the_lines_are_found_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise BlockingIOError("no process")

    monkeypatch.setattr(subprocess, "Popen", refused)
    file = held(tmp_path / "t")
    assert read(StartsApart(), file, 100) == starts_between(file, 0, len(LINES) + 1)


@pytest.mark.usefixtures("small_ranges")
def test_a_file_cut_short_meanwhile_ends_where_it_ends_now(tmp_path: Path) -> None:
    path = tmp_path / "t"
    file, find = held(path, b"one\n" * 100), StartsApart()
    first = find(file, 0, 128)
    os.truncate(path, 150)
    rest = find(file, first.read, 1000)
    assert (rest.read, rest.done) == (150, True)
    assert list(first.starts + rest.starts) == list(range(4, 149, 4))


@pytest.mark.usefixtures("small_ranges")
def test_a_file_that_is_read_apart_has_the_same_lines(tmp_path: Path) -> None:
    (path := tmp_path / "t").write_bytes(LINES)
    here, apart = LineFile(str(path)), LineFile(str(path))
    apart.read_apart()
    while not here.done:
        here.take(here.read_on(200))
        apart.take(apart.read_on(200))
    assert (apart.starts, apart.read, apart.done, apart.tail) == (here.starts, here.read, True, len(b"no line feed"))
