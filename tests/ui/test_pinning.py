"""What is pinned, to the letter, and where it is kept."""

from __future__ import annotations

import hashlib

from textual.pilot import Pilot

from tests.ui.incident import opened_incident
from tests.ui.pilot import NARROW, SAMPLES, WIDE, debugger, opened_app, screen_text, wait_for
from tests.ui.screens.test_diff import diff
from tracetui.store.incidents import Store
from tracetui.ui.pinning import exact_quote, kept_pins, pin_of, with_pin, without_pin
from tracetui.ui.screens.values import ValuesScreen

INCIDENT = SAMPLES / "incident_content.jsonl"


def test_a_line_on_the_screen_is_found_to_the_letter() -> None:
    session = opened_incident().session
    said = exact_quote(session, 2, f"   {session.steps[2].message.parts[0].content}  ")  # type: ignore[union-attr]
    assert said == session.steps[2].message.parts[0].content  # type: ignore[union-attr]
    assert exact_quote(session, 2, "ord_555")
    assert exact_quote(session, 2, "tokens 1,123 in") == ""
    assert exact_quote(session, 2, "") == ""


def test_pins_of_one_step_stand_side_by_side_and_a_second_note_replaces_the_first() -> None:
    opened = opened_incident()
    both = with_pin(
        with_pin(opened, pin_of(opened.session, 2, "odd")), pin_of(opened.session, 2, "invented", "ord_555")
    )
    assert both.notes == {2: "odd; invented"}
    again = with_pin(both, pin_of(opened.session, 2, "made up", "ord_555"))
    assert again.notes == {2: "odd; made up"}
    assert without_pin(again, "mark-3").notes == {2: "made up"}


async def mark(pilot: Pilot[int], note: str) -> None:
    await pilot.press("m")
    await wait_for(pilot, lambda: "note on" in screen_text(pilot), "the question")
    await pilot.press(*note, "enter")


def kept() -> list[tuple[int, str, str]]:
    """(step, quote, note) of what a person pinned in the one incident of the store."""
    store = Store()
    return [
        (pin.step, pin.quote, pin.note.text)
        for known in store.ids()
        for pin in store.read(known).pins
        if pin.origin == "person"
    ]


async def test_a_mark_is_in_the_incident_at_once_and_there_when_the_trace_is_opened_again() -> None:
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        await mark(pilot, "odd")
        await wait_for(pilot, lambda: [(step, note) for step, _, note in kept()] == [(3, "odd")], "the incident")
        await wait_for(pilot, lambda: "mark: kept in INC-" in screen_text(pilot), "the word")
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        await wait_for(pilot, lambda: debugger(pilot).opened.notes == {2: "odd"}, "the mark")
        await mark(pilot, "er")
        await wait_for(pilot, lambda: kept()[0][2] == "odder", "the note, edited")
        await pilot.press("M")
        await wait_for(pilot, lambda: kept() == [], "no mark")
        await pilot.press("u")
        await wait_for(pilot, lambda: kept()[0][2] == "odder", "the mark again")
    assert [pin.step for pin in kept_pins(opened_incident(), Store())] == [3]


async def test_a_line_of_the_detail_is_pinned_with_its_exact_words() -> None:
    async with opened_app(INCIDENT, size=WIDE) as pilot:
        await pilot.press("enter")
        pane = debugger(pilot).detail.pane
        await wait_for(pilot, lambda: pane.has_focus and pane.line_text(), "the detail")
        while "Her latest order is" not in pane.line_text():
            before = pane.cursor
            await pilot.press("j")
            await wait_for(pilot, lambda before=before: pane.cursor != before, "the next line")  # type: ignore[misc]
        shown = pane.line_text().strip()
        await mark(pilot, "no source")
        await wait_for(pilot, lambda: kept() and kept()[0][2] == "no source", "the incident")
    (step, quote, _), *_ = kept()
    assert step == 3
    assert shown in quote


async def test_a_value_is_pinned_where_it_appears() -> None:
    async with opened_app(INCIDENT, size=WIDE) as pilot:
        pilot.app.push_screen(ValuesScreen(debugger(pilot).opened, ("ord_555",)), debugger(pilot)._returned)
        await wait_for(pilot, lambda: "appearances" in screen_text(pilot), "the appearances")
        await pilot.press("j", "j", "j")
        await mark(pilot, "first")
        await pilot.press("q")
        await wait_for(pilot, lambda: [note for *_, note in kept()] == ["first"], "the incident")
    assert "ord_555" in kept()[0][1]


async def test_a_difference_is_pinned_with_what_differs() -> None:
    async with diff() as (pilot, screen):
        await wait_for(pilot, lambda: screen.rows.pair == screen._compared.divergence_at, "the divergence")  # type: ignore[union-attr]
        await pilot.press("m")
        await wait_for(pilot, lambda: "unlike a good run" in screen_text(pilot), "the question")
        await pilot.press("enter", "q")
        await wait_for(pilot, lambda: kept(), "the incident")
    assert kept()[0][2].startswith("unlike a good run: ")


MISSING_CHECK = SAMPLES / "good_other_customer.jsonl"


async def test_what_only_the_good_run_did_is_pinned_as_of_that_run() -> None:
    async with diff(good=MISSING_CHECK) as (pilot, screen):
        compared = screen._compared
        assert compared is not None
        at = next(at for at, pair in enumerate(compared.pairs) if pair.bad is None)
        screen.rows.go_to(at)
        await pilot.press("m")
        await wait_for(pilot, lambda: "note on good run, step" in screen_text(pilot), "the question")
        await pilot.press(*"never asked", "enter")
        await wait_for(pilot, lambda: kept(), "the incident, while the diff is still open")
    (pin,) = kept_pins(opened_incident(), Store())
    good = compared.pairs[at].good
    assert good is not None
    assert pin.place == f"good run, step {compared.good.steps[good].number}"
    assert pin.run is not None
    assert pin.run.path == str(MISSING_CHECK)
    assert pin.run.session_id == compared.good.session_id
    assert pin.run.sha256 == hashlib.sha256(MISSING_CHECK.read_bytes()).hexdigest()
    assert pin.file


async def test_a_row_and_a_line_of_the_words_are_pinned_as_of_the_run_that_they_are_of() -> None:
    async with diff(good=MISSING_CHECK) as (pilot, screen):
        compared = screen._compared
        assert compared is not None
        screen.rows.go_to(compared.divergence_at or 0)
        await pilot.press("j", "m")
        await wait_for(pilot, lambda: "note on good run, step" in screen_text(pilot), "the + row")
        await pilot.press("enter", "enter")
        await wait_for(pilot, lambda: screen.pane.has_focus, "the words")
        for sign, place in (("- ", "note on step"), ("+ ", "note on good run, step")):
            for _ in range(40):
                if screen.pane.line_text().lstrip().startswith(f"{sign}id"):
                    break
                await pilot.press("j")
            await pilot.press("m")
            await wait_for(pilot, lambda place=place: place in screen_text(pilot), place)  # type: ignore[misc]
            await pilot.press("enter")
            screen.pane.focus()
        screen.rows.focus()
        screen.rows.go_to(0)
        if screen.rows.fold is not None:
            await pilot.press("m")
            assert screen.rows.fold is None, "a fold is no step: it opens"
    quotes = {pin.quote for pin in kept_pins(opened_incident(), Store())}
    assert {"ord_555", "ord_127"} <= quotes
