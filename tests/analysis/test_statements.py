"""Statements about records: what contradicts them, and where nothing is said of them."""

from __future__ import annotations

import pytest

from tests.analysis.runs import call, run, say, user
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.records import Records
from tracetui.analysis.statements import contradictions


def contradicted(text: str) -> list[tuple[str, str]]:
    session = run(
        user("?"), call("get_bill", {"bill_id": "B-771", "status": "unpaid", "total": 412.5}, id="B-771"), say(text)
    )
    provenance, records = Provenance.of(session), Records()
    records.note(session.steps[2])
    values = [a for a in provenance.at(3) if a.role == "said"]
    return [(found.stated, found.known) for found in contradictions(text, values, records)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("B-771 is paid.", [("paid", "unpaid")]),
        ("The status of B-771 is overdue.", [("overdue", "unpaid")]),
        ("Good news. Bill B-771 has been settled today.", [("settled", "unpaid")]),
        ("The total of B-771 is $500.25.", [("$500.25", "412.5")]),
        ("At 1.5 % B-771 is paid", [("paid", "unpaid")]),
        ("See B-771. B-772 is open. B-771 is paid!", [("paid", "unpaid")]),
        ("B-771 is unpaid; its total is $412.50.", []),
        ("B-771 will be cancelled if it is paid.", []),
        ("The reminder for B-771 is cancelled.", []),
        ("B-772 is paid.", []),
    ],
)
def test_only_what_is_said_of_a_known_record_can_contradict_it(text: str, found: list[tuple[str, str]]) -> None:
    assert contradicted(text) == found
