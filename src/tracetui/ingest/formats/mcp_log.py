"""MCP traffic: JSON-RPC messages, alone or wrapped by whatever logged them, requests joined to their answers by id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.arrangement import rows
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.log_lines import objects, time_before
from tracetui.ingest.messages import message_of, parts_of_content
from tracetui.ingest.records import SAMPLE_RECORDS, Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.model import Gap, Message, RecordedPrompt, Session, TextPart, ToolDefinition

NAME = "mcp-log"
TITLE = "MCP JSON-RPC logs"
RULE = 'Objects with `"jsonrpc": "2.0"`, also at the end of a log line, or inside its `message`, `data` or `payload`.'
KEEPS = (
    "Tool calls with arguments and results, and tool definitions; prompts of what servers ask to have sampled alone."
)
LOSES = "The host's own calls of a model: MCP carries the tools only."
EXPORT = "The host's or the inspector's log of messages, one JSON object a line."

_WRAPPERS = ("message", "data", "payload", "msg", "body", "rpc", "params")
_TIMES = ("timestamp", "time", "ts", "@timestamp")


def detect(records: Records) -> Detection:
    document = records.document if records.shape == "document" else None
    leading = document[:20] if isinstance(document, list) else records.sample
    mine = [row for row in leading if _path(row) is not None]
    if mine:
        return Detection(0.9 * len(mine) / len(leading), "JSON-RPC 2.0 messages")
    if records.shape == "opaque":
        found = zip(objects(records), range(SAMPLE_RECORDS), strict=False)
        if any(record is not None and _path(record.value) is not None for record, _ in found):
            return Detection(0.85, "log lines that end in JSON-RPC 2.0 messages")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    log = _Log(records)
    for record in objects(records, ledger) if records.shape == "opaque" else rows(records, ledger):
        if record is None:
            continue
        path = _path(record.value)
        inner = records.at(record, *path) if path is not None else None
        if path is None or inner is None:
            ledger.skip(record.source, "no JSON-RPC message")
            continue
        ledger.claim()
        time = next((t for key in _TIMES if (t := parse_time_ns(object_field(record.value).get(key)))), None)
        log.add(inner, time or time_before(records, record))
    return [log.session()] if log.builder.steps else []


def _path(row: Any) -> tuple[str, ...] | None:
    """Where in a record the JSON-RPC message stands."""
    if not isinstance(row, dict):
        return None
    if row.get("jsonrpc") == "2.0":
        return ()
    return next((key_path for key_path in _inner(row)), None)


def _inner(row: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for key in _WRAPPERS:
        if object_field(row.get(key)).get("jsonrpc") == "2.0":
            yield (key,)


class _Log:
    def __init__(self, records: Records) -> None:
        self.builder = SessionBuilder(session_name(records))
        self._asked: dict[str, tuple[int, str]] = {}
        """By JSON-RPC id: the step of the request, and its method."""
        self._definitions: list[ToolDefinition] = []
        """Of every page of every `tools/list`."""

    def add(self, record: Record, time: int | None) -> None:
        row = record.value
        if isinstance(row.get("method"), str):
            self._request(record, row["method"], time)
        else:
            self._response(record, time)

    def _request(self, record: Record, method: str, time: int | None) -> None:
        row, params = record.value, object_field(record.value.get("params"))
        fields: dict[str, Any] = {"start_ns": time, "summary": method, "call_id": text_field(row.get("id"))}
        if method == "tools/call":
            index = self.builder.step(
                "tool_call",
                record.source,
                tool=text_field(params.get("name")),
                arguments=params.get("arguments"),
                arguments_source=record.source,
                attributes={"_meta": params["_meta"]} if params.get("_meta") else {},
                **fields,
            )
        else:
            index = self.builder.step(_kind(method), record.source, attributes={"params": params}, **fields)
            if method == "sampling/createMessage":
                self._sampled(index, record, params)
            if method == "initialize":
                self.builder.attributes["client"] = params.get("clientInfo")
            if method == "notifications/message":
                said = Message("system", parts_of_content(params.get("data")), source=record.source)
                failed = params.get("level") in ("error", "critical", "alert", "emergency")
                error = {"status": "error", "error": str(params.get("data"))} if failed else {}
                self.builder.update(index, message=said, **error)
        if row.get("id") is not None:
            self._asked[_key(row["id"])] = index, method

    def _response(self, record: Record, time: int | None) -> None:
        row = record.value
        index, method = self._asked.pop(_key(row.get("id")), (None, ""))
        if index is None:
            index = self.builder.step("other", record.source, summary="an answer without its request", start_ns=time)
        error, result = object_field(row.get("error")), row.get("result")
        held = object_field(result)
        failed = bool(error) or held.get("isError") is True
        step = self.builder.steps[index]
        fields: dict[str, Any] = {
            "status": "error" if failed else "ok",
            "source": record.source,
            "also": (step.source,),
        }
        if failed:
            fields["error"] = (
                text_field(error.get("message")) or _text(held.get("content")) or "the tool reported an error"
            )
        if time is not None and step.start_ns is not None and time >= step.start_ns:
            fields["duration_ns"] = time - step.start_ns
        if "result" in row:
            structured = held.get("structuredContent")
            content = _text(held.get("content")) if method == "tools/call" else None
            answer = structured if structured is not None else content if content is not None else result
            fields |= {"result": answer, "has_result": True}
        self.builder.update(index, **fields)
        if method == "sampling/createMessage" and held:
            message = message_of(held, default_role="assistant", source=record.source)
            stopped = held.get("stopReason")
            reasons = {"finish_reasons": [stopped]} if stopped else {}
            model, kept = text_field(held.get("model")), self.builder.steps[index].attributes
            self.builder.update(index, message=message, model=model, attributes=kept | reasons)
        if method == "tools/list":
            self._tools(held)
        if method == "initialize":
            self.builder.attributes["server"] = held.get("serverInfo")
            self.builder.attributes["protocol"] = held.get("protocolVersion")

    def _sampled(self, index: int, record: Record, params: dict[str, Any]) -> None:
        """What a server asked the host to have a model answer: the prompt, unless the host adds context of its own."""
        messages = tuple(message_of(item, source=record.source) for item in list_field(params.get("messages")))
        system, tools = params.get("systemPrompt"), params.get("tools")
        prompt = RecordedPrompt(
            messages=messages,
            system=(TextPart(system),) if isinstance(system, str) else (),
            tools=tuple(_definitions(tools)),
            source=record.source,
        )
        self.builder.prompt(index, prompt)
        if params.get("includeContext") not in (None, "none"):
            effect = "the host was asked to add context of its servers to these prompts"
            self.builder.gap(Gap("server_context_edit", effect, steps=(self.builder.steps[index].number,)))

    def _tools(self, result: dict[str, Any]) -> None:
        self._definitions += _definitions(result.get("tools"))
        self.builder.set_tools(tuple(self._definitions))

    def session(self) -> Session:
        self.builder.gap(Gap("content_not_recorded", "MCP carries no prompts: the host's log has them"))
        return self.builder.build()


def _definitions(tools: Any) -> Iterator[ToolDefinition]:
    for tool in map(object_field, list_field(tools)):
        schema, name = tool.get("inputSchema"), text_field(tool.get("name"))
        if name:
            described = text_field(tool.get("description")) or ""
            yield ToolDefinition(name, described, schema if isinstance(schema, dict) else None)


def _kind(method: str) -> Any:
    if method == "sampling/createMessage":
        return "llm_call"
    return "retrieval" if method == "resources/read" else "message" if method == "notifications/message" else "other"


def _key(value: Any) -> str:
    """Ids 1 and "1" are different in JSON-RPC."""
    return repr(value)


def _text(content: Any) -> str | None:
    """The text of a result's content, where it is text alone."""
    blocks = [object_field(block) for block in list_field(content)]
    if not blocks or any(not isinstance(block.get("text"), str) for block in blocks):
        return None
    return "\n".join(block["text"] for block in blocks)
