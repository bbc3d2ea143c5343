"""Long work in a process of its own: whatever computes in this one takes turns with the keys, and decoding or comparing
long texts gives no turn at all before it is done.

The process is a fork: it has all that was read without being sent it, and ends with its work, by being told to, or with
the app. What it answers comes back in pieces, so that unpacking gives the keys their turn.
"""

from __future__ import annotations

import functools
import io
import os
import pickle
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, TypeVar

from tracetui.collector import collector_paused

Result = TypeVar("Result")
Tell = Callable[[Any], bool]
"""Is told of work while it runs, and answers whether anybody still waits for it."""

CAN_FORK = sys.platform == "linux"
"""Elsewhere system libraries do not stand a fork of a process with threads."""
_PIECE_ITEMS = 256
"""Of a long tuple, list or dict; unpacking so many takes about a millisecond."""
_POLL_SECONDS = 0.2
_LENGTH_BYTES = 8
_NICE = 5
"""The keys come first where there are fewer processors than there is work."""
_LOCKING = ("<frozen importlib", functools.__file__)
_LOCK_SECONDS, _MOST_LOCKED_SECONDS = 0.001, 2.0
_forking = threading.Lock()
"""No other child may inherit the writing end of a pipe: its reader would wait for both to close it."""


class LostError(Exception):
    """The process ended without an answer."""


class UnwantedError(Exception):
    """Nobody waits for the answer any more."""


def in_fork(
    work: Callable[[Tell], Result],
    *,
    hear: Callable[[Any], object],
    wanted: Callable[[], bool],
    known: Sequence[object],
) -> Result:
    """What `work` returns, in a process of its own. To be called in a thread, which waits.

    `hear` gets what the work tells meanwhile; `wanted`: whether anybody still waits. Of `known`, what the result refers to
    is not copied. The result is frozen data that pickle knows.

    Raises UnwantedError where it was not wanted to the end; LostError where there is no answer: something was raised, or
    the process was killed; OSError where there can be no process.
    """
    parent = os.getpid()
    with _forking:
        _wait_for_locks()
        reading, writing = os.pipe()
        try:
            child = _fork()
            if not child:
                _work(work, writing, parent, known)
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
    try:
        return _answer(reading, hear, wanted, known)  # type: ignore[no-any-return]
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)  # it may be at work still; until it is waited for no other has its number
        os.waitpid(child, 0)


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns of threads, which a fork does not have: of their locks it finds none held.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _wait_for_locks() -> None:
    """Raises OSError where one is held for too long."""
    deadline = time.monotonic() + _MOST_LOCKED_SECONDS
    while _lock_is_held():
        if time.monotonic() > deadline:
            raise OSError("another thread holds a lock")
        time.sleep(_LOCK_SECONDS)


def _lock_is_held() -> bool:
    """Whether another thread is at a place that holds a lock of the interpreter's library, which nobody would release in a
    fork: an import, and in Python 3.11 the making of a cached property."""
    mine = threading.get_ident()
    for thread, frame in sys._current_frames().items():
        at: FrameType | None = frame if thread != mine else None
        while at is not None:
            if at.f_code.co_filename.startswith(_LOCKING):
                return True
            at = at.f_back
    return False


def _answer(reading: int, hear: Callable[[Any], object], wanted: Callable[[], bool], known: Sequence[object]) -> Any:
    received, long = bytearray(), _Long(known)
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    while True:
        if not wanted():
            raise UnwantedError
        if not poll.poll(_POLL_SECONDS * 1000):
            continue
        if not (some := os.read(reading, 1 << 16)):
            raise LostError
        received += some
        while len(received) >= _LENGTH_BYTES:
            end = _LENGTH_BYTES + int.from_bytes(received[:_LENGTH_BYTES], "big")
            if len(received) < end:
                break
            kind, what = long.unpacked(received[_LENGTH_BYTES:end])
            del received[:end]
            if kind == "answer":
                return what
            if kind == "news":
                hear(what)


# The child


def _work(work: Callable[[Tell], Any], writing: int, parent: int, known: Sequence[object]) -> None:
    """Never returns: everything after the fork in the caller belongs to the parent."""
    try:
        _leave_terminal()
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
        packed = _Packing(lambda data: _write(writing, data), known)

        def tell(news: Any) -> bool:
            packed.send("news", news)
            return True

        packed.send("answer", work(tell))
    finally:
        os._exit(0)


def _write(writing: int, data: bytes) -> None:
    left = memoryview(len(data).to_bytes(_LENGTH_BYTES, "big") + data)
    while left:
        left = left[os.write(writing, left) :]


def _leave_terminal() -> None:
    """Nothing is written to it, its signals are the parent's, and it may be closed."""
    os.nice(_NICE)
    nothing = os.open(os.devnull, os.O_RDWR)
    for handle in range(3):
        os.dup2(nothing, handle)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os._exit(0)


class _Packing:
    """Writes what is sent, long parts of it first and in pieces."""

    def __init__(self, write: Callable[[bytes], object], known: Sequence[object]) -> None:
        self._write = write
        self._known = {id(each): number for number, each in enumerate(known)}
        self._long: dict[int, tuple[int, object]] = {}
        """By identity: the number of what was sent in pieces. Held, so that no other object gets its identity."""

    def send(self, kind: str, what: object) -> None:
        out = io.BytesIO()
        pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
        pickler.persistent_id = self._reference  # type: ignore[method-assign]
        pickler.dump((kind, what))
        self._write(out.getvalue())

    def _reference(self, what: object) -> tuple[str, int] | None:
        if (number := self._known.get(id(what))) is not None:
            return "known", number
        kind = type(what)
        if kind not in (tuple, list, dict) or len(what) <= _PIECE_ITEMS:  # type: ignore[arg-type]
            return None
        if id(what) not in self._long:
            number = len(self._long)
            self._long[id(what)] = number, what
            items = list(what.items() if isinstance(what, dict) else what)  # type: ignore[call-overload]
            for start in range(0, len(items), _PIECE_ITEMS):
                self.send("piece", (number, items[start : start + _PIECE_ITEMS]))
        return kind.__name__, self._long[id(what)][0]


class _Long:
    """What came in pieces, put together where it is referred to."""

    _KINDS: dict[str, Callable[[list[Any]], object]] = {"tuple": tuple, "list": list, "dict": dict}

    def __init__(self, known: Sequence[object]) -> None:
        self._known = known
        self._pieces: dict[int, list[Any]] = {}
        self._whole: dict[int, object] = {}

    def unpacked(self, data: bytes | bytearray) -> tuple[str, Any]:
        unpickler = pickle.Unpickler(io.BytesIO(data))
        unpickler.persistent_load = self._referred_to  # type: ignore[method-assign]
        with collector_paused():
            kind, what = unpickler.load()
        if kind == "piece":
            number, items = what
            self._pieces.setdefault(number, []).extend(items)
        return kind, what

    def _referred_to(self, reference: tuple[str, int]) -> object:
        kind, number = reference
        if kind == "known":
            return self._known[number]
        if number not in self._whole:
            self._whole[number] = self._KINDS[kind](self._pieces.pop(number))
        return self._whole[number]
