"""What a postmortem and a walkthrough are made from on the command line."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from tracetui.commands.triaging import good_runs, triage_against
from tracetui.model import Session, SourceRef, Trace
from tracetui.store.editing import Subject


def subject_of(
    trace: Trace, session: Session, arguments: Namespace, bytes_of: Callable[[SourceRef], bytes] | None = None
) -> Subject:
    """A session as its postmortem is made from it: its triage and, against good runs, where it leaves them."""
    found, against = triage_against(session, good_runs(arguments, arguments.baseline), arguments)
    return Subject(
        trace=trace,
        session=session,
        triage=found,
        comparison=against.comparison if against else None,
        good=against.good if against else None,
        good_path=against.good.steps[0].source.path if against else "",
        bytes_of=bytes_of,
    )
