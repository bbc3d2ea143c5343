"""The texts of a session that evidence can be quoted from, each with who wrote it and where.

A value in a tool's arguments was written by the model, not by the tool: such a passage names the LLM call that
asked for the tool as its `author`, and the tool step as the step it stands at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from tracetui.context import json_text, text_of
from tracetui.model import ReasoningPart, Session, SourceRef, Step, ToolCallPart, ToolCallResponsePart

PassageKind = Literal["given", "said", "reasoned", "argument", "result", "summary", "system"]
"""given: put in by a user or the system. said, reasoned, argument: written by a model. result: answered by a tool.
summary: the trace writer's one line about the step; weaker evidence than content. system: a system prompt."""
WRITTEN: frozenset[PassageKind] = frozenset(("said", "reasoned", "argument"))
"""Kinds that a model wrote: where a value can be invented."""


class Passage(msgspec.Struct, frozen=True):
    step: int
    """Index of the step it stands at; -1 for what was there before the first step."""
    author: int
    """Index of the step that wrote it: for arguments, the LLM call that asked for the tool."""
    kind: PassageKind
    text: str
    """Verbatim; a quote from it is found in the source after JSON decoding."""
    source: SourceRef
    path: str = ""
    """Inside arguments or a structured result: an RFC 6901 pointer to the value."""


def passages(session: Session) -> tuple[Passage, ...]:
    """Every passage in step order; within a step in the order in which it is read."""
    return tuple(passage for step in session.steps for passage in step_passages(session, step))


def step_passages(session: Session, step: Step) -> Iterator[Passage]:
    """The passages of one step."""
    if step.kind in ("message", "agent", "workflow", "handoff", "memory", "retrieval", "compaction"):
        yield from _of_message(step, "system" if step.message and step.message.role == "system" else "given")
    else:
        yield from _of_message(step, "said")
    if step.kind != "llm_call" and step.arguments is not None:
        source = step.arguments_source or step.source
        for path, text in leaves(step.arguments):
            yield Passage(step.index, asking_step(session, step), "argument", text, source, path)
    if step.has_result:
        for path, text in leaves(step.result) if not isinstance(step.result, str) else [("", step.result)]:
            yield Passage(step.index, step.index, "result", text, step.source, path)
    if step.error:
        yield Passage(step.index, step.index, "result", step.error, step.source)
    if step.summary:
        yield Passage(step.index, step.index, "summary", step.summary, step.source)


def asking_step(session: Session, step: Step) -> int:
    """Index of the LLM call that wrote a tool step's arguments: its parent, else the scope's last LLM call before it."""
    if step.parent is not None and session.steps[step.parent].kind == "llm_call":
        return step.parent
    for index in range(step.index - 1, -1, -1):
        earlier = session.steps[index]
        if earlier.kind == "llm_call" and earlier.scope == step.scope:
            return index
    return step.index


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(pointer, text) of every scalar in a JSON value, in recorded order; numbers and booleans as JSON writes them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}/{index}")
    elif isinstance(value, str):
        yield path, value
    elif value is not None:
        yield path, json_text(value)


def _of_message(step: Step, kind: PassageKind) -> Iterator[Passage]:
    if step.message is None:
        return
    source = step.message.source or step.source
    for part in step.message.parts:
        if isinstance(part, (ToolCallPart, ToolCallResponsePart)):
            continue
        part_kind: PassageKind = "reasoned" if isinstance(part, ReasoningPart) and kind == "said" else kind
        yield Passage(step.index, step.index, part_kind, text_of(part), source)
