"""OpenAI Agents SDK's `SQLiteSession`: the items of each conversation, one row each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from tracetui.ingest.dialects import read_dialect
from tracetui.ingest.providers.openai_responses import DIALECT
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.sqlite import Row, is_sqlite, read_rows, tables
from tracetui.ingest.stored import Stored, column, list_damage, read_stored
from tracetui.ingest.times import parse_time_ns
from tracetui.model import Session, SourceRef, Step

NAME = "openai-agents-store"
TITLE = "OpenAI Agents SDK sessions (SQLite)"
RULE = "A SQLite database with the tables `agent_sessions` and `agent_messages`."
KEEPS = "Prompts rebuilt from the items before each answer; when each item was stored, to the second."
LOSES = "Instructions, tool definitions, models, usage and which agent spoke: a session holds the items alone."
EXPORT = 'The file of `SQLiteSession("id", "conversations.db")`, copied while nothing writes to it.'


def detect(records: Records) -> Detection:
    if not is_sqlite(records.source.data):
        return NOT_MINE
    found = {"agent_sessions", "agent_messages"} <= tables(records.source.data)
    return Detection(0.97, "tables agent_sessions and agent_messages") if found else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    path, data, problems = records.source.path, records.source.data, list[str]()
    items: dict[str, list[tuple[Any, Row]]] = defaultdict(list)
    for row in read_rows(path, data, "agent_messages", ("id", "session_id", "message_data", "created_at"), problems):
        value = column(row, "message_data", ledger)
        if value is not None:
            items[str(row.values.get("session_id"))].append((value, row))
    found: list[Session] = []
    for row in read_rows(path, data, "agent_sessions", ("session_id", "created_at"), problems):
        ledger.claim()
        items.setdefault(str(row.values.get("session_id")), [])
    for name, listed in items.items():
        listed.sort(key=lambda pair: _number(pair[1]))
        stored = Stored([value for value, _ in listed], {f"/{n}": row for n, (_, row) in enumerate(listed)})
        read_items = read_stored(records, stored, lambda made, inner: read_dialect(DIALECT, made, inner), ledger)
        times = {row.source: parse_time_ns(row.values.get("created_at")) for _, row in listed}
        found += [
            msgspec.structs.replace(session, session_id=name, steps=[_timed(step, times) for step in session.steps])
            for session in read_items
        ]
    list_damage(records, problems, ledger)
    return found


def _timed(step: Step, times: dict[SourceRef, int | None]) -> Step:
    """With the time, to the second, at which its row was stored: the items themselves have none."""
    return step if step.start_ns is not None else msgspec.structs.replace(step, start_ns=times.get(step.source))


def _number(row: Row) -> int:
    number = row.values.get("id")
    return number if isinstance(number, int) else 0
