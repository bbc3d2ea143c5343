"""A step reduced to what alignment compares: the action it is, without entities, wording, times or ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tracetui.analysis.entities import find_entities
from tracetui.analysis.passages import asking_steps, leaves
from tracetui.analysis.prose import is_prose
from tracetui.analysis.roster import general_path, scalar_text
from tracetui.analysis.subtrees import levels
from tracetui.context import text_of
from tracetui.model import ReasoningPart, Session, Step, ToolCallPart

TEXT_COMPARED = 100
"""Characters of a step's text that alignment compares."""


class Sketch(msgspec.Struct, eq=False):
    """What a step is, from exact to vague. Equal `exact`: the same action; equal `shape`: the same action on other
    things; equal `group`: the same tool, or the same kind of message."""

    exact: str
    group: str
    text: str
    """What fuzzy comparison reads, cut to TEXT_COMPARED characters."""
    anchors: bool
    """Whether an equal `exact` is enough to hold two steps together: true of actions, not of what people say."""
    step: Step | None = None
    """The call that is sketched."""
    asked: Sequence[Sketch] = ()
    """The calls that an answer of the model asked for."""
    _shape: str | None = None

    @property
    def shape(self) -> str:
        """Made when first asked for: most steps are told by what they are exactly."""
        if self._shape is None:
            if self.step is not None:
                self._shape = f"{self.group} {_shape(self.step)}"
            else:
                self._shape = _joined([call.shape for call in self.asked]) if self.asked else self.group
        return self._shape


PlaceOf = Callable[[str, int], str | None]
"""(value, step that uses it) to the place it came in by, in words; None for what is to be taken to the letter."""


def sketches(session: Session, place_of: PlaceOf | None = None) -> list[Sketch]:
    """One sketch a step, in order. With `place_of`, ids in arguments count as the place that they came in by."""
    asking, level = asking_steps(session), levels(session)
    calls = {
        step.index: _call_sketch(step, _placed(step.arguments, asking[step.index], place_of), level.get(step.scope, 0))
        for step in session.steps
        if step.kind == "tool_call"
    }
    asked: dict[int, list[Sketch]] = {}
    for index, sketch in calls.items():
        asked.setdefault(asking[index], []).append(sketch)
    return [
        calls.get(step.index) or _sketch(step, asked.get(step.index, []), level.get(step.scope, 0))
        for step in session.steps
    ]


def canonical(value: Any) -> str:
    """A JSON value as text in which the order of keys and of lists and the spelling of numbers do not count."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, dict):
        kept = sorted([(str(key), canonical(inner)) for key, inner in value.items() if not is_empty(inner)])
        return "{" + ",".join([f"{key}:{inner}" for key, inner in kept]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(sorted([canonical(inner) for inner in value])) + "]"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
    return " ".join(str(value).split())


def is_empty(value: Any) -> bool:
    """Whether an argument says nothing: absent, null, "" or an empty list or object. False and 0 say something."""
    return value is None or value == "" or value == [] or value == {}


def said_text(step: Step) -> str:
    """What a step says in words, reasoning left out; the writer's summary where the trace holds no words."""
    if step.message is None:
        return step.summary
    parts = (p for p in step.message.parts if not isinstance(p, (ToolCallPart, ReasoningPart)))
    return "\n".join(text_of(part) for part in parts) or step.summary


def _call_sketch(step: Step, placed: Any, level: int) -> Sketch:
    group = _at_level(f"tool {step.tool}", level)
    arguments = canonical(step.arguments)
    exact = arguments if placed is step.arguments else canonical(placed)
    return Sketch(f"{group} {exact}", group, arguments[:TEXT_COMPARED], True, step)


def _placed(value: Any, step: int, place_of: PlaceOf | None) -> Any:
    if place_of is None or value is None:
        return value
    if isinstance(value, dict):
        return {key: _placed(inner, step, place_of) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_placed(inner, step, place_of) for inner in value]
    place = place_of(scalar_text(value), step)
    return value if place is None else place


def _at_level(group: str, level: int) -> str:
    """What a sub-agent does is another thing than what the agent above it does."""
    return f"{group} {level} below" if level else group


def _sketch(step: Step, asked: list[Sketch], level: int) -> Sketch:
    if step.kind == "llm_call" and asked:
        # What the model asked for is what it did; the order of parallel calls and the words around them do not count.
        group = _joined([call.group for call in asked])
        return Sketch(_joined([call.exact for call in asked]), group, group, True, asked=asked)
    speaker = step.agent or (step.message.role if step.message is not None else "")
    group = _at_level(f"{step.kind} {speaker}", level)
    text = " ".join(said_text(step)[: 4 * TEXT_COMPARED].split())[:TEXT_COMPARED]
    return Sketch(f"{group} {text}", group, text, len(text) == TEXT_COMPARED)


def _joined(calls: list[str]) -> str:
    return "asks " + ("; ".join(sorted(set(calls))) if len(calls) > 1 else calls[0])


def _shape(step: Step) -> str:
    return ",".join(sorted({f"{general_path(path)}={_class(text)}" for path, text in leaves(step.arguments) if text}))


def _class(text: str) -> str:
    """The kind of a value: an entity's kind, text, or the value itself where it is a plain word."""
    if is_prose(text):
        return "<text>"
    entity = next((entity for entity in find_entities(text) if len(entity.text) == len(text)), None)
    return f"<{entity.kind}>" if entity is not None else text[:TEXT_COMPARED]
