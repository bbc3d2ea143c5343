"""Files of requests to a model: a request document, a list of messages, or JSON lines of either, in a provider's dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from tracetui.ingest.arrangement import Arrangement, arrangement, rows
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import ChatMessage, Conversation, conversation_gaps, session_name
from tracetui.ingest.fields import list_field, milliseconds_field, number_field, object_field, text_field
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.requests import Request, RequestLog
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import openai_usage
from tracetui.model import Part, Session, ToolDefinition

_SESSION_KEYS = ("session_id", "conversation_id", "thread_id")
_TIME_KEYS = ("timestamp", "created_at", "created", "time", "ts", "startTime", "start_time")
_END_KEYS = ("endTime", "end_time")
_COST_KEYS = ("response_cost", "cost_usd")
_ERROR_KEYS = ("error_str", "error_message")
_DURATION_KEYS = ("duration_ms", "latency_ms", "ms")


class Answer(NamedTuple):
    """What stands with a request about its answer."""

    said: ChatMessage | None = None
    call: dict[str, Any] = {}
    """Fields of the LLM call, as in `Step`."""
    id: str | None = None


class Settings(NamedTuple):
    """What a request tells the model beside its messages."""

    system: tuple[Part, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    follows: str | None = None


class Dialect(NamedTuple):
    """How one provider writes a request."""

    key: str
    """Of the list of messages or items."""
    is_item: Callable[[Any], bool]
    """Whether a value is a message or item: told so strictly that a list of them can be recognised."""
    messages: Callable[[Records, Iterable[Record]], list[ChatMessage]]
    """The messages that items make up."""
    settings: Callable[[dict[str, Any]], Settings]
    answer: Callable[[Records, Record], Answer]
    call: Callable[[dict[str, Any]], dict[str, Any]]
    """Fields of the LLM call that a response's body tells, as in `Step`."""
    known: frozenset[str]
    """Fields of a request that are read; the others become attributes."""
    is_request: Callable[[dict[str, Any]], bool]
    may_read: Callable[[Any], bool] | None = None
    """Whether a value in a request's list can be read, where that is more than `is_item`: kinds not yet known."""


def layout(dialect: Dialect, records: Records) -> Arrangement | None:
    """How a source holds requests of a dialect, or their items on their own. None where it does not."""
    return arrangement(records, dialect.key, is_request=dialect.is_request, is_item=dialect.is_item)


