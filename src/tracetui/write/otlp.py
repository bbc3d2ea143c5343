"""OTLP traces as JSON, with the attributes of the OpenTelemetry GenAI semantic conventions: one span a step.

Ids are hashes of the session's id and the step's index, so that the same trace gives the same file. A prompt that was
rebuilt is written as `gen_ai.input.messages` too, since that is where tools look for it; `tracetui.prompt` says that it is
no record. What the conventions have no attribute for is in `tracetui.step` and `tracetui.session`, as JSON text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from tracetui import __version__
from tracetui.context import Prompt, prompt_at, text_of
from tracetui.model import RecordedPrompt, Session, Step, StepKind
from tracetui.supplement import Supplements
from tracetui.write import Out
from tracetui.write.notes import Carried
from tracetui.write.values import json_line, message_json, part_json, prompt_survives, stays_text, survives, tools_json

NAME = "otlp"
TITLE = "OTLP"

OPERATIONS: dict[StepKind, str] = {
    "llm_call": "chat",
    "tool_call": "execute_tool",
    "agent": "invoke_agent",
    "workflow": "invoke_workflow",
    "retrieval": "retrieval",
    "embedding": "embeddings",
}
MOST_REBUILT_CHARACTERS = 64 << 20
"""What rebuilt prompts may take up in a file, about: each repeats what stood before it, so that those of a long run together
would be many times its size. The others are left to the supplement, which holds the edits that they are folded from."""
_INTERNAL, _CLIENT = 1, 3
_STATUS = {"ok": 1, "error": 2}
_FIRST_NS_TIME = 10**17
"""Times before 1973 in ns would be taken for µs."""
_USAGE = {
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
    "cache_read_input_tokens": "gen_ai.usage.cache_read.input_tokens",
    "cache_write_input_tokens": "gen_ai.usage.cache_write.input_tokens",
    "reasoning_output_tokens": "gen_ai.usage.reasoning.output_tokens",
}
_KEPT_ATTRIBUTES = (
    "gen_ai.provider.name",
    "gen_ai.system",
    "gen_ai.request.",
    "gen_ai.response.",
    "server.",
    "error.type",
)
"""Attributes of a span that is converted again which the step's own fields do not tell."""
_TOLD_ATTRIBUTES = ("gen_ai.request.model", "gen_ai.response.model")


def write(sessions: Sequence[Session], out: Out) -> list[str]:
    carried = Carried()
    resource = {"attributes": [_attribute("service.name", "tracetui convert")]}
    scope = {"name": "tracetui", "version": __version__}
    out(f'{{"resourceSpans":[{{"resource":{json_line(resource)},"scopeSpans":[{{"scope":{json_line(scope)},"spans":[')
    separator, room = "\n", _Room()
    for place, session in enumerate(sessions):
        for span in _Spans(session, place, carried, room).spans():
            out(separator + json_line(span))
            separator = ",\n"
    out("\n]}]}]}\n")
    return [*carried.notes(TITLE, "`tracetui.step`"), *room.notes()]


class _Room:
    """What is left for rebuilt prompts."""

    def __init__(self) -> None:
        self.characters, self._left_out = MOST_REBUILT_CHARACTERS, 0

    def prompt(self, session: Session, step: Step) -> Prompt | None:
        """The prompt of a call, where it is to be written."""
        if step.index in session.prompts:
            return prompt_at(session, step.index)
        if self.characters <= 0:
            self._left_out += 1
            return None
        prompt = prompt_at(session, step.index)
        self.characters -= sum(len(text_of(part)) for entry in prompt.messages for part in entry.message.parts)
        return prompt

    def notes(self) -> list[str]:
        if not self._left_out:
            return []
        most = f"more than {MOST_REBUILT_CHARACTERS:,} characters together"
        return [
            f"{self._left_out} rebuilt prompts are not written out, {most}: tracetui folds them, other tools do not"
        ]


