"""The program in a real pseudo-terminal, with pyte as the screen."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

import pyte

from tests.tty.warm import Forked

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_traces"
LEFT = b"\x1b[?1049l"
"""Leaving the alternate screen: the terminal is as it was."""
_ALLOWED = re.compile(
    rb"\x1b\[[0-9;:]*m|\x1b\[[0-9;]*[HABCDGJKLMXr]|\x1bD|\x1b\[\?(?:1049|25|1000|1002|1003|1006|1015|1016|2004|1004|7|2026|2048)[hl]"
    rb"|\x1b\[6n|\x1b\[\?(?:2026|2048)\$p|\x1b\[>[0-9]*u|\x1b\[<u|\x1b\[[0-9;]*t|\x1b\[!p|\x1b\[\?[0-9;]*u|\x1b\]22;(?:default|text|pointer)\x07"
)
"""What Textual writes to draw and to set up the terminal; anything else came out of a trace."""
_OURS = ("TRACETUI_", "XDG_", "EDITOR")
"""Beginnings of what an environment tells our own code alone."""
_CUT = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*)?$")
"""A control sequence that is not whole yet."""


class Terminal:
    """One run; `before` is code that runs in the program first, `program` another program than ours, `folder`
    the working one, `cold` whether all of it is loaded anew. Use as a context manager: the process is gone after it."""

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        environ: dict[str, str] | None = None,
        stdin: bytes | None = None,
        before: str = "",
        program: Sequence[str] = (),
        folder: Path = ROOT,
        cold: bool = False,
    ) -> None:
        self.raw = bytearray()
        self._cut = b""
        """The begun sequence at the end of what was read."""
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self._before = termios.tcgetattr(slave)
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PYTHONPATH": str(ROOT / "src")}
        environment |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", **(environ or {})}
        code = _START.format(before=before)
        self.process: subprocess.Popen[bytes] | Forked
        if cold or program or stdin is not None or not all(name.startswith(_OURS) for name in environ or ()):
            self.process = subprocess.Popen(
                [*(program or (sys.executable, "-c", code)), *arguments],
                stdin=slave if stdin is None else subprocess.PIPE,
                stdout=slave,
                stderr=slave,
                env=environment,
                start_new_session=True,
                pass_fds=(slave,),
                cwd=folder,
                preexec_fn=_signals_by_default,
            )
        else:
            self.process = Forked(code, list(arguments), environment, folder, slave)
        if stdin is not None and self.process.stdin is not None:
            self.process.stdin.write(stdin)
            self.process.stdin.close()
        self._slave = slave

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for handle in (self._slave, self._master):
            with contextlib.suppress(OSError):
                os.close(handle)

    def bytes_within(self, seconds: float) -> int:
        """How many bytes the program writes in that time."""
        written, deadline = len(self.raw), time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._pump()
        return len(self.raw) - written

    def rest(self, seconds: float) -> None:
        """Let the program take all that was sent, and give it that time: what is typed behind an escape would go with it."""
        deadline = time.monotonic() + 20
        while struct.unpack("i", fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4)))[0]:
            assert time.monotonic() < deadline, f"nobody reads the keys; the screen:\n{self.text}"
            self._pump(0.01)
        self.bytes_within(seconds)

    def settle(self, quiet: float = 0.2) -> None:
        """Wait until the program has been silent for so long."""
        until = time.monotonic() + quiet
        while (left := until - time.monotonic()) > 0:
            if self._pump(left):
                until = time.monotonic() + quiet

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)

    @property
    def screen(self) -> pyte.Screen:
        """The cells, with their colours."""
        return self._screen

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def send(self, keys: str | bytes) -> None:
        os.write(self._master, keys if isinstance(keys, bytes) else keys.encode())

    def wait_for(self, condition: str | Callable[[str], object], seconds: float = 20) -> str:
        """The screen, once a text stands on it or a condition on its text holds."""
        holds = condition if callable(condition) else lambda text: condition in text
        deadline = time.monotonic() + seconds
        while not holds(self.text):
            assert time.monotonic() < deadline, f"waited in vain for {condition!r}; the screen:\n{self.text}"
            assert self._pump() or self.process.poll() is None, f"ended early; the screen:\n{self.text}"
        return self.text

    def wait_exit(self, seconds: float = 20) -> int:
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"did not end; the screen:\n{self.text}"
            self._pump(0.01)
        while self._pump(0):
            pass
        assert self.process.returncode is not None
        return self.process.returncode

    def settings_restored(self) -> bool:
        """Whether the terminal echoes and reads lines again."""
        return bool(termios.tcgetattr(self._slave)[3] == self._before[3])

    def forbidden(self) -> list[bytes]:
        """Control sequences and invisible characters that no screen of ours writes."""
        rest = _ALLOWED.sub(b"", bytes(self.raw))
        text = rest.decode("utf-8", "replace")
        return [
            found.encode()
            for found in re.findall(
                "[\x00-\x06\x0e-\x1a\x1b\x1c-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f].{0,8}",
                text,
            )
        ]

    def _pump(self, seconds: float = 0.05) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.raw += data
        data = self._cut + data
        tail = _CUT.search(data)
        self._cut = data[tail.start() :] if tail else b""
        self._stream.feed(without_private(data[: len(data) - len(self._cut)]))
        return bool(data)


_START = """
import fcntl, os, sys, termios
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
from tracetui.cli import main
{before}
sys.exit(main(sys.argv[1:]))
"""


def _signals_by_default() -> None:
    """Whoever runs the tests may ignore them, as `nohup` does, and that is inherited."""
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def without_private(data: bytes) -> bytes:
    """pyte takes sequences with `<`, `=`, `>` or `$` for text."""
    return re.sub(rb"\x1b\[(?:[<=>][0-9;]*[a-z]|\?[0-9;]*\$p|\?[0-9;]*u)", b"", data)


def keys(terminal: Terminal, sequence: Sequence[str], pause: float = 0.15) -> Iterator[str]:
    """Press one key after the other; the screen after each: when it is quiet again, or after a pause."""
    for key in sequence:
        terminal.send(key)
        deadline, answered = time.monotonic() + pause, False
        while time.monotonic() < deadline:
            if terminal._pump(0.03):
                answered = True
            elif answered:
                break
        yield terminal.text
