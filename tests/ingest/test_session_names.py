"""The names of many sessions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracetui.ingest.session_names import SessionNames

NAMES = st.lists(st.text("ab\ud800é", max_size=4), max_size=300)


@given(NAMES)
def test_a_name_keeps_the_number_that_it_had_first(named: list[str]) -> None:
    names, expected = SessionNames(), {"": 0}
    assert names.numbers(named) == [expected.setdefault(name, len(expected)) for name in named]
    assert list(names) == list(expected)
    assert len(names) == len(expected)
    kept = SessionNames(bytes(names.text), names.ends)
    for name, number in expected.items():
        assert kept.get(name) == names.get(name) == number
    assert kept.get("abcde") is None
    assert kept.numbers([*named, "abcde"]) == [*map(expected.get, named), len(expected)]


def test_many_names_take_little_memory() -> None:
    names = SessionNames()
    names.numbers(f"session-{at}" for at in range(20_000))
    assert names.get("session-777") == names.numbers(["session-777"])[0] == 778
    tables = sum(table.itemsize * len(table) for table in names._tables)
    assert tables + 8 * len(names.ends) < 40 * len(names)
