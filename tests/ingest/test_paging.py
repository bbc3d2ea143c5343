"""Which files are opened by place, and as what."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_header import known_header
from tracetui.ingest.paging import open_lines, paged_format

SAMPLES = Path("sample_traces")


@pytest.mark.parametrize(
    ("sample", "name"),
    [
        ("incident.jsonl", "session-trace"),
        ("claude_code.jsonl", "claude-code"),
        ("codex_rollout.jsonl", "codex"),
        ("langsmith_runs.jsonl", "langsmith"),
        ("http_pairs.jsonl", "http-pairs"),
    ],
)
def test_a_large_file_of_lines_is_opened_by_place_whatever_its_format(sample: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    shutil.copy(SAMPLES / sample, path)
    assert paged_format(str(path), at_least=1) == name
    assert paged_format(str(path), at_least=1, format_name="raw") == "raw"
    assert paged_format(str(path)) is None


@pytest.mark.parametrize(
    "content",
    [b'{"half', b'{"whole": 1}', b'{\n "a": 1\n}\n{\n "a": 2\n}\n', b"[1]\n[2]\n", b"some\nwords\n", b"\n\n", b""],
)
def test_what_is_no_object_a_line_is_not(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    assert paged_format(str(path), at_least=0) is None
    assert paged_format(str(tmp_path), at_least=0) is None


def test_a_first_line_longer_than_what_is_looked_at_first_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"resourceSpans": [], "padding": "%s"}\n{}\n' % (b"x" * 300_000))
    assert paged_format(str(path), at_least=1) == "otlp"


@pytest.mark.parametrize("made", [os.mkfifo, os.mkdir], ids=["a pipe nobody writes to", "a folder"])
def test_what_is_no_file_any_more_is_refused_and_not_waited_for(tmp_path: Path, made: Callable[[str], None]) -> None:
    """The file of a screen that reads it again."""
    path = str(tmp_path / "t.jsonl")
    made(path)
    for opened in (partial(LineFile, path), partial(open_lines, path, "session-trace")):
        with pytest.raises(UnreadableSourceError, match=r"is (not a regular file|a folder)"):
            opened()
    assert known_header(path) is None
