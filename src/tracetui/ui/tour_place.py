"""Where a walkthrough stands, for the presenter's second terminal: a small file that the one writes and the other reads.

It lies in the user's own state folder (mode 0600), is named after the trace and the session, and holds the notes of
the page shown and the title of the next one. Losing it loses nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec


class TourPlace(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    """Of the page shown, from 1."""
    of: int
    title: str
    notes: str
    next_title: str
    """Empty on the last page."""
    started_at: float
    """When the walkthrough began, seconds since the epoch."""


def place_file(trace_path: str, session_id: str) -> Path:
    """`trace_path`: absolute."""
    import platformdirs

    name = hashlib.sha256(f"{trace_path}\0{session_id}".encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return Path(platformdirs.user_state_dir("tracetui", appauthor=False), f"walk-{name}.json")


def tell_place(file: Path, place: TourPlace) -> None:
    """Where that cannot be written, the second terminal shows nothing, and nothing else happens."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(msgspec.json.encode(place))
        os.replace(beside, file)


def forget_place(file: Path) -> None:
    """The walkthrough is over."""
    with contextlib.suppress(OSError):
        file.unlink()


def read_place(file: Path) -> TourPlace | None:
    """None where no walkthrough is running."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=TourPlace)
    except (OSError, msgspec.MsgspecError):
        return None
