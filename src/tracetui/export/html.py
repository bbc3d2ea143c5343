"""One HTML file for reading and printing: no script, no link, no picture, nothing loaded from anywhere.

Every text goes through `_shown`, which escapes it after `text.visible`; a content security policy forbids the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tracetui.export.html_document import document, element, shown
from tracetui.export.redact import Redaction
from tracetui.postmortem.checklist import items
from tracetui.postmortem.document import Entry, Pin, Postmortem, Row
from tracetui.postmortem.fields import SECTIONS
from tracetui.postmortem.form import Field, Section, Table
from tracetui.postmortem.vocabulary import FAILURE_MODE, SEVERITY

NAME = "html"
TITLE = "HTML, one file for reading and printing"
SUFFIX = ".html"
FROM = "postmortem"
_AHEAD = {"identity.title", "identity.summary"}
"""Shown at the top, not in their section."""
_OWN_PLACE = {"checklist", "cascade"}


def render(postmortem: Postmortem, redactions: Iterable[Redaction]) -> str:
    """The whole page; fields without a value are named at the end of their section."""
    body = "\n".join(
        [
            *_head(postmortem),
            *_cascade(postmortem),
            *_evidence(postmortem.evidence),
            *(block for section in SECTIONS for block in _section(postmortem, section)),
            *_checklist(postmortem),
            *_redacted(tuple(redactions)),
        ]
    )
    return document(_name(postmortem), "page.css", f"<main>\n{body}\n</main>")


def _value(entry: Entry, field: Field | None = None) -> str:
    """A choice by its title, trace text in the typeface of code, a person's words as prose; line ends are kept."""
    text = entry.text
    if not text.strip():
        return element("span", "–", "none")
    if field is not None and field.vocabulary is not None and field.vocabulary.term(text):
        return element("span", field.vocabulary.title(text))
    return element("span", text, "words" if entry.from_person else "trace")


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]], name: str = "") -> str:
    """A table of cells that are HTML already."""
    head = "".join(element("th", title) for title in titles)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    opened = f'<table class="{name}">' if name else "<table>"
    return f"{opened}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _name(postmortem: Postmortem) -> str:
    return " ".join(filter(None, ("Postmortem", postmortem.id)))


def _head(postmortem: Postmortem) -> Iterator[str]:
    yield element("p", _name(postmortem), "name")
    yield f"<h1>{shown(postmortem.text('identity.title') or 'Untitled')}</h1>"
    facts = [
        ("failure mode", FAILURE_MODE.title(postmortem.text("classification.failure_mode"))),
        ("severity", SEVERITY.title(postmortem.text("classification.severity"))),
        ("origin step", postmortem.text("origin.step") or "not found"),
        ("cascade", postmortem.text("origin.cascade")),
        ("external actions after the origin", postmortem.text("impact.external_actions")),
        ("of these irreversible or unknown", postmortem.text("impact.irreversible_actions")),
        ("status", postmortem.text("identity.status")),
    ]
    told = "\n".join(f"<div>{element('dt', name)}{element('dd', text)}</div>" for name, text in facts if text)
    yield f'<dl class="verdict">\n{told}\n</dl>'
    if postmortem.text("identity.summary"):
        yield f"<p>{_value(postmortem.entry('identity.summary'))}</p>"


def _cascade(postmortem: Postmortem) -> Iterator[str]:
    rows = postmortem.rows("cascade")
    if rows:
        yield "<h2>Cascade</h2>"
        columns = ("step", "who", "what")
        cells = ([_value(row.cells.get(column, Entry())) for column in columns] for row in rows)
        yield _table(("Step", "Who", "What"), cells, "cascade")


def _evidence(pins: tuple[Pin, ...]) -> Iterator[str]:
    if pins:
        yield "<h2>Evidence</h2>"
    for pin in pins:
        place = pin.source.path + (f":{pin.source.line}" if pin.source.line else "")
        told = pin.place.capitalize() + (f": {pin.role}" if pin.role else "")
        note = f"<p>{_value(pin.note)}</p>" if pin.note.text.strip() else ""
        caption = f"{element('b', told)} {element('span', f'{place} at byte {pin.source.offset}', 'from')}"
        yield f"<figure>\n<figcaption>{caption}</figcaption>\n{element('pre', pin.quote)}\n{note}</figure>"


def _section(postmortem: Postmortem, section: Section) -> Iterator[str]:
    entries = [(field, postmortem.entry(f"{section.id}.{field.id}")) for field in section.fields]
    entries = [(field, entry) for field, entry in entries if f"{section.id}.{field.id}" not in _AHEAD]
    written = [(field, entry) for field, entry in entries if entry.text.strip()]
    empty = [field.label for field, entry in entries if not entry.text.strip()]
    tables = [known for known in section.tables if known.id not in _OWN_PLACE and postmortem.has_rows(known.id)]
    if not (written or tables):
        return
    yield element("h2", section.title)
    if written:
        rows = ((shown(f.label), _value(entry, f), element("span", _source(entry), "from")) for f, entry in written)
        yield _table(("Field", "Value", "From"), rows, "fields")
    for known in tables:
        yield element("h3", known.label)
        yield _rows(postmortem, known)
    if empty:
        yield element("p", f"Left empty: {', '.join(empty)}.", "from")


def _rows(postmortem: Postmortem, known: Table) -> str:
    labels = dict(known.fixed)
    titles = ([known.row.capitalize()] if labels else []) + [column.label for column in known.columns]
    return _table(titles, (_row(row, known, labels) for row in postmortem.rows(known.id)))


def _row(row: Row, known: Table, labels: dict[str, str]) -> list[str]:
    cells = [_value(row.cells.get(column.id, Entry()), column) for column in known.columns]
    return [shown(labels[row.id]), *cells] if labels else cells


def _source(entry: Entry) -> str:
    return (entry.by or "person") if entry.from_person else entry.source


def _checklist(postmortem: Postmortem) -> Iterator[str]:
    yield "<h2>Checklist</h2>"
    marks = {"shown": "✓", "ticked": "✓", "reasoned": "not done, with a reason"}
    rows = ([shown(marks.get(item.state, "open")), shown(item.label), shown(item.why)] for item in items(postmortem))
    yield _table(("Done", "Item", "Why"), rows)


def _redacted(redactions: tuple[Redaction, ...]) -> Iterator[str]:
    yield "<h2>Redactions</h2>"
    if not redactions:
        yield element("p", "Nothing was taken out.")
        return
    rows = ([shown(one.kind), str(one.count), shown(", ".join(one.places))] for one in redactions)
    yield _table(("What was taken out", "How often", "Where"), rows)
