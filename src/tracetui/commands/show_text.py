"""The whole analysis as lines to be heard or read one after the other: each says what it is, none depends on its column."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.analysis.findings import Effect, Triage
from tracetui.analysis.totals import session_totals
from tracetui.commands.words import counted, message_text, numbered, place_words, totals_line
from tracetui.context import Prompt, json_text, prompts
from tracetui.model import Evidence, Session, Step, Trace

_KINDS = {"llm_call": "LLM call", "tool_call": "tool call"}
_SUSPECTS = 3
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "—": "-", "→": "->", "·": ","})


def plain(line: str) -> str:
    """Typographic signs as what a keyboard has; letters of any language stay."""
    return line.translate(_PLAIN)


def session_lines(trace: Trace, session: Session, found: Triage) -> Iterator[str]:
    """A session from its verdict to its last step; empty lines stand between the parts."""
    yield f"Trace {trace.path}, format {trace.format}."
    skipped = len(trace.report.skipped)
    yield f"{counted(trace.report.records, 'record')}, {f'{skipped:,} could not be' if skipped else 'all'} read."
    yield f"Session {session.session_id}: {totals_line(session_totals(session)).replace(' · ', ', ')}."
    yield ""
    yield from _verdict(session, found)
    yield ""
    yield from _origin(session, found)
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
    seen = {prompt.step: prompt for prompt in prompts(session)}
    for step in session.steps:
        yield ""
        yield from _step(session, step, found, seen.get(step.index))


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


def _step(session: Session, step: Step, found: Triage, prompt: Prompt | None) -> Iterator[str]:
    who = [_KINDS.get(step.kind, step.kind), step.agent, step.model, step.tool]
    status = [step.status] if step.status != "unknown" else []
    yield f"Step {step.number} of {len(session.steps)}: {', '.join([*filter(None, who), *status, *_figures(step)])}."
    marks = [f"flag {flag.kind}" for flag in found.flags if flag.step == step.index]
    if found.origin.found and step.index == found.origin.step:
        marks.insert(0, "the origin")
    elif step.index in found.origin.cascade:
        marks.insert(0, "in the cascade")
    if marks:
        yield f"Marked: {', '.join(marks)}."
    if prompt is not None:
        yield _prompt(session, prompt)
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


def _prompt(session: Session, prompt: Prompt) -> str:
    if prompt.fidelity == "absent":
        return "Prompt: absent from the trace."
    told = f"Prompt: {prompt.fidelity}, {counted(len(prompt.messages), 'message')}"
    if prompt.compared_with is not None:
        statuses = [message.status for message in prompt.messages] + [gone.status for gone in prompt.removed]
        counts = [
            f"{statuses.count(one)} {one}" for one in ("new", "changed", "dropped", "compacted") if one in statuses
        ]
        told += f"; since {numbered(session, prompt.compared_with)}: {', '.join(counts) or 'the same'}"
    return told + "."
