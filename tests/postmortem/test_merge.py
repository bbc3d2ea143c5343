from __future__ import annotations

from tests.postmortem.example import sample_postmortem
from tracetui.postmortem.document import Conflict, Entry, Postmortem
from tracetui.postmortem.edits import Decide, RemovePin, RemoveRow, SetText, apply
from tracetui.postmortem.merge import both, merge


def changed(base: Postmortem, by: str, **values: str) -> Postmortem:
    for address, text in values.items():
        base = apply(base, SetText(address.replace("_", ".", 1), text, by, "2026-07-01T02:15:00+00:00"))
    return base


def test_changes_to_different_values_are_joined() -> None:
    base = sample_postmortem()
    merged, conflicts = merge(base, changed(base, "dana", lessons_well="a"), changed(base, "robin", lessons_wrong="b"))
    assert conflicts == ()
    assert (merged.text("lessons.well"), merged.text("lessons.wrong")) == ("a", "b")


def test_two_changes_to_one_value_are_put_to_a_person() -> None:
    base = sample_postmortem()
    merged, conflicts = merge(base, changed(base, "dana", lessons_well="a"), changed(base, "robin", lessons_well="b"))
    assert merged.text("lessons.well") == "a"
    assert [conflict.theirs.text for conflict in conflicts] == ["b"]
    assert both(conflicts[0]) == "a\n\n[by robin] b"


def test_the_same_change_is_no_conflict() -> None:
    base = sample_postmortem()
    same = changed(base, "dana", lessons_well="a")
    assert merge(base, same, changed(base, "robin", lessons_well="a"))[1] == ()


def test_rows_of_both_stay_and_removed_ones_go() -> None:
    base = apply(sample_postmortem(), SetText("actions/r1/text", "old"))
    mine = apply(apply(base, RemoveRow("actions", "r1")), SetText("whys/r1/why", "mine"))
    mine = apply(mine, RemovePin(mine.pins[0].id))
    theirs = apply(base, SetText("whys/r2/why", "theirs"))
    merged, conflicts = merge(base, mine, theirs)
    assert conflicts == ()
    assert [row.id for row in merged.rows("actions")] == []
    assert {row.id for row in merged.rows("whys")} == {"r1", "r2"}
    assert len(merged.pins) == 1


def test_a_row_that_they_changed_is_not_removed() -> None:
    base = apply(sample_postmortem(), SetText("actions/r1/text", "old"))
    merged, _ = merge(base, apply(base, RemoveRow("actions", "r1")), apply(base, SetText("actions/r1/owner", "robin")))
    assert merged.text("actions/r1/owner") == "robin"


def test_a_row_that_i_changed_and_they_removed_comes_back_whole() -> None:
    base = apply(apply(sample_postmortem(), SetText("actions/r1/text", "old")), SetText("actions/r1/due", "2026-07-08"))
    merged, _ = merge(base, apply(base, SetText("actions/r1/owner", "dana")), apply(base, RemoveRow("actions", "r1")))
    row = merged.row("actions", "r1")
    assert row is not None
    assert [row.text(column) for column in ("text", "due", "owner")] == ["old", "2026-07-08", "dana"]
    assert "actions/r1" not in merged.removed


def test_a_note_outlives_the_removal_of_its_pin_by_the_other() -> None:
    base = sample_postmortem()
    pin = base.pins[0].id
    noted, without = apply(base, SetText(f"pins/{pin}/note", "look", "dana")), apply(base, RemovePin(pin))
    for mine, theirs in ((noted, without), (without, noted)):
        assert merge(base, mine, theirs)[0].text(f"pins/{pin}/note") == "look"


def test_what_nobody_decided_stays_open_and_what_one_decided_is_closed() -> None:
    base = sample_postmortem()
    held, conflicts = merge(base, changed(base, "dana", lessons_well="a"), changed(base, "robin", lessons_well="b"))
    assert held.undecided == conflicts
    decided = apply(held, Decide("lessons.well"))
    assert decided.undecided == ()
    assert merge(held, changed(held, "dana", lessons_wrong="c"), decided)[0].undecided == ()
    assert merge(held, changed(held, "dana", lessons_wrong="c"), held)[0].undecided == conflicts


def test_merging_with_an_unchanged_side_gives_the_other() -> None:
    base = sample_postmortem()
    other = changed(base, "dana", lessons_well="a")
    assert merge(base, other, base) == (other, ())
    assert merge(base, base, other) == (other, ())


def test_a_change_by_nobody_in_particular_is_named_so() -> None:
    assert "[by another program] b" in both(Conflict("lessons.well", Entry(text="a"), Entry(text="b")))
