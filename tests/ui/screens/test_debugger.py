"""The debugger under the fingers: every key does what the key sheet says."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tty.long_trace import write_trace
from tests.ui.pilot import NARROW, SAMPLES, WIDE, debugger, opened_app, screen_text, wait_for
from tracetui.ui import resting
from tracetui.ui.widgets.prompt_line import PromptLine

INCIDENT = SAMPLES / "incident_content.jsonl"


async def press(pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)


async def ask(pilot: Pilot[int], key: str, text: str) -> None:
    """Answer what a key asks for at the foot of the screen."""
    await pilot.press(key)
    await wait_for(pilot, lambda: pilot.app.screen.query_one(PromptLine).has_class("-asking"), "the prompt")
    await press(pilot, "ctrl+u", *text, "enter")


def at(pilot: Pilot[int]) -> int | None:
    """Number of the step under the cursor."""
    step = debugger(pilot).steps.step
    return None if step is None else debugger(pilot).opened.session.steps[step].number


async def wait_for_text(pilot: Pilot[int], text: str) -> None:
    await wait_for(pilot, lambda: text in screen_text(pilot), repr(text))


async def test_it_opens_at_the_origin_with_the_verdict_above() -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        await wait_for(pilot, lambda: at(pilot) == 3, "the origin")
        await wait_for_text(pilot, "◂ origin")
        top = screen_text(pilot).splitlines()[:3]
        assert "order-agent" in top[0]
        assert "HALLUCINATION PROPAGATION" in top[1]
        assert "ord_555" in top[1]
        assert "cascade 3→4→5→6→7→8" in top[2]


async def test_a_start_step_is_kept_when_the_analysis_is_done() -> None:
    async with opened_app(INCIDENT, step=6) as pilot:
        await wait_for(pilot, lambda: at(pilot) == 6, "the step")


async def test_motions_take_counts() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "g")
        assert at(pilot) == 1
        await press(pilot, "3", "j")
        assert at(pilot) == 4
        await press(pilot, "G")
        assert at(pilot) == 8
        await press(pilot, "2", "k")
        assert at(pilot) == 6
        await press(pilot, "5", "G")
        assert at(pilot) == 5
        await press(pilot, "ctrl+u")
        assert at(pilot) == 1


@pytest.mark.parametrize("back", ["escape", "q"])
async def test_a_narrow_screen_shows_one_pane_and_escape_or_q_comes_back(back: str) -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        screen = debugger(pilot)
        assert not screen.detail.display
        await press(pilot, "enter")
        await wait_for(pilot, lambda: screen.detail.display and not screen.steps.display, "the detail alone")
        await wait_for_text(pilot, "Her latest order is ord_555")
        await press(pilot, back)
        await wait_for(pilot, lambda: screen.steps.display and not screen.detail.display, "the list alone")


async def test_a_wide_screen_shows_both_and_tab_changes_over() -> None:
    async with opened_app(INCIDENT, size=WIDE) as pilot:
        screen = debugger(pilot)
        assert screen.steps.display
        assert screen.detail.display
        await press(pilot, "tab")
        await wait_for(pilot, lambda: screen.detail.pane.has_focus, "the detail's focus")
        await press(pilot, "tab")
        await wait_for(pilot, lambda: screen.steps.has_focus, "the list's focus")


async def test_the_detail_follows_the_cursor() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "g", "j")
        await wait_for_text(pilot, "step 2 · tool · get_customer")
        await press(pilot, "J")
        await wait_for_text(pilot, "step 3 · llm · order-agent")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("c", "since step 1"),
        ("e", "detected 0.9"),
        ("r", '"session_id":"ses_abc123","step":3'),
        ("s", "summary"),
    ],
)
async def test_letters_turn_the_pages(key: str, text: str) -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        await press(pilot, key)
        await wait_for_text(pilot, text)


async def test_over_ssh_the_page_makes_way_for_a_list_that_scrolls_past_many_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACETUI_REMOTE", "1")
    async with opened_app(write_trace(tmp_path / "trace.jsonl", 60), step=20) as pilot:
        detail = debugger(pilot).detail
        await wait_for(pilot, detail.is_shown, "the page")
        for bound in ("_LEAST_SECONDS", "_MOST_SECONDS"):
            monkeypatch.setattr(resting, bound, 0.5)
        await pilot.press("j")
        assert detail.pane.document.lines, "one step does not take it away"
        await pilot.press(*"jjjjjjjjjjjjjjjjjjjjjjj")
        assert not detail.pane.document.lines
        await wait_for(pilot, detail.is_shown, "the page of the step where the cursor rests")
        assert detail.pane.document.lines


async def test_digits_turn_the_pages_where_the_detail_has_the_keys() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "tab", "2")
        await wait_for(pilot, lambda: debugger(pilot).detail.page == "context", "the context")
        await press(pilot, "4")
        await wait_for(pilot, lambda: debugger(pilot).detail.page == "raw", "the raw bytes")


async def test_brackets_go_from_flag_to_flag_and_round() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "g", "]")
        assert at(pilot) == 3
        await press(pilot, "]")
        assert at(pilot) == 4
        await press(pilot, "[", "[")
        assert at(pilot) == 7


async def test_o_comes_back_to_the_origin_and_shows_the_evidence() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "G", "o")
        assert at(pilot) == 3
        await wait_for_text(pilot, "first appears in step 3")


async def test_tracing_back_from_a_step_of_the_users_choice() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "4", "G", "O")
        await wait_for(pilot, lambda: debugger(pilot).opened.symptom == 3 and debugger(pilot).opened.triage, "the walk")
        triage = debugger(pilot).opened.triage
        assert triage is not None
        assert triage.origin.symptom == 3
        await wait_for_text(pilot, "✗ wrong")


async def test_a_search_marks_and_counts_and_n_goes_on() -> None:
    async with opened_app(INCIDENT) as pilot:
        await ask(pilot, "slash", "meridian")
        await wait_for_text(pilot, "/meridian: ")
        first = at(pilot)
        await press(pilot, "n")
        assert at(pilot) != first
        await press(pilot, "N")
        assert at(pilot) == first


async def test_a_search_without_a_hit_says_so() -> None:
    async with opened_app(INCIDENT) as pilot:
        await ask(pilot, "slash", "zebra")
        await wait_for_text(pilot, "/zebra: not found")
        assert "n next hit" not in screen_text(pilot)


async def test_a_filter_hides_steps_and_says_how_many_are_left() -> None:
    async with opened_app(INCIDENT) as pilot:
        await ask(pilot, "f", "kind:tool")
        await wait_for_text(pilot, "filter kind:tool: 4 steps")
        assert list(debugger(pilot).steps.shown_steps) == [1, 3, 5, 6]
        await ask(pilot, "f", "")
        await wait_for(pilot, lambda: len(debugger(pilot).steps.shown_steps) == 8, "all steps")


@pytest.mark.parametrize("back", ["escape", "q"])
async def test_escape_or_q_in_the_list_lifts_filter_and_search(back: str) -> None:
    async with opened_app(INCIDENT) as pilot:
        await ask(pilot, "f", "kind:tool")
        await ask(pilot, "slash", "ord_555")
        await wait_for_text(pilot, "/ord_555: ")
        await press(pilot, back)
        await wait_for(pilot, lambda: "/ord_555" not in screen_text(pilot), "no search")
        assert len(debugger(pilot).steps.shown_steps) == 8


async def test_a_filter_that_lets_nothing_through_says_how_to_go_on() -> None:
    async with opened_app(INCIDENT) as pilot:
        await ask(pilot, "f", "tool:nothing")
        await wait_for_text(pilot, "no step passes the filter; f changes it")
        await press(pilot, "j", "c", "]", "y", "m", "escape")


async def test_a_filter_that_cannot_be_understood_stays_to_be_mended() -> None:
    async with opened_app(INCIDENT) as pilot:
        await ask(pilot, "f", "colour:red")
        await wait_for_text(pilot, "colour: is no field")
        assert pilot.app.screen.query_one(PromptLine).has_class("-asking")


async def test_going_to_the_origin_lifts_a_filter_that_hides_it() -> None:
    async with opened_app(INCIDENT) as pilot:
        await ask(pilot, "f", "kind:tool")
        await wait_for(pilot, lambda: len(debugger(pilot).steps.shown_steps) == 4, "the filter")
        await press(pilot, "o")
        await wait_for(pilot, lambda: at(pilot) == 3, "the origin")


async def test_a_number_goes_to_its_step() -> None:
    async with opened_app(INCIDENT) as pilot:
        await ask(pilot, "colon", "7")
        await wait_for(pilot, lambda: at(pilot) == 7, "step 7")


async def test_a_note_marks_a_step_and_can_be_taken_back() -> None:
    async with opened_app(INCIDENT) as pilot:
        await ask(pilot, "m", "look here [/]")
        await wait_for(pilot, lambda: debugger(pilot).opened.notes == {2: "look here [/]"}, "the note")
        await wait_for_text(pilot, "look here [/]")
        await press(pilot, "M")
        await wait_for(pilot, lambda: debugger(pilot).opened.notes == {}, "no note")


async def test_brief_shows_in_full_only_what_changed() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "5", "G", "c")
        await wait_for_text(pilot, "never assume an order id")
        await press(pilot, "Z")
        await wait_for_text(pilot, "characters more")
        assert "never assume an order id" not in screen_text(pilot)
        await press(pilot, "tab", "}")
        await wait_for_text(pilot, "+ 5 assistant")
        await press(pilot, "Z", "g")
        await wait_for_text(pilot, "never assume an order id")


@pytest.mark.parametrize("size", [(1, 1), (20, 5), (40, 10), (99, 24), (300, 100)])
async def test_no_size_of_the_terminal_is_too_much(size: tuple[int, int]) -> None:
    async with opened_app(INCIDENT, size=size) as pilot:
        await press(
            pilot, "enter", "c", "j", "ctrl+d", "G", "escape", "e", "o", "slash", "a", "enter", "question_mark", "q"
        )
        await pilot.resize_terminal(80, 24)
        await wait_for_text(pilot, "HALLUCINATION PROPAGATION")


async def test_enter_on_a_message_of_the_context_goes_to_the_step_it_came_from() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "5", "G", "c")
        await wait_for_text(pilot, "since step 3")
        await press(pilot, "tab")
        await press(pilot, "}")
        block = debugger(pilot).detail.pane.block()
        assert block is not None
        assert block.change
        await press(pilot, "enter")
        await wait_for(pilot, lambda: at(pilot) == (block.step or 0) + 1, "the step of the message")


async def test_the_key_bar_shows_only_what_works_now() -> None:
    async with opened_app(SAMPLES / "good_same_customer.jsonl", size=WIDE) as pilot:
        await wait_for_text(pilot, "NOTHING FOUND")
        bar = screen_text(pilot).splitlines()[-1]
        assert "o origin" not in bar
        assert "flags" not in bar
        assert "? help" in bar


async def test_the_key_sheet_names_every_key() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "question_mark")
        await wait_for_text(pilot, "Go to the step where it began")
        await press(pilot, "escape")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")


async def test_the_palette_finds_a_key_by_what_it_does_and_a_step_by_its_number() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "ctrl+p", *"go to step 12"[-1:])
        await press(pilot, "backspace", "6")
        await wait_for_text(pilot, "Go to step 6")
        await press(pilot, "enter")
        await wait_for(pilot, lambda: at(pilot) == 6, "step 6")


async def test_the_themes_follow_one_another() -> None:
    async with opened_app(INCIDENT) as pilot:
        seen = {pilot.app.theme}
        for _ in range(3):
            await press(pilot, "T")
            seen.add(pilot.app.theme)
        assert seen == {"tracetui-dark", "tracetui-light", "ansi-dark", "ansi-light"}


async def test_how_the_source_was_read_is_one_key_away() -> None:
    async with opened_app(INCIDENT) as pilot:
        await press(pilot, "R")
        await wait_for_text(pilot, "8 read")
        await press(pilot, "q")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
