"""Records as tools last showed them."""

from __future__ import annotations

from tests.analysis.runs import call, run, user
from tracetui.analysis.entities import identity
from tracetui.analysis.records import Records, objects


def test_objects_name_themselves_by_id_or_by_an_id_as_their_first_field() -> None:
    value = {"order_id": "o1", "items": [{"id": 7, "sku": "x"}, {"name": "y", "item_id": "z"}], "meta": {"total": 3}}
    assert [own for own, _ in objects(value)] == ["o1", "7"]


def test_the_latest_answer_counts_and_an_action_makes_it_old() -> None:
    session = run(user("?"), call("get", {"id": "o1", "status": "open"}), call("get", {"id": "o1", "status": "shut"}))
    records = Records()
    for step in session.steps:
        records.note(step)
    found = records.of(identity("o1"))
    assert found is not None
    assert (found.fields["status"], session.steps[found.step].number) == ("shut", 5)
    records.forget(identity("o1"))
    assert records.of(identity("o1")) is None
