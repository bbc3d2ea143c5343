"""Building a session step by step: what every reader has in common.

A reader says what happened in order; the builder gives steps their index and number, joins tool results to their
calls, and writes down how each scope's context window grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import msgspec

from tracetui.credentials import masked_attributes
from tracetui.ingest.fitting import fitting
from tracetui.ingest.messages import decoded
from tracetui.model import (
    ContextEdit,
    EditEvidence,
    Gap,
    Message,
    Part,
    RecordedPrompt,
    Scope,
    Session,
    SourceRef,
    Step,
    StepKind,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)


class SessionBuilder:
    """Collects the steps, windows and gaps of one session; `build()` freezes them."""

    def __init__(self, session_id: str) -> None:
        self.session_id = session_id
        self.goal: str | None = None
        self.attributes: dict[str, Any] = {}
        self.steps: list[Step] = []
        self._scopes: dict[str, Scope] = {"main": Scope("main")}
        self._edits: list[ContextEdit] = []
        self._prompts: dict[int, RecordedPrompt] = {}
        self._system: dict[str, tuple[Part, ...]] = {}
        self._tools: dict[str, tuple[ToolDefinition, ...]] = {}
        self._gaps: list[Gap] = []
        self._call_steps: dict[str, int] = {}
        self._open: dict[str, list[int]] = {}
        """Unanswered calls by call id."""
        self._asked: dict[str, list[int]] = {}
        """By scope, the unanswered calls of its last LLM call."""
        self._orphans: list[int] = []
        self._last_llm: dict[str, int] = {}

    def scope(self, scope: Scope) -> str:
        """Declare a context window; returns its id."""
        self._scopes[scope.id] = scope
        return scope.id

    def known_scope(self, scope_id: str) -> Scope | None:
        """A context window that was declared."""
        return self._scopes.get(scope_id)

    def set_system(self, parts: tuple[Part, ...], scope: str = "main") -> None:
        """The system prompt that a scope has from its start."""
        self._system[scope] = parts

    def set_tools(self, tools: tuple[ToolDefinition, ...], scope: str = "main") -> None:
        """The tool definitions that a scope has from its start."""
        self._tools[scope] = tools

    @property
    def has_system(self) -> bool:
        return any(self._system.values())

    @property
    def has_tools(self) -> bool:
        return any(self._tools.values())

    def gap(self, gap: Gap) -> None:
        if gap not in self._gaps:
            self._gaps.append(gap)

    def step(self, kind: StepKind, source: SourceRef, **fields: Any) -> int:
        """Add a step of any kind without touching a window; returns its index. `fields` as in `Step`."""
        index = len(self.steps)
        number = fields.pop("number", index + 1)
        self.steps.append(Step(index=index, number=number, kind=kind, source=source, **fitting(fields)))
        if kind == "llm_call":
            self._last_llm[self.steps[index].scope] = index
            self._asked[self.steps[index].scope] = []
        if kind == "tool_call" and (call_id := self.steps[index].call_id):
            self._call_steps[call_id] = index
        return index

    def message(self, message: Message, source: SourceRef, **fields: Any) -> int:
        """What a user, system or other agent put into the window."""
        index = self.step("message", source, message=message, **fields)
        self.append(index, message, scope=self.steps[index].scope)
        return index

    def llm_call(
        self,
        message: Message,
        source: SourceRef,
        *,
        call_sources: Sequence[SourceRef] = (),
        sent_on: Message | None = None,
        **fields: Any,
    ) -> int:
        """A model's answer, and a `tool_call` step for each call in it. The answer joins the window.

        `call_sources`: where each ToolCallPart of the message stands, in order; the message's own place where not given.
        `sent_on`: what later calls see of the answer, where that is not all of it.
        """
        index = self.step("llm_call", source, message=message, **fields)
        self.append(index, sent_on or message, scope=self.steps[index].scope)
        calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
        for call, place in zip_longest(calls, call_sources[: len(calls)], fillvalue=source):
            if isinstance(call, ToolCallPart) and isinstance(place, SourceRef):
                self.tool_call(call, place, parent=index)
        return index

    def tool_call(self, call: ToolCallPart, source: SourceRef, *, parent: int, **fields: Any) -> int:
        """A call that the LLM step `parent` asked for; its result comes with `tool_result`."""
        asked = self.steps[parent]
        defaults = {"scope": asked.scope, "agent": asked.agent, "depth": asked.depth}
        index = self.step(
            "tool_call",
            source,
            parent=parent,
            tool=call.name,
            call_id=call.id,
            arguments=call.arguments,
            arguments_source=source,
            **(defaults | fields),
        )
        if call.id:
            self._open.setdefault(call.id, []).append(index)
        self._asked.setdefault(self.steps[index].scope, []).append(index)
        return index

    def tool_result(self, message: Message, source: SourceRef, **fields: Any) -> int:
        """A message that is one tool's answer: joined to its call, and put into the window. Returns the tool step's index."""
        part = next(p for p in message.parts if isinstance(p, ToolCallResponsePart))
        index = self.join_result(part, source, name=message.name, **fields)
        self.append_result(index, message, scope=fields.get("scope", self.steps[index].scope))
        return index

    def join_result(
        self,
        part: ToolCallResponsePart,
        source: SourceRef,
        *,
        name: str | None = None,
        scope: str = "main",
        **fields: Any,
    ) -> int:
        """A tool's answer, joined to its call: by id, else by tool name or order among the calls still open.

        The step's `source` becomes that of the result; its arguments keep theirs. Where no call is known, the result
        is a step of its own; so is what a call returned again in a branch. No window changes.
        """
        result = {"result": decoded(part.response), "has_result": True}
        index = self._take_open_call(part.id, name, scope)
        answered = self._call_steps.get(part.id or "")
        if index is None and answered is not None and self.steps[answered].scope != scope:
            call = self.steps[answered]
            asked = {key: getattr(call, key) for key in ("tool", "call_id", "arguments", "arguments_source", "parent")}
            index = self.step("tool_call", source, scope=scope, **(asked | result | fields))
        elif index is None:
            index = self.step("tool_call", source, scope=scope, tool=name, call_id=part.id, **(result | fields))
            self._orphans.append(index)
        else:
            step = self.steps[index]
            self.update(index, source=source, also=(*step.also, step.source), **(result | fields))
        return index

    def tool_run(self, source: SourceRef, *, tool: str, arguments: Any, **fields: Any) -> int:
        """A tool's run that names no call: the answer of the last open call of the tool with the same arguments, else a
        step of its own. `fields` as in `Step`; no window changes."""
        said = decoded(arguments)
        if "result" in fields:
            fields |= {"result": decoded(fields["result"]), "has_result": True}
        for step in reversed(self.steps):
            is_call = step.kind == "tool_call" and step.tool == tool and step.parent is not None
            is_open = is_call and not step.has_result and step.status == "unknown"
            if is_open and decoded(step.arguments) == said:
                also = (*step.also, source, *fields.get("also", ()))
                self.update(step.index, **(fields | {"agent": step.agent, "also": also}))
                return step.index
        return self.step("tool_call", source, tool=tool, arguments=said, arguments_source=source, **fields)

    def append_result(self, index: int, message: Message, *, scope: str | None = None) -> None:
        """Put the answer of tool step `index` into its window, or that of a branch: where the step stands, or now if a
        call came between."""
        scope = scope or self.steps[index].scope
        late = scope != self.steps[index].scope or self._last_llm.get(scope, -1) > index
        self.append(len(self.steps) - 1 if late else index, message, scope=scope, from_step=index if late else None)

    def append(
        self,
        at: int,
        message: Message,
        *,
        scope: str = "main",
        from_step: int | None = None,
        evidence: EditEvidence = "replayed",
    ) -> None:
        """The message stands at the end of the scope's window from step `at` on."""
        self._edits.append(ContextEdit(at=at, scope=scope, messages=(message,), from_step=from_step, evidence=evidence))

    def edit(self, edit: ContextEdit) -> None:
        """Any other change of a window; edits take effect in the order in which they are given."""
        self._edits.append(edit)

    def prompt(self, index: int, prompt: RecordedPrompt) -> None:
        """The whole prompt of LLM step `index` as the source holds it."""
        self._prompts[index] = prompt

    def update(self, index: int, **fields: Any) -> None:
        """Fill in fields of a step that are known only later."""
        self.steps[index] = msgspec.structs.replace(self.steps[index], **fitting(fields))

    def name_call(self, index: int, call_id: str) -> None:
        """The call id of a tool step, which is known only later."""
        self.update(index, call_id=call_id)
        self._call_steps[call_id] = index

    def call_step(self, call_id: str) -> int | None:
        """Index of the last tool step with this call id."""
        return self._call_steps.get(call_id)

    def _take_open_call(self, call_id: str | None, name: str | None, scope: str) -> int | None:
        """The unanswered call that a result belongs to. Ids may recur from turn to turn: the last turn's call counts."""
        waiting = self._open.get(call_id, []) if call_id else self._asked.get(scope, [])
        if call_id:
            found = len(waiting) - 1
            while found > 0 and self.steps[waiting[found - 1]].parent == self.steps[waiting[-1]].parent:
                found -= 1
        else:
            found = next((at for at, i in enumerate(waiting) if name is None or self.steps[i].tool == name), -1)
        if found < 0:
            return None
        index = waiting.pop(found)
        step = self.steps[index]
        for others in (self._open.get(step.call_id or "", []), self._asked.get(step.scope, [])):
            if index in others:
                others.remove(index)
        return index

    def build(self) -> Session:
        unanswered = tuple(
            s.number
            for s in self.steps
            if s.kind == "tool_call" and s.arguments_source is not None and not s.has_result
        )
        if unanswered:
            self.gap(Gap("result_not_recorded", "what these calls returned is not known", steps=unanswered))
        if self._orphans:
            orphans = tuple(self.steps[i].number for i in self._orphans)
            self.gap(Gap("call_not_recorded", "results without their call: the arguments are not known", steps=orphans))
        return Session(
            session_id=self.session_id,
            steps=tuple(self.steps),
            scopes=tuple(self._scopes.values()),
            # What was changed for a call that never came has no step.
            edits=tuple(edit for edit in self._edits if edit.at < len(self.steps)),
            prompts=self._prompts,
            system_prompts=self._system,
            tools=self._tools,
            gaps=tuple(self._gaps),
            goal=self.goal,
            attributes=masked_attributes(self.attributes),
        )