class _Spans:
    """The spans of one session."""

    def __init__(self, session: Session, place: int, carried: Carried, room: _Room) -> None:
        self._session, self._carried, self._room = session, carried, room
        self._seed = f"{place} {session.session_id}"
        self._supplements = Supplements(session)

    def spans(self) -> Iterator[dict[str, Any]]:
        for step in self._session.steps:
            yield self._span(step, self._room.prompt(self._session, step) if step.kind == "llm_call" else None)

    def _span(self, step: Step, prompt: Prompt | None) -> dict[str, Any]:
        told: dict[str, Any] = {}
        attributes = self._named(step, told) | _outcome(step, told) | _content(step, told)
        told_prompt = prompt is not None and _tells(prompt, self._session.prompts.get(step.index))
        if prompt is not None:
            attributes |= _prompt(prompt, is_record=told_prompt)
        kept = {
            key: value
            for key, value in step.attributes.items()
            if key.startswith(_KEPT_ATTRIBUTES) and key not in _TOLD_ATTRIBUTES and _is_plain(value)
        }
        span: dict[str, Any] = {
            "traceId": _hash(self._seed, 16),
            "spanId": self._span_id(step.index),
            "name": _safe(_name(step)),
            "kind": _CLIENT if step.kind == "llm_call" else _INTERNAL,
        }
        if step.parent is not None:
            span["parentSpanId"] = self._span_id(step.parent)
            told["parent"] = step.parent
        span |= _times(step, told) | _status(step, told)
        supplement = self._supplements.of_step(step, told, message=survives(step.message), prompt=told_prompt)
        self._carried.add(supplement)
        attributes = kept | attributes | {"tracetui.step": json_line({"index": step.index, **supplement})}
        if step.index == 0:
            of_session = {"session_id": self._session.session_id, **self._supplements.of_session()}
            attributes["tracetui.session"] = json_line(of_session)
        span["attributes"] = [_attribute(key, value) for key, value in attributes.items()]
        return span

    def _span_id(self, index: int) -> str:
        return _hash(f"{self._seed} {index}", 8)

    def _named(self, step: Step, told: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"gen_ai.conversation.id": _safe(self._session.session_id)}
        if step.kind in OPERATIONS:
            found["gen_ai.operation.name"] = OPERATIONS[step.kind]
            told["kind"] = step.kind
        tool = step.kind in ("tool_call", "retrieval")
        for key, field, known in (
            ("gen_ai.agent.name", "agent", True),
            ("gen_ai.request.model", "model", True),
            ("gen_ai.tool.name", "tool", tool),
            ("gen_ai.tool.call.id", "call_id", tool),
        ):
            value = getattr(step, field)
            if known and value and _is_plain(value):
                found[key] = told[field] = value
        return found


def _outcome(step: Step, told: dict[str, Any]) -> dict[str, Any]:
    """Tokens and cost."""
    found: dict[str, Any] = {}
    usage = step.usage
    if usage is not None and (usage.input_tokens is not None or usage.output_tokens is not None):
        found |= {key: count for name, key in _USAGE.items() if (count := getattr(usage, name)) is not None}
        cached = (usage.cache_read_input_tokens or 0) + (usage.cache_write_input_tokens or 0)
        # A reader takes an input smaller than what came from the cache for one that leaves the cache out.
        if usage.origin == "recorded" and (usage.input_tokens is None or cached <= usage.input_tokens):
            told["usage"] = usage
    if step.cost_usd is not None:
        found["gen_ai.usage.cost"] = told["cost_usd"] = float(step.cost_usd)
    return found


