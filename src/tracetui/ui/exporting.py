"""What the app writes to a file, one key each: findings, handover, postmortem, eval case, walkthrough."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tracetui.export import Export, Exporter, export, file_stem, findings, get_exporter, get_tour_exporter
from tracetui.export.redact import PERSONAL, Redactor, Rule
from tracetui.export.tour import redacted_pages
from tracetui.postmortem.document import Postmortem
from tracetui.tour.build import shown
from tracetui.ui.state import Opened
from tracetui.ui.touring import pages_of

Write = Callable[[Opened, Postmortem, Sequence[Rule]], Export]
"""From the session, its postmortem and what is to be taken out; may take a moment."""


class Exported(NamedTuple):
    """One thing that can be written."""

    key: str
    name: str
    suffix: str
    """How the name of its file ends."""
    meaning: str
    write: Write
    copied: bool = False
    """Sent to the clipboard too."""


def _of(key: str, format_name: str, name: str, meaning: str, *, copied: bool = False) -> Exported:
    """One of the registered exporters."""
    exporter: Exporter = get_exporter(format_name)

    def write(opened: Opened, postmortem: Postmortem, rules: Sequence[Rule]) -> Export:
        return export(format_name, postmortem, rules=rules, session=opened.session)

    return Exported(key, name, exporter.SUFFIX, meaning, write, copied)


def _findings(opened: Opened, postmortem: Postmortem, rules: Sequence[Rule]) -> Export:
    assert opened.triage is not None
    redactor = Redactor(rules)
    text = findings.render(opened.trace, opened.session, opened.triage, redactor=redactor)
    return Export(text, redactor.report)


def _tour(key: str, ending: str, meaning: str) -> Exported:
    """The pages of the walkthrough, by the exporter for files that end so."""
    exporter = get_tour_exporter(ending)

    def write(opened: Opened, postmortem: Postmortem, rules: Sequence[Rule]) -> Export:
        in_force = (*rules, *PERSONAL) if rules else ()
        pages, redactions = redacted_pages(shown(pages_of(opened, postmortem)), in_force)
        return Export(exporter.render(pages, redactions), redactions)

    return Exported(key, "walkthrough", exporter.SUFFIX, meaning, write)


EXPORTED = (
    Exported("f", "findings", "-findings.md", "the verdict with its quotes, as markdown", _findings),
    _of("h", "handover", "handover", "at most 15 lines for a chat or a ticket; copied too", copied=True),
    _of("m", "markdown", "postmortem", "markdown, for tickets and wikis"),
    _of("p", "html", "postmortem", "one HTML file for reading and printing"),
    _of("j", "json", "postmortem", "the document for other programs"),
    _of("e", "eval", "eval case", "a pytest file that asks any agent again"),
    _of("E", "eval-json", "eval case", "JSON, for an evaluation suite of your own"),
    _of("a", "alert", "alert rule", "the failure signature, with queries to start from"),
    _tour("w", ".html", "the pages for a room, as one HTML file"),
    _tour("W", ".md", "the pages as markdown"),
    _tour("s", ".svg", "the pages as pictures: FILE.svg#page-3 is the third"),
)


def offered_name(exported: Exported, opened: Opened, postmortem: Postmortem) -> str:
    """The file that is offered: safe on every system. Named for the incident, where there is none for the session."""
    if postmortem.id:
        return file_stem(postmortem) + exported.suffix
    words = re.sub(r"[^a-z0-9]+", "-", opened.session.session_id.lower()).strip("-")[:40]
    return (words or "session") + ("-postmortem" if exported.suffix.startswith(".") else "") + exported.suffix
