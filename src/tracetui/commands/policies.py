"""Which tool policy holds: the file that the command line names, else the one in the configuration folder."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from tracetui.configuration import TOOLS, configured

if TYPE_CHECKING:
    from tracetui.analysis.actions import Policy


def add_policy_argument(parser: ArgumentParser) -> None:
    """`--policy FILE`."""
    parser.add_argument(
        "--policy",
        type=_policy,
        metavar="FILE",
        help="a TOML file that says what each tool does and how to take it back; else tools.toml in the configuration folder",
    )


def policy_of(arguments: Namespace) -> Policy | None:
    """What the tools do. Raises TracetuiError where the configured file cannot be read."""
    given: Policy | None = arguments.policy
    return usual_policy() if given is None else given


def usual_policy() -> Policy | None:
    """The policy of the configuration folder; None where there is none."""
    path = configured(TOOLS)
    return _policy(str(path)) if path.is_file() else None


def _policy(path: str) -> Policy:
    from tracetui.analysis.actions import load_policy

    return load_policy(path)
