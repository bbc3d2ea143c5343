"""All incidents of a store, read one after the other; one that cannot be read does not hide the others."""

from __future__ import annotations

from typing import NamedTuple

from tracetui.errors import TracetuiError
from tracetui.postmortem.document import Postmortem
from tracetui.store.incidents import Store


class Library(NamedTuple):
    incidents: tuple[Postmortem, ...]
    """In the order of their ids."""
    problems: tuple[str, ...]
    """Why the others could not be read, each with its place."""


def read_library(store: Store) -> Library:
    """Every incident as last typed, from the files. Raises StoreError where the store itself cannot be read."""
    incidents: list[Postmortem] = []
    problems: list[str] = []
    for incident_id in store.ids():
        try:
            incidents.append(store.read(incident_id))
        except TracetuiError as problem:
            problems.append(problem.message)
    return Library(tuple(incidents), tuple(problems))
