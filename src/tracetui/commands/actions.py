"""List the action items of all incidents, the overdue first. Ends with 1 where any is overdue."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import date

import msgspec

from tracetui.commands.documents import schema
from tracetui.commands.incidents import add_store_argument
from tracetui.commands.output import narrate, paragraph, write_document, write_lines
from tracetui.errors import EXIT_FOUND, EXIT_NOTHING_FOUND
from tracetui.store.actions import COMPLETED, Action, actions
from tracetui.store.incidents import Store
from tracetui.store.library import read_library


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--overdue", action="store_true", help="only those past their date and not completed")
    parser.add_argument("--json", action="store_true", help="one JSON document an action item")
    add_store_argument(parser)


def run(arguments: Namespace) -> int:
    store = Store(arguments.store)
    library = read_library(store)
    for problem in library.problems:
        narrate(problem)
    found = actions(library.incidents, today=date.today())
    shown = [action for action in found if action.overdue or not arguments.overdue]
    for action in shown:
        if arguments.json:
            write_document({"schema": schema("actions"), **msgspec.to_builtins(action)})
        else:
            write_lines(*paragraph(action.incident, _line(action), indent=0, column=18))
    if not shown:
        narrate("nothing is overdue" if found else f"no action items in {store.root}")
    return EXIT_FOUND if any(action.overdue for action in found) else EXIT_NOTHING_FOUND


def _line(action: Action) -> str:
    late = f"OVERDUE {action.overdue_days} d" if action.overdue else action.status.replace("_", " ")
    due = f"due {action.due}" if action.due and action.status != COMPLETED else ""
    words = [late, action.priority, due, action.owner or "no owner", action.text]
    return " · ".join(word for word in words if word)
