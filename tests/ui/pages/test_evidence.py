"""The evidence of a step: flags, the chain from the origin, what speaks for each suspect; Enter follows what stands on a line."""

from __future__ import annotations

from tests.ui.incident import opened_incident
from tests.ui.pages.test_step import text
from tests.ui.pilot import SAMPLES, WIDE, debugger, opened_app, screen_text, wait_for
from tracetui.ui.document import Wrapped
from tracetui.ui.loading import analyse, load
from tracetui.ui.pages.evidence import evidence_page
from tracetui.ui.screens.values import ValuesScreen


def test_a_step_shows_its_flags_with_quotes_and_the_whole_chain_with_its_place_in_it() -> None:
    page = text(evidence_page(opened_incident(), 3))
    assert "M ENTITY_MISMATCH" in page
    assert "“cust_012”" in page
    assert "▌ ├ 4 tool get_order rests on ord_555" in page
    assert "└ 8 llm order-agent rests on ord_555" in page


def test_the_rail_of_the_chain_stands_before_every_row_down_to_its_last_step() -> None:
    rows = Wrapped(evidence_page(opened_incident(), 3), 36)
    page = [rows.row(at).plain for at in range(len(rows))]
    first = next(at for at, row in enumerate(page) if " ┌ " in row)
    last = next(at for at, row in enumerate(page) if " └ " in row)
    assert last - first > 6
    assert all(row[4] in "├│" for row in page[first + 1 : last])
    assert not any("│" in row for row in page[last:])


def test_what_speaks_for_a_suspect_is_told_with_its_weight() -> None:
    opened = opened_incident()
    assert opened.triage is not None
    suspect = opened.triage.suspects[0]
    page = text(evidence_page(opened, suspect.step))
    assert f"{suspect.score:.2f} step" in page
    for reason in suspect.reasons:
        assert f"{reason.weight:+.2f} {reason.text}" in page


def test_before_the_triage_the_page_says_that_it_runs() -> None:
    assert "the analysis is running" in text(evidence_page(opened_incident(analysed=False), 2))


async def test_enter_on_a_link_of_the_chain_goes_to_its_step_and_on_a_value_to_its_source_and_users() -> None:
    async with opened_app(SAMPLES / "incident_content.jsonl", size=WIDE) as pilot:
        await pilot.press("o", "tab")
        pane = debugger(pilot).detail.pane
        await wait_for(pilot, lambda: pane.has_focus, "the evidence")
        pane.show_first("stands in nothing before")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ValuesScreen), "the value")
        await wait_for(pilot, lambda: "ord_555  id" in screen_text(pilot), "where it came from")
        assert "nowhere: in nothing recorded before" in screen_text(pilot)
        assert "step 8  said  exact: stands in step 4" in screen_text(pilot)
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
        pane.show_first("6 tool confirm_order rests on")
        await pilot.press("enter")
        await wait_for(pilot, lambda: debugger(pilot).steps.step == 5, "the step of the link")


def test_where_no_origin_is_found_the_next_keys_are_named() -> None:
    loaded = load(str(SAMPLES / "good_same_customer.jsonl"))
    opened = loaded.opened(*loaded.sessions[0])
    page = text(evidence_page(opened.with_(triage=analyse(opened)), 0))
    assert "O on its step traces back from there; d compares with a good run" in page
