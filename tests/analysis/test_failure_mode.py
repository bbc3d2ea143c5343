"""Which failure mode a session shows."""

from __future__ import annotations

from msgspec.structs import replace

from tests.analysis.runs import call, order_run, run, say, user
from tracetui.analysis.failure_mode import MODE_OF_FLAG, MODE_TITLE, classify, has_final_answer, missing_evidence
from tracetui.analysis.findings import FaultOrigin
from tracetui.analysis.triage import triage
from tracetui.model import Flag, Session, SourceRef, Step, Usage

NOT_FOUND = FaultOrigin(found=False, because="not found, because …")
PLACE = SourceRef("run.json", 0, 1)


def flag(kind: str, step: int) -> Flag:
    return Flag(kind=kind, step=step, source=PLACE, recorded=False, confidence=0.9, message=f"{kind} here")


def found(step: int, value: str | None = None) -> FaultOrigin:
    return FaultOrigin(found=True, because="because", step=step, confidence=0.9, value=value, cascade=(step, step + 1))


SESSION = order_run("cust_1", ["ord_1"], "ord_1")


def test_an_invented_value_that_is_used_is_hallucination_propagation() -> None:
    classified = classify(SESSION, [flag("ENTITY_HALLUCINATION", 3)], found(3, "ord_555"))
    assert classified.mode == "hallucination_propagation"
    assert classified.why == "“ord_555” stands in nothing before step 4 and is used as a fact by 1 later step"


def test_bad_arguments_are_a_tool_misfire_told_at_the_step_that_asked() -> None:
    classified = classify(SESSION, [flag("TOOL_ARG_MISMATCH", 4)], found(3))
    assert (classified.mode, classified.why) == ("tool_misfire", "TOOL_ARG_MISMATCH here")


def test_a_shifted_goal_is_context_poisoning() -> None:
    assert classify(SESSION, [flag("CONTEXT_DRIFT", 3)], found(3)).mode == "context_poisoning"


def test_a_value_that_a_tool_or_a_person_brought_was_not_invented() -> None:
    assert classify(SESSION, [], found(2, "ord_1")).mode == "tool_misfire"
    assert classify(SESSION, [], found(0, "cust_1")).mode == "context_poisoning"


def test_a_loop_without_an_answer_is_a_cost_runaway() -> None:
    looping = run(user("x"), call("get_a", id="1"), call("get_a", id="1"), call("get_a", id="1"))
    assert not has_final_answer(looping)
    classified = classify(looping, [flag("LOOP_DETECTED", 2)], NOT_FOUND)
    assert (classified.mode, classified.confidence) == ("cost_runaway", 0.85)


def test_a_loop_says_more_than_a_mere_suspicion_but_less_than_an_origin_that_explains_it() -> None:
    loop = [flag("LOOP_DETECTED", 4)]
    assert classify(SESSION, loop, replace(found(3), confidence=0.1)).mode == "cost_runaway"
    assert classify(SESSION, loop, found(3, "ord_555")).mode == "hallucination_propagation"


def test_five_times_the_baseline_is_a_cost_runaway() -> None:
    def spending(tokens: int) -> Session:
        steps = [replace(step, usage=Usage(input_tokens=tokens)) for step in SESSION.steps if step.kind == "llm_call"]
        return replace(SESSION, steps=tuple(steps))

    assert classify(spending(600), [], NOT_FOUND, baselines=[spending(100)]).mode == "cost_runaway"
    assert classify(spending(400), [], NOT_FOUND, baselines=[spending(100)]).mode == "none_found"


def test_a_good_run_is_none_found_and_claims_no_more() -> None:
    classified = classify(SESSION, [], NOT_FOUND)
    assert classified.mode == "none_found"
    assert "proves no answer right" in classified.why
    assert classified.confidence < 1


def test_a_session_of_bare_steps_says_what_it_would_need() -> None:
    bare = Session(
        session_id="s", steps=tuple(Step(index=i, number=i + 1, kind="llm_call", source=PLACE) for i in range(3))
    )
    verdict = triage(bare).verdict
    assert verdict.failure_mode == "cannot_tell"
    assert "completions" in verdict.why
    assert "LLM calls" in missing_evidence(Session(session_id="s", steps=()))
    assert missing_evidence(run(user("only a question"))) != ""


def test_flags_without_an_origin_still_tell_a_mode() -> None:
    assert classify(SESSION, [flag("ENTITY_MISMATCH", 4)], NOT_FOUND).mode == "tool_misfire"
    assert classify(SESSION, [flag("HOUSE_FLAG", 4)], NOT_FOUND).mode == "cannot_tell"


def test_signs_tell_the_mode_of_a_suspected_origin() -> None:
    session = run(user("x"), say("I will go on with simulated data: the price was $4,711."))
    found = triage(session)
    assert found.verdict.failure_mode == "hallucination_propagation"
    assert "made-up data" in found.verdict.why


def test_every_mode_has_a_title() -> None:
    assert set(MODE_OF_FLAG.values()) <= set(MODE_TITLE)
