"""Finding steps: by what they hold, and by a small filter language.

    kind:tool  tool:get_order  agent:planner  model:sonnet  status:error  flag:E  step:10-20  is:marked
    word  "two words"  -kind:llm

Terms are joined by and; a term with `-` before it must not hold; values with commas are alternatives.
Text is compared without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

import msgspec

from tracetui.context import json_text, text_of
from tracetui.model import Session, Step, StepKind

_TERM = re.compile(r'(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))')
_KIND_WORDS: dict[str, tuple[StepKind, ...]] = {"llm": ("llm_call",), "tool": ("tool_call",), "msg": ("message",)}


class FilterError(ValueError):
    """A filter that cannot be understood; the message names the term and the valid choices."""


class StepFacts(msgspec.Struct, frozen=True):
    """What a filter may ask of a step beside its content."""

    step: Step
    letters: str = ""
    flags: tuple[str, ...] = ()
    marked: bool = False


class Term(msgspec.Struct, frozen=True):
    """One condition."""

    field: str
    """"" for content."""
    values: tuple[str, ...]
    negated: bool

    def holds(self, facts: StepFacts) -> bool:
        return any(_ASK[self.field](facts, value) for value in self.values) != self.negated


class Filter(msgspec.Struct, frozen=True):
    """All terms must hold; without terms every step passes."""

    text: str
    terms: tuple[Term, ...]

    def holds(self, facts: StepFacts) -> bool:
        return all(term.holds(facts) for term in self.terms)


def parse_filter(text: str) -> Filter:
    """Raises FilterError."""
    return Filter(text.strip(), tuple(_term(*found.groups()) for found in _TERM.finditer(text)))


def filter_steps(
    session: Session,
    wanted: Filter,
    *,
    letters: Mapping[int, str],
    flags: Mapping[int, tuple[str, ...]],
    marked: Collection[int] = (),
) -> list[int]:
    """Indices of the steps that pass, ascending. `letters`, `flags`: by step index; `marked`: indices."""
    return [
        step.index
        for step in session.steps
        if wanted.holds(StepFacts(step, letters.get(step.index, ""), flags.get(step.index, ()), step.index in marked))
    ]


def find_steps(session: Session, needle: str, *, is_cancelled: Callable[[], bool] = lambda: False) -> list[int]:
    """Indices of the steps whose text holds `needle`, ascending. Case matters where the needle has a capital."""
    found: list[int] = []
    exact = needle != needle.lower()
    for step in session.steps:
        if is_cancelled():
            break
        if any(needle in (text if exact else text.lower()) for text in step_texts(step)):
            found.append(step.index)
    return found


def step_texts(step: Step) -> Iterator[str]:
    """Everything of a step that can be read on its page."""
    yield from (text for text in (step.tool, step.agent, step.model, step.summary, step.error, step.goal) if text)
    if step.message is not None:
        for part in step.message.parts:
            yield text_of(part)
    for value in (step.arguments, step.result):
        if value is not None:
            yield value if isinstance(value, str) else json_text(value)
    yield from step.recorded_flags
    if step.attributes:
        yield json_text(step.attributes)


def _term(minus: str, field: str | None, quoted: str | None, bare: str | None) -> Term:
    value = quoted if quoted is not None else bare or ""
    if field is None:
        return Term("", (value.lower(),), bool(minus))
    if field not in _ASK:
        raise FilterError(f"{field}: is no field; fields are {', '.join(name for name in _ASK if name)}")
    values = (value,) if quoted is not None else tuple(part for part in value.split(",") if part)
    if field == "step":
        for part in values:
            _range(part)
    return Term(field, tuple(part.lower() for part in values), bool(minus))


def _range(value: str) -> tuple[int, int]:
    first, dash, last = value.partition("-")
    try:
        low = int(first) if first else 0
        return low, (int(last) if last else 1 << 62) if dash else low
    except ValueError as problem:
        raise FilterError(f"step:{value} is no step or range such as 12 or 10-20") from problem


def _in_step(facts: StepFacts, value: str) -> bool:
    low, high = _range(value)
    return low <= facts.step.number <= high


def _in_kind(facts: StepFacts, value: str) -> bool:
    role = facts.step.message.role if facts.step.kind == "message" and facts.step.message is not None else ""
    return facts.step.kind in _KIND_WORDS.get(value, ()) or value in (facts.step.kind, role)


def _has_flag(facts: StepFacts, value: str) -> bool:
    if value in ("any", "*"):
        return bool(facts.letters)
    return value.upper() in facts.letters if len(value) == 1 else any(value in flag.lower() for flag in facts.flags)


def _in_text(facts: StepFacts, value: str) -> bool:
    return any(value in text.lower() for text in step_texts(facts.step))


def _is(facts: StepFacts, value: str) -> bool:
    return {"marked": facts.marked, "flagged": bool(facts.letters), "error": facts.step.status == "error"}.get(
        value, False
    )


_ASK: dict[str, Callable[[StepFacts, str], bool]] = {
    "": _in_text,
    "kind": _in_kind,
    "tool": lambda facts, value: value in (facts.step.tool or "").lower(),
    "agent": lambda facts, value: value in (facts.step.agent or "").lower(),
    "model": lambda facts, value: value in (facts.step.model or "").lower(),
    "status": lambda facts, value: facts.step.status == value,
    "flag": _has_flag,
    "step": _in_step,
    "is": _is,
}
"""By field name."""
