"""Codex CLI rollouts: lines `{timestamp, type, payload}`, replayed forward as Codex itself rebuilds a thread.

Sub-agents have rollouts of their own beside; each stands as a scope after the call that started it.
"""

from __future__ import annotations

import json
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.codex.files import beginning, sub_agents
from tracetui.ingest.codex.items import LEGACY_ITEMS, TYPES
from tracetui.ingest.codex.thread import Thread
from tracetui.ingest.fields import object_field, text_field
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Gap, Scope, Session

NAME = "codex"
TITLE = "Codex CLI rollouts"
RULE = "Lines with a `payload` and a `type` such as session_meta, response_item, turn_context or event_msg."
KEEPS = (
    "Prompts rebuilt by exact replay, compaction and rollback included; sub-agents' rollouts beside are scopes; what a fork "
    "copies from another thread, or refers to beside, is context and counted where it ran."
)
LOSES = (
    "Built-in tool definitions; encrypted reasoning and compactions; what a truncation policy cut on replay; the order to "
    "write a summary."
)
EXPORT = "The files `~/.codex/sessions/**/rollout-*.jsonl` or `.jsonl.zst`, as they are, in their folder."


_TOOLS = "the built-in tools' schemas are not in a rollout; instructions on tools that were off may not have been sent"


def detect(records: Records) -> Detection:
    rows = [value for value in records.sample if isinstance(value, dict)]
    mine = [row for row in rows if row.get("type") in TYPES and "payload" in row]
    if mine:
        return Detection(0.95 * len(mine) / len(rows), f"{len(mine)} of the first {len(rows)} lines are rollout items")
    if len(rows) > 1 and "type" not in rows[0] and {"id", "timestamp"} <= set(rows[0]) and _is_legacy(rows[1:]):
        return Detection(0.85, "a bare session line, then response items: an early rollout")
    return NOT_MINE


def _is_legacy(rows: list[dict[str, Any]]) -> bool:
    return all(row.get("type") in LEGACY_ITEMS or "record_type" in row for row in rows)


def read(records: Records, ledger: Ledger) -> list[Session]:
    run = _Run(records, ledger)
    return [run.session()] if run.builder.steps else []


class _Run:
    """A thread with the threads that it has started."""

    def __init__(self, records: Records, ledger: Ledger) -> None:
        self.records, self.ledger = records, ledger
        self.builder = SessionBuilder(session_name(records))
        self._started = sub_agents(records)
        self._main = Thread(self.builder)
        self._replay(self._main, records, 0)

    def _replay(self, thread: Thread, records: Records, depth: int) -> None:
        thread.on_result = lambda index, answer: self._spawn(thread, index, answer, depth)
        begun = False
        for record in records.lines(self.ledger):
            reason = thread.add(record)
            if reason:
                self.ledger.skip(record.source, reason)
            else:
                self.ledger.claim()
            if not begun and thread.meta:
                begun = True
                self._begin(thread)
        thread.close_call()
        for meta, name in self._started.pop(text_field(thread.meta.get("id")) or "", []):
            self._agent(thread, meta, name, None, depth)

    def _begin(self, thread: Thread) -> None:
        """A thread that goes on from another one starts with that one's lines, which are not in its own file."""
        base = object_field(thread.meta.get("history_base"))
        if not base:
            return
        found = beginning(self.records, thread.meta)
        if found is None:
            effect = f"the beginning of this thread is in the rollout of thread {base.get('thread_id')}"
            self.builder.gap(Gap("lines_not_recorded", effect, "put that rollout into the same folder"))
            return
        for other, lines in found:
            self.ledger.note(f"starts with {len(lines)} lines of the rollout of thread {other}, where their calls ran")
            thread.goes_on_from(other)
            for line in lines:
                if object_field(line.value).get("type") != "session_meta":
                    thread.add(line)
        thread.goes_on_from(None)

    def _spawn(self, thread: Thread, index: int, answer: Any, depth: int) -> None:
        """A call whose answer names a thread has started it."""
        waiting = self._started.get(text_field(thread.meta.get("id")) or "", [])
        if not waiting:
            return
        said = answer if isinstance(answer, str) else json.dumps(answer, default=str)
        for meta, name in [one for one in waiting if str(one[0].get("id")) in said]:
            waiting.remove((meta, name))
            self._agent(thread, meta, name, index, depth)

    def _agent(self, parent: Thread, meta: dict[str, Any], name: str, spawned_by: int | None, depth: int) -> None:
        held = self.records.beside(name)
        if held is None or depth > 20:
            return
        named = text_field(_found(meta, "agent_nickname")) or text_field(_found(meta, "agent_role"))
        scope = Scope(f"agent {meta.get('id')}", "sub_agent", named, parent.scope, spawned_by)
        thread = Thread(self.builder, self.builder.scope(scope), agent=named, depth=depth + 1)
        self._replay(thread, held, depth + 1)

    def session(self) -> Session:
        meta = self._main.meta
        self.builder.session_id = text_field(meta.get("id")) or self.builder.session_id
        self.builder.attributes = dict(meta) | self.builder.attributes
        if self._main.copied_from and not self._main.meta.get("history_base"):
            self.ledger.note(
                f"a fork: its first lines are copied from thread {self._main.copied_from[-1]}, where their calls ran"
            )
        if not self.builder.has_system:
            effect = "what the model was told to be and to do is not in this trace"
            self.builder.gap(Gap("system_prompt_not_recorded", effect))
        self.builder.gap(Gap("tools_not_recorded", _TOOLS))
        return self.builder.build()


def _found(value: Any, key: str) -> Any:
    """The value of a key in an object, or in the objects inside it."""
    if not isinstance(value, dict):
        return None
    if value.get(key) is not None:
        return value[key]
    return next((found for inner in value.values() if (found := _found(inner, key)) is not None), None)
