"""The terminal from the first page until the app has it: keys typed meanwhile are kept, and whatever ends us restores it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import termios
from types import FrameType
from typing import Any

from tracetui.ui.shadow import Shadow

ALTERNATE_SCREEN = "\x1b[?1049h"
_LEAVE = b"\x1b[m\x1b[?1049l\x1b[?25h"
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_INPUT, _LOCAL, _CHARACTERS = 0, 3, 6
"""Places in what `termios.tcgetattr` returns."""


class EarlyTerminal:
    """Standard input is the terminal, standard error is written to, as by the app."""

    def __init__(self, shadow: Shadow) -> None:
        """`shadow`: the page to show. Raises termios.error where there is no terminal."""
        self.attributes: list[Any] = termios.tcgetattr(0)
        """Of the terminal as the shell left it."""
        self._shadow = shadow
        self._size = os.get_terminal_size(1)
        self._handlers: dict[int, Any] = {}
        self._is_ours = False
        self.was_typed_on = False
        """Whether keys were pressed before the app was there to read them."""

    def enter(self) -> None:
        """Show the page. Until `hand_over` a signal, and ctrl+c, ends the process and leaves the terminal as it was."""
        for number in _ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, self._end)
        # Stopped now, it would leave the shell on our screen; the app knows how to stop.
        self._handlers[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        self._is_ours = True
        termios.tcsetattr(0, termios.TCSANOW, _keys_kept(self.attributes))
        data = (ALTERNATE_SCREEN + "\x1b[?25l" + self._shadow.paint()).encode()
        while data:
            data = data[os.write(2, data) :]

    @property
    def shadow(self) -> Shadow | None:
        """What stands on the terminal; None where nobody knows, as its size has changed."""
        try:
            return self._shadow if os.get_terminal_size(1) == self._size else None
        except OSError:  # the terminal has gone
            return None

    def release_signals(self) -> None:
        """Before the app's loop runs, which looks at the handler of ctrl+c."""
        for number, before in self._handlers.items():
            if signal.getsignal(number) in (self._end, signal.SIG_IGN):
                signal.signal(number, before)
        self._handlers.clear()

    def look_for_keys(self) -> None:
        """Before anybody reads them."""
        self.was_typed_on = bool(select.select([0], [], [], 0)[0])

    def hand_over(self) -> None:
        """The app's driver restores the terminal from now on."""
        self._is_ours = False

    def leave(self) -> None:
        """The terminal as it was, unless the app has taken it over."""
        self.release_signals()
        if not self._is_ours:
            return
        self._is_ours = False
        with contextlib.suppress(termios.error, OSError):
            termios.tcsetattr(0, termios.TCSANOW, self.attributes)
            # Nobody may be reading.
            os.set_blocking(2, False)
            os.write(2, _LEAVE)
            os.set_blocking(2, True)

    def _end(self, number: int, frame: FrameType | None) -> None:
        """Not by an exception: whatever is being imported might catch it."""
        self.leave()
        os._exit(128 + number)


def _keys_kept(attributes: list[Any]) -> list[Any]:
    """Keys wait, unseen and as they were typed; only ctrl+c makes a signal."""
    changed = [*attributes[:_CHARACTERS], list(attributes[_CHARACTERS])]
    changed[_INPUT] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    changed[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    never = os.fpathconf(0, "PC_VDISABLE")
    for place in (termios.VSUSP, termios.VQUIT):
        changed[_CHARACTERS][place] = never
    changed[_CHARACTERS][termios.VMIN], changed[_CHARACTERS][termios.VTIME] = 1, 0
    return changed
