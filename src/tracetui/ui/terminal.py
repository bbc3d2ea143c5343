"""The terminal under the app: what is checked before it starts, what is filtered on the way out, and how it is left.

Textual restores the terminal on its own exits only. A SIGTERM, a dropped SSH link or a stalled terminal would leave
it in raw mode on the alternate screen, so these are handled here, with a hard exit where the event loop is stuck.
"""

from __future__ import annotations

import codecs
import os
import re
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

RESET = b"\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m"
"""Leaves every mode that the app enters."""
HARD_EXIT_SECONDS = 3.0
_WATCH_SECONDS = 1.0
_TURN_SECONDS = 0.0005
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)


class Backstop(LineFilter):
    """Drops from painted lines what `text.visible` should have marked before. It never has anything to do;
    `hits` counts the code points that came this far, and tests hold it at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.hits = 0

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if not any(segment.control is None and _FORBIDDEN.search(segment.text) for segment in segments):
            return segments
        return [segment if segment.control else self._cleaned(segment) for segment in segments]

    def _cleaned(self, segment: Segment) -> Segment:
        text, count = _FORBIDDEN.subn("", segment.text)
        self.hits += count
        return Segment(text, segment.style)


def in_browser(environ: Mapping[str, str]) -> bool:
    """Whether a server runs the app: a pipe leads to a browser, and there is no terminal."""
    return environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def leave_with_server() -> None:
    """In a browser: a server that is killed tells nobody, and an app that waits for keys would wait for ever."""
    server = os.getppid()

    def watch() -> None:
        while os.getppid() == server:
            time.sleep(_WATCH_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(HARD_EXIT_SECONDS)
        os._exit(128 + signal.SIGTERM)

    threading.Thread(target=watch, name="server-watch", daemon=True).start()


def why_no_screen(environ: dict[str, str] | os._Environ[str]) -> str:
    """Why no app can be shown here, or "" where it can."""
    if (environ.get("TERM") or "dumb") == "dumb":
        return "the terminal (TERM=" + environ.get("TERM", "") + ") cannot show an app"
    for name, stream in (("output", sys.__stdout__), ("error", sys.__stderr__)):
        if not _is_tty(stream):
            return f"standard {name} is not a terminal"
    return ""


def keys_from_terminal() -> str:
    """Make the terminal standard input where it is something else (a trace was piped in). Why not, or ""."""
    if _is_tty(sys.__stdin__):
        return ""
    try:
        handle = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return "there is no terminal to read keys from"
    os.dup2(handle, 0)
    os.close(handle)
    sys.__stdin__ = sys.stdin = os.fdopen(0, "r", closefd=False)  # type: ignore[misc]
    return ""


def prepare_environment() -> None:
    """Before Textual looks at the environment: COLUMNS and LINES would freeze its size."""
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)


def share_the_interpreter() -> None:
    """Keys are read, frames written and sessions analysed in threads of their own; a thread that computes lets the
    others wait for 5 ms unless told otherwise, which is longer than a key takes."""
    sys.setswitchinterval(_TURN_SECONDS)


def let_go() -> None:
    """After the app: where the terminal has gone, nothing can be written any more, and Python would end with 120."""
    if _attributes() is None:
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def write_at_once() -> None:
    """Let Textual's driver write what the terminal takes at once without a thread."""
    from textual.drivers import linux_driver

    from tracetui.ui.writer import Writer

    linux_driver.WriterThread = Writer  # type: ignore[attr-defined, assignment]


def survive_invalid_keys() -> None:
    """A byte on the keyboard that is not UTF-8 (line noise, 8-bit Meta) would end Textual 8.2.8's input thread
    (Textualize/textual#6456); a paste without an end would take every key."""
    from textual.drivers import linux_driver

    from tracetui.ui.keyboard import Parser

    def lenient(encoding: str) -> Callable[..., codecs.IncrementalDecoder]:
        return lambda: codecs.getincrementaldecoder(encoding)(errors="replace")

    linux_driver.getincrementaldecoder = lenient  # type: ignore[attr-defined, assignment]
    linux_driver.XTermParser = Parser  # type: ignore[attr-defined]


class Leaving:
    """Leaves the terminal in order when the process is told to go."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

    def __init__(
        self,
        leave: Callable[[int], None],
        last_words: Sequence[Callable[[], None]],
        attributes: list[Any] | None = None,
    ) -> None:
        """`leave` asks the app to exit with a code; `last_words` save what must not be lost, without the event loop;
        `attributes`: of the terminal as it is to be left, where it has been changed already."""
        self._leave = leave
        self._last_words = last_words
        self._attributes = attributes or _attributes()
        self._going = False

    def install(self) -> None:
        """Handle the signals, and watch for a terminal that has gone."""
        for number in self.SIGNALS:
            # Not the loop's own handlers: those never run while a stalled terminal blocks the loop.
            signal.signal(number, self._on_signal)
        threading.Thread(target=self._watch_terminal, name="terminal-watch", daemon=True).start()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._going:
            return
        self._going = True
        threading.Thread(target=self._exit_hard, args=(128 + number,), daemon=True).start()
        for save in self._last_words:
            save()
        self._leave(128 + number)

    def _exit_hard(self, code: int) -> None:
        time.sleep(HARD_EXIT_SECONDS)
        if self._attributes is not None:
            _quietly(lambda: termios.tcsetattr(0, termios.TCSANOW, self._attributes or []))
        _quietly(lambda: os.set_blocking(2, False))
        _quietly(lambda: os.write(2, RESET))
        os._exit(code)

    def _watch_terminal(self) -> None:
        while not self._going:
            time.sleep(_WATCH_SECONDS)
            try:
                termios.tcgetattr(0)
            except (termios.error, OSError):
                os.kill(os.getpid(), signal.SIGHUP if signal.getsignal(signal.SIGHUP) else signal.SIGTERM)
                return


def _attributes() -> list[Any] | None:
    try:
        return termios.tcgetattr(0)
    except (termios.error, OSError):
        return None


def _quietly(act: Callable[[], object]) -> None:
    try:
        act()
    except (termios.error, OSError):
        return


def _is_tty(stream: Any) -> bool:
    try:
        return stream is not None and os.isatty(stream.fileno())
    except (OSError, ValueError):
        return False
