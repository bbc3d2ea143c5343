"""The three lines above the steps: what this is, what went wrong, and how far it reached."""

from __future__ import annotations

import os

from textual.content import Content

from tracetui.analysis.findings import Triage
from tracetui.model import Session
from tracetui.ui import figures, present
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, WRONG, Piece, content
from tracetui.ui.state import Opened

_MOST_IN_A_PATH = 7
_CALM = ("none_found",)


def header(opened: Opened, width: int) -> Content:
    """agent · session, totals, and at the right end the file."""
    facts, trace = opened.facts, opened.trace
    name = " · ".join(dict.fromkeys([*_agents(facts.agents), opened.session.session_id]))
    totals = [figures.plural(facts.steps, "step"), f"{facts.llm_calls:,} llm", f"{facts.tool_calls:,} tool"]
    if facts.tokens is not None:
        totals.append(f"{figures.tokens(facts.tokens)} tok")
    if facts.cost_usd is not None:
        totals.append(figures.cost(facts.cost_usd))
    if facts.duration_ns is not None:
        totals.append(figures.duration(facts.duration_ns))
    skipped = len(trace.report.skipped)
    right: list[Piece] = [(f"{skipped:,} unread  ", WARN)] if skipped else []
    right += [
        (os.path.basename(trace.path) or trace.path, QUIET),
        (f" ({trace.format})" if width >= 120 else "", QUIET),
    ]
    return present.spread(
        content(("tracetui ", f"bold {KEY}"), (name, STRONG), "   ", (f" {GLYPHS.dot} ".join(totals), QUIET)),
        present.elide(content(*right), width // 3),
        width,
    )


def verdict(opened: Opened, width: int) -> tuple[Content, Content]:
    """The verdict in two lines."""
    if opened.triage is None:
        return present.elide(content((f"{GLYPHS.more} looking for the origin", QUIET)), width), Content("")
    first, second = _what(opened, opened.triage), _reach(opened.session, opened.triage)
    return present.elide(present.highlight(first, _wrong(opened)), width), present.elide(second, width)


def is_calm(triage: Triage | None) -> bool:
    """Whether there is nothing to be alarmed about."""
    return triage is None or triage.verdict.failure_mode in ("none_found", "cannot_tell")


def _agents(agents: tuple[str, ...]) -> list[str]:
    return [agents[0] if len(agents) == 1 else f"{agents[0]} +{len(agents) - 1}"] if agents else []


def _wrong(opened: Opened) -> list[tuple[str, str]]:
    return [(opened.wrong_value, WRONG)] if opened.wrong_value else []


def _what(opened: Opened, triage: Triage) -> Content:
    verdict = triage.verdict
    if verdict.failure_mode == "none_found":
        return content((f"{GLYPHS.calm} NOTHING FOUND ", f"bold {GOOD}"), (f" {verdict.why}", QUIET))
    if verdict.failure_mode == "cannot_tell":
        return content((f"{GLYPHS.unsure} CANNOT TELL ", f"bold {WARN}"), f" {verdict.why}")
    mode = verdict.failure_mode.replace("_", " ").upper()
    pieces: list[Piece] = [(f"{GLYPHS.fail} {mode}", BAD), (f" {verdict.confidence:.2f}  ", QUIET)]
    return content(*pieces, *_origin(opened.session, triage))


def _origin(session: Session, triage: Triage) -> list[Piece]:
    origin = triage.origin
    if not origin.found or origin.step is None:
        return [("origin not found ", WARN), (origin.because, QUIET)]
    step = session.steps[origin.step]
    place: list[Piece] = [("origin ", QUIET), (f"step {step.number}", STRONG), " "]
    return [*place, (origin.because, "")]


def _reach(session: Session, triage: Triage) -> Content:
    parts: list[Content] = []
    if len(triage.origin.cascade) > 1:
        parts.append(content(("cascade ", QUIET), (path(session, triage.origin.cascade), STRONG)))
    parts.append(_blast(triage))
    if triage.flags:
        parts.append(content(("flags ", QUIET), (str(len(triage.flags)), STRONG)))
    parts.append(_gaps(triage))
    if triage.verdict.escalate:
        parts.append(content(("escalate", BAD)))
    return content("  ") + Content("   ").join(parts)


def path(session: Session, cascade: tuple[int, ...]) -> str:
    """3→4→6→7→8; a long one keeps both ends and says how many there are."""
    numbers = [str(session.steps[index].number) for index in cascade]
    if len(numbers) > _MOST_IN_A_PATH:
        numbers = [*numbers[:3], GLYPHS.more, *numbers[-2:]]
        return GLYPHS.arrow.join(numbers) + f" ({len(cascade)} steps)"
    return GLYPHS.arrow.join(numbers)


def _blast(triage: Triage) -> Content:
    after = [effect for effect in triage.blast_radius if effect.after_origin]
    if not after:
        return content(("blast radius ", QUIET), ("none", GOOD))
    lasting = sum(effect.reversibility in ("irreversible", "unknown") for effect in after)
    shown = f"{len(after)} external" + (f", {lasting} irreversible" if lasting else "")
    return content(("blast radius ", QUIET), (shown, BAD if lasting else WARN))


def _gaps(triage: Triage) -> Content:
    if not triage.gaps:
        return content(("gaps ", QUIET), ("none", GOOD))
    kinds = list(dict.fromkeys(gap.kind.replace("_", " ") for gap in triage.gaps))
    return content(("gaps ", QUIET), (", ".join(kinds), WARN))
