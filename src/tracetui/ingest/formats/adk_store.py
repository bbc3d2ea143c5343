"""Google ADK's session database (`DatabaseSessionService`, `SqliteSessionService`): sessions and their events as rows.

Newer versions keep each event as JSON in `event_data`; older ones keep its fields in columns, of which the pickled
`actions` are never read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tracetui.ingest.fields import text_field
from tracetui.ingest.records import Records
from tracetui.ingest.registry import FORMATS, NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.sqlite import Row, is_sqlite, read_rows, tables
from tracetui.ingest.stored import Stored, column, list_damage, read_stored
from tracetui.ingest.times import parse_time_ns
from tracetui.model import Session

NAME = "adk-store"
TITLE = "Google ADK session databases (SQLite)"
RULE = "A SQLite database with the tables `sessions` and `events`, whose events name an `invocation_id`."
KEEPS = "Prompts rebuilt from the events, compactions and rewinds included; usage of every answer."
LOSES = "System instructions and tool definitions; of databases before `event_data` the pickled actions."
EXPORT = 'The database of `DatabaseSessionService(db_url="sqlite:///…")`, copied while nothing writes to it.'

_JSON = ("content", "grounding_metadata", "usage_metadata", "custom_metadata", "long_running_tool_ids_json")
_PLAIN = (
    "invocation_id",
    "author",
    "branch",
    "partial",
    "turn_complete",
    "error_code",
    "error_message",
    "interrupted",
)
_KEY = ("app_name", "user_id", "session_id")
_EVENT = ("id", *_KEY, "timestamp", "event_data", *_PLAIN, *_JSON)
_SESSION = ("app_name", "user_id", "id", "state", "create_time", "update_time")


def detect(records: Records) -> Detection:
    data = records.source.data
    if not is_sqlite(data) or not {"sessions", "events"} <= tables(data):
        return NOT_MINE
    named = next(iter(read_rows(records.source.path, data, "events", ("invocation_id", "event_data"), [])), None)
    return Detection(0.95, "tables sessions and events") if named is not None else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    path, data, problems = records.source.path, records.source.data, list[str]()
    events: dict[tuple[str, ...], list[tuple[dict[str, Any], Row]]] = defaultdict(list)
    for row in read_rows(path, data, "events", _EVENT, problems):
        event = _event(row, ledger)
        if event is not None:
            events[tuple(str(row.values.get(name)) for name in _KEY)].append((event, row))
    states: dict[tuple[str, ...], Row] = {}
    for row in read_rows(path, data, "sessions", _SESSION, problems):
        ledger.claim()
        states[tuple(str(row.values.get(name)) for name in ("app_name", "user_id", "id"))] = row
    found: list[Session] = []
    for key, listed in events.items():
        listed.sort(key=lambda pair: parse_time_ns(pair[0].get("timestamp")) or 0)
        stored = _session(key, states.get(key), listed)
        found += read_stored(records, stored, FORMATS["adk-session"].read, ledger)
    list_damage(records, problems, ledger)
    return found


def _event(row: Row, ledger: Ledger) -> dict[str, Any] | None:
    values = row.values
    if values.get("event_data") is not None:
        event = column(row, "event_data", ledger)
        if event is not None and not isinstance(event, dict):
            ledger.skip(row.source, "an event that is no object")
        return dict(_keyed(row)) | event if isinstance(event, dict) else None
    event = dict(_keyed(row))
    for name in _JSON:
        if values.get(name) is not None and (value := column(row, name, ledger)) is not None:
            event[name.removesuffix("_json")] = value
    for name in ("partial", "turn_complete", "interrupted"):
        if isinstance(event.get(name), int):
            event[name] = bool(event[name])
    if "actions" not in values:
        ledger.note("actions of these events are pickled: compactions, rewinds and transfers are not read")
    return event


def _keyed(row: Row) -> Iterator[tuple[str, Any]]:
    """The plain columns of an event. Its time is a date in words without a zone: UTC."""
    for name in ("id", "timestamp", *_PLAIN):
        if isinstance(value := row.values.get(name), (str, int, float)):
            yield name, value


def _session(key: tuple[str, ...], state: Row | None, events: list[tuple[dict[str, Any], Row]]) -> Stored:
    app, user, name = key
    document: dict[str, Any] = {"id": name, "appName": app, "userId": user, "events": [event for event, _ in events]}
    places = {f"/events/{number}": row for number, (_, row) in enumerate(events)}
    if state is not None:
        document["state"] = text_field(state.values.get("state"))
        places["/state"] = state
    return Stored(document, places)
