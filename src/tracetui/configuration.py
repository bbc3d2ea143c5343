"""Where the files of a user's own settings lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KEYS = "keys.toml"
REDACTION = "redact.toml"
TOOLS = "tools.toml"


def configured(name: str) -> Path:
    """The place of the file with this name, whether there is one or not."""
    from pathlib import Path

    import platformdirs

    return Path(platformdirs.user_config_dir("tracetui", appauthor=False), name)
