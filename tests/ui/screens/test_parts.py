"""A large archive: its parts listed, one read when it is chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ingest.test_archive import HEADER, SAMPLE, zipped
from tests.shared import SAMPLES
from tests.ui.contrast import assert_can_be_read
from tests.ui.pilot import debugger, screen_text, wait_for
from tracetui.ingest.parts import listed_parts
from tracetui.ui import asked
from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.screens.parts import PartsScreen, _shared


async def test_a_sample_is_read_when_it_is_chosen_and_left_for_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "listed_parts", lambda path: listed_parts(path, at_least=1))
    path = tmp_path / "x.eval"
    summaries = json.dumps([{"id": 2, "epoch": 1, "input": "How \x1b[31mmuch?"}]).encode()
    samples = {f"samples/{at}_epoch_1.json": SAMPLE for at in range(1, 10)} | {"samples/broken_epoch_1.json": b"{"}
    path.write_bytes(zipped({"header.json": HEADER, "summaries.json": summaries} | samples))
    app = TracetuiApp(str(path))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: "10 samples" in screen_text(pilot), "the list")
        await assert_can_be_read(pilot, "parts")
        assert "How ␛[31mmuch?" in screen_text(pilot)
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        assert debugger(pilot).opened.trace.format == "inspect-log"
        await pilot.press("q")
        await wait_for(pilot, lambda: isinstance(app.screen, PartsScreen), "the list again")
        await pilot.press("slash", *"broken", "enter")
        await wait_for(pilot, lambda: "1 of 10 samples" in screen_text(pilot), "the filtered list")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "no step" in screen_text(pilot), "why it cannot be opened")
        await pilot.press("escape")
        await wait_for(pilot, lambda: "   10 samples" in screen_text(pilot), "the whole list")
        await pilot.press("q")
    assert app.return_code == 0


async def test_a_large_file_of_an_archive_opens_by_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "listed_parts", lambda path: listed_parts(path, at_least=1))
    monkeypatch.setattr(asked, "LARGE_BYTES", 1)
    path = tmp_path / "x.zip"
    samples = {f"{at}.jsonl": (SAMPLES / "incident.jsonl").read_bytes() for at in range(2)}
    path.write_bytes(zipped(samples))
    app = TracetuiApp(str(path))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: "2 files" in screen_text(pilot), "the list")
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: "line 1 of 5 " in screen_text(pilot), "its lines")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        assert debugger(pilot).opened.trace.path == f"{path}!1.jsonl"
        await pilot.press("q", "q")
        await wait_for(pilot, lambda: isinstance(app.screen, PartsScreen), "the list again")


def test_a_long_beginning_that_all_share_is_left_out_in_whole_words() -> None:
    asked = [f"Your objective is to find the flag. Task {word}" for word in ("crack", "crumble", "c")]
    assert {text[_shared(asked) :] for text in asked} == {"crack", "crumble", "c"}
    assert _shared(asked[:1]) == 0
    assert _shared(["Why?", "Who?"]) == 0
    assert _shared(["the same words again and again"] * 2) == 25
