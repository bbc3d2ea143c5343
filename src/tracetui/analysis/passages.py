"""The texts of a session that evidence can be quoted from, each with who wrote it and where.

A value in a tool's arguments was written by the model, not by the tool: such a passage names the LLM call that
asked for the tool as its `author`, and the tool step as the step it stands at.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

import msgspec

from tracetui.context import json_text, text_of
from tracetui.model import (
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    Session,
    SourceRef,
    Step,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)

PassageKind = Literal["given", "said", "reasoned", "argument", "result", "summary", "system"]
"""given: put in by a user or the system. said, reasoned, argument: written by a model. result: answered by a tool.
summary: the trace writer's one line about the step; weaker evidence than content. system: a system prompt."""
WRITTEN: frozenset[PassageKind] = frozenset(("said", "reasoned", "argument"))
"""Kinds that a model wrote: where a value can be invented."""


class Passage(msgspec.Struct, frozen=True, gc=False):
    step: int
    """Index of the step it stands at; BEFORE for what was there before the first step."""
    author: int
    """Index of the step that wrote it: for arguments, the LLM call that asked for the tool. OUTSIDE for what no step
    of the trace wrote: a system prompt, or a message known only from the prompt of the step it stands at."""
    kind: PassageKind
    text: str
    """Verbatim; a quote from it is found in the source after JSON decoding."""
    source: SourceRef
    path: str = ""
    """Inside arguments or a structured result: an RFC 6901 pointer to the value."""


BEFORE = OUTSIDE = -1
_MODEL_ROLES = {"assistant", "model", "ai"}
_RESULT_ROLES = {"tool", "function"}


def passages(session: Session) -> tuple[Passage, ...]:
    """Every passage in step order; within a step what went into it first, then in the order in which it is read."""
    inputs = _inputs(session)
    asked = asking_steps(session)
    found = list(_standing(session))
    known: set[str] = {passage.text for passage in found}
    for step in session.steps:
        own = list(_of_step(step, asked[step.index]))
        # A compaction puts its own summary into the window: a model wrote it there and then.
        written = {passage.text for passage in own} if step.kind == "compaction" else set()
        # A prompt repeats what earlier steps hold: only what is new in it is a passage of its own.
        for passage in inputs.get(step.index, ()):
            if passage.text not in known and passage.text not in written:
                known.add(passage.text)
                found.append(passage)
        known.update(passage.text for passage in own)
        found += own
    return tuple(found)


def step_passages(session: Session, step: Step) -> Iterator[Passage]:
    """The passages of one step."""
    return _of_step(step, asking_step(session, step))


def asking_step(session: Session, step: Step) -> int:
    """Index of the LLM call that wrote a tool step's arguments: its parent, else the scope's last LLM call before it."""
    if step.parent is not None and session.steps[step.parent].kind == "llm_call":
        return step.parent
    for index in range(step.index - 1, -1, -1):
        earlier = session.steps[index]
        if earlier.kind == "llm_call" and earlier.scope == step.scope:
            return index
    return step.index


def asking_steps(session: Session) -> list[int]:
    """`asking_step` of every step, in one pass."""
    last: dict[str, int] = {}
    found: list[int] = []
    for step in session.steps:
        parent = step.parent
        asked = parent if parent is not None and session.steps[parent].kind == "llm_call" else last.get(step.scope)
        found.append(step.index if asked is None else asked)
        if step.kind == "llm_call":
            last[step.scope] = step.index
    return found


def is_media(part: Part) -> bool:
    """A part that a model sees but that holds no text to read: an image, a sound, a file."""
    return isinstance(part, OtherPart) and any(
        word in part.kind for word in ("image", "audio", "video", "file", "document")
    )


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(pointer, text) of every scalar in a JSON value, in recorded order; numbers and booleans as JSON writes them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            place = f"{path}/{_pointer_token(str(key))}"
            if isinstance(inner, str):
                yield place, inner
            else:
                yield from leaves(inner, place)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}/{index}")
    elif isinstance(value, str):
        yield path, value
    elif value is not None:
        yield path, json_text(value)


