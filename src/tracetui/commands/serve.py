"""Show tracetui in a browser tab of this machine, for a call in which a tab is shared. Needs the extra `web`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.incidents import add_store_argument
from tracetui.commands.open import VIEWS
from tracetui.commands.output import narrate, write_lines
from tracetui.errors import EXIT_NOTHING_FOUND, TracetuiError

_EXPOSED = """\
The link works once, in one browser on this machine; nothing listens on the network.
Who opens it can do what you can do in tracetui: read this trace and the traces and
incidents it lists, change incidents, and write exports into the folder you started in.
From another machine: ssh -L {port}:127.0.0.1:{port} HOST, then the same link there.
ctrl+c ends the server and every tab."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="a trace; without it the library")
    parser.add_argument("--port", type=int, default=8765, metavar="N", help="on 127.0.0.1; 0 for any free one (8765)")
    parser.add_argument("--view", choices=VIEWS, metavar="NAME", help=f"begin with: {', '.join(VIEWS)}")
    add_source_arguments(parser)
    add_store_argument(parser)


def run(arguments: Namespace) -> int:
    try:
        from tracetui.web.server import run_server
    except ModuleNotFoundError as problem:
        raise TracetuiError(
            f"{problem.name} is not installed", hint="it comes with the extra `web`: pip install 'tracetui[web]'"
        ) from problem
    if arguments.path == "-":
        raise TracetuiError("standard input cannot be served", hint="put the trace into a file")
    try:
        run_server(_words(arguments), arguments.port, _tell)
    except OSError as problem:
        raise TracetuiError(
            f"port {arguments.port}: {(problem.strerror or str(problem)).lower()}", hint="choose another with --port"
        ) from problem
    return EXIT_NOTHING_FOUND


def _words(arguments: Namespace) -> list[str]:
    """The command line of the app that each tab runs."""
    flags = ("view", "format", "session", "store")
    options = [f"--{flag}={value}" for flag in flags if (value := getattr(arguments, flag)) is not None]
    return ["open", *options, *(["--", arguments.path] if arguments.path is not None else [])]


def _tell(link: str) -> None:
    port = link.rpartition(":")[2].partition("/")[0]
    write_lines(link)
    for line in _EXPOSED.format(port=port).splitlines():
        narrate(line)
