from __future__ import annotations

from tracetui.analysis.totals import session_totals
from tracetui.model import Session, SourceRef, Step, StepKind, Usage

REF = SourceRef("run.jsonl", 0, 1)


def session(*steps: Step) -> Session:
    return Session(session_id="s", steps=steps)


def step(index: int, kind: StepKind = "llm_call", **fields: object) -> Step:
    return Step(index=index, number=index + 1, kind=kind, source=REF, **fields)  # type: ignore[arg-type]


def test_nothing_recorded_is_not_zero() -> None:
    totals = session_totals(session(step(0), step(1, "tool_call")))
    assert (totals.steps, totals.llm_calls, totals.tool_calls) == (2, 1, 1)
    assert totals.usage is None
    assert totals.cost_usd is None
    assert totals.duration_ns is None
    assert totals.start_ns is None


def test_a_count_that_some_calls_have_is_summed_over_those() -> None:
    usage = session_totals(session(step(0, usage=Usage(10, 2)), step(1, usage=Usage(20, None)), step(2))).usage
    assert usage == Usage(30, 2)


def test_an_enclosing_span_is_not_counted_beside_its_calls() -> None:
    agent = step(0, "agent", usage=Usage(30, 5), cost_usd=0.3)
    totals = session_totals(session(agent, step(1, usage=Usage(30, 5), cost_usd=0.3)))
    assert totals.usage == Usage(30, 5)
    assert totals.cost_usd == 0.3


def test_an_enclosing_span_counts_where_no_call_has_a_count() -> None:
    assert session_totals(session(step(0, "agent", usage=Usage(30, 5)), step(1))).usage == Usage(30, 5)


def test_one_estimated_count_makes_the_sum_estimated() -> None:
    totals = session_totals(session(step(0, usage=Usage(1, 1)), step(1, usage=Usage(1, 1, origin="estimated"))))
    assert totals.usage == Usage(2, 2, origin="estimated")


def test_time_is_from_the_first_start_to_the_last_end() -> None:
    totals = session_totals(
        session(step(0, start_ns=100, duration_ns=50), step(1, start_ns=120, duration_ns=10), step(2, start_ns=140))
    )
    assert totals.start_ns == 100
    assert totals.duration_ns == 50


def test_without_times_of_day_the_durations_are_summed() -> None:
    assert session_totals(session(step(0, duration_ns=5), step(1), step(2, duration_ns=7))).duration_ns == 12


def test_agents_and_models_come_in_order_of_appearance() -> None:
    totals = session_totals(session(step(0, agent="b", model="m"), step(1, agent="a"), step(2, agent="b", model="m")))
    assert totals.agents == ("b", "a")
    assert totals.models == ("m",)


def test_who_only_puts_messages_in_is_no_agent() -> None:
    totals = session_totals(session(step(0, "message", agent="human"), step(1, agent="planner"), step(2, "tool_call")))
    assert totals.agents == ("planner",)
