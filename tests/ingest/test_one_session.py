"""One session of a large file, read without the others."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest

from tests.commands.running import run
from tests.ingest.test_elements import looked_through, several
from tests.shared import SAMPLES
from tests.ui.test_excerpts import SESSION, batch, interleaved
from tracetui.commands import output
from tracetui.errors import UnreadableSourceError
from tracetui.ingest import memory, one_session
from tracetui.ingest import parts as parts_module
from tracetui.ingest.one_session import session_trace
from tracetui.ingest.open import open_trace
from tracetui.ingest.paging import paged_format
from tracetui.ingest.parts import listed_parts


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    paged, parts = paged_format, listed_parts
    monkeypatch.setattr(one_session, "paged_format", lambda path, **named: paged(path, at_least=1, **named))
    monkeypatch.setattr(one_session, "listed_parts", lambda path: parts(path, at_least=1))
    monkeypatch.setattr(parts_module, "elements_of", looked_through)


def test_the_lines_of_a_session_are_read_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(interleaved(3))
    for _ in range(2):  # the second time from the cache
        found = session_trace(str(path), "session-2")
        assert found is not None
        assert {line.number % 3 for line in found[0].lines()} == {0}
        trace = found[1]
        assert [session.session_id for session in trace.sessions] == ["session-2"]
        alone = open_trace("sample_traces/claude_code.jsonl")
        own = [step for step in alone.sessions[0].steps if step.source.path == alone.path]
        assert len(trace.sessions[0].steps) == len(own)
    assert session_trace(str(path), "no such session") is None
    assert session_trace(str(path), SESSION.decode()) is None


def test_a_last_line_that_is_being_written_belongs_to_the_line_before(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    rows = [json.dumps({"session_id": name, "type": "message", "step": at}) for at, name in enumerate("aab")]
    path.write_text("\n".join(rows))
    found = session_trace(str(path), "a")
    assert found is not None
    assert [line.number for line in found[0].lines()] == [1, 2, 3]
    assert [s.session_id for s in found[1].sessions if s.session_id == "a"] == ["a"]


def test_a_conversation_is_found_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    lines = [[(1, "c")], [(2, "d")], [(1, "")], [(3, "c")]]
    path.write_bytes(b"".join(map(batch, range(1, 9), lines)))
    found = session_trace(str(path), "c")
    assert found is not None
    (session,) = found[1].sessions
    assert {step.source.line for step in session.steps} == {1, 3, 4}


def test_a_session_of_a_document_is_found_by_its_trace(tmp_path: Path) -> None:
    def resource(trace: int) -> dict[str, object]:
        return {"scopeSpans": [{"spans": [{"traceId": f"{trace:032x}", "spanId": f"{trace:016x}", "name": "x"}]}]}

    path = tmp_path / "spans.json"
    path.write_text(json.dumps({"resourceSpans": [resource(at) for at in (1, 2, 3)]}))
    found = session_trace(str(path), f"{2:032x}")
    assert found is not None
    assert [session.session_id for session in found[1].sessions] == [f"{2:032x}"]
    assert session_trace(str(several(tmp_path / "t.json", "tau_bench.json", (), 2, None)), "none") is None


def test_a_trace_that_its_reader_names_for_the_conversation_is_not_found_by_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(batch(1, [(7, "c")]))
    assert session_trace(str(path), f"{7:032x}") is None


def test_a_session_that_does_not_fit_is_refused_with_both_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(interleaved(30))
    monkeypatch.setattr(memory, "UNCHECKED_BYTES", 1)
    monkeypatch.setattr(memory, "free_bytes", lambda: 5_000)
    with pytest.raises(UnreadableSourceError, match="of memory to be read whole"):
        session_trace(str(path), "session-7")


@pytest.mark.parametrize("packed", [False, True])
def test_of_a_folder_or_an_archive_the_trace_that_holds_the_session_is_read(packed: bool, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    for name in ("good_other_customer.jsonl", "incident.jsonl", "otlp.json"):
        shutil.copy(SAMPLES / name, folder)
    path = shutil.make_archive(str(tmp_path / "runs"), "zip", folder) if packed else str(folder)
    found = session_trace(path, "ses_abc123")
    assert found is not None
    assert found[0].path == path + ("!" if packed else "/") + "incident.jsonl"
    assert [session.session_id for session in found[1].sessions] == ["ses_abc123"]
    assert session_trace(path, "no such session") is None
    answer = run("steps", path, "--session", "ses_abc123")
    assert (answer.code, len(answer.out.splitlines())) == (0, 5)
    assert "no session 'other'" in run("triage", path, "--session", "other").err


def test_a_session_that_is_named_by_its_file_is_found_too(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(json.dumps([{"role": "user", "content": f"hello {name}"}]))
    found = session_trace(str(tmp_path), "b.json")
    assert found is not None
    assert found[0].path.endswith("b.json")


def test_how_far_reading_is_goes_to_a_terminal_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.jsonl.gz"
    path.write_bytes(gzip.compress(interleaved(3)))
    for watched in (False, True):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / str(watched)))
        monkeypatch.setattr(output, "is_watched", lambda watched=watched: watched)
        told = run("steps", str(path), "--session", "session-2", "--json").err
        assert ("reading 100 % of" in told) == watched
        assert ("\r\x1b[K" in told) == watched
