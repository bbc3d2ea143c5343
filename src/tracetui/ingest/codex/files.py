"""The rollouts that a thread is spread over: those of its sub-agents, and the one that holds its beginning.

A rollout is `rollout-<time>-<thread id>.jsonl`, perhaps with `.zst` or `.gz`; its first line names the thread's parent.
"""

from __future__ import annotations

import os
from collections import defaultdict
from functools import lru_cache
from typing import Any, NamedTuple

from tracetui.ingest.decode import decode
from tracetui.ingest.fields import count_field, object_field, text_field
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import STDIN_NAME, first_line

_LONG = ("base_instructions", "instructions", "dynamic_tools")
_MOST_FILES = 2000
"""Of a folder with more rollouts, these are looked at for sub-agents."""


def sub_agents(records: Records) -> dict[str, list[tuple[dict[str, Any], str]]]:
    """By the id of a parent thread: the meta lines and file names of the rollouts beside that it has started."""
    path = records.source.path
    found: dict[str, list[tuple[dict[str, Any], str]]] = defaultdict(list)
    for name in _rollouts(path):
        meta = _meta(os.path.join(os.path.dirname(path), name))
        parent = parent_thread(meta)
        if parent is not None and parent != meta.get("id"):
            found[parent].append((meta, name))
    return found


class Beginning(NamedTuple):
    """Lines of another thread's rollout that a thread starts with."""

    thread: str
    lines: list[Record]


def beginning(records: Records, meta: dict[str, Any], known: frozenset[str] = frozenset()) -> list[Beginning] | None:
    """What a thread starts with that stands in other rollouts, the oldest first: the thread that it goes on from may itself
    go on from another, of those not `known`. None where the rollout it names is not beside."""
    base = object_field(meta.get("history_base"))
    thread, end = text_field(base.get("thread_id")), count_field(base.get("end_ordinal_exclusive"))
    end_byte = count_field(base.get("end_byte_offset"))
    name = next((name for name in _rollouts(records.source.path) if thread and thread in name), None)
    held = records.beside(name, part=False) if name is not None else None
    if held is None or thread is None or thread in known:
        return None
    lines = list(held.lines(Ledger()))
    first = object_field(object_field(lines[0].value).get("payload")) if lines else {}
    if end_byte is not None and not held.source.notes:
        lines = [line for line in lines if line.source.offset < end_byte]
    else:
        lines = [line for at, line in enumerate(lines) if end is None or _ordinal(line, at) < end]
    before = beginning(held, first, known | {thread}) if first.get("history_base") else []
    return None if before is None else [*before, Beginning(thread, lines)]


def _ordinal(line: Record, at: int) -> int:
    named = count_field(object_field(line.value).get("ordinal"))
    return at if named is None else named


def _rollouts(path: str) -> list[str]:
    """The names of the other rollouts in the folder of one."""
    if path == STDIN_NAME:
        return []
    try:
        names = os.listdir(os.path.dirname(path) or ".")
    except OSError:
        return []
    own = os.path.basename(path)
    listed = sorted(name for name in names if name.startswith("rollout-") and ".jsonl" in name and name != own)
    return listed[:_MOST_FILES]


def _meta(path: str) -> dict[str, Any]:
    """The payload of a rollout's first line; nothing where it cannot be read."""
    try:
        found = os.stat(path)
    except OSError:
        return {}
    return _meta_of(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2 * _MOST_FILES)
def _meta_of(path: str, changed_ns: int, size: int) -> dict[str, Any]:
    """Remembered for as long as the file stays the same: of a folder, every rollout asks for all the others."""
    try:
        value = object_field(decode(first_line(path)))
    except ValueError:
        return {}
    payload = object_field(value.get("payload")) if value.get("type") == "session_meta" else {}
    return {key: held for key, held in payload.items() if key not in _LONG}


def parent_thread(meta: dict[str, Any]) -> str | None:
    """The thread that has started a sub-agent's, which its first line names, however deep in `source`."""
    return text_field(meta.get("parent_thread_id")) or _spawned_by(meta.get("source"))


def _spawned_by(source: Any) -> str | None:
    if isinstance(source, dict):
        named = text_field(source.get("parent_thread_id"))
        return named or next((found for inner in source.values() if (found := _spawned_by(inner))), None)
    return None
