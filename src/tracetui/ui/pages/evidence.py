"""Why: the flags of a step with their quotes, and its part in the walk from the wrong output to the origin."""

from __future__ import annotations

import os

from tracetui.analysis.findings import Effect, Suspect, Triage
from tracetui.analysis.rules import letter_of
from tracetui.model import Evidence, Flag
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, Piece, actor, kind_word
from tracetui.ui.state import Opened, is_tentative
from tracetui.ui.stretches import letter_style

_MOST_SUSPECTS = 8


def evidence_page(opened: Opened, index: int, brief: bool = False) -> Document:
    out, triage = Writer(), opened.triage
    if triage is None:
        out.rich((f"{GLYPHS.more} the analysis is running", QUIET))
        return out.document()
    flags = [flag for flag in triage.flags if flag.step == index]
    for flag in flags:
        _flag(opened, flag, out)
    for effect in triage.blast_radius:
        if effect.step == index:
            _effect(effect, out)
    if not flags:
        out.rich((f"no flag at step {opened.session.steps[index].number}", QUIET))
    told = [_origin, _suspects]
    for tell in reversed(told) if is_tentative(triage) else told:
        tell(opened, triage, index, out)
    _gaps(triage, out)
    return out.document()


def _heading(out: Writer, title: str, remark: str = "") -> None:
    out.blank()
    out.rich((title, f"bold {KEY}"), (f"  {remark}" if remark else "", QUIET))


def _flag(opened: Opened, flag: Flag, out: Writer) -> None:
    letter = letter_of(flag.kind)
    how = "recorded in the trace" if flag.recorded else f"detected {flag.confidence:.2f}"
    rule = f" {GLYPHS.dot} rule {flag.rule}" if flag.rule else ""
    out.blank()
    out.rich((f"{letter} {flag.kind}", letter_style(letter)), (f"  {how}{rule}", QUIET), indent=2)
    out.rich("  ", flag.message, indent=2)
    _quotes(opened, flag.evidence, out)


def _quotes(opened: Opened, evidence: tuple[Evidence, ...], out: Writer, *, set_in: int = 0) -> None:
    for item in evidence:
        step = opened.session.steps[item.step]
        out.anchor(step=item.step)
        role: Piece = (f"{item.role}{': ' if item.quote else ''}" if item.role else "", QUIET)
        out.rich(" " * (set_in + 2), (f"step {step.number} ", STRONG), role, *_quote(opened, item), indent=set_in + 4)


def _quote(opened: Opened, item: Evidence) -> list[Piece]:
    """The quote to the letter, if it is words that show it, and where it stands."""
    file = "" if item.source.path == opened.trace.path else f"{os.path.basename(item.source.path)} "
    where = f"line {item.source.line:,}" if item.source.line is not None else item.source.pointer
    quote = f"{GLYPHS.open_quote}{item.quote}{GLYPHS.close_quote}" if item.quote else ""
    return [quote, (f"  {file}{where} @{item.source.offset:,}", QUIET)]


def _effect(effect: Effect, out: Writer) -> None:
    style = {"irreversible": BAD, "unknown": BAD, "external": WARN}.get(effect.reversibility, GOOD)
    word = "unknown, counts as irreversible" if effect.reversibility == "unknown" else effect.reversibility
    _heading(out, "external action", "after the origin" if effect.after_origin else "before the origin")
    out.rich("  ", (word, style), (f"  {effect.tool} ", STRONG), effect.target, indent=2)
    if effect.why:
        out.rich(("  why ", QUIET), effect.why, indent=6)
    if effect.undo:
        out.rich(("  undo ", QUIET), effect.undo, indent=7)


