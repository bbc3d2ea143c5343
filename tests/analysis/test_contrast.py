"""Values that a text sets against each other."""

from __future__ import annotations

import pytest

from tests.analysis.runs import call, run
from tracetui.analysis.contrast import contrasted
from tracetui.analysis.provenance import Provenance


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Order found; it belongs to cust_012, not cust_789.", ("cust_012", "cust_789")),
        ("Returned ord_7 instead of ord_9.", ("ord_7", "ord_9")),
        ("It belongs to cust_012, not to the public.", None),
        ("It belongs to cust_012, not cust_012.", None),
        ("Found cust_012 and cust_789.", None),
    ],
)
def test_what_is_there_and_what_should_be(text: str, told: tuple[str, str] | None) -> None:
    provenance = Provenance.of(run(call("look", text)))
    index = next(i for i, passage in enumerate(provenance.passages) if passage.text == text)
    found = contrasted(text, provenance.in_passage(index))
    assert (found and (found[0].text, found[1].text)) == told
