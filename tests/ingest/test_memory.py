"""A trace that does not fit into memory is refused with figures and a way out, before it is read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES
from tracetui.errors import UnreadableSourceError
from tracetui.ingest import memory, packing, paging
from tracetui.ingest.source import read_source

INCIDENT = (SAMPLES / "incident.jsonl").read_bytes()


@pytest.fixture(autouse=True)
def every_size_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "UNCHECKED_BYTES", 1 << 20)


@pytest.mark.parametrize("packed", [False, True])
def test_a_trace_that_needs_more_than_is_free_is_refused(
    packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.jsonl"
    path.write_bytes(gzip.compress(INCIDENT * 2000, 1) if packed else INCIDENT * 2000)
    monkeypatch.setenv(memory.VARIABLE, "5")
    with pytest.raises(UnreadableSourceError) as raised:
        read_source(str(path))
    assert "to be read whole, 5 MB are free" in raised.value.message
    assert memory.VARIABLE in raised.value.hint
    answer = run("triage", str(path))
    assert answer.code == 2
    assert "are free" in answer.err
    monkeypatch.setenv(memory.VARIABLE, "500")
    assert len(read_source(str(path)).data) == len(INCIDENT) * 2000


def test_packed_lines_are_decoded_no_further_than_they_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.jsonl.gz"
    path.write_bytes(gzip.compress(INCIDENT * 2000, 1))
    monkeypatch.setattr(packing, "MAX_DECODED_BYTES", 1000)
    monkeypatch.setenv(memory.VARIABLE, "7")
    with pytest.raises(UnreadableSourceError, match="its first 1 MB need about 7 MB"):
        read_source(str(path))
    monkeypatch.setenv(memory.VARIABLE, "500")
    assert len(read_source(str(path)).data) == len(INCIDENT) * 2000


def test_what_is_free_is_asked_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(memory.VARIABLE, raising=False)
    free = memory.free_bytes()
    assert free is None or free > 0


def test_where_nothing_tells_what_is_free_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    memory.refuse_what_does_not_fit("x", 1 << 50, b"{}")


def test_a_document_needs_more_than_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.VARIABLE, "70")
    memory.refuse_what_does_not_fit("lines", 10 << 20, INCIDENT)
    with pytest.raises(UnreadableSourceError, match="10 MB need about 130 MB"):
        memory.refuse_what_does_not_fit("document", 10 << 20, b'{\n "messages": [')


def test_lines_that_do_not_fit_are_opened_by_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.jsonl"
    path.write_bytes(INCIDENT * 2000)
    monkeypatch.setenv(memory.VARIABLE, "500")
    assert paging.paged_format(str(path)) is None
    monkeypatch.setenv(memory.VARIABLE, "5")
    assert paging.paged_format(str(path)) == "session-trace"
