"""How the diff looks: `pytest tests/ui/test_diff_snapshots.py --snapshot-update` after a change that is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.pilot import NARROW, WIDE, debugger, wait_for
from tracetui.ingest.open import open_trace
from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.screens.diff import DiffScreen

ROOT = Path(__file__).parents[2]
BAD, GOOD = "sample_traces/incident_content.jsonl", "sample_traces/good_same_customer.jsonl"


@pytest.fixture(autouse=True)
def _fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        pytest.param(NARROW, [], id="narrow"),
        pytest.param(NARROW, ["g", "equals_sign"], id="narrow-hidden"),
        pytest.param(NARROW, ["G", "enter"], id="narrow-words"),
        pytest.param(WIDE, [], id="wide"),
    ],
)
def test_the_diff_looks_as_it_did(
    snap_compare: Callable[..., bool], size: tuple[int, int], keys: Sequence[str]
) -> None:
    async def arrive(pilot: Pilot[Any]) -> None:
        app = pilot.app
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: debugger(pilot).opened.triage, "the triage")
        opened = debugger(pilot).opened
        debugger(pilot).change(opened.with_(baseline=open_trace(GOOD).sessions[0], baseline_path=GOOD))
        await pilot.press("d")
        await wait_for(pilot, lambda: isinstance(app.screen, DiffScreen) and app.screen.is_shown, "the diff")
        screen = app.screen
        assert isinstance(screen, DiffScreen)
        await wait_for(pilot, lambda: screen.rows.pair == 5, "the divergence")
        for key in keys:
            await pilot.press(key)
        await wait_for(pilot, lambda: not screen._resting.is_awaited, "the words of the pair")
        await pilot.pause()

    assert snap_compare(TracetuiApp(BAD), terminal_size=size, run_before=arrive)
