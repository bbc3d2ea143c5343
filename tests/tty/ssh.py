"""A real SSH server on this machine, a link that can be cut, and the program at the far end."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.tty.bad_link import BadLink
from tests.tty.terminal import ROOT, Terminal

SSHD = shutil.which("sshd") or next(filter(os.path.exists, ("/usr/sbin/sshd",)), "")
WHY_NOT = "" if SSHD and shutil.which("ssh") and shutil.which("ssh-keygen") else "no sshd here (openssh-server)"
"""Why no server can be started; "" where one can."""


class Remote:
    """The far end: a server, the link to it, and the command that opens a trace there."""

    def __init__(self, folder: Path, link: BadLink) -> None:
        self.folder, self.link = folder, link
        self.store = folder / "store"

    def open(
        self, trace: Path, *options: str, inside: Sequence[str] = (), size: tuple[int, int] = (80, 24)
    ) -> Terminal:
        """`ssh -tt` to the far end, with the trace opened there, `inside` a program that runs commands."""
        settings = {
            "PYTHONPATH": str(ROOT / "src"),
            "TRACETUI_STORE": str(self.store),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "SCREENDIR": str(self.folder / "screens"),
            "LANG": "C.UTF-8",
        }
        words = ["env", *(f"{name}={value}" for name, value in settings.items())]
        words += [*inside, sys.executable, "-m", "tracetui", str(trace), *options]
        settings_of_ssh = (
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "LogLevel=ERROR",
            "IdentitiesOnly=yes",
        )
        program = ["ssh", "-F", "none", "-tt", "-i", str(self.folder / "client"), "-p", str(self.link.port)]
        program += [word for option in settings_of_ssh for word in ("-o", option)]
        return Terminal(*words, size=size, program=(*program, f"{getpass.getuser()}@127.0.0.1"))

    def running(self, trace: Path) -> list[int]:
        """Processes that have the trace open in the debugger."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdecimal() else []
                if os.fsencode(trace) in words and b"tracetui" in words and words[0].endswith(b"python"):
                    found.append(int(entry.name))
        return found


@contextmanager
def remote(folder: Path, *, delay: float = 0.0, rate: int = 0) -> Iterator[Remote]:
    """A server that lives as long as the block; `delay` and `rate` as of `BadLink`."""
    for name in ("host", "client"):
        keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(keygen, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "sshd.conf").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\nAuthorizedKeysFile {folder / 'client.pub'}\n"
        f"UsePAM no\nStrictModes no\nPidFile none\nPermitRootLogin yes\n",
        encoding="utf-8",
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    (folder / "screens").mkdir(mode=0o700)
    server = subprocess.Popen([SSHD, "-D", "-f", str(folder / "sshd.conf"), "-E", str(folder / "sshd.log")])
    link = BadLink(port, delay=delay, rate=rate)
    try:
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            assert time.monotonic() < deadline, (folder / "sshd.log").read_text()
            time.sleep(0.05)
        yield Remote(folder, link)
    finally:
        link.close()
        server.terminate()
        server.wait()