def _content(step: Step, told: dict[str, Any]) -> dict[str, Any]:
    """What was said, asked of a tool, and answered."""
    found: dict[str, Any] = {}
    if step.kind == "tool_call":
        if step.arguments is not None or step.arguments_source is not None:
            found["gen_ai.tool.call.arguments"] = _text_of(step.arguments)
            told["arguments"] = _read_back(step.arguments)
        if step.has_result:
            found["gen_ai.tool.call.result"] = _text_of(step.result)
            told |= {"result": _read_back(step.result), "has_result": True}
    if step.message is not None:
        key = "gen_ai.output.messages" if step.kind == "llm_call" else "gen_ai.input.messages"
        found[key] = json_line([message_json(step.message)])
    return found


def _prompt(prompt: Prompt, *, is_record: bool) -> dict[str, Any]:
    """The prompt of a call, recorded or not; nothing where it is absent.

    `is_record`: what is written is to the letter what was recorded, also where that was not all that the model saw.
    """
    if prompt.fidelity == "absent":
        return {}
    found = {"gen_ai.input.messages": json_line([message_json(entry.message) for entry in prompt.messages])}
    if prompt.system:
        found["gen_ai.system_instructions"] = json_line([part_json(part) for part in prompt.system])
    if prompt.tools:
        found["gen_ai.tool.definitions"] = json_line(tools_json(prompt.tools))
    return found | {"tracetui.prompt": "recorded" if is_record else prompt.fidelity}


def _tells(prompt: Prompt, recorded: RecordedPrompt | None) -> bool:
    """Whether the prompt as written reads back as the recorded one.

    Where a record has no system prompt or tools of its own, those of its window are written, and they are no record.
    """
    if recorded is None or (prompt.system, prompt.tools) != (recorded.system, recorded.tools):
        return False
    return prompt_survives(recorded)


def _times(step: Step, told: dict[str, Any]) -> dict[str, str]:
    start, duration = step.start_ns, step.duration_ns
    if start is None or not _FIRST_NS_TIME <= start < 2**63:
        return {}
    told["start_ns"] = start
    if duration is None or not 0 <= duration < 2**63 - start:
        return {"startTimeUnixNano": str(start)}
    told["duration_ns"] = duration
    return {"startTimeUnixNano": str(start), "endTimeUnixNano": str(start + duration)}


def _status(step: Step, told: dict[str, Any]) -> dict[str, Any]:
    if step.status == "unknown":
        return {}
    told["status"] = step.status
    status: dict[str, Any] = {"code": _STATUS[step.status]}
    if step.error and step.status == "error" and _is_plain(step.error):
        status["message"] = told["error"] = step.error
    return {"status": status}


def _name(step: Step) -> str:
    """As the conventions name spans: what is done, and with what."""
    subject = {"llm_call": step.model, "tool_call": step.tool, "agent": step.agent}.get(step.kind)
    return " ".join(filter(None, (OPERATIONS.get(step.kind, step.kind), subject)))


def _attribute(key: str, value: Any) -> dict[str, Any]:
    kind: str
    match value:
        case bool():
            kind = "boolValue"
        case int():
            kind, value = "intValue", str(value)
        case float():
            kind = "doubleValue"
        case _:
            kind = "stringValue"
    return {"key": key, "value": {kind: value}}


def _text_of(value: Any) -> str:
    """Text as it is where it stays that, else as JSON."""
    if (
        isinstance(value, str)
        and value
        and stays_text(value.lstrip())
        and value.lstrip()[:1] != '"'
        and _is_plain(value)
    ):
        return value
    return json_line(value)


def _read_back(value: Any) -> Any:
    """What a reader makes of `_text_of`: a number, a boolean or null stays text."""
    return value if isinstance(value, (str, dict, list)) else json_line(value)


def _is_plain(value: Any) -> bool:
    """Whether an OTLP attribute can hold a value: protocol buffers have no lone surrogates and no large numbers."""
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)
    return isinstance(value, (bool, float)) or (isinstance(value, int) and -(2**63) <= value < 2**63)


def _safe(text: str) -> str:
    """Text with lone surrogates written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _hash(text: str, size: int) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
