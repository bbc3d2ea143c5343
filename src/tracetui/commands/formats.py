"""List the formats that are read, with how each is recognised; with --check, say which one a file is and why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tracetui.commands.documents import schema
from tracetui.commands.output import paragraph, write_document, write_lines
from tracetui.errors import EXIT_CANNOT_TELL, EXIT_NOTHING_FOUND
from tracetui.ingest.records import Records
from tracetui.ingest.registry import FORMATS, detect_format
from tracetui.ingest.source import read_source


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--check", metavar="PATH", help="which format a file is, and what each format says of it")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(arguments: Namespace) -> int:
    if arguments.check is not None:
        return _check(arguments.check, as_json=arguments.json)
    if arguments.json:
        keys = ("NAME", "TITLE", "RULE", "KEEPS")
        formats = [{key.lower(): getattr(known, key) for key in keys} for known in FORMATS.values()]
        write_document({"schema": schema("formats"), "formats": formats})
        return EXIT_NOTHING_FOUND
    for known in FORMATS.values():
        write_lines(f"{known.NAME}  {known.TITLE}")
        write_lines(*paragraph("rule", known.RULE), *paragraph("prompts", known.KEEPS))
    return EXIT_NOTHING_FOUND


def _check(path: str, *, as_json: bool) -> int:
    """What every format says of one file; 3 where none but raw records takes it."""
    records = Records(read_source(path))
    chosen, reason = detect_format(records)
    scores = sorted(((known.NAME, known.detect(records)) for known in FORMATS.values()), key=lambda s: -s[1].score)
    if as_json:
        write_document(
            {
                "schema": schema("format_check"),
                "source": {"path": path, "format": chosen.NAME, "format_reason": reason},
                "scores": [{"name": name, "score": found.score, "reason": found.reason} for name, found in scores],
            }
        )
    else:
        write_lines(f"{path}: {chosen.NAME}", *paragraph("because", reason))
        for name, found in scores:
            if found.score:
                write_lines(*paragraph(f"{found.score:.2f}", f"{name}: {found.reason}"))
    return EXIT_CANNOT_TELL if chosen.NAME == "raw" else EXIT_NOTHING_FOUND
