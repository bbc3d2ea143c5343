"""The files that a Claude Code session is spread over: its own, and one for each sub-agent.

`<session>/subagents/agent-<id>.jsonl`, `<session>/subagents/workflows/<run>/agent-<id>.jsonl`, and in older versions
`agent-<id>.jsonl` beside the session, told apart by the session id in their lines. `agent-<id>.meta.json` beside a
sub-agent's file says which call spawned it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.decode import decode
from tracetui.ingest.records import Records
from tracetui.ingest.source import STDIN_NAME, first_line, read_source

_SUFFIXES = (".jsonl", ".jsonl.gz")
_MOST_LOOKED_AT = 256 << 20
"""So many bytes of the sessions in the folder are looked through for the beginning of one that was resumed."""


class AgentFile(msgspec.Struct):
    """One sub-agent's lines."""

    agent: str
    """The id in the file's name."""
    records: Records
    meta: dict[str, Any]
    run: str | None = None
    """The workflow run it belongs to."""


def is_agent_file(path: str) -> bool:
    name = os.path.basename(path)
    return name.startswith("agent-") and name.endswith(_SUFFIXES)


def session_stem(path: str) -> str:
    """The name of a session's file without its suffix: the session id, and the name of its folder."""
    name = os.path.basename(path)
    return next((name[: -len(suffix)] for suffix in _SUFFIXES if name.endswith(suffix)), name)


def agent_files(records: Records, session_ids: Collection[str]) -> Iterator[AgentFile]:
    """The sub-agents' files of a session, read. Nothing for a stream, or for a sub-agent's own file."""
    path = records.source.path
    if path == STDIN_NAME or is_agent_file(path):
        return
    folder = os.path.dirname(path)
    candidates = [*_in_session_folder(folder, session_stem(path)), *_beside(folder)]
    for relative in (name for name in candidates if _session_of(os.path.join(folder, name)) in session_ids):
        found = records.beside(relative)
        if found is not None:
            agent = session_stem(relative).removeprefix("agent-")
            parts = relative.split(os.sep)
            run = parts[-2] if len(parts) > 2 and parts[-3] == "workflows" else None
            yield AgentFile(agent, found, _meta(os.path.join(folder, relative)), run)


def beginnings(records: Records, missing: Collection[str]) -> Iterator[tuple[Records, str]]:
    """The sessions beside that hold lines which this one goes on from, each with the uuid of such a line."""
    path = records.source.path
    folder = os.path.dirname(path)
    if path == STDIN_NAME or not missing:
        return
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return
    others = [n for n in names if n.endswith(_SUFFIXES) and not is_agent_file(n) and n != os.path.basename(path)]
    wanted, left = set(missing), _MOST_LOOKED_AT
    for name in others:
        other = os.path.join(folder, name)
        left -= os.path.getsize(other) if os.path.isfile(other) else 0
        if not wanted or left < 0:
            return
        held = records.beside(name, part=False)
        for uuid in sorted(wanted) if held is not None else ():
            if held is not None and f'"{uuid}"'.encode() in held.source.data:
                wanted.remove(uuid)
                yield held, uuid


def _in_session_folder(folder: str, stem: str) -> list[str]:
    """Relative paths of the sub-agents' files anywhere below the session's folder."""
    found: list[str] = []
    for below, folders, names in os.walk(os.path.join(folder, stem)):
        folders.sort()
        found += [os.path.relpath(os.path.join(below, name), folder) for name in sorted(names) if is_agent_file(name)]
    return found


def _beside(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder or ".") if is_agent_file(name))
    except OSError:
        return []


def _session_of(path: str) -> str | None:
    """The session id that the first line of a file names; None where there is none."""
    try:
        value = decode(first_line(path))
    except ValueError:
        return None
    written = value.get("sessionId") if isinstance(value, dict) else None
    return written.split("#", 1)[0] if isinstance(written, str) else None


def _meta(path: str) -> dict[str, Any]:
    folder, name = os.path.split(path)
    try:
        value = decode(read_source(os.path.join(folder, session_stem(name) + ".meta.json")).data)
    except (UnreadableSourceError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
