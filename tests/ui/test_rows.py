"""A row of the step list."""

from __future__ import annotations

import msgspec
import pytest

from tests.ui.incident import opened_incident
from tracetui.ui import rows
from tracetui.ui.pinning import pin_of
from tracetui.ui.state import Opened


def row(opened: Opened, number: int, width: int = 80, *, current: bool = False) -> str:
    return rows.row(opened, number - 1, rows.columns(opened, width), current=current).plain


@pytest.mark.parametrize("width", [20, 40, 52, 60, 80, 120, 200])
def test_columns_line_up_and_fit(width: int) -> None:
    opened = opened_incident()
    made = [rows.row(opened, at, rows.columns(opened, width), current=False) for at in range(8)]
    if width >= 52:
        assert {line.cell_length for line in made} == {width}


def test_the_origin_the_cascade_and_the_wrong_output_are_marked() -> None:
    opened = opened_incident()
    assert row(opened, 3).rstrip().endswith("origin E  ┐")
    assert row(opened, 4).rstrip().endswith("M  ┤")
    assert row(opened, 7).rstrip().endswith("!  ┤")
    assert row(opened, 8).rstrip().endswith("wrong    ┘")
    assert row(opened, 2).rstrip().endswith("…")


def test_a_weak_suspect_is_no_origin() -> None:
    opened = opened_incident()
    assert opened.triage is not None
    origin = msgspec.structs.replace(opened.triage.origin, confidence=0.2)
    opened = opened.with_(triage=msgspec.structs.replace(opened.triage, origin=origin))
    assert "◂ suspect" in row(opened, 3)


def test_the_wrong_value_is_seen_in_every_row_that_holds_it() -> None:
    opened = opened_incident()
    assert all("ord_555" in row(opened, number) for number in (3, 4, 6, 7, 8))


def test_calls_that_one_answer_asked_for_are_bracketed() -> None:
    opened = opened_incident()
    assert [rows.bracket(opened.session, at) for at in range(8)] == [" "] * 5 + ["┌", "└"] + [" "]


def test_a_narrow_list_drops_the_word_for_the_kind_and_keeps_its_sign() -> None:
    opened = opened_incident()
    assert "◆ llm" in row(opened, 1, 80)
    assert "llm" not in row(opened, 1, 52)
    assert "◆" in row(opened, 1, 52)


def test_a_note_of_the_users_is_marked() -> None:
    opened = opened_incident()
    opened = opened.with_(pins=(pin_of(opened.session, 0, "look"),))
    assert " m " in row(opened, 1)[60:]
