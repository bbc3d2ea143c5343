"""The form, driven by keys."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.contrast import assert_can_be_read
from tests.ui.pilot import NARROW, SAMPLES, WIDE, debugger, opened_app, screen_text, type_at_once, wait_for
from tracetui.ingest.open import open_trace
from tracetui.postmortem.document import Entry, Postmortem, decode, encode
from tracetui.postmortem.edits import put
from tracetui.postmortem.fields import SECTIONS
from tracetui.store.incidents import Store
from tracetui.ui.form.field_row import FieldRow
from tracetui.ui.form.rows_field import RowsField
from tracetui.ui.form.section_list import SectionList
from tracetui.ui.screens.fields import FieldsPane
from tracetui.ui.screens.missing import MissingScreen
from tracetui.ui.screens.picker import PickerScreen
from tracetui.ui.screens.postmortem import PostmortemScreen
from tracetui.ui.screens.preview import PreviewScreen
from tracetui.ui.screens.row_editor import RowScreen
from tracetui.ui.screens.theirs import TheirsScreen


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
    return Store()


@asynccontextmanager
async def form(
    size: tuple[int, int] = NARROW, trace: str = "incident.jsonl"
) -> AsyncIterator[tuple[Pilot[int], PostmortemScreen]]:
    async with opened_app(SAMPLES / trace, size=size) as pilot:
        yield pilot, await open_form(pilot)


async def open_form(pilot: Pilot[int]) -> PostmortemScreen:
    await pilot.press("p")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, PostmortemScreen), "the form")
    screen = pilot.app.screen
    assert isinstance(screen, PostmortemScreen)
    await wait_for(pilot, lambda: screen.query(FieldRow), "its fields")
    return screen


async def go(pilot: Pilot[int], screen: PostmortemScreen, number: int) -> None:
    """To a section by its number, and into its fields."""
    type_at_once(pilot, str(number))  # two digits a second apart are two sections
    await pilot.press("enter")
    section = SECTIONS[number - 1]
    await wait_for(pilot, lambda: screen._section == section and screen.in_fields, section.title)


def held(screen: PostmortemScreen) -> Postmortem:
    return screen.desk.postmortem


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_everything_typed_is_there_when_it_is_opened_again(size: tuple[int, int], store: Store) -> None:
    async with form(size) as (pilot, screen):
        await go(pilot, screen, 12)
        await pilot.press(*"the breaker", "enter", *"held q x v", "tab", *"no owner check")
        await wait_for(pilot, lambda: held(screen).text("lessons.wrong") == "no owner check", "the typing")
        await pilot.press("escape", "escape")
        await wait_for(pilot, lambda: not isinstance(pilot.app.screen, PostmortemScreen), "the steps")
    incident = store.ids()[0]
    assert store.read(incident).text("lessons.well") == "the breaker\nheld q x v"
    async with form(size) as (pilot, screen):
        assert screen.desk.editing.id == incident
        await go(pilot, screen, 12)
        await wait_for(pilot, lambda: "held q x v" in screen_text(pilot), "the first text")
        assert "no owner check" in screen_text(pilot)


async def test_quitting_from_the_midst_of_a_word_keeps_it(store: Store) -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 12)
        await pilot.press(*"lost?", "ctrl+q")
    assert store.read(store.ids()[0]).text("lessons.well") == "lost?"


async def test_a_form_that_is_left_while_a_section_is_turned_to_ends_without_a_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with form() as (_, screen):
        pane, desk = screen.query_one(FieldsPane), screen.desk
        remove = pane.remove_children

        async def left_meanwhile() -> None:
            await remove()
            screen._desk = None

        monkeypatch.setattr(pane, "remove_children", left_meanwhile)
        await screen._show_section(SECTIONS[1])
        screen._desk = desk
        assert not pane.children


async def test_a_look_leaves_no_incident_behind(store: Store) -> None:
    async with form() as (pilot, _):
        assert store.ids()
        await pilot.press("q")
        await wait_for(pilot, lambda: not isinstance(pilot.app.screen, PostmortemScreen), "the steps")
    assert store.ids() == ()


async def test_a_prefilled_value_shows_its_source_and_is_taken_back_with_one_key() -> None:
    async with form(WIDE) as (pilot, screen):
        await go(pilot, screen, 6)
        await wait_for(pilot, lambda: "triage: " in screen_text(pilot), "the source")
        await pilot.press("ctrl+r")
        assert held(screen).text("origin.step") == ""
        await pilot.press(*"2")
        await wait_for(pilot, lambda: held(screen).text("origin.step") == "2", "my words")
        await wait_for(pilot, lambda: "the trace says: 3" in screen_text(pilot), "the offer")
        await pilot.press("ctrl+r")
        assert held(screen).text("origin.step") == "3"
        await pilot.press("ctrl+r")
        assert held(screen).text("origin.step") == "2"


async def test_the_good_run_chosen_in_the_debugger_fills_the_divergence() -> None:
    good = open_trace(str(SAMPLES / "good_same_customer.jsonl")).sessions[0]
    async with opened_app(SAMPLES / "incident_content.jsonl", size=WIDE) as pilot:
        over = debugger(pilot)
        over.change(over.opened.with_(baseline=good, baseline_path="good.jsonl"))
        screen = await open_form(pilot)
        assert held(screen).text("divergence.baseline") == "good.jsonl"
        assert held(screen).text("divergence.bad_step") == "3"
        assert held(screen).entry("divergence.kind").source == "comparison"


async def test_a_choice_is_picked_with_its_meaning() -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 8)
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PickerScreen), "the picker")
        await pilot.press("j", "j")
        await wait_for(pilot, lambda: "tighten the schema" in screen_text(pilot), "the usual fix")
        await pilot.press("enter")
        await wait_for(pilot, lambda: held(screen).text("root_cause.named") == "tool_interface", "the choice")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PickerScreen), "the picker again")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the form")
        assert held(screen).text("root_cause.named") == "tool_interface"
        await pilot.press("backspace")
        await wait_for(pilot, lambda: held(screen).text("root_cause.named") == "", "no choice")


async def test_sections_are_reached_by_number_and_by_ctrl_n_and_p() -> None:
    async with form() as (pilot, screen):
        type_at_once(pilot, "14")
        await pilot.press("enter")
        await wait_for(pilot, lambda: screen._section.number == 14, "section 14")
        await pilot.press("ctrl+n")
        await wait_for(pilot, lambda: screen._section.number == 15, "the next")
        await pilot.press("ctrl+p", "ctrl+p")
        await wait_for(pilot, lambda: screen._section.number == 13 and screen.in_fields, "the one before")
        assert pilot.app.screen is screen


@pytest.mark.parametrize(("apart", "section"), [(0.9, 12), (1.1, 2)])
async def test_a_second_digit_follows_within_a_second_however_late_it_is_acted_on(apart: float, section: int) -> None:
    async with form() as (pilot, screen):
        for key, came in (("1", 100.0), ("2", 100.0 + apart)):
            typed = events.Key(key, key)
            typed.time = came
            pilot.app.post_message(typed)
        await wait_for(pilot, lambda: screen._section.number == section, f"section {section}")


async def test_an_action_is_added_filled_linted_removed_and_brought_back() -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 14)
        await pilot.press("a")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, RowScreen) and pilot.app.focused, "the row")
        await pilot.press(*"improve it")
        await wait_for(pilot, lambda: "has no measure" in screen_text(pilot), "the lint")
        await pilot.press("tab", "tab", *"dana", "escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the form")
        (row,) = held(screen).rows("actions")
        assert (row.text("text"), row.text("owner")) == ("improve it", "dana")
        await wait_for(pilot, lambda: "improve it" in screen_text(pilot), "the row in the list")
        await pilot.press("d")
        await wait_for(pilot, lambda: not held(screen).rows("actions"), "the removal")
        await pilot.press("u")
        await wait_for(pilot, lambda: held(screen).text(f"actions/{row.id}/owner") == "dana", "the row again")


async def test_an_item_of_the_checklist_is_ticked_with_space() -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 15)
        await pilot.press(*["down"] * 9, "space")
        await wait_for(pilot, lambda: held(screen).text("checklist/eval_added/done") == "yes", "the tick")
        await pilot.press("space")
        await wait_for(pilot, lambda: held(screen).text("checklist/eval_added/done") == "", "no tick")


async def test_a_pin_shows_its_quote_and_takes_a_note() -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 17)
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, RowScreen) and pilot.app.focused, "the pin")
        await wait_for(pilot, lambda: held(screen).evidence[0].quote[:20] in screen_text(pilot), "the quote")
        await pilot.press(*"here", "escape")
        await wait_for(pilot, lambda: held(screen).evidence[0].note.text == "here", "the note")


async def test_final_is_refused_until_nothing_is_missing_and_each_gap_leads_to_its_place() -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 1)
        await pilot.press("tab", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PickerScreen), "the picker")
        await pilot.press("2")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, MissingScreen), "what is missing")
        assert held(screen).text("identity.status") == "draft"
        await pilot.press("G", "enter")
        await wait_for(pilot, lambda: pilot.app.screen is screen and screen._section.number != 1, "the place")
        assert screen.in_fields


async def test_the_preview_is_the_markdown_and_the_export_writes_it(tmp_path: Path) -> None:
    async with form(WIDE) as (pilot, screen):
        await pilot.press("v")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PreviewScreen), "the preview")
        await wait_for(pilot, lambda: "# Postmortem `INC-" in screen_text(pilot), "the markdown")
        await pilot.press("escape")
        for key, suffix in (("m", "md"), ("j", "json")):
            await pilot.press("x", key)
            await wait_for(pilot, lambda: isinstance(pilot.app.focused, Input), "the question")
            assert isinstance(pilot.app.focused, Input)
            pilot.app.focused.value = str(tmp_path / f"out.{suffix}")
            await pilot.press("enter")
            await wait_for(pilot, lambda: pilot.app.screen is screen, suffix)
    assert (tmp_path / "out.md").read_text().startswith("# Postmortem `INC-")
    assert json.loads((tmp_path / "out.json").read_text())["schema"] == "tracetui.postmortem/1"


async def test_where_nothing_can_be_saved_it_says_so_before_typing_and_asks_before_leaving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "file"))
    async with form(WIDE) as (pilot, screen):
        await wait_for(pilot, lambda: "NOT SAVED: " in screen_text(pilot), "the warning")
        await go(pilot, screen, 12)
        await pilot.press(*"typed", "escape", "q")
        await wait_for(pilot, lambda: screen._was_warned, "the question")
        assert pilot.app.screen is screen
        monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
        await pilot.press("ctrl+s")
        await wait_for(pilot, lambda: "saved " in screen_text(pilot).splitlines()[0], "a place")
        await pilot.press("q")
        await wait_for(pilot, lambda: pilot.app.screen is not screen, "the steps")
    saved = Store(tmp_path / "store")
    assert saved.read(saved.ids()[0]).text("lessons.well") == "typed"


async def test_a_second_editor_is_told_and_takes_over(store: Store) -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 12)
        await pilot.press(*"x")
        await wait_for(pilot, lambda: held(screen).text("lessons.well") == "x", "the typing")
    other = store.open(store.ids()[0])
    async with form() as (pilot, screen):
        await wait_for(pilot, lambda: "being edited by" in screen_text(pilot), "who edits it")
        assert "t takes over" in screen_text(pilot).replace("\n", " ")
        await go(pilot, screen, 12)
        await pilot.press(*"y")
        assert held(screen).text("lessons.well") == "x"
        await pilot.press("escape", "t")
        await wait_for(pilot, lambda: not screen.desk.editing.read_only, "the take-over")
    other.close()


async def test_where_nobody_holds_a_read_only_document_no_take_over_is_offered(store: Store) -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 12)
        await pilot.press(*"x", "ctrl+s")
        await wait_for(pilot, lambda: screen.desk.state.kind == "saved", "the save")
    path = store.folder(store.ids()[0]) / "postmortem.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"schema": "tracetui.postmortem/99"}), "utf-8")
    async with form() as (pilot, screen):
        await wait_for(pilot, lambda: "written by a later tracetui" in screen_text(pilot), "why it is read-only")
        assert "takes over" not in screen_text(pilot)
        assert screen.check_action("take_over", ()) is False


async def test_a_change_by_another_program_is_joined_and_asked_about(store: Store) -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 12)
        await pilot.press(*"mine", "ctrl+s")
        await wait_for(pilot, lambda: screen.desk.state.kind == "saved", "the first save")
        path = store.folder(store.ids()[0]) / "postmortem.json"
        await wait_for(pilot, lambda: decode(path.read_bytes()).text("lessons.well") == "mine", "the file")
        theirs = put(decode(path.read_bytes()), "lessons.well", Entry(text="theirs", by="robin"))
        path.write_bytes(encode(put(theirs, "lessons.lucky", Entry(text="the queue was paused", by="robin"))))
        await pilot.press(*"!", "ctrl+s")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, TheirsScreen), "the question")
        await wait_for(pilot, lambda: "two people changed" in screen_text(pilot), "both texts")
        await assert_can_be_read(pilot, "what two people wrote")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the form")
        await pilot.press("escape", "q")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the steps")
        assert decode(path.read_bytes()).undecided, "both are kept until someone has chosen"
        await pilot.press("p")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, TheirsScreen), "the question again")
        await pilot.press("b")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PostmortemScreen), "the form again")
        screen = cast("PostmortemScreen", pilot.app.screen)
        assert "mine!" in held(screen).text("lessons.well")
        assert "[by robin] theirs" in held(screen).text("lessons.well")
        assert held(screen).text("lessons.lucky") == "the queue was paused"
        assert held(screen).undecided == ()
        await wait_for(pilot, lambda: screen.desk.state.kind == "saved", "the save")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_every_section_of_a_hostile_trace_can_be_walked(size: tuple[int, int]) -> None:
    async with form(size, "hostile.jsonl") as (pilot, screen):
        await pilot.press("enter")
        seen = ""
        for section in [*SECTIONS[1:], SECTIONS[0]]:
            await pilot.press("ctrl+n")
            await wait_for(pilot, lambda section=section: screen._section == section, section.title)  # type: ignore[misc]
            await wait_for(pilot, lambda section=section: section.title in screen_text(pilot), "it")  # type: ignore[misc]
            seen += screen_text(pilot)
        assert "[@click=app.quit]" in seen or "[/]" in seen


async def test_a_section_is_turned_to_once_however_late_it_is_told_where_the_cursor_was() -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 13)
        async with screen._turning:  # a slow machine is not done with the next section
            turning = asyncio.create_task(screen.action_section(1))
            await wait_for(pilot, lambda: screen._section.number == 14, "the next section")
            screen.post_message(SectionList.Moved(12))
            await pilot.pause(0.2)
        await turning
        await pilot.pause(0.2)
        assert screen._section.number == 14
        assert isinstance(pilot.app.focused, RowsField)


async def test_what_is_pasted_is_made_safe() -> None:
    async with form() as (pilot, screen):
        await go(pilot, screen, 12)
        assert pilot.app.focused is not None
        pilot.app.focused.post_message(events.Paste("a\x1b[2J\r\nb\u202e"))
        await wait_for(pilot, lambda: held(screen).text("lessons.well"), "the paste")
        assert held(screen).text("lessons.well") == "a␛[2J\nb<RLO>"


async def test_the_time_is_put_in_with_one_key_and_the_time_to_detect_follows() -> None:
    async with form(trace="incident_content.jsonl") as (pilot, screen):
        await go(pilot, screen, 3)
        await pilot.press("tab", "ctrl+t")
        await wait_for(pilot, lambda: held(screen).text("detection.detected_at"), "the time")
        assert held(screen).text("detection.detected_at")[:2] == "20"
        took = held(screen).text("detection.time_to_detect")
        await wait_for(pilot, lambda: took in screen_text(pilot) and "computed" in screen_text(pilot), "what follows")
