"""Checkpoints of LangGraph as databases keep them, decoded without calling any constructor that their values name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from tracetui.ingest.decode import decode
from tracetui.ingest.fields import object_field, text_field
from tracetui.ingest.msgpack import decode_msgpack
from tracetui.ingest.postgres import dumped_rows, dumped_tables
from tracetui.ingest.records import Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.sqlite import Row, is_sqlite, read_rows, tables
from tracetui.model import SourceRef

_CHECKPOINTS = ("thread_id", "checkpoint_ns", "checkpoint_id", "parent_checkpoint_id", "type", "checkpoint", "metadata")
_WRITES = ("thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx", "channel", "type", "value", "blob")
_NAMES = {"checkpoint_writes": "writes"}
"""Tables that Postgres calls otherwise."""

Key = tuple[str, str, str]
"""Thread, namespace and checkpoint."""


class Checkpoint(msgspec.Struct):
    """One decoded row of `checkpoints`."""

    thread: str
    namespace: str
    id: str
    parent: str | None
    state: dict[str, Any]
    metadata: dict[str, Any]
    source: SourceRef


class Written(msgspec.Struct):
    """What a task wrote after a checkpoint."""

    channel: str
    value: Any
    source: SourceRef


def what_is_stored(records: Records) -> str:
    """The tables that show a source to be LangGraph's; empty where they do not."""
    if is_sqlite(records.source.data):
        return "tables checkpoints and writes" if {"checkpoints", "writes"} <= tables(records.source.data) else ""
    found = dumped_tables(records.source.head) & {"checkpoints", "checkpoint_blobs", "checkpoint_writes"}
    return f"a dump of {', '.join(sorted(found))}" if found else ""


def read_checkpoints(records: Records, ledger: Ledger) -> tuple[list[Checkpoint], dict[Key, list[Written]]]:
    """Every checkpoint, and what was written after each."""
    found: list[Checkpoint] = []
    writes: dict[Key, list[Written]] = defaultdict(list)
    blobs: dict[tuple[str, ...], Any] = {}
    for table, row in _rows(records, ledger):
        if table == "checkpoints":
            if (checkpoint := _checkpoint(row, ledger)) is not None:
                found.append(checkpoint)
        elif table == "writes":
            value = _value(row.values.get("type"), row.values.get("value", row.values.get("blob")), row.source, ledger)
            if value is not _UNREAD:
                written = Written(str(row.values.get("channel")), value, row.source)
                writes[_key(row)].append(written)
        elif row.values.get("type") != "empty":
            value = _value(row.values.get("type"), row.values.get("blob"), row.source, ledger)
            if value is not _UNREAD:
                blobs[_texts(row, "thread_id", "checkpoint_ns", "channel", "version")] = value
        else:
            ledger.claim()
    for checkpoint in found if blobs else ():
        _put_in(checkpoint, blobs)
    return found, writes


def _rows(records: Records, ledger: Ledger) -> Iterator[tuple[str, Row]]:
    source = records.source
    if not is_sqlite(source.data):
        for table, row, place in dumped_rows(source):
            name = _NAMES.get(table, table)
            if name in ("checkpoints", "writes", "checkpoint_blobs"):
                if row is None:
                    ledger.skip(place, f"a row of {table} that has not as many fields as the table has columns")
                else:
                    yield name, row
        return
    problems: list[str] = []
    for table, columns in (("checkpoints", _CHECKPOINTS), ("writes", _WRITES)):
        for row in read_rows(source.path, source.data, table, columns, problems):
            yield table, row
    for problem in problems:
        whole = SourceRef(source.path, 0, len(source.data))
        ledger.skip(whole, f"the database is damaged, what was read before is kept: {problem}")


_UNREAD: Any = object()


def _checkpoint(row: Row, ledger: Ledger) -> Checkpoint | None:
    state = _value(row.values.get("type"), row.values.get("checkpoint"), row.source, ledger)
    if state is _UNREAD:
        return None
    thread, namespace, name = _key(row)
    parent = text_field(row.values.get("parent_checkpoint_id"))
    metadata = object_field(_loose(row.values.get("metadata")))
    return Checkpoint(thread, namespace, name, parent, object_field(state), metadata, row.source)


def _put_in(checkpoint: Checkpoint, blobs: dict[tuple[str, ...], Any]) -> None:
    """The values that Postgres keeps apart, by channel and version."""
    versions = object_field(checkpoint.state.get("channel_versions"))
    kept = {
        channel: blobs[key]
        for channel, version in versions.items()
        if (key := (checkpoint.thread, checkpoint.namespace, str(channel), str(version))) in blobs
    }
    checkpoint.state = checkpoint.state | {
        "channel_values": object_field(checkpoint.state.get("channel_values")) | kept
    }


def _key(row: Row) -> Key:
    thread, namespace, checkpoint = _texts(row, "thread_id", "checkpoint_ns", "checkpoint_id")
    return thread, namespace, checkpoint


def _texts(row: Row, *names: str) -> tuple[str, ...]:
    return tuple(str(row.values.get(name) or "") for name in names)


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