def _origin(opened: Opened, triage: Triage, index: int, out: Writer) -> None:
    """The whole chain is told at every step, with a mark where this step stands in it."""
    origin = triage.origin
    if is_tentative(triage):
        _heading(out, "suspect", f"{origin.confidence:.2f}: not enough to call it the origin")
    else:
        _heading(out, "origin", f"{origin.confidence:.2f}" if origin.found else "not found")
    out.rich("  ", origin.reason, indent=2)
    if not origin.found or origin.step is None:
        out.rich(
            "  ",
            (
                f"is an answer wrong? {key_of('find.trace-back', 'O')} on its step traces back from there; "
                f"{key_of('open.diff', 'd')} compares with a good run",
                QUIET,
            ),
            indent=2,
        )
        return
    quotes: dict[int, list[Evidence]] = {}
    for item in origin.evidence:
        quotes.setdefault(item.step, []).append(item)
    chain = origin.cascade or (origin.step,)
    for at in chain:
        used = list(dict.fromkeys(value for _, target, value in origin.links if target == at))
        rail = ("    " + (GLYPHS.cascade if at != chain[-1] else " ") + "   ", QUIET)
        _link(opened, at, here=at == index, used=used, rail=rail, out=out)
        for item in quotes.pop(at, ()):
            out.rich(rail, *_quote(opened, item), indent=8, hang=rail)
    for rest in quotes.values():
        _quotes(opened, tuple(rest), out)


def _link(opened: Opened, at: int, *, here: bool, used: list[str], rail: tuple[str, str], out: Writer) -> None:
    """One step of the cascade; `rail` leads from it to the next one."""
    step = opened.session.steps[at]
    cascade = opened.triage.origin.cascade if opened.triage is not None else ()
    ends = {cascade[0]: GLYPHS.first, cascade[-1]: GLYPHS.last} if cascade else {}
    uses: list[Piece] = [(" rests on ", QUIET), (", ".join(used), STRONG)] if used else []
    out.anchor(step=at)
    out.rich(
        ("  " + (GLYPHS.cursor if here else " "), KEY),
        (" " + ends.get(at, GLYPHS.middle) + " ", QUIET),
        (f"{step.number} ", STRONG),
        (f"{kind_word(step)} {actor(step)}".rstrip(), STRONG if here else ""),
        *uses,
        indent=8,
        hang=rail,
    )


def _suspects(opened: Opened, triage: Triage, index: int, out: Writer) -> None:
    if not triage.suspects:
        return
    _heading(out, "suspects", "every step that could be the origin, best first")
    for suspect in triage.suspects[:_MOST_SUSPECTS]:
        _suspect(opened, suspect, index, out)
    from tracetui.analysis.suspects import standing_of

    own = standing_of(opened.session, triage.suspects, index)
    if own is not None and own.rank > _MOST_SUSPECTS:
        out.rich((f"  {GLYPHS.more} this step is number {own.rank:,} of {own.of:,}", QUIET))
        _suspect(opened, own.suspect, own.suspect.step, out)
    elif len(triage.suspects) > _MOST_SUSPECTS:
        out.rich((f"  {GLYPHS.more} {len(triage.suspects) - _MOST_SUSPECTS} more", QUIET))


def _suspect(opened: Opened, suspect: Suspect, index: int, out: Writer) -> None:
    step = opened.session.steps[suspect.step]
    out.anchor(step=suspect.step)
    out.rich(
        ("  " + (GLYPHS.cursor if suspect.step == index else " "), KEY),
        (f"{suspect.score:.2f} ", QUIET),
        (f"step {step.number} ", STRONG),
        (f"{kind_word(step)} {step.tool or step.agent or ''}", QUIET),
    )
    for reason in suspect.reasons:
        out.rich((f"         {reason.weight:+.2f} ", QUIET), reason.text, indent=15)
        if suspect.step == index:
            _quotes(opened, reason.evidence, out, set_in=13)


def _gaps(triage: Triage, out: Writer) -> None:
    if not triage.gaps:
        return
    _heading(out, "gaps", "what the trace does not hold")
    for gap in triage.gaps:
        steps = (
            f" (steps {', '.join(map(str, gap.steps[:12]))}{GLYPHS.more if len(gap.steps) > 12 else ''})"
            if gap.steps
            else ""
        )
        out.rich("  ", (gap.kind.replace("_", " "), WARN), (steps, QUIET), f": {gap.effect}", indent=4)
        if gap.remedy:
            out.rich(("    remedy: ", QUIET), gap.remedy, indent=6)
