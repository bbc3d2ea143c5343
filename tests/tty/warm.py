"""Programs that need not load what is not ours: each is forked from a process that has done so. Environment, working
folder, terminal and arguments are a program's own, and it loads our code itself. Run as a program this is that process."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

LOADED = (
    *("textual.app", "textual.command", "textual.drivers.linux_driver", "textual.screen", "textual.scrollbar"),
    *("textual.widgets", "textual.widgets.text_area", "msgspec.json", "rapidfuzz.fuzz"),
    *("csv", "gzip", "hmac", "html", "importlib.resources", "json", "statistics", "tarfile", "tomllib", "zipfile"),
)
_LARGEST_REQUEST = 1 << 16


class Forked:
    """A program as `subprocess.Popen` has it, as far as tests need it."""

    stdin = None

    def __init__(self, code: str, arguments: list[str], environ: dict[str, str], folder: Path, terminal: int) -> None:
        self._told, theirs = socket.socketpair()
        wanted = {"code": code, "arguments": arguments, "environ": environ, "folder": str(folder)}
        with theirs, socket.socket(fileno=os.dup(_server())) as server:
            socket.send_fds(server, [json.dumps(wanted).encode()], [terminal, theirs.fileno()])
        self.returncode: int | None = None
        self._lines = self._told.makefile("rb")
        self.pid = int(self._lines.readline())

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.returncode = int(self._lines.readline())
            self._lines.close()
            self._told.close()
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            select.select([self._told], [], [], 0.1)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@cache
def _server() -> int:
    """The way to the process, which ends with us."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}
    with theirs:
        opened = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)]
        os.posix_spawn(sys.executable, [sys.executable, "-P", __file__], environ, file_actions=opened)
    return ours.detach()


def _serve() -> dict[str, Any]:
    """In the process: fork a program for each request. Comes back in a program alone, with what was asked for."""
    for name in LOADED:
        import_module(name)
    asked = socket.socket(fileno=os.dup(0))
    while True:
        request, handles, _, _ = socket.recv_fds(asked, _LARGEST_REQUEST, 2)
        if not request:
            os._exit(0)
        if not os.fork():
            break
        for handle in handles:
            os.close(handle)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    asked.close()
    terminal, told = handles
    if child := os.fork():
        os.close(terminal)
        os.write(told, b"%d\n" % child)
        os.write(told, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        os._exit(0)
    os.close(told)
    os.setsid()
    for handle in (0, 1, 2):
        os.dup2(terminal, handle)
    os.close(terminal)
    wanted: dict[str, Any] = json.loads(request)
    return wanted


def _become(wanted: dict[str, Any]) -> None:
    """What an interpreter does before it runs a program."""
    os.environ.clear()
    os.environ.update(wanted["environ"])
    os.chdir(wanted["folder"])
    sys.path[:0] = wanted["environ"].get("PYTHONPATH", "").split(os.pathsep)
    sys.argv = ["-c", *wanted["arguments"]]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = os.fdopen(number, "w" if number else "r", buffering=1, encoding="utf-8", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    wanted = _serve()
    _become(wanted)
    exec(compile(wanted["code"], "<string>", "exec"), {"__name__": "__main__"})
