"""The driver of the terminal: it may take one over that shows the first page already, and is restored after any stop."""

from __future__ import annotations

from types import FrameType

from textual.drivers.linux_driver import LinuxDriver

from tracetui.ui.early.terminal import ALTERNATE_SCREEN, EarlyTerminal


class Driver(LinuxDriver):
    """Where there is an `early` terminal it enters no other screen at the start, which would clear it, and leaves the
    terminal as the shell had it."""

    early: EarlyTerminal | None = None
    """Until it has been taken over."""
    _keeps_screen = False

    def start_application_mode(self) -> None:
        """At the start, and after each stop."""
        early, self.early = self.early, None
        self._keeps_screen = early is not None
        if early is not None:
            early.look_for_keys()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if early is not None:
            self.attrs_before = early.attributes
            early.hand_over()

    def write(self, data: str) -> None:
        if self._keeps_screen and data == ALTERNATE_SCREEN:
            self._keeps_screen = False
        else:
            super().write(data)

    def _sigcont_application(self, number: int, frame: FrameType | None) -> None:
        """SIGSTOP stops us without a word: entered once more without having left, the terminal would never be restored."""
        if self._auto_restart and self._key_thread is not None and self._key_thread.is_alive():
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application(number, frame)
