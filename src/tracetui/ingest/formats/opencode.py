"""opencode sessions: as `opencode export` writes them, `info` and `messages`, and as `opencode run --format json` prints.

A session that another one has started stands in it as a scope, where both are at hand: the database has both.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.opencode import Conversation, export_gaps
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Gap, Scope, Session

NAME = "opencode"
TITLE = "opencode exports"
RULE = "`info` with a `projectID` or `directory`, and `messages` with `info` and `parts`; or lines with `sessionID` and `part`."
KEEPS = "Prompts rebuilt from the parts, compactions and cleared results included; usage and cost of every call."
LOSES = "The system prompt and tool definitions; sub-agents' sessions, which are exported on their own: the database has them."
EXPORT = "`opencode export SESSION > session.json`"

_STREAMED = ("step_start", "step_finish", "text", "reasoning", "tool_use", "error")
_MOST_DEPTH = 20


def detect(records: Records) -> Detection:
    document = object_field(records.document) if records.shape == "document" else {}
    info, messages = object_field(document.get("info")), list_field(document.get("messages"))
    if ("projectID" in info or "directory" in info) and isinstance(document.get("messages"), list):
        return Detection(0.96, "info.projectID or info.directory, and messages")
    if messages and {"info", "parts"} <= object_field(messages[0]).keys():
        return Detection(0.9, "messages with info and parts")
    if any(_is_streamed(row) for row in records.sample):
        return Detection(0.93, "lines with sessionID and a part")
    return NOT_MINE


def _is_streamed(row: Any) -> bool:
    return object_field(row).get("type") in _STREAMED and "sessionID" in row and ("part" in row or "error" in row)


def read(records: Records, ledger: Ledger) -> list[Session]:
    run = _Run(records, ledger)
    if records.shape == "document":
        run.replay(records.whole(), Conversation(records, ledger, run.builder))
    else:
        run.stream()
    return [run.session()] if run.builder.steps else []


class _Run:
    """A session with the sessions that it has started."""

    def __init__(self, records: Records, ledger: Ledger) -> None:
        self.records, self.ledger = records, ledger
        info = object_field(object_field(records.document).get("info")) if records.shape == "document" else {}
        self.builder = SessionBuilder(text_field(info.get("id")) or session_name(records))
        self.builder.attributes = dict(info)

    def replay(self, record: Record, talk: Conversation) -> None:
        """A session with `children`, each put after the call that names it, else at the end."""
        waiting = {_session_id(child): child for child in self.records.inside(record, "children")}

        def spawned(step: int, state: dict[str, Any]) -> None:
            named = text_field(object_field(state.get("metadata")).get("sessionId")) or ""
            if named in waiting:
                self._child(waiting.pop(named), talk, step)

        talk.on_result = spawned
        for message in self.records.inside(record, "messages"):
            talk.add(message)
        talk.end()
        for child in waiting.values():
            self._child(child, talk, None)

    def _child(self, record: Record, parent: Conversation, spawned_by: int | None) -> None:
        info = object_field(object_field(record.value).get("info"))
        name = f"session {_session_id(record)}"
        scope = Scope(name, "sub_agent", text_field(info.get("title")), parent.window.scope, spawned_by)
        talk = Conversation(self.records, self.ledger, self.builder, self.builder.scope(scope))
        talk.depth = parent.depth + 1
        if talk.depth < _MOST_DEPTH:
            self.replay(record, talk)

    def stream(self) -> None:
        """Lines that each hold one part: those of one message make it up."""
        talk = Conversation(self.records, self.ledger, self.builder)
        messages: dict[str, list[Record]] = defaultdict(list)
        times: dict[str, list[int]] = defaultdict(list)
        for record in self.records.lines(self.ledger):
            row = object_field(record.value)
            part = self.records.at(record, "part")
            if not _is_streamed(row):
                self.ledger.skip(record.source, "no part of a session")
            elif part is None or not isinstance(part.value, dict):
                self.ledger.claim()
                said = text_field(object_field(object_field(row["error"]).get("data")).get("message")) or "error"
                self.builder.step("error", record.source, status="error", error=said, summary=said)
            else:
                self.builder.session_id = text_field(row["sessionID"]) or self.builder.session_id
                name = text_field(part.value.get("messageID")) or ""
                messages[name].append(part)
                times[name] += _times(row)
        for name, parts in messages.items():
            info = {"id": name, "role": "assistant", "time": {"created": min(times[name], default=None)}}
            talk.add_message(parts[0], info, parts)
            self.ledger.claim(len(parts) - 1)
        self.builder.gap(
            Gap("content_partly_recorded", "what the user asked is not in this stream", "export the session")
        )

    def session(self) -> Session:
        export_gaps(self.builder)
        return self.builder.build()


def _times(row: dict[str, Any]) -> list[int]:
    """When a line was printed, and when what it says began: a line is printed when its part has ended. Milliseconds."""
    part = object_field(row.get("part"))
    began = (object_field(one.get("time")).get("start") for one in (part, object_field(part.get("state"))))
    return [time for time in (row.get("timestamp"), *began) if type(time) is int]


def _session_id(record: Record) -> str:
    return str(object_field(object_field(record.value).get("info")).get("id"))
