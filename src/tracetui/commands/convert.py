"""Write a trace in another format: it opens again as the same steps, prompts and flags."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.opening import one_trace, sessions_of
from tracetui.commands.output import narrate
from tracetui.errors import EXIT_NOTHING_FOUND, TracetuiError
from tracetui.write import Out, get_writer, writer_names


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a trace file; `-` for standard input")
    parser.add_argument("--to", required=True, choices=writer_names(), help="the format to write")
    parser.add_argument("-o", "--output", metavar="FILE", help="a file that is not there yet; else standard output")
    add_source_arguments(parser)


def run(arguments: Namespace) -> int:
    trace = one_trace(arguments, arguments.path)
    sessions = sessions_of(trace, arguments.session)
    writer = get_writer(arguments.to)
    with _output(arguments.output) as out:
        notes = writer.write(sessions, out)
    for note in notes:
        narrate(note)
    if trace.report.skipped:
        narrate(f"{len(trace.report.skipped)} records of {trace.path} that could not be read are not in the output")
    return EXIT_NOTHING_FOUND


@contextmanager
def _output(path: str | None) -> Iterator[Out]:
    """Takes text piece by piece. A file is there only once it is whole; one that is there already stays as it is."""
    if path is None:
        sys.stdout.flush()
        yield lambda text: sys.stdout.buffer.write(text.encode())
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as problem:
        raise TracetuiError(f"{path}: is already there", hint="name another file, or move that one away") from problem
    except OSError as problem:
        raise TracetuiError(f"{path}: {(problem.strerror or str(problem)).lower()}") from problem
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file.write
    except BaseException as problem:
        os.unlink(path)
        if isinstance(problem, OSError):
            raise TracetuiError(f"{path}: {(problem.strerror or str(problem)).lower()}") from problem
        raise
