"""Sub-agents are aligned as what they are, however their steps interleave."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.divergence import compare, contrast
from tracetui.analysis.findings import Pair
from tracetui.analysis.sketch import sketches
from tracetui.analysis.subtrees import in_time, levels, tree_order
from tracetui.ingest.build import SessionBuilder
from tracetui.model import Message, Scope, Session, SourceRef, TextPart, ToolCallPart, ToolCallResponsePart

Work = list[tuple[str, str]]
"""What a sub-agent does: (tool, id)."""
TASKS: dict[str, Work] = {
    "prices": [("get_price", "it_101"), ("get_price", "it_102"), ("set_price", "it_102")],
    "stock": [("get_stock", "it_101"), ("get_stock", "it_103"), ("order_stock", "it_103")],
}


def delegated(tasks: dict[str, Work], seed: int) -> Session:
    """A main agent starts a sub-agent a task; their calls come in as it happens."""
    builder = SessionBuilder("run")

    def source() -> SourceRef:
        return SourceRef("run.json", len(builder.steps), 1, None, f"/messages/{len(builder.steps)}")

    builder.message(Message("user", (TextPart("Look after it_101, it_102 and it_103."),)), source())
    starts = tuple(ToolCallPart(f"start_{name}", "start_agent", {"task": name}) for name in tasks)
    asked = builder.llm_call(Message("assistant", starts), source())
    for at, name in enumerate(tasks):
        builder.scope(Scope(name, "sub_agent", name, "main", asked + 1 + at))
    left = {name: list(work) for name, work in tasks.items()}
    chance = random.Random(seed)
    while any(left.values()):
        name = chance.choice([name for name, work in left.items() if work])
        tool, item = left[name].pop(0)
        part = ToolCallPart(f"{name}_{len(left[name])}", tool, {"id": item})
        builder.llm_call(Message("assistant", (part,)), source(), scope=name, depth=1)
        answer = ToolCallResponsePart(part.id, {"id": item, "ok": True})
        builder.tool_result(Message("tool", (answer,)), source(), scope=name)
    for name in tasks:
        builder.tool_result(Message("tool", (ToolCallResponsePart(f"start_{name}", "done"),)), source())
    builder.llm_call(Message("assistant", (TextPart("All three are looked after."),)), source())
    return builder.build()


@given(st.integers(0, 50), st.integers(0, 50))
def test_the_order_in_which_sub_agents_worked_makes_no_difference(seed: int, other: int) -> None:
    bad, good = delegated(TASKS, seed), delegated(TASKS, other)
    comparison = compare(bad, [good])
    assert comparison.verdict == "same"
    assert {pair.relation for pair in comparison.pairs} == {"same"}


@given(st.integers(0, 50))
def test_a_fault_of_one_sub_agent_is_found_in_it(seed: int) -> None:
    wrong = {**TASKS, "stock": [*TASKS["stock"][:2], ("order_stock", "it_101")]}
    bad, good = delegated(wrong, seed), delegated(TASKS, 7)
    found = compare(bad, [good]).divergence
    assert found is not None
    assert found.bad is not None
    assert bad.steps[found.bad].scope == "stock"
    assert found.decisive is not None
    assert found.decisive.kind == "wrong_action"


def test_the_steps_of_a_sub_agent_stand_behind_the_call_that_started_it() -> None:
    session = delegated(TASKS, 3)
    order = tree_order(session)
    assert sorted(order) == list(range(len(session.steps)))
    scopes = [session.steps[index].scope for index in order]
    assert scopes == ["main"] * 3 + ["prices"] * 6 + ["main"] + ["stock"] * 6 + ["main"]
    assert levels(session) == {"prices": 1, "stock": 1}


def test_a_run_without_sub_agents_keeps_its_order() -> None:
    session = delegated({}, 0)
    assert tree_order(session) == list(range(len(session.steps)))
    assert levels(session) == {}


def test_scopes_that_start_one_another_lose_no_step() -> None:
    builder = SessionBuilder("run")
    for name, other, at in (("a", "b", 1), ("b", "a", 0)):
        builder.scope(Scope(name, "sub_agent", name, other, at))
        builder.llm_call(Message("assistant", (TextPart(name),)), SourceRef("run.json", at, 1), scope=name)
    assert tree_order(builder.build()) == [0, 1]
    assert levels(builder.build()) == {"a": 2, "b": 2}


def test_what_a_sub_agent_does_is_another_thing_than_what_the_main_agent_does() -> None:
    session = delegated({"prices": TASKS["prices"]}, 0)
    inside = next(s for s in session.steps if s.tool == "get_price")
    assert sketches(session)[inside.index].group == "tool get_price 1 below"


def test_pairs_come_back_in_the_order_of_the_bad_run() -> None:
    pairs = (Pair(0, 0, 1.0, "same"), Pair(None, 1, 0.0, "only_good"), Pair(1, 2, 1.0, "same"))
    placed = in_time(pairs, [1, 0], [2, 0, 1])
    assert [(pair.bad, pair.good) for pair in placed] == [(0, 1), (1, 2), (None, 0)]


def test_every_step_of_both_runs_stands_in_one_pair() -> None:
    bad, good = delegated(TASKS, 1), delegated({"stock": TASKS["stock"]}, 2)
    pairs = contrast(bad, good).pairs
    assert sorted(pair.bad for pair in pairs if pair.bad is not None) == list(range(len(bad.steps)))
    assert sorted(pair.good for pair in pairs if pair.good is not None) == list(range(len(good.steps)))
