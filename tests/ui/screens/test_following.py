"""The debugger on a trace that is still being written."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.ui.pilot import debugger, opened_app, screen_text, wait_for
from tracetui.ingest.open import read_trace
from tracetui.ingest.source import Source
from tracetui.model import Trace
from tracetui.samples import INCIDENT, sample_path
from tracetui.ui import asked, loading
from tracetui.ui.app import TracetuiApp
from tracetui.ui.loading import load
from tracetui.ui.screens import following
from tracetui.ui.screens.debugger import DebuggerScreen


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    monkeypatch.setattr(following, "_LOOK_SECONDS", 0.06)
    monkeypatch.setattr(following, "REST", 0)
    return sample_path(INCIDENT).read_bytes().splitlines(keepends=True)


async def test_steps_come_as_they_are_written_and_the_verdict_with_them(tmp_path: Path, rows: list[bytes]) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(rows[0] + rows[1])
    app = TracetuiApp(str(path), follow=True)
    async with app.run_test(size=(120, 30)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: debugger(pilot).opened.triage, "the first verdict")
        assert "following" in screen_text(pilot)
        assert debugger(pilot).steps.step == 1
        odd = random.Random(7)
        rest = b"".join(rows[2:])
        while rest:
            size = odd.randrange(1, 400)
            with open(path, "ab") as writer:
                writer.write(rest[:size])
            rest = rest[size:]
            await pilot.pause(0.02)
        whole = load(str(sample_path(INCIDENT))).sessions[0][1].steps
        await wait_for(pilot, lambda: len(debugger(pilot).opened.session.steps) == len(whole), "every step")
        assert [step.summary for step in debugger(pilot).opened.session.steps] == [step.summary for step in whole]
        assert debugger(pilot).steps.step == len(whole) - 1

        def origin() -> int | None:
            triage = debugger(pilot).opened.triage
            return triage.origin.step if triage is not None else None

        await wait_for(pilot, lambda: origin() == 2, "the origin")
        assert app.backstop.hits == 0


async def test_a_file_that_is_rewritten_is_read_anew(tmp_path: Path, rows: list[bytes]) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(rows))
    async with opened_app(path) as pilot:
        await pilot.press("m", "o", "d", "d", "enter", "F")
        await wait_for(pilot, lambda: "following" in screen_text(pilot), "following")
        path.write_text(
            json.dumps({"session_id": "ses_abc123", "step": 1, "type": "llm_call", "summary": "Rewritten"}) + "\n"
        )
        await wait_for(pilot, lambda: "Rewritten" in screen_text(pilot), "the new file")
        await wait_for(pilot, lambda: debugger(pilot).opened.triage, "its verdict")
        assert "following: truncated at" in screen_text(pilot)
        assert debugger(pilot).opened.notes == {}


async def test_the_cursor_stays_where_it_is_put_and_following_can_end(tmp_path: Path, rows: list[bytes]) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(rows[:4]))
    async with opened_app(path) as pilot:
        await pilot.press("g", "F")
        known = len(debugger(pilot).opened.session.steps)
        with open(path, "ab") as writer:
            writer.write(rows[4])
        await wait_for(pilot, lambda: len(debugger(pilot).opened.session.steps) > known, "the step")
        known = len(debugger(pilot).opened.session.steps)
        assert debugger(pilot).steps.step == 0
        with open(path, "ab") as writer:
            writer.write(b"{broken\n")
        await wait_for(pilot, lambda: "1 unread" in screen_text(pilot), "a line that is no step")
        await wait_for(pilot, lambda: not debugger(pilot)._busy, "the verdict")
        await pilot.press("F")
        assert "following" not in screen_text(pilot)
        debugger(pilot)._glance()
        await pilot.pause()
        assert "written to" not in screen_text(pilot)
        with open(path, "ab") as writer:
            writer.write(rows[5])
        await pilot.pause(0.1)
        assert len(debugger(pilot).opened.session.steps) == known


async def test_a_folder_is_not_followed() -> None:
    async with opened_app(sample_path(INCIDENT)) as pilot:
        debugger(pilot).opened = debugger(pilot).opened.with_(
            trace=debugger(pilot).opened.trace.__class__(
                path="<stdin>", format="raw", format_reason="", sessions=(), report=debugger(pilot).opened.trace.report
            )
        )
        await pilot.press("F")
        assert not debugger(pilot).is_following
        await wait_for(pilot, lambda: "cannot be followed" in screen_text(pilot), "the reason")


async def test_a_file_that_is_not_what_is_shown_any_more_says_so(
    tmp_path: Path, rows: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_GLANCE_SECONDS", 0.06)
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(rows[:4]))

    def grown_before_it_is_shown(source: Source, *, format_name: str | None = None) -> Trace:
        with open(path, "ab") as writer:
            writer.write(rows[4])
        return read_trace(source, format_name=format_name)

    monkeypatch.setattr(loading, "read_trace", grown_before_it_is_shown)
    async with opened_app(path) as pilot:
        await wait_for(pilot, lambda: "written to since it was read, F shows it" in screen_text(pilot), "the growth")
        path.write_bytes(rows[0])
        await wait_for(pilot, lambda: "the file is another one now, F shows it" in screen_text(pilot), "the cut")
        path.unlink()
        await wait_for(pilot, lambda: "the file is gone: this is what it held" in screen_text(pilot), "the loss")
        assert len(debugger(pilot).opened.session.steps) == 4


async def test_marks_hits_and_filter_go_along_and_new_steps_below_are_counted(
    tmp_path: Path, rows: list[bytes]
) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(rows[:3]))
    async with opened_app(path) as pilot:
        await pilot.press("g", "m", *"odd", "enter", "slash", *"cust_789", "enter", "g", "F")
        found, known = len(debugger(pilot)._search.steps), len(debugger(pilot).opened.session.steps)
        path.write_bytes(b"".join(rows))
        await wait_for(pilot, lambda: "new steps, G" in screen_text(pilot), "the count of new steps")
        await wait_for(pilot, lambda: len(debugger(pilot)._search.steps) > found, "new hits")
        await wait_for(pilot, lambda: not debugger(pilot)._busy, "the verdict")
        assert (debugger(pilot).steps.step, debugger(pilot).opened.notes) == (0, {0: "odd"})
        await pilot.press("escape", "f", *"flag:E", "enter")
        assert len(debugger(pilot).steps.shown_steps) == 1
        await pilot.press("escape", "G")
        assert "new step" not in screen_text(pilot)
        assert len(debugger(pilot).opened.session.steps) > known


async def test_flags_that_come_with_the_verdict_pass_the_filter_that_asks_for_them(
    tmp_path: Path, rows: list[bytes]
) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(rows[:2]))
    async with opened_app(path) as pilot:
        await pilot.press("f", *"flag:E", "enter", "F")
        path.write_bytes(b"".join(rows))
        await wait_for(pilot, lambda: len(debugger(pilot).steps.shown_steps) == 1, "the flagged step")


async def test_what_comes_while_another_screen_is_open_is_shown_and_judged_on_return(
    tmp_path: Path, rows: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(rows[:4]))
    async with opened_app(path) as pilot:
        await pilot.press("F")
        taken: list[object] = []
        take = debugger(pilot)._take

        def leave_first(*found: object) -> None:
            """The other screen comes while the file is read."""
            if not taken:
                debugger(pilot).action_over("blast_radius")
            taken.append(found)
            pilot.app.call_later(take, *found)

        monkeypatch.setattr(debugger(pilot), "_take", leave_first)
        path.write_bytes(b"".join(rows))
        await wait_for(pilot, lambda: taken and not debugger(pilot).is_active, "the other screen")
        await wait_for(pilot, lambda: not debugger(pilot)._busy, "what was read")
        assert debugger(pilot).opened.session.steps[-1].source.line == 4
        await pilot.press("q")
        whole = load(str(path)).sessions[0][1]
        await wait_for(pilot, lambda: debugger(pilot).opened.session == whole, "the steps")
        await wait_for(pilot, lambda: debugger(pilot).opened.triage.origin.step == 2, "the verdict on them")  # type: ignore[union-attr]


async def test_a_file_that_is_not_there_yet_is_waited_for_and_one_that_goes_is_said(
    tmp_path: Path, rows: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "_LOOK_SECONDS", 0.02)
    path = tmp_path / "t.jsonl"
    app = TracetuiApp(str(path), follow=True)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: "no such file" in screen_text(pilot), "why it waits")
        path.write_bytes(rows[0][:40])
        await wait_for(pilot, lambda: "its first line is still being written" in screen_text(pilot), "half a line")
        path.write_bytes(rows[0] + rows[1])
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        path.unlink()
        await wait_for(pilot, lambda: "following: the file is gone" in screen_text(pilot), "the loss")
        path.write_bytes(b"".join(rows[:4]))
        await wait_for(pilot, lambda: debugger(pilot).opened.session.steps[-1].source.line == 4, "what is there again")
        assert "gone" not in screen_text(pilot)


async def test_a_file_that_has_grown_too_long_is_followed_no_more(
    tmp_path: Path, rows: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(rows[:2]))
    async with opened_app(path) as pilot:
        await pilot.press("F")
        monkeypatch.setattr("tracetui.ui.following.LONGEST_BYTES", len(rows[0]))
        path.write_bytes(b"".join(rows))
        await wait_for(pilot, lambda: "cannot be followed: larger than" in screen_text(pilot), "the reason")
        assert not debugger(pilot).is_following
