"""AutoGen's event log (`autogen_core.events`): LLM calls with their whole prompt, and tool calls, one JSON object a line.

Python's logging may have put words before the object: it is looked for in the line.
"""

from __future__ import annotations

from typing import Any

from tracetui.ingest.chat import chat_message, session_name
from tracetui.ingest.dialects import Answer
from tracetui.ingest.fields import text_field
from tracetui.ingest.log_lines import objects, time_before
from tracetui.ingest.messages import tool_definitions
from tracetui.ingest.providers import anthropic_messages, openai_chat
from tracetui.ingest.records import SAMPLE_RECORDS, Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.requests import Request, RequestLog
from tracetui.ingest.usage import openai_usage, raw_usage
from tracetui.model import Session

NAME = "autogen-log"
TITLE = "AutoGen event logs"
RULE = "Lines with an object whose `type` is LLMCall, LLMStreamEnd, ToolCall or Message, with AutoGen's fields."
KEEPS = "Prompts recorded whole for every LLMCall; a window for each agent."
LOSES = "Times, where the logger puts none before the objects; tools where the client does not log them."
EXPORT = (
    '`logging.getLogger("autogen_core.events")` with a handler that writes to a file, level INFO, and for times a '
    "formatter with `%(asctime)s %(message)s`."
)

_FIELDS = {
    "LLMCall": {"messages"},
    "LLMStreamStart": {"messages"},
    "LLMStreamEnd": {"response"},
    "ToolCall": {"tool_name"},
    "Message": {"payload", "delivery_stage"},
    "MessageDropped": {"payload"},
    "MessageHandlerException": {"exception"},
    "AgentConstructionException": {"exception"},
}


def detect(records: Records) -> Detection:
    leading = [record for record, _ in zip(objects(records), range(SAMPLE_RECORDS), strict=False) if record is not None]
    mine = [record for record in leading if _is_event(record.value)]
    if not mine:
        return NOT_MINE
    return Detection(0.94, f"an event of type {mine[0].value['type']}")


def read(records: Records, ledger: Ledger) -> list[Session]:
    log = RequestLog(session_name(records), awaits_answers=True)
    started: dict[str, list[Any]] = {}
    others = 0
    for record in objects(records, ledger):
        if record is None:
            continue
        row = record.value
        if not _is_event(row):
            ledger.skip(record.source, "no event of autogen_core")
            continue
        ledger.claim()
        agent = text_field(row.get("agent_id")) or ""
        match row["type"]:
            case "LLMStreamStart":
                started[agent] = [record]
            case "LLMStreamEnd":
                log.add(_request(records, (started.pop(agent, None) or [record])[0], record, session_name(records)))
            case "LLMCall":
                log.add(_request(records, record, record, session_name(records)))
            case "ToolCall":
                _tool_call(log, record, agent, time_before(records, record))
            case "MessageHandlerException" | "AgentConstructionException":
                _failed(log, record, time_before(records, record))
            case _:
                others += 1
    if others:
        ledger.note(f"{others} messages between agents repeat what their prompts show: no steps of their own")
    return log.sessions()


def _is_event(row: Any) -> bool:
    return isinstance(row, dict) and _FIELDS.get(str(row.get("type")), {"\0"}) <= row.keys()


def _request(records: Records, asked: Record, answered: Record, name: str) -> Request:
    row = asked.value
    answer = openai_chat.DIALECT.answer(records, answered)
    if answer.said is None and "error" not in answer.call:
        answer = anthropic_messages.DIALECT.answer(records, answered)
    if answer == Answer() and isinstance(answered.value.get("response"), dict):
        place = records.at(answered, "response")
        if place is not None and place.value.get("content") is not None:
            answer = Answer(chat_message(records, place, default_role="assistant"))
    counted = {key: answered.value[key] for key in ("prompt_tokens", "completion_tokens") if key in answered.value}
    agent = text_field(row.get("agent_id"))
    call: dict[str, Any] = {"agent": agent.split("/")[0] if agent else None, "usage": openai_usage(counted)}
    begun, ended = time_before(records, asked), time_before(records, answered)
    call |= {"start_ns": begun, "duration_ns": ended - begun if begun and ended and asked is not answered else None}
    call |= {key: value for key, value in answer.call.items() if value is not None}
    call["attributes"] = raw_usage(counted) | call.get("attributes", {})
    return Request(
        source=asked.source,
        messages=[chat_message(records, item) for item in records.inside(asked, "messages")],
        tools=tool_definitions(row.get("tools")),
        answer=answer.said,
        call=call,
        session=name,
        answer_id=answer.id,
    )


def _failed(log: RequestLog, record: Record, time: int | None) -> None:
    """An agent could not be made, or could not deal with a message."""
    said = text_field(record.value["exception"]) or "an exception"
    agent = text_field(record.value.get("handling_agent")) or text_field(record.value.get("agent_id")) or ""
    if log.builders:
        fields = {"status": "error", "error": said, "summary": said, "start_ns": time}
        log.builders[-1].step("error", record.source, agent=agent.split("/")[0] or None, **fields)


def _tool_call(log: RequestLog, record: Record, agent: str, time: int | None) -> None:
    row = record.value
    result = {"result": row["result"]} if "result" in row else {}
    if log.builders:
        tool, speaker = text_field(row["tool_name"]) or "", agent.split("/")[0] or None
        log.builders[-1].tool_run(
            record.source, tool=tool, arguments=row.get("arguments"), agent=speaker, start_ns=time, **result
        )
