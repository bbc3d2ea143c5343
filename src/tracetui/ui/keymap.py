"""Keys of one's own: a file that gives bindings, by their ids, other keys. docs/keys.md lists the ids.

A line that cannot be meant so is left out and told, and the rest holds: a binding that a later version adds, or calls
otherwise, keeps nobody from opening a trace.
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, _character_to_key

from tracetui.configuration import KEYS, configured
from tracetui.errors import TracetuiError
from tracetui.ui.key_names import key_name
from tracetui.ui.key_scopes import Held, Scope, bindings_by_id, scopes

QUIT = "app.quit-now"
"""The binding that ends the app from anywhere, also while text is typed."""
_HINT = 'one line a key: "flag.next" = "f"   or several: "step.open" = ["enter", "space"]; docs/keys.md lists the ids'
_MODIFIERS = {"ctrl", "alt", "shift", "super", "meta", "hyper"}
_NAMED = {key.value for key in Keys} | set(KEY_NAME_REPLACEMENTS.values())
_SENT_AS = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+left_square_bracket": "escape"}
"""What a terminal sends for keys that it cannot tell from others."""
_EVERYWHERE = re.compile(r"ctrl\+[a-z]")
"""What every terminal sends, and no text is written with."""


class OwnKeys(NamedTuple):
    keys: dict[str, str]
    """Binding id to keys, as Textual wants them."""
    refused: tuple[str, ...] = ()
    """What the file says that does not hold: its place, why, and what holds instead."""


class _Line(NamedTuple):
    number: int
    keys: list[str]


def users_keys(environ: Mapping[str, str] = os.environ) -> OwnKeys:
    """The keys from TRACETUI_KEYS or the configuration folder; none without a file.

    Raises TracetuiError with the file and the reason where it cannot be read.
    """
    path = Path(environ["TRACETUI_KEYS"]) if environ.get("TRACETUI_KEYS") else configured(KEYS)
    if not environ.get("TRACETUI_KEYS") and not path.is_file():
        return OwnKeys({})
    import tomllib  # few have a file

    try:
        text = path.read_text(encoding="utf-8")
        given = dict(_by_id(tomllib.loads(text)))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise TracetuiError(f"{path}: not a file of keys: {problem}", hint=_HINT) from problem
    known = bindings_by_id()
    numbers = _line_numbers(text)
    wanted = {name: _Line(numbers.get(name, 1), _named(value)) for name, value in given.items()}
    whys = [(name, *why) for name, line in wanted.items() for why in _alone(name, line, known)]
    wanted = _without(wanted, whys)
    held = scopes()
    while clash := _first_clash(wanted, held):
        whys.append(clash)
        wanted = _without(wanted, [clash])
    refused = [
        f"{path}:{numbers.get(name, 1)}: {name}{f' = {key_name(key)}' if key else ''}: {why}; left out"
        f"{_instead(name, wanted, known)}"
        for name, key, why in sorted(whys, key=lambda one: numbers.get(one[0], 1))
    ]
    return OwnKeys({name: ",".join(line.keys) for name, line in wanted.items()}, tuple(refused))


def _instead(name: str, wanted: Mapping[str, _Line], known: Mapping[str, tuple[object, Binding]]) -> str:
    """The keys that a binding has after all."""
    if name not in known:
        return ""
    keys = wanted[name].keys if name in wanted else known[name][1].key.split(",")
    return f", {name} has {' '.join(map(key_name, keys))}"


_Why = tuple[str, str, str]
"""An id, a key as Textual names it, or "" for all of the line, and what is wrong with it."""


def _by_id(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """An id with a dot that is not quoted is a table in TOML."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _by_id(value, f"{above}{name}.")
        else:
            yield above + name, value


def _line_numbers(text: str) -> dict[str, int]:
    """The first line that gives each id its keys, in a text that is TOML."""
    found: dict[str, int] = {}
    above = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if table := re.match(r"\s*\[([^\[\]]+)\]\s*(?:#|$)", line):
            above = re.sub(r"[\s\"']", "", table[1]) + "."
        elif named := re.match(r"\s*([\w.\-\"' ]+?)\s*=", line):
            found.setdefault(above + re.sub(r"[\s\"']", "", named[1]), number)
    return found


def _named(value: object) -> list[str]:
    """The keys as Textual names them; none where any of them is no text."""
    given = value if isinstance(value, list) else [value]
    keys = [key for key in given if isinstance(key, str) and key]
    if len(keys) < len(given):
        return []
    return [_character_to_key(key) if len(key) == 1 else key.replace("^", "ctrl+") for key in keys]


def _alone(name: str, line: _Line, known: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What is wrong with a line whatever the others say: a key, or "" for all of it, and why."""
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        yield "", "no key is called so" + (f", perhaps {near[0]}" if near else "")
    elif not line.keys:
        yield "", "no key is given"
    elif name == QUIT and not any(_EVERYWHERE.fullmatch(key) and key not in _SENT_AS for key in line.keys):
        yield "", "it quits from anywhere, and needs ctrl and a letter, which every terminal sends"
    else:
        yield from ((key, f"no keyboard sends {key}") for key in line.keys if not _is_key(key))
        yield from ((key, f"terminals send {_SENT_AS[key]} for it") for key in line.keys if key in _SENT_AS)


def _first_clash(wanted: Mapping[str, _Line], held: list[Scope]) -> _Why | None:
    """Of the last line that wants a key which something else on the same screen has; of two lines the first holds."""
    for name in sorted(wanted, key=lambda name: wanted[name].number, reverse=True):
        for scope in held:
            own = next((one for one in scope.held if one.id == name), None)
            for key in wanted[name].keys if own is not None else ():
                if own is not None and key not in own.keys and scope.text_needs(name, key):
                    return name, key, "text is typed with it there"
                others = scope.above if own in scope.above and _is_reached(key, scope, held, wanted) else scope.held
                for other in others:
                    both_usually = own is not None and key in own.keys and key in other.keys
                    if other.id != name and key in _now(other, wanted) and not both_usually:
                        line = f" (line {wanted[other.id].number})" if other.id in wanted else ""
                        return name, key, f"on the {scope.place} screen that is {other.id}{line}"
    return None


def _is_reached(key: str, scope: Scope, held: list[Scope], wanted: Mapping[str, _Line]) -> bool:
    """Whether the key comes as far as the screen while one of its parts has the focus, and nothing is typed."""
    parts = [one for one in held if one.place == scope.place and one.part and not one.edits]
    return any(all(key not in _now(held, wanted) for held in one.part) for one in parts)


def _now(held: Held, wanted: Mapping[str, _Line]) -> frozenset[str]:
    return frozenset(wanted[held.id].keys) if held.id in wanted else held.keys


def _without(wanted: Mapping[str, _Line], whys: list[_Why]) -> dict[str, _Line]:
    """The lines without what is wrong with them; one that has no key left is gone."""
    wrong = {(name, key) for name, key, _ in whys}
    left = {
        name: line._replace(keys=[key for key in line.keys if (name, key) not in wrong])
        for name, line in wanted.items()
        if (name, "") not in wrong
    }
    return {name: line for name, line in left.items() if line.keys}


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
