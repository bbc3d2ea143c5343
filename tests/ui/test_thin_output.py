"""The terminal shows the same with the thin output as with Textual's own, for a fraction of the bytes."""

from __future__ import annotations

import random
from time import monotonic

import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tests.ui.mirror import KEYS, SIZES, MirroredApp
from tests.ui.pilot import SAMPLES, wait_for
from tracetui.ui.row_compositor import RowCompositor
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.thin_output import cells_of


@pytest.mark.parametrize("trace", ["incident_content.jsonl", "hostile.jsonl"])
async def test_every_cell_is_as_plain_output_paints_it_after_any_keys_resizes_and_themes(trace: str) -> None:
    app, chance = MirroredApp(str(SAMPLES / trace)), random.Random(7)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        for at in range(25):
            if chance.random() < 0.1:
                await pilot.resize_terminal(*chance.choice(SIZES))
            await pilot.press(chance.choice(KEYS))
            if at % 6 == 0:
                await app.compare_whole()
        assert app.frames > 15
        assert app.differing == 0
        assert app.thin_bytes < app.plain_bytes / 3


async def test_a_step_down_sends_the_cells_of_two_rows_and_of_the_mark_on_the_map() -> None:
    """In truecolor, where a colour costs up to 19 bytes; with 16 colours it is half of that."""
    app = MirroredApp(str(SAMPLES / "incident_content.jsonl"))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: app.screen.opened.triage, "the triage")  # type: ignore[attr-defined]
        await pilot.press("g")
        await pilot.pause(0.3)
        before = app.thin_bytes
        await pilot.press("j")
        await wait_for(pilot, lambda: app.thin_bytes > before, "a frame")
        await pilot.pause(0.2)
        assert app.thin_bytes - before <= 700


async def test_a_frame_of_the_size_before_a_resize_is_not_sent_and_a_whole_one_is_asked_for() -> None:
    app = MirroredApp(str(SAMPLES / "incident_content.jsonl"))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: app.settled, "a whole frame")
        before = app.screen._compositor.render_full_update()
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: app.settled, "a whole frame of the new size")
        sent = app.thin_bytes
        app._display(app.screen, before)
        assert app.thin_bytes == sent
        assert not app.settled
        await wait_for(pilot, lambda: app.settled, "a whole frame again")
        assert app.differing == 0


async def test_what_cannot_be_sent_is_not_rendered_before_it_can() -> None:
    app = MirroredApp(str(SAMPLES / "incident_content.jsonl"))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: app.screen.opened.triage, "the triage")  # type: ignore[attr-defined]
        await pilot.press("g")
        frames, busy = app.frames, True
        compositor = app.screen._compositor
        assert isinstance(compositor, RowCompositor)
        compositor.holds_back = lambda: busy
        await pilot.press("j", "j", "k", "j")
        assert app.frames == frames
        busy = False
        app.screen._compositor_refresh()
        assert app.frames == frames + 1
        await app.compare_whole()
        assert app.differing == 0


async def test_an_idle_app_sends_nothing() -> None:
    app = MirroredApp(str(SAMPLES / "incident_content.jsonl"))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: app.screen.opened.triage, "the triage")  # type: ignore[attr-defined]
        sent = -1
        while sent != app.thin_bytes:
            sent = app.thin_bytes
            await pilot.pause(0.5)
        await pilot.pause(0.5)
        assert app.thin_bytes == sent


async def test_where_an_internal_of_textual_is_missing_its_own_output_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracetui.ui.thin_output._NEEDED", ("_display", "_gone"))
    app = MirroredApp("x")
    app.use_thin_output()
    assert not app.thin_output


def test_thin_output_is_used_only_where_it_was_asked_for() -> None:
    app = MirroredApp("x")
    assert not app.thin_output
    app.use_thin_output()
    assert app.thin_output


def test_a_wide_character_fills_two_cells_and_a_mark_joins_the_character_before() -> None:
    cells = cells_of([Segment("a界e\u0301", Style(bold=True))], ColorSystem.TRUECOLOR)
    assert [text for text, _ in cells] == ["a", "界", "", "e\u0301"]
    assert {look.attributes for _, look in cells} == {("1",)}


def test_marks_in_another_style_than_their_character_stay_with_it() -> None:
    cells = cells_of([Segment("xa", Style(reverse=True)), Segment("\u0301b", Style(bold=True))], ColorSystem.TRUECOLOR)
    assert [(text, look.attributes) for text, look in cells] == [("x", ("7",)), ("a\u0301", ("7",)), ("b", ("1",))]


def test_over_a_slow_line_no_more_is_under_way_than_it_takes() -> None:
    app = MirroredApp("x")
    app.use_thin_output(paced=True)
    app._in_flight.extend([(monotonic(), 5000), (monotonic(), 5000)])
    assert app._is_behind()
    app._arrived()
    assert not app._is_behind()


def test_a_terminal_that_answers_no_more_is_not_waited_for() -> None:
    app = MirroredApp("x")
    app.use_thin_output(paced=True)
    app._in_flight.append((monotonic() - 3, 9000))
    assert not app._is_behind()
    assert not app._in_flight
