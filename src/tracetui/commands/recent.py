"""The traces that were opened lately, kept for `tracetui` alone. Losing the list loses nothing."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

_KEPT = 10


def recent_paths() -> list[str]:
    """Absolute paths, latest first, of files that are still there."""
    return [path for path in _read() if os.path.exists(path)]


def remember(path: str) -> None:
    """Put a path at the top of the list; where that cannot be written, nothing happens."""
    absolute = os.path.abspath(path)
    paths = [absolute, *(known for known in _read() if known != absolute)][:_KEPT]
    file = _path()
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(paths, out)
        os.replace(beside, file)


def _read() -> list[str]:
    try:
        found = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [path for path in found if isinstance(path, str)] if isinstance(found, list) else []


def _path() -> Path:
    import platformdirs

    return Path(platformdirs.user_state_dir("tracetui", appauthor=False), "recent.json")
