"""Ids of one kind have one shape."""

from __future__ import annotations

import pytest

from tracetui.analysis.shapes import shape_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cust_1", "cust_20931"),
        ("#W123", "#W9"),
        ("mia_li_1", "sara_doe_22"),
        ("edf6be9a-98f7-4213-a9ca-0c893901cedd", "0b1f3c52-11de-4f6a-8c55-6a1b2c3d4e5f"),
        ("cus_NffrFeUfNV2Hib", "cus_9s6XKzkNRiz8i3"),
        ("592976941", "35484"),
    ],
)
def test_ids_of_one_kind_are_of_one_shape(one: str, other: str) -> None:
    assert shape_of("id", one) == shape_of("id", other)


@pytest.mark.parametrize(("one", "other"), [("cust_1", "ord_1"), ("PAT-10", "DOC-10"), ("592976941", "cust_5")])
def test_ids_of_two_kinds_are_not(one: str, other: str) -> None:
    assert shape_of("id", one) != shape_of("id", other)


def test_addresses_are_all_of_one_shape() -> None:
    assert shape_of("email", "zoe@acme.io") == shape_of("email", "k.lee7@mail.test")
