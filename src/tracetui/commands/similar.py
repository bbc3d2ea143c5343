"""Find past incidents like a trace, or like another incident, with what they have in common. Ends with 1 where one is
likely the same fault."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.documents import schema
from tracetui.commands.incidents import add_store_argument
from tracetui.commands.opening import one_session, one_trace
from tracetui.commands.output import narrate, paragraph, write_document, write_lines
from tracetui.errors import EXIT_FOUND, EXIT_NOTHING_FOUND
from tracetui.postmortem.document import Postmortem
from tracetui.store.incidents import Store
from tracetui.store.likeness import LIKELY, Similar, likeness, most_similar


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("what", metavar="PATH|ID", help="a trace file, `-` for standard input, or an incident")
    parser.add_argument("--limit", type=int, default=5, metavar="N", help="how many at most (5)")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    add_source_arguments(parser)
    add_store_argument(parser)


def run(arguments: Namespace) -> int:
    from tracetui.store.index import Index  # loads sqlite3

    store = Store(arguments.store)
    held = _draft(arguments) if _is_trace(arguments.what) else store.read(arguments.what)
    index = Index(store)
    known = index.likenesses()
    known.pop(held.id, None)
    for problem in index.problems:
        narrate(problem)
    found = most_similar(likeness(held), known, limit=max(1, arguments.limit))
    titles = {similar.id: store.read(similar.id).text("identity.title") for similar in found}
    if arguments.json:
        rows = [{**msgspec.to_builtins(one), "likely": one.score >= LIKELY, "title": titles[one.id]} for one in found]
        write_document({"schema": schema("similar"), "of": held.id or arguments.what, "similar": rows})
    else:
        _write(found, titles)
    if not found:
        narrate(f"no incident in {store.root} has anything in common with it")
    return EXIT_FOUND if any(similar.score >= LIKELY for similar in found) else EXIT_NOTHING_FOUND


def _is_trace(what: str) -> bool:
    return what == "-" or os.path.exists(what)


def _draft(arguments: Namespace) -> Postmortem:
    """What a postmortem of the trace would begin with; it is not stored."""
    from tracetui.analysis.triage import triage
    from tracetui.postmortem.prefill import prefill

    trace = one_trace(arguments, arguments.what)
    session = one_session(trace, arguments.session)
    return prefill(session, triage(session), now=datetime.now(UTC), trace=trace)


def _write(found: Sequence[Similar], titles: dict[str, str]) -> None:
    for similar in found:
        likely = "looks like the same fault" if similar.score >= LIKELY else "some things in common"
        write_lines(f"{similar.id}  {similar.score:.2f}  {likely}")
        if titles[similar.id]:
            write_lines(*paragraph("", titles[similar.id], indent=4, column=4))
        for reason in similar.reasons:
            write_lines(*paragraph(f"+{reason.share:.2f}", reason.text, indent=4, column=11))
