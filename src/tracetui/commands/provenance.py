"""Say where a value came from: every place it appears, who wrote it first, and where they can have it from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import NamedTuple

from tracetui.analysis.provenance import Appearance, Provenance, Sourcing
from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.documents import schema
from tracetui.commands.opening import one_session, one_trace, step_numbered
from tracetui.commands.output import paragraph, write_document, write_lines
from tracetui.commands.pieces import Document, place, source
from tracetui.commands.words import numbered, place_words
from tracetui.errors import EXIT_CANNOT_TELL, EXIT_FOUND, EXIT_NOTHING_FOUND
from tracetui.model import Step
from tracetui.text import elide, visible_line

_QUOTE_CELLS = 100
_LONGEST_CHAIN = 64


class Link(NamedTuple):
    """An appearance, and where its author can have the value from."""

    appearance: Appearance
    sourcing: Sourcing


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a trace file; `-` for standard input")
    parser.add_argument("--step", type=int, required=True, metavar="N", help="the step at which the value stands")
    parser.add_argument("--value", required=True, metavar="TEXT", help="the value: an id, an amount, any text")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    add_source_arguments(parser)


def run(arguments: Namespace) -> int:
    trace = one_trace(arguments, arguments.path)
    session = one_session(trace, arguments.session)
    step = step_numbered(session, arguments.step)
    provenance = Provenance.of(session)
    found = provenance.appearances(arguments.value)
    chain = tuple(_chain(provenance, found, step))
    if arguments.json:
        write_document(_document(provenance, step, arguments.value, found, chain))
    else:
        write_lines(*_lines(provenance, step, arguments.value, found, chain))
    if not chain:
        return EXIT_CANNOT_TELL
    return EXIT_FOUND if chain[-1].sourcing.how == "nowhere" else EXIT_NOTHING_FOUND


def _chain(provenance: Provenance, found: tuple[Appearance, ...], step: Step) -> Iterator[Link]:
    """From the appearance at the step back to the first of all; none where the value does not stand at the step."""
    at = next((a for a in found if step.index in (a.step, a.author)), None)
    for _ in range(_LONGEST_CHAIN):
        if at is None:
            return
        sourcing = provenance.source_of(at)
        yield Link(at, sourcing)
        earlier = next((a for a in sourcing.from_ if a.passage < at.passage), None)
        # A tool that repeats its argument has the value from whoever wrote the argument.
        first = next((a for a in found if a.passage < at.passage), None)
        at = earlier or first


def _document(
    provenance: Provenance, step: Step, value: str, found: tuple[Appearance, ...], chain: tuple[Link, ...]
) -> Document:
    return {
        "schema": schema("provenance"),
        "session_id": provenance.session.session_id,
        **place(provenance.session, step.index),
        "value": value,
        "appearances": [_appearance(provenance, a) for a in found],
        "first": _appearance(provenance, found[0]) if found else None,
        "chain": [
            {
                **_appearance(provenance, link.appearance),
                "how": link.sourcing.how,
                "why": link.sourcing.why,
                "from": [_appearance(provenance, a) for a in link.sourcing.from_],
            }
            for link in chain
        ],
    }


def _appearance(provenance: Provenance, value: Appearance) -> Document:
    """One place: `step` is null for what was there before the first step, `author` for what no step wrote."""
    steps = provenance.session.steps
    return {
        "step": steps[value.step].number if value.step >= 0 else None,
        "source": source(provenance.passages[value.passage].source),
        "author": steps[value.author].number if value.author >= 0 else None,
        "role": value.role,
        "text": value.text,
        "quote": provenance.evidence(value, "").quote,
    }


def _lines(
    provenance: Provenance, step: Step, value: str, found: tuple[Appearance, ...], chain: tuple[Link, ...]
) -> Iterator[str]:
    session = provenance.session
    yield f'"{value}" at step {step.number} of {session.session_id}'
    if not chain:
        yield from paragraph("", "does not stand at this step")
    for link in chain:
        where = _where(provenance, link.appearance)
        yield from paragraph(link.sourcing.how, f"{where}: {link.sourcing.why}")
    for appearance in found:
        quote = elide(visible_line(provenance.evidence(appearance, "").quote), _QUOTE_CELLS)
        yield from paragraph("appears", f'{_where(provenance, appearance)}, {appearance.role}: "{quote}"')


def _where(provenance: Provenance, value: Appearance) -> str:
    number = numbered(provenance.session, value.step) if value.step >= 0 else "before the first step"
    return f"{number} ({place_words(provenance.passages[value.passage].source)})"
