"""The children that tell what the lines of two files say."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from tests.tty.long_trace import write_trace
from tracetui.ingest import token_children
from tracetui.ingest.token_children import begin

SAMPLES = Path(__file__).parents[2] / "sample_traces"


@pytest.fixture(autouse=True)
def _small_files_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_children, "LEAST_BYTES", 0)


def test_equal_lines_of_two_files_have_equal_tokens_and_both_stand_at_their_end(tmp_path: Path) -> None:
    one, other = write_trace(tmp_path / "a.jsonl", 50), write_trace(tmp_path / "b.jsonl", 60)
    readings = begin(str(one), str(other))
    assert readings is not None
    bad, good = (reading.all() for reading in readings)
    assert bad is not None
    assert good is not None
    assert bad.saids == good.saids[:50]
    assert [len(reading.file) for reading in readings] == [50, 60]
    assert readings[1].file.place(59)[0] == good.ends[58]


def test_what_is_stopped_has_no_tokens(tmp_path: Path) -> None:
    path = str(write_trace(tmp_path / "a.jsonl", 50))
    readings = begin(path, path)
    assert readings is not None
    for reading in readings:
        reading.stop()
        assert reading.all() is None


def test_files_whose_lines_are_no_steps_are_left_to_be_read_whole(tmp_path: Path) -> None:
    lines = str(write_trace(tmp_path / "a.jsonl", 50))
    packed = tmp_path / "a.jsonl.gz"
    with open(lines, "rb") as plain, gzip.open(packed, "wb") as out:
        shutil.copyfileobj(plain, out)
    document = tmp_path / "chat.json"
    document.write_text('[{"role": "user", "content": "hello"}]')
    for other in (str(packed), str(document), str(tmp_path), str(tmp_path / "missing.jsonl")):
        assert begin(lines, other) is None
        assert begin(other, lines) is None


def test_so_are_small_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(write_trace(tmp_path / "a.jsonl", 50))
    monkeypatch.setattr(token_children, "LEAST_BYTES", 1 << 20)
    assert begin(path, path) is None
