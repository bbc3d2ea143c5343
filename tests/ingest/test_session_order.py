"""What is odd about the numbers, parents and times of lines."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.ingest.session_order import missing_steps, oddities


def rows(*fields: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"session_id": "s", "type": "tool_call"} | row for row in fields]


def odd(*fields: dict[str, Any], starts: tuple[int | None, ...] = ()) -> list[str]:
    return oddities(rows(*fields), starts or (None,) * len(fields))


def test_a_number_written_twice_is_said() -> None:
    assert odd({"step": 1}, {"step": 2}, {"step": 2}) == [
        "step 2 is written more than once: the later ones are shown under a free number"
    ]


def test_a_parent_that_is_not_there_and_one_that_comes_round_are_said() -> None:
    found = odd(
        {"step": 1}, {"step": 2, "parent_step": 9}, {"step": 3, "parent_step": 4}, {"step": 4, "parent_step": 3}
    )
    assert found == ["step 2 is under a parent that is not in the trace", "steps 3, 4 are under itself, by its parents"]


def test_time_that_goes_backwards_is_said_with_how_far() -> None:
    second = 1_000_000_000
    (found,) = odd({"step": 1}, {"step": 2}, {"step": 3}, starts=(4 * second, second, 6 * second))
    assert found == "time goes backwards 1 time, at most by 3 s, at step 2"


def test_nothing_is_said_of_a_trace_in_order() -> None:
    assert odd({"step": 1}, {"step": 2, "parent_step": 1}, {}, {"step": 3}, starts=(None, 1, None, 2)) == []


def test_numbers_left_out_are_a_gap_at_the_step_after_them() -> None:
    gap = missing_steps(rows({"step": 1}, {"step": 2}, {"step": 5}, {"step": 6}, {"step": 8}))
    assert gap is not None
    assert gap.effect.startswith("steps 3 to 4, 7 not in the trace")
    assert gap.steps == (5, 8)


@pytest.mark.parametrize("numbers", [[], [1], [3, 4, 5], [10, 20, 30], [1, 1, 2]])
def test_numbers_that_are_not_one_by_one_miss_nothing(numbers: list[int]) -> None:
    assert missing_steps(rows(*({"step": number} for number in numbers))) is None


@given(st.lists(st.dictionaries(st.sampled_from(["step", "parent_step"]), st.integers(0, 9) | st.text(), max_size=3)))
def test_any_numbers_can_be_looked_at(found: list[dict[str, Any]]) -> None:
    odd(*found)
    missing_steps(rows(*found))


@given(st.lists(st.integers(1, 8), min_size=1, max_size=8))
def test_a_circle_is_what_comes_back_to_itself(parents: list[int]) -> None:
    by_number = dict(enumerate(parents, start=1))

    def comes_back(number: int) -> bool:
        at: int | None = number
        for _ in by_number:
            at = by_number.get(at) if at is not None else None
            if at == number:
                return True
        return False

    told = " ".join(odd(*({"step": number, "parent_step": up} for number, up in by_number.items())))
    listed = [number for number in by_number if comes_back(number)]
    assert ("under itself" in told) == bool(listed)
    if 1 < len(listed) <= 5:
        assert f"steps {', '.join(map(str, listed))} are under itself" in told


def test_a_chain_of_many_steps_is_walked_over_once() -> None:
    chain = [*({"step": number, "parent_step": number - 1} for number in range(2, 50_000)), {"step": 1}]
    assert odd(*chain) == []
