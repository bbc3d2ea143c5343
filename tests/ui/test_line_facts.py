"""What is told of all lines of a large file."""

from __future__ import annotations

import pytest

from tracetui.ingest.line_overview import ERROR, STRETCH_LINES, UNREAD, Overview, flag_bit
from tracetui.ui.line_facts import head_told, line_map, place_told


def told(overview: Overview, lines: int, width: int = 80) -> list[str]:
    return ["".join(text for text, _ in pieces) for pieces in line_map(overview, lines, width)]


def test_a_small_letter_is_what_stands_out_and_a_capital_one_a_recorded_flag() -> None:
    stretches = {0: flag_bit(0), 2: flag_bit(1), 3: ERROR, 4: UNREAD}
    overview = Overview(5 * STRETCH_LINES, 1, 1, 2, 1, ["BUDGET", "loop_detected"], stretches)
    assert told(overview, 5 * STRETCH_LINES) == ["B▁l!x", "2 flagged lines · 1 failed · 1 unread · 1 session"]


def test_the_map_says_how_far_it_has_come() -> None:
    assert told(Overview(50, 0, 0, 0, 0, [], {}), 200) == ["▁", "surveyed 25 %"]


@pytest.mark.parametrize("width", [10, 40, 80])
def test_a_long_path_is_cut_at_its_start(width: int) -> None:
    pieces = head_told("/a/long\x1b/path/of/a/trace.jsonl", [(place_told(None, 1200, 5000, done=False), "")], width)
    assert pieces[0][0].endswith("e.jsonl")
    assert "\x1b" not in pieces[0][0]
    assert "".join(text for text, _ in pieces[1:]) == "   line … of 1,200+ · 5.0 kB"
