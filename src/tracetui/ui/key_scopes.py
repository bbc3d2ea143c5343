"""Which bindings a key is looked up in: where two of them had the same key, one would never be reached.

A key goes to the part of the screen that has the focus, then to the screen, then to the app. What parts a screen has is
told by what its module names.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

import tracetui.ui

_PACKAGE = "tracetui.ui"
_LONG_NAMES = {short: long for long, short in KEY_NAME_REPLACEMENTS.items()}


class Held(NamedTuple):
    """A binding and the keys that it has where nobody gave it others."""

    id: str
    keys: frozenset[str]
    priority: bool = False


class Scope(NamedTuple):
    place: str
    """What the screen is called."""
    part: tuple[Held, ...]
    """The bindings of what has the focus: a key is looked up in them first."""
    above: tuple[Held, ...]
    """Those of the screen and of the app."""
    typed: frozenset[str]
    """The ids that have to work where text is typed."""
    edits: frozenset[str]
    """The keys that such a text needs itself, beside all that write a character."""

    @property
    def held(self) -> tuple[Held, ...]:
        """All that a key is looked up in."""
        return self.part + self.above

    def text_needs(self, name: str, key: str) -> bool:
        """Whether a text would take the key from this binding, or the binding the key from the text."""
        return name in self.typed and (key in self.edits or writes(key))


PALETTE = "the palette"
"""In place of an id: Textual's own binding of the app."""


def writes(key: str) -> bool:
    """Whether the key, as Textual names it, puts a character into a text."""
    return (key_to_character(_LONG_NAMES.get(key, key)) or "\n").isprintable()


def place_of(node: type[DOMNode]) -> str:
    """What a screen or a part is called: that of DiffScreen is "diff"."""
    return " ".join(re.findall("[A-Z][a-z]*", node.__name__.removesuffix("Screen"))).lower()


def bindings_by_id() -> dict[str, tuple[type[DOMNode], Binding]]:
    """Every binding of every screen and widget of ours, with the class it belongs to."""
    found: dict[str, tuple[type[DOMNode], Binding]] = {}
    for node in _nodes():
        for binding in vars(node).get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id:
                found.setdefault(binding.id, (node, binding))
    return found


def scopes() -> list[Scope]:
    """For every screen: with none of its parts in focus, and with each that has keys of its own."""
    from tracetui.ui.app import TracetuiApp

    app = (*_held(TracetuiApp), Held(PALETTE, frozenset([TracetuiApp.COMMAND_PALETTE_BINDING])))
    found = []
    for screen in [node for node in _nodes() if issubclass(node, Screen)]:
        own, parts = _held(screen), parts_of(screen)
        is_form = any(issubclass(part, TextArea) for part in parts)
        for part in (None, *parts):
            mine, above, edits = _held(part) if part else (), (*own, *app), _edits(part)
            typed = {one.id for one in above if one.priority} | {one.id for one in mine}
            typed |= {one.id for one in own if is_form and not any(map(writes, one.keys))}
            found.append(Scope(place_of(screen), mine, above, frozenset(typed) if edits else frozenset(), edits))
    return found


def parts_of(screen: type[DOMNode]) -> list[type[Widget]]:
    """The parts with keys of their own that a screen may show."""
    found: dict[type[Widget], None] = {}
    waiting, seen = _modules(screen), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for made in vars(sys.modules[name]).values():
            if inspect.isclass(made) and issubclass(made, Widget) and not issubclass(made, Screen):
                found[made] = None
                waiting += _modules(made)
    return [part for part in found if _held(part)]


def _nodes() -> Iterator[type[DOMNode]]:
    """Every screen, widget and app of ours."""
    for module in pkgutil.walk_packages(tracetui.ui.__path__, f"{_PACKAGE}."):
        for made in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(made) and issubclass(made, DOMNode) and made.__module__ == module.name:
                yield made


def _modules(node: type[DOMNode]) -> list[str]:
    return [base.__module__ for base in node.__mro__ if base.__module__.startswith(_PACKAGE)]


@cache
def _held(node: type[DOMNode]) -> tuple[Held, ...]:
    """The bindings of a class and of those that it is made from."""
    found: dict[str, Held] = {}
    for key, binding in node._merge_bindings():
        if binding.id:
            before = found.get(binding.id, Held(binding.id, frozenset(), binding.priority))
            found[binding.id] = before._replace(keys=before.keys | {key})
    return tuple(found.values())


def _edits(part: type[Widget] | None) -> frozenset[str]:
    """The keys by which the text in a part is edited; none where there is no text: those of Textual's, and ours without id."""
    if part is None:
        return frozenset()
    is_field = issubclass(part, TextArea)
    fields = [part] if is_field else [one for one in vars(sys.modules[part.__module__]).values() if one is Input]
    return frozenset(key for field in fields for key, binding in field._merge_bindings() if not binding.id)
