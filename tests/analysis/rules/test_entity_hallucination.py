"""Values that stand in nothing before."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.rules.flagging import flags
from tests.analysis.runs import call, order_run, run, say, user
from tracetui.ingest.build import SessionBuilder
from tracetui.model import Message, Session, SourceRef, TextPart


def invented(session: Session) -> list[str]:
    return [flag.message.split("”")[0].lstrip("“") for flag in flags("entity_hallucination", session)]


def test_an_invented_id_is_flagged_at_the_call_that_wrote_it() -> None:
    session = order_run("cust_1", ["ord_7"], "ord_555")
    (flag,) = flags("entity_hallucination", session)
    assert session.steps[flag.step].kind == "llm_call"
    assert session.steps[flag.step + 1].arguments == {"id": "ord_555"}
    assert flag.confidence >= 0.9
    assert "ord_555" in flag.evidence[0].quote


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("get_order", {"id": "ord_555"}),
        ("get_order", {"order_id": "48213"}),
        ("get_order", {"order": "48213"}),
        ("get_order", {"orderId": "9F3K2A"}),
        ("get_order", {"ids": ["550e8400-e29b-41d4-a716-446655440000"]}),
        ("send", {"to": "zoe@acme.io"}),
        ("open_page", {"url": "https://acme.io/orders/7?x=1"}),
        ("dial", {"to": "+1 555 123 4567"}),
        ("refund", {"amount": "412.37"}),
        ("find_user", {"zip": "81249"}),
    ],
)
def test_an_argument_from_nowhere_is_flagged(tool: str, arguments: dict[str, Any]) -> None:
    session = run(user("Help me, please."), call(tool, {"status": "ok"}, **arguments))
    assert len(flags("entity_hallucination", session)) == 1


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search", {"query": "weather 2023 in 48213"}),
        ("run_python", {"code": "x_1 = 48213\nprint(x_1)"}),
        ("create_user", {"user_id": "zoe_77", "name": "Zoe"}),
        ("create_file", {"path": "report_2024.md", "content": "see tmp_0042"}),
        ("wait", {"timeout_ms": 3600000}),
        ("list_orders", {"limit": 250, "page": 3}),
        ("get_order", {"id": "your_order_id_1"}),
        ("open_page", {"url": "https://www.wikipedia.org/"}),
        ("book", {"date": "2024-05-20"}),
    ],
)
def test_new_values_where_new_values_are_in_place_are_spared(tool: str, arguments: dict[str, Any]) -> None:
    session = run(user("Help me, please."), call(tool, {"status": "ok"}, **arguments))
    assert flags("entity_hallucination", session) == []


def test_a_value_that_was_created_is_used_later_without_a_flag() -> None:
    session = run(
        user("Make me a user."),
        call("create_user", {"ok": True}, user_id="zoe_77"),
        call("get_user", "ok", id="zoe_77"),
    )
    assert invented(session) == []


@pytest.mark.parametrize(
    ("seen", "value"),
    [
        ("Order 555, please", "ord_555"),
        ("container MSKU 204 885", "MSKU204885"),
        ('{"orders": ["#W1234567"]}', "W1234567"),
        ("two at 120.25 and 30.10", "150.35"),
        ("mail Zoe@Acme.io", "zoe@acme.io"),
    ],
)
def test_what_follows_from_the_context_is_spared(seen: str, value: str) -> None:
    name = "amount" if value[0] == "1" else "id"
    assert invented(run(user(seen), call("act", "ok", **{name: value}))) == []


@pytest.mark.parametrize(
    ("seen", "tool", "arguments"),
    [
        ("Employee 4471 at site BER-03 wants a badge", "get_badge", {"badge_id": "BER-03-4471"}),
        ("CHF 1'258.40 überweisen", "pay", {"amount": 1258.40}),
        ("Der Betrag ist 1.782,56 EUR", "refund", {"amount": 1782.56}),
        ("Rembourser 1\u202f782,56 €", "refund", {"amount": 1782.56}),
        ("Refund ₹1,78,256.70 to me", "refund", {"amount": 178256.70}),
        ("رقم الطلب ٤٨٢١٣٧", "get_order", {"order_id": "482137"}),
        ("my number is 0171 2345678", "find_customer", {"phone": "+491712345678"}),
        ("call me at (415) 555-0132", "find_customer", {"phone": "+14155550132"}),
        ("find red shoes in size 42", "open_page", {"url": "https://shop.test/search?q=red+shoes&size=42"}),
        ("claim 0004217", "get_claim", {"claim_id": 4217}),
        ("employee number 4217", "get_employee", {"employee_id": "0004217"}),
        ("ticket 48213 please", "get_ticket", {"ticket_id": "TCK-48213"}),
        ("refund order o_9913", "refund", {"order_id": "o_9913", "idempotency_key": "refund-8f3a2b1c"}),
        ("reboot web-01 through web-04", "reboot", {"host": "web-03"}),
        ("list column 2", "run_sql", {"query": "SELECT a.line_2 FROM a JOIN b ON a.key_2 = b.key_2"}),
        ("Pay DE89 3704 0044 0532 0130 00", "pay", {"iban": "DE89370400440532013000"}),
    ],
)
def test_another_spelling_or_a_composition_of_what_was_said_is_spared(
    seen: str, tool: str, arguments: dict[str, Any]
) -> None:
    assert invented(run(user(seen), call(tool, "ok", **arguments))) == []


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("add_to_cart", {"sku": "MUG-RED-0042"}),
        ("refund", {"amount": 73.91}),
        ("block_device", {"mac_address": "a4:83:e7:12:9b:0c"}),
        ("block_ip", {"ip": "203.45.77.19"}),
        ("stop_task", {"task_arn": "arn:aws:ecs:eu-west-1:998877665544:task/prod/1dc5c17a422f4d4b"}),
        ("run_sql", {"query": "SELECT sum(x) FROM orders WHERE customer_id = 99314"}),
    ],
)
def test_what_names_a_thing_in_another_way_is_flagged_too(tool: str, arguments: dict[str, Any]) -> None:
    assert invented(run(user("Help me, please."), call(tool, "ok", **arguments)))


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "10.2.0.0", "255.255.255.0", "8.8.8.8"])
def test_addresses_by_convention_are_known_to_all(address: str) -> None:
    assert invented(run(user("Check the network."), call("ping", "ok", host=address))) == []


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"items": [{"p": 19.99, "q": 2}, {"p": 5.49, "q": 3}, {"p": 102.0, "q": 1}]}, "It comes to $158.45."),
        ({"items": [{"p": 19.99}, {"p": 5.49}, {"p": 102.2}]}, "It comes to $127.68."),
        ({"yearly": 239.88}, "That is $19.99 per month."),
    ],
)
def test_what_the_rows_of_an_answer_add_up_to_is_derived(answer: dict[str, Any], text: str) -> None:
    assert invented(run(user("How much?"), call("get_cart", answer), say(text))) == []
    assert len(invented(run(user("How much?"), call("get_cart", answer), say("It comes to $158.46.")))) == 1


def test_a_link_with_an_invented_id_in_it_is_told_with_the_id() -> None:
    text = "The trial number is NCT03480528, see https://trials.test/show/NCT03480528."
    assert invented(run(user("Which trial?"), call("search", "many"), say(text))) == ["NCT03480528"]


def test_the_price_with_tax_follows_from_the_share_that_was_named() -> None:
    price = call("get_order", {"net": 130.5}, order_id="88213")
    assert invented(run(user("invoice for order 88213, VAT 19 %"), price, say("That makes €155.30."))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Ihre Bestellnummer B-99311 wird morgen geliefert.",
        "Su número de pedido es P-99311.",
        "您的订单号是20240519999。",
        "ご注文番号は20240519999です。",
        "Das kostet 1.734,56 €.",
        "You will receive EUR 734.56 tomorrow.",
        "Du får 1 734,56 kr tillbaka.",
        "Paid to account DE12 5001 0517 0648 4898 90.",
    ],
)
def test_invented_values_are_flagged_in_answers_in_other_languages(text: str) -> None:
    assert len(invented(run(user("Hallo?"), call("get_orders", {"orders": ["B-77120"]}), say(text)))) == 1


def test_ids_that_are_keys_of_a_result_are_known() -> None:
    session = run(user("Pay."), call("get_user", {"cards": {"card_4711": {}}}), call("pay", "ok", card_id="card_4711"))
    assert invented(session) == []


@pytest.mark.parametrize(
    "text",
    [
        "Your confirmation number is 4XKQ9P.",
        "Your confirmation code is K7WTCA.",
        "Order ord_555 is on its way.",
        "Write to zoe@acme.io.",
        "It costs $412.37.",
        "What would you like? I wrote to zoe@acme.io.",
    ],
)
def test_an_answer_with_an_invented_value_is_flagged(text: str) -> None:
    assert len(invented(run(user("Where is my order?"), say(text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Order ids look like ord_555, for example.",
        "What is your order id (e.g. #W0001112)?",
        "```python\norder = 'ord_555'\n```",
        "We met in 1993-2001, in the mid-2000s, with GPT-4 and 256GB.",
        "That is about $400.",
    ],
)
def test_an_answer_with_examples_and_common_numbers_is_spared(text: str) -> None:
    assert invented(run(user("Where is my order?"), say(text))) == []


def bare(*steps: dict[str, Any]) -> Session:
    """A session of summaries and arguments, as the least session-trace has it."""
    builder = SessionBuilder("s")
    place = SourceRef("t.jsonl", 0, 1, 1)
    for step in steps:
        builder.step(step.pop("kind"), place, **({"arguments_source": place} if "arguments" in step else {}), **step)
    return builder.build()


def test_without_content_a_value_is_flagged_only_if_something_speaks_against_it() -> None:
    def lookup(answer: str) -> Session:
        return bare(
            {"kind": "llm_call", "summary": "Opened the order"},
            {"kind": "tool_call", "tool": "get_order", "arguments": {"id": "ord_5"}, "summary": answer},
        )

    assert flags("entity_hallucination", lookup("Order found")) == []
    (flag,) = flags("entity_hallucination", lookup("No such order"))
    assert flag.confidence < 0.75
    assert "not recorded" in flag.message


def test_what_is_not_recorded_is_told_behind_a_value_of_any_length() -> None:
    order = "ord-5-" + "7" * 40
    session = bare(
        {"kind": "llm_call", "summary": "Opened the order"},
        {"kind": "tool_call", "tool": "get_order", "arguments": {"id": order}, "summary": "No such order"},
    )
    (flag,) = flags("entity_hallucination", session)
    assert flag.message.endswith("; prompts or results are not recorded")


def chat(*messages: tuple[str, str]) -> Session:
    """A chat of agents whose tools are not recorded."""
    builder = SessionBuilder("s")
    for number, (agent, text) in enumerate(messages):
        place = SourceRef("t.json", number, 1, None, f"/history/{number}")
        if agent == "user":
            builder.message(Message("user", (TextPart(text),)), place)
        else:
            builder.llm_call(Message("assistant", (TextPart(text),)), place, agent=agent)
    return builder.build()


def test_an_agent_that_reports_from_outside_is_not_held_to_the_chat() -> None:
    pages = [("Surfer", f"I opened https://acme.io/page/{n}/a and https://acme.io/page/{n}/b.") for n in range(3)]
    assert invented(chat(("user", "Find the page."), ("Boss", "Surfer, go on."), *pages)) == []


def test_an_agent_of_a_chat_that_names_one_invented_record_is_flagged() -> None:
    session = chat(("user", "Find the trial."), ("Expert", "The trial number is NCT03480528."), ("Boss", "Thank you."))
    assert invented(session) == ["NCT03480528"]


def test_a_date_from_nowhere_is_flagged_in_a_call() -> None:
    asked = user("Move my visit of 2025-03-04, please.")
    assert invented(run(asked, call("reschedule", "ok", effective_date="2031-08-19"))) == ["2031-08-19"]


def test_a_path_from_nowhere_is_flagged_where_it_is_not_there() -> None:
    def told(path: str, answer: str) -> list[str]:
        return invented(run(user("Sum up INV-2041."), call("read_file", answer, path=path)))

    missing = "Error: no such file"
    assert told("/srv/ledger_8/totals.csv", missing) == ["/srv/ledger_8/totals.csv"]
    assert told("/srv/ledger_8/totals.csv", "total 412") == []
    assert told("INV-2041.pdf", missing) == []


@pytest.mark.parametrize("text", ["It takes effect on 2031-08-19.", "The receipt is saved as /srv/out/receipt_8.pdf."])
def test_a_date_or_path_from_nowhere_is_flagged_in_an_answer(text: str) -> None:
    assert len(invented(run(user("Move my visit of 2025-03-04."), call("move_visit", "ok", to="noon"), say(text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Your new visit is on 2025-04-01.",
        "It runs for a year, until March 4, 2026.",
        "The clinic was founded on May 7, 1983.",
        "See README.md for more.",
    ],
)
def test_dates_that_others_lead_to_history_and_bare_file_names_are_spared(text: str) -> None:
    assert invented(run(user("Move my visit of 2025-03-04."), call("move_visit", "ok", to="noon"), say(text))) == []


def test_a_number_inside_a_link_is_known() -> None:
    asked = user("Look at https://git.test/acme/fields.py#L1474, please.")
    assert invented(run(asked, call("goto_line", "…", line_number=1474))) == []


def test_what_stands_in_a_stack_trace_is_the_programs_own() -> None:
    dump = "It failed.\nTraceback (most recent call last):\n  see https://vendor.test/help/2198766\nValueError: order #99812"
    assert invented(run(user("Go on."), call("run", "ok", n=1), say(dump))) == []


def test_calls_without_any_recorded_request_are_not_held_to_it() -> None:
    assert invented(run(call("get_order", "ok", id="ord_1"), call("get_order", "ok", id="ord_555"))) == []
