"""A line of a large file, with its session, as a trace of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.glances import glance_of
from tracetui.ingest.line_columns import block_of
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey
from tracetui.ui import excerpts
from tracetui.ui.excerpts import load_around

CLAUDE = Path("sample_traces/claude_code.jsonl").read_bytes()
SESSION = b"0c1d2e3f-1111-4222-8333-444455556666"
CODEX = Path("sample_traces/codex_rollout.jsonl").read_bytes()


def opened(path: Path, data: bytes, format_name: str) -> tuple[LineFile, Survey]:
    path.write_bytes(data)
    file = LineFile(str(path), format_name=format_name)
    file.take(file.read_on(len(data) + 1))
    glance = glance_of(format_name)
    survey = Survey(carries_on=glance.carries_on)
    survey.take(block_of(data.splitlines(keepends=True), glance))
    return file, survey


def interleaved(copies: int) -> bytes:
    """The sample's session several times, line by line in turn."""
    lines = [
        [line.replace(SESSION, b"session-%d" % copy) for line in CLAUDE.splitlines(keepends=True)]
        for copy in range(copies)
    ]
    return b"".join(line for turn in zip(*lines, strict=True) for line in turn)


def test_the_lines_of_a_session_are_gathered_from_where_they_are(tmp_path: Path) -> None:
    file, survey = opened(tmp_path / "t.jsonl", interleaved(3), "claude-code")
    found = load_around(file, 10, survey)
    assert found is not None
    whole, _ = opened(tmp_path / "one.jsonl", CLAUDE, "claude-code")
    alone = load_around(whole, 3)
    assert alone is not None
    assert [session.session_id for _, session in found.loaded.sessions] == ["session-1"]
    assert [step.kind for step in found.session.steps] == [step.kind for step in alone.session.steps]
    assert not any(gap.kind == "lines_not_read" for gap in found.session.gaps)
    step = found.session.steps[found.step]
    assert 11 in excerpts._lines_of(step)
    assert found.loaded.source_bytes.at(step.source) in file.bytes_at(*file.place(step.source.line - 1))  # type: ignore[operator]
    assert found.loaded.traces[0].report.notes[-1].endswith("lines of this session")


def test_of_a_long_session_what_is_near_is_read_and_the_rest_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, limit in (("_BEFORE", 4), ("_AFTER", 2), ("_MOST_LINES", 10)):
        monkeypatch.setattr(excerpts, name, limit)
    file, survey = opened(tmp_path / "t.jsonl", interleaved(3), "claude-code")
    found = load_around(file, 25, survey)
    assert found is not None
    lines = {step.source.line for step in found.session.steps}
    assert all(line is not None and line % 3 == 26 % 3 for line in lines)
    assert [gap.kind for gap in found.session.gaps].count("lines_not_read") == 2


def test_a_line_that_is_no_step_opens_at_the_step_before_it(tmp_path: Path) -> None:
    file, survey = opened(tmp_path / "t.jsonl", CODEX, "codex")
    found = load_around(file, 1, survey)
    assert found is not None
    assert (found.session.session_id, found.step) == ("0197-codex-demo", 0)
    assert not any(gap.kind == "lines_not_read" for gap in found.session.gaps)


def test_a_line_that_cannot_be_read_opens_nothing(tmp_path: Path) -> None:
    file, survey = opened(tmp_path / "t.jsonl", CODEX + b"{broken\n\n" + CODEX, "codex")
    lines = CODEX.count(b"\n")
    assert load_around(file, lines, survey) is None
    assert load_around(file, lines + 1, survey) is None
    assert load_around(file, lines + 2, survey) is not None


def test_files_beside_are_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "agent-1.jsonl").write_bytes(CLAUDE.replace(b'"isSidechain": false', b'"isSidechain": true'))
    file, survey = opened(tmp_path / "t.jsonl", CLAUDE, "claude-code")
    found = load_around(file, 0, survey)
    assert found is not None
    assert {step.source.path for step in found.session.steps} == {file.path}


def batch(number: int, spans: list[tuple[int, str]]) -> bytes:
    """A line of spans, each of a trace, some naming their conversation."""
    held = []
    for at, (trace, conversation) in enumerate(spans):
        named = [{"key": "session.id", "value": {"stringValue": conversation}}] if conversation else []
        times = {"startTimeUnixNano": "1000", "endTimeUnixNano": "2000"}
        held.append(
            {"traceId": f"{trace:032x}", "spanId": f"{number:08x}{at:08x}", "name": "s", "attributes": named} | times
        )
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": held}]}]}).encode() + b"\n"


@pytest.mark.parametrize(
    ("lines", "opened_lines", "is_whole"),
    [
        ([[(1, "c")], [(2, "d")], [(1, "")], [(3, "c")]], {1, 3, 4}, True),
        ([[(1, "")], [(2, "")], [(1, "")]], {1, 3}, True),
        ([[(1, "c")], [(3, "c"), (4, "")], [(2, "")], [(3, "")]], {1, 2, 4}, False),
    ],
)
def test_a_conversation_is_gathered_with_all_its_traces(
    tmp_path: Path, lines: list[list[tuple[int, str]]], opened_lines: set[int], is_whole: bool
) -> None:
    file, survey = opened(tmp_path / "t.jsonl", b"".join(map(batch, range(1, 9), lines)), "otlp")
    found = load_around(file, 0, survey)
    assert found is not None
    assert {step.source.line for step in found.session.steps} == opened_lines
    assert any(gap.kind == "lines_not_read" for gap in found.session.gaps) is not is_whole


def test_of_a_file_that_was_cut_no_part_passes_for_a_session(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    file, survey = opened(path, interleaved(2), "session-trace")
    os.truncate(path, file.read - 1)
    with pytest.raises(UnreadableSourceError, match="was cut"):
        load_around(file, len(file) - 1, survey)
