import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.incident import opened_incident
from tracetui.ui import apart
from tracetui.ui.apart import LostError, UnwantedError, in_fork
from tracetui.ui.loading import analyse, analyse_telling

pytestmark = pytest.mark.skipif(not apart.CAN_FORK, reason="work is done in threads here")

VALUES = st.recursive(
    st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=9) | st.tuples(inner, inner, inner, inner) | st.dictionaries(st.text(), inner)
    ),
    max_leaves=20,
)


class Run(msgspec.Struct, frozen=True):
    steps: tuple[int, ...]


def forked(
    work: Callable[[apart.Tell], Any],
    *,
    hear: Callable[[Any], object] = lambda _: None,
    wanted: Callable[[], bool] = lambda: True,
    known: Sequence[object] = (),
) -> Any:
    return in_fork(work, hear=hear, wanted=wanted, known=known)


def packed(what: object, known: Sequence[object] = ()) -> list[bytes]:
    frames: list[bytes] = []
    apart._Packing(frames.append, known).send("answer", what)
    return frames


def unpacked(frames: list[bytes], known: Sequence[object] = ()) -> Any:
    long = apart._Long(known)
    *pieces, (kind, what) = [long.unpacked(frame) for frame in frames]
    assert [kind, *(piece[0] for piece in pieces)] == ["answer", *["piece"] * len(pieces)]
    return what


def no_child_is_left() -> bool:
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    return True


@settings(max_examples=40)
@given(VALUES)
def test_whatever_is_sent_comes_back_the_same(what: object) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apart, "_PIECE_ITEMS", 3)
        assert unpacked(packed(what)) == what


def test_long_lists_come_in_pieces_however_deep_they_lie_and_once() -> None:
    long = tuple(range(1000))
    frames = packed({"run": Run(long), "again": [long]})
    assert len(frames) == 5
    assert max(map(len, frames)) < 1000
    assert unpacked(frames) == {"run": Run(long), "again": [long]}


def test_what_is_known_on_both_sides_is_not_copied() -> None:
    run = Run(tuple(range(1000)))
    (frame,) = packed({"run": run}, [run])
    assert unpacked([frame], [run])["run"] is run


def test_work_in_a_process_of_its_own_answers_and_tells_how_far_it_is() -> None:
    heard: list[str] = []

    def work(tell: apart.Tell) -> tuple[int, ...]:
        return (os.getpid(), tell("begun"), tell("half"), *range(600))

    child, *rest = forked(work, hear=heard.append)
    assert heard == ["begun", "half"]
    assert child != os.getpid()
    assert rest == [True, True, *range(600)]
    assert no_child_is_left()


def test_a_verdict_that_comes_from_a_process_of_its_own_is_the_same() -> None:
    opened = opened_incident().with_(triage=None)
    assert forked(lambda tell: analyse_telling(opened, tell), known=[opened.session]) == analyse(opened)


def test_work_that_nobody_waits_for_is_ended() -> None:
    asked = iter([True, False])
    with pytest.raises(UnwantedError):
        forked(lambda _: signal.pause(), wanted=lambda: next(asked))
    assert no_child_is_left()


@pytest.mark.parametrize(
    "end",
    [lambda _: os.kill(os.getpid(), signal.SIGKILL), lambda _: 1 // 0, lambda _: sys.exit(3), lambda _: lambda: 0],
)
def test_a_process_that_ends_without_an_answer_is_noticed(end: Callable[[apart.Tell], object]) -> None:
    """Killed, with an exception, by itself, and with an answer that cannot be sent."""
    with pytest.raises(LostError):
        forked(end)
    assert no_child_is_left()


def test_nothing_that_the_work_writes_reaches_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    assert forked(lambda _: os.write(1, b"noise") + os.write(2, b"noise")) == 10
    assert capfd.readouterr() == ("", "")


def test_the_work_takes_signals_as_a_new_process_does_and_no_interrupt() -> None:
    kinds = forked(lambda _: [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)])
    assert kinds == [signal.SIG_DFL, signal.SIG_DFL, signal.SIG_IGN]


def test_while_a_thread_holds_a_lock_of_the_library_nothing_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        @cached_property
        def value(self) -> int:
            begun.set()
            go_on.wait()
            return 1

    slow = Slow()
    thread = threading.Thread(target=lambda: slow.value)
    thread.start()
    begun.wait()
    monkeypatch.setattr(apart, "_MOST_LOCKED_SECONDS", 0.01)
    with pytest.raises(OSError, match="lock"):
        forked(lambda _: slow.value)
    go_on.set()
    thread.join()
    assert forked(lambda _: slow.value) == 1
