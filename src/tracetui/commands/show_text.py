"""The whole analysis as lines to be heard or read one after the other: each says what it is, none depends on its column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from tracetui.analysis.findings import Effect, Triage
from tracetui.analysis.totals import session_totals
from tracetui.commands.documents import Against
from tracetui.commands.words import counted, divergence_words, message_text, numbered, place_words, totals_line
from tracetui.context import Prompt, PromptOutline, json_text, outlines, prompt_at, text_of
from tracetui.model import Evidence, Session, Skipped, Step, Trace

_KINDS = {"llm_call": "LLM call", "tool_call": "tool call"}
_SUSPECTS = 3
_MOST_SKIPPED = 20
_FIRST_DATE_NS, _LAST_DATE_NS = 946_684_800_000_000_000, 4_102_444_800_000_000_000
"""The years 2000 to 2099: what is recorded beyond them counts from some moment of its own."""
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "—": "-", "→": "->", "·": ","})


def plain(line: str) -> str:
    """Typographic signs as what a keyboard has; letters of any language stay."""
    return line.translate(_PLAIN)


def trace_lines(trace: Trace) -> Iterator[str]:
    """What was read, as what, and what was not."""
    skipped = trace.report.skipped
    yield f"Trace {trace.path}, format {trace.format}: {trace.format_reason}."
    yield f"Records: {trace.report.records:,}, {f'{len(skipped):,} could not be' if skipped else 'all'} read."
    yield from (f"Note: {note}." for note in trace.report.notes)
    yield from (f"Not read: {_place_of(trace, one)}: {one.reason}." for one in skipped[:_MOST_SKIPPED])
    if len(skipped) > _MOST_SKIPPED:
        yield f"Not read: {len(skipped) - _MOST_SKIPPED:,} more; `tracetui formats --check` lists them."


def _place_of(trace: Trace, skipped: Skipped) -> str:
    file = f"{skipped.path}, " if skipped.path and skipped.path != trace.path else ""
    line = f"line {skipped.line}, " if skipped.line else ""
    return f"{file}{line}byte {skipped.offset:,}, {counted(skipped.length, 'byte')}"


def session_lines(
    session: Session, found: Triage, against: Against | None = None, *, contexts: bool = False
) -> Iterator[str]:
    """A session from its verdict to its last step; empty lines stand between the parts. `contexts`: with all that the model
    was shown at each call."""
    yield f"Session {session.session_id}: {totals_line(session_totals(session)).replace(' · ', ', ')}."
    yield ""
    yield from _verdict(session, found)
    yield ""
    yield from _origin(session, found)
    if against is not None:
        yield f"Good run: {divergence_words(session, against)}."
    yield ""
    yield f"Flags: {len(found.flags) or 'none'}."
    for flag in found.flags:
        how = "recorded" if flag.recorded else f"detected, confidence {flag.confidence:.2f}"
        yield f"Flag {flag.kind} at {numbered(session, flag.step)}, {how}: {flag.message}."
        yield from _quotes(session, flag.evidence)
    yield ""
    yield f"Actions on the world outside: {len(found.blast_radius) or 'none'}."
    yield from (_action(session, effect) for effect in found.blast_radius)
    yield ""
    yield f"Gaps: {len(found.gaps) or 'none'}."
    for gap in found.gaps:
        yield f"Gap: {gap.effect}." + (f" To close it: {gap.remedy}." if gap.remedy else "")
    yield ""
    yield f"Steps: {len(session.steps)}."
    prompts = outlines(session)
    for step in session.steps:
        yield ""
        told = _prompt(session, next(prompts), whole=contexts) if step.kind == "llm_call" else iter(())
        yield from _step(session, step, found, told)


def _verdict(session: Session, found: Triage) -> Iterator[str]:
    verdict = found.verdict
    mode = verdict.failure_mode.replace("_", " ")
    yield f"Verdict: {mode}, confidence {verdict.confidence:.2f}."
    yield f"Why: {verdict.why}."
    yield "Escalate: " + ("; ".join(verdict.escalate_because) or "yes" if verdict.escalate else "no") + "."


def _origin(session: Session, found: Triage) -> Iterator[str]:
    origin = found.origin
    if origin.found and origin.step is not None:
        where = place_words(session.steps[origin.step].source)
        yield f"Origin: {numbered(session, origin.step)}, {where}: {origin.because}."
        yield from _quotes(session, origin.evidence)
        numbers = [str(session.steps[index].number) for index in origin.cascade]
        yield f"Cascade: {'steps ' + ', '.join(numbers) if numbers else 'none'}."
        return
    yield f"Origin: {origin.because}."
    for suspect in [suspect for suspect in found.suspects if suspect.against][:_SUSPECTS]:
        reasons = "; ".join(reason.text for reason in suspect.against)
        yield f"Suspect: {numbered(session, suspect.step)}, score {suspect.score:.2f}: {reasons}."


def _quotes(session: Session, evidence: tuple[Evidence, ...]) -> Iterator[str]:
    for one in evidence:
        role = f", {one.role}" if one.role else ""
        at = numbered(session, one.step)
        yield f'Quote, {at}{role}: "{one.quote}"' if one.quote else f"Recorded, {at}{role}"


def _action(session: Session, effect: Effect) -> str:
    when = "after the origin" if effect.after_origin else "not after an origin"
    target = f" on {effect.target}" if effect.target else ""
    why = f", because {effect.why}" if effect.why else ""
    undo = f" To undo: {effect.undo}." if effect.undo else ""
    return (
        f"Action at {numbered(session, effect.step)}: {effect.tool}{target}, {effect.reversibility}, {when}{why}.{undo}"
    )


def _step(session: Session, step: Step, found: Triage, prompt: Iterator[str]) -> Iterator[str]:
    who = [_KINDS.get(step.kind, step.kind), step.agent, step.model, step.tool]
    status = [step.status] if step.status != "unknown" else []
    parent = session.steps[step.parent] if step.parent is not None else None
    asked = [f"asked for by step {parent.number}"] if parent is not None and step.kind == "tool_call" else []
    told = [*filter(None, who), *asked, *status, *_figures(step)]
    yield f"Step {step.number} of {len(session.steps)}: {', '.join(told)}."
    marks = [f"flag {flag.kind}" for flag in found.flags if flag.step == step.index]
    if found.origin.found and step.index == found.origin.step:
        marks.insert(0, "the origin")
    elif step.index in found.origin.cascade:
        marks.insert(0, "in the cascade")
    if found.origin.found and step.index == found.origin.symptom:
        marks.append("the wrong output")
    if marks:
        yield f"Marked: {', '.join(marks)}."
    yield from prompt
    if step.goal:
        yield f"Goal: {step.goal}"
    if step.summary:
        yield f"Summary: {step.summary}"
    if step.kind == "tool_call":
        yield f"Arguments: {json_text(step.arguments)}" if step.arguments is not None else "Arguments: not recorded."
        yield f"Result: {json_text(step.result)}" if step.has_result else "Result: not recorded."
    elif step.message is not None:
        yield f"Said, {step.message.role}: {message_text(step.message)}"
    if step.error:
        yield f"Error: {step.error}"


def _figures(step: Step) -> Iterator[str]:
    if step.usage is not None and step.usage.input_tokens is not None:
        yield counted(step.usage.input_tokens, "token") + " in"
    if step.usage is not None and step.usage.output_tokens is not None:
        yield counted(step.usage.output_tokens, "token") + " out"
    if step.cost_usd is not None:
        yield f"${step.cost_usd:.4f}"
    if step.duration_ns is not None:
        yield f"{step.duration_ns / 1e9:,.3f} s"
    if step.start_ns is not None and _FIRST_DATE_NS <= step.start_ns < _LAST_DATE_NS:
        yield f"at {datetime.fromtimestamp(step.start_ns / 1e9, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _prompt(session: Session, prompt: PromptOutline, *, whole: bool) -> Iterator[str]:
    if prompt.fidelity == "absent":
        yield "Prompt: absent from the trace."
        return
    told = f"Prompt: {prompt.fidelity}, {counted(prompt.messages, 'message')}"
    if prompt.compared_with is not None:
        named = ("new", "changed", "dropped", "compacted")
        counts = [f"{prompt.changed[one]} {one}" for one in named if one in prompt.changed]
        told += f"; since {numbered(session, prompt.compared_with)}: {', '.join(counts) or 'the same'}"
    yield told + "."
    if whole:
        yield from _messages(session, prompt_at(session, prompt.step))


def _messages(session: Session, prompt: Prompt) -> Iterator[str]:
    """All that the model was shown, in order, each message with where it came from and whether it is new."""
    if prompt.tools:
        yield f"Prompt, tools: {', '.join(tool.name for tool in prompt.tools)}."
    for gap in prompt.gaps:
        yield f"Prompt, gap: {gap.effect}."
    for part in prompt.system:
        yield f"Prompt, system: {text_of(part)}"
    for entry in prompt.messages:
        origin = "" if entry.from_step is None else f", from {numbered(session, entry.from_step)}"
        yield f"Prompt, {entry.message.role}{origin}, {entry.status}: {message_text(entry.message)}"
    for gone in prompt.removed:
        origin = "" if gone.from_step is None else f", from {numbered(session, gone.from_step)}"
        yield f"Prompt, no longer there: {gone.message.role}{origin}, {gone.status}."
