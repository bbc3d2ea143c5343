"""The ledger of what was done to the world."""

from __future__ import annotations

from tests.analysis.runs import call, run, say, user
from tracetui.analysis.actions import ToolRule
from tracetui.analysis.blast_radius import effects, worst

SESSION = run(
    user("go"),
    call("cancel_order", {"ok": True}, order_id="ord_1"),
    call("get_order", {"id": "ord_2"}, id="ord_2"),
    call("frobnicate", "Error: no such thing", what="x"),
    call("send_email", {"sent": True}, to="a@b.org"),
    say("done"),
)


def test_actions_stand_in_step_order_and_reads_do_not_stand_there() -> None:
    assert [effect.tool for effect in effects(SESSION, None)] == ["cancel_order", "frobnicate", "send_email"]


def test_what_came_after_the_origin_and_what_rests_on_it_is_told() -> None:
    found = effects(SESSION, 5, {8})
    assert [(effect.after_origin, effect.depends_on_origin) for effect in found] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert not any(effect.after_origin for effect in effects(SESSION, None))


def test_every_action_says_why_and_how_to_undo_it() -> None:
    for effect in effects(SESSION, None):
        assert effect.why
        assert effect.undo
        assert effect.target


def test_a_policy_is_heard() -> None:
    found = effects(SESSION, None, policy={"frob*": ToolRule("write", "reversible", "unfrob it")})
    assert [effect.reversibility for effect in found] == ["external", "reversible", "irreversible"]
    assert found[1].undo == "unfrob it"


def test_the_worst_of_several() -> None:
    found = effects(SESSION, None)
    assert worst(found) == "irreversible"
    assert worst(found[:2]) == "unknown"
    assert worst([]) is None
