"""Results of another entity than the one in process."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.rules.flagging import flags, steps
from tests.analysis.runs import Event, call, order_run, run, user
from tracetui.ingest.build import SessionBuilder
from tracetui.model import Session, SourceRef


def lookup(customer: str, result: Any, **arguments: Any) -> Session:
    return run(user(f"Check the order of {customer}."), call("get_order", result, **(arguments or {"id": "ord_7"})))


def test_an_order_of_a_stranger_is_flagged_where_it_came_back() -> None:
    session = lookup("cust_789", {"id": "ord_7", "customer_id": "cust_012"})
    (flag,) = flags("entity_mismatch", session)
    assert session.steps[flag.step].kind == "tool_call"
    assert flag.source == session.steps[flag.step].source
    assert flag.message == "get_order returned “cust_012”; in process is “cust_789”"
    assert flag.evidence[0].quote == "cust_012"


@pytest.mark.parametrize("key", ["customer_id", "customerId", "owner", "account_id", "user"])
@pytest.mark.parametrize(
    ("mine", "other"), [("cust_789", "cust_012"), ("USR-8F2C91", "USR-8F2C92"), ("mia_li_1234", "sara_doe_5678")]
)
def test_owners_under_any_usual_name_and_shape(key: str, mine: str, other: str) -> None:
    assert steps("entity_mismatch", lookup(mine, {"id": "ord_7", key: other})) == [3]
    assert steps("entity_mismatch", lookup(mine, {"id": "ord_7", key: mine})) == []


def test_an_owner_that_was_looked_up_is_in_process() -> None:
    def found(owner: str) -> Session:
        return run(
            user("I am Mia Li."),
            call("find_user_id_by_name", "4815162", name="Mia Li"),
            call("get_order", {"id": "1", "user_id": owner}, id="1"),
        )

    assert steps("entity_mismatch", found("4815162")) == []
    assert steps("entity_mismatch", found("2342108")) == [5]


def test_the_owner_in_the_calls_own_arguments_counts_first() -> None:
    session = run(
        user("Orders of cust_1 and cust_2."),
        call("get_order", {"id": "ord_7", "customer_id": "cust_1"}, id="ord_7", customer_id="cust_2"),
    )
    assert steps("entity_mismatch", session) == [3]


def test_a_record_that_changes_its_owner_between_two_reads_is_flagged() -> None:
    first = call("get_order", {"order_id": "ord_7", "user_id": "u_11"}, order_id="ord_7")
    again = call("get_order", {"order_id": "ord_7", "user_id": "u_12"}, order_id="ord_7")
    assert steps("entity_mismatch", run(user("Look at ord_7."), first, again)) == [5]
    moved = call("transfer_order", {"order_id": "ord_7", "user_id": "u_12"}, order_id="ord_7")
    assert steps("entity_mismatch", run(user("Look at ord_7."), first, moved)) == []


def test_another_record_than_asked_for_is_flagged_and_a_copy_is_not() -> None:
    assert steps("entity_mismatch", lookup("cust_1", {"id": "ord_8"}, id="ord_7")) == [3]
    copied = run(user("Copy ord_7."), call("copy_order", {"id": "ord_8"}, id="ord_7"))
    assert steps("entity_mismatch", copied) == []


@pytest.mark.parametrize("answer", [{"id": "ord_94"}, {"order": {"id": "ord_94"}}, {"data": {"order_id": "ord_94"}}])
def test_another_record_is_told_by_its_own_id_wherever_it_stands(answer: Any) -> None:
    assert steps("entity_mismatch", run(user("Show order ord_93."), call("get_order", answer, order_id="ord_93"))) == [
        3
    ]
    # Another thing that the record refers to is not the record.
    assert steps("entity_mismatch", run(user("Show ord_93."), call("get_total", answer, order_id="ord_93"))) == []


def test_owners_may_be_named_by_their_address() -> None:
    def invoice(of: str) -> Session:
        result = {"invoice_id": "INV-93", "customer_email": of}
        return run(user("I am ann@x.io, show invoice INV-93."), call("get_invoice", result, invoice_id="INV-93"))

    assert steps("entity_mismatch", invoice("bob@y.io")) == [3]
    assert steps("entity_mismatch", invoice("Ann@x.io")) == []


def test_the_address_of_somebody_to_write_to_is_nobody_in_process() -> None:
    invoice = call("get_invoice", {"invoice_id": "INV-93", "customer_email": "bob@y.io"}, invoice_id="INV-93")
    assert steps("entity_mismatch", run(user("Send INV-93 to my accountant, kim@tax.io."), invoice)) == []


@pytest.mark.parametrize(
    ("tool", "asked", "answer"),
    [
        ("get_order_shipment", {"order_id": "931234"}, {"id": "771234", "status": "sent"}),
        ("find_similar_product", {"product_id": "prod_93"}, {"product": {"id": "prod_77"}}),
        ("get_next_invoice", {"id": "INV-93"}, {"id": "INV-94"}),
        ("get_replacement_order", {"order_id": "ord_93"}, {"order": {"id": "ord_201", "replaces": "ord_93"}}),
        ("get_parent_account", {"account_id": "acc_93"}, {"account_id": "acc_12", "children": ["acc_93"]}),
        ("get_customer", {"customer_id": "cus_93"}, {"id": "cus_201", "merged_from": ["cus_93"]}),
    ],
)
def test_a_thing_that_was_asked_for_by_another_is_no_mismatch(
    tool: str, asked: dict[str, str], answer: dict[str, Any]
) -> None:
    wanted = next(iter(asked.values()))
    assert steps("entity_mismatch", run(user(f"It is about {wanted}."), call(tool, answer, **asked))) == []


def test_letters_in_the_middle_of_an_id_are_its_own_under_one_name() -> None:
    answer = {"tenant": "t-zeta-07", "invoices": []}
    assert steps("entity_mismatch", run(user("List them."), call("list_invoices", answer, tenant="t-acme-01"))) == [3]


def test_a_list_of_many_owners_is_no_answer_for_one() -> None:
    listed = {"orders": [{"id": "ord_1", "customer_id": "cust_5"}, {"id": "ord_2", "customer_id": "cust_6"}]}
    assert steps("entity_mismatch", run(user("I am cust_1."), call("list_orders", listed))) == []


def test_a_session_that_deals_with_many_owners_is_not_flagged() -> None:
    events: list[Event] = [
        call("get_ticket", {"id": f"T-10{n}", "user_id": f"u_4{n}"}, id=f"T-10{n}") for n in range(8)
    ]
    assert steps("entity_mismatch", run(user("Work through the tickets, T-100 first. I am u_99."), *events)) == []


def test_a_result_in_words_that_names_another_owner() -> None:
    assert steps("entity_mismatch", lookup("cust_789", "Order ord_7, customer: cust_012, pending")) == [3]
    assert steps("entity_mismatch", lookup("cust_789", "Order ord_7, customer: cust_789, pending")) == []


@pytest.mark.parametrize(
    ("summary", "count"),
    [
        ("Order found — belongs to cust_012, not cust_789", 1),
        ("Order is for cust_012 instead of cust_789", 1),
        ("Returned cust_012 but expected cust_789", 1),
        ("Order found for cust_789, not shipped yet", 0),
        ("Returned 3 orders, not 4", 0),
    ],
)
def test_summaries_that_say_so(summary: str, count: int) -> None:
    builder = SessionBuilder("s")
    place = SourceRef("t.jsonl", 0, 1, 1)
    builder.step("llm_call", place)
    builder.step("tool_call", place, tool="get_order", arguments={"id": "o"}, arguments_source=place, summary=summary)
    found = flags("entity_mismatch", builder.build())
    assert len(found) == count
    assert all(flag.confidence < 0.7 and "summary only" in flag.message for flag in found)


def test_a_good_run_is_not_flagged() -> None:
    assert steps("entity_mismatch", order_run("cust_1", ["ord_7", "ord_8"], "ord_8")) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"id": "ord_7", "customer": {"id": "{}"}},
        {"data": {"order": {"id": "ord_7", "customerId": "{}"}}},
        [{"order_id": "ord_7", "customer_id": "{}"}],
        {"order_id": "ord_7", "owner": "{}"},
        "Order ord_7 belongs to customer {}; it is open.",
    ],
)
@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("cust_1", "cust_2"),
        ("592976941", "354841705"),
        ("edf6be9a-98f7-4213-a9ca-0c893901cedd", "0b1f3c52-11de-4f6a-8c55-6a1b2c3d4e5f"),
        ("cus_NffrFeUfNV2Hib", "cus_9s6XKzkNRiz8i3"),
    ],
)
def test_an_owner_is_found_wherever_an_answer_puts_it(answer: Any, mine: str, other: str) -> None:
    def told(owner: str) -> int:
        known = call("get_customer", {"customer_id": mine, "name": "Ann"}, customer_id=mine)
        asked = user(f"I am {mine}; what about ord_7?")
        return len(
            flags("entity_mismatch", run(asked, known, call("get_order", _filled(answer, owner), order_id="ord_7")))
        )

    assert (told(mine), told(other)) == (0, 1)


def _filled(answer: Any, owner: str) -> Any:
    if isinstance(answer, dict):
        return {key: _filled(value, owner) for key, value in answer.items()}
    if isinstance(answer, list):
        return [_filled(value, owner) for value in answer]
    return answer.replace("{}", owner)


def test_people_on_a_record_beside_its_owner_are_no_mismatch() -> None:
    party = [{"passenger_id": f"pas_{n}"} for n in (4, 5, 6)]
    known = call("get_passenger", {"passenger_id": "pas_1"}, passenger_id="pas_1")
    assert flags("entity_mismatch", run(user("I am pas_1."), known, call("get_party", {"party": party}, id="R1"))) == []
