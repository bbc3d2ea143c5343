"""Open a trace in the debugger."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tracetui.commands.opening import add_source_arguments


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="a trace: a file, a folder, or `-` for standard input")
    parser.add_argument("--step", type=int, metavar="N", help="start at this step")
    add_source_arguments(parser)


def run(arguments: Namespace) -> int:
    from tracetui.ui.app import run_app

    code: int = run_app(arguments.path, session=arguments.session, step=arguments.step, format_name=arguments.format)
    return code
