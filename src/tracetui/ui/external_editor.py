"""A text in the user's own editor."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_PATIENCE_SECONDS = 1.0


class EditorError(Exception):
    """The editor could not be started, or ended with an error; the text is as it was."""


def edit_text(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """`text` as it is left in VISUAL, EDITOR or vi. The terminal must be free, and this the main thread.

    The file lives in a folder that only its owner can read, and is removed. When the process is told to end, the editor is
    ended, what it had written is the answer, and what it keeps of the rest in that folder stays. Raises EditorError.
    """
    command = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        arguments = shlex.split(command)
    except ValueError as problem:
        raise EditorError(f"{command}: {problem}") from problem
    if not arguments:
        raise EditorError("no editor is named by VISUAL or EDITOR")
    try:
        with _private_file() as path:
            path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
            path.chmod(0o600)
            ended = _run([*arguments, str(path)])
            changed = path.read_text(encoding="utf-8", errors="replace") if ended == 0 else ""
    except OSError as problem:  # no such editor, no room for the file, or the editor took the file away
        raise EditorError(
            f"{arguments[0]}: {(problem.strerror or str(problem)).lower()}; the text is as it was"
        ) from problem
    if ended != 0:
        raise EditorError(f"{arguments[0]} ended with {ended}; the text is as it was")
    # Editors end a file with a line feed that nobody typed.
    return changed[:-1] if changed.endswith("\n") and not text.endswith("\n") else changed


@contextmanager
def _private_file() -> Iterator[Path]:
    """Removed afterwards, unless there is more in its folder: an editor that was ended keeps there what was not written."""
    folder = Path(tempfile.mkdtemp(prefix="tracetui-"))
    try:
        yield folder / "text.md"
    finally:
        with suppress(OSError):
            (folder / "text.md").unlink()
        with suppress(OSError):
            folder.rmdir()


def _run(arguments: Sequence[str]) -> int:
    """How the editor ended; 0 where it was ended because this process is told to end."""
    child: subprocess.Popen[bytes] | None = None
    told = False

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal told
        told = True
        if child is not None:
            _end(child)
        if callable(handler := before[number]):
            handler(number, frame)

    def no_end(number: int, frame: FrameType | None) -> None:
        """Ctrl+C in an editor is the editor's, though all in the foreground are told."""

    ours: dict[int, Callable[[int, FrameType | None], None]] = {signal.SIGINT: no_end}
    ours |= {number: end for number in _ENDING if callable(signal.getsignal(number))}
    before = {number: signal.signal(number, handler) for number, handler in ours.items()}
    try:
        child = subprocess.Popen(arguments)
        if told:  # before there was anything to end
            _end(child)
        ended = child.wait()
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
    return 0 if told else ended


def _end(editor: subprocess.Popen[bytes]) -> None:
    """Asked to, and soon made to. May be called by the handler of a signal."""
    _signal_all(editor, signal.SIGTERM)
    reminder = threading.Timer(_PATIENCE_SECONDS, _signal_all, (editor, signal.SIGKILL))
    reminder.daemon = True
    reminder.start()


def _signal_all(editor: subprocess.Popen[bytes], number: int) -> None:
    """To the editor, where it still runs, and to what it started: it may be a script around one."""
    for each in _family(editor.pid) if editor.returncode is None else ():
        with suppress(OSError):
            os.kill(each, number)


def _family(process: int) -> list[int]:
    """A process and its descendants, as far as the system tells of them."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        children = []
    return [process, *(each for child in children for each in _family(int(child)))]
