from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.postmortem.example import sample_postmortem
from tracetui.export import render
from tracetui.export.handover import MOST_LINES
from tracetui.postmortem.edits import SetText, apply
from tracetui.text import visible_line


def test_it_tells_what_since_when_origin_blast_radius_and_where_the_files_are() -> None:
    text = render("handover", sample_postmortem())
    labels = [line.partition(":")[0] for line in text.splitlines()]
    assert {"What", "Since", "Origin", "Blast radius", "Contained", "Open", "Next", "Trace"} <= set(labels)
    assert "step 3" in text
    assert len(labels) <= MOST_LINES


def test_what_nobody_wrote_is_said() -> None:
    assert "Contained: nothing written" in render("handover", sample_postmortem())


def test_what_was_done_and_what_comes_next_is_told() -> None:
    held = sample_postmortem()
    for address, words in (
        ("measures/r1/what", "agent suspended"),
        ("actions/r1/text", "reject orders of other customers"),
        ("actions/r1/owner", "orders team"),
        ("actions/r1/due", "2026-07-08"),
    ):
        held = apply(held, SetText(address, words))
    text = render("handover", held)
    assert "Contained: agent suspended" in text
    assert "Next: reject orders of other customers (orders team, 2026-07-08)" in text
    assert "Next: reject" not in render("handover", apply(held, SetText("actions/r1/status", "completed")))


@given(text=st.text(max_size=2000))
@settings(max_examples=40)
def test_it_stays_short_and_safe_whatever_was_written(text: str) -> None:
    lines = render("handover", apply(sample_postmortem(), SetText("identity.summary", text))).split("\n")
    assert len(lines) <= MOST_LINES + 1
    assert all(len(line) <= 260 and visible_line(line) == line for line in lines)


def test_a_secret_is_taken_out_and_told() -> None:
    key = "AKIA" + "A" * 16
    text = render("handover", apply(sample_postmortem(), SetText("identity.summary", f"the key {key} leaked")))
    assert key not in text
    assert "Taken out: 1 × AWS access key" in text
