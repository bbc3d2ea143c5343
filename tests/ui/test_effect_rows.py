"""Rows of the blast radius."""

from __future__ import annotations

from textual.content import Content

from tracetui.analysis.findings import Effect, Reversibility
from tracetui.model import Session, SourceRef, Step
from tracetui.ui.effect_rows import DEGREES, EffectTable, explained, explained_rows, told, worst_first

SESSION = Session(
    session_id="s",
    steps=tuple(
        Step(index=i, number=i + 1, kind="tool_call", source=SourceRef("t", i, 1), tool="a_tool_with_a_long_name" * 2)
        for i in range(4)
    ),
)


def effect(step: int, reversibility: Reversibility = "external", *, rests: bool = False, after: bool = True) -> Effect:
    return Effect(
        step=step,
        tool="a_tool_with_a_long_name" * 2,
        target="t",
        reversibility=reversibility,
        after_origin=after,
        depends_on_origin=rests,
    )


def test_every_degree_has_a_letter_of_its_own_and_a_word() -> None:
    assert len({degree.letter for degree in DEGREES.values()}) == len(DEGREES) == 4
    assert all(degree.word for degree in DEGREES.values())


def test_the_worst_comes_first_and_what_rests_on_the_fault_before_all() -> None:
    effects = [effect(0), effect(1, "irreversible"), effect(2, "unknown"), effect(3, "reversible", rests=True)]
    assert [e.step for e in worst_first(effects)] == [3, 1, 2, 0]


def test_a_row_fits_its_width_and_names_no_fault_where_none_is_known() -> None:
    for known in (True, False):
        table = EffectTable(SESSION, [effect(0, after=False)], 80, origin_known=known, ledger={})
        row = table.row(effect(0, after=False), current=True, width=80)
        assert row.cell_length <= 80
        assert ("before" in row.plain) is known
        assert "X external" in row.plain


def test_in_a_narrow_list_the_target_keeps_its_room() -> None:
    one = Effect(step=1, tool="confirm_order", target="ord_555 at site 7", reversibility="unknown", after_origin=True)
    table = EffectTable(SESSION, [one], 60, origin_known=True, ledger={})
    assert "ord_555 at si" in table.row(one, current=False, width=60).plain
    assert table.heading().plain.rstrip().endswith("target")


def test_an_explanation_takes_its_rows_and_a_cut_shows() -> None:
    lines = [Content("step 4 tool"), Content("did      " + "order_id=ord_555 " * 20)]
    rows = [row.plain for row in explained_rows(lines, 40, most=4)]
    assert len(rows) == 4
    assert rows[0] == "step 4 tool"
    assert rows[2].startswith("         order_id")
    assert rows[3].endswith("…")


def test_unknown_says_that_it_counts_as_irreversible() -> None:
    lines = [line.plain for line in explained(SESSION, effect(1, "unknown"), None, {})]
    assert any("counts as irreversible" in line for line in lines)
    assert any("no recorded value ties it" in line for line in lines)


def test_the_head_counts_by_degree() -> None:
    text = "".join(piece if isinstance(piece, str) else piece[0] for piece in told([effect(0)], {}, origin_known=True))
    assert text == "1 action · X 1 external · 1 after origin, 0 on it"
    assert "nothing outside" in str(told([], {}, origin_known=True))


def test_what_is_done_about_an_action_stands_in_its_row_and_in_the_head() -> None:
    ledger = {(0, "owner"): "dana", (0, "done"): "yes", (0, "remedy"): "refund it"}
    table = EffectTable(SESSION, [effect(0)], 80, origin_known=True, ledger=ledger)
    assert "✓ yes  dana" in table.row(effect(0), current=False, width=80).plain
    assert "done   owner" in table.heading().plain
    lines = [line.plain for line in explained(SESSION, effect(0), None, ledger)]
    assert "to undo  refund it" in lines
    assert "owner    dana   done  yes" in lines
    text = "".join(
        piece if isinstance(piece, str) else piece[0] for piece in told([effect(0)], ledger, origin_known=True)
    )
    assert text.startswith("1 action, 1 made good · X 1 external")
