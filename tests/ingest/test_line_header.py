"""What a first page is told of a large file that was opened before."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from tests.ingest.test_line_cache import rows
from tracetui.ingest.line_cache import remember
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_header import known_header
from tracetui.ingest.surveyors import surveyed


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = tmp_path / "t.jsonl"
    found.write_bytes(rows(20) + b'{"half')
    with closing(LineFile(str(found))) as file:
        file.take(file.read_on(1 << 20))
        remember(file, surveyed(file))
    return found


def test_it_says_what_the_file_holds(path: Path) -> None:
    header = known_header(str(path))
    assert header is not None
    assert header.overview == (20, 0, 0, 10, 1, ["X"], {0: 4})
    assert header.tail == 6


def test_through_another_path_it_is_the_same_file(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    assert known_header(str(link)) is not None


@pytest.mark.parametrize("name", ["grown", "touched", "replaced", "gone", "switched off"])
def test_what_may_have_changed_is_not_told(name: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "grown":
        path.write_bytes(path.read_bytes() + b"}\n")
    elif name == "touched":
        os.utime(path, (1, 1))
    elif name == "replaced":
        before = path.stat()
        path.write_bytes(path.read_bytes()[:-1] + b"F")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif name == "gone":
        path.unlink()
    else:
        monkeypatch.setenv("TRACETUI_CACHE", "0")
    assert known_header(str(path)) is None
