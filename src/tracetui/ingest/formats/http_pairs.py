"""Logs of HTTP pairs, a request to a model with its response: claude-trace's JSON lines, HAR files, Helicone's exports.

The request's body is the prompt, whole. A streamed response is put together; conversations that interleave, such as a
sub-agent's or a call for a title, get windows of their own in one session.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tracetui.credentials import masked
from tracetui.ingest.chat import ChatMessage, session_name
from tracetui.ingest.decode import json_or_none, text_in_base64
from tracetui.ingest.dialects import Answer, Dialect, failure, request_items
from tracetui.ingest.fields import list_field, number_field, object_field, text_field
from tracetui.ingest.messages import message_of
from tracetui.ingest.providers import anthropic_messages, openai_chat, openai_responses
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.requests import Request, RequestLog
from tracetui.ingest.sse import answer_body, stream_events
from tracetui.ingest.times import parse_time_ns
from tracetui.model import Session, SourceRef, ToolCallPart

NAME = "http-pairs"
TITLE = "HTTP pairs (claude-trace, HAR, Helicone)"
RULE = "Lines with `request.url` and `response`, `log.entries` of such pairs, or rows with `request_body` and `response_body`."
KEEPS = (
    "Prompts recorded whole, with system prompt, tools and parameters; streamed answers put together. Credentials in "
    "headers, cookies and addresses are masked; the file keeps them."
)
LOSES = "What the provider holds itself: earlier turns named by id, and edits of the window on its side."
EXPORT = (
    "`claude-trace --include-all-requests`, a proxy's or browser's export as HAR, or Helicone's export of requests."
)

_DIALECTS: tuple[tuple[str, Dialect], ...] = (
    ("/messages", anthropic_messages.DIALECT),
    ("/chat/completions", openai_chat.DIALECT),
    ("/responses", openai_responses.DIALECT),
)
_BODIES = frozenset(("url", "body", "body_raw", "events", "postData", "content"))
_SIDES = frozenset(("request", "response", "request_body", "response_body"))
_BEDROCK = ("/invoke", "/invoke-with-response-stream", "/converse")
_SESSION = re.compile(r"session_([0-9a-fA-F-]{8,})")


class _Pair(NamedTuple):
    """One request with its response, wherever the log keeps them."""

    record: Record
    url: str
    body: Record | None
    """The request's JSON body at its place."""
    response: dict[str, Any] | None
    start_ns: int | None
    end_ns: int | None


def detect(records: Records) -> Detection:
    document = records.document if records.shape == "document" else None
    if isinstance(document, dict) and "entries" in object_field(document.get("log")):
        entries = list_field(document["log"]["entries"])
        return Detection(0.9, f"a HAR log of {len(entries)} entries") if entries else NOT_MINE
    rows = (
        document if isinstance(document, list) else [*records.sample, *list_field(object_field(document).get("data"))]
    )
    if any(_is_pair(row) for row in rows[:20]):
        return Detection(0.95, "records with request.url and response")
    kept = any(_is_row(row) for row in rows[:20])
    return Detection(0.9, "rows with request_body and response_body") if kept else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    pairs = list(_pairs(records, ledger))
    requests: list[tuple[int, Request]] = []
    others: Counter[str] = Counter()
    for pair in pairs:
        ledger.claim()
        dialect = _dialect_of(pair)
        if dialect is None or pair.body is None:
            others[f"{text_field(_of_pair(pair).get('method')) or 'GET'} {urlsplit(pair.url).path}"] += 1
        else:
            requests.append((pair.start_ns or 0, _request(records, pair, pair.body, dialect, ledger)))
    if hidden := sum(_credentials(pair) for pair in pairs):
        ledger.note(f"{hidden} credentials in headers, cookies and addresses are masked here; the file has them")
    for what, count in others.items():
        ledger.note(f"{count} × {what}: no request to a model, left out")
    named = Counter(request.session for _, request in requests if request.session)
    name = named.most_common(1)[0][0] if named else session_name(records)
    log = RequestLog(name or "", awaits_answers=True)
    requests = [(start, request._replace(session=request.session or name)) for start, request in requests]
    with_tools = {request.session for _, request in requests if request.tools}
    for _, request in sorted(requests, key=lambda timed: timed[0]):
        log.add(request._replace(is_side_call=request.session in with_tools and not request.tools))
    return log.sessions()


