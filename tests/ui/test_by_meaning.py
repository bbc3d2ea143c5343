"""Two files compared by meaning, whose steps stay in their lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tracetui.ingest.line_file import LineFile
from tracetui.ingest.open import open_trace
from tracetui.ingest.paging import open_lines
from tracetui.ui.apart import UnwantedError
from tracetui.ui.by_meaning import compared_by_meaning
from tracetui.ui.compared import Compared, compare_runs

CALL = {
    "role": "assistant",
    "tool_calls": [{"id": "c1", "function": {"name": "look", "arguments": '{"id": "ord_1001"}'}}],
}
ROWS = (
    {"type": "llm_call", "completion": CALL, "step": 10},
    {"type": "tool_call", "tool": "get", "args": {"id": "ord_1001"}, "result": {"ok": True}, "step": 30},
    {"type": "llm_call", "summary": "asked without a line of its own", "completion": CALL},
    {"type": "tool_call", "tool": "put", "args": {"id": "ord_1002"}, "result": {"ok": True}, "step": 40},
)


def lines_of(path: Path, *rows: object) -> LineFile:
    """With a line that is no step, and a blank one."""
    lines = [json.dumps({"session_id": "s"} | row) if isinstance(row, dict) else str(row) for row in rows]
    path.write_text("\n".join(["{broken", "", *lines]) + "\n")
    file = open_lines(str(path), "session-trace")
    file.take(file.read_on(1 << 20))
    file.take(file.read_on(1))
    return file


@pytest.fixture
def files(tmp_path: Path) -> tuple[LineFile, LineFile]:
    other = {**ROWS[3], "args": {"id": "ord_7777"}}
    return lines_of(tmp_path / "bad.jsonl", *ROWS[:3], other), lines_of(tmp_path / "good.jsonl", *ROWS)


def test_it_is_the_comparison_of_the_whole_runs_and_the_steps_are_theirs(files: tuple[LineFile, LineFile]) -> None:
    found = compared_by_meaning(files, lambda _: True)
    assert isinstance(found, Compared)
    bad, good = (open_trace(file.path).sessions[0] for file in files)
    assert found.comparison == compare_runs(bad, good).comparison
    for mine, whole in ((found.bad, bad), (found.good, good)):
        told = [
            (step.index, step.number, step.kind, step.tool, step.arguments, step.source.line) for step in mine.steps
        ]
        assert told == [
            (step.index, step.number, step.kind, step.tool, step.arguments, step.source.line) for step in whole.steps
        ]


def test_files_of_several_sessions_or_none_are_refused_in_words(
    files: tuple[LineFile, LineFile], tmp_path: Path
) -> None:
    two = lines_of(tmp_path / "two.jsonl", *ROWS, {**ROWS[0], "session_id": "t"})
    assert compared_by_meaning((files[0], two), lambda _: True) == "the files have changed since"
    Path(two.path).unlink()
    assert "two.jsonl" in str(compared_by_meaning((files[0], two), lambda _: True))


def test_nobody_waiting_ends_it(files: tuple[LineFile, LineFile]) -> None:
    with pytest.raises(UnwantedError):
        compared_by_meaning(files, lambda _: False)
