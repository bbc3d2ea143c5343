import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from textual.message_pump import MessagePump

from tracetui.ui import background
from tracetui.ui.apart import Tell, UnwantedError
from tracetui.ui.background import bit_by_bit, in_child
from tracetui.ui.typed_ahead import TypedAhead


class Owner:
    """As much of a screen, and of its app, as work beside the event loop needs."""

    is_running = True

    def __init__(self, app: object = None) -> None:
        self.app = app or self
        self.calls: list[tuple[object, ...]] = []

    def call_later(self, *call: object, **_: object) -> None:
        self.calls.append(call)

    def notify(self) -> None: ...

    def _handle_exception(self, problem: Exception) -> None: ...


def done(_: object) -> None: ...


def run(work: Callable[[Tell], object], *, apart: bool = True, **wishes: Any) -> list[tuple[object, ...]]:
    """What was called on the event loop, once the work is done."""
    owner = Owner()
    in_child(cast(MessagePump, owner), work, done, apart=apart, **wishes)
    for thread in threading.enumerate():
        if thread.name == background.BACKGROUND:
            thread.join()
    return owner.calls


def test_only_long_work_gets_a_process_of_its_own() -> None:
    assert run(lambda _: os.getpid(), apart=False) == [(done, os.getpid())]
    assert run(lambda _: os.getpid()) != [(done, os.getpid())]


def test_what_the_work_tells_is_heard_before_its_answer() -> None:
    for apart in (True, False):
        heard: list[object] = []
        calls = run(lambda tell: tell("half"), apart=apart, hear=heard.append)
        assert calls == [(heard.append, "half"), (done, True)]


def test_where_the_process_is_lost_the_work_is_done_here_and_that_is_said() -> None:
    here = os.getpid()
    said, answer = run(lambda _: here if os.getpid() == here else os.kill(os.getpid(), 9))
    assert "once more" in str(said)
    assert answer == (done, here)


def test_where_there_can_be_no_process_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_process() -> int:
        raise BlockingIOError("too many processes")

    monkeypatch.setattr("os.fork", no_process)
    assert run(lambda _: os.getpid()) == [(done, os.getpid())]


def test_what_is_raised_is_raised_here_so_that_the_report_of_a_crash_shows_where() -> None:
    calls = run(lambda _: 1 // 0)
    assert [str(problem) for _, problem in calls[1:]] == ["integer division or modulo by zero"]


@pytest.mark.parametrize("apart", [True, False])
def test_of_work_that_nobody_waits_for_nothing_is_told(apart: bool) -> None:
    def work(tell: Tell) -> None:
        if not tell("begun"):
            raise UnwantedError
        threading.Event().wait()

    calls = run(work, apart=apart, wanted=lambda: False)
    assert done not in [call[0] for call in calls]


async def steps_done(owner: Owner, work: Iterator[None]) -> list[str]:
    """What happened in order: steps of the work, and a key that came after the first."""
    happened: list[str] = []

    def told() -> Iterator[None]:
        for _ in work:
            happened.append("step")
            yield
        happened.append("end")

    bit_by_bit(cast(MessagePump, owner), told())
    asyncio.get_running_loop().call_soon(happened.append, "key")
    await asyncio.sleep(0.05)
    return happened


async def test_between_two_steps_of_work_on_the_loop_a_key_has_its_turn() -> None:
    assert await steps_done(Owner(), iter([None] * 3)) == ["step", "key", "step", "step", "end"]


async def test_work_on_the_loop_waits_where_a_key_has_just_come(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = iter([True, False, False, False])
    monkeypatch.setattr(TypedAhead, "has_fresh_key", property(lambda _: next(fresh)))
    owner = Owner(TypedAhead())
    assert await steps_done(owner, iter([None] * 2)) == ["key", "step", "step", "end"]


async def test_work_on_the_loop_ends_with_its_screen() -> None:
    owner = Owner()
    owner.is_running = False
    assert await steps_done(owner, iter([None] * 3)) == ["key"]
