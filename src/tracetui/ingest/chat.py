"""A list of chat messages as steps: what every chat format does once it has its messages at hand."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, NamedTuple

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.messages import message_of, part_of
from tracetui.ingest.records import Record, Records
from tracetui.model import Gap, Message, SourceRef, Status, ToolCallPart, ToolCallResponsePart

MODEL_ROLES = frozenset(("assistant", "model", "ai"))
STANDARD_ROLES = MODEL_ROLES | {"system", "developer", "user", "tool", "function"}


class ToolAnswer(NamedTuple):
    """One tool's result inside a message, and its place."""

    part: ToolCallResponsePart
    source: SourceRef
    failed: bool | None
    """As the message says; None where it does not."""


class ChatMessage(NamedTuple):
    """A message, with the places of the message, of each call in it and of each tool result in it."""

    message: Message
    source: SourceRef
    calls: tuple[SourceRef, ...] = ()
    answers: tuple[ToolAnswer, ...] = ()
    also: tuple[SourceRef, ...] = ()
    """Further records that the message was read from."""


def chat_message(records: Records, record: Record, *, default_role: str = "user") -> ChatMessage:
    """A message of any provider's shape. Places are exact: `/messages/4`, `/messages/4/tool_calls/0`."""
    value, source = record.value, record.source
    message = message_of(value, default_role=default_role, source=source)
    failed = _tool_failed(value) if message.role in ("tool", "function") else None
    answers = [ToolAnswer(p, source, failed) for p in message.parts if isinstance(p, ToolCallResponsePart)]
    if not isinstance(value, dict):
        return ChatMessage(message, source, (), tuple(answers))
    calls: list[SourceRef] = []
    key = "parts" if isinstance(value.get("parts"), list) else "content"
    if message.role not in ("tool", "function") and any(isinstance(b, dict) for b in list_field(value.get(key))):
        answers = []
        for block in records.inside(record, key):
            part = part_of(block.value)
            if isinstance(part, ToolCallPart):
                calls.append(block.source)
            elif isinstance(part, ToolCallResponsePart):
                answers.append(ToolAnswer(part, block.source, _failed(block.value)))
    if list_field(value.get("tool_calls")):
        calls += [call.source for call in records.inside(record, "tool_calls") if isinstance(call.value, dict)]
    if isinstance(value.get("function_call"), dict):
        calls.append(source)
    return ChatMessage(message, source, tuple(calls), tuple(answers))


class Conversation:
    """Adds chat messages to one window of a session: each becomes at least one step and joins the window."""

    def __init__(self, builder: SessionBuilder, *, scope: str = "main") -> None:
        self.builder = builder
        self.scope = scope

    def add(self, said: ChatMessage, **fields: Any) -> int:
        """The index of the step that the message became; `fields` of an LLM call as in `Step`, such as the model."""
        message = said.message
        if said.calls or message.role in MODEL_ROLES:
            return self.add_answer(said, **fields)
        if said.answers:
            return self._add_results(said)
        return self.builder.message(message, said.source, scope=self.scope, also=said.also)

    def add_answer(self, said: ChatMessage, **fields: Any) -> int:
        """What a model returned: an LLM call, its tool calls, and the results that came with it."""
        index = self.builder.llm_call(
            said.message, said.source, call_sources=said.calls, scope=self.scope, also=said.also, **fields
        )
        self._join(said)
        return index

    def _add_results(self, said: ChatMessage) -> int:
        message = said.message
        index = self._join(said)
        rest = tuple(part for part in message.parts if not isinstance(part, ToolCallResponsePart))
        if not rest:
            self.builder.append_result(index, message)
            return index
        put_in = Message(message.role, rest, message.name, message.source)
        at = self.builder.step("message", said.source, message=put_in, scope=self.scope)
        self.builder.append(at, message, scope=self.scope)
        return at

    def _join(self, said: ChatMessage) -> int:
        """Join every result to its call; the index of the last."""
        index = -1
        for part, source, failed in said.answers:
            fields: dict[str, Any] = {} if failed is None else {"status": _status(failed)}
            if failed:
                fields["error"] = part.response if isinstance(part.response, str) else "the tool reported an error"
            joined = self.builder.join_result(part, source, name=said.message.name, scope=self.scope, **fields)
            index = max(index, joined)
        return index


def is_message(value: Any) -> bool:
    """Whether a value is a chat message: an object with a role, and content of some kind."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("role"), str)
        and any(key in value for key in ("content", "tool_calls", "parts", "function_call"))
    )


def session_name(records: Records) -> str:
    """A name for a session whose source gives it none: the file's."""
    return PurePath(records.source.path).name or records.source.path


def conversation_gaps(builder: SessionBuilder, *, whole_request: bool) -> None:
    """Say what a rebuilt conversation lacks. In a whole request what is absent was not sent."""
    has_system = any(
        step.message is not None and step.message.role in ("system", "developer") for step in builder.steps
    )
    if not whole_request and not has_system and not builder.has_system:
        builder.gap(
            Gap(
                "system_prompt_not_recorded",
                "what the model was told to be and to do is not in this trace",
                "record the whole request: system prompt, messages and tools",
            )
        )
    if not builder.has_tools and any(step.kind == "tool_call" for step in builder.steps):
        builder.gap(
            Gap(
                "tools_not_recorded",
                "arguments cannot be checked against the tools' schemas",
                "record the request's `tools` with the messages",
            )
        )


def _failed(block: Any) -> bool | None:
    failed = object_field(block).get("is_error")
    return failed if isinstance(failed, bool) else None


def _tool_failed(message: Any) -> bool | None:
    """Whether the message of one tool says that it failed: `error` is a flag or what went wrong."""
    error = object_field(message).get("error")
    return error if isinstance(error, bool) else True if error else _failed(message)


def _status(failed: bool) -> Status:
    return "error" if failed else "ok"
