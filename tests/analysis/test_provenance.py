"""Where values come from."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.runs import call, order_run, run, say, user
from tests.shared import SAMPLES
from tracetui.analysis.entities import SCAN_LIMIT
from tracetui.analysis.provenance import Appearance, Provenance
from tracetui.ingest.open import open_trace
from tracetui.model import Session


def first(session: Session, value: str, *, role: str = "") -> tuple[Provenance, Appearance]:
    provenance = Provenance.of(session)
    return provenance, next(a for a in provenance.appearances(value) if not role or a.role == role)


def how(session: Session, value: str, *, role: str = "") -> str:
    provenance, appearance = first(session, value, role=role)
    return provenance.source_of(appearance).how


def test_a_value_of_the_user_is_used_as_it_stands() -> None:
    session = order_run("cust_1", ["ord_7"], "ord_7")
    assert how(session, "cust_1") == "first"
    assert how(session, "cust_1", role="argument") == "exact"


def test_an_invented_value_comes_from_nowhere_although_its_result_repeats_it() -> None:
    session = order_run("cust_1", ["ord_7"], "ord_555")
    provenance, appearance = first(session, "ord_555")
    assert provenance.source_of(appearance).how == "nowhere"
    assert session.steps[appearance.author].kind == "llm_call"
    assert appearance.author < appearance.step


@pytest.mark.parametrize(
    ("seen", "written", "expected"),
    [
        ("order W1234567", "#w1234567", "normalised"),
        ("on May 15, 2024", "2024-05-15", "normalised"),
        ("prices 120.25 and 30.10", "150.35", "derived"),
        ("price 149.95, refund", "299.9", "derived"),
        ("pay 500.75 less 120.25", "380.5", "derived"),
        ("leave on 2024-05-15", "2024-05-18", "derived"),
        ("container MSKU 204 885", "MSKU204885", "derived"),
        ("please cancel order 555", "ord_555", "derived"),
        ("card 4111222233334444", "22223333", "derived"),
        ("it is in repo acme/site on github", "https://github.com/acme/site", "derived"),
        ("hello", "https://github.com", "constant"),
        ("hello", "mail@example.com", "constant"),
        ("order 556", "ord_555", "nowhere"),
        ("prices 120.25 and 30.10", "151.36", "nowhere"),
        ("leave on 2024-05-15", "2031-01-01", "nowhere"),
    ],
)
def test_how_a_value_can_be_had_from_what_was_seen(seen: str, written: str, expected: str) -> None:
    assert how(run(user(seen), call("use", "ok", value=written)), written, role="argument") == expected


def test_parallel_calls_do_not_see_each_others_results() -> None:
    session = open_trace(str(SAMPLES / "incident_content.jsonl")).sessions[0]
    provenance = Provenance.of(session)
    for appearance in provenance.at(6):
        source = provenance.source_of(appearance)
        assert all(found.step <= 4 for found in source.from_ if appearance.role == "argument")


def test_what_lies_beyond_the_indexed_part_of_a_result_is_found() -> None:
    session = run(call("read", "x " * SCAN_LIMIT + "ord_987", path="a"), call("get", "ok", id="ord_987"))
    assert how(session, "ord_987", role="argument") == "derived"


def test_a_value_that_is_no_entity_is_searched_for_verbatim() -> None:
    provenance = Provenance.of(run(user("the blue lamp"), say("One blue lamp, then.")))
    assert [a.step for a in provenance.appearances("blue lamp")] == [0, 1]
    assert provenance.first("green lamp") is None


def test_users_are_the_later_appearances() -> None:
    provenance, appearance = first(order_run("cust_1", ["ord_7"], "ord_555"), "ord_555")
    users = provenance.users(appearance)
    assert users
    assert all(use.passage > appearance.passage for use in users)


@given(st.text(max_size=200), st.text(max_size=200))
def test_evidence_is_to_the_letter_and_holds_the_value(before: str, after: str) -> None:
    session = run(user(f"{before} ord_555 {after}"))
    provenance, appearance = first(session, "ord_555")
    quote = provenance.evidence(appearance, "here").quote
    assert appearance.text in quote
    assert quote in provenance.passages[appearance.passage].text


def test_a_long_session_is_indexed_in_linear_time() -> None:
    def seconds(turns: int) -> float:
        events = [call("get_order", {"id": f"ord_{n}", "owner": "cust_1"}, id=f"ord_{n}") for n in range(turns)]
        session = run(user("orders of cust_1"), *events)
        start = time.perf_counter()
        provenance = Provenance.of(session)
        for found in provenance.by_key.values():
            provenance.source_of(found[0])
        return time.perf_counter() - start

    assert seconds(1600) < 12 * min(seconds(400) for _ in range(2)) + 0.5
