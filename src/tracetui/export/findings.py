"""The findings of one session as markdown, without a postmortem: what triage found, each claim with its quotes."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.analysis.findings import Comparison, Triage
from tracetui.export.markdown import table
from tracetui.export.redact import Redactor, account
from tracetui.export.safe import code, fence
from tracetui.model import Evidence, Session, Trace
from tracetui.postmortem.from_session import actor, cut, in_short
from tracetui.postmortem.vocabulary import FAILURE_MODE


def render(
    trace: Trace,
    session: Session,
    triage: Triage,
    comparison: Comparison | None = None,
    *,
    redactor: Redactor | None = None,
) -> str:
    """Verdict, cascade, flags with evidence, blast radius, divergence and gaps of a session. `redactor` takes out, and
    counts, what may not leave; by default one for secrets."""
    redactor = redactor or Redactor()
    blocks = [
        *_verdict(trace, session, triage, redactor),
        *_cascade(session, triage, redactor),
        *_flags(session, triage, redactor),
        *_blast_radius(session, triage, redactor),
        *_divergence(session, comparison, redactor),
        *_gaps(triage),
    ]
    taken = account(redactor.report, place=code)
    if taken:
        blocks.append(f"*Redacted: {taken}.*")
    return "\n\n".join(blocks) + "\n"


def _verdict(trace: Trace, session: Session, triage: Triage, clean: Redactor) -> Iterator[str]:
    verdict, origin = triage.verdict, triage.origin
    mode = FAILURE_MODE.term(verdict.failure_mode)
    yield f"# Findings in {code(session.session_id)}"
    facts = [
        ("failure mode", mode.title if mode else verdict.failure_mode.replace("_", " ")),
        ("confidence", f"{verdict.confidence:.2f}"),
        ("because", clean(verdict.why, "verdict")),
        ("origin", f"step {_number(session, origin.step)}" if origin.step is not None else "not found"),
        ("origin because", clean(origin.because, "origin")),
        ("cascade", " → ".join(_number(session, index) for index in origin.cascade)),
        (
            "full postmortem",
            clean("; ".join(verdict.escalate_because), "verdict") if verdict.escalate else "not needed",
        ),
        ("trace", f"{trace.path} ({trace.format})"),
    ]
    yield table(["Verdict", ""], ([name, code(text, cell=True)] for name, text in facts if text))


def _cascade(session: Session, triage: Triage, clean: Redactor) -> Iterator[str]:
    origin = triage.origin
    if origin.evidence:
        yield "## Evidence of the origin"
        yield from _quotes(session, origin.evidence, clean)
    if origin.cascade:
        yield "## Cascade"
        steps = [session.steps[index] for index in origin.cascade]
        yield table(
            ["Step", "Who", "What"],
            (
                [
                    code(text, cell=True)
                    for text in (str(s.number), actor(s), cut(clean(in_short(session, s), f"step {s.number}"), 300))
                ]
                for s in steps
            ),
        )


def _flags(session: Session, triage: Triage, clean: Redactor) -> Iterator[str]:
    if triage.flags:
        yield "## Flags"
    for flag in triage.flags:
        how = "recorded in the trace" if flag.recorded else f"detected, confidence {flag.confidence:.2f}"
        message = code(clean(flag.message, _place(session, flag.step)))
        yield f"**Step {_number(session, flag.step)}** {code(flag.kind)} ({how}): {message}"
        yield from _quotes(session, flag.evidence, clean)


def _quotes(session: Session, evidence: tuple[Evidence, ...], clean: Redactor) -> Iterator[str]:
    for piece in evidence:
        role = f", {code(piece.role)}" if piece.role else ""
        yield f"Step {_number(session, piece.step)}{role}{':' if piece.quote else ''}"
        if piece.quote:
            yield fence(clean(piece.quote, _place(session, piece.step)))


def _blast_radius(session: Session, triage: Triage, clean: Redactor) -> Iterator[str]:
    if not triage.blast_radius:
        return
    yield "## Blast radius"
    yield table(
        ["Step", "Tool", "On", "Reversible", "After the origin"],
        (
            [
                _number(session, effect.step),
                code(effect.tool, cell=True),
                code(cut(clean(effect.target, _place(session, effect.step)), 300), cell=True),
                effect.reversibility,
                "yes" if effect.after_origin else "no",
            ]
            for effect in triage.blast_radius
        ),
    )


def _divergence(session: Session, comparison: Comparison | None, clean: Redactor) -> Iterator[str]:
    if comparison is None:
        return
    yield "## Compared with a good run"
    found = comparison.divergence
    if found is None:
        yield f"{comparison.verdict}: {code(clean(comparison.why, 'divergence'))}"
        return
    why = code(clean(found.why, "divergence"))
    yield f"First difference in meaning at step {_number(session, found.bad)} ({found.kind}): {why}"


def _gaps(triage: Triage) -> Iterator[str]:
    if triage.gaps:
        yield "## What the trace does not hold"
        yield table(
            ["Gap", "Effect"], ([code(gap.kind, cell=True), code(gap.effect, cell=True)] for gap in triage.gaps)
        )


def _place(session: Session, index: int) -> str:
    return f"step {session.steps[index].number}"


def _number(session: Session, index: int | None) -> str:
    return "none" if index is None else str(session.steps[index].number)
