"""When a full postmortem is due."""

from __future__ import annotations

from msgspec.structs import replace

from tests.analysis.runs import order_run
from tracetui.analysis.findings import Effect, FaultOrigin, Triage
from tracetui.analysis.triage import triage
from tracetui.analysis.verdict import escalation, recurring, times_baseline
from tracetui.model import Session

SESSION = order_run("cust_1", ["ord_1"], "ord_1")
FOUND = FaultOrigin(found=True, because="because", step=3, confidence=0.9)


def effect(step: int, reversibility: str = "external", after: bool = True) -> Effect:
    return Effect(step=step, tool="t", target="", reversibility=reversibility, after_origin=after)  # type: ignore[arg-type]


def costing(usd: float) -> Session:
    return replace(
        SESSION, steps=tuple(replace(step, cost_usd=usd) for step in SESSION.steps if step.kind == "llm_call")
    )


def test_an_external_action_after_the_origin_escalates() -> None:
    assert escalation(SESSION, FOUND, [effect(4)]) == ("an external action was taken after the origin: step 5 t",)
    many = escalation(SESSION, FOUND, [effect(i) for i in range(4, 9)])
    assert many[0].startswith("5 external actions were taken after the origin")
    assert many[0].endswith("and 2 more")


def test_what_was_before_the_origin_or_can_be_undone_does_not() -> None:
    assert escalation(SESSION, FOUND, [effect(1, after=False), effect(5, "reversible")]) == ()
    assert escalation(SESSION, FaultOrigin(found=False, because=""), [effect(5)]) == ()


def test_unknown_counts_as_irreversible() -> None:
    assert escalation(SESSION, FOUND, [effect(5, "unknown")])


def test_cost_over_five_times_the_baseline_escalates() -> None:
    none = FaultOrigin(found=False, because="")
    assert escalation(costing(0.6), none, [], [costing(0.1)]) == ("cost 6.0 times the baseline (limit 5)",)
    assert escalation(costing(0.4), none, [], [costing(0.1)]) == ()
    assert times_baseline(costing(0.4), []) is None
    assert times_baseline(SESSION, [SESSION]) is None


def test_the_median_of_the_baselines_is_the_measure() -> None:
    compared = times_baseline(costing(0.4), [costing(0.1), costing(0.1), costing(9.0)])
    assert compared is not None
    assert round(compared[0], 6) == 4.0


def test_a_pattern_in_more_than_one_session_escalates_each_of_them() -> None:
    bad = triage(order_run("cust_1", ["ord_100"], "ord_555", listed=False))
    good = triage(SESSION)
    assert bad.verdict.failure_mode == "hallucination_propagation"
    told: list[Triage] = recurring([bad, good, bad])
    assert told[0].verdict.escalate_because[-1] == "the same pattern occurs in 2 sessions"
    assert told[1] == good
    assert recurring([bad, good]) == [bad, good]
