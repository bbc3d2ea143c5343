"""AutoGen 0.2's runtime log as a SQLite database: each call to a model with its whole request and response."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tracetui.ingest.chat import chat_message
from tracetui.ingest.dialects import Answer
from tracetui.ingest.fields import number_field, object_field, text_field
from tracetui.ingest.messages import tool_definitions
from tracetui.ingest.providers import openai_chat
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.requests import Request, RequestLog
from tracetui.ingest.sqlite import Row, is_sqlite, read_rows, tables
from tracetui.ingest.stored import Stored, column, list_damage, read_stored
from tracetui.ingest.times import parse_time_ns
from tracetui.model import Session

NAME = "autogen-store"
TITLE = "AutoGen 0.2 runtime logs (SQLite)"
RULE = "A SQLite database with the tables `chat_completions` and `function_calls`."
KEEPS = "Prompts recorded whole, usage, cost and times of every call; a window for each agent."
LOSES = "Which call of a model asked for a function, where its arguments do not tell."
EXPORT = '`autogen.runtime_logging.start(config={"dbname": "logs.db"})`, `…stop()` at the end.'

_CHAT = (
    "id",
    "invocation_id",
    "session_id",
    "wrapper_id",
    "source_name",
    "request",
    "response",
    "is_cached",
    "cost",
    "start_time",
    "end_time",
)
_FUNCTIONS = ("source_name", "function_name", "args", "returns", "timestamp")


def detect(records: Records) -> Detection:
    if not is_sqlite(records.source.data):
        return NOT_MINE
    found = {"chat_completions", "function_calls"} <= tables(records.source.data)
    return Detection(0.97, "tables chat_completions and function_calls") if found else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    path, data, problems = records.source.path, records.source.data, list[str]()
    rows: dict[str, list[tuple[int, dict[str, Any], Row]]] = defaultdict(list)
    agents = {
        row.values.get("wrapper_id"): text_field(row.values.get("name"))
        for row in read_rows(path, data, "agents", ("wrapper_id", "name"), problems)
    }
    for row in read_rows(path, data, "chat_completions", _CHAT, problems):
        call = _call(row, agents, ledger)
        if call is not None:
            rows[str(row.values.get("session_id"))].append((parse_time_ns(call.get("start_time")) or 0, call, row))
    functions = [
        (parse_time_ns(row.values.get("timestamp")) or 0, {**row.values, "kind": "function"}, row)
        for row in read_rows(path, data, "function_calls", _FUNCTIONS, problems)
    ]
    # Functions name no session: they belong to the one whose calls were made around them.
    for function in functions:
        before = [name for name, listed in rows.items() if min(time for time, _, _ in listed) <= function[0]]
        rows[before[-1] if before else next(iter(rows), "functions")].append(function)
    found: list[Session] = []
    for name, listed in rows.items():
        listed.sort(key=lambda one: one[0])
        stored = Stored([row for _, row, _ in listed], {f"/{n}": row for n, (_, _, row) in enumerate(listed)})
        found += read_stored(records, stored, lambda made, inner, name=name: _read(made, inner, name), ledger)  # type: ignore[misc]
    list_damage(records, problems, ledger)
    return found


def _call(row: Row, agents: dict[Any, str | None], ledger: Ledger) -> dict[str, Any] | None:
    """A call with its request and response decoded. Older versions name the agent by its client's wrapper alone."""
    request = column(row, "request", ledger)
    if not isinstance(object_field(request).get("messages"), list):
        if request is not None:
            ledger.skip(row.source, "no request: `messages` is missing")
        return None
    response = None if row.values.get("response") is None else column(row, "response", ledger)
    kept: dict[str, Any] = {key: value for key, value in row.values.items() if isinstance(value, (str, int, float))}
    kept["source_name"] = kept.get("source_name") or agents.get(row.values.get("wrapper_id"))
    return kept | {"request": request, "response": response}


def _read(made: Records, ledger: Ledger, name: str) -> list[Session]:
    log = RequestLog(name, awaits_answers=False)
    for record in made.items():
        ledger.claim()
        if record.value.get("kind") == "function":
            _function(log, record)
        else:
            log.add(_request(made, record, name))
    return log.sessions()


def _request(made: Records, record: Record, name: str) -> Request:
    row = record.value
    request = object_field(row.get("request"))
    answer = openai_chat.DIALECT.answer(made, record)
    failure = object_field(row.get("response")).get("response")
    if answer.said is None and isinstance(failure, str):
        # What went wrong is logged in the place of a response, as text.
        answer = Answer(call={"error": failure, "status": "error"})
    start, end = parse_time_ns(row.get("start_time")), parse_time_ns(row.get("end_time"))
    known = {"messages", "tools", "functions", "model"}
    call: dict[str, Any] = {
        "agent": text_field(row.get("source_name")),
        "model": text_field(request.get("model")),
        "cost_usd": number_field(row.get("cost")),
        "start_ns": start,
        "duration_ns": end - start if start is not None and end is not None else None,
    }
    attributes = {key: value for key, value in request.items() if key not in known} | {
        "is_cached": row.get("is_cached")
    }
    return Request(
        source=record.source,
        messages=[chat_message(made, item) for item in made.inside(record, "request", "messages")],
        tools=tool_definitions(request.get("tools") or request.get("functions")),
        answer=answer.said,
        call=call | answer.call | {"attributes": attributes | answer.call.get("attributes", {})},
        session=name,
        answer_id=answer.id,
    )


def _function(log: RequestLog, record: Record) -> None:
    row, start = record.value, parse_time_ns(record.value.get("timestamp"))
    tool, agent = text_field(row.get("function_name")) or "", text_field(row.get("source_name"))
    fields = {"agent": agent, "result": row.get("returns"), "start_ns": start}
    if log.builders:
        log.builders[-1].tool_run(record.source, tool=tool, arguments=row.get("args"), **fields)
