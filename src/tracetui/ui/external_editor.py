"""A text in the user's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path


class EditorError(Exception):
    """The editor could not be started, or ended with an error; the text is as it was."""


def edit_text(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """`text` as it is left in VISUAL, EDITOR or vi. The terminal must be free.

    The file lives in a folder that only its owner can read, and is removed. Raises EditorError.
    """
    command = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        arguments = shlex.split(command)
    except ValueError as problem:
        raise EditorError(f"{command}: {problem}") from problem
    if not arguments:
        raise EditorError("no editor is named by VISUAL or EDITOR")
    try:
        with tempfile.TemporaryDirectory(prefix="tracetui-", ignore_cleanup_errors=True) as folder:
            path = Path(folder, "text.md")
            path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
            path.chmod(0o600)
            ended = subprocess.run([*arguments, str(path)], check=False).returncode
            changed = path.read_text(encoding="utf-8", errors="replace") if ended == 0 else ""
    except OSError as problem:  # no such editor, no room for the file, or the editor took the file away
        raise EditorError(
            f"{arguments[0]}: {(problem.strerror or str(problem)).lower()}; the text is as it was"
        ) from problem
    if ended != 0:
        raise EditorError(f"{arguments[0]} ended with {ended}; the text is as it was")
    # Editors end a file with a line feed that nobody typed.
    return changed[:-1] if changed.endswith("\n") and not text.endswith("\n") else changed
