"""Count all incidents: failure modes over time, what recurs, how soon it is detected, how actions get done."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import date

import msgspec

from tracetui.commands.documents import schema
from tracetui.commands.incidents import add_store_argument
from tracetui.commands.output import narrate, paragraph, write_document, write_lines
from tracetui.errors import EXIT_NOTHING_FOUND
from tracetui.store.incidents import Store
from tracetui.store.library import read_library
from tracetui.store.stat_words import detection_in_words, distributions, modes_in_words, pattern_in_words
from tracetui.store.stats import Stats, stats

_BAR_CELLS = 30
_NAME_CELLS = 28


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document")
    add_store_argument(parser)


def run(arguments: Namespace) -> int:
    store = Store(arguments.store)
    library = read_library(store)
    for problem in library.problems:
        narrate(problem)
    found = stats(library.incidents, today=date.today())
    if arguments.json:
        document = {"schema": schema("stats"), **msgspec.to_builtins(found), "unreadable": list(library.problems)}
        write_document(document)
    elif found.incidents:
        write_lines(*_lines(found))
    else:
        narrate(f"no incidents in {store.root}; `tracetui postmortem new PATH` makes one")
    return EXIT_NOTHING_FOUND


def _lines(found: Stats) -> Iterator[str]:
    yield f"{found.incidents} incident{'' if found.incidents == 1 else 's'}"
    for distribution in distributions(found):
        yield f"  {distribution.title}"
        yield from (_bar(name, count, found.incidents) for name, count in distribution.counts)
    yield "  by month"
    for month, modes in found.by_month.items():
        yield from paragraph(month or "no date", f"{sum(modes.values())}: {modes_in_words(modes)}", indent=4, column=14)
    yield from _recurring(found)
    yield f"  detection   {detection_in_words(found.time_to_detect)}"
    yield from _work(found)


def _recurring(found: Stats) -> Iterator[str]:
    for pattern in found.patterns:
        yield from paragraph("recurs", f"{pattern_in_words(pattern)}: {', '.join(pattern.incidents)}", column=14)


def _work(found: Stats) -> Iterator[str]:
    work = found.actions
    if work.completion_rate is None:
        yield "  actions     none"
        return
    yield (
        f"  actions     {work.completed} of {work.total} completed ({work.completion_rate:.0%}), "
        f"{work.in_progress} in progress, {work.open} open, {work.overdue} overdue"
    )
    for owner, counts in work.by_owner.items():
        counted = f"{counts['completed']} of {counts['total']} completed, {counts['overdue']} overdue"
        yield from paragraph("", f"{owner or 'no owner'}: {counted}", indent=4, column=14)


def _bar(name: str, count: int, total: int) -> str:
    cells = max(1, round(_BAR_CELLS * count / total))
    return f"    {name:<{_NAME_CELLS}} {count:>4}  {'█' * cells}"
