"""Keys of one's own: a file that gives bindings, by their ids, other keys. docs/keys.md lists the ids."""

from __future__ import annotations

import difflib
import importlib
import inspect
import os
import pkgutil
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, _character_to_key

from tracetui.configuration import KEYS, configured
from tracetui.errors import TracetuiError

_HINT = 'one line a key: "flag.next" = "f"   or several: "step.open" = ["enter", "space"]; docs/keys.md lists the ids'


def users_keys(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Binding id to keys, as Textual wants them, from TRACETUI_KEYS or the configuration folder; {} without a file.

    Raises TracetuiError with the file and the reason.
    """
    path = Path(environ["TRACETUI_KEYS"]) if environ.get("TRACETUI_KEYS") else configured(KEYS)
    if not environ.get("TRACETUI_KEYS") and not path.is_file():
        return {}
    import tomllib  # few have a file

    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise TracetuiError(f"{path}: not a file of keys: {problem}", hint=_HINT) from problem
    known = bindings_by_id()
    for name in found:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise TracetuiError(
                f"{path}: no key is called {name}", hint=f"perhaps {near[0]}; {_HINT}" if near else _HINT
            )
    return {name: _keys(path, name, value) for name, value in found.items()}


def bindings_by_id() -> dict[str, tuple[type[DOMNode], Binding]]:
    """Every binding of every screen and widget of ours, with the class it belongs to."""
    import tracetui.ui

    found: dict[str, tuple[type[DOMNode], Binding]] = {}
    for module in pkgutil.walk_packages(tracetui.ui.__path__, "tracetui.ui."):
        for made in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(made) and issubclass(made, DOMNode) and made.__module__ == module.name:
                for binding in vars(made).get("BINDINGS", ()):
                    if isinstance(binding, Binding) and binding.id:
                        found.setdefault(binding.id, (made, binding))
    return found


def _keys(path: Path, name: str, value: object) -> str:
    given = value if isinstance(value, list) else [value]
    keys = [key for key in given if isinstance(key, str) and key]
    if not keys or len(keys) < len(given):
        raise TracetuiError(f"{path}: {name} has no key", hint=_HINT)
    named = [_character_to_key(key) if len(key) == 1 else key.replace("^", "ctrl+") for key in keys]
    if unknown := [key for key in named if not _is_key(key)]:
        raise TracetuiError(f"{path}: {name}: no keyboard sends {unknown[0]}", hint=_HINT)
    return ",".join(named)


def _is_key(name: str) -> bool:
    """Whether Textual has a key of this name: a character by itself or by its Unicode name, a named one, each with modifiers."""
    *modifiers, key = name.split("+")
    if not _MODIFIERS.issuperset(modifiers):
        return False
    if len(key) == 1 or key in _NAMED:
        return True
    try:
        unicodedata.lookup(key.replace("_", " "))
    except KeyError:
        return False
    return True


_MODIFIERS = {"ctrl", "alt", "shift", "super", "meta", "hyper"}
_NAMED = {key.value for key in Keys} | set(KEY_NAME_REPLACEMENTS.values())
