"""Who changed what and when."""

from __future__ import annotations

from msgspec.structs import replace

from tests.postmortem.example import sample_postmortem
from tests.ui.pilot import NARROW, SAMPLES, opened_app, screen_text, wait_for
from tracetui.postmortem.edits import SetText, apply
from tracetui.store.history import Version
from tracetui.ui.screens.history import history_page


def test_values_of_persons_stand_the_last_first_with_what_the_trace_says() -> None:
    held = apply(sample_postmortem(), SetText("lessons.well", "the breaker held", "dana", "2026-07-01T02:15:00+00:00"))
    held = apply(held, SetText("classification.failure_mode", "tool_misfire", "robin", "2026-07-02T09:00:00+00:00"))
    held = apply(held, SetText("actions/r1/text", "", "dana", "2026-07-01T03:00:00+00:00"))
    text = "\n".join(line.text for line in history_page(held).lines)
    assert text.index("2026-07-02 09:00  robin  Classification: Failure mode") < text.index(
        "dana  Lessons: What went well"
    )
    assert "triage: 0.92 says: hallucination_propagation" in text
    assert "the breaker held" in text


def test_what_was_replaced_stands_with_how_it_ended() -> None:
    held = apply(sample_postmortem(), SetText("lessons.well", "the limit held", "robin", "2026-07-02T09:00:00+00:00"))
    old = Version(address="lessons.well", text="luck", source="person", by="dana", at="2026-07-01T03:00:00")
    mode = Version(address="classification.failure_mode", text="tool_misfire", source="triage", at="2026-07-01")
    gone = Version(address="actions/r1/text", text="improve it", source="person", by="dana", removed=True)
    earlier = tuple(replace(one, until="2026-07-02T09:00:00", replaced_by="robin") for one in (old, mode, gone))
    text = "\n".join(line.text for line in history_page(held, earlier).lines)
    assert text.index("the limit held") < text.index("luck") < text.index("tool misfire")
    assert "replaced 2026-07-02 09:00 by robin" in text
    assert "its row removed 2026-07-02 09:00 by robin" in text


def test_where_nobody_wrote_it_says_so() -> None:
    text = "\n".join(line.text for line in history_page(sample_postmortem()).lines)
    assert "nobody has written anything yet" in text


async def test_h_in_the_form_shows_it_and_comes_back() -> None:
    async with opened_app(SAMPLES / "incident_content.jsonl", size=NARROW) as pilot:
        await pilot.press("p")
        await wait_for(pilot, lambda: "17 Evidence" in screen_text(pilot), "the form")
        await pilot.press("h")
        await wait_for(pilot, lambda: "who changed what" in screen_text(pilot), "the history")
        await pilot.press("h")
        await wait_for(pilot, lambda: "17 Evidence" in screen_text(pilot), "the form again")
