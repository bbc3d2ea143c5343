"""What one step or run took more or less than another."""

from __future__ import annotations

from tests.ui.test_compared import sample
from tracetui.ui.deltas import Spent, deltas, spent_by_run, spent_by_step
from tracetui.ui.state import facts_of


def test_each_figure_that_differs_is_told_with_its_sign() -> None:
    assert deltas(Spent(1_900_000_000, 1_500, 0.02), Spent(1_200_000_000, 1_630, 0.015)) == [
        "+700 ms",
        "-130 tok",
        "+$0.0050",
    ]


def test_what_is_equal_or_known_of_one_side_alone_is_left_out() -> None:
    assert deltas(Spent(5, None, 0.1), Spent(5, 12, None)) == []


def test_a_run_of_which_no_usage_is_recorded_has_no_figures() -> None:
    silent = sample("autogen_chat.json")
    assert spent_by_run(facts_of(silent)) == Spent(None, None, None)
    assert all(spent_by_step(step).tokens is None for step in silent.steps)


def test_a_step_counts_what_went_in_and_what_came_out() -> None:
    step = sample("incident.jsonl").steps[0]
    assert step.usage is not None
    assert spent_by_step(step).tokens == 847 + 312
