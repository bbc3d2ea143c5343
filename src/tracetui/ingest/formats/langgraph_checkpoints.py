"""LangGraph's checkpoints, from SQLite or a dump of Postgres: the messages of a thread's state after each super-step.

Checkpoints hold states, not prompts: the differences between a checkpoint and its parent are the steps. Values are
decoded without calling any constructor that they name; pickled ones are not read at all.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.langchain import chat_shaped, langchain_fields, message_key, with_written
from tracetui.ingest.langgraph import Checkpoint, Key, Written, read_checkpoints, what_is_stored
from tracetui.ingest.messages import message_of
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.replay import Held, ReplayedWindow
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import langchain_usage, raw_usage
from tracetui.model import Gap, Message, Scope, Session, SourceRef

NAME = "langgraph-checkpoints"
TITLE = "LangGraph checkpoints (SQLite, Postgres dump)"
RULE = "A SQLite database with the tables `checkpoints` and `writes`, or a plain dump of Postgres that copies `checkpoints`."
KEEPS = "Prompts rebuilt from each state's messages; branches and sub-graphs as windows of their own."
LOSES = "What nodes add to a prompt (system text, tools); pickled values; values of numpy and other extension types."
EXPORT = (
    "The database file of `SqliteSaver`; first run `PRAGMA wal_checkpoint(TRUNCATE)` on a database in use. Of "
    "`PostgresSaver`: `pg_dump --data-only -t 'checkpoint*' DATABASE > checkpoints.sql`."
)


def detect(records: Records) -> Detection:
    stored = what_is_stored(records)
    return Detection(0.97, stored) if stored else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    checkpoints, writes = read_checkpoints(records, ledger)
    threads: dict[str, list[Checkpoint]] = defaultdict(list)
    for checkpoint in checkpoints:
        threads[checkpoint.thread].append(checkpoint)
    sessions = [_Thread(name, found, writes).session() for name, found in threads.items()]
    return [session for session in sessions if session.steps]


class _Thread:
    """The checkpoints of one thread, in order of their ids, which are times."""

    def __init__(
        self,
        name: str,
        checkpoints: list[Checkpoint],
        writes: dict[Key, list[Written]],
    ) -> None:
        self.builder = SessionBuilder(name)
        self._checkpoints = sorted(checkpoints, key=lambda one: one.id)
        self._writes = writes
        self._left: dict[tuple[str, str], tuple[ReplayedWindow, list[Held], list[Any], int]] = {}
        """By namespace and checkpoint: its window, what it held then, its messages, and the last step before it."""
        self._newest: dict[str, str] = {}
        """By scope: the checkpoint it has come to."""
        self._said: set[str] = set()
        """The messages of models and tools that are steps, by id."""

    def session(self) -> Session:
        for checkpoint in self._checkpoints:
            self._add(checkpoint)
        effect = "nodes may put instructions before the messages: they are not part of the state"
        self.builder.gap(Gap("system_prompt_not_recorded", effect, "trace the run with LangSmith or OpenTelemetry"))
        effect = "arguments cannot be checked against the tools' schemas"
        self.builder.gap(Gap("tools_not_recorded", effect, "trace the run with LangSmith or OpenTelemetry"))
        return self.builder.build()

    def _add(self, checkpoint: Checkpoint) -> None:
        window, before = self._window(checkpoint)
        after = self._messages(checkpoint, before)
        time = parse_time_ns(checkpoint.state.get("ts"))
        first, held = len(self.builder.steps), len(window.held)
        self._change(window, checkpoint, before, after, time)
        for written in self._writes.get((checkpoint.thread, checkpoint.namespace, checkpoint.id), []):
            place = {"scope": window.scope, "start_ns": time}
            if written.channel == "__error__":
                self.builder.step("error", written.source, status="error", error=_said(written.value), **place)
            elif written.channel == "__interrupt__":
                told = {"summary": "interrupted: waits for input", "attributes": {"value": written.value}}
                self.builder.step("other", written.source, **told, **place)
        if len(self.builder.steps) == first and len(window.held) == held:
            self._super_step(window, checkpoint, time)
        last = len(self.builder.steps) - 1
        self._left[checkpoint.namespace, checkpoint.id] = window, list(window.held), after, last
        self._newest[window.scope] = checkpoint.id

    def _window(self, checkpoint: Checkpoint) -> tuple[ReplayedWindow, list[Any]]:
        """The window that the checkpoint continues, and the messages in it: its parent's, or a branch of it."""
        known = self._left.get((checkpoint.namespace, checkpoint.parent or ""))
        if known is None:
            if not checkpoint.namespace and not self._left:
                return ReplayedWindow(self.builder), []
            spawned = len(self.builder.steps) - 1 if self.builder.steps and checkpoint.namespace else None
            if checkpoint.namespace:
                outer, _, inner = checkpoint.namespace.rpartition("|")
                parent = outer if self.builder.known_scope(outer) is not None else "main"
                scope = Scope(checkpoint.namespace, "sub_agent", inner.split(":")[0], parent, spawned)
            else:
                scope = Scope(f"branch {len(self._newest) + 1}", "branch", None, "main", spawned)
            return ReplayedWindow(self.builder, self.builder.scope(scope)), []
        window, held, messages, last = known
        if self._newest.get(window.scope) == checkpoint.parent:
            return window, messages
        scope = Scope(f"branch {len(self._newest) + 1}", "branch", None, window.scope, last)
        branch = ReplayedWindow(self.builder, self.builder.scope(scope))
        branch.held = list(held)
        return branch, messages

    def _messages(self, checkpoint: Checkpoint, before: list[Any]) -> list[Any]:
        """The messages of a state: its `messages`, else its first list of messages, else the parent's and what was written."""
        values = object_field(checkpoint.state.get("channel_values"))
        for channel in ("messages", *values):
            listed = values.get(channel)
            if isinstance(listed, (list, tuple)) and listed and all(chat_shaped(item) is not None for item in listed):
                return list(listed)
        parent = (checkpoint.thread, checkpoint.namespace, checkpoint.parent or "")
        added = [written.value for written in self._writes.get(parent, []) if written.channel == "messages"]
        flat = [item for value in added for item in (value if isinstance(value, (list, tuple)) else [value])]
        return with_written(before, flat) if "messages" not in values else []

    def _change(
        self, window: ReplayedWindow, checkpoint: Checkpoint, before: list[Any], after: list[Any], time: int | None
    ) -> None:
        """What the super-step did: messages taken out or changed, and new ones as steps."""
        old = {message_key(item, number): item for number, item in enumerate(before)}
        new = {message_key(item, number): item for number, item in enumerate(after)}
        gone = {key for key in old if key not in new}
        if gone:
            summary = f"{len(gone)} messages left the state"
            at = self.builder.step("compaction", checkpoint.source, scope=window.scope, start_ns=time, summary=summary)
            window.drop(lambda held: bool(held.keys & gone), at=at)
        for key, item in new.items():
            if key not in old:
                self._message(window, checkpoint, key, item, time)
            elif item != old[key]:
                window.replace(key, _message_of(item, checkpoint.source), at=max(0, len(self.builder.steps) - 1))

    def _message(self, window: ReplayedWindow, checkpoint: Checkpoint, key: str, item: Any, time: int | None) -> None:
        message, source = _message_of(item, checkpoint.source), checkpoint.source
        inner = langchain_fields(item)
        if message.role in ("assistant", "tool") and text_field(inner.get("id")) and key in self._said:
            # A sub-graph and its parent hand each other messages: what a model or a tool said, it said once.
            window.message(message, source, key, start_ns=time)
            return
        self._said.add(key)
        if message.role == "assistant":
            metadata = object_field(inner.get("response_metadata"))
            window.llm_call(
                message,
                source,
                key,
                model=text_field(metadata.get("model_name")) or text_field(metadata.get("model")),
                usage=langchain_usage(inner.get("usage_metadata")),
                start_ns=time,
                attributes=_attributes(checkpoint) | raw_usage(inner.get("usage_metadata")),
            )
        elif message.role == "tool":
            failed = inner.get("status") == "error"
            error = {"status": "error", "error": _said(inner.get("content"))} if failed else {"status": "ok"}
            window.tool_result(message, source, key, **error)
        else:
            window.message(message, source, key, start_ns=time)

    def _super_step(self, window: ReplayedWindow, checkpoint: Checkpoint, time: int | None) -> None:
        channels = [str(name) for name in list_field(checkpoint.state.get("updated_channels"))]
        summary = f"super-step {checkpoint.metadata.get('step')}" + (f": {', '.join(channels)}" if channels else "")
        self.builder.step(
            "workflow",
            checkpoint.source,
            scope=window.scope,
            start_ns=time,
            summary=summary,
            attributes=_attributes(checkpoint),
        )


def _attributes(checkpoint: Checkpoint) -> dict[str, Any]:
    values = object_field(checkpoint.state.get("channel_values"))
    kept = {str(name): value for name, value in values.items() if name != "messages"}
    return {"metadata": checkpoint.metadata, "channel_values": kept, "checkpoint_id": checkpoint.id}


def _message_of(item: Any, source: SourceRef) -> Message:
    return message_of(chat_shaped(item), source=source)


def _said(value: Any) -> str:
    text = text_field(value)
    return text if text is not None else str(value)
