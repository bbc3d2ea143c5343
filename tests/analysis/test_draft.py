"""Two runs side by side by what is written in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis import draft as drafts
from tracetui.analysis.draft import Written, draft


def run(lines: str, answers: str = "") -> Written:
    """A letter a line: what it says; capital letters and small ones are two actors."""
    return Written([ord(c) for c in lines], [c.isupper() for c in lines], [ord(c) for c in answers or "." * len(lines)])


def told(bad: str, good: str, *answers: str) -> list[tuple[int | None, int | None, str]]:
    found = draft(run(bad, *answers[:1]), run(good, *answers[1:]))
    return [(pair.bad, pair.good, kind) for pair, kind in zip(found.pairs, found.kinds, strict=True)]


def test_equal_runs_do_not_differ() -> None:
    assert told("abc", "abc") == [(0, 0, "same"), (1, 1, "same"), (2, 2, "same")]
    assert told("", "") == []


def test_a_line_of_one_run_stands_alone() -> None:
    assert told("abc", "ac") == [(0, 0, "same"), (1, None, "alone"), (2, 1, "same")]
    assert told("ac", "abc")[1] == (None, 1, "alone")


def test_other_words_of_one_actor_stand_side_by_side_and_another_actor_does_not() -> None:
    assert told("abc", "axc")[1] == (1, 1, "text")
    assert told("abc", "aXc")[1:3] == [(1, None, "alone"), (None, 1, "alone")]


def test_another_answer_to_the_same_call_is_a_difference_of_its_own() -> None:
    assert told("abc", "abc", "...", ".!.")[1] == (1, 1, "result")


def test_repeated_lines_are_aligned_where_nothing_occurs_once() -> None:
    kinds = [kind for _, _, kind in told("abababab", "ababab")]
    assert kinds.count("same") == 6
    assert kinds.count("alone") == 2


lines = st.text("abcABC", max_size=30)


@given(lines, lines, st.sampled_from([3, 10_000]))
def test_every_line_of_both_runs_stands_once_in_order(bad: str, good: str, script: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drafts, "SCRIPT_LENGTH", script)
        found = told(bad, good)
    assert [i for i, _, _ in found if i is not None] == list(range(len(bad)))
    assert [j for _, j, _ in found if j is not None] == list(range(len(good)))
    for i, j, kind in found:
        assert (kind == "alone") == (i is None or j is None)
        assert kind != "same" or (i is not None and j is not None and bad[i] == good[j])
