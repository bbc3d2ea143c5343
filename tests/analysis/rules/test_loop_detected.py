"""The same again and again, without getting on."""

from __future__ import annotations

from tests.analysis.rules.flagging import flags, steps
from tests.analysis.runs import Event, call, run, say, user
from tracetui.ingest.build import SessionBuilder
from tracetui.model import Message, Session, SourceRef, TextPart

FAILED = "Error: timed out"


def calls(*results: object, tool: str = "search_docs", **arguments: object) -> Session:
    events: list[Event] = [call(tool, result, **(arguments or {"query": "refund policy"})) for result in results]
    return run(user("Go."), *events, say("Done."))


def test_the_fourth_same_call_is_flagged_and_the_first_is_evidence() -> None:
    session = calls("none", "none", "none", "none", "none")
    (flag,) = flags("loop_detected", session)
    assert session.steps[flag.step].number == 9
    assert flag.evidence[0].step == 2
    assert flag.message == "search_docs with the same arguments 5 times, steps 3–11"


def test_three_same_calls_are_in_order() -> None:
    assert steps("loop_detected", calls("none", "none", "none")) == []


def test_words_in_another_order_and_counters_are_the_same_call() -> None:
    queries = ["the refund policy", "Refund policy", "policy refund", "refund  policy!"]
    session = run(user("Go."), *(call("search", "none", query=q, page=n) for n, q in enumerate(queries)))
    assert steps("loop_detected", session) == [9]


def test_other_ids_are_other_calls() -> None:
    session = run(user("Go."), *(call("get_order", "ok", id=f"ord_{n}") for n in range(6)))
    assert steps("loop_detected", session) == []


def test_a_polling_loop_is_not_flagged() -> None:
    states = ["queued", "running 10 %", "running 50 %", "running 90 %", "done"]
    assert steps("loop_detected", calls(*states, tool="get_job", job="j_1")) == []
    waiting = ["pending"] * 5 + ["done"]
    assert steps("loop_detected", calls(*waiting, tool="check_status", job="j_1")) == []


def test_reading_on_page_by_page_is_not_flagged() -> None:
    session = run(user("Go."), *(call("list", f"page {n}: rows {n}00", page=n) for n in range(6)))
    assert steps("loop_detected", session) == []


def test_retries_that_succeed_are_spared_and_those_that_never_do_are_not() -> None:
    assert steps("loop_detected", calls(FAILED, FAILED, FAILED, FAILED, "found it")) == []
    assert len(steps("loop_detected", calls(FAILED, FAILED, FAILED, FAILED))) == 1


def test_calls_far_apart_are_no_loop() -> None:
    rounds = ([call("get_order", "ok", id=f"ord_{turn}_{n}") for n in range(8)] for turn in range(4))
    session = run(user("Go."), *(event for filler in rounds for event in [call("whoami", "me", user="x"), *filler]))
    assert all("whoami" not in flag.message for flag in flags("loop_detected", session))


def test_a_cycle_of_several_calls_is_told_once() -> None:
    round_ = [call("open", "same page", url="a"), call("scroll", "same view", by="1 page")]
    (flag,) = flags("loop_detected", run(user("Go."), *(round_ * 4)))
    assert "in turn with 1 more" in flag.message


def chat(*texts: str) -> Session:
    builder = SessionBuilder("s")
    for number, text in enumerate(texts):
        place = SourceRef("t.json", number, 1, None, f"/history/{number}")
        builder.llm_call(Message("assistant", (TextPart(text),)), place, agent="Boss" if number % 2 else "Surfer")
    return builder.build()


def test_agents_that_exchange_the_same_text_are_flagged() -> None:
    one, other = (
        "I clicked 'Month selection', but the page is still the same.",
        "Please click 'Month selection' on that page.",
    )
    (flag,) = flags("loop_detected", chat(*[one, other] * 4))
    assert "says the same 4 times" in flag.message


def test_thanks_and_short_routine_messages_are_no_loop() -> None:
    assert flags("loop_detected", chat(*["Next speaker: Surfer", "Thank you!"] * 6)) == []


def cycle(width: int, times: int = 4) -> Session:
    words = ("search", "list", "fetch", "read", "inspect", "find", "query", "open")
    events = [call(f"{word}_docs", "nothing new", of=word) for word in words[:width]]
    return run(user("Find it."), *events * times)


def test_a_cycle_may_be_long_if_all_of_it_comes_again() -> None:
    for width in (2, 3, 5, 7):
        assert len(steps("loop_detected", cycle(width))) == 1, width


def test_a_clock_in_the_answers_is_no_progress_but_the_time_is_an_answer() -> None:
    answers = [{"state": "nothing new so far", "at": f"2025-06-01T10:0{n}:12Z"} for n in range(5)]
    assert len(steps("loop_detected", calls(*answers))) == 1
    assert steps("loop_detected", calls(*(f"2025-06-01T10:0{n}:12Z" for n in range(5)), tool="get_time")) == []


def test_the_same_text_with_another_ending_is_the_same() -> None:
    line = "This belongs to the team next to mine, I hand ord_7 over to them."
    endings = ("", " Thank you.", " As said.", " Kind regards.", " Please take care of it.")
    assert len(steps("loop_detected", chat(*(line + ending for ending in endings * 2)))) == 1


def test_texts_of_one_pattern_with_other_matter_are_no_loop() -> None:
    assert (
        steps("loop_detected", chat(*(f"I clicked '{n}' on the page of flights and hotels in Oslo." for n in "ABCDE")))
        == []
    )


def test_tests_that_fail_again_between_edits_are_no_loop() -> None:
    rounds = [
        event
        for n in range(5)
        for event in (
            call("edit_file", "ok", path="a.py", text=f"rate = {n}"),
            call("run_tests", f"1 failed, {n} passed"),
        )
    ]
    assert steps("loop_detected", run(user("Fix it."), *rounds)) == []


def test_the_number_of_an_answer_and_the_time_it_took_are_no_progress() -> None:
    answers = ({"error": "not found", "request_id": f"req_{n}a9f3c", "took_ms": 12 + 7 * n} for n in range(5))
    assert len(flags("loop_detected", run(*(call("find", answer, name="zz") for answer in answers)))) == 1


def test_two_calls_in_turn_that_differ_in_a_counter_alone_are_a_loop() -> None:
    pages = [call("read", f"lines from {at}, as before", path="a.py", offset=at) for at in (670, 720)]
    assert len(flags("loop_detected", run(*pages * 5))) == 1


def test_a_wait_between_looks_that_change_is_no_loop() -> None:
    waits = [event for n in range(5) for event in (call("wait", "ok", seconds=30), call("look", {"done": n}, id="j1"))]
    assert flags("loop_detected", run(*waits)) == []


def test_the_number_of_a_request_makes_no_other_call() -> None:
    looks = [("get_weather", {"city": "Rome", "request_id": f"r{n}9x"}, {"temp": 20}) for n in range(5)]
    assert len(flags("loop_detected", run(*looks))) == 1
