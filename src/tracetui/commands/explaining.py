"""Why one step scores as it does: every contribution, with its quotes."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.analysis.findings import Triage
from tracetui.analysis.suspects import Standing, standing_of
from tracetui.commands.documents import Explained
from tracetui.commands.opening import step_numbered
from tracetui.commands.output import paragraph
from tracetui.commands.words import counted, numbered, place_words, quoted
from tracetui.model import Session, Trace


def explain(session: Session, found: Triage, number: int) -> Explained:
    """How the step with this number stands. Raises `TracetuiError` where the session holds no such step."""
    step = step_numbered(session, number).index
    return Explained(session, step, standing_of(session, found.suspects, step))


def explanation_lines(trace: Trace, explained: Explained) -> Iterator[str]:
    """The explanation of one step, at 80 columns."""
    session, standing = explained.session, explained.standing
    yield f"{trace.path} · {trace.format} · {session.session_id}"
    yield from paragraph(
        "step", f"{numbered(session, explained.step)} ({place_words(session.steps[explained.step].source)})"
    )
    if standing is None:
        why = "no suspect: a model or agent did not write it, or it comes after the wrong output"
        yield from paragraph("score", why)
        return
    yield from paragraph("score", _score_words(explained, standing))
    for reason in standing.suspect.reasons:
        yield from paragraph(f"{reason.weight:+.2f}", f"{reason.text} ({reason.feature})")
        for evidence in reason.evidence:
            yield from quoted(session, evidence)
    if not standing.suspect.reasons:
        yield from paragraph("", "nothing speaks for or against it")


def _score_words(explained: Explained, standing: Standing) -> str:
    suspect = standing.suspect
    score = f"{suspect.score:.2f}, rank {standing.rank} of {counted(standing.of, 'suspect')}; the weights add up to "
    words = score + f"{standing.sum:+.2f}"
    if suspect.step != explained.step:
        words += f", and belong to {numbered(explained.session, suspect.step)}, which asked for this call"
    return words
