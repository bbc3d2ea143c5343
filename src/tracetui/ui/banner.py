"""The three lines above the steps: what this is, what went wrong, and how far it reached."""

from __future__ import annotations

import os

from textual.content import Content

from tracetui import text
from tracetui.analysis.findings import Triage
from tracetui.analysis.rules import letter_of
from tracetui.model import Session
from tracetui.ui import figures, present
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, WRONG, Piece, content
from tracetui.ui.state import Facts, Opened, is_tentative

_MOST_IN_A_PATH = 7
_ROOMY = 100
_FILE_CELLS = 10
"""The file is named where at least so many cells are left for it: whoever opened it knows it."""


def header(opened: Opened, width: int) -> Content:
    """agent · session, totals, and at the right end the file where there is room for it."""
    path, report = opened.trace.path, opened.trace.report
    roomy = width >= _ROOMY
    left = content(
        ("tracetui " if roomy else "", f"bold {KEY}"),
        (f" {GLYPHS.dot} ".join(dict.fromkeys([*_agents(opened.facts.agents), opened.session.session_id])), STRONG),
        "   ",
        (f" {GLYPHS.dot} ".join(totals(opened.facts, kinds=roomy)), QUIET),
    )
    right: list[Piece] = [(f"{len(report.skipped):,} unread ", WARN)] if report.skipped else []
    if any(gap.kind == "lines_not_read" for gap in opened.session.gaps):
        right.append(("excerpt ", WARN))
    room = width - left.cell_length - content(*right).cell_length - 2
    if room >= _FILE_CELLS:
        right.append((text.elide(present.line(os.path.basename(path) or path), room), QUIET))
    return present.spread(left, content(*right), width)


def totals(facts: Facts, *, kinds: bool) -> list[str]:
    """5 steps, 3 llm, 2 tool, 4.8k tok, $0.02, 4.7 s: what is known of them; `kinds` counts the kinds of step too."""
    found = [figures.plural(facts.steps, "step")]
    if kinds:
        found += [f"{facts.llm_calls:,} llm", f"{facts.tool_calls:,} tool"]
    if facts.tokens is not None:
        found.append(f"{figures.tokens(facts.tokens)} tok")
    if facts.cost_usd is not None:
        found.append(figures.cost(facts.cost_usd))
    if facts.duration_ns is not None:
        found.append(figures.duration(facts.duration_ns))
    return found


def verdict(opened: Opened, width: int) -> tuple[Content, Content]:
    """The verdict in two lines."""
    if opened.triage is None:
        return _so_far(opened, width)
    first = content(*_what(opened, opened.triage, width))
    wrong = [(opened.wrong_value, WRONG)] if opened.wrong_value else []
    second = _reach(opened.session, opened.triage, roomy=width >= _ROOMY)
    return present.highlight(present.elide(first, width), wrong), present.elide(second, width)


def _so_far(opened: Opened, width: int) -> tuple[Content, Content]:
    """How far the analysis is, and what its rules have found: `so far 12 ENTITY_HALLUCINATION from step 37 on`."""
    so_far = opened.so_far
    share = f" {GLYPHS.dot} {100 * so_far.share:.0f} %" if so_far is not None else ""
    first = content((f"{GLYPHS.more} looking for the origin{share}", QUIET))
    if so_far is None or not so_far.found:
        return first, Content("")
    steps, name = opened.session.steps, str if width >= _ROOMY else letter_of
    told = [f"{each.count:,} {name(each.kind)} from step {steps[each.first].number:,} on" for each in so_far.found]
    return first, present.elide(content(("so far ", QUIET), f" {GLYPHS.dot} ".join(told)), width)


def is_calm(triage: Triage | None) -> bool:
    """Whether there is nothing to be alarmed about."""
    return triage is None or triage.verdict.failure_mode in ("none_found", "cannot_tell") or is_tentative(triage)


def _agents(agents: tuple[str, ...]) -> list[str]:
    return [agents[0] if len(agents) == 1 else f"{agents[0]} +{len(agents) - 1}"] if agents else []


