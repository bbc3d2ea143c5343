"""OpenClaw's telemetry plugin: one line for each message, agent run, tool call and model call of a gateway.

Source: knostic/openclaw-telemetry, `src/types.ts`. The lines name no calls: a `tool.end` belongs to the oldest open
`tool.start` of the same tool and session. Variants of the plugin write what was said too: `content`, `prompt`, and the
conversation so far as `messages`, from which tools get their answers and call ids.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import count_field, list_field, milliseconds_field, number_field, object_field, text_field
from tracetui.ingest.messages import parts_of_content
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.model import Gap, Message, Scope, Session, Usage

NAME = "openclaw-telemetry"
TITLE = "OpenClaw telemetry"
RULE = "Lines with a `type` such as tool.start, agent.start or message.in, and `sessionKey`, `toolName` or `channel`."
KEEPS = "Tool calls with arguments, outcome and time, usage and cost of model calls; what was said where it is written."
LOSES = "The prompts and answers of model calls; results of tools unless a later line holds the conversation."
EXPORT = (
    "The plugin's `~/.openclaw/logs/telemetry.jsonl`. For prompts export OpenTelemetry spans or ATIF instead, as the "
    "NeMo Relay plugin does."
)

_KEYS = ("sessionKey", "toolName", "channel")
_SUB_AGENT = ":subagent:"
_MEANT = frozenset(
    """type ts timestamp seq sessionKey agentId toolName params success error durationMs content prompt model
    costUsd""".split()  # noqa: SIM905
)
"""Fields with a meaning of their own; the others are kept among the attributes."""


def detect(records: Records) -> Detection:
    rows = [row for row in records.sample if _is_mine(row)]
    if not rows or 2 * len(rows) < len(records.sample):
        return NOT_MINE
    return Detection(0.92, f"events such as {rows[0]['type']}")


def read(records: Records, ledger: Ledger) -> list[Session]:
    run = _Run(session_name(records))
    for record in records.lines(ledger):
        if _is_mine(record.value):
            ledger.claim()
            run.add(record)
        else:
            ledger.skip(record.source, "no event of OpenClaw's telemetry")
    return [run.session()] if run.builder.steps else []


def _is_mine(row: Any) -> bool:
    kind = object_field(row).get("type")
    return isinstance(kind, str) and kind in _EVENTS and any(key in row for key in _KEYS)


class _Run:
    """The lines of one file while they become steps: the gateway's window, and one for each sub-agent."""

    def __init__(self, name: str) -> None:
        self.builder = SessionBuilder(name)
        self._open: dict[tuple[str, str], list[int]] = defaultdict(list)
        """By session and tool the steps whose end is still to come."""
        self._agents: dict[str, int] = {}
        """By session the step of its last run."""
        self._sending: list[Record] = []
        self._windows: set[str] = set()

    def add(self, record: Record) -> None:
        row = record.value
        session = text_field(row.get("sessionKey")) or ""
        fields: dict[str, Any] = {
            "scope": self._scope(session, row),
            "agent": text_field(row.get("agentId")),
            "start_ns": parse_time_ns(row.get("ts") or row.get("timestamp")),
            "attributes": {key: value for key, value in row.items() if key not in _MEANT},
        }
        _EVENTS[row["type"]](self, record, session, fields)
        self._answers(row)

    def session(self) -> Session:
        for record in self._sending:
            self._said(record, "assistant", {"start_ns": parse_time_ns(record.value.get("ts"))})
        calls = tuple(step.number for step in self.builder.steps if step.kind == "llm_call")
        if calls:
            effect = "the prompts and answers of these calls are not in the trace"
            self.builder.gap(Gap("content_not_recorded", effect, EXPORT.split(". ")[1], calls))
        return self.builder.build()

    def _scope(self, session: str, row: dict[str, Any]) -> str:
        if _SUB_AGENT not in session:
            return "main"
        if session not in self._windows:
            self._windows.add(session)
            self.builder.scope(Scope(session, "sub_agent", parent="main", spawned_by=self._spawned_by(row)))
        return session

    def _spawned_by(self, row: dict[str, Any]) -> int | None:
        """The tool call that the prompt of a sub-agent quotes most of."""
        prompt = text_field(row.get("prompt")) or ""
        quoted = [
            (len(text), step.index)
            for step in self.builder.steps
            if step.kind == "tool_call"
            for text in object_field(step.arguments).values()
            if isinstance(text, str) and text and text in prompt
        ]
        return max(quoted)[1] if quoted else None

    def _tool_start(self, record: Record, session: str, fields: dict[str, Any]) -> None:
        row, tool = record.value, text_field(record.value.get("toolName")) or ""
        arguments = {"arguments": row.get("params"), "arguments_source": record.source}
        parent = self._agents.get(session)
        index = self.builder.step("tool_call", record.source, tool=tool, parent=parent, **arguments, **fields)
        self._open[session, tool].append(index)

    def _tool_end(self, record: Record, session: str, fields: dict[str, Any]) -> None:
        tool = text_field(record.value.get("toolName")) or ""
        waiting = self._open[session, tool]
        if not waiting:
            self.builder.step("tool_call", record.source, tool=tool, **_outcome(record), **fields)
            return
        step = self.builder.steps[waiting.pop(0)]
        kept = {"source": record.source, "also": (*step.also, step.source)}
        self.builder.update(step.index, attributes=step.attributes | fields["attributes"], **kept, **_outcome(record))

    def _agent_start(self, record: Record, session: str, fields: dict[str, Any]) -> None:
        """Two hooks may tell of one start: nothing of that session comes between."""
        prompt, last = text_field(record.value.get("prompt")) or "", self._agents.get(session)
        step = None if last is None else self.builder.steps[last]
        began = step is not None and any(later.parent == last for later in self.builder.steps[step.index :])
        if step is None or began or step.summary != prompt:
            self._agents[session] = self.builder.step("agent", record.source, summary=prompt, **fields)
        else:
            more = step.attributes | fields["attributes"]
            self.builder.update(step.index, also=(*step.also, record.source), attributes=more)

    def _agent_end(self, record: Record, session: str, fields: dict[str, Any]) -> None:
        index = self._agents.pop(session, None)
        if index is None:
            self.builder.step("agent", record.source, **_outcome(record), **fields)
            return
        step = self.builder.steps[index]
        more = step.attributes | fields["attributes"]
        self.builder.update(index, also=(*step.also, record.source), attributes=more, **_outcome(record))

    def _message_in(self, record: Record, session: str, fields: dict[str, Any]) -> None:
        self._said(record, "user", fields)

    def _message_sending(self, record: Record, session: str, fields: dict[str, Any]) -> None:
        self._sending.append(record)

    def _message_out(self, record: Record, session: str, fields: dict[str, Any]) -> None:
        """What was sent; the line that said that it was about to be sent says the same."""
        content = record.value.get("content")
        before = next((one for one in self._sending if one.value.get("content") == content), None)
        if before is not None:
            self._sending.remove(before)
            fields["also"] = (before.source,)
        self._said(record, "assistant", fields | _outcome(record))

    def _said(self, record: Record, role: str, fields: dict[str, Any]) -> None:
        content = record.value.get("content")
        if not content:
            length = count_field(record.value.get("contentLength"))
            known = "" if length is None else f" of {length} characters"
            self.builder.step("message", record.source, summary=f"{role}'s message{known}", **fields)
            return
        self.builder.message(Message(role, parts_of_content(content), source=record.source), record.source, **fields)

    def _llm_usage(self, record: Record, session: str, fields: dict[str, Any]) -> None:
        row = record.value
        cached = count_field(row.get("cacheTokens"))
        plain, written = count_field(row.get("inputTokens")), count_field(row.get("outputTokens"))
        usage = None
        if plain is not None or written is not None:
            whole = None if plain is None else plain + (cached or 0)
            usage = Usage(whole, written, cached, origin="derived" if cached else "recorded")
        lasted = milliseconds_field(row.get("durationMs"))
        if lasted is not None and fields["start_ns"] is not None:
            fields["start_ns"] -= lasted  # the line is written when the call has ended
        counts = {"usage": usage, "cost_usd": number_field(row.get("costUsd")), "duration_ns": lasted}
        model, parent = text_field(row.get("model")), self._agents.get(session)
        self.builder.step("llm_call", record.source, model=model, parent=parent, **counts, **fields)

    def _answers(self, row: dict[str, Any]) -> None:
        """Results of tools from the conversation that a line holds: by the tool and what it was asked."""
        for message in map(object_field, list_field(row.get("messages"))):
            for block in map(object_field, list_field(message.get("content"))):
                if block.get("type") == "toolCall":
                    self._name_call(block)
            index = self.builder.call_step(text_field(message.get("toolCallId")) or "")
            if message.get("role") == "toolResult" and index is not None and not self.builder.steps[index].has_result:
                texts = [part.content for part in parts_of_content(message.get("content")) if hasattr(part, "content")]
                self.builder.update(index, result="\n".join(texts), has_result=True)

    def _name_call(self, block: dict[str, Any]) -> None:
        call_id = text_field(block.get("id"))
        if not call_id or self.builder.call_step(call_id) is not None:
            return
        for step in self.builder.steps:
            same = step.tool == block.get("name") and step.arguments == block.get("arguments")
            if step.kind == "tool_call" and step.call_id is None and same:
                self.builder.name_call(step.index, call_id)
                return


def _outcome(record: Record) -> dict[str, Any]:
    row, found = record.value, {}
    if isinstance(row.get("success"), bool):
        found["status"] = "ok" if row["success"] else "error"
    if row.get("error"):
        found |= {"status": "error", "error": text_field(row["error"]) or "error"}
    lasted = milliseconds_field(row.get("durationMs"))
    return found if lasted is None else found | {"duration_ns": lasted}


_EVENTS = {
    "tool.start": _Run._tool_start,
    "tool.end": _Run._tool_end,
    "agent.start": _Run._agent_start,
    "agent.end": _Run._agent_end,
    "message.in": _Run._message_in,
    "message.sending": _Run._message_sending,
    "message.out": _Run._message_out,
    "llm.usage": _Run._llm_usage,
}
