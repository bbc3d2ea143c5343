"""How people read a key, and which keys work a binding where the user has given it others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from textual._context import active_app
from textual.binding import ActiveBinding
from textual.dom import DOMNode

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


def in_usual_order(active: Mapping[str, ActiveBinding]) -> list[tuple[str, ActiveBinding]]:
    """Keys and what they work, as they stand where nobody changed any: Textual puts a binding with another key behind all
    others of its screen, where the key bar has no room."""
    nodes: dict[DOMNode, int] = {}
    for one in active.values():
        nodes.setdefault(one.node, len(nodes))
    return sorted(
        active.items(),
        key=lambda item: (nodes[item[1].node], _places(item[1].node.__class__).get(item[1].binding.id or "", 0)),
    )


@cache
def _places(node: type[DOMNode]) -> dict[str, int]:
    """Where each binding stands among those of its class."""
    names = dict.fromkeys(binding.id for _, binding in node._merge_bindings() if binding.id)
    return {name: place for place, name in enumerate(names)}
