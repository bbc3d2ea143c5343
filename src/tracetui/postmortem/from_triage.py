"""Values of the form that the analyses give: classification, origin and cascade, blast radius, divergence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tracetui.analysis.findings import Comparison, Effect, FaultOrigin, Suspect, Triage
from tracetui.context import prompt_at
from tracetui.model import Session
from tracetui.postmortem.from_session import Value, actor, at_step, counted, cut, in_short, moment, said
from tracetui.postmortem.vocabulary import FAILURE_MODE

_CATEGORY_OF_MODE = {"hallucination_propagation": "llm_hallucination"}
"""Only where the mode implies the category; every other one is a person's judgement."""
_SUSPECTS = 3


def title(session: Session, triage: Triage) -> Iterator[Value]:
    mode = FAILURE_MODE.term(triage.verdict.failure_mode)
    if mode is None:
        return
    agents = list(dict.fromkeys(step.agent for step in session.steps if step.agent))
    where = f" in {agents[0]}" if len(agents) == 1 else ""
    what = triage.origin.value or _tool_at_fault(session, triage)
    if not where and not what:
        where = f" in {session.session_id}"
    yield "identity.title", f"{mode.title.capitalize()}{where}{f': {what}' if what else ''}", "triage"


def _tool_at_fault(session: Session, triage: Triage) -> str:
    """The tool of the first flagged call; "" where no call is flagged."""
    called = (session.steps[flag.step].tool for flag in sorted(triage.flags, key=lambda flag: flag.step))
    return next(filter(None, called), "")


def finding_values(session: Session, triage: Triage) -> Iterator[Value]:
    """Detection, impact, classification, origin, cascade and blast radius."""
    yield from _detection(session, triage.origin)
    yield from _impact(session, triage)
    yield from _classification(triage)
    yield from _origin(session, triage)
    yield from _cascade(session, triage.origin)
    for effect in effects_to_answer(triage):
        yield from _effect(session, effect)


def effects_to_answer(triage: Triage) -> list[Effect]:
    """The actions on the world that need an answer: after the origin, or all where no origin was found."""
    return [effect for effect in triage.blast_radius if effect.after_origin or not triage.origin.found]


def comparison_values(
    session: Session, comparison: Comparison, good: Session | None, good_path: str
) -> Iterator[Value]:
    """The divergence; step numbers of the good run only where that run is at hand."""
    source = "comparison"
    yield "divergence.baseline", good_path or (good.session_id if good else ""), source
    divergence = comparison.divergence
    if divergence is None:
        yield "divergence.why", comparison.why, source
        return
    yield "divergence.bad_step", _number(session, divergence.bad), source
    yield "divergence.good_step", _number(good, divergence.good) if good else "", source
    yield "divergence.kind", divergence.kind, source
    yield "divergence.why", divergence.why, source
    if divergence.decisive:
        yield "divergence.decisive", divergence.decisive.why, source


def _detection(session: Session, origin: FaultOrigin) -> Iterator[Value]:
    if origin.symptom is None:
        return
    step = session.steps[origin.symptom]
    if step.start_ns is not None:
        yield "detection.occurred_at", moment(step.start_ns), at_step(step)
    yield "detection.symptom", cut(said(session, step)), at_step(step)


def _impact(session: Session, triage: Triage) -> Iterator[Value]:
    effects = effects_to_answer(triage)
    lines = [f"step {_number(session, e.step)} {e.tool}: {e.target} ({e.reversibility})" for e in effects]
    yield "impact.state_changes", cut("\n".join(lines)), "triage"
    yield "impact.external_actions", str(len(effects)), "triage"
    unanswered = sum(effect.reversibility in ("irreversible", "unknown") for effect in effects)
    yield "impact.irreversible_actions", str(unanswered), "triage"


def _classification(triage: Triage) -> Iterator[Value]:
    verdict = triage.verdict
    if FAILURE_MODE.term(verdict.failure_mode):
        yield "classification.failure_mode", verdict.failure_mode, f"triage: {verdict.confidence:.2f}"
        estimated = "triage: estimate"
        yield "classification.category", _CATEGORY_OF_MODE.get(verdict.failure_mode, ""), estimated
        yield "classification.severity", _severity(triage), "triage: estimate"
    yield "classification.taxonomy", _taxonomy(triage), "triage: estimate"
    yield "classification.why", verdict.why, "triage"
    yield "classification.escalate", "yes" if verdict.escalate else "no", "triage"
    yield "classification.escalate_because", "\n".join(verdict.escalate_because), "triage"
    yield "classification.flags", counted(flag.kind for flag in triage.flags), "triage"


