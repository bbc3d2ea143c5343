"""What the model saw: the context window of a scope at any step, from recorded prompts or by folding edits.

An LLM step shows the prompt that was sent. Any other step shows the window as that step left it: what the next
call will see.
"""

from __future__ import annotations

import json
from typing import Literal

import msgspec

from tracetui.model import (
    ContextEdit,
    Fidelity,
    Gap,
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    Session,
    Step,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)

MessageStatus = Literal["kept", "new", "changed"]
CHARACTERS_PER_TOKEN = 4.0
"""Rough size of a token in English text and JSON; every count made with it is marked as estimated."""


_PARTIAL_GAPS = {"system_prompt_not_recorded", "server_state", "truncated", "content_partly_recorded"}
"""Gaps that leave a known hole in every rebuilt prompt."""


class PromptMessage(msgspec.Struct, frozen=True):
    """A message where it stands in a prompt."""

    message: Message
    from_step: int | None
    """Index of the step that put it there; None where the trace does not tell."""
    status: MessageStatus
    fidelity: Fidelity


class RemovedMessage(msgspec.Struct, frozen=True):
    message: Message
    from_step: int | None
    status: Literal["dropped", "compacted"]


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """The context window at one step."""

    step: int
    scope: str
    fidelity: Fidelity
    system: tuple[Part, ...]
    tools: tuple[ToolDefinition, ...]
    messages: tuple[PromptMessage, ...]
    removed: tuple[RemovedMessage, ...]
    """In the previous prompt of the scope, no longer in this one."""
    gaps: tuple[Gap, ...]
    recorded_tokens: int | None
    estimated_tokens: int
    compared_with: int | None
    """Index of the step whose prompt `status` and `removed` are told against."""


class _Window(msgspec.Struct):
    """A context window while edits are folded into it."""

    entries: list[tuple[Message, int | None]]
    system: tuple[Part, ...]
    tools: tuple[ToolDefinition, ...]
    compacted: bool = False

    def apply(self, edit: ContextEdit) -> None:
        source = edit.at if edit.from_step is None else edit.from_step
        added = [(message, source) for message in edit.messages]
        if edit.kind == "append":
            self.entries += added
        elif edit.kind == "splice":
            self.entries[edit.start : edit.start + edit.delete] = added
        elif edit.kind in ("compact", "reset"):
            self.entries = [*added, *(self.entries[i] for i in edit.keep if i < len(self.entries))]
            self.compacted = edit.kind == "compact"
        elif edit.kind == "system":
            self.system = tuple(part for message in edit.messages for part in message.parts)
        else:
            self.tools = edit.tools


def prompt_at(session: Session, index: int, *, derive: bool = False, compare_with: int | None = None) -> Prompt:
    """The prompt at step `index`; `derive` rebuilds it even where it is recorded.

    `compare_with`: index of the step to tell what is new against; by default the scope's previous LLM call.
    """
    step = session.steps[index]
    before = previous_call(session, index) if compare_with is None else compare_with
    window, compacted = _window_at(session, step, derive=derive)
    earlier = _window_at(session, session.steps[before], derive=derive)[0].entries if before is not None else []
    fidelity = _fidelity(session, step, window, derive)
    return Prompt(
        step=index,
        scope=step.scope,
        fidelity=fidelity,
        system=window.system,
        tools=window.tools,
        messages=_with_status(window.entries, earlier, fidelity),
        removed=_removed(window.entries, earlier, compacted),
        gaps=session.gaps,
        recorded_tokens=_recorded_tokens(step),
        estimated_tokens=estimate_tokens(window.entries, window.system),
        compared_with=before,
    )


def previous_call(session: Session, index: int) -> int | None:
    """Index of the LLM call before step `index` in its scope."""
    scope = session.steps[index].scope
    before = (session.steps[i] for i in range(index - 1, -1, -1))
    return next((step.index for step in before if step.kind == "llm_call" and step.scope == scope), None)


def text_of(part: Part) -> str:
    """The text that a part contributes to a prompt: as recorded where it is text, else as compact JSON."""
    match part:
        case TextPart(content) | ReasoningPart(content):
            return content
        case ToolCallPart(_, _, value) | ToolCallResponsePart(_, value) | OtherPart(_, value):
            return value if isinstance(value, str) else json_text(value)
    raise AssertionError(part)


def json_text(value: object) -> str:
    """Compact JSON, keys in recorded order; lone surrogates kept."""
    return "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def estimate_tokens(entries: list[tuple[Message, int | None]], system: tuple[Part, ...] = ()) -> int:
    """A rough count of tokens; never shown without saying that it is estimated."""
    parts = [*system, *(part for message, _ in entries for part in message.parts)]
    return round(sum(len(text_of(part)) for part in parts) / CHARACTERS_PER_TOKEN)


def _window_at(session: Session, step: Step, *, derive: bool) -> tuple[_Window, bool]:
    """The window, and whether a compaction happened since the scope's previous call."""
    recorded = None if derive or step.kind != "llm_call" else session.prompts.get(step.index)
    window = _Window([], session.system_prompts.get(step.scope, ()), session.tools.get(step.scope, ()))
    for edit in session.edits:
        takes_part = edit.at < step.index or (
            edit.at == step.index and (edit.phase == "input" or step.kind != "llm_call")
        )
        if edit.scope == step.scope and takes_part:
            window.apply(edit)
    if recorded is not None:
        known = {_key(message): source for message, source in window.entries}
        entries = [(message, known.get(_key(message))) for message in recorded.messages]
        return _Window(entries, recorded.system or window.system, recorded.tools or window.tools), window.compacted
    return window, window.compacted


def _key(message: Message) -> str:
    """Identity of a message in meaning: role and parts, not its place."""
    return repr((message.role, message.parts))


def _with_status(
    entries: list[tuple[Message, int | None]], earlier: list[tuple[Message, int | None]], fidelity: Fidelity
) -> tuple[PromptMessage, ...]:
    keys = {_key(message) for message, _ in earlier}
    sources = {source for _, source in earlier if source is not None}
    found: list[PromptMessage] = []
    for message, source in entries:
        status: MessageStatus = "kept" if _key(message) in keys else "changed" if source in sources else "new"
        found.append(PromptMessage(message, source, status, fidelity))
    return tuple(found)


def _removed(
    entries: list[tuple[Message, int | None]], earlier: list[tuple[Message, int | None]], compacted: bool
) -> tuple[RemovedMessage, ...]:
    keys = {_key(message) for message, _ in entries}
    sources = {source for _, source in entries if source is not None}
    status: Literal["dropped", "compacted"] = "compacted" if compacted else "dropped"
    return tuple(
        RemovedMessage(message, source, status)
        for message, source in earlier
        if _key(message) not in keys and (source is None or source not in sources)
    )


def _fidelity(session: Session, step: Step, window: _Window, derive: bool) -> Fidelity:
    if step.kind == "llm_call" and step.index in session.prompts and not derive:
        return "recorded"
    if not window.entries and not window.system:
        return "absent"
    return "partial" if _PARTIAL_GAPS & {gap.kind for gap in session.gaps} else "rebuilt"


def _recorded_tokens(step: Step) -> int | None:
    return step.usage.input_tokens if step.usage is not None and step.kind == "llm_call" else None
