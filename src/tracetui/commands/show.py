"""The whole analysis as linear text: verdict, origin, flags, actions, gaps, then every step with what it said.

No boxes, no columns, no colour, nothing that moves: for a screen reader, a pipe, a ticket, or a terminal that shows no app.
"""

from __future__ import annotations

import textwrap
from argparse import ArgumentParser, Namespace

from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.opening import one_trace, sessions_of
from tracetui.commands.output import WIDTH, write_lines
from tracetui.commands.show_text import plain, session_lines
from tracetui.commands.triage import exit_code, worst_code
from tracetui.commands.triaging import add_symptom_arguments, good_runs, triage_against
from tracetui.text import visible_line

_MOST_CHARACTERS = 2000


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a trace file; `-` for standard input")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="one fact a line, never wrapped; quotes, dashes and arrows as on a keyboard",
    )
    parser.add_argument("--full", action="store_true", help=f"texts of more than {_MOST_CHARACTERS:,} characters too")
    add_symptom_arguments(parser)
    add_source_arguments(parser)


def run(arguments: Namespace) -> int:
    trace = one_trace(arguments, arguments.path)
    goods, codes = good_runs(arguments, arguments.baseline), []
    for at, session in enumerate(sessions_of(trace, arguments.session)):
        found, _ = triage_against(session, goods, arguments)
        codes.append(exit_code(found))
        if at:
            write_lines("")
        for line in session_lines(trace, session, found):
            write_lines(*_laid_out(line, arguments))
    return worst_code(codes)


def _laid_out(line: str, arguments: Namespace) -> list[str]:
    if len(line) > _MOST_CHARACTERS and not arguments.full:
        line = f"{line[:_MOST_CHARACTERS]}… ({len(line) - _MOST_CHARACTERS:,} more characters; --full)"
    shown = visible_line(line)
    if arguments.plain:
        return [plain(shown)]
    return textwrap.wrap(shown, WIDTH, subsequent_indent="  ", break_on_hyphens=False) or [""]