def _is_pair(row: Any) -> bool:
    request = object_field(object_field(row).get("request"))
    return isinstance(request.get("url"), str) and "response" in row


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and {"request_body", "response_body"} <= row.keys()


def _pairs(records: Records, ledger: Ledger) -> Iterator[_Pair]:
    if records.shape != "document":
        found: Iterator[Record] = records.lines(ledger)
    elif isinstance(records.document, dict) and not _is_pair(records.document) and not _is_row(records.document):
        found = records.items(*(("log", "entries") if "log" in records.document else ("data",)))
    else:
        found = records.items() if isinstance(records.document, list) else iter([records.whole()])
    for record in found:
        if _is_row(record.value):
            yield _row_pair(records, record)
            continue
        if not _is_pair(record.value):
            ledger.skip(record.source, "no pair of request and response")
            continue
        har = isinstance(record.value["request"].get("postData"), dict)
        yield _har_pair(records, record) if har else _trace_pair(records, record)


def _trace_pair(records: Records, record: Record) -> _Pair:
    request, response = record.value["request"], record.value["response"]
    body = records.at(record, "request", "body")
    if body is not None and isinstance(body.value, str):
        body = _decoded(body)
    return _Pair(
        record,
        request["url"],
        body if body is not None and isinstance(body.value, dict) else None,
        response if isinstance(response, dict) else None,
        parse_time_ns(request.get("timestamp")),
        parse_time_ns(object_field(response).get("timestamp")),
    )


def _row_pair(records: Records, record: Record) -> _Pair:
    """A row of Helicone's: the bodies in columns of their own."""
    row = record.value
    body, answer = records.at(record, "request_body"), row["response_body"]
    if body is not None and isinstance(body.value, str):
        body = _decoded(body)
    parsed = json_or_none(answer) if isinstance(answer, str) else answer
    content = {"body": parsed} if isinstance(parsed, dict) else {"body_raw": text_field(answer) or ""}
    url = text_field(row.get("request_path")) or text_field(row.get("path")) or ""
    return _Pair(
        record,
        url if any(end in url for end, _ in _DIALECTS) else url + _path_of(object_field(body.value if body else None)),
        body if body is not None and isinstance(body.value, dict) else None,
        {"status_code": row.get("response_status")} | content,
        parse_time_ns(row.get("request_created_at")),
        parse_time_ns(row.get("response_created_at")),
    )


def _path_of(body: dict[str, Any]) -> str:
    """The path that a request's body is for, where the row does not tell it."""
    if "messages" not in body:
        return "/responses" if "input" in body else ""
    return "/messages" if "system" in body or str(body.get("model")).startswith("claude") else "/chat/completions"


def _har_pair(records: Records, record: Record) -> _Pair:
    place = records.at(record, "request", "postData", "text")
    body = _decoded(place) if place is not None else None
    response = object_field(record.value.get("response"))
    text = _har_text(object_field(response.get("content")))
    parsed = json_or_none(text)
    content = {"body": parsed} if isinstance(parsed, dict) else {"body_raw": text}
    start, milliseconds = parse_time_ns(record.value.get("startedDateTime")), number_field(record.value.get("time"))
    return _Pair(
        record,
        record.value["request"]["url"],
        body,
        {"status_code": response.get("status")} | content,
        start,
        start + round(milliseconds * 1e6) if start is not None and milliseconds is not None else None,
    )


def _har_text(content: dict[str, Any]) -> str:
    """The text of a body, which browsers write in base64 where they take it for no text."""
    text = text_field(content.get("text")) or ""
    return text_in_base64(text) if content.get("encoding") == "base64" else text


def _dialect_of(pair: _Pair) -> Dialect | None:
    path = urlsplit(pair.url).path.rstrip("/")
    if path.endswith(_BEDROCK):
        return anthropic_messages.DIALECT
    return next((dialect for end, dialect in _DIALECTS if path.endswith(end)), None)


