"""How long a cursor must stand still to count as resting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest

from tracetui.ui.resting import Resting, rest_of


@pytest.mark.parametrize(
    ("moves", "seconds"),
    [
        ([], 0.05),
        ([5.0], 0.05),
        ([1.0, 9.0], 0.05),
        ([1.0, 1.033, 1.066], 0.05),
        ([1.0, 1.033, 1.113, 1.13], 0.12),
        ([1.0, 1.1, 1.2], 0.15),
        ([1.0, 1.15, 1.3], 0.05),
        ([1.0, 1.2, 2.0, 2.033], 0.05),
        ([1.0, 1.0, 1.0], 0.05),
    ],
)
def test_a_cursor_rests_after_one_and_a_half_of_the_longest_pause_since_the_key_is_held(
    moves: list[float], seconds: float
) -> None:
    assert rest_of(moves) == pytest.approx(seconds)


class Owner:
    def call_later(self, do: Callable[..., object], *arguments: Any) -> None:
        do(*arguments)


async def test_what_was_asked_for_last_is_done_when_the_cursor_rests() -> None:
    resting, done = Resting(Owner()), list[str]()  # type: ignore[arg-type]
    resting.moved(monotonic())
    resting.then(lambda: done.append("first"))
    resting.then(lambda: done.append("second"), early=0.5)
    await asyncio.sleep(0)
    assert not done
    assert resting.is_awaited
    while resting.is_awaited:
        await asyncio.sleep(0.005)
    assert done == ["second"]


async def test_where_another_key_was_pressed_nothing_is_left_to_wait_for() -> None:
    resting, done = Resting(Owner()), list[str]()  # type: ignore[arg-type]
    resting.moved(monotonic())
    resting.end()
    assert resting.left == 0
    resting.then(lambda: done.append("at once"))
    await asyncio.sleep(0.001)
    assert done == ["at once"]
    resting.then(lambda: done.append("forgotten"))
    resting.forget()
    await asyncio.sleep(0.001)
    assert done == ["at once"]
