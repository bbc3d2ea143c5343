"""A triage as plain text: the verdict first, then what supports it."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.analysis.findings import Triage
from tracetui.analysis.totals import session_totals
from tracetui.commands.documents import Against
from tracetui.commands.output import paragraph
from tracetui.commands.words import counted, divergence_words, numbered, place_words, quoted, totals_line
from tracetui.model import Session, Trace

_SUSPECTS_SHOWN = 3


def triage_lines(trace: Trace, session: Session, found: Triage, against: Against | None = None) -> Iterator[str]:
    """The answer for one session, at 80 columns. Everything shown stands in the JSON document too, with its places."""
    verdict, origin = found.verdict, found.origin
    yield f"{trace.path} · {trace.format} · {session.session_id}"
    yield f"{totals_line(session_totals(session))}"
    yield ""
    mode = verdict.failure_mode.replace("_", " ").upper()
    yield from paragraph("verdict", f"{mode} ({verdict.confidence:.2f}): {verdict.why}")
    if origin.found and origin.step is not None:
        where = place_words(session.steps[origin.step].source)
        yield from paragraph("origin", f"{numbered(session, origin.step)} ({where}): {origin.because}")
        for evidence in origin.evidence:
            yield from quoted(session, evidence)
        if origin.cascade:
            yield from paragraph("cascade", " → ".join(str(session.steps[i].number) for i in origin.cascade))
    else:
        yield from paragraph("origin", f"not found: {origin.reason}")
        for suspect in [suspect for suspect in found.suspects if suspect.against][:_SUSPECTS_SHOWN]:
            reasons = "; ".join(reason.text for reason in suspect.against)
            yield from paragraph("suspect", f"{numbered(session, suspect.step)} ({suspect.score:.2f}): {reasons}")
    for flag in found.flags:
        how = "recorded" if flag.recorded else f"detected, {flag.confidence:.2f}"
        yield from paragraph("flag", f"{flag.kind} at {numbered(session, flag.step)} ({how}): {flag.message}")
        for evidence in flag.evidence:
            yield from quoted(session, evidence)
    yield from _effects(session, found)
    if against is not None:
        yield from paragraph("good run", divergence_words(session, against))
    if verdict.escalate:
        yield from paragraph("escalate", "; ".join(verdict.escalate_because))
    for gap in found.gaps:
        yield from paragraph("gap", gap.effect + (f"; to close it: {gap.remedy}" if gap.remedy else ""))
    if trace.report.skipped:
        yield from paragraph("skipped", counted(len(trace.report.skipped), "record") + " that could not be read")


def _effects(session: Session, found: Triage) -> Iterator[str]:
    """The actions after the origin; those before it are counted only."""
    after = [effect for effect in found.blast_radius if effect.after_origin]
    for effect in after:
        why = f" ({effect.why})" if effect.why else ""
        target = f" {effect.target}" if effect.target else ""
        line = f"{numbered(session, effect.step)} {effect.tool}{target}: {effect.reversibility}{why}"
        yield from paragraph("touched", line + (f"; undo: {effect.undo}" if effect.undo else ""))
    others = len(found.blast_radius) - len(after)
    if others:
        when = " before the origin" if found.origin.found else "; `--json` lists them"
        yield from paragraph("touched", counted(others, "external action") + when)
