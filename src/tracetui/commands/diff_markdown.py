"""A comparison as markdown, for tickets: the verdict, the decisive action, the roles, then the steps side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from tracetui.commands.documents import Against
from tracetui.commands.words import counted, divergence_words, numbered, what_happened
from tracetui.export.markdown import table
from tracetui.export.redact import Redactor, account
from tracetui.export.safe import code
from tracetui.model import Session
from tracetui.text import elide, visible_line

_CELLS = 100
"""Cells of a step that a row shows."""


def render(bad: Session, against: Against) -> str:
    """Steps that are the same are folded with their count; secrets are taken out and counted."""
    redactor = Redactor()
    blocks = [*_head(bad, against, redactor), table(["Bad", "", "Good"], _rows(bad, against, redactor))]
    if taken := account(redactor.report):
        blocks.append(f"*Redacted: {taken}.*")
    return "\n\n".join(blocks) + "\n"


def _head(bad: Session, against: Against, redactor: Redactor) -> Iterator[str]:
    comparison = against.comparison
    yield f"# {comparison.verdict.capitalize()}: {code(bad.session_id)} against {code(against.good.session_id)}"
    found = comparison.divergence
    facts = [("Divergence" if found else "Verdict", divergence_words(bad, against))]
    if found is not None and (at := found.decisive) is not None:
        places = f"{numbered(bad, at.bad)} (good run: {numbered(against.good, at.good)})"
        facts.append(("Decisive", f"{at.kind.replace('_', ' ')} at {places}: {at.why}"))
    facts += [(f"Role {role}", f"{a or 'none'}, good run: {b or 'none'}") for role, (a, b) in comparison.roles.items()]
    facts += [("Ignored", f"{count} × {kind}") for kind, count in comparison.ignored]
    rows = ([code(label, cell=True), code(redactor(text, label), cell=True)] for label, text in facts)
    yield table(["", ""], rows)


def _rows(bad: Session, against: Against, redactor: Redactor) -> Iterator[list[str]]:
    found = against.comparison.divergence
    at = found.bad if found is not None else None
    for same, stretch in groupby(
        against.comparison.pairs, lambda p: p.relation == "same" and (at is None or p.bad != at)
    ):
        pairs = list(stretch)
        if same:
            yield [f"*{counted(len(pairs), 'step')} the same*", "", ""]
            continue
        for pair in pairs:
            mark = pair.relation.replace("_", " ")
            here = at is not None and pair.bad == at
            yield [
                _cell(bad, pair.bad, redactor),
                f"**{mark}: diverges here**" if here else mark,
                _cell(against.good, pair.good, redactor),
            ]


def _cell(session: Session, index: int | None, redactor: Redactor) -> str:
    if index is None:
        return ""
    step = session.steps[index]
    text = redactor(what_happened(step), f"step {step.number}")
    return f"{step.number} {code(elide(visible_line(text), _CELLS), cell=True)}"
