"""Two long runs: by their lines at once, by what they mean afterwards."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.contrast import assert_can_be_read
from tests.ui.pilot import NARROW, screen_text, wait_for
from tracetui.errors import UnknownNameError
from tracetui.ingest import token_children
from tracetui.ui import asked, drafted
from tracetui.ui.app import TracetuiApp
from tracetui.ui.asked import Asked, open_both
from tracetui.ui.background import in_child
from tracetui.ui.diff_head import verdict
from tracetui.ui.loading import Loaded
from tracetui.ui.screens import draft
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.screens.diff import DiffScreen
from tracetui.ui.screens.draft import DraftScreen
from tracetui.ui.screens.lines import LinesScreen
from tracetui.ui.widgets.prompt_line import PromptLine


def lines(steps: int = 60) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for number in range(1, steps + 1):
        row: dict[str, Any] = {"session_id": "ses_1", "step": number, "ts": number}
        if number % 2:
            row |= {"type": "llm_call", "summary": f"Looking at order ord_{1000 + number} of the customer"}
        else:
            order = {"id": f"ord_{1000 + number - 1}"}
            row |= {"type": "tool_call", "tool": "update_order", "args": order, "result": {"ok": True, **order}}
        made.append(row)
    return made


def written(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def runs(tmp_path: Path) -> tuple[str, str]:
    """Other words at step 11, which mean the same; another order at step 40."""
    good = lines()
    bad = [{**row, "ts": row["ts"] + 5000} for row in good]
    bad[10]["summary"] = "Looking at the order ord_1011 of this customer"
    bad[39]["args"] = {"id": "ord_9999"}
    return written(tmp_path / "bad.jsonl", bad), written(tmp_path / "good.jsonl", good)


@asynccontextmanager
async def compared(bad: str, good: str, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Pilot[int]]:
    app = TracetuiApp(bad, against=good, readings=token_children.begin(bad, good))
    async with app.run_test(size=size, notifications=True) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, DiffScreen) and app.screen.is_shown, "the comparison")
        yield pilot
        assert app.backstop.hits == 0


def shown(pilot: Pilot[int]) -> DraftScreen:
    assert isinstance(pilot.app.screen, DraftScreen)
    return pilot.app.screen


@pytest.fixture(autouse=True)
def _small_files_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_children, "LEAST_BYTES", 0)


@pytest.fixture
def on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """By meaning only when it is asked for, as with files that are too large to be read without."""
    monkeypatch.setattr(drafted, "LARGE_BYTES", 1)


@pytest.mark.usefixtures("on_request")
async def test_the_lines_come_first_then_the_meaning_and_the_cursor_stays(runs: tuple[str, str]) -> None:
    async with compared(*runs) as pilot:
        screen = shown(pilot)
        await wait_for(pilot, lambda: screen.rows.pair == 10, "the first difference in the text")
        text = screen_text(pilot)
        assert "by call and text · w compares by meaning, which reads" in text
        assert "FIRST DIFFERENCE step 11, good run step 11  another call, or other words" in text
        assert "2 differences in the text" in text
        await assert_can_be_read(pilot, "two runs by their lines")
        await pilot.press("j", "j")
        pair = screen.rows.pair
        height = screen.rows.cursor - screen.rows.scroll_offset.y
        await pilot.press("s")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the lines around it")
        await pilot.press("q", "w")
        await wait_for(pilot, lambda: screen.is_by_meaning and "ARGUMENT step 39" in screen_text(pilot), "the meaning")
        assert screen.rows.pair == pair
        # As high as before, unless there are fewer rows above it now.
        assert screen.rows.cursor - screen.rows.scroll_offset.y == min(height, screen.rows.cursor)
        text = screen_text(pilot)
        assert "by meaning · the runs part at step 39, o goes there · the text already at step 11" in text
        await pilot.press("o")
        assert screen.rows.pair == 39


async def test_escape_stops_comparing_then_leaves(runs: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft, "in_child", lambda *_, **__: None)  # it takes its time
    async with compared(*runs, size=NARROW) as pilot:
        screen = shown(pilot)
        assert "by call and text · comparing by meaning: read 0 % of" in screen_text(pilot)
        await pilot.press("escape")
        assert "by call and text · w compares by meaning, which reads" in screen_text(pilot)
        monkeypatch.setattr(draft, "in_child", in_child)
        Path(runs[0]).write_text("{}\n")
        await pilot.press("w")
        await wait_for(pilot, lambda: "could not be compared by meaning, w tries" in screen_text(pilot), "the reason")
        assert not screen.is_by_meaning
        screen._glance()
        await wait_for(
            pilot, lambda: "bad.jsonl changed since it was read: open both again" in screen_text(pilot), "it"
        )
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app._exit, "the end")


@pytest.mark.usefixtures("on_request")
async def test_hostile_and_malformed_lines_are_rows_like_others(tmp_path: Path, runs: tuple[str, str]) -> None:
    bad = tmp_path / "hostile.jsonl"
    rows = Path(runs[1]).read_bytes().splitlines(keepends=True)
    rows[4:4] = [b'{"broken \x1b[31m\n', b"\n", b"\xff\x00[bold]\x9b2J\n"]
    rows.append(json.dumps({**lines()[0], "summary": "\x1b]52;c;x\x07[red]\u202e"}).encode())
    bad.write_bytes(b"".join(rows))
    async with compared(str(bad), runs[1]) as pilot:
        text = screen_text(pilot)
        assert "FIRST DIFFERENCE step 5" in text
        assert "3 differences in the text" in text
        assert "\x1b" not in text
        await pilot.press("enter", "escape", "G", "enter")
        await wait_for(pilot, lambda: "[red]" in screen_text(pilot), "the last line")


@pytest.mark.usefixtures("on_request")
async def test_d_lays_the_lines_of_a_large_file_beside_another(
    runs: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "LONGEST_BYTES", 1)
    app = TracetuiApp(runs[0], follow=True)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, LinesScreen), "the lines")
        await pilot.press("d")
        assert app.screen.query_one(PromptLine).is_asking
        for path, said in (("", "no such file"), (__file__, "only two files of session")):
            app.screen.query_one(PromptLine).post_message(PromptLine.Answered("good run", path or "missing.jsonl"))
            await wait_for(pilot, lambda said=said: said in screen_text(pilot), said)  # type: ignore[misc]
        app.screen.query_one(PromptLine).close()
        app.screen.query_one(PromptLine).post_message(PromptLine.Answered("good run", runs[1]))
        await wait_for(pilot, lambda: "FIRST DIFFERENCE step 11" in screen_text(pilot), "both runs")
        await pilot.press("q")
        assert isinstance(app.screen, LinesScreen)


def test_runs_that_say_the_same_do_not_part(runs: tuple[str, str]) -> None:
    readings = token_children.begin(runs[1], runs[1])
    assert readings is not None
    found = drafted.drafted(readings)
    assert found is not None
    assert found.compared.divergence_at is None
    assert verdict(found.compared, 80)[0].plain.endswith("ALIKE  every line of both runs says the same")


@pytest.mark.parametrize("change", ["small", "two sessions"])
def test_other_files_are_compared_by_meaning_at_once(
    runs: tuple[str, str], change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if change == "small":
        monkeypatch.setattr(token_children, "LEAST_BYTES", 1 << 20)
    else:
        with open(runs[0], "a", encoding="utf-8") as bad:
            bad.write(json.dumps({**lines()[0], "session_id": "ses_2"}) + "\n")
    found = open_both(Asked(runs[0]), runs[1], token_children.begin(*runs))
    assert isinstance(found, Loaded)
    opened = found.opened(*found.sessions[0])
    assert opened.baseline is not None
    assert opened.baseline_path == runs[1]


def test_a_good_file_of_several_sessions_is_refused_with_the_way_to_choose(runs: tuple[str, str]) -> None:
    with open(runs[1], "a", encoding="utf-8") as good:
        good.write(json.dumps({**lines()[0], "session_id": "ses_2"}) + "\n")
    with pytest.raises(UnknownNameError, match="holds 2 sessions"):
        open_both(Asked(runs[0]), runs[1], None)
