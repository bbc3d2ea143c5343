"""Sessions from recorded prompts: LLM calls that each carry their whole prompt, as spans and request logs do.

Consecutive prompts of one window are aligned message by message: what a step of the trace wrote is that step's;
what appears from outside (a user's turn, a system's note) becomes a `message` step before the call; a tool's answer
joins its call. The differences are written down as edits, so that the window can be followed like any other.
Method: sequence alignment of message identities (`tracetui.matching`), not a common prefix, since real agents rewrite
old messages in place.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import msgspec

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.messages import decoded
from tracetui.matching import blocks
from tracetui.model import (
    ContextEdit,
    Message,
    OtherPart,
    Part,
    RecordedPrompt,
    SourceRef,
    Step,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)
from tracetui.parts import text_of

_WITHOUT_MEANING = ("cache_control", "signature")
"""Keys of provider blocks that change between requests although the message does not."""
_AT_THE_CALL = sys.maxsize
"""Later than any step: what follows in the window joins it at the call too."""


class _Entry(NamedTuple):
    """A message in a window: its identity, its role and the step that it comes from."""

    key: str
    role: str
    step: int


class _Window(NamedTuple):
    """A context window as the last prompt showed it."""

    entries: list[_Entry]
    call: int
    """Index of the LLM step whose prompt it was; -1 before the first."""
    system: tuple[Part, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()


class PromptLog:
    """Adds LLM calls with recorded prompts to a builder, in order, one window a scope."""

    def __init__(self, builder: SessionBuilder) -> None:
        self.builder = builder
        self._windows: dict[str, _Window] = {}
        self._unrepeated: dict[str, dict[int, Message]] = {}
        """By scope: answers, by the step that gave them, that no later prompt has shown yet."""
        self._callers: dict[str, int] = {}
        """Tool call id to the LLM step that asked."""
        self._observed: dict[str, list[tuple[int, str]]] = {}
        """By scope: (step, its result as text), oldest first, that no later prompt has shown yet."""
        self._shown: set[int] = set()
        """Tool steps whose answer a prompt has shown under an id that is not their own."""
        self._compacted: set[str] = set()
        """Scopes whose next prompt is a compacted one."""

    def llm_call(
        self,
        prompt: RecordedPrompt | None,
        completion: Message | None,
        source: SourceRef,
        *,
        call_steps: bool,
        recorded: bool = True,
        **fields: Any,
    ) -> int:
        """The next call of `fields["scope"]`; returns its index.

        `call_steps`: tool calls in the answer become steps; false where the trace has tool records of its own.
        `recorded`: false where the trace says that the prompt was rebuilt: then the window only is known.
        """
        scope = str(fields.get("scope") or "main")
        before = self._windows.get(scope)
        edits: list[ContextEdit] = []
        if prompt is not None:
            entries, edits = self._align(prompt, source, scope, fields)
        index = self.builder.step("llm_call", source, message=completion, **fields)
        if prompt is not None:
            if before is None:
                self.builder.set_system(prompt.system, scope)
                self.builder.set_tools(prompt.tools, scope)
            else:
                edits += _preamble_edits(before, prompt, scope)
                if scope in self._compacted:
                    edits.append(_compaction(scope, len(entries)))
            self._compacted.discard(scope)
            for edit in edits:
                self.builder.edit(msgspec.structs.replace(edit, at=index) if edit.phase == "input" else edit)
            if recorded:
                self.builder.prompt(index, prompt)
            self._windows[scope] = _Window(entries, index, prompt.system, prompt.tools)
        if completion is not None:
            self._unrepeated.setdefault(scope, {})[index] = completion
            for call in (part for part in completion.parts if isinstance(part, ToolCallPart)):
                if call.id:
                    self._callers[call.id] = index
                if call_steps:
                    self.builder.tool_call(call, source, parent=index)
        return index

    def compacted(self, scope: str = "main") -> None:
        """The trace says that the window of `scope` was compacted: what its next prompt no longer holds went with that."""
        self._compacted.add(scope)

    def caller(self, call_id: str | None) -> int | None:
        """Index of the LLM step whose answer holds this tool call."""
        return self._callers.get(call_id or "")

    def observed(self, step: int, result: str, scope: str = "main") -> None:
        """The result of a tool step that later prompts show without a call id, perhaps inside a template."""
        self._observed.setdefault(scope, []).append((step, result.strip()))

    def finish(self) -> None:
        """Put the last answer into each window. Of an earlier one that no later prompt shows, the prompts tell that it left."""
        for scope, window in self._windows.items():
            answer = self._unrepeated.get(scope, {}).get(window.call)
            if answer is not None:
                self.builder.append(window.call, answer, scope=scope, evidence="assumed")

    def _align(
        self, prompt: RecordedPrompt, source: SourceRef, scope: str, fields: dict[str, Any]
    ) -> tuple[list[_Entry], list[ContextEdit]]:
        """The window as this prompt shows it, and the edits that lead there; adds steps for what came from outside.

        What joins at the end joins it at its own step, as long as that keeps the order and no earlier prompt would
        show it. All else happens at the call, whose index is not known yet: those edits are in phase "input".
        """
        window = self._windows.get(scope, _Window([], -1))
        keys = [identity(message) for message in prompt.messages]
        entries: list[_Entry] = []
        edits: list[ContextEdit] = []
        last = window.call
        for same, old, old_end, new, new_end in blocks([entry.key for entry in window.entries], keys):
            if same:
                entries += window.entries[old:old_end]
                continue
            replaced = window.entries[old:old_end]
            at_end = old_end == len(window.entries)
            for place, message in enumerate(prompt.messages[new:new_end]):
                former = replaced[place] if place < len(replaced) else None
                same_role = former is not None and former.role == message.role
                known = former.step if former and same_role else self._origin(message, scope)
                step = self._from_outside(message, source, fields) if known is None else known
                if former is None and at_end and step >= last:
                    edits.append(ContextEdit(at=step, scope=scope, messages=(message,), evidence="recorded"))
                    last = step
                elif former is None and at_end:
                    edits.append(_late(scope, message, step))
                    last = _AT_THE_CALL
                else:
                    edits.append(_splice(len(entries), int(former is not None), scope, message, step))
                entries.append(_Entry(keys[new + place], message.role, step))
            left = len(replaced) - (new_end - new)
            if left > 0:
                edits.append(_splice(len(entries), left, scope, None, None))
        return entries, edits

    def _origin(self, message: Message, scope: str) -> int | None:
        """The step of this trace that a message new in the window comes from."""
        if message.role == "assistant":
            return self._answer_step(message, scope)
        answered = []
        for part in message.parts:
            if isinstance(part, ToolCallResponsePart) and (step := self._call_step(part.id)) is not None:
                if not self.builder.steps[step].has_result:
                    self.builder.update(step, result=decoded(part.response), has_result=True)
                answered.append(step)
        return answered[0] if answered else self._observed_step(message, scope)

    def _call_step(self, call_id: str | None) -> int | None:
        """The tool step of a call: by its id, else the first step after the call that runs the tool it names, if possible with
        its arguments: of parallel calls one may end before another that was asked for first.

        An id may be the place of a call in its answer, which recurs, while the step has an id of its own: such a step
        is the call's where its arguments are.
        """
        step, caller = self.builder.call_step(call_id or ""), self.caller(call_id)
        if caller is None or (step is not None and step > caller):
            return step
        answer = self.builder.steps[caller].message
        asked = [part for part in (answer.parts if answer else ()) if isinstance(part, ToolCallPart)]
        call = next((part for part in asked if part.id == call_id), None)
        runs = [
            later
            for later in self.builder.steps[caller + 1 :]
            if later.kind == "tool_call" and call is not None and later.tool == call.name
            if later.index not in self._shown
            if later.call_id is None or (later.call_id not in self._callers and _same_arguments(later, call))
        ]
        if call is None or not runs:
            return step
        run = next((one for one in runs if _same_arguments(one, call)), runs[0])
        if run.call_id is None:
            self.builder.update(run.index, call_id=call_id, parent=caller)
        self._shown.add(run.index)
        return run.index

    def _observed_step(self, message: Message, scope: str) -> int | None:
        text, waiting = "\n".join(text_of(part) for part in message.parts), self._observed.get(scope, [])
        found = next((entry for entry in waiting if entry[1] in text), None)
        if found is None:
            return None
        waiting.remove(found)
        return found[0]

    def _answer_step(self, message: Message, scope: str) -> int | None:
        """The call that gave this answer: by what it says, else by the tool calls in it."""
        answers = self._unrepeated.get(scope, {})
        calls = {part.id for part in message.parts if isinstance(part, ToolCallPart) and part.id}
        for step, answer in answers.items():
            same_calls = calls & {part.id for part in answer.parts if isinstance(part, ToolCallPart)}
            if same_calls or identity(answer) == identity(message) or _spoken(answer) == _spoken(message) != "":
                del answers[step]
                return step
        return None

    def _from_outside(self, message: Message, source: SourceRef, fields: dict[str, Any]) -> int:
        """A step for a message that no step of the trace wrote."""
        kept = {key: fields[key] for key in ("scope", "depth", "parent", "start_ns") if key in fields}
        return self.builder.step("message", message.source or source, message=message, **kept)


def _same_arguments(step: Step, call: ToolCallPart) -> bool:
    return bool(decoded(step.arguments) == decoded(call.arguments))


def identity(message: Message) -> str:
    """What makes two messages of consecutive prompts the same: role and content, without cache marks and signatures."""
    return repr((message.role, tuple(_meaning(part) for part in message.parts)))


def _meaning(part: Part) -> Part:
    if isinstance(part, OtherPart) and isinstance(part.data, dict):
        return OtherPart(part.kind, {key: value for key, value in part.data.items() if key not in _WITHOUT_MEANING})
    return part


def _spoken(message: Message) -> str:
    texts = (getattr(part, "content", None) for part in message.parts)
    return "\n".join(text.strip() for text in texts if isinstance(text, str))


def _late(scope: str, message: Message, step: int) -> ContextEdit:
    return ContextEdit(at=0, phase="input", scope=scope, messages=(message,), from_step=step, evidence="recorded")


def _preamble_edits(before: _Window, prompt: RecordedPrompt, scope: str) -> list[ContextEdit]:
    """What changed beside the messages since the last prompt."""
    edits = []
    if prompt.system != before.system:
        system = (Message("system", prompt.system),) if prompt.system else ()
        edits.append(ContextEdit(at=0, phase="input", scope=scope, kind="system", messages=system, evidence="recorded"))
    if prompt.tools != before.tools:
        edits.append(
            ContextEdit(at=0, phase="input", scope=scope, kind="tools", tools=prompt.tools, evidence="recorded")
        )
    return edits


def _compaction(scope: str, length: int) -> ContextEdit:
    """Marks the window as compacted; its messages were put in place by the edits before."""
    return ContextEdit(at=0, phase="input", scope=scope, kind="compact", keep=tuple(range(length)), evidence="recorded")


def _splice(start: int, delete: int, scope: str, message: Message | None, step: int | None) -> ContextEdit:
    return ContextEdit(
        at=0,
        phase="input",
        scope=scope,
        kind="splice",
        start=start,
        delete=delete,
        messages=() if message is None else (message,),
        from_step=step,
        evidence="diffed",
    )
