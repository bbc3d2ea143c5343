"""Changed triage and recovered typing, offered as a diff."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace
from textual.pilot import Pilot

from tests.ui.contrast import assert_can_be_read
from tests.ui.pilot import NARROW, SAMPLES, debugger, opened_app, screen_text, wait_for
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.edits import SetText
from tracetui.store.editing import draft_of, open_postmortem
from tracetui.store.incident import encode_edit
from tracetui.store.incidents import Store
from tracetui.store.journal import Journal
from tracetui.ui.screens.changes import ChangesScreen
from tracetui.ui.screens.postmortem import PostmortemScreen
from tracetui.ui.touring import subject_of
from tracetui.ui.widgets.text_pane import TextPane

INCIDENT = SAMPLES / "incident_content.jsonl"
AT = "2026-07-01T02:15:00+00:00"


def shown(pilot: Pilot[int]) -> PostmortemScreen | None:
    screen = pilot.app.screen
    return screen if isinstance(screen, PostmortemScreen) and screen._desk is not None else None


async def test_changed_triage_is_offered_value_by_value() -> None:
    store = Store()
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        opened = debugger(pilot).opened
        assert opened.triage is not None
        verdict = replace(opened.triage.verdict, failure_mode="tool_misfire", why="another reason")
        earlier = opened.with_(triage=replace(opened.triage, verdict=verdict))
        first, _ = open_postmortem(store, subject_of(earlier))
        first.edit(SetText("lessons.well", "so far", "dana", AT))
        first.close()
        await pilot.press("p")
        await wait_for(pilot, lambda: shown(pilot), "the form")
        await wait_for(pilot, lambda: "triage says something else now" in screen_text(pilot), "the offer")
        form = shown(pilot)
        assert form is not None
        assert form.desk.postmortem.text("classification.failure_mode") == "tool_misfire"
        await pilot.press("c")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ChangesScreen), "the changes")
        await wait_for(pilot, lambda: "hallucination propagation" in screen_text(pilot), "both values")
        await assert_can_be_read(pilot, "changes")
        await pilot.press("T", "q")
        await wait_for(pilot, lambda: pilot.app.screen is form, "the form again")
        held = form.desk.postmortem
        await wait_for(
            pilot,
            lambda: form.desk.postmortem.text("classification.failure_mode") == "hallucination_propagation",
            "the new value",
        )
        assert held.text("lessons.well") == "so far"
        assert form.desk.changes == ("", ())


async def test_recovered_typing_is_shown_and_can_be_put_back() -> None:
    store = Store()
    async with opened_app(INCIDENT, size=NARROW) as pilot:
        known = store.new(debugger_draft(pilot)).id
        journal = Journal(store.folder(known) / "journal.jsonl", lambda state: None)
        journal.append(encode_edit(SetText("lessons.well", "cut off", "dana", AT)))
        assert journal.flush(5)
        journal.close()
        await pilot.press("p")
        await wait_for(pilot, lambda: shown(pilot), "the form")
        await wait_for(pilot, lambda: "1 edit recovered" in screen_text(pilot), "the word")
        form = shown(pilot)
        assert form is not None
        await pilot.press("c")
        await wait_for(pilot, lambda: "cut off" in screen_text(pilot), "what was typed")
        await wait_for(pilot, lambda: pilot.app.screen.query_one(TextPane).block(), "the cursor on it")
        await pilot.press("o", "q")
        await wait_for(pilot, lambda: form.desk.postmortem.text("lessons.well") == "", "the old value")


def debugger_draft(pilot: Pilot[int]) -> Postmortem:
    return draft_of(subject_of(debugger(pilot).opened), datetime.now(UTC))
