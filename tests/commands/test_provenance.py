from __future__ import annotations

from tests.commands.running import run
from tests.shared import SAMPLES

CONTENT = str(SAMPLES / "incident_content.jsonl")


def test_an_invented_value_is_walked_back_to_the_step_that_first_wrote_it() -> None:
    answer = run("provenance", CONTENT, "--step", "8", "--value", "ord_555", "--json")
    document = answer.document
    assert answer.code == 1
    assert document["schema"] == "tracetui.provenance/1"
    assert (document["step"], document["value"]) == (8, "ord_555")
    assert document["first"]["step"] == 3
    assert document["chain"][0]["step"] == 8
    assert document["chain"][-1]["step"] == 3
    assert document["chain"][-1]["how"] == "nowhere"
    assert all("ord_555" in place["quote"] for place in document["appearances"])


def test_a_value_that_came_from_outside_ends_with_0() -> None:
    answer = run("provenance", CONTENT, "--step", "2", "--value", "cust_789", "--json")
    assert answer.code == 0
    assert answer.document["chain"][-1]["how"] == "first"
    assert answer.document["first"]["role"] == "given"


def test_a_value_that_does_not_stand_at_the_step_ends_with_3() -> None:
    answer = run("provenance", CONTENT, "--step", "2", "--value", "ord_555", "--json")
    assert answer.code == 3
    assert answer.document["chain"] == []
    assert answer.document["appearances"]
    assert run("provenance", CONTENT, "--step", "2", "--value", "no such value").code == 3


def test_plain_text_quotes_every_place() -> None:
    answer = run("provenance", CONTENT, "--step", "4", "--value", "ord_555")
    assert "step 3 (line 3 /completion), said:" in answer.out
    assert "nowhere" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80
