"""What tool calls do to the world."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.shared import REPOSITORY
from tracetui.analysis.actions import ToolRule, action_of, is_external, load_policy, name_words
from tracetui.errors import TracetuiError
from tracetui.model import SourceRef, Step


def call(tool: str, **arguments: Any) -> Step:
    return Step(index=0, number=1, kind="tool_call", source=SourceRef("t", 0, 1), tool=tool, arguments=arguments)


@pytest.mark.parametrize(
    "tool",
    [
        "get_customer",
        "find_user_id_by_email",
        "searchFlights",
        "order_lookup",
        "list_all_product_types",
        "calculate",
        "think",
        "mcp__shop__get-order",
        "TodoWrite",
        "open_url",
        "message_history_get",
        "Read",
        "weather",
    ],
)
def test_tools_named_for_looking_read(tool: str) -> None:
    assert action_of(call(tool, id="1")).effect == "read"
    assert not is_external(call(tool, id="1"))


@pytest.mark.parametrize(
    "tool",
    [
        "send_email",
        "email_customer",
        "notify_team",
        "charge_card",
        "refundOrder",
        "pay",
        "transfer_funds",
        "delete_user",
    ],
)
def test_what_nothing_brings_back_is_irreversible(tool: str) -> None:
    action = action_of(call(tool, id="1"))
    assert (action.effect, action.reversibility) == ("write", "irreversible")
    assert action.undo


@pytest.mark.parametrize(
    "tool",
    [
        "create_ticket",
        "cancel_reservation",
        "book_reservation",
        "confirm_order",
        "modify_pending_order_items",
        "order_cancel",
    ],
)
def test_changes_in_another_system_are_external_and_say_how_to_undo_them(tool: str) -> None:
    action = action_of(call(tool, id="1"))
    assert (action.effect, action.reversibility) == ("write", "external")
    assert action.undo


def test_a_conversation_handed_to_people_moves_no_money() -> None:
    assert action_of(call("transfer_to_human_agents", summary="x")).reversibility == "external"


@pytest.mark.parametrize("tool", ["frobnicate", "run_job", "open_account"])
def test_what_nothing_recognises_is_unknown_and_external(tool: str) -> None:
    action = action_of(call(tool, id="1"))
    assert (action.effect, action.reversibility) == ("unknown", "unknown")
    assert "treat it as irreversible" in action.undo
    assert is_external(call(tool))


def test_a_step_that_calls_no_tool_reads() -> None:
    step = Step(index=0, number=1, kind="llm_call", source=SourceRef("t", 0, 1))
    assert not is_external(step)


def test_the_target_is_the_argument_named_for_what_the_tool_acts_on() -> None:
    assert action_of(call("cancel_reservation", user_id="u1", reservation_id="R9")).target == "R9"
    assert action_of(call("send_email", subject="hi", to="a@b.c")).target == "a@b.c"
    assert action_of(call("update_plan", customer_id="c1", tier="pro")).target == "c1"
    assert action_of(call("ship_it", what={"items": ["i1"]})).target == "i1"
    assert action_of(call("ship_it")).target == ""


def test_a_workspace_edit_is_reversible() -> None:
    action = action_of(call("Edit", file_path="/a.py", old_string="a", new_string="b"))
    assert (action.effect, action.reversibility, action.target) == ("write", "reversible", "/a.py")


def test_names_split_into_words_whatever_the_style() -> None:
    assert name_words("mcp__shop__cancel-orderItem2") == ("cancel", "order", "item", "2")
    assert name_words("getURLStatus") == ("get", "url", "status")


def test_a_policy_comes_before_every_heuristic(tmp_path: Path) -> None:
    path = tmp_path / "tools.toml"
    path.write_text(
        '["get_*"]\neffect = "write"\nreversibility = "irreversible"\nundo = "none"\ntarget = "who"\n'
        '["frobnicate"]\neffect = "read"\n'
    )
    policy = load_policy(path)
    action = action_of(call("get_paid", id="1", who="x"), policy)
    assert (action.effect, action.reversibility, action.undo, action.target) == ("write", "irreversible", "none", "x")
    assert action_of(call("frobnicate"), policy).effect == "read"
    assert action_of(call("send_email"), policy).reversibility == "irreversible"
    assert policy["frobnicate"] == ToolRule(effect="read")


@pytest.mark.parametrize("text", ["[", '["x"]\neffect = "maybe"\n', '["x"]\nundone = "y"\n', "\ufeff\x00"])
def test_a_policy_that_cannot_be_read_says_which_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tools.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TracetuiError, match=r"tools\.toml: not a tool policy"):
        load_policy(path)


def test_the_example_policy_of_the_documentation_can_be_read() -> None:
    policy = load_policy(REPOSITORY / "docs" / "tools.toml")
    assert policy["refund_*"].reversibility == "irreversible"
    assert policy["lookup_*"].effect == "read"
