"""What `x` writes."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.pilot import NARROW, SAMPLES, debugger, opened_app, screen_text, wait_for
from tracetui.ui.app import TracetuiApp
from tracetui.ui.exporting import EXPORTED
from tracetui.ui.screens.exports import ExportsScreen

INCIDENT = SAMPLES / "incident_content.jsonl"
KEY = "AKIA" + "IOSFODNN7EXAMPLE"


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)


async def ask(pilot: Pilot[int], *keys: str) -> None:
    """From the debugger to the name of the file."""
    await pilot.press("x")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, ExportsScreen), "what can be written")
    for key in keys:
        await pilot.press(key)
    await wait_for(pilot, lambda: "write to " in screen_text(pilot), "the question")
    assert isinstance(pilot.app.focused, Input)


HOLDS = {
    "ses-abc123-findings.md": "# Findings in",
    "ses-abc123-handover.txt": "Blast radius: 2 external",
    "ses-abc123-postmortem.md": "# Postmortem",
    "ses-abc123-postmortem.html": "default-src 'none'",
    "ses-abc123-postmortem.json": '"schema": "tracetui.postmortem/1"',
    "ses-abc123_test.py": "value_not_used",
    "ses-abc123-postmortem.eval.json": '"schema": "tracetui.eval-case/1"',
    "ses-abc123-alert.txt": "flag ENTITY_HALLUCINATION",
    "ses-abc123-walkthrough.html": "It began at step 3",
    "ses-abc123-walkthrough.md": "It began at step 3",
    "ses-abc123-walkthrough.svg": "It began at step 3",
}


async def test_each_is_written_to_a_new_file(tmp_path: Path) -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        assert isinstance(pilot.app, TracetuiApp)
        for each, file in zip(EXPORTED, HOLDS, strict=True):
            await ask(pilot, each.key)
            assert file in screen_text(pilot)
            with patch.object(pilot.app, "copy_text") as copied:
                await pilot.press("enter")
                await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
                assert copied.called == each.copied
    for file, held in HOLDS.items():
        assert held in (tmp_path / file).read_text(), file


async def test_every_choice_says_what_it_is_at_80_columns() -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        await pilot.press("x")
        await wait_for(pilot, lambda: "secrets are taken out" in screen_text(pilot), "what can be written")
        assert all(each.meaning in screen_text(pilot) for each in EXPORTED)


async def test_what_is_taken_out_is_told_before_it_is_written_and_left_in_only_when_asked(tmp_path: Path) -> None:
    rows = INCIDENT.read_text().replace("Meridian desk lamps", f"lamps, key {KEY}")
    trace = tmp_path / "trace.jsonl"
    trace.write_text(rows)
    async with opened_app(trace, size=NARROW) as pilot:
        await ask(pilot, "m")
        await wait_for(pilot, lambda: "× AWS access key" in screen_text(pilot), "the report")
        await wait_for(pilot, lambda: "(step " in screen_text(pilot), "the places")
        await pilot.press("enter")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
        await ask(pilot, "R", "j")
        await wait_for(pilot, lambda: "LEFT IN" in screen_text(pilot), "the warning")
        await pilot.press("enter")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
    assert KEY not in (tmp_path / "ses-abc123-postmortem.md").read_text()
    told = (tmp_path / "ses-abc123-postmortem.json").read_text()
    assert KEY in told
    assert json.loads(told)["redactions"] == []


async def test_a_file_that_is_there_is_left_alone_and_another_name_asked_for(tmp_path: Path) -> None:
    (tmp_path / "ses-abc123-findings.md").write_text("mine")
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        await ask(pilot, "f")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "is already there" in screen_text(pilot), "the refusal")
        await pilot.press("2", "enter")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
    assert (tmp_path / "ses-abc123-findings.md").read_text() == "mine"
    assert (tmp_path / "ses-abc123-findings.md2").exists()


async def test_escape_goes_one_place_back_and_writes_nothing(tmp_path: Path) -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        await ask(pilot, "f")
        await pilot.press("escape")
        await wait_for(pilot, lambda: "one HTML file" in screen_text(pilot), "the choices")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
    assert not list(tmp_path.glob("*ses-abc123*"))
