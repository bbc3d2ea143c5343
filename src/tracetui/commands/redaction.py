"""What is taken out of what a command writes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tracetui.export.redact import SECRETS, Rule
from tracetui.export.redact_rules import load_rules, usual_rules


def add_rules_argument(parser: ArgumentParser) -> None:
    """`--rules FILE`."""
    parser.add_argument(
        "--rules",
        type=load_rules,
        metavar="FILE",
        help="a TOML file of what else is taken out; else redact.toml in the configuration folder",
    )


def rules_of(arguments: Namespace) -> tuple[Rule, ...]:
    """Secrets, and what the user's own file names. Raises TracetuiError where that cannot be read."""
    return SECRETS + (usual_rules() if arguments.rules is None else arguments.rules)
