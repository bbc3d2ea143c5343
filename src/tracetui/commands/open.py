"""Open a trace in the debugger; without a path the library of incidents and recent traces."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracetui.collector import collector_paused
from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.policies import add_policy_argument, policy_of
from tracetui.errors import EXIT_NOTHING_FOUND

if TYPE_CHECKING:
    from tracetui.ui.early.terminal import EarlyTerminal

VIEWS = ("step", "context", "evidence", "raw", "diff", "blast_radius", "postmortem", "walk")
"""Pages of the detail and screens over the steps, as `ui.pages.PAGES` and `ui.screens.OVER_STEPS` name them."""

_START = """\
tracetui demo           open a sample incident: every call returned ok, the answer is wrong
tracetui tutorial       learn the keys in two minutes, in the app itself
tracetui PATH           open a trace: a file, a folder, or - for standard input
tracetui triage PATH    print what went wrong, where it began and what it touched
tracetui formats        list what can be read
tracetui --help         everything else"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="a trace: a file, a folder, or `-` for standard input")
    parser.add_argument("--step", type=int, metavar="N", help="start at this step")
    parser.add_argument(
        "--follow", action="store_true", help="the file is still being written: show steps as they come"
    )
    parser.add_argument("--against", metavar="GOOD", help="compare it with this good run, first of all")
    parser.add_argument("--view", choices=VIEWS, metavar="NAME", help=f"begin with: {', '.join(VIEWS)}")
    add_source_arguments(parser)
    add_policy_argument(parser)
    parser.add_argument(
        "--plain-output", action="store_true", help="send the terminal whole regions instead of the cells that change"
    )
    parser.add_argument("--store", metavar="DIR", help="where postmortems are kept")


def run(arguments: Namespace) -> int:
    if arguments.path is None:
        return _library(arguments)
    elsewhere = arguments.session, arguments.step, arguments.format, arguments.view, arguments.follow, arguments.against
    with first_page(arguments.path, wanted=not arguments.plain_output, at_the_start=not any(elsewhere)) as early:
        return _open(arguments, early)


@contextmanager
def first_page(path: str, *, wanted: bool = True, at_the_start: bool = True) -> Iterator[EarlyTerminal | None]:
    """The terminal with the first page of the trace, for the app that is loaded inside. None where there can be none."""
    from tracetui.ui.early.first_page import show_first_page

    early = show_first_page(path, at_the_start=at_the_start) if wanted else None
    try:
        with collector_paused():  # by the app no longer than until it shows something: nothing of what is loaded goes
            yield early
    finally:
        if early is not None:
            early.leave()


def _open(arguments: Namespace, early: EarlyTerminal | None) -> int:
    from tracetui.commands.recent import remember

    readings = None
    if arguments.against is not None and arguments.session is None:
        from tracetui.ingest.token_children import begin

        # They are at work while the app is loaded.
        readings = begin(arguments.path, arguments.against, format_name=arguments.format)

    from tracetui.ui.run import run_app

    code = run_app(
        arguments.path,
        session=arguments.session,
        step=arguments.step,
        format_name=arguments.format,
        store_root=arguments.store,
        follow=arguments.follow,
        view=arguments.view,
        policy=policy_of(arguments),
        against=arguments.against,
        readings=readings,
        plain_output=arguments.plain_output,
        early=early,
    )
    if arguments.path != "-":
        remember(arguments.path)
    return code


def _library(arguments: Namespace) -> int:
    from tracetui.commands.recent import recent_paths

    if _on_terminal():
        from tracetui.ui.run import run_app

        return run_app(None, store_root=arguments.store, recent=recent_paths(), policy=policy_of(arguments))

    from tracetui.commands.output import write_lines

    write_lines(*_START.splitlines())
    if recent := recent_paths():
        write_lines("", "opened lately:", *(f"  {path}" for path in recent))
    return EXIT_NOTHING_FOUND


def _on_terminal() -> bool:
    """Whether the library can be shown; what can be opened is printed elsewhere."""
    if "TEXTUAL_DRIVER" in os.environ:
        from tracetui.ui.terminal import in_browser

        return in_browser(os.environ)
    return sys.stdin.isatty() and sys.stdout.isatty() and (os.environ.get("TERM") or "dumb") != "dumb"
