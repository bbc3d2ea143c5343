"""mini-swe-agent trajectories: the message list is the prompt, as it was sent. Some files are the bare list.

The agent has one tool, a shell. With text models the command stands in the answer's text between fences and its output
is the next user message; with tool calls both are messages of Chat Completions, or responses and items of Responses.
"""

from __future__ import annotations

import re
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import ChatMessage, Conversation, chat_message, conversation_gaps, is_message, session_name
from tracetui.ingest.fields import list_field, number_field, object_field, text_field
from tracetui.ingest.messages import message_of
from tracetui.ingest.records import SAMPLE_RECORDS, Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.response_items import answer_message, is_item, item_messages
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import openai_usage, raw_usage
from tracetui.model import Message, Session, ToolCallPart
from tracetui.parts import text_of

NAME = "mini-swe-agent"
TITLE = "mini-swe-agent trajectories"
RULE = "`trajectory_format` or `info.mini_version` with `messages`, or the bare list of such messages."
KEEPS = (
    "Prompts rebuilt exactly: the agent appends only. Commands as tool calls; usage and cost where `extra` has them."
)
LOSES = "Tool definitions: the agent has a shell only."
EXPORT = "The `.traj.json` files of a run, as they are."

_TOOL = "bash"
_COMMAND = re.compile(r"```(?:mswea_bash_command|bash)\s*\n(.*?)\n```", re.DOTALL)
"""Where an answer's text has its command; the agent runs it where there is just one."""
_OBSERVED = re.compile(r"<returncode>-?\d+</returncode>\s*<output>")
"""How the agent's templates put what a command has put out."""
_FINISHING = ("COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT", "MINI_SWE_AGENT_FINAL_OUTPUT")
"""What the agent's environments look for in a command's output, and so its prompts tell it to print."""
_KEPT_BY_THE_AGENT = frozenset(("actions", "raw_output", "returncode", "exit_status", "interrupt_type"))


def detect(records: Records) -> Detection:
    value = records.document if records.shape == "document" else None
    if isinstance(value, dict) and isinstance(value.get("messages"), list):
        named = value.get("trajectory_format")
        if isinstance(named, str) and "mini-swe-agent" in named:
            return Detection(0.97, f"trajectory_format {named}")
        if isinstance(value.get("info"), dict) and "mini_version" in value["info"]:
            return Detection(0.96, "info.mini_version")
    if isinstance(value, list) and all(_is_kept(row) for row in value[:SAMPLE_RECORDS]):
        trait = _list_trait(value)
        return Detection(0.9, trait) if trait else NOT_MINE
    return NOT_MINE


def _is_kept(row: Any) -> bool:
    return is_message(row) or is_item(row) or _is_response(row)


def _is_response(row: Any) -> bool:
    return isinstance(row, dict) and row.get("object") == "response" and isinstance(row.get("output"), list)


def _list_trait(messages: list[Any]) -> str:
    """What shows that a list of messages is the agent's, in words; empty where nothing does."""
    for row in messages[:SAMPLE_RECORDS]:
        kept = sorted(_KEPT_BY_THE_AGENT & object_field(row.get("extra")).keys())
        if kept:
            return f"messages with extra.{kept[0]}"
    instructions = [row["content"] for row in messages[:2] if isinstance(row.get("content"), str)]
    named = next((name for name in _FINISHING if any(name in said for said in instructions)), "")
    answers = (row["content"] for row in messages if row.get("role") == "assistant" and isinstance(row["content"], str))
    if not any(map(_COMMAND.search, answers)):
        return ""
    if named:
        return f"messages that tell of {named}"
    said = (row["content"] for row in messages[2:] if row.get("role") == "user" and isinstance(row["content"], str))
    return "commands and their <returncode>" if any(map(_OBSERVED.match, said)) else ""


def read(records: Records, ledger: Ledger) -> list[Session]:
    builder = SessionBuilder(session_name(records))
    document = records.document
    if isinstance(document, dict):
        builder.attributes = {key: inner for key, inner in document.items() if key != "messages"}
    trajectory = _Trajectory(builder)
    for record in records.items("messages") if isinstance(document, dict) else records.items():
        if not isinstance(record.value, dict):
            ledger.skip(record.source, "a message that is no object")
            continue
        ledger.claim()
        trajectory.add(records, record)
    conversation_gaps(builder, whole_request=False)
    return [builder.build()] if builder.steps else []


