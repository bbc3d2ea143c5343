"""The JSON documents of the headless contract: docs/headless.md describes every key and is checked against this.

Inside, steps are 0-based indices; in a document a step is the number that people see, with the place in the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tracetui.analysis.findings import Comparison, Effect, FaultOrigin, Suspect, Triage
from tracetui.analysis.suspects import Standing
from tracetui.analysis.totals import session_totals
from tracetui.commands.pieces import (
    Document,
    evidence,
    flag,
    gap,
    ingest,
    message,
    milliseconds,
    optional_place,
    part,
    place,
    source,
    tool,
    totals,
    trace_source,
    usage,
)
from tracetui.context import Prompt
from tracetui.errors import TracetuiError
from tracetui.model import Session, Step, Trace
from tracetui.model_windows import model_window


class Against(NamedTuple):
    """A comparison, and the good runs that it was made with."""

    comparison: Comparison
    goods: Sequence[Session]

    @property
    def good(self) -> Session:
        """The run that the divergence is told against."""
        return self.goods[self.comparison.baseline]


def schema(name: str) -> str:
    """The `schema` of a document: changes of meaning raise the number, new keys do not."""
    return f"tracetui.{name}/1"


def error(path: str, problem: TracetuiError) -> Document:
    """In place of the document of a path that could not be read."""
    return {"schema": schema("error"), "path": path, "message": problem.message, "hint": problem.hint}


def triage(trace: Trace, sessions: list[Document]) -> Document:
    """One source; `sessions` made by `triage_session`."""
    return {
        "schema": schema("triage"),
        "source": trace_source(trace),
        "ingest": ingest(trace.report),
        "sessions": sessions,
    }


def triage_session(session: Session, found: Triage, against: Against | None = None) -> Document:
    """What triage found in one session and, where good runs were given, where it leaves them."""
    return {
        "session_id": session.session_id,
        "goal": session.goal,
        "attributes": session.attributes,
        **totals(session_totals(session)),
        "verdict": {
            "failure_mode": found.verdict.failure_mode,
            "confidence": found.verdict.confidence,
            "why": found.verdict.why,
            "escalate": found.verdict.escalate,
            "escalate_because": list(found.verdict.escalate_because),
        },
        "origin": origin(session, found.origin),
        "suspects": [suspect(session, s) for s in found.suspects],
        "cascade": [session.steps[index].number for index in found.origin.cascade],
        "flags": [flag(session, f) for f in found.flags],
        "blast_radius": [effect(session, e) for e in found.blast_radius],
        "gaps": [gap(g) for g in found.gaps],
        **({} if against is None else {"baseline": compared(session, against)}),
    }


def origin(session: Session, value: FaultOrigin) -> Document:
    number = {step.index: step.number for step in session.steps}
    return {
        "found": value.found,
        **place(session, value.step),
        "because": value.because,
        "confidence": value.confidence,
        "value": value.value,
        "symptom": optional_place(session, value.symptom),
        "links": [{"from": number[start], "to": number[end], "value": text} for start, end, text in value.links],
        "evidence": [evidence(session, e) for e in value.evidence],
    }


def suspect(session: Session, value: Suspect) -> Document:
    return {
        **place(session, value.step),
        "agent": session.steps[value.step].agent,
        "score": value.score,
        "reasons": [
            {
                "feature": reason.feature,
                "weight": reason.weight,
                "text": reason.text,
                "evidence": [evidence(session, e) for e in reason.evidence],
            }
            for reason in value.reasons
        ],
    }


class Explained(NamedTuple):
    """One step of a session, and how it stands among the suspects; no standing where it cannot be an origin."""

    session: Session
    step: int
    standing: Standing | None


def explanation(trace: Trace, sessions: Sequence[Explained]) -> Document:
    """The score of one step in each session of a source."""
    return {
        "schema": schema("explanation"),
        "source": trace_source(trace),
        "sessions": [_explained(one) for one in sessions],
    }


def _explained(one: Explained) -> Document:
    standing = one.standing
    return {
        "session_id": one.session.session_id,
        **place(one.session, one.step),
        "rank": standing and standing.rank,
        "of": standing and standing.of,
        "sum": standing and standing.sum,
        "suspect": standing and suspect(one.session, standing.suspect),
    }


def effect(session: Session, value: Effect) -> Document:
    return {
        **place(session, value.step),
        "tool": value.tool,
        "target": value.target,
        "reversibility": value.reversibility,
        "after_origin": value.after_origin,
        "depends_on_origin": value.depends_on_origin,
        "why": value.why,
        "undo": value.undo,
    }


def step(session: Session, value: Step) -> Document:
    """One step. `arguments` and `result` are there only where they are recorded: null is a value."""
    number = None if value.parent is None else session.steps[value.parent].number
    return {
        "schema": schema("steps"),
        "session_id": session.session_id,
        **place(session, value.index),
        "kind": value.kind,
        "agent": value.agent,
        "scope": value.scope,
        "parent": number,
        "depth": value.depth,
        "status": value.status,
        "error": value.error,
        "model": value.model,
        "tool": value.tool,
        "call_id": value.call_id,
        **({} if value.arguments_source is None else {"arguments": value.arguments}),
        **({"result": value.result} if value.has_result else {}),
        "message": None if value.message is None else message(value.message),
        "summary": value.summary,
        "goal": value.goal,
        "usage": usage(value.usage),
        "cost_usd": value.cost_usd,
        "start_ns": value.start_ns,
        "duration_ms": milliseconds(value.duration_ns),
        "recorded_flags": list(value.recorded_flags),
        "attributes": value.attributes,
        "also": [source(ref) for ref in value.also],
    }


def context(session: Session, prompt: Prompt) -> Document:
    """The window at one step: what is in it, in order, and what left it."""

    def number(index: int | None) -> int | None:
        return None if index is None else session.steps[index].number

    window = model_window(session, session.steps[prompt.step])
    return {
        "schema": schema("context"),
        "session_id": session.session_id,
        **place(session, prompt.step),
        "kind": session.steps[prompt.step].kind,
        "scope": prompt.scope,
        "fidelity": prompt.fidelity,
        "compared_with": number(prompt.compared_with),
        "gaps": [gap(g) for g in prompt.gaps],
        "system": [part(p) for p in prompt.system],
        "tools": [tool(definition) for definition in prompt.tools],
        "messages": [
            {
                **message(entry.message),
                "from_step": number(entry.from_step),
                "status": entry.status,
                "fidelity": entry.fidelity,
            }
            for entry in prompt.messages
        ],
        "removed": [
            {**message(entry.message), "from_step": number(entry.from_step), "status": entry.status}
            for entry in prompt.removed
        ],
        "tokens": {
            "recorded": prompt.recorded_tokens,
            "estimated": prompt.estimated_tokens,
            "unrecorded": prompt.unrecorded_tokens,
            "characters_per_token": round(prompt.token_scale.characters_per_token, 3),
            "fitted": prompt.token_scale.fitted,
            "window": None if window is None else {"tokens": window.tokens, "known_from": window.known_from},
        },
    }


def diff(bad: Session, against: Against) -> Document:
    """A bad run against good ones: the divergence, and every pair of steps that it was found among."""
    value, good = against.comparison, against.good
    return {
        "schema": schema("diff"),
        "bad": {"path": bad.steps[0].source.path, "session_id": bad.session_id},
        **compared(bad, against),
        "pairs": [
            {
                "bad": None if pair.bad is None else bad.steps[pair.bad].number,
                "good": None if pair.good is None else good.steps[pair.good].number,
                "similarity": round(pair.similarity, 4),
                "relation": pair.relation,
            }
            for pair in value.pairs
        ],
        "roles": {role: {"bad": ours, "good": theirs} for role, (ours, theirs) in value.roles.items()},
        "ignored": [{"kind": kind, "count": count} for kind, count in value.ignored],
        "suspicion": [
            {"step": bad.steps[index].number, "differs_from": count, "good_runs": len(against.goods)}
            for index, count in value.suspicion
        ],
    }


def compared(bad: Session, against: Against) -> Document:
    """The answer of a comparison, and the good run that it is told against."""
    return {
        "good": {"path": against.good.steps[0].source.path, "session_id": against.good.session_id},
        "verdict": against.comparison.verdict,
        "why": against.comparison.why,
        "divergence": divergence(bad, against.good, against.comparison),
    }


def divergence(bad: Session, good: Session, value: Comparison) -> Document | None:
    found = value.divergence
    if found is None:
        return None
    decisive = found.decisive
    return {
        "bad": optional_place(bad, found.bad),
        "good": optional_place(good, found.good),
        "kind": found.kind,
        "why": found.why,
        "decisive": None
        if decisive is None
        else {
            "kind": decisive.kind,
            "bad": optional_place(bad, decisive.bad),
            "good": optional_place(good, decisive.good),
            "why": decisive.why,
        },
    }
