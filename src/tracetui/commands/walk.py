"""Walk a room through an incident, page by page; or write the walkthrough to a file."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.incidents import add_store_argument
from tracetui.commands.opening import one_session, one_trace
from tracetui.commands.output import narrate
from tracetui.commands.redaction import add_rules_argument, rules_of
from tracetui.commands.subject import subject_of
from tracetui.commands.triaging import add_symptom_arguments
from tracetui.errors import EXIT_NOTHING_FOUND, UnreadableSourceError
from tracetui.export import TOUR_SUFFIXES, get_tour_exporter, write_new
from tracetui.export.redact import PERSONAL, account
from tracetui.export.tour import redacted_pages
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.prefill import absolute_path
from tracetui.store.editing import draft_of
from tracetui.store.incidents import Store
from tracetui.tour.build import shown, tour_of
from tracetui.tour.material import Material


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH|INCIDENT", help="a trace, or an incident of the store by its id")
    parser.add_argument(
        "--export", metavar="FILE", help=f"write the pages to a new {' or '.join(TOUR_SUFFIXES)} file instead"
    )
    parser.add_argument(
        "--notes", action="store_true", help="second terminal: the page shown, your notes, the next page"
    )
    add_symptom_arguments(parser)
    add_source_arguments(parser)
    add_store_argument(parser)
    add_rules_argument(parser)


def run(arguments: Namespace) -> int:
    path, held = _what(arguments)
    if arguments.notes:
        from tracetui.ui.presenter import run_presenter

        session = held.session_id if held else one_session(one_trace(arguments, path), arguments.session).session_id
        return run_presenter(absolute_path(path), session)
    if arguments.export:
        return _export(arguments, path, held)
    from tracetui.ui.run import run_app

    return run_app(
        path,
        session=held.session_id if held else arguments.session,
        format_name=arguments.format,
        store_root=arguments.store,
        incident_id=held.id if held else None,
        view="walk",
    )


def _what(arguments: Namespace) -> tuple[str, Postmortem | None]:
    """The trace, and the incident where one is named. Raises where there is neither, or the trace has gone."""
    if arguments.path == "-" or os.path.exists(arguments.path):
        return arguments.path, None
    held = Store(arguments.store).read(arguments.path)
    if not os.path.exists(held.trace_path):
        raise UnreadableSourceError(f"{held.id}: its trace was read from {held.trace_path}, which is not there")
    return held.trace_path, held


def _export(arguments: Namespace, path: str, held: Postmortem | None) -> int:
    suffix = Path(arguments.export).suffix
    exporter = get_tour_exporter(suffix)
    trace = one_trace(arguments, path)
    session = one_session(trace, held.session_id if held else arguments.session)
    subject = subject_of(trace, session, arguments)
    known = held or _known(arguments, path, session.session_id)
    material = Material(
        session=session,
        triage=subject.triage,
        postmortem=draft_of(subject, datetime.now(UTC).astimezone(), onto=known),
        comparison=subject.comparison,
        good=subject.good,
    )
    pages, redactions = redacted_pages(shown(tour_of(material)), rules_of(arguments) + PERSONAL)
    write_new(Path(arguments.export), exporter.render(pages, redactions))
    narrate(f"{arguments.export}: {len(pages)} pages; taken out: {account(redactions) or 'nothing'}")
    return EXIT_NOTHING_FOUND


def _known(arguments: Namespace, path: str, session_id: str) -> Postmortem | None:
    """The newest incident about the session."""
    store = Store(arguments.store)
    known = store.about(absolute_path(path), session_id)
    return store.read(known) if known is not None else None
