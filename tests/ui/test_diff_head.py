"""The lines above the diff list stay within their width and number."""

from __future__ import annotations

import pytest

from tests.ui.test_compared import sample
from tracetui.ui import diff_head
from tracetui.ui.compared import compare_runs

COMPARED = compare_runs(sample("incident_content.jsonl"), sample("good_same_customer.jsonl"))
SAME = compare_runs(sample("good_same_customer.jsonl"), sample("good_same_customer.jsonl"))


@pytest.mark.parametrize("width", [30, 80, 120, 250])
def test_the_verdict_takes_at_most_five_lines(width: int) -> None:
    lines = diff_head.verdict(COMPARED, width)
    assert len(lines) <= 5
    assert all(line.cell_length <= width for line in lines)
    assert diff_head.roles(COMPARED, width).cell_length <= width


def test_two_runs_that_mean_the_same_take_one_line() -> None:
    assert [line.plain[:6] for line in diff_head.verdict(SAME, 120)] == ["✓ SAME"]


def test_a_role_that_only_one_run_knows_says_so() -> None:
    shown = diff_head.roles(COMPARED, 200).plain
    assert "ORDER#1 ord_555 / none" in shown
    assert "ORDER#2 none / ord_341" in shown


def test_what_is_hidden_is_counted() -> None:
    assert diff_head.hidden_line(COMPARED, frozenset(("same",)), 80).plain.startswith("hidden: 2 same")
