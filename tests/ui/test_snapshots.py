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

from tests.ui.incident import fixed_triage
from tests.ui.pilot import NARROW, WIDE, debugger, wait_for
from tracetui.analysis.findings import Triage
from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.state import Opened

ROOT = Path(__file__).parents[2]
TRACE = "sample_traces/incident_content.jsonl"


@pytest.fixture(autouse=True)
def _fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    def analyse(opened: Opened, _: object) -> Triage:
        return fixed_triage(opened.session)

    monkeypatch.setattr("tracetui.ui.screens.analysing.analyse_telling", analyse)
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
