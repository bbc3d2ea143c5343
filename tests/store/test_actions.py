from __future__ import annotations

from datetime import date

import pytest

from tests.store.incidents import held
from tracetui.store.actions import actions, day

TODAY = date(2026, 7, 10)


def item(row: str, **cells: str) -> dict[str, str]:
    return {f"actions/{row}/{column}": text for column, text in cells.items()}


def test_the_overdue_come_first_then_what_is_due_next() -> None:
    incident = held(
        {
            **item("r1", text="done long ago", due="2026-01-01", status="completed"),
            **item("r2", text="no date"),
            **item("r3", text="soon", due="2026-07-11", status="in_progress"),
            **item("r4", text="late", due="2026-07-09", status="open"),
            **item("r5", text="very late", due="2026-06-10"),
        },
        id_="INC-1",
    )
    found = actions([incident], today=TODAY)
    assert [(one.row, one.overdue_days) for one in found] == [("r5", 30), ("r4", 1), ("r3", 0), ("r2", 0), ("r1", 0)]
    assert [one.status for one in found] == ["open", "open", "in_progress", "open", "completed"]
    assert {one.incident for one in found} == {"INC-1"}


def test_an_action_is_not_overdue_on_its_day() -> None:
    incident = held(item("r1", text="today", due="2026-07-10"))
    assert not actions([incident], today=TODAY)[0].overdue


def test_a_row_without_a_text_is_no_action_item() -> None:
    assert not actions([held(item("r1", owner="dana", due="2026-01-01"))], today=TODAY)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "next Friday", "01.07.2026"])
def test_what_is_no_date_makes_nothing_overdue(text: str) -> None:
    assert day(text) is None
    assert not actions([held(item("r1", text="x", due=text))], today=TODAY)[0].overdue


def test_a_time_counts_by_its_day() -> None:
    assert day(" 2026-07-09T23:00:00+02:00") == date(2026, 7, 9)
