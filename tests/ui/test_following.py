"""A trace that is still being written, read again."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ui.pilot import SAMPLES
from tracetui.errors import TracetuiError, UnreadableSourceError
from tracetui.ingest.source import Source, read_source
from tracetui.ingest.stamp import snapshot, stamp
from tracetui.ui import following
from tracetui.ui.following import Reread, how_rewritten, look, reread, what_changed, whole_lines, why_not
from tracetui.ui.loading import analyse, load
from tracetui.ui.pinning import pin_of
from tracetui.ui.state import Opened, SourceBytes


def row(step: int, **fields: object) -> str:
    return json.dumps({"session_id": "s", "step": step, "type": "tool_call", "tool": "look"} | fields) + "\n"


RECORDED = SAMPLES.parent / "tests" / "recorded"
GROWING = sorted(path for path in SAMPLES.glob("*.jsonl")) + sorted(RECORDED.glob("gemini_cli/*.jsonl"))
"""Files of every format that programs append to."""


def opened(path: Path) -> Opened:
    loaded = load(str(path), source=whole_lines(read_source(str(path))))
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


@given(st.sampled_from(GROWING), st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(0, 999))
@settings(max_examples=30)
@example(SAMPLES / "claude_code.jsonl", [0.42, 0.49, 0.58, 0.66, 0.95], 3)
def test_a_file_that_grew_in_odd_chunks_is_what_it_is_when_opened_afresh(
    tmp_path_factory: pytest.TempPathFactory, sample: Path, cuts: list[float], marked: int
) -> None:
    data = sample.read_bytes()
    path = tmp_path_factory.getbasetemp() / sample.name
    known: Opened | None = None
    for end in [*sorted(int(cut * len(data)) for cut in cuts), len(data)]:
        path.write_bytes(data[:end])
        if known is None:
            try:
                known = opened(path)
            except UnreadableSourceError:  # not one whole line, or none that holds a step
                continue
            at = marked % len(known.session.steps)
            known = known.with_(pins=(pin_of(known.session, at, "odd"),))
        found = reread(known)
        assert isinstance(found, Reread)
        assert found.grew
        later = found.indices[next(iter(known.notes))] if known.notes else None
        assert list(found.opened.notes) == ([later] if later is not None else [])
        known = found.opened
    afresh = load(str(path))
    assert known is not None
    assert [known.session] == [session for _, session in afresh.sessions][:1]
    assert known.trace == afresh.traces[0]


def test_an_answer_that_comes_later_rewrites_nothing(tmp_path: Path) -> None:
    path, lines = tmp_path / "t.jsonl", (SAMPLES / "claude_code.jsonl").read_bytes().splitlines(keepends=True)
    ends = range(1, len(lines) + 1)
    sessions = []
    for end in ends:
        path.write_bytes(b"".join(lines[:end]))
        sessions.append(opened(path))
    asked = next(o for o in sessions if o.session.steps[-1].kind == "tool_call" and not o.session.steps[-1].has_result)
    call = asked.session.steps[-1].index
    asked = asked.with_(pins=(pin_of(asked.session, call, "slow"),), symptom=call)
    found = reread(asked)
    assert isinstance(found, Reread)
    assert found.opened.session.steps[call].has_result
    assert (found.grew, found.opened.notes, found.opened.symptom) == (True, {call: "slow"}, call)
    assert found.opened.session.steps[call].source != asked.session.steps[call].source


def test_what_the_first_lines_were_taken_for_is_asked_anew(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"session_id": "s"}\n')
    before = opened(path)
    path.write_text('{"session_id": "s"}\n' + row(1) + row(2))
    found = reread(before)
    assert isinstance(found, Reread)
    assert (before.trace.format, found.opened.trace.format) == ("raw", "session-trace")
    assert (found.grew, found.opened.triage) == (True, None)


def test_a_document_that_is_written_anew_with_every_step_keeps_its_marks(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    messages = [{"role": "user", "content": "when?"}, {"role": "assistant", "content": "at two"}]
    path.write_text(json.dumps({"messages": messages[:1]}, indent=1))
    before = opened(path)
    path.write_text(json.dumps({"messages": messages}, indent=1))
    found = reread(before)
    assert isinstance(found, Reread)
    assert (found.grew, found.opened.notes) == (True, {0: "odd"})


def test_what_belongs_to_a_session_is_looked_at_too(tmp_path: Path) -> None:
    main = tmp_path / "eb000000-0000-4000-8000-000000000001.jsonl"
    recorded = RECORDED / "claude_code" / main.name
    agent = tmp_path / main.stem / "subagents" / "agent-cccc333.jsonl"
    main.write_bytes(recorded.read_bytes())
    before = opened(main)
    last = look(before, (), None).now
    assert look(before, (), last).found is None
    agent.parent.mkdir(parents=True)
    agent.write_bytes((recorded.with_suffix("") / "subagents" / agent.name).read_bytes())
    found = look(before, (), last).found
    assert isinstance(found, Reread)
    assert len(found.opened.session.steps) > len(before.session.steps)
    assert found.others == (str(agent),)


def test_what_was_done_to_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(row(1) + row(2))
    shown = snapshot(str(path))
    (tmp_path / "other.jsonl").write_text(row(1))
    assert what_changed(shown, snapshot(str(path))) == ""
    path.write_text(row(1))
    assert how_rewritten(shown, snapshot(str(path))) == "truncated"
    assert what_changed(shown, snapshot(str(path))) == "the file is another one now"
    path.write_text(row(1) + row(2) + row(3))
    assert how_rewritten(shown, snapshot(str(path))) == "rewritten"
    assert what_changed(shown, snapshot(str(path))) == "written to since it was read"
    path.rename(tmp_path / "t.jsonl.1")
    assert "gone" in what_changed(shown, snapshot(str(path)))
    path.write_text(row(1))
    assert how_rewritten(shown, snapshot(str(path))) == "replaced"


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


def test_the_beginning_of_a_first_line_is_nothing_yet() -> None:
    with pytest.raises(UnreadableSourceError, match="still being written"):
        whole_lines(Source(path="t.jsonl", data=b'{"session_id": "s", "st'))


def test_a_line_that_is_being_written_behind_text_is_left_out() -> None:
    said = b'[server] started\n[server] {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}\n'
    whole = said + b'{"jsonrpc": "2.0", "id": 1, "result": {}}\n'
    assert whole_lines(Source(path="t.log", data=whole + b'[server] {"jsonrpc": "2.')).data == whole


def test_objects_over_several_lines_are_whole_without_a_line_feed_behind_them() -> None:
    data = b'{\n "a": 1\n}\n{\n "b": 1\n}'
    assert whole_lines(Source(path="t.json", data=data)).data == data


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
    before = opened(path)
    assert why_not(before) == ""
    some = Source(path=str(path), data=row(1).encode(), excerpt="lines")
    assert "some of its lines" in why_not(before.with_(source_bytes=SourceBytes([some])))
    folder = msgspec.structs.replace(before.trace, path=str(tmp_path))
    assert "not a file" in why_not(before.with_(trace=folder))
    monkeypatch.setattr(following, "LONGEST_BYTES", 10)
    assert "larger than" in why_not(before)
