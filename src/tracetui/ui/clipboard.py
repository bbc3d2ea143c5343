"""Copying out of the app: to the terminal, by the way that reaches it, and always to a file.

Nothing reports whether a terminal took what it was sent, so we say "sent to terminal", never "copied".
tmux passes OSC 52 on only when told to, but takes a buffer for its client's clipboard; GNU screen passes what is
wrapped in a DCS; terminals drop what is long.
"""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs

from tracetui.ui.glyphs import GLYPHS

MOST_BYTES = 74_000
"""OSC 52 beyond this is dropped by terminals that are in use."""
_CHUNK = 240
"""GNU screen takes a DCS of less than 256 bytes."""


def copy(text: str, *, write: Callable[[str], None], environ: Mapping[str, str] = os.environ) -> str:
    """Send `text` (display-safe) to the terminal and to a file; what was done, in words.

    `write` puts bytes on the terminal.
    """
    data = text.encode("utf-8", "backslashreplace")
    sent = _send(data, write, environ)
    try:
        saved = f"{'also ' if sent else ''}in {save(data)}"
    except OSError as problem:
        saved = f"no file: {problem.strerror}"
    return f"{sent or 'too long for terminals'} {GLYPHS.dot} {saved}"


def save(data: bytes) -> Path:
    """Keep the last copied text in a file that only its owner reads."""
    folder = Path(platformdirs.user_cache_dir("tracetui"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "copied.txt"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)  # one that was there with other rights keeps them
        file.truncate(0)
        file.write(data)
    return path


def _send(data: bytes, write: Callable[[str], None], environ: Mapping[str, str]) -> str:
    is_long = len(data) > MOST_BYTES
    if "TMUX" in environ and _to_tmux(data, on_to_terminal=not is_long):
        return f"in tmux's buffer{'' if is_long else ', sent to terminal'}"
    if is_long:
        return ""
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07"
    write(_through_screen(sequence) if "STY" in environ else sequence)
    return "sent to terminal"


def _to_tmux(data: bytes, *, on_to_terminal: bool) -> bool:
    command = ["tmux", "load-buffer", *(["-w"] if on_to_terminal else []), "-"]
    try:
        done = subprocess.run(command, input=data, timeout=2, capture_output=True, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _through_screen(sequence: str) -> str:
    parts = (sequence[at : at + _CHUNK] for at in range(0, len(sequence), _CHUNK))
    return "".join(f"\x1bP{part}\x1b\\" for part in parts)
