from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.postmortem.example import sample_postmortem
from tracetui.postmortem.document import Entry, Postmortem
from tracetui.postmortem.edits import (
    AddPin,
    AddRow,
    Edit,
    RemovePin,
    RemoveRow,
    SetText,
    apply,
    next_row_id,
    put,
    put_all,
    take_back,
)

ADDRESSES = st.sampled_from(
    ["lessons.well", "actions/r1/text", "actions/r2/owner", "whys/r1/why", "pins/step-3-1/note"]
)
EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(SetText, ADDRESSES, st.text(max_size=5), by=st.just("dana"), at=st.just("2026-07-01T02:14:07+00:00")),
    st.builds(AddRow, st.just("actions"), st.sampled_from(["r1", "r2"])),
    st.builds(RemoveRow, st.just("actions"), st.sampled_from(["r1", "r2"])),
    st.builds(RemovePin, st.sampled_from(["step-3-1", "none"])),
)


@given(st.dictionaries(ADDRESSES, st.builds(Entry, text=st.text(max_size=5))))
def test_many_values_are_put_as_one_after_the_other_would_be(entries: dict[str, Entry]) -> None:
    singly = sample_postmortem()
    for address, entry in entries.items():
        singly = put(singly, address, entry)
    assert put_all(sample_postmortem(), entries) == singly
    assert [singly.entry(address) for address in entries] == list(entries.values())


@given(st.lists(EDITS, max_size=12))
def test_replaying_edits_that_the_document_holds_changes_nothing(edits: list[Edit]) -> None:
    """A crash between the save of the document and the emptying of the journal replays what is already in it."""
    once = sample_postmortem()
    for edit in edits:
        once = apply(once, edit)
    twice = once
    for edit in edits:
        twice = apply(twice, edit)
    assert _values(twice) == _values(once)


def _values(postmortem: Postmortem) -> object:
    tables = {
        name: sorted((row.id, {c: e.text for c, e in row.cells.items() if e.text}) for row in rows)
        for name, rows in postmortem.tables.items()
    }
    return tables, {address: entry.text for address, entry in postmortem.fields.items()}, postmortem.pins


def test_a_persons_value_keeps_what_the_trace_said_beside_it() -> None:
    before = sample_postmortem()
    after = apply(before, SetText("origin.step", "2", "dana", "2026-07-01T02:15:00+00:00"))
    entry = after.entry("origin.step")
    assert (entry.text, entry.from_person, entry.by) == ("2", True, "dana")
    assert entry.suggested is not None
    assert entry.suggested.text == "3"


def test_a_prefilled_value_is_taken_back_and_put_in_again_with_one_key() -> None:
    draft = sample_postmortem()
    out = take_back(draft, "origin.step", by="dana", at="t")
    assert out is not None
    without = apply(draft, out)
    assert without.text("origin.step") == ""
    back = take_back(without, "origin.step", by="dana", at="t")
    assert back is not None
    assert apply(without, back).entry("origin.step").source.startswith("triage")
    assert apply(without, back).text("origin.step") == "3"


def test_there_is_nothing_to_take_back_from_a_person() -> None:
    assert take_back(put(Postmortem(), "lessons.well", Entry(text="x")), "lessons.well", by="", at="") is None


def test_row_ids_are_not_used_twice() -> None:
    document = apply(apply(Postmortem(), AddRow("actions", "r1")), AddRow("actions", "r2"))
    made = {next_row_id(apply(document, RemoveRow("actions", "r2")), "actions") for _ in range(5)}
    assert {name.partition("-")[0] for name in made} == {"r3"}
    assert len(made) > 1, "nor by someone else who adds one meanwhile"


def test_a_value_in_an_absent_row_adds_the_row() -> None:
    assert apply(Postmortem(), SetText("actions/r1/text", "x")).row("actions", "r1") is not None


def test_pins_are_added_once_and_removed() -> None:
    pin = sample_postmortem().pins[0]
    one = apply(apply(Postmortem(), AddPin(pin)), AddPin(pin))
    assert one.pins == (pin,)
    assert apply(one, RemovePin(pin.id)).pins == ()
