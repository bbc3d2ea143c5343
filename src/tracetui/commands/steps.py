"""List the steps of a trace: one line each, or one JSON document each with all that is recorded."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tracetui.commands import documents
from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.opening import one_trace, sessions_of
from tracetui.commands.output import WIDTH, write_document, write_lines
from tracetui.commands.words import step_line
from tracetui.errors import EXIT_NOTHING_FOUND
from tracetui.text import elide, visible_line


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a trace file; `-` for standard input")
    parser.add_argument("--json", action="store_true", help="one JSON document a step")
    add_source_arguments(parser)


def run(arguments: Namespace) -> int:
    trace = one_trace(arguments, arguments.path)
    sessions = sessions_of(trace, arguments.session)
    for session in sessions:
        if not arguments.json and len(sessions) > 1:
            write_lines(f"session {session.session_id}")
        for step in session.steps:
            if arguments.json:
                write_document(documents.step(session, step))
            else:
                write_lines(elide(visible_line(step_line(step)), WIDTH))
    return EXIT_NOTHING_FOUND
