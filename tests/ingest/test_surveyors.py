"""The child processes that make the columns of a large file."""

from __future__ import annotations

import threading
from array import array
from pathlib import Path

import pytest

from tests.ingest.test_line_survey import row
from tracetui.ingest import line_ranges
from tracetui.ingest.line_columns import Block
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_overview import ERROR
from tracetui.ingest.line_ranges import Part
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.surveyors import Surveyors


def surveyed(file: LineFile, first_line: int = 0) -> tuple[Surveyors, dict[int, Block | None], threading.Event]:
    found: dict[int, Block | None] = {}
    event = threading.Event()

    def came(part: Part, block: Block | None) -> None:
        found[part.number] = block
        event.set()

    return Surveyors(file, came, first_line=first_line), found, event


@pytest.mark.parametrize("inline", [0, 1 << 20])
def test_every_line_comes_once_from_children_and_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inline: int
) -> None:
    monkeypatch.setattr(line_ranges, "_RANGE_BYTES", 300)
    monkeypatch.setattr(line_ranges, "_INLINE_BYTES", inline)
    path = tmp_path / "t.jsonl"
    path.write_bytes(
        b"".join(row(step, status="ok" if step % 7 else "error") for step in range(50)) + b'{"session_id":"s"'
    )
    file = LineFile(str(path))
    surveyors, found, event = surveyed(file, first_line=10)
    while not file.done:
        file.take(file.read_on(500))
        surveyors.look_at(file)
    survey, number = Survey(), 0
    while len(survey) < 40:
        assert event.wait(30)
        event.clear()
        while (block := found.pop(number, None)) is not None:
            survey.take(block)
            number += 1
    surveyors.stop()
    assert survey.lines_of_session(7, 99) == array("Q", range(40))
    assert list(survey.marks) == [ERROR * (step % 7 == 0) for step in range(10, 50)]
    file.close()


def test_what_cannot_be_read_any_more_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(row(1))
    file = LineFile(str(path))
    file.take(file.read_on(500))
    surveyors, found, event = surveyed(file)
    file.close()
    surveyors.look_at(file)
    assert event.wait(30)
    assert found == {0: None}
