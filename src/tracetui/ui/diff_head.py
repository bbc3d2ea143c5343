"""The lines above the diff list: which runs, where they part and why, what was decided, who plays which role."""

from __future__ import annotations

import os

from textual.content import Content

from tracetui.model import Session
from tracetui.ui import figures, present
from tracetui.ui.compared import Compared
from tracetui.ui.deltas import deltas, spent_by_run
from tracetui.ui.document import paragraph
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, WRONG, Piece, content
from tracetui.ui.state import Facts, Opened

_INDENT = 2
_MOST_ROLES = 12
"""Roles that the one line about them names at most."""


def title(opened: Opened, compared: Compared | None, width: int) -> Content:
    """Both sessions, and how much differs."""
    good = opened.baseline.session_id if opened.baseline is not None else f"{GLYPHS.more} no good run chosen"
    left: list[Piece] = [
        ("diff ", f"bold {KEY}"),
        (opened.session.session_id, STRONG),
        (" against ", QUIET),
        (good, STRONG),
    ]
    if opened.baseline_path and opened.baseline_path != opened.trace.path:
        left.append((f"  {os.path.basename(opened.baseline_path)}", QUIET))
    if compared is None:
        return present.elide(content(*left), width)
    meant, noise = len(compared.told), sum(count for _, count in compared.comparison.ignored)
    beside = f" {GLYPHS.dot} {noise:,} noise" if compared.by_meaning else " in the text"
    right = content((figures.plural(meant, "difference"), BAD if meant else GOOD), (beside, QUIET))
    return present.spread(content(*left), right, width)


def verdict(compared: Compared, width: int) -> list[Content]:
    """The divergence in at most three lines and the decisive action in at most two."""
    if not compared.by_meaning:
        return [present.elide(content(*_draft_words(compared)), width)]
    comparison, found = compared.comparison, compared.comparison.divergence
    if found is None:
        calm = comparison.verdict == "same"
        word = (f"{GLYPHS.calm} SAME ", f"bold {GOOD}") if calm else (f"{GLYPHS.unsure} CANNOT TELL ", f"bold {WARN}")
        return _wrapped([word, f" {comparison.why}"], compared, width, 3)
    where = f"{_number(compared.bad, found.bad)}, good run {_number(compared.good, found.good)}"
    lines = _wrapped(
        [(f"{GLYPHS.fail} {found.kind.upper()} ", BAD), (f"{where}  ", QUIET), found.why], compared, width, 3
    )
    if (decisive := found.decisive) is not None:
        kind = decisive.kind.replace("_", " ")
        where = _number(compared.bad, decisive.bad)
        lines += _wrapped([(f"! {kind} ".upper(), BAD), (f"{where}  ", QUIET), decisive.why], compared, width, 2)
    return lines


def _draft_words(compared: Compared) -> list[Piece]:
    """Where the lines of both runs begin to differ."""
    at = compared.divergence_at
    if at is None:
        return [(f"{GLYPHS.unsure} ALIKE ", f"bold {WARN}"), " every line of both runs says the same"]
    pair = compared.pairs[at]
    what = {
        "text": "another call, or other words",
        "result": "the same call, another answer",
        "alone": f"only the {'bad' if pair.good is None else 'good'} run has it",
    }[compared.kinds[at]]
    where = f"{_number(compared.bad, pair.bad)}, good run {_number(compared.good, pair.good)}"
    return [(f"{GLYPHS.fail} FIRST DIFFERENCE ", BAD), (f"{where}  ", QUIET), what]


def roles(compared: Compared, width: int) -> Content:
    """Who plays which role: the value in the bad run, then that in the good one."""
    pieces: list[Piece] = []
    for number, (role, (bad, good)) in enumerate(compared.comparison.roles.items()):
        if number == _MOST_ROLES:
            pieces.append((f"  {GLYPHS.more}", QUIET))
            break
        pieces += [("  " if pieces else "", ""), (f"{role} ", KEY)]
        if bad == good:
            pieces.append(bad or "")
        else:
            pieces += [(bad or "none", WRONG if good is None else QUIET if bad is None else ""), (" / ", QUIET)]
            pieces.append((good or "none", "" if good else QUIET))
    return present.elide(content(*pieces), width)


def totals(compared: Compared, width: int) -> Content:
    """What the runs took, and how much more or less the bad one did; empty where no step of either records it."""
    bad, good = compared.facts
    more = deltas(spent_by_run(bad), spent_by_run(good))
    if not more:
        return Content("")
    told = content(("took ", QUIET), f" {GLYPHS.dot} ".join(more), (" beside the good run", QUIET))
    whole = told + content((f"   {_taken(bad)}, good {_taken(good)}", QUIET))
    return whole if whole.cell_length <= width else present.elide(told, width)


def _taken(facts: Facts) -> str:
    known = [figures.plural(facts.steps, "step")]
    known += [figures.duration(facts.duration_ns)] if facts.duration_ns is not None else []
    known += [f"{figures.tokens(facts.tokens)} tok"] if facts.tokens is not None else []
    known += [figures.cost(facts.cost_usd)] if facts.cost_usd is not None else []
    return " ".join(known)


def hidden_line(compared: Compared, hidden: frozenset[str], width: int) -> Content:
    """What the list leaves out."""
    counts = compared.counts()
    told = ", ".join(f"{counts[kind]:,} {kind}" for kind in sorted(hidden))
    return present.elide(content(("hidden: ", WARN), told, ("   + shows all", QUIET)), width)


def _number(session: Session, index: int | None) -> str:
    return f"step {session.steps[index].number}" if index is not None else "no step"


def _wrapped(pieces: list[Piece], compared: Compared, width: int, most: int) -> list[Content]:
    """A paragraph in at most `most` lines; a cut shows."""
    needles = [(present.line(value), WRONG) for value in compared.invented]
    return paragraph(content(*pieces), width, most=most, indent=_INDENT, needles=needles)
