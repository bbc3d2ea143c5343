"""The handover: what the next person needs to know, short enough for a chat or a ticket at 2 am."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracetui.export.redact import Redaction, account
from tracetui.postmortem.checklist import blockers
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.vocabulary import FAILURE_MODE, SEVERITY
from tracetui.text import visible_line

NAME = "handover"
TITLE = "Handover, at most 15 lines for a chat or a ticket"
SUFFIX = "-handover.txt"
FROM = "postmortem"
MOST_LINES = 15
_LINE_CHARACTERS = 240
_MOST_ACTIONS = 3


def render(postmortem: Postmortem, redactions: Iterable[Redaction]) -> str:
    """At most MOST_LINES lines of text, each a label and what is known; what is not known is said."""
    told = account(redactions, place=str)
    lines = [*_lines(postmortem), *([f"Taken out: {told}"] if told else [])]
    return "\n".join(_fitting(line) for line in lines[:MOST_LINES]) + "\n"


def _lines(held: Postmortem) -> Iterator[str]:
    text = held.text
    severity = text("classification.severity")
    named = " ".join(filter(None, (held.id, SEVERITY.title(severity) if severity else "")))
    mode = text("classification.failure_mode")
    yield f"{named or 'Incident'}: {text('identity.title') or 'untitled'}"
    yield f"What: {text('identity.summary') or text('classification.why') or 'not known yet'}"
    yield f"Failure mode: {FAILURE_MODE.title(mode) if mode else 'not known yet'}"
    since = text("detection.occurred_at") or text("session.started_at") or "not recorded"
    seen = text("detection.detected_at")
    yield f"Since: {since}" + (f"; seen {seen}" if seen else "; when it was seen is not written")
    yield f"Origin: {_origin(held)}"
    yield f"Blast radius: {_blast_radius(held)}"
    yield f"Contained: {_contained(held)}"
    yield f"Open: {_open(held)}"
    yield f"Next: {_next(held)}"
    yield f"Trace: {text('identity.trace') or held.trace_path or 'not known'}"
    if held.session_id:
        yield f"Session: {held.session_id}"
    if held.id:
        yield f"Postmortem: tracetui postmortem edit {held.id}"


def _origin(held: Postmortem) -> str:
    step = held.text("origin.step")
    if not step:
        return f"not found: {held.text('origin.not_found_because') or 'not looked for'}"
    path = held.text("origin.cascade")
    return f"step {step}: {held.text('origin.why') or 'no reason written'}" + (f" (path {path})" if path else "")


def _blast_radius(held: Postmortem) -> str:
    rows = held.rows("blast_radius")
    if not rows:
        return "no external action found"
    worst = [row for row in rows if row.text("reversibility") in ("irreversible", "unknown")]
    named = ", ".join(f"{row.text('tool')} on {row.text('target') or 'nothing named'}" for row in (worst or rows)[:2])
    return f"{len(rows)} external, {len(worst)} irreversible or unknown: {named}"


def _contained(held: Postmortem) -> str:
    done = [row.text("what") for row in held.rows("measures") if row.text("what").strip()]
    at = held.text("containment.contained_at")
    if not done and not at:
        return "nothing written"
    return "; ".join(done) + (f" (contained {at})" if at else "")


def _open(held: Postmortem) -> str:
    undone = [
        row.text("tool") for row in held.rows("blast_radius") if row.text("done") != "yes" and row.text("tool").strip()
    ]
    missing = len(blockers(held))
    parts = [f"not made good: {', '.join(undone[:_MOST_ACTIONS])}"] if undone else []
    return "; ".join([*parts, f"{missing} points before the postmortem is final"])


def _next(held: Postmortem) -> str:
    waiting = [row for row in held.rows("actions") if row.text("text").strip() and row.text("status") != "completed"]
    if waiting:
        first = waiting[0]
        return f"{first.text('text')} ({first.text('owner') or 'no owner'}, {first.text('due') or 'no date'})"
    remedies = [row.text("remedy") for row in held.rows("blast_radius") if row.text("remedy").strip()]
    return remedies[0] if remedies else "no action is written yet"


def _fitting(line: str) -> str:
    line = visible_line(" ".join(line.split()))
    return line if len(line) <= _LINE_CHARACTERS else line[: _LINE_CHARACTERS - 1] + "…"