def _severity(triage: Triage) -> str:
    """SEV2 where the world outside was touched for good, else SEV3: a wrong output reached someone."""
    touched = any(effect.reversibility != "reversible" for effect in effects_to_answer(triage))
    return "SEV2" if touched else "SEV3"


def _taxonomy(triage: Triage) -> str:
    kinds = {flag.kind for flag in triage.flags if flag.step == triage.origin.step}
    if triage.origin.step is None:
        return ""
    if "TOOL_ARG_MISMATCH" in kinds or (triage.origin.value and "ENTITY_HALLUCINATION" in kinds):
        return "parameter_hallucination"
    return ""


def _origin(session: Session, triage: Triage) -> Iterator[Value]:
    origin = triage.origin
    if not origin.found or origin.step is None:
        yield "origin.not_found_because", origin.because, "triage"
    else:
        source = f"triage: {origin.confidence:.2f}"
        yield "origin.step", _number(session, origin.step), source
        yield "origin.premise", origin.value or "", at_step(session.steps[origin.step])
        yield "origin.why", origin.because, "triage"
        yield "origin.context_there", _context_there(session, origin.step), at_step(session.steps[origin.step])
    if origin.symptom is not None:
        yield "origin.symptom_step", _number(session, origin.symptom), "triage"
    yield "origin.cascade", " → ".join(_number(session, index) for index in origin.cascade), "triage"
    others = [suspect for suspect in triage.suspects if suspect.step != origin.step and suspect.against][:_SUSPECTS]
    yield "origin.suspects", "\n".join(_suspect(session, suspect) for suspect in others), "triage"


def _suspect(session: Session, suspect: Suspect) -> str:
    reasons = "; ".join(reason.text for reason in suspect.against)
    return f"step {_number(session, suspect.step)} ({suspect.score:.2f}): {reasons}".rstrip(": ")


def _context_there(session: Session, index: int) -> str:
    prompt = prompt_at(session, index)
    if prompt.fidelity == "absent":
        return "the trace does not hold the prompt at this step"
    roles = Counter(held.message.role for held in prompt.messages)
    counted = ", ".join(f"{count} {role}" for role, count in roles.items())
    sources = sorted({session.steps[held.from_step].number for held in prompt.messages if held.from_step is not None})
    lines = [f"prompt {prompt.fidelity}: {len(prompt.messages)} messages ({counted})"]
    if sources:
        lines.append("from steps " + ", ".join(map(str, sources)))
    tokens = prompt.recorded_tokens
    lines.append(f"{tokens} tokens" if tokens is not None else f"about {prompt.estimated_tokens} tokens, estimated")
    return "; ".join(lines)


def _cascade(session: Session, origin: FaultOrigin) -> Iterator[Value]:
    used = {later: value for _, later, value in origin.links}
    for index in origin.cascade:
        step = session.steps[index]
        row = f"cascade/step-{step.number}"
        yield f"{row}/step", str(step.number), "triage"
        yield f"{row}/who", actor(step), at_step(step)
        value = f"used {used[index]}: " if index in used else ""
        yield f"{row}/what", cut(value + in_short(session, step), 300), at_step(step)


def _effect(session: Session, effect: Effect) -> Iterator[Value]:
    row = f"blast_radius/step-{_number(session, effect.step)}"
    source = at_step(session.steps[effect.step])
    yield f"{row}/step", _number(session, effect.step), "triage"
    yield f"{row}/tool", effect.tool, source
    yield f"{row}/target", cut(effect.target, 300), source
    yield f"{row}/reversibility", effect.reversibility, f"triage: {effect.why}" if effect.why else "triage"
    yield f"{row}/remedy", effect.undo, "triage: how it can be undone"


def _number(session: Session, index: int | None) -> str:
    return "" if index is None else str(session.steps[index].number)
