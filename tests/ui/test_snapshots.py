"""How the screens look. The analysis is a fixed one, so that a picture changes only where a screen does.

After a change that is meant: `pytest tests/ui/test_snapshots.py --snapshot-update`, and look at every picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.pilot import NARROW, WIDE, debugger, wait_for
from tracetui.analysis.findings import Effect, FaultOrigin, Reason, Suspect, Triage, Verdict
from tracetui.model import Evidence, Flag, Session
from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.state import Opened

ROOT = Path(__file__).parents[2]
TRACE = "sample_traces/incident_content.jsonl"


def fixed_triage(session: Session) -> Triage:
    """What is wrong in the sample incident, as a person would find it."""
    steps = session.steps
    first = Evidence(2, "Her latest order is ord_555", steps[2].source, "first appears here")
    owner = Evidence(3, "cust_012", steps[3].source, "owner returned")
    return Triage(
        verdict=Verdict(
            failure_mode="hallucination_propagation",
            confidence=0.95,
            why="an invented id was used as a fact",
            escalate=True,
            escalate_because=("an external action was taken",),
        ),
        origin=FaultOrigin(
            found=True,
            because="“ord_555” first appears in step 3, in nothing recorded before",
            step=2,
            confidence=0.95,
            value="ord_555",
            symptom=7,
            cascade=(2, 3, 4, 5, 6, 7),
            links=tuple((2, step, "ord_555") for step in (3, 4, 5, 6, 7)),
            evidence=(first, owner),
        ),
        suspects=(Suspect(2, 0.95, (Reason("first", 0.6, "wrote the value first"),)), Suspect(4, 0.2)),
        flags=(
            Flag(
                kind="ENTITY_HALLUCINATION",
                step=2,
                source=steps[2].source,
                recorded=False,
                confidence=0.95,
                message="“ord_555” stands in nothing before step 3",
                rule="entity_hallucination",
                evidence=(first,),
            ),
            Flag(
                kind="ENTITY_MISMATCH",
                step=3,
                source=steps[3].source,
                recorded=True,
                confidence=1.0,
                message="the order belongs to cust_012, not to cust_789",
                evidence=(owner,),
            ),
        ),
        blast_radius=(
            Effect(step=5, tool="confirm_order", target="ord_555", reversibility="external", after_origin=True),
            Effect(
                step=6,
                tool="send_email",
                target="alice.chen@example.com",
                reversibility="irreversible",
                after_origin=True,
                why="sends a message",
                undo="send a correction",
            ),
        ),
        gaps=(),
    )


@pytest.fixture(autouse=True)
def _fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    def analyse(opened: Opened) -> Triage:
        return fixed_triage(opened.session)

    monkeypatch.setattr("tracetui.ui.screens.debugger.analyse", analyse)
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        pytest.param(NARROW, [], id="narrow"),
        pytest.param(NARROW, ["enter"], id="narrow-step"),
        pytest.param(NARROW, ["T", "T"], id="narrow-ansi"),
        pytest.param(WIDE, ["e"], id="wide-evidence"),
        pytest.param(WIDE, ["5", "G", "c", "tab"], id="wide-context"),
        pytest.param(WIDE, ["T", "r"], id="wide-light-raw"),
        pytest.param(NARROW, ["question_mark"], id="narrow-keys"),
    ],
)
def test_the_debugger_looks_as_it_did(
    snap_compare: Callable[..., bool], size: tuple[int, int], keys: Sequence[str]
) -> None:
    async def arrive(pilot: Pilot[Any]) -> None:
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: debugger(pilot).steps.step == 2, "the origin")
        for key in keys:
            await pilot.press(key)
        await wait_for(
            pilot, lambda: not debugger(pilot).detail.display or debugger(pilot).detail.is_shown(), "the page"
        )

    assert snap_compare(TracetuiApp(TRACE), terminal_size=size, run_before=arrive)
