"""Say what went wrong in a run, where it began, how it spread and what it touched, with quoted evidence."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tracetui.analysis.findings import Triage
from tracetui.analysis.verdict import recurring
from tracetui.commands import documents
from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.crash import report_crash
from tracetui.commands.explaining import explain, explanation_lines
from tracetui.commands.opening import sessions_of, traces_at
from tracetui.commands.output import narrate, why_output_ended, write_document, write_lines
from tracetui.commands.triage_text import triage_lines
from tracetui.commands.triaging import add_symptom_arguments, good_runs, triage_against
from tracetui.errors import (
    EXIT_CANNOT_TELL,
    EXIT_FOUND,
    EXIT_NOTHING_FOUND,
    EXIT_UNREADABLE,
    TracetuiError,
    UnreadableSourceError,
)
from tracetui.model import Session, Trace


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="trace files or folders; `-` for standard input")
    parser.add_argument("--json", action="store_true", help="one JSON document a file, in order")
    parser.add_argument(
        "--explain",
        type=int,
        metavar="STEP",
        help="every contribution to the score of one step, with its quotes, alone",
    )
    add_symptom_arguments(parser)
    add_source_arguments(parser)


def run(arguments: Namespace) -> int:
    goods = good_runs(arguments, arguments.baseline)
    codes: list[int] = []
    for path in arguments.paths:
        for opened in traces_at(path, arguments.format, arguments.session):
            codes.append(_triage_one(path, opened, goods, arguments))
    return worst_code(codes)


def _triage_one(path: str, opened: Trace | UnreadableSourceError, goods: list[Session], arguments: Namespace) -> int:
    """Print the answer for one source. A source that fails must not take the others' answers with it."""
    try:
        if isinstance(opened, UnreadableSourceError):
            raise opened
        sessions = sessions_of(opened, arguments.session)
        each = [(session, *triage_against(session, goods, arguments)) for session in sessions]
        answers = recurring([answer for _, answer, _ in each])
        found = [(session, answer, against) for (session, _, against), answer in zip(each, answers, strict=True)]
        if arguments.explain is not None:
            _explain(opened, [(session, answer) for session, answer, _ in found], arguments)
        elif arguments.json:
            write_document(documents.triage(opened, [documents.triage_session(*answer) for answer in found]))
        else:
            for session, answer, against in found:
                write_lines(*triage_lines(opened, session, answer, against), "")
    except (BrokenPipeError, MemoryError):
        raise
    except TracetuiError as problem:
        return _print_error(path, problem, as_json=arguments.json)
    except Exception as problem:
        if why_output_ended(problem):
            raise
        message, hint = report_crash(problem)
        return _print_error(path, TracetuiError(f"{path}: {message}", hint=hint), as_json=arguments.json)
    return worst_code([exit_code(answer) for _, answer, _ in found])


def _explain(trace: Trace, found: list[tuple[Session, Triage]], arguments: Namespace) -> None:
    """The score of one step in each session. Raises `TracetuiError` for a step that a session does not hold."""
    explained = [explain(session, answer, arguments.explain) for session, answer in found]
    if arguments.json:
        write_document(documents.explanation(trace, explained))
        return
    for one in explained:
        write_lines(*explanation_lines(trace, one), "")


def _print_error(path: str, problem: TracetuiError, *, as_json: bool) -> int:
    narrate(f"tracetui: {problem.message}")
    for line in problem.hint.splitlines():
        narrate(f"  {line}")
    if as_json:
        write_document(documents.error(path, problem))
    return EXIT_UNREADABLE


def exit_code(answer: Triage) -> int:
    """What a command ends with that tells of one session."""
    if answer.verdict.failure_mode == "cannot_tell":
        return EXIT_CANNOT_TELL
    found = answer.verdict.failure_mode != "none_found" or answer.origin.found or answer.flags
    return EXIT_FOUND if found else EXIT_NOTHING_FOUND


def worst_code(codes: list[int]) -> int:
    """One code for several answers: found beats all; what could not be read or told beats nothing found."""
    if EXIT_FOUND in codes:
        return EXIT_FOUND
    if codes and set(codes) == {EXIT_UNREADABLE}:
        return EXIT_UNREADABLE
    return EXIT_NOTHING_FOUND if set(codes) <= {EXIT_NOTHING_FOUND} else EXIT_CANNOT_TELL
