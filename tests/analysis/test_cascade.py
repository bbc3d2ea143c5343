"""Forward from a premise to all that rests on it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.runs import call, run, say, user
from tracetui.analysis.cascade import cascade_of
from tracetui.analysis.identity import id_key
from tracetui.analysis.provenance import Provenance


def test_values_that_a_wrong_call_brings_in_are_wrong_too() -> None:
    session = run(
        user("go"),
        call("open", {"ticket": "tkt_4711"}, account="acc_9999"),
        call("close", {"ok": True}, ticket="tkt_4711"),
        call("get_weather", {"sky": "blue"}, city="Oslo"),
        say("The ticket is closed."),
    )
    cascade = cascade_of(Provenance.of(session), 1, {id_key("acc_9999")}, 7)
    assert cascade.steps == {1, 2, 3, 4}
    assert (2, 3, "tkt_4711") in cascade.links


def test_nothing_after_the_end_counts() -> None:
    session = run(
        user("go"), say("Order ord_1234 it is."), call("ship", {"ok": 1}, order="ord_1234"), say("ord_1234 left")
    )
    cascade = cascade_of(Provenance.of(session), 1, {id_key("ord_1234")}, 2)
    assert cascade.steps == {1, 2}


@given(st.lists(st.sampled_from(["ord_1001", "ord_1002", "ord_1003"]), min_size=1, max_size=12), st.data())
def test_a_cascade_starts_at_its_origin_and_stays_inside_its_bounds(ids: list[str], data: st.DataObject) -> None:
    session = run(user("go"), *(call("look", {"next": ids[i - 1]}, id=id_) for i, id_ in enumerate(ids)))
    end = data.draw(st.integers(1, len(session.steps) - 1))
    cascade = cascade_of(Provenance.of(session), 1, {id_key(ids[0])}, end)
    assert min(cascade.steps) == 1
    assert max(cascade.steps) <= end
    assert all(first <= later for first, later, _ in cascade.links)
