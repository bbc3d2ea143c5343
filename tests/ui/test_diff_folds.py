"""Which equal stretches of a comparison are folded."""

from __future__ import annotations

from tests.analysis.runs import Event, call, run, say, user
from tracetui.ui.compared import SAME, Compared, compare_runs
from tracetui.ui.diff_folds import AROUND, Fold, folds
from tracetui.ui.diff_rows import TWO_COLUMNS, lines_of, row


def looked_up(first: int, count: int) -> list[Event]:
    return [call("get_item", {"id": f"it_{n}", "state": "open"}, id=f"it_{n}") for n in range(first, first + count)]


def compared(before: int, after: int) -> Compared:
    """Two runs with one cancelled thing between equal lookups."""
    bad, good = (
        run(
            user("go"),
            *looked_up(100, before),
            call("cancel_item", {"ok": True}, id=f"it_{cancelled}"),
            *looked_up(500, after),
            say("done"),
        )
        for cancelled in (100, 101)
    )
    return compare_runs(bad, good)


def every(comparison: Compared) -> list[int]:
    return list(range(len(comparison.pairs)))


def test_equal_pairs_are_folded_but_for_those_around_a_difference() -> None:
    found = compared(10, 10)
    first, last = folds(found, every(found))
    at = next(n for n in every(found) if found.kinds[n] != SAME)
    assert first == Fold(0, at - 1 - AROUND, at - AROUND)
    assert last.last == len(found.pairs) - 1
    assert all(found.kinds[n] == SAME for fold in (first, last) for n in range(fold.first, fold.last + 1))


def test_a_stretch_too_short_to_save_a_line_stays() -> None:
    found = compared(1, 1)
    assert list(folds(found, every(found))) == []


def test_runs_without_a_difference_are_one_line() -> None:
    same = run(user("go"), *looked_up(100, 5), say("done"))
    found = compare_runs(same, same)
    assert [fold.pairs for fold in folds(found, every(found))] == [len(found.pairs)]


def test_a_fold_is_one_line_with_its_count_until_it_is_unfolded() -> None:
    found = compared(10, 10)
    first, last = folds(found, every(found))
    lines = lines_of(found, every(found), TWO_COLUMNS, [first, last])
    assert [line.fold for line in lines if line.fold] == [first, last]
    assert len(lines) == len(found.pairs) - first.pairs - last.pairs + 2
    assert f"{first.pairs} pairs mean the same" in row(found, lines[0], current=False, width=TWO_COLUMNS).plain
    opened = lines_of(found, every(found), TWO_COLUMNS, [last])
    assert [line.fold for line in opened if line.fold] == [last]
    assert len(opened) == len(found.pairs) - last.pairs + 1
    assert sorted(line.last for line in lines) == [line.last for line in lines]


def test_hidden_kinds_do_not_count_into_a_fold() -> None:
    found = compared(10, 10)
    assert list(folds(found, [at for at in every(found) if found.kinds[at] != SAME])) == []
