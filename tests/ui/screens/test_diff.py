"""The diff screen under the fingers: it opens where the runs part, says why, and hides what means nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.pilot import NARROW, SAMPLES, WIDE, debugger, opened_app, screen_text, wait_for
from tracetui.ingest.open import open_trace
from tracetui.model import Step
from tracetui.ui.pair_page import takes_long
from tracetui.ui.screens.baseline import BaselineScreen, CandidateList
from tracetui.ui.screens.diff import DiffScreen

INCIDENT = SAMPLES / "incident_content.jsonl"
GOOD = SAMPLES / "good_same_customer.jsonl"


@asynccontextmanager
async def diff(
    bad: Path = INCIDENT, good: Path = GOOD, size: tuple[int, int] = NARROW
) -> AsyncIterator[tuple[Pilot[int], DiffScreen]]:
    """The app with the diff of two runs open and shown."""
    async with opened_app(bad, size=size) as pilot:
        session = open_trace(str(good)).sessions[0]
        debugger(pilot).change(debugger(pilot).opened.with_(baseline=session, baseline_path=str(good)))
        await pilot.press("d")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DiffScreen), "the diff")
        screen = pilot.app.screen
        assert isinstance(screen, DiffScreen)
        await wait_for(pilot, lambda: screen._compared is not None and screen.rows.pair is not None, "the comparison")
        await pilot.pause()
        yield pilot, screen


def kind(screen: DiffScreen) -> str:
    """Of the pair under the cursor."""
    assert screen._compared is not None
    assert screen.rows.pair is not None
    return screen._compared.kinds[screen.rows.pair]


async def wait_for_text(pilot: Pilot[int], text: str) -> None:
    await wait_for(pilot, lambda: text in screen_text(pilot), repr(text))


async def test_on_a_low_screen_the_words_of_a_pair_have_the_room_of_the_verdict() -> None:
    async with diff(size=(60, 16)) as (pilot, _):
        assert "WRONG ACTION" in screen_text(pilot)
        await pilot.press("enter")
        await wait_for(pilot, lambda: "WRONG ACTION" not in screen_text(pilot), "the page alone")
        await wait_for(pilot, lambda: "+ id  ORDER#2 ord_341" in screen_text(pilot), "the words")
        await pilot.press("q")
        await wait_for(pilot, lambda: "WRONG ACTION" in screen_text(pilot), "the verdict again")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_it_opens_at_the_divergence_with_its_sentence_and_the_decisive_action(size: tuple[int, int]) -> None:
    async with diff(size=size) as (pilot, screen):
        await wait_for(pilot, lambda: screen.rows.pair == screen._compared.divergence_at, "the divergence")  # type: ignore[union-attr]
        await wait_for_text(pilot, "▸argument")
        text = screen_text(pilot)
        assert "ARGUMENT step 3" in text
        assert "WRONG ACTION step 5" in text
        assert "!action" in text
        assert "CUSTOMER#1 cust_789" in text
        assert "ORDER#1 ord_555 / none" in text


async def test_a_narrow_screen_writes_one_line_a_side() -> None:
    async with diff() as (pilot, _):
        await wait_for_text(pilot, "▸argument")
        lines = screen_text(pilot).splitlines()
        assert any(line[1:].startswith("- ") and "get_order id=ORDER#1 ord_555" in line for line in lines)
        assert any(line[1:].startswith("+ ") and "get_order id=ORDER#2 ord_341" in line for line in lines)


async def test_a_wide_screen_puts_both_runs_side_by_side() -> None:
    async with diff(size=WIDE) as (pilot, _):
        await wait_for_text(pilot, "▸argument")
        row = next(line for line in screen_text(pilot).splitlines() if "▸argument" in line)
        assert row.index("ord_555") < row.index("▸argument") < row.index("ord_341")


async def test_n_goes_from_difference_to_difference_and_o_and_a_to_the_ones_that_count() -> None:
    async with diff() as (pilot, screen):
        await pilot.press("g")
        assert kind(screen) == "same"
        await pilot.press("n")
        assert kind(screen) == "path"
        await pilot.press("a")
        assert "confirm_order" in str(_step(screen).tool)
        await pilot.press("o")
        assert _step(screen).tool == "get_order"
        await pilot.press("N")
        assert kind(screen) == "answer"


async def test_a_kind_of_difference_is_hidden_and_shown_again() -> None:
    async with diff() as (pilot, screen):
        everything = screen.rows.row_count()
        await pilot.press("g", "equals_sign")
        await wait_for_text(pilot, "hidden: 2 same")
        assert kind(screen) == "path"
        await pilot.press("equals_sign")
        await wait_for_text(pilot, "hidden: 2 path, 2 same")
        await pilot.press("n")
        assert kind(screen) != "path"
        await pilot.press("plus")
        assert screen.rows.row_count() == everything


async def test_enter_shows_the_pair_word_by_word_and_escape_comes_back() -> None:
    async with diff() as (pilot, screen):
        await pilot.press("G", "enter")
        await wait_for(pilot, lambda: screen.pane.has_focus and not screen.rows.display, "the words alone")
        await wait_for_text(pilot, "places differ in the bad run")
        await pilot.press("escape")
        await wait_for(pilot, lambda: screen.rows.has_focus and screen.rows.display, "the list alone")


async def test_a_high_screen_shows_the_words_below_the_list() -> None:
    async with diff(size=WIDE) as (pilot, screen):
        await wait_for(pilot, lambda: screen.rows.display and screen.pane.display, "both")
        await wait_for_text(pilot, "1 of 1 values differ")
        await pilot.press("g")
        await wait_for_text(pilot, "the same in meaning")
        await pilot.press("tab")
        await wait_for(pilot, lambda: screen.pane.has_focus, "the words' keys")
        await pilot.press("tab")
        await wait_for(pilot, lambda: screen.rows.has_focus, "the list's keys")


async def test_s_goes_back_to_the_steps_at_the_step_of_the_bad_run() -> None:
    async with diff() as (pilot, _):
        await pilot.press("o", "s")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
        assert debugger(pilot).steps.step == 3
        assert debugger(pilot).opened.baseline is not None


async def test_equal_stretches_are_folded_and_unfold_under_enter_and_z(tmp_path: Path) -> None:
    for name, item in (("bad", "it_900"), ("good", "it_901")):
        calls = [("get_item", f"it_{n}") for n in range(40)]
        calls[20] = ("cancel_item", item)
        rows = [
            {"session_id": name, "step": n + 1, "type": "tool_call", "tool": tool, "args": {"id": value}}
            for n, (tool, value) in enumerate(calls)
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    async with diff(tmp_path / "bad.jsonl", tmp_path / "good.jsonl") as (pilot, screen):
        await wait_for_text(pilot, "18 pairs mean the same   1-18")
        folded = screen.rows.row_count()
        await pilot.press("g", "enter")
        assert (screen.rows.row_count(), screen.rows.pair, screen.pair_open) == (folded + 17, 0, False)
        await pilot.press("j", "z")
        assert (screen.rows.row_count(), screen.rows.pair) == (folded, 0)
        await pilot.press("3", "0", "g")
        assert _step(screen).number == 30
        await pilot.press("Z")
        assert screen.rows.row_count() == folded


async def test_the_difference_in_time_tokens_and_cost_is_told_of_the_runs_and_of_each_pair() -> None:
    async with diff(size=(160, 45)) as (pilot, _):
        await wait_for_text(pilot, "took -1.1 s · -1.6k tok · -$0.0047 beside the good run")
        await wait_for_text(pilot, "took    +5 ms beside the good run's")
        row = next(line for line in screen_text(pilot).splitlines() if "▸argument" in line)
        assert row.rstrip().endswith("+5 ms")


async def test_p_opens_the_postmortem_at_the_divergence_which_is_filled_in() -> None:
    async with diff(size=WIDE) as (pilot, screen):
        await pilot.press("p")
        await wait_for_text(pilot, "7/17 Divergence")
        await wait_for_text(pilot, "get_order was called with id=ORDER#1 (ord_555)")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the diff again")


async def test_the_chosen_good_run_is_taken_into_the_triage_on_return() -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        before = debugger(pilot).opened.triage
        await pilot.press("d")
        await wait_for_text(pilot, "good_same_customer.jsonl")
        await wait_for(pilot, lambda: not pilot.app.screen.query_one(CandidateList).is_looking, "the candidates")
        await pilot.press("enter")
        await wait_for_text(pilot, "▸argument")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
        await wait_for(
            pilot, lambda: debugger(pilot).opened.triage not in (None, before), "the triage with the good run"
        )


async def test_runs_that_mean_the_same_say_so() -> None:
    async with diff(GOOD, SAMPLES / "good_other_customer.jsonl") as (pilot, screen):
        await wait_for_text(pilot, "✓ SAME")
        assert not screen.differing
        assert "cust_789 / cust_456" in screen_text(pilot)


async def test_d_asks_for_the_good_run_and_offers_the_likest_first_with_its_reasons() -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        await pilot.press("d")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BaselineScreen), "the choice")
        screen = pilot.app.screen
        assert isinstance(screen, BaselineScreen)
        await wait_for(pilot, lambda: not screen.choices.is_looking, "the candidates", seconds=30)
        await wait_for_text(pilot, "score 92")
        assert screen.choices.candidate is not None
        assert "about the same cust_789" in screen.choices.candidate.likeness.reasons
        assert screen.choices.candidate.path.endswith("good_same_customer.jsonl")
        await pilot.press("enter")
        await wait_for_text(pilot, "▸argument")
        await pilot.press("D")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BaselineScreen), "the choice again")
        await pilot.press("escape")
        await wait_for_text(pilot, "▸argument")


async def test_escape_from_the_choice_without_a_good_run_goes_back_to_the_steps() -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        await pilot.press("d")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BaselineScreen), "the choice")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")


async def test_a_good_run_can_be_named_by_its_path_and_a_wrong_path_is_said(tmp_path: Path) -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        await pilot.press("d")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BaselineScreen), "the choice")
        await name_run(pilot, tmp_path / "none")
        await wait_for(pilot, lambda: len(pilot.app._notifications), "a message")
        await name_run(pilot, GOOD)
        await wait_for_text(pilot, "▸argument")


async def name_run(pilot: Pilot[int], path: Path) -> None:
    await pilot.press("slash")
    field = pilot.app.screen.query_one(Input)
    await wait_for(pilot, lambda: field.has_focus, "the prompt")
    field.value = str(path)
    await pilot.press("enter")


async def test_another_session_of_the_same_source_is_a_candidate(tmp_path: Path) -> None:
    both = tmp_path / "both.jsonl"
    both.write_text(INCIDENT.read_text() + GOOD.read_text())
    app_path = tmp_path / "one.jsonl"
    app_path.write_text(INCIDENT.read_text())
    async with opened_app(app_path, size=NARROW) as pilot:
        await pilot.press("d")
        await wait_for_text(pilot, "both.jsonl")
        await wait_for_text(pilot, "ses_good789")


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize(
    "names", [("hostile.jsonl", "good_same_customer.jsonl"), ("incident_content.jsonl", "hostile.json")]
)
async def test_hostile_text_is_shown_as_marks_on_every_pair(names: tuple[str, str], size: tuple[int, int]) -> None:
    async with diff(SAMPLES / names[0], SAMPLES / names[1], size) as (pilot, screen):
        seen = ""
        await pilot.press("Z", "g", "tab")
        for _ in range(len(screen._compared.pairs) if screen._compared else 0):
            screen.show_pair()  # as when the cursor has rested
            await pilot.pause()
            seen += screen_text(pilot)
            await pilot.press("J")
        assert "␛" in seen
        assert "[@click=app.quit]" in seen


async def test_a_long_comparison_scrolls_without_making_its_rows(tmp_path: Path) -> None:
    for name, skipped in (("bad", 7), ("good", -1)):
        rows = [
            {"session_id": name, "step": n + 1, "type": "tool_call", "tool": "get_item", "args": {"id": f"it_{n}"}}
            for n in range(3_000)
            if n != skipped
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    async with diff(tmp_path / "bad.jsonl", tmp_path / "good.jsonl") as (pilot, screen):
        assert screen.rows.row_count() < 20
        await wait_for_text(pilot, "pairs mean the same")
        await pilot.press("Z")
        assert screen.rows.row_count() >= 3_000
        await pilot.press("G")
        await wait_for_text(pilot, "it_2999")
        assert len(screen.rows._strips) < 200


async def test_the_words_of_long_texts_are_compared_apart_and_only_the_last_ones_asked_for_shown(
    tmp_path: Path,
) -> None:
    for name, word in (("bad", "cancelled"), ("good", "delivered")):
        rows = [
            {"session_id": name, "step": n + 1, "type": "llm_call", "completion": f"{word} {n} " + "and so on " * 2000}
            for n in range(2)
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    async with diff(tmp_path / "bad.jsonl", tmp_path / "good.jsonl", size=WIDE) as (pilot, screen):
        assert all(takes_long(screen._compared, at) for at in range(2)) if screen._compared else False
        for at in (0, 1):
            screen.rows.go_to(at)
            screen.show_pair()
        await wait_for_text(pilot, "delivered 1 and so on")
        assert "cancelled 1 and so on" in screen_text(pilot)


def _step(screen: DiffScreen) -> Step:
    assert screen._compared is not None
    assert screen.rows.pair is not None
    return screen._compared.bad.steps[screen._compared.pairs[screen.rows.pair].bad or 0]
