"""List the flags that the rules detect: name, letter, what it means and what it cannot see."""

from __future__ import annotations

import textwrap
from argparse import ArgumentParser, Namespace

from tracetui.analysis.rules import RULES
from tracetui.commands.documents import schema
from tracetui.commands.output import WIDTH, write_document, write_lines
from tracetui.errors import EXIT_NOTHING_FOUND


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(arguments: Namespace) -> int:
    if arguments.json:
        flags = [
            {"name": rule.KIND, "letter": rule.LETTER, "rule": name, "explanation": rule.EXPLAIN}
            for name, rule in RULES.items()
        ]
        write_document({"schema": schema("flags"), "flags": flags})
        return EXIT_NOTHING_FOUND
    for rule in RULES.values():
        write_lines(f"{rule.LETTER}  {rule.KIND}", *_wrapped(rule.EXPLAIN, indent=3), "")
    write_lines("A flag that a trace records under any other name is kept and shown.")
    return EXIT_NOTHING_FOUND


def _wrapped(text: str, *, indent: int) -> list[str]:
    """The whole of `text` on lines of at most 80 columns."""
    space = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=space, subsequent_indent=space, break_on_hyphens=False)
