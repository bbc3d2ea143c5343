"""A thread, replayed line by line as Codex itself rebuilds it, and the steps that come of it.

Response items are the truth; event messages repeat them for display and serve for tokens, errors and how calls ended.
`compacted` with a replacement history replaces the window; without one (older files) the window becomes the user's
messages and the summary. `thread_rolled_back` takes the window back to where the last n turns began.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.codex.items import (
    CALLS,
    COMPACTIONS,
    OUTPUTS,
    definitions,
    ended,
    is_users_own,
    outcome,
    output_parts,
    replacement,
    response,
    usage,
)
from tracetui.ingest.fields import count_field, object_field, text_field
from tracetui.ingest.messages import parts_of_content
from tracetui.ingest.records import Record
from tracetui.ingest.times import parse_time_ns
from tracetui.model import ContextEdit, Message, Part, SourceRef, TextPart, ToolCallPart, ToolDefinition

LEGACY_ITEMS = CALLS | OUTPUTS | {"message", "reasoning"}
TYPES = frozenset(
    """session_meta response_item event_msg turn_context compacted world_state token_usage_record
    inter_agent_communication inter_agent_communication_metadata retained_context security_risk_score
    realtime_item""".split()  # noqa: SIM905
)
_SHOWN_ELSEWHERE = frozenset(
    ("user_message", "agent_message", "agent_reasoning", "agent_reasoning_raw_content", "context_compacted")
)
"""Events that only repeat items."""
_TURN_STARTS, _TURN_ENDS = ("task_started", "turn_started"), ("task_complete", "turn_complete", "turn_aborted")


class Thread:
    """One thread while its lines are replayed into a scope of a session."""

    def __init__(
        self, builder: SessionBuilder, scope: str = "main", *, agent: str | None = None, depth: int = 0
    ) -> None:
        self.builder, self.scope = builder, scope
        self.meta: dict[str, Any] = {}
        """Of the first session_meta: a fork's file repeats that of the thread it was copied from."""
        self.copied_from: str | None = None
        """The thread whose first lines this one repeats."""
        self.on_result: Callable[[int, Any], None] = lambda _index, _answer: None
        """Told the step and the answer of every call."""
        self._place: dict[str, Any] = {"scope": scope, "agent": agent, "depth": depth}
        self._call: dict[str, Any] = {}
        """Model and reasoning effort of this turn's calls."""
        self._pending: list[tuple[Part, SourceRef]] = []
        """What a model has returned since the last input, with the place of each part's item."""
        self._pending_time: int | None = None
        self._last_call: int | None = None
        self._tokens: int | None = None
        self._ends: dict[str, dict[str, Any]] = {}
        """By call id: how it ended, as an event told it."""
        self._tools: tuple[ToolDefinition, ...] = ()
        self._window: list[Message] = []
        self._summaries: list[Message] = []
        self._turns: list[list[Message]] = []
        """The window as it was at the start of each turn that still counts."""
        self._opening: list[Message] | None = None
        """The window at the start of a turn of which no user message has come yet."""
        self._told_turns = False

    def add(self, record: Record) -> str:
        """Take one line; the reason why not, where it is not known."""
        row = record.value
        if not isinstance(row, dict):
            return "not an object"
        kind, payload, time = row.get("type"), row.get("payload"), parse_time_ns(row.get("timestamp"))
        if payload is None:
            if kind in LEGACY_ITEMS:
                self._item(row, record.source, time)
                return ""
            if "record_type" in row:
                return ""
            kind, payload = "session_meta", row
        if not isinstance(payload, dict):
            return "a payload that is no object"
        match kind:
            case "response_item":
                self._item(payload, record.source, time)
            case "event_msg":
                self._event(payload, record.source, time)
            case "session_meta":
                self._meta(payload)
            case "turn_context":
                self._call = {"model": text_field(payload.get("model")) or self._call.get("model")}
                effort = payload.get("effort")
                self._call["attributes"] = {"reasoning_effort": effort} if effort is not None else {}
                self._keep("turn_context", payload)
            case "compacted":
                self._compact(payload, record.source, time)
            case "token_usage_record":
                self.close_call()
                if self._last_call is not None and (exact := usage(payload.get("usage"), derived=False)):
                    self.builder.update(self._last_call, usage=exact)
            case "inter_agent_communication":
                self.close_call()
                self._message(payload, record.source, time)
            case _ if kind in TYPES:
                self._keep(str(kind), payload)
            case _:
                return f"unknown type {kind!r}"
        return ""

    def _keep(self, kind: str, payload: dict[str, Any]) -> None:
        """What is no step and reaches no window is kept with the session."""
        if self.scope == "main":
            self.builder.attributes.setdefault("records", {}).setdefault(kind, []).append(payload)

    def _meta(self, payload: dict[str, Any]) -> None:
        if self.meta:
            if payload.get("id") != self.meta.get("id"):
                self.copied_from = text_field(payload.get("id"))
            return
        self.meta = payload
        instructions = payload.get("base_instructions") or payload.get("instructions")
        text = instructions.get("text") if isinstance(instructions, dict) else instructions
        if isinstance(text, str) and text:
            self.builder.set_system((TextPart(text),), self.scope)
        self._tools = definitions(payload.get("dynamic_tools"))
        if self._tools:
            self.builder.set_tools(self._tools, self.scope)

    def _item(self, item: dict[str, Any], source: SourceRef, time: int | None) -> None:
        kind = text_field(item.get("type")) or ""
        if kind in OUTPUTS:
            self.close_call()
            self._output(item, source)
            self._add_tools(item.get("tools"))
        elif kind == "additional_tools":
            self._add_tools(item.get("tools"))
        elif kind == "agent_message" or (kind == "message" and item.get("role") != "assistant"):
            self.close_call()
            self._message(item, source, time)
        elif kind in COMPACTIONS:
            self.close_call()
            message = Message("assistant", tuple(output_parts(kind, item)), source=source)
            index = self.builder.step("compaction", source, start_ns=time, message=message, **self._place)
            self._append(index, message)
        elif kind == "ghost_snapshot":
            self._keep(kind, item)
        else:
            self._pending_time = self._pending_time or time
            self._pending += [(part, source) for part in output_parts(kind, item)]

    def _message(self, item: dict[str, Any], source: SourceRef, time: int | None) -> None:
        """What came into the window from outside: a user, the program, another agent."""
        content = parts_of_content(item.get("content", item.get("message")))
        message = Message(text_field(item.get("role")) or "user", content, text_field(item.get("author")), source)
        if is_users_own(message) and "author" not in item and (self._opening is not None or not self._told_turns):
            self._turns.append(list(self._window) if self._opening is None else self._opening)
            self._opening = None
        self._append(self.builder.step("message", source, message=message, start_ns=time, **self._place), message)

    def _append(self, index: int, message: Message) -> None:
        self.builder.append(index, message, scope=self.scope)
        self._window.append(message)

    def _output(self, item: dict[str, Any], source: SourceRef) -> None:
        part = response(item)
        message = Message("tool", (part,), source=source)
        fields = self._ends.pop(part.id or "", {}) | outcome(item)
        index = self.builder.tool_result(message, source, scope=self.scope, **fields)
        self._window.append(message)
        self.on_result(index, part.response)

    def _add_tools(self, tools: Any) -> None:
        """Definitions that came later: in force from the next call on."""
        if added := definitions(tools):
            known = {tool.name for tool in added}
            self._tools = (*(tool for tool in self._tools if tool.name not in known), *added)
            if not self.builder.steps:
                self.builder.set_tools(self._tools, self.scope)
                return
            at = len(self.builder.steps) - 1
            self.builder.edit(
                ContextEdit(at=at, scope=self.scope, kind="tools", tools=self._tools, evidence="recorded")
            )

    def close_call(self) -> None:
        """One model call: the run of model output between two inputs."""
        if not self._pending:
            return
        source = self._pending[0][1]
        places = list(dict.fromkeys(place for _, place in self._pending))
        message = Message("assistant", tuple(part for part, _ in self._pending), source=source)
        calls = [place for part, place in self._pending if isinstance(part, ToolCallPart)]
        fields = {"start_ns": self._pending_time, "also": tuple(places[1:])} | self._call | self._place
        self._last_call = self.builder.llm_call(message, source, call_sources=calls, **fields)
        self._window.append(message)
        self._pending, self._pending_time = [], None

    def _event(self, payload: dict[str, Any], source: SourceRef, time: int | None) -> None:
        kind = text_field(payload.get("type")) or ""
        if kind == "token_count":
            self.close_call()
            self._count(object_field(payload.get("info")))
        elif kind in ("exec_command_end", "mcp_tool_call_end", "patch_apply_end"):
            self._end(text_field(payload.get("call_id")) or "", ended(payload))
        elif kind == "thread_rolled_back":
            self.close_call()
            self._roll_back(payload.get("num_turns"), source, time)
        elif kind in _TURN_STARTS:
            self.close_call()
            self._opening, self._told_turns = list(self._window), True
        elif kind in ("error", "stream_error"):
            self.close_call()
            said = text_field(payload.get("message")) or kind
            self.builder.step("error", source, start_ns=time, status="error", error=said, summary=said, **self._place)
        elif kind in _TURN_ENDS:
            self.close_call()
            if kind == "turn_aborted":
                summary = f"the turn was stopped: {text_field(payload.get('reason')) or 'no reason given'}"
                self.builder.step("other", source, start_ns=time, summary=summary, **self._place)
        elif kind not in _SHOWN_ELSEWHERE:
            self._keep(f"event_msg/{kind}", payload)

    def _end(self, call_id: str, fields: dict[str, Any]) -> None:
        index = self.builder.call_step(call_id)
        if index is not None and self.builder.steps[index].has_result:
            known = self.builder.steps[index]
            self.builder.update(index, **(fields | ({"status": "error", "error": known.error} if known.error else {})))
        else:
            self._ends[call_id] = fields

    def _count(self, info: dict[str, Any]) -> None:
        """Tokens of the last call; a count that did not grow repeats an earlier one."""
        last = usage(info.get("last_token_usage"), derived=True)
        total = count_field(object_field(info.get("total_token_usage")).get("total_tokens"))
        if last is None or self._last_call is None or (total is not None and total == self._tokens):
            return
        self._tokens = total
        known = self.builder.steps[self._last_call].usage
        if known is None or known.origin != "recorded":
            self.builder.update(self._last_call, usage=last)
        if (window := count_field(info.get("model_context_window"))) is not None:
            known_fields = self.builder.steps[self._last_call].attributes
            self.builder.update(self._last_call, attributes={**known_fields, "model_context_window": window})

    def _compact(self, payload: dict[str, Any], source: SourceRef, time: int | None) -> None:
        self.close_call()
        history = payload.get("replacement_history")
        said = text_field(payload.get("message")) or ""
        if isinstance(history, list):
            window = [replacement(item, source) for item in history if isinstance(item, dict)]
        else:
            self._summaries.append(Message("user", (TextPart(said),), source=source))
            users = [one for one in self._window if is_users_own(one) and all(one is not s for s in self._summaries)]
            window = [*users, self._summaries[-1]]
        summary = said or "the window was compacted"
        index = self.builder.step("compaction", source, start_ns=time, summary=summary, **self._place)
        self._become(window, index, "compact")

    def _roll_back(self, turns: Any, source: SourceRef, time: int | None) -> None:
        """Back to the window before the last n turns; what their tools did is done, and stays among the steps."""
        count = min(count_field(turns) or 0, len(self._turns))
        if count == 0:
            return
        summary = f"the last {count} turns were rolled back" if count > 1 else "the last turn was rolled back"
        index = self.builder.step("other", source, start_ns=time, summary=summary, **self._place)
        before = self._turns[-count]
        del self._turns[-count:]
        self._become(before, index, "splice")

    def _become(self, window: list[Message], at: int, kind: Any) -> None:
        """From step `at` on the window is this one. What it shares with the old one at its head stays as it is."""
        same = 0
        if kind == "splice":
            while same < min(len(window), len(self._window)) and window[same] is self._window[same]:
                same += 1
        edit = ContextEdit(
            at=at,
            scope=self.scope,
            kind=kind,
            start=same,
            delete=len(self._window) - same,
            messages=tuple(window[same:]),
            evidence="recorded",
        )
        self.builder.edit(edit)
        self._window, self._opening = list(window), None
