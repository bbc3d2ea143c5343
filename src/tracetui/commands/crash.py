"""An error that nobody expected: a short message for the person, the whole story in a log for whoever mends it."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tracetui import __version__
from tracetui.export.redact import Redactor
from tracetui.text import visible


def report_crash(problem: BaseException) -> tuple[str, str]:
    """Append the traceback to the log; (message, hint) to show. The log is readable by its owner only."""
    name = type(problem).__name__
    redact = Redactor()  # what an error says may be what a trace holds
    said = redact(str(problem))[:200]
    message = f"unexpected {name}: {said}" if said else f"unexpected {name}"
    log = _log_path()
    story = redact("".join(traceback.format_exception(problem)))
    header = (
        f"== {datetime.now(UTC).isoformat(timespec='seconds')} tracetui {__version__} Python {sys.version.split()[0]}\n"
    )
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(header + visible(story))
        return message, f"this is a fault of tracetui; details are in {log}"
    return message, f"this is a fault of tracetui; details could not be written to {log}"


def _log_path() -> Path:
    import platformdirs

    return Path(platformdirs.user_state_dir("tracetui", appauthor=False), "errors.log")
