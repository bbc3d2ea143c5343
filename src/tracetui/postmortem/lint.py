"""What a reader of the postmortem would object to. Advice beside the field; the grave ones keep it from being final."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from tracetui.postmortem.blame import find_blame
from tracetui.postmortem.document import EMPTY, PINS, Postmortem
from tracetui.postmortem.fields import FIELDS, TABLES
from tracetui.postmortem.vague import why_vague


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    rule: str
    address: str
    """Where in the document: `section.field` or `table/row/column`."""
    quote: str = ""
    """The words that it is about, to the letter; "" where something is missing."""
    why: str
    suggestion: str
    grave: bool = False
    """Keeps the postmortem from being final."""


def lint(postmortem: Postmortem) -> tuple[Finding, ...]:
    """Every finding, in the order of the rules."""
    return tuple(finding for rule in RULES for finding in rule(postmortem))


def blame(postmortem: Postmortem) -> Iterator[Finding]:
    """People as causes, in whatever a person wrote. What the trace says is evidence, not prose of ours."""
    names = {postmortem.created_by, *re.split(r"[,;]", postmortem.text("identity.authors"))}
    for table in ("actions", "blast_radius", "measures"):
        names |= {row.text("owner") for row in postmortem.tables.get(table, ())}
    for address, text in written(postmortem):
        for found in find_blame(text, {name.strip() for name in names if name.strip()}):
            yield Finding(rule="blame", address=address, quote=found.quote, why=found.why, suggestion=found.suggestion)


def vague_action(postmortem: Postmortem) -> Iterator[Finding]:
    for row in postmortem.tables.get("actions", ()):
        text = row.text("text")
        if why := why_vague(text):
            yield Finding(
                rule="vague-action",
                address=f"actions/{row.id}/text",
                quote=text.strip(),
                why=why,
                suggestion="write a verb, what it changes and where, as in "
                "“add error handling for SMTP_AUTH_INVALID in send_email”",
            )


def incomplete_action(postmortem: Postmortem) -> Iterator[Finding]:
    wanted = {
        "owner": "nobody is asked to do it",
        "due": "it can never be overdue",
        "verified_by": "nothing will show that it works",
    }
    for row in postmortem.tables.get("actions", ()):
        for column, why in wanted.items():
            if not row.text(column).strip():
                yield Finding(
                    rule=f"action-without-{column.replace('_', '-')}",
                    address=f"actions/{row.id}/{column}",
                    why=why,
                    suggestion=TABLES["actions"].column(column).hint or f"write the {column}",
                    grave=column == "owner",
                )


def several_root_causes(postmortem: Postmortem) -> Iterator[Finding]:
    text = postmortem.text("root_cause.statement")
    found = _SEVERAL_CAUSES.search(text)
    listed = re.findall(r"(?m)^\s*(?:[-*•]|\d+[.)])\s+\S.*", text)
    if found or len(listed) > 1:
        yield Finding(
            rule="several-root-causes",
            address="root_cause.statement",
            quote=found[0] if found else listed[1].strip(),
            why="more than one root cause is named",
            suggestion="keep the one without which it could not have happened; the rest are contributing factors",
            grave=True,
        )


def irreversible_unanswered(postmortem: Postmortem) -> Iterator[Finding]:
    for row in postmortem.tables.get("blast_radius", ()):
        kind, remedy = row.text("reversibility"), row.cells.get("remedy", EMPTY)
        answered = row.text("done") == "yes" or (remedy.from_person and remedy.text.strip())
        if kind in ("irreversible", "unknown", "") and not answered:
            counted = "cannot be undone" if kind == "irreversible" else "is not known to be reversible"
            missing = "its remedy is only suggested by the trace" if remedy.text.strip() else "it has no remedy"
            yield Finding(
                rule="irreversible-unanswered",
                address=f"blast_radius/{row.id}/remedy",
                quote=f"{row.text('tool')} {row.text('target')}".strip(),
                why=f"the action {counted}, and {missing}",
                suggestion="write who is told and what is corrected, refunded or restored, or mark it as done",
                grave=True,
            )


def detection_gap_empty(postmortem: Postmortem) -> Iterator[Finding]:
    if not postmortem.text("detection.gap").strip():
        yield Finding(
            rule="detection-gap-empty",
            address="detection.gap",
            why="the most important finding is missing: why it was not noticed before a user saw it",
            suggestion="name the check that was absent or passed, and what would have caught it",
            grave=True,
        )


def origin_missing(postmortem: Postmortem) -> Iterator[Finding]:
    if not postmortem.text("origin.step").strip() and not postmortem.text("origin.not_found_because").strip():
        yield Finding(
            rule="origin-missing",
            address="origin.step",
            why="neither an origin step nor why there is none",
            suggestion="name the step, or write what the trace lacks: “not found, because …”",
            grave=True,
        )


def undecided(postmortem: Postmortem) -> Iterator[Finding]:
    for conflict in postmortem.undecided:
        yield Finding(
            rule="undecided",
            address=conflict.address,
            why="two people changed it, each to something else, and nobody has chosen",
            suggestion="open the form: it asks for mine, theirs or both",
            grave=True,
        )


def only_the_prompt(postmortem: Postmortem) -> Iterator[Finding]:
    rows = postmortem.tables.get("actions", ())
    places = [row.text("where") for row in rows]
    if places and set(places) == {"prompt"}:
        yield Finding(
            rule="only-the-prompt",
            address=f"actions/{rows[0].id}/where",
            why="every action changes the prompt only; that is rarely the complete answer",
            suggestion="look at the control layers: which of them should have stopped it?",
        )


RULES: tuple[Callable[[Postmortem], Iterator[Finding]], ...] = (
    blame,
    vague_action,
    incomplete_action,
    several_root_causes,
    irreversible_unanswered,
    detection_gap_empty,
    origin_missing,
    undecided,
    only_the_prompt,
)
_SEVERAL_CAUSES = re.compile(
    r"\broot causes\b(?! analys)|\b(?:second|third|another|other|additional) (?:root )?cause\b|\b(?:two|three|several|many"
    r"|multiple) (?:root )?causes\b|\band also because\b",
    re.IGNORECASE,
)


def written(postmortem: Postmortem) -> Iterator[tuple[str, str]]:
    """(address, text) of everything that a person wrote as prose."""
    for address, entry in postmortem.fields.items():
        field = FIELDS.get(address)
        if entry.from_person and (field is None or field.kind in ("line", "text")):
            yield address, entry.text
    for table, rows in postmortem.tables.items():
        for row in rows:
            for column, entry in row.cells.items():
                if entry.from_person and column != "owner":
                    yield f"{table}/{row.id}/{column}", entry.text
    for pin in postmortem.pins:
        yield f"{PINS}/{pin.id}/note", pin.note.text
