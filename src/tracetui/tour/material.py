"""What a tour is made from, and the small turns of phrase that its pages share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tracetui.analysis.findings import Comparison, Triage
from tracetui.analysis.rules import RULES
from tracetui.context import json_text
from tracetui.model import Session, Step
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.from_session import actor, said
from tracetui.tour.pages import Quote, StepRow

ROW_CHARACTERS = 200
QUOTE_CHARACTERS = 420
"""A page is read from the other end of a room: more of a quote than this is left out, and counted."""


_WORD = 60
"""A word is looked for so far; what is longer is cut."""


class Material(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One incident: the session, what was found, what people wrote."""

    session: Session
    triage: Triage
    postmortem: Postmortem
    comparison: Comparison | None = None
    good: Session | None = None
    """The run that the divergence of `comparison` is told against."""

    @property
    def premise(self) -> tuple[str, ...]:
        """The wrong value, where the origin is one."""
        return (self.triage.origin.value,) if self.triage.origin.value else ()

    def number(self, index: int) -> int:
        return self.session.steps[index].number

    def index_of(self, number: int) -> int | None:
        """The step that people call `number`."""
        return next((step.index for step in self.session.steps if step.number == number), None)


def row(material: Material, index: int) -> StepRow:
    """A step of the session on a line."""
    letters = [_letter(flag.kind) for flag in material.triage.flags if flag.step == index]
    alarming = ("irreversible", "unknown")
    if any(e.step == index and e.after_origin and e.reversibility in alarming for e in material.triage.blast_radius):
        letters.append("!")
    return plain_row(
        material.session,
        material.session.steps[index],
        letters="".join(dict.fromkeys(letters)),
        on_path=index in material.triage.origin.cascade,
    )


def plain_row(session: Session, step: Step, *, letters: str = "", on_path: bool = False) -> StepRow:
    """A step of any session on a line."""
    told = told_in_short(session, step)
    what = " ".join(told.split())
    cut = what[:ROW_CHARACTERS] + (" …" if len(what) > ROW_CHARACTERS else "")
    return StepRow(step.number, _who(step), cut, letters, on_path)


def _who(step: Step) -> str:
    """Who acted; of a message that no agent wrote the role: which model it was is no name that a room knows."""
    if step.agent is None and step.tool is None and step.kind in ("llm_call", "message"):
        return step.message.role if step.message is not None else "assistant"
    return actor(step)


def quote(text: str, step: int, label: str = "", marked: Sequence[str] = (), *, around: str = "") -> Quote:
    """A quote that fits a page; where it is too long the part about `around`, or the first marked value, is kept, from
    the beginning of a word to the end of one."""
    start, end = 0, len(text)
    if end > QUOTE_CHARACTERS:
        wanted = [text.find(value) for value in (around, *marked) if value and value in text]
        start = max(0, min((wanted or [0])[0] - QUOTE_CHARACTERS // 4, end - QUOTE_CHARACTERS))
        end = start + QUOTE_CHARACTERS
        while start and end - start > 1 and not text[start - 1].isspace() and QUOTE_CHARACTERS - (end - start) < _WORD:
            start += 1
        while (
            end < len(text) and end - start > 1 and not text[end].isspace() and QUOTE_CHARACTERS - (end - start) < _WORD
        ):
            end -= 1
    kept = text[start:end]
    return Quote(kept, step, label, tuple(marked), len(text) - len(kept))


def quote_at(material: Material, index: int, words: str, label: str) -> Quote:
    """A piece of evidence in the words that it stands in: what the step said, or the whole call."""
    step = material.session.steps[index]
    if step.kind == "tool_call" and words in _plainly(step.arguments):
        text, label = _plainly(step.arguments), f"{step.tool}, {label}" if step.tool else label
    else:
        text = words_of(material, index)
    if words not in text:
        text = words
    return quote(text, step.number, label, material.premise, around=words)


def words_of(material: Material, index: int) -> str:
    """What a step said, on as many lines as it took; of a tool call its arguments and its answer."""
    return told_in_short(material.session, material.session.steps[index])


def told_in_short(session: Session, step: Step) -> str:
    """What was said; of a tool call `key=value` of its arguments, an arrow, and its answer."""
    if step.kind != "tool_call":
        return said(session, step) or step.summary or ""
    answer = step.error or (_plainly(step.result) if step.has_result else "") or step.summary or ""
    return " → ".join(filter(None, (_plainly(step.arguments), answer)))


def _plainly(value: Any) -> str:
    """An object as its fields, text as it is, anything else as JSON."""
    if isinstance(value, dict):
        return " ".join(
            f"{key}={inner if isinstance(inner, str) else json_text(inner)}" for key, inner in value.items()
        )
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)


def _letter(kind: str) -> str:
    return next((rule.LETTER for rule in RULES.values() if kind == rule.KIND), "?")
