"""A trace that is still being written, read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.errors import TracetuiError
from tracetui.ingest.source import Source
from tracetui.ingest.stamp import stamp
from tracetui.ui import following
from tracetui.ui.following import Reread, reread, whole_lines, why_not
from tracetui.ui.loading import analyse, load
from tracetui.ui.pinning import pin_of
from tracetui.ui.state import Opened


def row(step: int, **fields: object) -> str:
    return json.dumps({"session_id": "s", "step": step, "type": "tool_call", "tool": "look"} | fields) + "\n"


def opened(path: Path) -> Opened:
    loaded = load(str(path))
    found = loaded.opened(*loaded.sessions[0])
    return found.with_(triage=analyse(found), pins=(pin_of(found.session, 0, "odd"),))


def test_what_was_appended_comes_behind_what_was_known(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(row(1) + row(2))
    before = opened(path)
    path.write_text(row(1) + row(2) + row(3, status="error") + '{"session_id": "s", "st')
    found = reread(before)
    assert isinstance(found, Reread)
    assert found.grew
    assert [step.number for step in found.opened.session.steps] == [1, 2, 3]
    assert found.opened.facts.errors == 1
    assert found.opened.trace.report.skipped == ()
    assert (found.opened.notes, found.opened.triage) == ({0: "odd"}, before.triage)


def test_a_file_that_was_rewritten_keeps_neither_findings_nor_marks(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(row(1) + row(2))
    before = opened(path)
    path.write_text(row(1, tool="write"))
    found = reread(before)
    assert isinstance(found, Reread)
    assert not found.grew
    assert (found.opened.notes, found.opened.triage) == ({}, None)


def test_a_session_that_is_gone_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(row(1))
    before = opened(path)
    path.write_text(row(1, session_id="a") + row(1, session_id="b"))
    assert "session s is no longer in the file" in str(reread(before))
    path.unlink()
    assert isinstance(reread(before), TracetuiError)
    assert stamp(str(path)) is None


def test_a_document_is_read_as_it_is(tmp_path: Path) -> None:
    document = Source(path="t.json", data=b'{\n "messages": [\n')
    assert whole_lines(document) is document


@given(st.lists(st.sampled_from([row(1), row(2), "\n"]), max_size=4), st.integers(0, 80))
def test_only_a_last_line_that_is_not_complete_is_left_out(rows: list[str], cut: int) -> None:
    whole = "".join([row(0), *rows])
    data = whole[: max(len(whole) - cut, len(row(0)))].encode()
    kept = whole_lines(Source(path="t.jsonl", data=data)).data
    assert data.startswith(kept)
    for line in kept.split(b"\n"):
        assert not line or json.loads(line)
    left = data[len(kept) :]
    assert b"\n" not in left
    with pytest.raises(ValueError, match=r"."):
        json.loads(left)


def test_what_cannot_grow_or_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(row(1))
    assert why_not(str(path)) == ""
    assert "not a file" in why_not(str(tmp_path))
    monkeypatch.setattr(following, "LONGEST_BYTES", 10)
    assert "larger than" in why_not(str(path))