def response_bodies(row: dict[str, Any], *, flat: bool = False) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Where a response may stand with its request, and what is there: `response`, its `body`, or with `flat` beside it."""
    response = object_field(row.get("response"))
    if flat:
        yield (), row
    yield ("response",), response
    yield ("response", "body"), object_field(response.get("body"))


def failure(body: dict[str, Any]) -> Answer | None:
    """The answer that is an error, if it is one."""
    error = body.get("error")
    if not error:
        return None
    return Answer(call={"error": str(object_field(error).get("message") or error), "status": "error"})


def read_dialect(dialect: Dialect, records: Records, ledger: Ledger) -> list[Session]:
    """Every conversation of a source in this dialect."""
    found = layout(dialect, records)
    if found is None or found.kind == "messages":
        return _read_messages(dialect, records, ledger)
    log = RequestLog(session_name(records), awaits_answers=found.kind == "requests")
    if found.kind == "request":
        record = records.whole()
        items = list(_claimed(dialect, _items(dialect, records, record), ledger))
        request = _request(dialect, records, record, items)
        ledger.claim(request.answer is not None)
        log.add(request._replace(attributes=_attributes(dialect, record.value)))
        return log.sessions()
    for record in rows(records, ledger):
        if not isinstance(record.value, dict) or not dialect.is_request(record.value):
            ledger.skip(record.source, f"no request: `{dialect.key}` is missing")
            continue
        ledger.claim()
        items = request_items(dialect, records, record, ledger)
        log.add(_request(dialect, records, record, items))
    return log.sessions()


def _read_messages(dialect: Dialect, records: Records, ledger: Ledger) -> list[Session]:
    """A list or lines of messages: one conversation."""
    builder = SessionBuilder(session_name(records))
    conversation = Conversation(builder)
    for said in dialect.messages(records, _claimed(dialect, rows(records, ledger), ledger)):
        conversation.add(said)
    conversation_gaps(builder, whole_request=False)
    return [builder.build()] if builder.steps else []


def _request(dialect: Dialect, records: Records, record: Record, items: list[Record]) -> Request:
    row = record.value
    settings, answer = dialect.settings(row), dialect.answer(records, record)
    call: dict[str, Any] = {
        "model": text_field(row.get("model")),
        "start_ns": _first(row, _TIME_KEYS, parse_time_ns),
        "duration_ns": _first(row, _DURATION_KEYS, milliseconds_field),
    }
    ended, begun = _first(row, _END_KEYS, parse_time_ns), call["start_ns"]
    if call["duration_ns"] is None and ended is not None and begun is not None and ended >= begun:
        call["duration_ns"] = ended - begun
    if (cost := _first(row, _COST_KEYS, number_field)) is not None:
        call["cost_usd"] = cost
    if "prompt_tokens" in row and (usage := openai_usage(row)) is not None:  # LiteLLM counts beside the response
        call["usage"] = usage
    told = _first(row, _ERROR_KEYS, text_field) or _first(
        object_field(row.get("error_information")), _ERROR_KEYS, text_field
    )
    if answer.said is None and (error := told):
        call |= {"error": error, "status": "error"}
    attributes = _attributes(dialect, row) | answer.call.get("attributes", {})
    return Request(
        source=record.source,
        messages=dialect.messages(records, items),
        system=settings.system,
        tools=settings.tools,
        answer=answer.said,
        call=call
        | {key: value for key, value in answer.call.items() if value is not None}
        | {"attributes": attributes},
        session=_first(row, _SESSION_KEYS, text_field)
        or _first(object_field(row.get("metadata")), _SESSION_KEYS, text_field),
        answer_id=answer.id,
        follows=settings.follows,
    )


def _attributes(dialect: Dialect, row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in dialect.known}


def request_items(dialect: Dialect, records: Records, record: Record, ledger: Ledger) -> list[Record]:
    """The messages of a request, each at its place; what is none is remarked, since the request is claimed as a whole."""
    return list(_noted(dialect, _items(dialect, records, record), ledger))


def _items(dialect: Dialect, records: Records, record: Record) -> Iterator[Record]:
    """The items of a request's list; at the request's place where that is JSON inside a string."""
    listed, place = record.value.get(dialect.key), records.at(record, dialect.key)
    if isinstance(listed, str):
        return iter([place or Record(listed, record.source)])
    if place is None:
        return (Record(item, record.source) for item in list_field(listed))
    return records.inside(record, dialect.key)


def _claimed(dialect: Dialect, items: Iterable[Record], ledger: Ledger) -> Iterator[Record]:
    """The items that are messages; the others are listed."""
    for item in items:
        if _can_read(dialect, item):
            ledger.claim()
            yield item
        else:
            ledger.skip(item.source, _no_message(item.value))


def _noted(dialect: Dialect, items: Iterable[Record], ledger: Ledger) -> Iterator[Record]:
    """The items that are messages; the others are remarked, since their request is claimed as a whole."""
    for item in items:
        if _can_read(dialect, item):
            yield item
        else:
            where = f"line {item.source.line}, " if item.source.line else ""
            ledger.note(f"{where}{item.source.pointer}: left out, {_no_message(item.value)}")


def _can_read(dialect: Dialect, item: Record) -> bool:
    return (dialect.may_read or dialect.is_item)(item.value) or (
        bool(item.source.pointer) and isinstance(item.value, str)
    )


def _no_message(value: Any) -> str:
    if isinstance(value, dict):
        return "no message: role or content is missing"
    return f"no message: {'null' if value is None else type(value).__name__}, not an object"


def _first(row: dict[str, Any], keys: tuple[str, ...], read: Callable[[Any], Any]) -> Any:
    return next((found for key in keys if (found := read(row.get(key))) is not None), None)
