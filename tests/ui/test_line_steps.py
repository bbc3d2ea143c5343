"""Steps that are read when they are looked at."""

from __future__ import annotations

from pathlib import Path

from tests.tty.long_trace import write_trace
from tracetui.ingest.open import open_trace
from tracetui.ingest.paging import open_lines
from tracetui.ui.line_steps import LineSteps


def steps_of(path: Path, *lines: int) -> LineSteps:
    file = open_lines(str(path), "session-trace")
    file.take(file.read_on(1 << 20))
    file.take(file.read_on(1))
    return LineSteps(file, lines or range(len(file)))


def test_they_are_those_of_the_whole_run(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "t.jsonl", 30)
    steps, whole = steps_of(path), open_trace(str(path)).sessions[0].steps
    assert len(steps) == 30
    for mine, other in zip(steps, whole, strict=True):
        assert (mine.index, mine.number, mine.source) == (other.index, other.number, other.source)
        assert (mine.kind, mine.tool, mine.arguments, mine.result) == (
            other.kind,
            other.tool,
            other.arguments,
            other.result,
        )
    assert steps[-1].index == 29
    assert [step.number for step in steps[3:5]] == [4, 5]


def test_a_line_that_holds_no_step_shows_its_text_without_secrets(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b'\n{"broken": "sk-ant-REDACTED"\n\xff\xfe\n')
    broken, bytes_only = steps_of(path, 1, 2)
    assert broken.kind == "other"
    assert broken.number == 2
    assert broken.summary.startswith('{"broken"')
    assert "aaaaaaaaaaaa" not in broken.summary
    assert bytes_only.number == 3
