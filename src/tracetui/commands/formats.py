"""List the formats that are read, with how each is recognised; --check says which one a file is, and accounts for its records."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tracetui.commands.documents import schema
from tracetui.commands.format_check import check
from tracetui.commands.output import paragraph, write_document, write_lines
from tracetui.errors import EXIT_NOTHING_FOUND
from tracetui.ingest.registry import FORMATS


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--check",
        metavar="PATH",
        help="which format a file is and why, and how many records were read of it; of a folder, for each trace",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(arguments: Namespace) -> int:
    if arguments.check is not None:
        return check(arguments.check, as_json=arguments.json)
    if arguments.json:
        keys = ("NAME", "TITLE", "RULE", "KEEPS")
        formats = [{key.lower(): getattr(known, key) for key in keys} for known in FORMATS.values()]
        write_document({"schema": schema("formats"), "formats": formats})
        return EXIT_NOTHING_FOUND
    for known in FORMATS.values():
        write_lines(f"{known.NAME}  {known.TITLE}")
        write_lines(*paragraph("rule", known.RULE), *paragraph("prompts", known.KEEPS))
    return EXIT_NOTHING_FOUND
