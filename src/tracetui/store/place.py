"""Where the store of incidents lies, told without loading what reads it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def default_root() -> Path:
    """Where incidents are kept unless told otherwise: TRACETUI_STORE, or the user's data folder."""
    from pathlib import Path

    import platformdirs

    named = os.environ.get("TRACETUI_STORE")
    return Path(named) if named else platformdirs.user_data_path("tracetui") / "incidents"


def is_there(root: Path | str | None) -> bool:
    """Whether anything was ever kept in a store; None is the usual place."""
    return os.path.isdir(root or default_root())
