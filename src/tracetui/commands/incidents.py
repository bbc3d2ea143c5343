"""List the incidents in the store, the newest first, or search them, the best match first."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

import msgspec

from tracetui.commands.documents import schema
from tracetui.commands.output import WIDTH, narrate, paragraph, write_document, write_lines
from tracetui.errors import EXIT_NOTHING_FOUND
from tracetui.store.incidents import Store, Summary
from tracetui.text import elide, visible_line


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--search", metavar="TEXT", help='only those with all these words, or beginnings of words; "…" is a phrase'
    )
    parser.add_argument("--json", action="store_true", help="one JSON document an incident")
    add_store_argument(parser)


def add_store_argument(parser: ArgumentParser) -> None:
    """`--store`, as every command has it that reads or writes incidents."""
    parser.add_argument(
        "--store", metavar="DIR", help="where incidents are kept; else TRACETUI_STORE, else the user's data folder"
    )


def run(arguments: Namespace) -> int:
    store = Store(arguments.store)
    return _list(store, arguments) if arguments.search is None else _search(store, arguments)


def _list(store: Store, arguments: Namespace) -> int:
    found = store.list()
    for summary in found:
        _write(summary, "", as_json=arguments.json)
    if not found:
        narrate(f"no incidents in {store.root}; `tracetui postmortem new PATH` makes one")
    return EXIT_NOTHING_FOUND


def _search(store: Store, arguments: Namespace) -> int:
    from tracetui.store.index import Index  # loads sqlite3

    index = Index(store)
    hits = index.search(arguments.search)
    for problem in index.problems:
        narrate(problem)
    for hit in hits:
        _write(hit.summary, hit.excerpt, as_json=arguments.json)
    if not hits:
        narrate(f"no incident in {store.root} holds all of: {arguments.search}")
    return EXIT_NOTHING_FOUND


def _write(summary: Summary, excerpt: str, *, as_json: bool) -> None:
    if as_json:
        found = {"excerpt": excerpt} if excerpt else {}
        write_document({"schema": schema("incidents"), **msgspec.to_builtins(summary), **found})
        return
    write_lines(elide(visible_line(_line(summary)), WIDTH))
    if excerpt:
        write_lines(*paragraph("", excerpt, indent=4, column=4))


def _line(summary: Summary) -> str:
    if summary.problem:
        return f"{summary.id}  cannot be read: {summary.problem}"
    words = [summary.status, summary.severity, summary.failure_mode.replace("_", " "), summary.title]
    return f"{summary.id}  " + " · ".join(word for word in words if word)
