"""Where the files of a user's own settings lie."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEYS = "keys.toml"
REDACTION = "redact.toml"
TOOLS = "tools.toml"


def configured(name: str) -> Path:
    """The place of the file with this name, whether there is one or not."""
    from pathlib import Path

    import platformdirs

    return Path(platformdirs.user_config_dir("tracetui", appauthor=False), name)


def has_own_keys(environ: Mapping[str, str]) -> bool:
    """Whether the user has a file of keys: told without what `configured` loads, which takes longer than a first page."""
    usual = "~/Library/Application Support" if sys.platform == "darwin" else "~/.config"
    folder = environ.get("XDG_CONFIG_HOME") or os.path.expanduser(usual)
    return bool(environ.get("TRACETUI_KEYS")) or os.path.isfile(os.path.join(folder, "tracetui", KEYS))
