from __future__ import annotations

from tests.postmortem.example import sample_postmortem
from tracetui.postmortem.document import Entry, Postmortem
from tracetui.postmortem.edits import RemovePin, RemoveRow, SetText, apply
from tracetui.postmortem.merge import Conflict, both, merge


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


def test_merging_with_an_unchanged_side_gives_the_other() -> None:
    base = sample_postmortem()
    other = changed(base, "dana", lessons_well="a")
    assert merge(base, other, base) == (other, ())
    assert merge(base, base, other) == (other, ())


def test_a_change_by_nobody_in_particular_is_named_so() -> None:
    assert "[by another program] b" in both(Conflict("lessons.well", Entry(text="a"), Entry(text="b")))
