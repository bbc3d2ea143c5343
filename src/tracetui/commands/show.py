"""The whole analysis as linear text: verdict, origin, flags, actions, gaps, then every step with what it said.

No boxes, no columns, no colour, nothing that moves: for a screen reader, a pipe, a ticket, or a terminal that shows no app.
"""

from __future__ import annotations

import textwrap
from argparse import ArgumentParser, Namespace

from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.opening import one_trace, sessions_of
from tracetui.commands.output import WIDTH, shown_line, write_lines
from tracetui.commands.show_text import plain, session_lines, trace_lines
from tracetui.commands.triage import exit_code, worst_code
from tracetui.commands.triaging import add_symptom_arguments, good_runs, triage_against

_MOST_CHARACTERS = 2000


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a trace file; `-` for standard input")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="one fact a line, never wrapped; quotes, dashes and arrows as on a keyboard",
    )
    parser.add_argument("--full", action="store_true", help=f"texts of more than {_MOST_CHARACTERS:,} characters too")
    parser.add_argument("--context", action="store_true", help="with all that the model was shown at each call")
    add_symptom_arguments(parser)
    add_source_arguments(parser)


def run(arguments: Namespace) -> int:
    trace = one_trace(arguments, arguments.path)
    goods, codes = good_runs(arguments, arguments.baseline), []
    for line in trace_lines(trace):
        write_lines(*_laid_out(line, arguments))
    for session in sessions_of(trace, arguments.session):
        found, against = triage_against(session, goods, arguments)
        codes.append(exit_code(found))
        write_lines("")
        for line in session_lines(session, found, against, contexts=arguments.context):
            write_lines(*_laid_out(line, arguments))
    return worst_code(codes)


def _laid_out(line: str, arguments: Namespace) -> list[str]:
    if len(line) > _MOST_CHARACTERS and not arguments.full:
        line = f"{line[:_MOST_CHARACTERS]}… ({len(line) - _MOST_CHARACTERS:,} more characters; --full)"
    if arguments.plain:
        return [plain(line)]
    return textwrap.wrap(shown_line(line), WIDTH, subsequent_indent="  ", break_on_hyphens=False) or [""]
