"""Large archives: read by place, and listed before they are read."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.test_archive import HEADER, INCIDENT, LOG, SAMPLE, tarred, zipped
from tracetui.errors import UnreadableSourceError
from tracetui.ingest import memory
from tracetui.ingest.folders import is_folder
from tracetui.ingest.held_file import HeldFile, stream
from tracetui.ingest.open import open_folder, read_trace
from tracetui.ingest.parts import listed_parts
from tracetui.ingest.source import read_source

SUMMARIES = [
    {"id": 1, "epoch": 1, "input": "Why?", "scores": {"match": {"value": "C"}}},
    {"id": 2, "epoch": 1, "input": [{"role": "user", "content": "How?"}], "error": "timeout"},
]
SAMPLE_LOG = {
    "header.json": HEADER,
    "summaries.json": json.dumps(SUMMARIES).encode(),
    "samples/1_epoch_1.json": SAMPLE,
    "samples/2_epoch_1.json": json.dumps(LOG["samples"][0] | {"id": 2}).encode(),
}


def held(path: Path, data: bytes) -> HeldFile:
    path.write_bytes(data)
    return HeldFile(os.open(path, os.O_RDONLY))


@given(st.binary(max_size=60), st.integers(-5, 70), st.integers(-5, 70), st.binary(min_size=1, max_size=3))
def test_a_held_file_is_sliced_and_searched_like_its_bytes(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, start: int, end: int, mark: bytes
) -> None:
    file = held(tmp_path_factory.getbasetemp() / "held", data)
    assert (file[start:end], file[:], len(file)) == (data[start:end], data, len(data))
    assert file.find(mark, max(start, 0)) == data.find(mark, max(start, 0))
    with stream(file) as opened:
        assert opened.read(3) + opened.read() == data


def test_a_held_file_is_the_file_that_was_opened_whatever_becomes_of_its_name(tmp_path: Path) -> None:
    file = held(tmp_path / "x", b"content")
    (tmp_path / "x").unlink()
    assert file[3:] == b"tent"


def test_the_samples_of_a_log_are_listed_and_one_is_read_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.eval"
    path.write_bytes(zipped(SAMPLE_LOG))
    parts = listed_parts(str(path), at_least=1)
    assert parts is not None
    assert [(part.name, part.about, part.outcome) for part in parts.parts] == [
        ("1_epoch_1", "Why?", "match C"),
        ("2_epoch_1", "How?", "failed"),
    ]
    assert parts.size == len(SAMPLE) + len(SAMPLE_LOG["samples/2_epoch_1.json"])
    trace = read_trace(parts.parts[1].source())
    whole = read_trace(read_source(str(path)))
    assert trace.format == "inspect-log"
    assert trace.sessions == whole.sessions[1:]
    assert listed_parts(str(path)) is None


def test_a_log_without_summaries_or_with_odd_ones_is_listed_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x.eval"
    for odd in (b"[", b"{}", b'[7, {"scores": [], "input": {}}]'):
        path.write_bytes(zipped(SAMPLE_LOG | {"summaries.json": odd}))
        parts = listed_parts(str(path), at_least=1)
        assert parts is not None
        assert [part.about for part in parts.parts] == ["", ""]


@pytest.mark.parametrize("pack", [zipped, tarred, lambda members: gzip.compress(tarred(members))])
def test_an_archive_of_several_traces_is_listed_like_a_folder(tmp_path: Path, pack: object) -> None:
    path = tmp_path / "runs"
    members = {
        "a/one.jsonl": INCIDENT,
        "b.json": SAMPLE,
        "notes.txt": b"words",
        ".hidden": b"x",
        "../up.jsonl": INCIDENT,
    }
    path.write_bytes(pack(members))  # type: ignore[operator]
    assert is_folder(str(path))
    traces, problems = open_folder(str(path))
    assert sorted(trace.path for trace in traces)[0] == f"{path}!a/one.jsonl"
    assert not problems
    parts = listed_parts(str(path), at_least=1)
    assert parts is not None
    one = next(part for part in parts.parts if part.name == "a/one.jsonl")
    assert read_trace(one.source()).sessions == traces[0].sessions


def test_one_file_and_a_log_are_no_folder(tmp_path: Path) -> None:
    for name, data in (("one", zipped({"a.jsonl": INCIDENT})), ("log", zipped(SAMPLE_LOG)), ("plain", INCIDENT)):
        (tmp_path / name).write_bytes(data)
        assert not is_folder(str(tmp_path / name))
    assert listed_parts(str(tmp_path / "plain"), at_least=0) is None
    assert listed_parts(str(tmp_path / "one"), at_least=0) is None


def test_a_log_whose_samples_need_more_memory_than_is_free_is_refused_whole_and_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.eval"
    path.write_bytes(zipped(SAMPLE_LOG | {"samples/3_epoch_1.json": b" " * (3 << 20)}))
    monkeypatch.setattr(memory, "UNCHECKED_BYTES", 1 << 20)
    monkeypatch.setenv(memory.VARIABLE, "5")
    with pytest.raises(UnreadableSourceError, match="decode to 3 MB and need about 9 MB of memory, 5 MB are free"):
        read_source(str(path))
    parts = listed_parts(str(path), at_least=1)
    assert parts is not None
    assert len(read_trace(parts.parts[0].source()).sessions) == 1


def test_samples_whose_ids_share_a_folder_are_listed_apart(tmp_path: Path) -> None:
    path = tmp_path / "log.eval"
    path.write_bytes(
        zipped({"header.json": HEADER, "samples/a/1_epoch_1.json": SAMPLE, "samples/a/2_epoch_1.json": SAMPLE})
    )
    parts = listed_parts(str(path), at_least=1)
    assert parts is not None
    assert [part.name for part in parts.parts] == ["a/1_epoch_1", "a/2_epoch_1"]
    assert len(read_trace(parts.parts[1].source()).sessions) == 1
