"""The page of a runaway: what it took."""

from __future__ import annotations

from msgspec.structs import replace

from tracetui.analysis.totals import Totals, session_totals
from tracetui.tour.material import Material
from tracetui.tour.pages import Fact, Facts, Page


def cost_page(material: Material) -> Page | None:
    """What a loop took: how often the same call was made, and the tokens, money and time from there on."""
    session, origin = material.session, material.triage.origin
    if origin.step is None:
        return None
    first = session.steps[origin.step]
    whole, after = session_totals(session), session_totals(replace(session, steps=session.steps[origin.step :]))
    same = sum((step.tool, step.arguments) == (first.tool, first.arguments) for step in session.steps)
    facts = [
        ("the same call", f"{first.tool}, {same} times" if first.tool else ""),
        ("from there on", f"{after.llm_calls} model calls, {after.tool_calls} tool calls"),
        ("tokens", _share(_tokens(after), _tokens(whole), "{:,.0f}")),
        ("cost", _share(after.cost_usd, whole.cost_usd, "${:.3f}")),
        ("time", _share(_seconds(after), _seconds(whole), "{:,.0f} s")),
    ]
    blocks = (Facts(tuple(Fact(label, text) for label, text in facts if text)),)
    return Page(id="cost", title="What it cost", blocks=blocks, step=origin.step)


def _share(part: float | None, whole: float | None, form: str) -> str:
    return f"{form.format(part)} of {form.format(whole)}" if part is not None and whole else ""


def _tokens(totals: Totals) -> int | None:
    used = totals.usage
    return None if used is None else (used.input_tokens or 0) + (used.output_tokens or 0)


def _seconds(totals: Totals) -> float | None:
    return None if totals.duration_ns is None else totals.duration_ns / 1e9
