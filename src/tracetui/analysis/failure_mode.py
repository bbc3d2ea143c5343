"""Which of the practice's failure modes a session shows, how sure that is, and why.

| mode | signature |
| hallucination propagation | an early assertion without a source, used as a fact by later steps |
| tool misfire | wrong tool, malformed or odd arguments, a result used without checking |
| context poisoning | the goal or what is believed shifts without the user; wrong content persists |
| cost runaway | the same call over and over, tokens far over the baseline, no final output |
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tracetui.analysis.findings import FailureMode, FaultOrigin, Suspect
from tracetui.analysis.rules import NOT_ITS_DOING
from tracetui.analysis.suspects import CONFIDENT, weighted_signs
from tracetui.analysis.verdict import COST_FACTOR, times_baseline
from tracetui.model import Flag, Session, Step

MODE_OF_FLAG: dict[str, FailureMode] = {
    "ENTITY_HALLUCINATION": "hallucination_propagation",
    "TOOL_ARG_MISMATCH": "tool_misfire",
    "ENTITY_MISMATCH": "tool_misfire",
    "CONTEXT_DRIFT": "context_poisoning",
    "STALE_CONTEXT": "context_poisoning",
    "LOOP_DETECTED": "cost_runaway",
    "CONSTRAINT_BROKEN": "tool_misfire",
    "ERROR_IGNORED": "tool_misfire",
    "CLAIM_UNSUPPORTED": "hallucination_propagation",
    "PREMATURE_TERMINATION": "hallucination_propagation",
    "HIDDEN_TEXT": "context_poisoning",
    "BUDGET": "cost_runaway",
}
"""The more telling kinds first."""
MODE_TITLE: dict[FailureMode, str] = {
    "hallucination_propagation": "hallucination propagation",
    "tool_misfire": "tool misfire",
    "context_poisoning": "context poisoning",
    "cost_runaway": "cost runaway",
    "none_found": "none found",
    "cannot_tell": "cannot tell",
}


class Classified(msgspec.Struct, frozen=True):
    mode: FailureMode
    confidence: float
    """0 to 1."""
    why: str


def classify(
    session: Session,
    flags: Sequence[Flag],
    origin: FaultOrigin,
    *,
    baselines: Sequence[Session] = (),
    suspects: Sequence[Suspect] = (),
) -> Classified:
    """The failure mode of a session. `suspects`: ranked; the signs of the first tell the mode where no flag does."""
    if runaway := _runaway(session, flags, origin, baselines):
        return runaway
    if origin.found and origin.step is not None:
        return _by_origin(session, flags, origin, origin.step, suspects)
    if its_own := [flag for flag in flags if flag.kind not in NOT_ITS_DOING]:
        return _by_flags(session, its_own)
    if needed := missing_evidence(session):
        return Classified("cannot_tell", 0.0, f"not enough is recorded to tell; needs {needed}")
    flagged = "no flag of its doing" if flags else "no flag"
    return Classified(
        "none_found", 0.6, f"{flagged}, and nothing that only failed runs show; this proves no answer right"
    )


def missing_evidence(session: Session) -> str:
    """What the trace would have to hold before anything can be told; empty where there is something to go on."""
    steps = session.steps
    if not any(step.kind in ("llm_call", "tool_call") or step.message is not None for step in steps):
        return "LLM calls and tool calls"
    called = any(step.arguments is not None for step in steps)
    if called or any(step.message is not None and step.message.parts and _is_agents(step) for step in steps):
        return ""
    return "what the model wrote (completions), the arguments of tool calls and what they returned"


def _runaway(
    session: Session, flags: Sequence[Flag], origin: FaultOrigin, baselines: Sequence[Session]
) -> Classified | None:
    loops = [flag for flag in flags if flag.kind == "LOOP_DETECTED"]
    compared = times_baseline(session, baselines)
    if compared is not None and compared[0] > COST_FACTOR:
        factor = f"{compared[1]} is {compared[0]:.1f} times the baseline"
        if loops:
            return Classified("cost_runaway", 0.95, f"{factor}, and step {_number(session, loops[0].step)} loops")
        return Classified("cost_runaway", 0.8, factor)
    if loops and not has_final_answer(session):
        where = _number(session, loops[0].step)
        return Classified("cost_runaway", 0.85, f"a loop at step {where}, and the session ends without an answer")
    if loops and not _explains(origin, loops[0].step):
        return Classified("cost_runaway", 0.6, f"step {_number(session, loops[0].step)} repeats the same call")
    return None


def _explains(origin: FaultOrigin, loop: int) -> bool:
    """Whether the loop is what came of the origin; a mere suspicion says less of a session than its loop does."""
    return origin.found and origin.step is not None and origin.step < loop and origin.confidence >= CONFIDENT


def has_final_answer(session: Session) -> bool:
    """Whether the session ends with something said, not with a call; unrecorded content counts as said."""
    for step in reversed(session.steps):
        if step.kind == "tool_call":
            return False
        if _is_agents(step):
            return True
    return False


def _is_agents(step: Step) -> bool:
    """Whether a model or agent wrote what the step says."""
    return step.kind == "llm_call" or (step.kind == "message" and step.agent is not None)


def _by_origin(
    session: Session, flags: Sequence[Flag], origin: FaultOrigin, at: int, suspects: Sequence[Suspect]
) -> Classified:
    here = {flag.kind: flag for flag in flags if flag.step == at or session.steps[flag.step].parent == at}
    number = session.steps[at].number
    if "CONTEXT_DRIFT" in here:
        return Classified("context_poisoning", origin.confidence, f"the goal shifts at step {number} without the user")
    if origin.value is not None and session.steps[at].kind == "tool_call":
        return Classified(
            "tool_misfire", origin.confidence, f"“{origin.value}” came in with the result of step {number}"
        )
    if origin.value is not None and not _is_agents(session.steps[at]):
        return Classified("context_poisoning", origin.confidence, f"“{origin.value}” was put in at step {number}")
    if origin.value is not None:
        users = len(origin.cascade) - 1
        used = f" and is used as a fact by {users} later step{'s' if users != 1 else ''}" if users else ""
        why = f"“{origin.value}” stands in nothing before step {number}{used}"
        if any(flag.kind == "ENTITY_MISMATCH" and flag.step in origin.cascade for flag in flags):
            why += "; a tool returned another entity's data and nobody checked"
        return Classified("hallucination_propagation", origin.confidence, why)
    if kind := next((kind for kind in MODE_OF_FLAG if kind in here), None):
        return Classified(MODE_OF_FLAG[kind], origin.confidence, here[kind].message)
    reasons = next((suspect.reasons for suspect in suspects if suspect.step == at), ())
    for reason in reasons:
        mode = weighted_signs()[reason.feature].mode
        if mode is not None and reason.weight > 0:
            return Classified(mode, origin.confidence, f"step {number} {reason.text}")
    return Classified("hallucination_propagation", origin.confidence, origin.because)


def _by_flags(session: Session, flags: Sequence[Flag]) -> Classified:
    telling = [flag for flag in flags if flag.kind in MODE_OF_FLAG]
    if not telling:
        return Classified("cannot_tell", 0.0, f"flagged {flags[0].kind} at step {_number(session, flags[0].step)} only")
    best = max(telling, key=lambda flag: (flag.confidence, -flag.step))
    return Classified(
        MODE_OF_FLAG[best.kind], best.confidence * 0.7, f"step {_number(session, best.step)}: {best.message}"
    )


def _number(session: Session, index: int) -> int:
    return session.steps[index].number
