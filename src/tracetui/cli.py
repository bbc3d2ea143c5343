"""The command line: chooses a command, and turns whatever goes wrong into a message and an exit code.

stdout is data, stderr is narration. Imports nothing that `--help` does not need: each command is a module of
`tracetui.commands` with `add_arguments(parser)` and `run(arguments) -> exit code`, loaded when it is chosen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tracetui import __version__
from tracetui.errors import EXIT_NOTHING_FOUND, EXIT_UNREADABLE, TracetuiError

COMMANDS = {
    "open": "open a trace in the debugger; the same as `tracetui PATH`",
    "demo": "open the sample incident that comes with tracetui",
    "tutorial": "learn the keys in two minutes, in the app itself",
    "triage": "what went wrong, where it began, what it touched",
    "show": "the whole analysis as linear text, for screen readers and pipes",
    "steps": "list the steps of a trace",
    "context": "what the model saw at a step",
    "diff": "where a bad run leaves a good one",
    "provenance": "where a value came from",
    "convert": "write a trace in another format",
    "postmortem": "write, check and export the postmortem of an incident",
    "walk": "walk a room through an incident, page by page, or write the pages",
    "serve": "show it in a browser tab of this machine (extra `web`)",
    "incidents": "list the incidents in the store, or search them",
    "similar": "past incidents like a trace or an incident, with reasons",
    "stats": "failure modes over time, what recurs, time to detect",
    "actions": "action items of all incidents, the overdue first",
    "flags": "list the flags that the rules detect, with what each means",
    "formats": "list the formats that are read; say which one a file is",
}
"""Name to one line of help, in the order of `tracetui --help`. A new command is one line here and one module."""

_ENDED_BY_SIGPIPE = 141
_ENDED_BY_SIGINT = 130
_USAGE = """\
usage: tracetui [PATH]
       tracetui COMMAND …

The terminal debugger for AI-agent incidents: find the step where it went wrong
when every span says OK.

commands:
{commands}

options:
  -h, --help    show this text, or that of a command: tracetui COMMAND --help
  --version     show the version

`-` as PATH reads standard input. A file named like a command: tracetui ./FILE
Exit codes: 0 nothing found, 1 something found, 2 bad usage or unreadable input,
3 not enough evidence to tell. Nothing leaves this machine."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Raises nothing but the SystemExit of a usage error."""
    words = list(sys.argv[1:] if argv is None else argv)
    if sys.stdout is None:
        _report("standard output is closed", "")
        return EXIT_UNREADABLE
    try:
        return _run(words)
    except TracetuiError as problem:
        _report(problem.message, problem.hint)
        return EXIT_UNREADABLE
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        _write_no_more()
        return _ENDED_BY_SIGPIPE
    except KeyboardInterrupt:
        return _ENDED_BY_SIGINT
    except MemoryError as problem:
        problem.__traceback__ = problem.__context__ = None  # their frames hold what did not fit
        _report(
            "not enough memory",
            "TRACETUI_MEMORY_MB=N: what needs more than N MB is refused before it is read",
        )
        return EXIT_UNREADABLE
    except Exception as problem:
        from tracetui.commands.crash import report_crash
        from tracetui.commands.output import why_output_ended

        if reason := why_output_ended(problem):
            _write_no_more()
            _report(f"standard output: {reason}", "what was written of the answer is not whole")
            return EXIT_UNREADABLE
        _report(*report_crash(problem))
        return EXIT_UNREADABLE


def _write_no_more() -> None:
    """What is still buffered must not raise again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def usage() -> str:
    """What `tracetui --help` prints."""
    width = max(map(len, COMMANDS))
    return _USAGE.format(commands="\n".join(f"  {name:<{width}}  {line}" for name, line in COMMANDS.items()))


def _run(words: list[str]) -> int:
    if words and words[0] in ("-h", "--help", "--version"):
        _print(f"tracetui {__version__}" if words[0] == "--version" else usage())
        return EXIT_NOTHING_FOUND
    from argparse import ArgumentParser
    from importlib import import_module

    name, rest = (words[0], words[1:]) if words and words[0] in COMMANDS else ("open", words)
    command = import_module(f"tracetui.commands.{name}")
    parser = ArgumentParser(prog=f"tracetui {name}", description=command.__doc__)
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args(rest))
    sys.stdout.flush()
    return code


def _print(text: str) -> None:
    """Our own words, on a terminal of any encoding."""
    encoding = sys.stdout.encoding or "ascii"
    print(text.replace("…", "...") if not encoding.lower().startswith("utf") else text)
    sys.stdout.flush()


def _report(message: str, hint: str) -> None:
    from tracetui.commands.output import narrate

    narrate(f"tracetui: {message}")
    for line in hint.splitlines():
        narrate(f"  {line}")