@lru_cache(maxsize=4096)
def _pointer_token(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _of_step(step: Step, asked_by: int) -> Iterator[Passage]:
    role = step.message.role if step.message else ""
    if step.kind in ("message", "agent", "workflow", "handoff", "memory", "retrieval"):
        yield from _of_message(step, kind_of_role(role))
    else:
        yield from _of_message(step, "said")
    if step.kind != "llm_call" and step.arguments is not None:
        source = step.arguments_source or step.source
        for path, text in leaves(step.arguments):
            yield Passage(step.index, asked_by, "argument", text, source, path)
    if step.has_result:
        for path, text in leaves(step.result) if not isinstance(step.result, str) else [("", step.result)]:
            yield Passage(step.index, step.index, "result", text, step.source, path)
        for path, key in telling_keys(step.result):
            yield Passage(step.index, step.index, "result", key, step.source, path)
    if step.error:
        yield Passage(step.index, step.index, "result", step.error, step.source)
    if step.summary:
        yield Passage(step.index, step.index, "summary", step.summary, step.source)


def kind_of_role(role: str) -> PassageKind:
    """What a message of this role is, where it stands in a prompt or as a step of its own."""
    role = role.casefold()
    if role in ("system", "developer"):
        return "system"
    return "said" if role in _MODEL_ROLES else "result" if role in _RESULT_ROLES else "given"


def telling_keys(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(pointer, key) of the object keys in a JSON value that are data themselves: ids, dates, addresses."""
    if isinstance(value, dict):
        for key, inner in value.items():
            name, inside = str(key), f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if _is_telling(name):
                yield inside, name
            if isinstance(inner, (dict, list)):
                yield from telling_keys(inner, inside)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            if isinstance(inner, (dict, list)):
                yield from telling_keys(inner, f"{path}/{index}")


@lru_cache(maxsize=4096)
def _is_telling(key: str) -> bool:
    return any(c.isdigit() or c in "@/" for c in key)


def _of_message(step: Step, kind: PassageKind) -> Iterator[Passage]:
    if step.message is None:
        return
    source = step.message.source or step.source
    for part in step.message.parts:
        if isinstance(part, (ToolCallPart, ToolCallResponsePart)) or is_media(part):
            continue
        part_kind: PassageKind = "reasoned" if isinstance(part, ReasoningPart) and kind == "said" else kind
        yield Passage(step.index, step.index, part_kind, text_of(part), source)


def _standing(session: Session) -> Iterator[Passage]:
    """System prompts and tool definitions in force from the start."""
    if not session.steps:
        return
    # The model keeps no place for these: the file they are in is all that can be said.
    source = SourceRef(session.steps[0].source.path, 0, 0)
    for parts in session.system_prompts.values():
        for part in parts:
            yield Passage(BEFORE, OUTSIDE, "system", text_of(part), source)
    for tools in session.tools.values():
        for text in _definitions(tools):
            yield Passage(BEFORE, OUTSIDE, "system", text, source)


def _definitions(tools: tuple[ToolDefinition, ...]) -> Iterator[str]:
    for tool in tools:
        yield f"{tool.name}: {tool.description}" if tool.description else tool.name
        if tool.parameters:
            yield json_text(tool.parameters)


def _inputs(session: Session) -> dict[int, list[Passage]]:
    """By step: the messages of recorded prompts and of edits, which may or may not repeat what steps hold."""
    found: dict[int, list[Passage]] = {}
    for edit in session.edits:
        for message in edit.messages:
            if edit.phase == "input" or edit.kind != "append":
                found.setdefault(edit.at, []).extend(_of_input(message, edit.at, session))
        for text in _definitions(edit.tools):
            found.setdefault(edit.at, []).append(
                Passage(edit.at, OUTSIDE, "system", text, session.steps[edit.at].source)
            )
    for index, prompt in session.prompts.items():
        listed = found.setdefault(index, [])
        listed += [Passage(index, OUTSIDE, "system", text_of(part), prompt.source) for part in prompt.system]
        listed += [Passage(index, OUTSIDE, "system", text, prompt.source) for text in _definitions(prompt.tools)]
        for message in prompt.messages:
            listed += _of_input(message, index, session)
    return found


def _of_input(message: Message, index: int, session: Session) -> Iterator[Passage]:
    kind = kind_of_role(message.role)
    source = message.source or session.steps[index].source
    for part in message.parts:
        if isinstance(part, ToolCallPart):
            for path, text in leaves(part.arguments):
                yield Passage(index, OUTSIDE, "argument", text, source, path)
        elif isinstance(part, ToolCallResponsePart):
            for path, text in leaves(part.response):
                yield Passage(index, OUTSIDE, "result", text, source, path)
        elif not is_media(part):
            yield Passage(index, OUTSIDE, kind, text_of(part), source)
