"""The child processes that tell what the lines of two files say (see `line_tokens`), and an end to them."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from array import array

from tracetui.errors import TracetuiError
from tracetui.ingest.glances import glance_of
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_tokens import Tokens
from tracetui.ingest.paging import is_plain, open_lines, paged_format

LEAST_BYTES = 4 << 20
"""Of both files together: less is compared by meaning in the time that starting the children takes."""


class Reading:
    """One child process at work on a file. `all` waits for it in a thread, `stop` may be called at any time.

    What the child tells is taken as it comes, whether somebody waits or not: a pipe holds some 64 kB, and a child that writes
    into a full one stands still.
    """

    def __init__(self, file: LineFile, seed: int) -> None:
        """`seed`: the same for both files that are compared. Raises OSError."""
        handle = file.held.handle
        # -P: a folder of traces is no place to import from.
        command = [sys.executable, "-P", "-m", "tracetui.ingest.line_tokens", str(handle), file.format]
        environ = os.environ | {"PYTHONHASHSEED": str(seed)}
        self._child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=[handle], env=environ
        )
        self.file = file
        self._stopped = False
        self._found: Tokens | None = None
        self._taker = threading.Thread(target=self._take, name="tracetui-tokens", daemon=True)
        self._taker.start()

    def _take(self) -> None:
        found = Tokens.none()
        assert self._child.stdout is not None
        with self._child:
            try:
                while (piece := Tokens.unpacked(self._child.stdout)) is not None:
                    found.extend(piece)
            except (EOFError, ValueError):
                return
        self._found = found

    def all(self) -> Tokens | None:
        """The tokens of all lines, and the file stands at its end; None where it was stopped, or the child failed."""
        self._taker.join()
        found = self._found
        if found is None or self._child.returncode or self._stopped:
            return None
        starts = array("Q", [0])
        starts.extend(found.ends)
        self.file.stand(starts, starts[-1], True)
        return found

    def stop(self) -> None:
        self._stopped = True
        self._child.kill()


def begin(path: str, good: str, *, format_name: str | None = None) -> tuple[Reading, Reading] | None:
    """Children at work on both files; None where they are small, or not files of lines of which each tells a step."""
    try:
        if os.path.getsize(path) + os.path.getsize(good) < LEAST_BYTES or not (is_plain(path) and is_plain(good)):
            return None
        files = [
            open_lines(each, name)
            for each in (path, good)
            if (name := paged_format(each, at_least=0, format_name=format_name)) and glance_of(name).said is not None
        ]
        if len(files) < 2:
            return None
        seed = secrets.randbelow(1 << 32)
        return Reading(files[0], seed), Reading(files[1], seed)
    except (OSError, ValueError, TracetuiError):  # whoever reads them whole says what is wrong
        return None
