"""A thread, replayed line by line as Codex itself rebuilds it, and the steps that come of it.

Response items are the truth; event messages repeat them for display and serve for tokens, errors and how calls ended.
`compacted` with a replacement history replaces the window; without one (older files) the window becomes the user's
messages and the summary. `thread_rolled_back` takes the window back to where the last n turns began.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.codex.copies import Copies
from tracetui.ingest.codex.files import parent_thread
from tracetui.ingest.codex.items import (
    COMPACTIONS,
    LEGACY_ITEMS,
    OUTPUTS,
    SHOWN_ELSEWHERE,
    TURN_ENDS,
    TURN_STARTS,
    TYPES,
    call_usage,
    ended,
    is_users_own,
    outcome,
    output_parts,
    replacement,
    response,
)
from tracetui.ingest.codex.tokens import CallTokens
from tracetui.ingest.codex.tools import ThreadTools
from tracetui.ingest.codex.window import ThreadWindow
from tracetui.ingest.fields import count_field, object_field, text_field
from tracetui.ingest.messages import parts_of_content
from tracetui.ingest.records import Record
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import raw_usage
from tracetui.model import (
    Gap,
    Message,
    Part,
    SourceRef,
    StepKind,
    TextPart,
    ToolCallPart,
)


class Thread:
    """One thread while its lines are replayed into a scope of a session."""

    def __init__(
        self, builder: SessionBuilder, scope: str = "main", *, agent: str | None = None, depth: int = 0
    ) -> None:
        self.builder, self.scope = builder, scope
        self.meta: dict[str, Any] = {}
        """Of the first session_meta: a fork's file repeats that of the thread it was copied from."""
        self.copies = Copies()
        self.copied_from: list[str] = []
        """The threads whose lines this one repeats, the nearest last."""
        self.on_result: Callable[[int, Any], None] = lambda _index, _answer: None
        """Told the step and the answer of every call."""
        self._place: dict[str, Any] = {"scope": scope, "agent": agent, "depth": depth}
        self._call: dict[str, Any] = {}
        """Model and reasoning effort of this turn's calls."""
        self._pending: list[tuple[Part, SourceRef]] = []
        """What a model has returned since the last input, with the place of each part's item."""
        self._pending_time: int | None = None
        self._tokens = CallTokens(builder)
        self._ends: dict[str, dict[str, Any]] = {}
        """By call id: how it ended, as an event told it."""
        self._tools = ThreadTools(builder, scope)
        self._window = ThreadWindow(scope)

    def add(self, record: Record) -> str:
        """Take one line; the reason why not, where it is not known."""
        row = record.value
        if not isinstance(row, dict):
            return "not an object"
        kind, payload, time = row.get("type"), row.get("payload"), parse_time_ns(row.get("timestamp"))
        if isinstance(payload, dict) and self.copies.ends_at(payload, time):
            self.goes_on_from(None)
        if parent := self.copies.copied_from(time):
            self._copies(parent, time)
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
                self._meta(payload, time)
            case "turn_context":
                self._call = {"model": text_field(payload.get("model")) or self._call.get("model")}
                effort = payload.get("effort")
                self._call["attributes"] = {"reasoning_effort": effort} if effort is not None else {}
                self._keep("turn_context", payload)
            case "compacted":
                self._compact(payload, record.source, time)
            case "token_usage_record":
                self.close_call()
                self._tokens.recorded(payload.get("usage"))
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

    def goes_on_from(self, thread: str | None) -> None:
        """What comes now was read from the rollout of that thread, where its calls ran; None: it is this thread's own."""
        self.close_call()
        self.copies.elsewhere(thread)
        if thread is not None:
            self.copied_from.append(thread)

    def _copies(self, thread: str, time: int | None) -> None:
        """What comes now stands in this rollout, and was copied from that thread."""
        self.goes_on_from(thread)
        self.copies.begin(thread, time)

    def _here(self) -> dict[str, Any]:
        """Fields of every step: its place, and the thread it is copied from."""
        return self._place | ({"attributes": {"copied_from": self.copies.of}} if self.copies.of else {})

    def _meta(self, payload: dict[str, Any], time: int | None) -> None:
        if self.meta:
            other = text_field(payload.get("id"))
            if other is not None and other != self.meta.get("id"):
                self._copies(other, time)
            return
        self.meta = payload
        self.copies.start(
            text_field(payload.get("id")), text_field(payload.get("forked_from_id")) or parent_thread(payload), time
        )
        instructions = payload.get("base_instructions") or payload.get("instructions")
        text = instructions.get("text") if isinstance(instructions, dict) else instructions
        if isinstance(text, str) and text:
            self.builder.set_system((TextPart(text),), self.scope)
        self._tools.begin(payload.get("dynamic_tools"))

    def _item(self, item: dict[str, Any], source: SourceRef, time: int | None) -> None:
        kind = text_field(item.get("type")) or ""
        if kind in OUTPUTS:
            self.close_call()
            self._output(item, source)
            self._tools.add(item.get("tools"))
        elif kind == "additional_tools":
            self._tools.add(item.get("tools"))
        elif kind == "agent_message" or (kind == "message" and item.get("role") != "assistant"):
            self.close_call()
            self._message(item, source, time)
        elif kind in COMPACTIONS:
            self.close_call()
            message = Message("assistant", tuple(output_parts(kind, item)), source=source)
            index = self.builder.step("compaction", source, start_ns=time, message=message, **self._here())
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
        if is_users_own(message) and "author" not in item:
            self._window.begin_turn()
        self._append(self.builder.step("message", source, message=message, start_ns=time, **self._here()), message)

    def _append(self, index: int, message: Message) -> None:
        self.builder.append(index, message, scope=self.scope)
        self._window.messages.append(message)

    def _output(self, item: dict[str, Any], source: SourceRef) -> None:
        part = response(item)
        message = Message("tool", (part,), source=source)
        if self.copies.of is not None:
            self._append(self.builder.step("message", source, message=message, **self._here()), message)
            return
        fields = self._ends.pop(part.id or "", {}) | outcome(item)
        index = self.builder.tool_result(message, source, scope=self.scope, **fields)
        self._window.messages.append(message)
        self.on_result(index, part.response)

    def close_call(self) -> None:
        """One model call: the run of model output between two inputs."""
        if not self._pending:
            return
        source = self._pending[0][1]
        places = list(dict.fromkeys(place for _, place in self._pending))
        message = Message("assistant", tuple(part for part, _ in self._pending), source=source)
        calls = [place for part, place in self._pending if isinstance(part, ToolCallPart)]
        fields = {"start_ns": self._pending_time, "also": tuple(places[1:])} | self._call | self._here()
        self._pending, self._pending_time = [], None
        if self.copies.of is not None:
            # Its call was made, and is counted, in the thread that it is copied from.
            self._append(self.builder.step("message", source, message=message, **fields), message)
            return
        self._tokens.called(self.builder.llm_call(message, source, call_sources=calls, **fields))
        self._window.messages.append(message)

    def _event(self, payload: dict[str, Any], source: SourceRef, time: int | None) -> None:
        kind = text_field(payload.get("type")) or ""
        if kind == "token_count":
            self.close_call()
            self._tokens.counted(object_field(payload.get("info")))
        elif kind in ("exec_command_end", "mcp_tool_call_end", "patch_apply_end"):
            self._end(text_field(payload.get("call_id")) or "", ended(payload))
        elif kind == "thread_rolled_back":
            self.close_call()
            self._roll_back(payload.get("num_turns"), source, time)
        elif kind in TURN_STARTS:
            self.close_call()
            self._window.open_turn()
        elif kind in ("error", "stream_error"):
            self.close_call()
            said = text_field(payload.get("message")) or kind
            failed: dict[str, Any] = {} if self.copies.of else {"status": "error", "error": said}
            step_kind: StepKind = "other" if self.copies.of else "error"
            self.builder.step(step_kind, source, start_ns=time, summary=said, **failed, **self._here())
        elif kind in TURN_ENDS:
            self.close_call()
            self._window.close_turn()
            if kind == "turn_aborted":
                summary = f"the turn was stopped: {text_field(payload.get('reason')) or 'no reason given'}"
                self.builder.step("other", source, start_ns=time, summary=summary, **self._here())
        elif kind not in SHOWN_ELSEWHERE:
            self._keep(f"event_msg/{kind}", payload)

    def _end(self, call_id: str, fields: dict[str, Any]) -> None:
        index = self.builder.call_step(call_id)
        if index is not None and self.builder.steps[index].has_result:
            known = self.builder.steps[index]
            self.builder.update(index, **(fields | ({"status": "error", "error": known.error} if known.error else {})))
        else:
            self._ends[call_id] = fields

    def _compact(self, payload: dict[str, Any], source: SourceRef, time: int | None) -> None:
        self.close_call()
        history = payload.get("replacement_history")
        said = text_field(payload.get("message")) or ""
        self._note_summary_call(said)
        if isinstance(history, list):
            window = [replacement(item, source) for item in history if isinstance(item, dict)]
        else:
            window = self._window.summed_up(Message("user", (TextPart(said),), source=source))
        summary = said or "the window was compacted"
        here, counts = self._here(), self._tokens.taken()
        fields = here | {"usage": call_usage(counts), "attributes": here.get("attributes", {}) | raw_usage(counts)}
        index = self.builder.step("compaction", source, start_ns=time, summary=summary, **fields)
        self.builder.edit(self._window.become(window, index, "compact"))

    def _note_summary_call(self, summary: str) -> None:
        """The call that wrote a summary was sent an order to do so, of which a rollout holds nothing."""
        last = self._tokens.last_call
        call = None if last is None else self.builder.steps[last]
        if call is None or call.message is None:
            return
        said = "".join(part.content for part in call.message.parts if isinstance(part, TextPart))
        if said and said in summary:
            effect = "this call wrote the summary that the window was compacted to; the order to write it is not in the rollout"
            self.builder.gap(Gap("content_partly_recorded", effect, steps=(call.number,)))

    def _roll_back(self, turns: Any, source: SourceRef, time: int | None) -> None:
        """Back to the window before the last n turns; what their tools did is done, and stays among the steps."""
        before, count = self._window.before_turns(count_field(turns) or 0)
        if count == 0:
            return
        summary = f"the last {count} turns were rolled back" if count > 1 else "the last turn was rolled back"
        index = self.builder.step("other", source, start_ns=time, summary=summary, **self._here())
        self.builder.edit(self._window.become(before, index, "splice"))
