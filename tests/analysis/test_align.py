"""Alignment by meaning: whatever the lengths, in either direction, bounded on runs that share nothing."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.runs import call, order_run, run, say, user
from tracetui.analysis.align import align
from tracetui.analysis.findings import Pair
from tracetui.analysis.sketch import Sketch, sketches
from tracetui.model import Session

TOOLS = ["get_order", "list_orders", "search", "cancel_order", "send_email"]


def sketch(tool: str, value: int) -> Sketch:
    return Sketch(f"tool {tool} {value}", f"tool {tool}", str(value), True)


SKETCHES = st.lists(st.builds(sketch, st.sampled_from(TOOLS), st.integers(0, 6)), max_size=30)


def align_runs(bad: Session, good: Session) -> tuple[Pair, ...]:
    return align(sketches(bad), sketches(good))


def links(pairs: tuple[Pair, ...]) -> set[tuple[int | None, int | None]]:
    return {(pair.bad, pair.good) for pair in pairs}


@given(SKETCHES)
def test_a_run_is_the_same_as_itself(steps: list[Sketch]) -> None:
    pairs = align(steps, steps)
    assert all(pair.relation == "same" and pair.bad == pair.good for pair in pairs)
    assert len(pairs) == len(steps)


@given(SKETCHES, SKETCHES)
def test_swapped_runs_give_the_mirrored_alignment(bad: list[Sketch], good: list[Sketch]) -> None:
    assert links(align(bad, good)) == {(b, g) for g, b in links(align(good, bad))}


@given(SKETCHES, SKETCHES)
def test_every_step_of_both_runs_stands_in_exactly_one_pair(bad: list[Sketch], good: list[Sketch]) -> None:
    pairs = align(bad, good)
    assert sorted(p.bad for p in pairs if p.bad is not None) == list(range(len(bad)))
    assert sorted(p.good for p in pairs if p.good is not None) == list(range(len(good)))
    assert [p.bad for p in pairs if p.bad is not None] == list(range(len(bad)))


@given(SKETCHES, st.integers(0, 30), st.builds(sketch, st.just("new_tool"), st.integers(0, 6)))
def test_an_inserted_step_is_the_only_one_without_a_partner(steps: list[Sketch], at: int, new: Sketch) -> None:
    at = min(at, len(steps))
    pairs = align([*steps[:at], new, *steps[at:]], steps)
    assert [p.bad for p in pairs if p.relation != "same"] == [at]


def test_two_lookups_in_another_order_are_paired_as_moved() -> None:
    first, second = call("get_a", {"a": 1}, id="a_1"), call("get_b", {"b": 1}, id="b_1")
    pairs = align_runs(run(user("go"), first, second, say("done")), run(user("go"), second, first, say("done")))
    assert {pair.relation for pair in pairs} == {"same", "moved"}
    assert all(pair.bad is not None and pair.good is not None for pair in pairs)


def test_other_entities_and_other_words_leave_the_steps_paired() -> None:
    bad = order_run("cust_789", ["ord_341", "ord_298"], "ord_341", name="Alice")
    good = order_run("cust_456", ["ord_127"], "ord_127", name="Bob")
    assert links(align_runs(bad, good)) == {(i, i) for i in range(len(bad.steps))}


def test_a_call_repeated_many_times_leaves_what_follows_paired() -> None:
    poll = call("get_status", {"status": "pending"}, id="job_1")
    done = call("get_status", {"status": "done"}, id="job_1")
    bad = run(user("wait for job_1"), *[poll] * 6, done, call("publish", {"ok": True}, id="job_1"), say("published"))
    good = run(user("wait for job_1"), poll, done, call("publish", {"ok": True}, id="job_1"), say("published"))
    pairs = align_runs(bad, good)
    assert [p.relation for p in pairs][-3:] == ["same"] * 3
    assert sum(p.relation == "only_bad" for p in pairs) == 10


def test_a_long_run_with_few_edits_finds_the_rest() -> None:
    chance = random.Random(4)
    good = [sketch(chance.choice(TOOLS), chance.randrange(10**9)) for _ in range(20_000)]
    bad = [s for s in good if chance.random() > 0.01]
    assert sum(pair.relation == "same" for pair in align(bad, good)) == len(bad)


def test_unrelated_runs_take_bounded_work() -> None:
    length = 3_000
    chance = random.Random(5)
    bad = [sketch(chance.choice(TOOLS), chance.randrange(10**9)) for _ in range(length)]
    good = [sketch(chance.choice(TOOLS), chance.randrange(10**9)) for _ in range(length)]
    start = time.process_time()
    align(bad, good)
    assert time.process_time() - start < 5
