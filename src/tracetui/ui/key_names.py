"""How people read a key, and which keys work a binding where the user has given it others."""

from __future__ import annotations

from textual._context import active_app

from tracetui.ui.glyphs import GLYPHS

_NAMES = {
    "enter": "enter",
    "escape": "esc",
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "colon": ":",
    "equals_sign": "=",
    "up": GLYPHS.up,
    "down": GLYPHS.down,
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_name(key: str) -> str:
    """A key as people write it: of several alternatives the first."""
    first = key.split(",")[0]
    return _NAMES.get(first, first.replace("ctrl+", "^") if first.startswith("ctrl+") else first)


def keys_of(binding: str, usual: str) -> tuple[str, ...]:
    """The keys, as Textual names them, of the binding with this id in the app that runs; `usual`: those that it has
    where the user gave it no others."""
    app = active_app.get(None)
    return tuple((app._keymap.get(binding, usual) if app is not None else usual).split(","))


def key_of(binding: str, usual: str) -> str:
    """The first of `keys_of`, as people write it: for a line that says which key to press."""
    return key_name(keys_of(binding, usual)[0])
