"""What a triage can be told from the command line: the wrong output, the right one, good runs, what the tools do."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence

from tracetui.analysis.findings import Triage
from tracetui.analysis.triage import triage
from tracetui.commands.documents import Against
from tracetui.commands.opening import every_session, step_numbered
from tracetui.commands.policies import add_policy_argument, policy_of
from tracetui.model import Session


def add_symptom_arguments(parser: ArgumentParser) -> None:
    """`--symptom`, `--expected`, `--baseline` and `--policy`."""
    parser.add_argument(
        "--symptom",
        type=_symptom,
        metavar="STEP[:TEXT]",
        help="the wrong output to walk back from: a step, and the wrong words in it; else the last answer or action",
    )
    parser.add_argument("--expected", metavar="TEXT", help="what the right answer would have been")
    parser.add_argument(
        "--baseline", nargs="+", default=[], metavar="GOOD", help="good runs: tell where the run leaves them"
    )
    add_policy_argument(parser)


def good_runs(arguments: Namespace, paths: Sequence[str]) -> list[Session]:
    """Every session of the good runs."""
    return [session for path in paths for session in every_session(arguments, path)]


def triage_against(session: Session, goods: Sequence[Session], arguments: Namespace) -> tuple[Triage, Against | None]:
    """The triage of a session and, against good runs, where it leaves them."""
    number, text = arguments.symptom or (None, None)
    symptom = None if number is None else step_numbered(session, number).index
    found = triage(
        session,
        symptom=symptom,
        symptom_text=text,
        expected=arguments.expected,
        baselines=goods,
        policy=policy_of(arguments),
    )
    if not goods:
        return found, None
    from tracetui.analysis.divergence import compare

    return found, Against(compare(session, goods), goods)


def _symptom(text: str) -> tuple[int, str | None]:
    number, colon, words = text.partition(":")
    if not number.strip().isdigit():
        raise ArgumentTypeError(f"{text!r} does not start with the number of a step")
    return int(number), words if colon and words else None
