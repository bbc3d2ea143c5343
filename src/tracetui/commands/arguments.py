"""Arguments that several commands have."""

from __future__ import annotations

from argparse import ArgumentParser


def add_source_arguments(parser: ArgumentParser) -> None:
    """`--format` and `--session`, as every command has them that reads a trace."""
    parser.add_argument("--format", metavar="NAME", help="read it as this format (see `tracetui formats`)")
    parser.add_argument("--session", metavar="ID", help="the session, where a source holds several")