def _request(records: Records, pair: _Pair, body: Record, dialect: Dialect, ledger: Ledger) -> Request:
    row = body.value
    items = request_items(dialect, records, body, ledger)
    settings, answer = dialect.settings(row), _answer(records, pair, dialect)
    lasted = pair.end_ns - pair.start_ns if pair.start_ns is not None and pair.end_ns is not None else None
    attributes = {key: value for key, value in row.items() if key not in dialect.known}
    call: dict[str, Any] = {"model": text_field(row.get("model")), "start_ns": pair.start_ns}
    call["duration_ns"] = lasted if lasted is None or lasted >= 0 else None
    attributes |= {"url": pair.url} | answer.call.get("attributes", {}) | _beside(pair.record.value)
    kept = pair.record.value
    if (cost := number_field(kept.get("costUSD", kept.get("cost_usd")))) is not None:
        call["cost_usd"] = cost
    named = _SESSION.search(text_field(object_field(row.get("metadata")).get("user_id")) or "")
    return Request(
        source=pair.record.source,
        messages=dialect.messages(records, items),
        system=settings.system,
        tools=settings.tools,
        answer=answer.said,
        call=call | answer.call | {"attributes": attributes},
        session=named[1]
        if named
        else text_field(object_field(kept.get("request_properties")).get("Helicone-Session-Id")),
        answer_id=answer.id,
        follows=settings.follows,
    )


def _beside(row: dict[str, Any]) -> dict[str, Any]:
    """What a log keeps of a pair beside its bodies: notes, headers, timings."""
    found = {f"pair.{key}": value for key, value in row.items() if key not in _SIDES}
    for side in ("request", "response"):
        held = object_field(row.get(side)).items()
        found[f"pair.{side}"] = {key: value for key, value in held if key not in _BODIES and value not in ("", [], {})}
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def _credentials(pair: _Pair) -> int:
    found: list[str] = []
    masked(_beside(pair.record.value) | {"url": pair.url}, found)
    return len(found)


def _answer(records: Records, pair: _Pair, dialect: Dialect) -> Answer:
    """What came back: a JSON body at its place, or the answer that a stream makes up."""
    response = pair.response
    if response is None:
        return Answer()
    found, status = Answer(), response.get("status_code")
    if records.at(pair.record, "response", "body") is not None:
        found = dialect.answer(records, pair.record)
    if found == Answer():
        streamed = response.get("events") or stream_events(text_field(response.get("body_raw")) or "")
        body = answer_body(list_field(streamed)) or object_field(response.get("body"))
        found = _assembled(records, pair, dialect, body)
    if found.said is None and "error" not in found.call and isinstance(status, int) and status >= 400:
        return found._replace(call=found.call | {"error": f"HTTP status {status}", "status": "error"})
    return found


def _assembled(records: Records, pair: _Pair, dialect: Dialect, body: dict[str, Any]) -> Answer:
    """The answer in a body that stands nowhere as such: its place is the whole response."""
    place = records.at(pair.record, "response")
    source = place.source if place is not None else pair.record.source
    content = body.get("content")
    choices = list_field(body.get("choices"))
    call = dialect.call(body)
    if choices:
        content = object_field(choices[0]).get("message")
        return Answer(_said(content, source), call, text_field(body.get("id")))
    if isinstance(body.get("output"), list):
        items = [Record(item, source) for item in body["output"]]
        (said,) = dialect.messages(records, items)[:1] or (None,)
        return Answer(said, call, text_field(body.get("id")))
    if isinstance(content, (list, str)) and content:
        failed = failure(body)
        said = _said({"role": "assistant", "content": content}, source)
        return Answer(said, call | (failed.call if failed else {}), text_field(body.get("id")))
    return failure(body) or Answer()


def _said(value: Any, source: SourceRef) -> ChatMessage:
    message = message_of(value, default_role="assistant", source=source)
    calls = tuple(source for part in message.parts if isinstance(part, ToolCallPart))
    return ChatMessage(message, source, calls)


def _decoded(place: Record) -> Record | None:
    """JSON inside a string: its value, at the string's place."""
    value = json_or_none(place.value) if isinstance(place.value, str) else place.value
    return Record(value, place.source) if isinstance(value, dict) else None


def _of_pair(pair: _Pair) -> dict[str, Any]:
    return object_field(pair.record.value.get("request"))
