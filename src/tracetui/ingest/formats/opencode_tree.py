"""opencode's older store: a tree of JSON files, one for each session, message and part.

`session/PROJECT/SESSION.json` is the file to open; `message/SESSION/` and `part/MESSAGE/` lie in the same tree. The
sessions of sub-agents, which name it as their parent, are windows of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.fields import object_field, text_field
from tracetui.ingest.opencode import Conversation, export_gaps
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Scope, Session

NAME = "opencode-tree"
TITLE = "opencode's files (JSON tree)"
RULE = (
    "A file with `id`, `projectID` and `time` (a session), `sessionID` and `role` (a message) or `messageID` (a part)."
)
KEEPS = (
    "Prompts rebuilt from the parts; usage and cost of every call; sub-agents' sessions in the same tree as windows."
)
LOSES = "The system prompt and tool definitions."
EXPORT = "`storage/session/PROJECT/SESSION.json` in opencode's data folder, opened where it lies: messages and parts are beside."

_MOST_DEPTH = 20


def detect(records: Records) -> Detection:
    value = object_field(records.document) if records.shape == "document" else {}
    what = _what(value)
    return Detection(0.9, f"{what} of opencode's store") if what else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    value = records.document
    what, tree = _what(value), _Tree(records, ledger)
    if what != "a session":
        raise UnreadableSourceError(f"{records.source.path}: is {what} of an opencode session", hint=tree.owner(value))
    if tree.session_file(text_field(value.get("parentID")) or "") is not None:
        records.is_part = True
    builder = SessionBuilder(str(value["id"]))
    builder.attributes = dict(value)
    ledger.claim()
    tree.replay(str(value["id"]), Conversation(records, ledger, builder), {str(value["id"])})
    export_gaps(builder)
    return [builder.build()] if builder.steps else []


def _what(value: dict[str, Any]) -> str:
    if {"id", "projectID", "time"} <= value.keys() and "messages" not in value:
        return "a session"
    if {"id", "sessionID", "role"} <= value.keys() and "parts" not in value:
        return "a message"
    return "a part" if {"id", "sessionID", "messageID", "type"} <= value.keys() else ""


class _Tree:
    """The files of the store that a file lies in."""

    def __init__(self, records: Records, ledger: Ledger) -> None:
        self._records, self._ledger = records, ledger
        above = Path(records.source.path).absolute().parents
        self._root = above[min(2, len(above) - 1)]

    def owner(self, value: dict[str, Any]) -> str:
        """What to open in place of a message or a part; they are no traces of their own where it is there."""
        path = self.session_file(text_field(value.get("sessionID")) or "")
        session = self._file(path) if path else None
        self._records.is_part = session is not None and _what(session.value) == "a session"
        if self._records.is_part:
            return f"open its session: {path}"
        return "its session's file, storage/session/PROJECT/SESSION.json, is not in this tree, or no session"

    def session_file(self, session: str) -> Path | None:
        if not _is_name(session):
            return None
        return next(iter(sorted(self._root.glob(f"session/*/{session}.json"))), None)

    def replay(self, session: str, talk: Conversation, seen: set[str]) -> None:
        """The messages of a session, each sub-agent's session after the call that names it, else at the end."""
        waiting = self._children(session)

        def spawned(step: int, state: dict[str, Any]) -> None:
            named = text_field(object_field(state.get("metadata")).get("sessionId")) or ""
            if named in waiting:
                self._child(waiting.pop(named), talk, step, seen)

        talk.on_result = spawned
        for message in self._files("message", session):
            parts = self._files("part", str(message.value.get("id")))
            self._ledger.claim(len(parts))
            talk.add_message(message, message.value, parts)
        talk.end()
        for child in waiting.values():
            self._child(child, talk, None, seen)

    def _child(self, info: Record, parent: Conversation, spawned_by: int | None, seen: set[str]) -> None:
        name = str(info.value["id"])
        if name in seen or len(seen) > _MOST_DEPTH:
            return
        scope = Scope(
            f"session {name}", "sub_agent", text_field(info.value.get("title")), parent.window.scope, spawned_by
        )
        talk = Conversation(self._records, self._ledger, parent.builder, parent.builder.scope(scope))
        talk.depth = parent.depth + 1
        self.replay(name, talk, {*seen, name})

    def _children(self, session: str) -> dict[str, Record]:
        """The sessions in the same folder that name this one as their parent, by id."""
        own = Path(self._records.source.path).absolute()
        found: dict[str, Record] = {}
        for path in sorted(own.parent.glob("*.json")) if own.parent.name and self._root != own.parent else ():
            record = self._file(path) if path != own else None
            if record is None or record.value.get("parentID") != session or "id" not in record.value:
                self._leave(record)
                continue
            self._ledger.claim()
            found[str(record.value["id"])] = record
        return found

    def _files(self, kind: str, owner: str) -> list[Record]:
        """The messages of a session, or the parts of a message, in order of their names, which opencode makes from the time."""
        folder = self._root / kind / owner
        read = (self._file(path) for path in sorted(folder.glob("*.json")) if _is_name(owner))
        return [record for record in read if record is not None]

    def _file(self, path: Path) -> Record | None:
        """The object in a file."""
        records = self._records.beside(str(path))
        return records.whole() if records is not None and isinstance(records.document, dict) else None

    def _leave(self, record: Record | None) -> None:
        """A file that was looked at belongs to another session."""
        if record is not None:
            own = (one for one in self._records.neighbours if one.source.path == record.source.path)
            self._records.neighbours.remove(next(own))


def _is_name(name: str) -> bool:
    """Whether an id can be the name of a file: it may hold anything."""
    return bool(name) and not name.startswith(".") and not {"/", "\\", "\0", "*", "?", "["} & set(name)