class _Trajectory:
    """Takes the messages in order; a command of the text joins the message that has its output."""

    def __init__(self, builder: SessionBuilder) -> None:
        self._builder = builder
        self._chat = Conversation(builder)
        self._running: list[int] = []
        """The steps of commands whose output comes next."""

    def add(self, records: Records, record: Record) -> None:
        value, extra = record.value, object_field(record.value.get("extra"))
        if value.get("role") == "exit":
            summary = text_field(extra.get("exit_status")) or text_field(value.get("content"))
            self._builder.step("other", record.source, summary=summary, attributes=extra)
            return
        said = _said(records, record)
        if said is None:
            self._builder.step("other", record.source, attributes=value)
        elif said.message.role == "assistant":
            index = self._chat.add(said, **_call_fields(value, extra))
            self._running = [] if said.calls else self._commands(said, extra, index)
        elif extra.get("interrupt_type"):
            self._interrupted(said, extra)
        elif self._running and not said.answers:
            self._observed(said, extra)
        else:
            index = self._chat.add(said)
            if said.answers:
                self._builder.update(index, **_outcome(extra))

    def _commands(self, said: ChatMessage, extra: dict[str, Any], parent: int) -> list[int]:
        listed = [text_field(object_field(action).get("command")) for action in list_field(extra.get("actions"))]
        found = [command for command in listed if command]
        if not found and len(in_text := _COMMAND.findall(_text(said.message))) == 1:
            found = in_text
        calls = (ToolCallPart(None, _TOOL, {"command": command.strip()}) for command in found)
        return [self._builder.tool_call(call, said.source, parent=parent) for call in calls]

    def _observed(self, said: ChatMessage, extra: dict[str, Any]) -> None:
        """The message is what the first command that still runs has put out."""
        index = self._running.pop(0)
        output = _text(said.message)
        command = self._builder.steps[index].source
        self._builder.update(
            index, source=said.source, also=(command,), result=output, has_result=True, **_outcome(extra)
        )
        self._builder.append_result(index, said.message)

    def _interrupted(self, said: ChatMessage, extra: dict[str, Any]) -> None:
        """The run was stopped, or an answer had no single command: that answer stands here alone and was never sent."""
        refused = extra.get("model_response")
        if refused is not None or extra.get("response"):
            body = object_field(extra.get("response"))
            choice = object_field(next(iter(list_field(body.get("choices"))), None))
            answer: Any = choice.get("message") or {"role": "assistant", "content": refused}
            message = message_of(answer, default_role="assistant", source=said.source)
            error = text_field(extra["interrupt_type"]) or "refused"
            fields = _call_fields({}, extra)
            self._builder.step("llm_call", said.source, message=message, status="error", error=error, **fields)
        self._running = []
        self._chat.add(said)


def _said(records: Records, record: Record) -> ChatMessage | None:
    """The message that a record is: of Chat Completions, or a response or item of Responses. None for anything else."""
    if _is_response(record.value):
        items = [item for item in records.inside(record, "output") if isinstance(item.value, dict)]
        return answer_message(items) if items else ChatMessage(Message("assistant", ()), record.source)
    if isinstance(record.value.get("type"), str) and is_item(record.value):
        return item_messages([record])[0]
    return chat_message(records, record) if is_message(record.value) else None


def _text(message: Message) -> str:
    return "\n".join(map(text_of, message.parts))


def _call_fields(value: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """Usage, cost, model and time of a call, from what the agent keeps of the raw response."""
    response = value if _is_response(value) else object_field(extra.get("response"))
    return {
        "model": text_field(response.get("model")),
        "usage": openai_usage(response.get("usage")),
        "cost_usd": number_field(extra.get("cost")),
        "start_ns": parse_time_ns(extra.get("timestamp")),
        "attributes": raw_usage(response.get("usage")),
    }


def _outcome(extra: dict[str, Any]) -> dict[str, Any]:
    """How a command ended. A return code alone is no failure: a search that finds nothing has one too."""
    kept = {key: extra[key] for key in ("returncode", "exception_info") if extra.get(key) not in (None, "")}
    failed = text_field(extra.get("exception_info"))
    return {"attributes": kept, "start_ns": parse_time_ns(extra.get("timestamp"))} | (
        {"status": "error", "error": failed} if failed else {}
    )
