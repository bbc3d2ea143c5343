"""The first difference in meaning, and the action that it decided; what is only worded, ordered or named otherwise is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.runs import Event, call, order_run, run, say, user
from tracetui.analysis.divergence import compare
from tracetui.analysis.findings import Comparison, Decisive, Divergence
from tracetui.ingest.open import open_trace
from tracetui.model import Session

SAMPLES = Path(__file__).parents[2] / "sample_traces"
INCIDENTS = ["incident_content.jsonl", "incident_openai.json", "incident_anthropic.json", "incident_unflagged.jsonl"]
GOOD_SAMPLES = [
    "good_same_customer.jsonl",
    "good_other_customer.jsonl",
    "good_same_customer_openai.json",
    "good_other_customer_openai.json",
    "good_same_customer_anthropic.json",
]
GOOD = order_run("cust_456", ["ord_127", "ord_119"], "ord_127", name="Bob")
READS = [call("get_price", {"price": n}, sku=f"sku_{n}0") for n in range(1, 5)]


def sample(name: str) -> Session:
    return open_trace(str(SAMPLES / name)).sessions[0]


def diverged(comparison: Comparison) -> Divergence:
    assert comparison.verdict == "diverged"
    assert comparison.divergence is not None
    return comparison.divergence


def decisive(comparison: Comparison) -> Decisive:
    found = diverged(comparison).decisive
    assert found is not None
    return found


def shop(*middle: Event, answer: str = "Refund of $40.00 for ord_341 is on its way.", amount: float = 40.0) -> Session:
    """A refund, with room for other steps before it."""
    return run(
        user("cust_789 wants a refund for ord_341"),
        call("get_order", {"id": "ord_341", "total": 40.0}, id="ord_341"),
        *middle,
        call("refund_order", {"refund_id": "rf_1"}, order_id="ord_341", amount=amount),
        say(answer),
    )


@pytest.mark.parametrize("incident", INCIDENTS)
@pytest.mark.parametrize("good", GOOD_SAMPLES)
def test_the_incident_parts_from_every_good_run_where_the_order_was_invented(incident: str, good: str) -> None:
    bad = sample(incident)
    divergence = diverged(compare(bad, [sample(good)]))
    calls = [step.index for step in bad.steps if step.kind == "llm_call"]
    assert divergence.bad == calls[1]
    assert divergence.decisive is not None


@pytest.mark.parametrize("incident", INCIDENTS[:3])
def test_the_decisive_action_is_the_confirmation_of_the_invented_order(incident: str) -> None:
    found = decisive(compare(sample(incident), [sample("good_other_customer.jsonl")]))
    assert found.kind == "wrong_action"
    assert "confirm_order" in found.why
    assert "ord_555" in found.why


@pytest.mark.parametrize("first", GOOD_SAMPLES)
@pytest.mark.parametrize("second", GOOD_SAMPLES)
def test_good_runs_of_any_customer_are_the_same(first: str, second: str) -> None:
    assert compare(sample(first), [sample(second)]).verdict == "same"


def test_an_invented_id_is_named_with_what_the_good_run_used() -> None:
    divergence = diverged(compare(order_run("cust_789", [], "ord_555", listed=False, name="Alice"), [GOOD]))
    assert divergence.kind == "argument"
    assert "ord_555" in divergence.why
    assert "ord_127" in divergence.why
    assert "list_orders" in divergence.why


def test_the_step_that_wrote_an_invented_id_first_is_where_it_began() -> None:
    listing = call("list_orders", {"orders": [{"id": "ord_341"}]}, customer_id="cust_789")
    start = [user("confirm the order of cust_789"), listing]
    bad = run(*start, say("It is ord_555."), user("go on"), call("get_order", {"id": "ord_555"}, id="ord_555"))
    good = run(*start, say("It is ord_341."), user("go on"), call("get_order", {"id": "ord_341"}, id="ord_341"))
    assert diverged(compare(bad, [good])).bad == 3


def test_an_argument_that_differs_is_told_with_both_values() -> None:
    divergence = diverged(compare(shop(amount=400.0), [shop()]))
    assert (divergence.kind, divergence.bad) == ("argument", 3)
    assert "400" in divergence.why
    assert divergence.decisive is not None
    assert divergence.decisive.kind == "wrong_action"


def test_numbers_and_strings_of_one_value_are_one() -> None:
    bad = run(user("go"), call("pay", {}, amount="40", items=["b", "a"], note=""))
    good = run(user("go"), call("pay", {}, amount=40.0, items=["a", "b"]))
    assert compare(bad, [good]).verdict == "same"


def test_a_wrong_tool_is_another_path() -> None:
    check = call("get_policy", {"refundable": True}, topic="refunds")
    other = call("get_weather", {"sky": "clear"}, city="Oslo")
    divergence = diverged(compare(shop(other), [shop(check)]))
    assert (divergence.kind, divergence.bad, divergence.good) == ("path", 3, 3)


def test_a_wrong_tool_among_lookups_in_another_order_is_told_where_it_was_called() -> None:
    lookups = [call("get_order", {"total": n}, id=f"ord_{n}00") for n in (1, 2, 3)]
    wrong = call("find_user", "Error: no such argument", id="ord_100")
    found = diverged(compare(shop(wrong, lookups[2], lookups[1]), [shop(*lookups)]))
    assert (found.kind, found.bad) == ("path", 3)
    assert "find_user(id=ord_100) was called where the good run called get_order(id=ord_100)" in found.why


THOUGHT = "The cheapest item is sold out so the next one has to be taken."


def test_a_thought_given_to_another_tool_is_another_path() -> None:
    bad, good = (shop(call(tool, "", thought=THOUGHT)) for tool in ("get_order", "think"))
    assert (diverged(compare(bad, [good])).bad, diverged(compare(bad, [good])).kind) == (3, "path")


def test_a_lookup_in_place_of_a_thought_is_noise() -> None:
    bad, good = shop(call("get_stock", {"left": 3}, item="lamp")), shop(call("think", "", thought=THOUGHT))
    assert compare(bad, [good]).verdict == "same"


def refund_after(*asked: Event) -> Session:
    return run(user("cust_789 wants a refund for ord_341"), *asked, say("Refunded."))


REFUND, THINK = call("refund_order", {"refund_id": "rf_1"}, order_id="ord_341"), call("think", "", thought=THOUGHT)


def test_an_action_before_the_consent_that_it_follows_in_the_good_run_is_a_difference_in_order() -> None:
    asking = [call("get_price", {"price": 7}, sku="sku_10"), say("Shall I?"), user("Yes please.")]
    found = diverged(compare(refund_after(REFUND, *asking, THINK), [refund_after(THINK, *asking, REFUND)]))
    assert (found.kind, found.bad) in (("order", 1), ("order", 7))


def test_a_thought_after_an_action_instead_of_before_it_is_noise() -> None:
    assert compare(refund_after(REFUND, THINK), [refund_after(THINK, REFUND)]).verdict == "same"


def test_an_id_from_nowhere_said_on_the_way_is_a_difference_in_the_answer() -> None:
    bad, good = (shop(say(f"### Order {order}:"), user("Yes.")) for order in ("ord_777", "ord_341"))
    found = diverged(compare(bad, [good]))
    assert (found.kind, found.bad) == ("answer", 3)
    assert "ord_777" in found.why


def test_a_step_left_out_is_placed_where_it_should_have_been() -> None:
    check = call("get_policy", {"refundable": True}, topic="refunds")
    divergence = diverged(compare(shop(), [shop(check)]))
    assert (divergence.kind, divergence.bad) == ("path", 3)
    assert "get_policy" in divergence.why


def test_an_action_left_out_is_a_missing_action() -> None:
    email = call("send_email", {"status": "sent"}, to="a@example.com", body="Your refund is on its way to you.")
    found = decisive(compare(shop(), [shop(email)]))
    assert (found.kind, found.bad) == ("missing_action", 3)
    assert "send_email" in found.why


def test_an_action_done_again_is_an_extra_action() -> None:
    again = call("refund_order", {"refund_id": "rf_0"}, order_id="ord_341", amount=40.0)
    found = decisive(compare(shop(again), [shop()]))
    assert found.kind == "extra_action"


def test_a_failed_action_tried_again_is_a_retry() -> None:
    failed = call("refund_order", "Error: try again later", order_id="ord_341", amount=40.0)
    comparison = compare(shop(failed), [shop()])
    assert comparison.divergence is None or comparison.divergence.decisive is None


def test_actions_in_another_order_are_a_difference_in_order() -> None:
    one, two = call("cancel_order", {"ok": True}, id="ord_1"), call("charge_card", {"ok": True}, amount=5)
    divergence = diverged(compare(run(user("go"), one, two), [run(user("go"), two, one)]))
    assert divergence.kind == "order"


def test_a_loop_is_a_difference_in_length() -> None:
    poll = call("get_policy", {"refundable": True}, topic="refunds")
    divergence = diverged(compare(shop(*[poll] * 6), [shop(poll)]))
    assert divergence.kind == "length"
    assert "6 times" in divergence.why


def test_a_call_that_failed_only_here_is_a_difference_in_result() -> None:
    down = call("get_policy", "Error: service is down", topic="refunds")
    up = call("get_policy", {"refundable": True}, topic="refunds")
    divergence = diverged(compare(shop(down), [shop(up)]))
    assert (divergence.kind, divergence.bad) == ("result", 4)


def test_an_answer_about_another_owner_is_a_difference_in_result() -> None:
    start = [user("order ord_1 of cust_1"), call("get_customer", {"id": "cust_1"}, id="cust_1")]
    bad = run(*start, call("get_order", {"customer_id": "cust_9"}, id="ord_1"), say("ok"))
    good = run(*start, call("get_order", {"customer_id": "cust_1"}, id="ord_1"), say("ok"))
    assert diverged(compare(bad, [good])).kind == "result"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Refund of $90.00 for ord_341 is on its way.", "Refund of $40.00 for ord_341 is on its way."),
        ("Rome", "Paris"),
        ("The refund for ord_999 is on its way.", "A refund for ord_341 was made, it should arrive soon."),
    ],
)
def test_a_wrong_value_in_the_final_answer_is_a_difference_in_the_answer(wrong: str, right: str) -> None:
    divergence = diverged(compare(shop(answer=wrong), [shop(answer=right)]))
    assert (divergence.kind, divergence.bad) == ("answer", 5)


@pytest.mark.parametrize("other", ["$40.00 will be back on your card soon (ord_341).", "All done, have a nice day!"])
def test_another_wording_of_the_answer_is_noise(other: str) -> None:
    comparison = compare(shop(answer=other), [shop()])
    assert comparison.verdict == "same"
    assert dict(comparison.ignored)["wording"] == 1


def test_what_users_say_and_how_often_is_noise() -> None:
    bad = shop(say("Which order?"), user("the one I said"))
    comparison = compare(bad, [shop()])
    assert comparison.verdict == "same"
    assert dict(comparison.ignored) == {"wording": 1, "user phrasing": 1}


def test_another_lookup_on_the_way_is_noise_but_one_of_an_invented_thing_is_not() -> None:
    known = call("get_customer", {"id": "cust_789", "name": "Ann"}, id="cust_789")
    invented = call("get_customer", {"id": "cust_777", "name": "Eve"}, id="cust_777")
    assert compare(shop(known), [shop()]).verdict == "same"
    assert "cust_777" in diverged(compare(shop(invented), [shop()])).why


@given(st.permutations(READS))
def test_independent_lookups_in_any_order_are_the_same(reads: list[Event]) -> None:
    comparison = compare(shop(*reads), [shop(*READS)])
    assert comparison.verdict == "same"


def test_a_lookup_moved_behind_an_action_is_a_difference_in_order() -> None:
    check, act = call("get_policy", {"ok": True}, id="pol_1"), call("cancel_order", {"ok": True}, id="ord_1")
    start = [user("cancel ord_1 under pol_1")]
    divergence = diverged(compare(run(*start, act, check, say("ok")), [run(*start, check, act, say("ok"))]))
    assert divergence.kind == "order"


def test_the_norm_is_what_the_good_runs_share() -> None:
    check = call("get_policy", {"refundable": True}, topic="refunds")
    assert compare(shop(), [shop(check)]).verdict == "diverged"
    assert compare(shop(), [shop(check), shop()]).verdict == "same"


def test_what_good_runs_do_differently_among_themselves_is_counted_as_noise() -> None:
    check = call("get_policy", {"refundable": True}, topic="refunds")
    comparison = compare(shop(), [shop(check), shop(check), shop()])
    assert comparison.verdict == "same"
    comparison = compare(shop(amount=400.0), [shop(check), shop(check)])
    assert diverged(comparison).decisive is not None
    assert "differs among good runs" not in dict(comparison.ignored)


def test_a_step_is_the_more_suspicious_the_more_good_runs_lack_it() -> None:
    check = call("get_policy", {"refundable": True}, topic="refunds")
    bad = shop(check, amount=400.0)
    comparison = compare(bad, [shop(check), shop(check), shop(call("get_stock", {"left": 3}, item="it_77"))])
    counts = dict(comparison.suspicion)
    wrong = diverged(comparison).bad
    assert wrong is not None
    assert counts[wrong] == 3
    assert comparison.suspicion[0][1] == 3
    assert all(1 <= count <= 3 for count in counts.values())
    assert compare(bad, [shop(check)]).suspicion == ()


def test_the_closest_good_run_is_the_baseline() -> None:
    check = call("get_policy", {"refundable": True}, topic="refunds")
    comparison = compare(shop(amount=400.0), [shop(check, *READS), shop()])
    assert comparison.baseline == 1
    assert diverged(comparison).bad == 3


def test_without_a_good_run_nothing_can_be_told() -> None:
    assert compare(shop(), []).verdict == "inconclusive"


def test_calls_without_their_arguments_leave_it_open_with_what_would_decide() -> None:
    def bare() -> Session:
        return run(user("go"), ("get_order", None, None), say("done"))

    comparison = compare(bare(), [bare()])
    assert comparison.verdict == "inconclusive"
    assert "arguments" in comparison.why


@pytest.mark.parametrize(
    ("bad", "good", "why"),
    [
        (
            run(user("capital of France?"), say("After some thought I would go for the one on the Seine, as most do.")),
            run(user("weather?"), say("Expect rain in the west and long sunny spells everywhere else until tonight.")),
            "no tool was called",
        ),
        (
            run(user("go"), READS[0], say("I could not find anything that fits, please ask somebody else about it.")),
            run(user("go"), READS[0], say("Prices start low this week, have a look at the new catalogue in the shop.")),
            "too little in common",
        ),
        (run(user("go"), READS[0]), run(user("go"), READS[0]), "neither run recorded an answer"),
    ],
)
def test_without_actions_only_answers_that_are_alike_make_two_runs_the_same(
    bad: Session, good: Session, why: str
) -> None:
    comparison = compare(bad, [good])
    assert comparison.verdict == "inconclusive"
    assert why in comparison.why
    assert compare(bad, [bad]).verdict == ("inconclusive" if "neither" in why else "same")


@given(st.lists(st.sampled_from([*READS, say("one moment"), user("please")]), max_size=8))
def test_a_run_is_the_same_as_itself(middle: list[Event]) -> None:
    comparison = compare(shop(*middle), [shop(*middle)])
    assert comparison.verdict == "same"
    assert comparison.divergence is None
    assert comparison.ignored == ()
