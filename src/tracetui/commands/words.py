"""Steps, totals and places in plain words, for people who read without the app."""

from __future__ import annotations

from tracetui.analysis.totals import Totals
from tracetui.commands.documents import Against
from tracetui.commands.output import paragraph
from tracetui.context import json_text, text_of
from tracetui.model import Evidence, Message, Session, SourceRef, Step, ToolCallPart
from tracetui.text import elide, visible_line

_QUOTE_CELLS = 120
_KINDS = {"llm_call": "llm", "tool_call": "tool", "message": "msg"}


def step_line(step: Step) -> str:
    """Number, kind, actor, what happened; errors and recorded flags said in words."""
    kind = _KINDS.get(step.kind, step.kind)
    marks = [mark for mark in (step.status if step.status == "error" else "", *step.recorded_flags) if mark]
    actor = f"{step.agent}: " if step.agent else ""
    return f"{step.number:>4}  {kind:<5} {'  ' * step.depth}{' '.join([*marks, actor + what_happened(step)])}"


def what_happened(step: Step) -> str:
    """The step's own summary, else its call and answer, else what was said: as recorded, never made up."""
    if step.kind == "tool_call":
        call = f"{step.tool or '?'}({json_text(step.arguments) if step.arguments is not None else ''})"
        answer = step.summary or (json_text(step.result) if step.has_result else "") or step.error or ""
        return f"{call} → {answer}" if answer else call
    said = step.summary or (message_text(step.message) if step.message else "") or step.error
    return said or (json_text(step.attributes) if step.attributes else "nothing recorded")


def message_text(message: Message) -> str:
    """The message as one text: what was said, then each call."""
    return " ".join(
        f"{part.name}({text_of(part)})" if isinstance(part, ToolCallPart) else text_of(part) for part in message.parts
    )


def totals_line(totals: Totals) -> str:
    """ "5 steps · 3 LLM calls · 1 tool call · 4,842 tokens · $0.02 · 4.7 s"; what is not recorded is left out."""
    words = [
        counted(totals.steps, "step"),
        counted(totals.llm_calls, "LLM call"),
        counted(totals.tool_calls, "tool call"),
    ]
    if totals.usage is not None:
        tokens = (totals.usage.input_tokens or 0) + (totals.usage.output_tokens or 0)
        words.append(counted(tokens, "token"))
    if totals.cost_usd is not None:
        words.append(f"${totals.cost_usd:.2f}" if totals.cost_usd >= 0.01 else f"${totals.cost_usd:.4f}")
    if totals.duration_ns is not None:
        words.append(f"{totals.duration_ns / 1e9:,.1f} s")
    return " · ".join(words)


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def numbered(session: Session, index: int | None) -> str:
    """ "step 3", or "nothing" for no step."""
    return "nothing" if index is None else f"step {session.steps[index].number}"


def divergence_words(bad: Session, against: Against) -> str:
    """Where the bad run leaves the good one, or why there is no such step."""
    found = against.comparison.divergence
    if found is None:
        return f"{against.comparison.verdict}: {against.comparison.why}"
    good = numbered(against.good, found.good)
    return f"{found.kind} at {numbered(bad, found.bad)} (good run: {good}): {found.why}"


def place_words(ref: SourceRef) -> str:
    """ "line 3", "/messages/4", or "byte 411"."""
    where = [f"line {ref.line}"] if ref.line else []
    if ref.pointer:
        where.append(ref.pointer)
    return " ".join(where) or f"byte {ref.offset}"


def quoted(session: Session, evidence: Evidence) -> list[str]:
    """A quote, if it is words that show it, what it stands for, and its step: indented lines."""
    quote = f'"{elide(visible_line(evidence.quote), _QUOTE_CELLS)}"' if evidence.quote else ""
    told = " ".join(filter(None, (quote, evidence.role)))
    return paragraph("", f"{told} ({numbered(session, evidence.step)})")