def _what(opened: Opened, triage: Triage, width: int) -> list[Piece]:
    verdict = triage.verdict
    if verdict.failure_mode == "none_found":
        return [(f"{GLYPHS.calm} NOTHING FOUND ", f"bold {GOOD}"), (f" {verdict.why}", QUIET)]
    if verdict.failure_mode == "cannot_tell":
        return [(f"{GLYPHS.unsure} CANNOT TELL ", f"bold {WARN}"), f" {verdict.why}"]
    mode = verdict.failure_mode.replace("_", " ").upper()
    sign: Piece = (f"{GLYPHS.fail} {mode} ", BAD)
    if is_tentative(triage):
        sign = (f"{GLYPHS.unsure} PERHAPS {mode} ", f"bold {WARN}")
    pieces: list[Piece] = [sign]
    if width >= _ROOMY:
        pieces.append((f"{verdict.confidence:.2f} ", QUIET))
    return [*pieces, *_origin(opened.session, triage, width - content(*pieces).cell_length)]


_BEGAN = {"llm_call": "first wrote"}
"""How a value came in, by kind of step; others brought it in."""


def _origin(session: Session, triage: Triage, room: int) -> list[Piece]:
    """origin step 3 order-agent first wrote ord_555 · why; who and how stand back where the value would be cut."""
    origin = triage.origin
    if not origin.found or origin.step is None:
        return [(" origin not found: ", WARN), (origin.reason, QUIET)]
    step = session.steps[origin.step]
    word = " suspect " if is_tentative(triage) else " origin "
    pieces: list[Piece] = [(word, QUIET), (f"step {step.number} ", STRONG)]
    if origin.value is None:
        return [*pieces, origin.because]
    how = f"{_BEGAN.get(step.kind, 'brought in')} "
    ways: list[list[Piece]] = [
        [*pieces, who, (origin.value, WRONG)] for who in (present.actor(step) + " " + how, how, "")
    ]
    told = next((way for way in ways if content(*way).cell_length <= room), ways[0])
    return [*told, (f" {GLYPHS.dot} {origin.because}", QUIET)]


def _reach(session: Session, triage: Triage, *, roomy: bool) -> Content:
    parts: list[Content] = []
    if len(triage.origin.cascade) > 1:
        parts.append(content(("cascade ", QUIET), (path(session, triage.origin.cascade), STRONG)))
    parts.append(_blast(triage, roomy=roomy))
    if triage.flags and roomy:
        parts.append(content(("flags ", QUIET), (str(len(triage.flags)), STRONG)))
    parts.append(_gaps(triage))
    if triage.verdict.escalate:
        parts.insert(-1, content(("escalate", BAD)))
    return content("  ") + Content("   " if roomy else "  ").join(parts)


def path(session: Session, cascade: tuple[int, ...]) -> str:
    """3→4→6→7→8; a long one keeps both ends and says how many there are."""
    numbers = [str(session.steps[index].number) for index in cascade]
    if len(numbers) > _MOST_IN_A_PATH:
        numbers = [*numbers[:3], GLYPHS.more, *numbers[-2:]]
        return GLYPHS.arrow.join(numbers) + f" ({len(cascade)} steps)"
    return GLYPHS.arrow.join(numbers)


def _blast(triage: Triage, *, roomy: bool) -> Content:
    name = "blast radius " if roomy else "blast "
    after = [effect for effect in triage.blast_radius if effect.after_origin]
    if not triage.origin.found:
        return content(("external actions ", QUIET), (str(len(triage.blast_radius) or "none"), STRONG))
    if not after:
        return content((name, QUIET), ("none", GOOD))
    lasting = sum(effect.reversibility in ("irreversible", "unknown") for effect in after)
    shown = f"{len(after)} external" + (f", {lasting} irreversible" if lasting else "")
    return content((name, QUIET), (shown, BAD if lasting else WARN))


def _gaps(triage: Triage) -> Content:
    if not triage.gaps:
        return content(("gaps ", QUIET), ("none", GOOD))
    kinds = list(dict.fromkeys(gap.kind.replace("_", " ") for gap in triage.gaps))
    return content(("gaps ", QUIET), (", ".join(kinds), WARN))
