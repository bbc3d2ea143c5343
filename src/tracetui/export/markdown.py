"""Markdown for tickets and wikis: the verdict first, then the cascade, the evidence and the sections of the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracetui.export.redact import Redaction, account
from tracetui.export.safe import code, fence, line, prose, quoted
from tracetui.postmortem.checklist import items
from tracetui.postmortem.document import Entry, Pin, Postmortem, Row
from tracetui.postmortem.fields import SECTIONS
from tracetui.postmortem.form import Field, Section, Table
from tracetui.postmortem.vocabulary import FAILURE_MODE, SEVERITY

NAME = "markdown"
TITLE = "Markdown, for tickets and wikis"
SUFFIX = ".md"
FROM = "postmortem"
_AHEAD = {"identity.title", "identity.summary"}
"""Shown at the top, not in their section."""
_OWN_PLACE = {"checklist", "cascade"}
"""Tables that are not printed with their section."""


def render(postmortem: Postmortem, redactions: Iterable[Redaction]) -> str:
    """The whole postmortem; fields without a value are named at the end of their section."""
    blocks = [
        *_head(postmortem),
        *_cascade(postmortem),
        *_evidence(postmortem.evidence),
        *(block for section in SECTIONS for block in _section(postmortem, section)),
        *_checklist(postmortem),
    ]
    taken = account(redactions, place=code)
    if taken:
        blocks.append(f"*Redacted: {taken}.*")
    return "\n\n".join(blocks) + "\n"


def value(field: Field, entry: Entry, *, cell: bool = False) -> str:
    """One value on one line: a choice by its title, trace text as code, a person's words as prose."""
    if not entry.text.strip():
        return "–"
    if field.vocabulary is not None and field.vocabulary.term(entry.text):
        return field.vocabulary.title(entry.text)
    return line(entry.text, cell=cell) if entry.from_person else code(entry.text, cell=cell)


def table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are markdown already."""
    titles = list(titles)
    lines = [titles, ["---"] * len(titles), *map(list, rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _head(postmortem: Postmortem) -> Iterator[str]:
    title = postmortem.entry("identity.title")
    name = line(title.text) if title.from_person else code(title.text)
    yield f"# Postmortem {code(postmortem.id)}: {name}" if postmortem.id else f"# Postmortem: {name}"
    facts = [
        ("failure mode", FAILURE_MODE.title(postmortem.text("classification.failure_mode"))),
        ("severity", SEVERITY.title(postmortem.text("classification.severity"))),
        ("origin step", postmortem.text("origin.step") or "not found"),
        ("cascade", postmortem.text("origin.cascade")),
        ("external actions after the origin", postmortem.text("impact.external_actions")),
        ("of these irreversible or unknown", postmortem.text("impact.irreversible_actions")),
        ("status", postmortem.text("identity.status")),
    ]
    yield table(["Verdict", ""], ([name, code(text, cell=True)] for name, text in facts if text))
    if postmortem.text("identity.summary"):
        yield _text(postmortem.entry("identity.summary"))


def _cascade(postmortem: Postmortem) -> Iterator[str]:
    rows = postmortem.tables.get("cascade", ())
    if rows:
        yield "## Cascade"
        yield table(["Step", "Who", "What"], (_cells(row, ("step", "who", "what")) for row in rows))


def _cells(row: Row, columns: Iterable[str]) -> list[str]:
    entries = [row.cells.get(column, Entry()) for column in columns]
    return [line(e.text, cell=True) if e.from_person else code(e.text, cell=True) for e in entries]


def _evidence(pins: tuple[Pin, ...]) -> Iterator[str]:
    if pins:
        yield "## Evidence"
    for pin in pins:
        place = pin.source.path + (f":{pin.source.line}" if pin.source.line else "")
        role = f": {code(pin.role)}" if pin.role else ""
        yield f"**{pin.place.capitalize()}**{role}, in {code(place)} at byte {pin.source.offset}"
        yield fence(pin.quote)
        if pin.note.text.strip():
            yield prose(pin.note.text)


def _section(postmortem: Postmortem, section: Section) -> Iterator[str]:
    entries = [(field, postmortem.entry(f"{section.id}.{field.id}")) for field in section.fields]
    entries = [(field, entry) for field, entry in entries if f"{section.id}.{field.id}" not in _AHEAD]
    short = [(f, e) for f, e in entries if e.text.strip() and f.kind != "text"]
    long = [(f, e) for f, e in entries if e.text.strip() and f.kind == "text"]
    empty = [field.label for field, entry in entries if not entry.text.strip()]
    tables = [known for known in section.tables if known.id not in _OWN_PLACE and postmortem.has_rows(known.id)]
    if not (short or long or tables):
        return
    yield f"## {section.title}"
    if short:
        yield table(
            ["Field", "Value", "From"],
            ([field.label, value(field, entry, cell=True), _source(entry)] for field, entry in short),
        )
    for field, entry in long:
        yield f"**{field.label}** ({_source(entry)})"
        yield _text(entry)
    for known in tables:
        yield f"**{known.label}**"
        yield _table(postmortem, known)
    if empty:
        yield f"*Left empty: {', '.join(empty)}.*"


def _table(postmortem: Postmortem, known: Table) -> str:
    labels = dict(known.fixed)
    titles = ([known.row.capitalize()] if labels else []) + [column.label for column in known.columns]
    rows = [
        ([labels[row.id]] if labels else [])
        + [value(column, row.cells.get(column.id, Entry()), cell=True) for column in known.columns]
        for row in postmortem.rows(known.id)
    ]
    return table(titles, rows)


def _text(entry: Entry) -> str:
    return prose(entry.text) if entry.from_person else quoted(entry.text)


def _source(entry: Entry) -> str:
    return line(entry.by or "person", cell=True) if entry.from_person else line(entry.source, cell=True)


def _checklist(postmortem: Postmortem) -> Iterator[str]:
    yield "## Checklist"
    yield "\n".join(
        f"- [{'x' if item.state in ('shown', 'ticked') else ' '}] {item.label}: {line(item.why)}"
        + (" (not done, with a reason)" if item.state == "reasoned" else "")
        for item in items(postmortem)
    )
