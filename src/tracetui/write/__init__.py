"""Traces in other formats: a registry of writers. Each is a module with NAME, TITLE and `write(sessions, out) -> notes`;
what it writes opens again as the same steps, prompts and flags. Pure: no file is read, none is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, cast

from tracetui.errors import UnknownNameError
from tracetui.model import Session

WRITERS = ("session_trace", "atif", "otlp")
"""Modules, in the order in which they are offered. A new one is one name here."""

Out = Callable[[str], object]
"""Takes the text of the file piece by piece."""


class Writer(Protocol):
    NAME: str
    """As in `--to`: the name of the format that reads it."""
    TITLE: str

    def write(self, sessions: Sequence[Session], out: Out) -> list[str]:
        """Write the sessions; returns what the format has no field for, in words and counts."""
        ...


def writer_names() -> tuple[str, ...]:
    return tuple(module.replace("_", "-") for module in WRITERS)


def get_writer(name: str) -> Writer:
    """Raises UnknownNameError with the names there are."""
    if name not in writer_names():
        raise UnknownNameError(f"no writer for {name!r}; there are {', '.join(writer_names())}")
    return cast(Writer, import_module(f"tracetui.write.{name.replace('-', '_')}"))
