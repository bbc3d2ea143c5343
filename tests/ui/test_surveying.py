"""What is told while the lines of a large file come in."""

from __future__ import annotations

from typing import cast

import pytest
from textual.message_pump import MessagePump

from tests.ui.pilot import SAMPLES
from tracetui.ingest.glances import glance_of
from tracetui.ingest.line_columns import Block, block_of
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_ranges import Part
from tracetui.ingest.paging import open_lines
from tracetui.ui import surveying
from tracetui.ui.surveying import Surveying


def of(file: LineFile, told: list[int], monkeypatch: pytest.MonkeyPatch) -> Surveying:
    """Its work is done at once."""
    monkeypatch.setattr(surveying, "bit_by_bit", lambda _, work: list(work))
    monkeypatch.setattr(surveying, "_TOLD_SECONDS", 10)
    found = Surveying(cast(MessagePump, None), file, lambda: told.append(len(found.survey)))
    return found


def test_of_ranges_that_come_quickly_the_first_and_the_last_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    file = open_lines(str(SAMPLES / "incident_content.jsonl"), "session-trace")
    file.take(file.read_on(1 << 20))
    lines = [file.bytes_at(*file.place(line)) for line in range(len(file))]
    blocks: list[Block] = [block_of([line], glance_of(file.format)) for line in lines]
    told: list[int] = []
    at_work = of(file, told, monkeypatch)
    file.done = True
    for number, block in enumerate(blocks):
        at_work._take(Part(number, 1, 0, 0, number), block)
    assert told == [1, len(lines)]
