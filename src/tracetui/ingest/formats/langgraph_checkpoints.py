"""LangGraph's SQLite checkpoints: the messages of a thread's state, one checkpoint after each super-step.

Checkpoints hold states, not prompts: the differences between a checkpoint and its parent are the steps. Values are
decoded without calling any constructor that they name; pickled ones are not read at all.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.decode import decode
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.langchain import chat_shaped, langchain_fields, message_key, with_written
from tracetui.ingest.messages import message_of
from tracetui.ingest.msgpack import decode_msgpack
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.replay import Held, ReplayedWindow
from tracetui.ingest.report import Ledger
from tracetui.ingest.sqlite import Row, is_sqlite, read_rows, tables
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import langchain_usage
from tracetui.model import Gap, Message, Scope, Session, SourceRef

NAME = "langgraph-checkpoints"
TITLE = "LangGraph checkpoints (SQLite)"
RULE = "A SQLite database with the tables `checkpoints` and `writes`."
KEEPS = "Prompts rebuilt from each state's messages; branches and sub-graphs as windows of their own."
LOSES = "What nodes add to a prompt (system text, tools); pickled values; values of numpy and other extension types."
EXPORT = "The database file of `SqliteSaver`; first run `PRAGMA wal_checkpoint(TRUNCATE)` on a database in use."

_CHECKPOINTS = ("thread_id", "checkpoint_ns", "checkpoint_id", "parent_checkpoint_id", "type", "checkpoint", "metadata")
_WRITES = ("thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx", "channel", "type", "value", "blob")


class _Checkpoint(msgspec.Struct):
    """One decoded row of `checkpoints`."""

    thread: str
    namespace: str
    id: str
    parent: str | None
    state: dict[str, Any]
    metadata: dict[str, Any]
    source: SourceRef


def detect(records: Records) -> Detection:
    if not is_sqlite(records.source.data):
        return NOT_MINE
    found = tables(records.source.data)
    return Detection(0.97, "tables checkpoints and writes") if {"checkpoints", "writes"} <= found else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    path, data, problems = records.source.path, records.source.data, list[str]()
    threads: dict[str, list[_Checkpoint]] = defaultdict(list)
    for row in read_rows(path, data, "checkpoints", _CHECKPOINTS, problems):
        found = _checkpoint(row, ledger)
        if found is not None:
            threads[found.thread].append(found)
    writes: dict[tuple[str, str, str], list[tuple[str, Any, SourceRef]]] = defaultdict(list)
    for row in read_rows(path, data, "writes", _WRITES, problems):
        values = row.values
        value = _value(values.get("type"), values.get("value", values.get("blob")), row.source, ledger)
        if value is not _UNREAD:
            key = tuple(str(values.get(name) or "") for name in ("thread_id", "checkpoint_ns", "checkpoint_id"))
            writes[key[0], key[1], key[2]].append((str(values.get("channel")), value, row.source))
    for problem in problems:
        ledger.skip(SourceRef(path, 0, len(data)), f"the database is damaged, what was read before is kept: {problem}")
    sessions = [_Thread(name, found, writes).session() for name, found in threads.items()]
    return [session for session in sessions if session.steps]


_UNREAD: Any = object()


def _checkpoint(row: Row, ledger: Ledger) -> _Checkpoint | None:
    values = row.values
    state = _value(values.get("type"), values.get("checkpoint"), row.source, ledger)
    if state is _UNREAD:
        return None
    return _Checkpoint(
        thread=str(values.get("thread_id") or ""),
        namespace=str(values.get("checkpoint_ns") or ""),
        id=str(values.get("checkpoint_id") or ""),
        parent=text_field(values.get("parent_checkpoint_id")),
        state=object_field(state),
        metadata=object_field(_loose(values.get("metadata"))),
        source=row.source,
    )


def _value(kind: Any, raw: Any, source: SourceRef, ledger: Ledger) -> Any:
    """A stored value, claimed; `_UNREAD` where it is listed instead."""
    if raw is None or kind in ("null", "empty"):
        ledger.claim()
        return None
    if isinstance(raw, str):
        raw = raw.encode("utf-8", "surrogateescape")
    if not isinstance(raw, bytes) or kind == "pickle":
        ledger.skip(source, "pickled: never read" if kind == "pickle" else "a value that is no bytes")
        return _UNREAD
    try:
        value = decode_msgpack(raw) if kind == "msgpack" else raw if kind in ("bytes", "bytearray") else decode(raw)
    except ValueError as problem:
        ledger.skip(source, f"cannot be decoded as {kind or 'json'}: {problem}")
        return _UNREAD
    ledger.claim()
    return value


def _loose(raw: Any) -> Any:
    """Metadata: JSON in one version, msgpack in another."""
    if isinstance(raw, str):
        raw = raw.encode("utf-8", "surrogateescape")
    if not isinstance(raw, bytes):
        return None
    for reader in (decode, decode_msgpack):
        try:
            return reader(raw)
        except ValueError:
            continue
    return None


class _Thread:
    """The checkpoints of one thread, in order of their ids, which are times."""

    def __init__(
        self,
        name: str,
        checkpoints: list[_Checkpoint],
        writes: dict[tuple[str, str, str], list[tuple[str, Any, SourceRef]]],
    ) -> None:
        self.builder = SessionBuilder(name)
        self._checkpoints = sorted(checkpoints, key=lambda one: one.id)
        self._writes = writes
        self._left: dict[tuple[str, str], tuple[ReplayedWindow, list[Held], list[Any], int]] = {}
        """By namespace and checkpoint: its window, what it held then, its messages, and the last step before it."""
        self._newest: dict[str, str] = {}
        """By scope: the checkpoint it has come to."""

    def session(self) -> Session:
        for checkpoint in self._checkpoints:
            self._add(checkpoint)
        effect = "nodes may put instructions before the messages: they are not part of the state"
        self.builder.gap(Gap("system_prompt_not_recorded", effect, "trace the run with LangSmith or OpenTelemetry"))
        effect = "arguments cannot be checked against the tools' schemas"
        self.builder.gap(Gap("tools_not_recorded", effect, "trace the run with LangSmith or OpenTelemetry"))
        return self.builder.build()

    def _add(self, checkpoint: _Checkpoint) -> None:
        window, before = self._window(checkpoint)
        after = self._messages(checkpoint, before)
        time = parse_time_ns(checkpoint.state.get("ts"))
        first, held = len(self.builder.steps), len(window.held)
        self._change(window, checkpoint, before, after, time)
        for channel, value, source in self._written(checkpoint):
            if channel == "__error__":
                self.builder.step(
                    "error", source, scope=window.scope, start_ns=time, status="error", error=_said(value)
                )
            elif channel == "__interrupt__":
                summary = "interrupted: waits for input"
                attributes = {"value": value}
                self.builder.step(
                    "other", source, scope=window.scope, start_ns=time, summary=summary, attributes=attributes
                )
        if len(self.builder.steps) == first and len(window.held) == held:
            self._super_step(window, checkpoint, time)
        last = len(self.builder.steps) - 1
        self._left[checkpoint.namespace, checkpoint.id] = window, list(window.held), after, last
        self._newest[window.scope] = checkpoint.id

    def _window(self, checkpoint: _Checkpoint) -> tuple[ReplayedWindow, list[Any]]:
        """The window that the checkpoint continues, and the messages in it: its parent's, or a branch of it."""
        known = self._left.get((checkpoint.namespace, checkpoint.parent or ""))
        if known is None:
            if not checkpoint.namespace and not self._left:
                return ReplayedWindow(self.builder), []
            kind, agent = (
                ("sub_agent", checkpoint.namespace.split(":")[0]) if checkpoint.namespace else ("branch", None)
            )
            name = checkpoint.namespace or f"branch {len(self._newest) + 1}"
            spawned = len(self.builder.steps) - 1 if self.builder.steps and checkpoint.namespace else None
            scope = Scope(name, kind, agent, "main", spawned)  # type: ignore[arg-type]
            return ReplayedWindow(self.builder, self.builder.scope(scope)), []
        window, held, messages, last = known
        if self._newest.get(window.scope) == checkpoint.parent:
            return window, messages
        scope = Scope(f"branch {len(self._newest) + 1}", "branch", None, window.scope, last)
        branch = ReplayedWindow(self.builder, self.builder.scope(scope))
        branch.held = list(held)
        return branch, messages

    def _written(self, checkpoint: _Checkpoint) -> list[tuple[str, Any, SourceRef]]:
        return self._writes.get((checkpoint.thread, checkpoint.namespace, checkpoint.id), [])

    def _messages(self, checkpoint: _Checkpoint, before: list[Any]) -> list[Any]:
        """The messages of a state: its `messages`, else its first list of messages, else the parent's and what was written."""
        values = object_field(checkpoint.state.get("channel_values"))
        for channel in ("messages", *values):
            listed = values.get(channel)
            if isinstance(listed, (list, tuple)) and listed and all(chat_shaped(item) is not None for item in listed):
                return list(listed)
        parent = (checkpoint.thread, checkpoint.namespace, checkpoint.parent or "")
        added = [value for channel, value, _ in self._writes.get(parent, []) if channel == "messages"]
        flat = [item for value in added for item in (value if isinstance(value, (list, tuple)) else [value])]
        return with_written(before, flat) if "messages" not in values else []

    def _change(
        self, window: ReplayedWindow, checkpoint: _Checkpoint, before: list[Any], after: list[Any], time: int | None
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

    def _message(self, window: ReplayedWindow, checkpoint: _Checkpoint, key: str, item: Any, time: int | None) -> None:
        message, source = _message_of(item, checkpoint.source), checkpoint.source
        inner = langchain_fields(item)
        if message.role == "assistant":
            metadata = object_field(inner.get("response_metadata"))
            window.llm_call(
                message,
                source,
                key,
                model=text_field(metadata.get("model_name")) or text_field(metadata.get("model")),
                usage=langchain_usage(inner.get("usage_metadata")),
                start_ns=time,
                attributes=_attributes(checkpoint),
            )
        elif message.role == "tool":
            failed = inner.get("status") == "error"
            error = {"status": "error", "error": _said(inner.get("content"))} if failed else {"status": "ok"}
            window.tool_result(message, source, key, **error)
        else:
            window.message(message, source, key, start_ns=time)

    def _super_step(self, window: ReplayedWindow, checkpoint: _Checkpoint, time: int | None) -> None:
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


def _attributes(checkpoint: _Checkpoint) -> dict[str, Any]:
    values = object_field(checkpoint.state.get("channel_values"))
    kept = {str(name): value for name, value in values.items() if name != "messages"}
    return {"metadata": checkpoint.metadata, "channel_values": kept, "checkpoint_id": checkpoint.id}


def _message_of(item: Any, source: SourceRef) -> Message:
    return message_of(chat_shaped(item), source=source)


def _said(value: Any) -> str:
    text = text_field(value)
    return text if text is not None else str(value)
