"""What the environment tells of the terminal, and what the screens ask of it."""

from __future__ import annotations

from collections.abc import Mapping

LEAST_SIZE = (60, 16)
"""Columns and rows that the screens take."""
_SPLIT_WIDTH = 100
_SPLIT_WIDTH_OVER_SSH = 120
"""Rows that two panes share cannot be scrolled by the terminal, so that each step costs more bytes."""


def split_width(environ: Mapping[str, str]) -> int:
    """From so many columns on list and detail stand side by side."""
    return _SPLIT_WIDTH_OVER_SSH if over_ssh(environ) else _SPLIT_WIDTH


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Whether each byte travels, to a remote machine's terminal. TRACETUI_REMOTE=0 or 1 knows better: in a tmux that was
    started at the machine itself nothing tells."""
    told = environ.get("TRACETUI_REMOTE", "")
    return told != "0" and bool(told or environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def wants_mouse(environ: Mapping[str, str]) -> bool:
    """Whether to follow the mouse: each of its moves is sent to us, so not over SSH unless TRACETUI_MOUSE=1 asks."""
    chosen = environ.get("TRACETUI_MOUSE", "")
    return chosen != "0" and (bool(chosen) or not over_ssh(environ))


def is_light(environ: Mapping[str, str]) -> bool:
    """Whether the terminal says that its own ground is light: COLORFGBG, as rxvt and Konsole set it, ends with the number
    of that colour."""
    return environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")


def erases_in_color(environ: Mapping[str, str]) -> bool:
    """Whether the terminal erases in the background that it writes in, as all do that are in use but GNU screen."""
    return "STY" not in environ and environ.get("TERM", "").startswith(("xterm", "tmux", "linux", "alacritty", "foot"))
