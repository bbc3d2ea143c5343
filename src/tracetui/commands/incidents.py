"""List the incidents in the store, the newest first."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

import msgspec

from tracetui.commands.documents import schema
from tracetui.commands.output import WIDTH, narrate, write_document, write_lines
from tracetui.errors import EXIT_NOTHING_FOUND
from tracetui.store.incidents import Store, Summary
from tracetui.text import elide, visible_line


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document an incident")
    add_store_argument(parser)


def add_store_argument(parser: ArgumentParser) -> None:
    """`--store`, as every command has it that reads or writes incidents."""
    parser.add_argument(
        "--store", metavar="DIR", help="where incidents are kept; else TRACETUI_STORE, else the user's data folder"
    )


def run(arguments: Namespace) -> int:
    store = Store(arguments.store)
    found = store.list()
    for summary in found:
        if arguments.json:
            write_document({"schema": schema("incidents"), **msgspec.to_builtins(summary)})
        else:
            write_lines(elide(visible_line(_line(summary)), WIDTH))
    if not found:
        narrate(f"no incidents in {store.root}; `tracetui postmortem new PATH` makes one")
    return EXIT_NOTHING_FOUND


def _line(summary: Summary) -> str:
    if summary.problem:
        return f"{summary.id}  cannot be read: {summary.problem}"
    words = [summary.status, summary.severity, summary.failure_mode.replace("_", " "), summary.title]
    return f"{summary.id}  " + " · ".join(word for word in words if word)
