"""What the names of fields say."""

from __future__ import annotations

import pytest

from tracetui.analysis.fields import is_amount, is_counter, is_id, is_own_id, is_prose, last_name, owner_at, owner_noun


@pytest.mark.parametrize("name", ["id", "order_id", "orderId", "ids", "ticketNumber", "sku", "zip"])
def test_fields_of_ids(name: str) -> None:
    assert is_id(name)
    assert not is_prose(name)


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("customer_id", "customer"),
        ("customerId", "customer"),
        ("user", "user"),
        ("owner", "owner"),
        ("owner_id", "owner"),
        ("belongs_to", "owner"),
        ("order_id", ""),
        ("user_agent", ""),
        ("id", ""),
        ("", ""),
    ],
)
def test_whose_id_a_field_holds(name: str, noun: str) -> None:
    assert owner_noun(name) == noun


def test_other_kinds_of_fields() -> None:
    assert is_own_id("id")
    assert not is_own_id("order_id")
    assert is_amount("total_price")
    assert is_prose("search_query")
    assert is_counter("page")


def test_the_field_of_an_item_is_that_of_its_list() -> None:
    assert last_name("/orders/0/item_ids/3") == "item_ids"
    assert last_name("/a~1b") == "a/b"
    assert last_name("") == ""


@pytest.mark.parametrize(
    ("pointer", "noun"),
    [
        ("/customer_id", "customer"),
        ("/data/order/customer/id", "customer"),
        ("/0/patientId", "patient"),
        ("/customer/order_id", ""),
        ("/customer/name", ""),
        ("", ""),
    ],
)
def test_whose_id_a_pointer_ends_at(pointer: str, noun: str) -> None:
    assert owner_at(pointer) == noun
