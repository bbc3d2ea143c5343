"""Words that differ between two texts, as ranges of characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.word_changes import MOST_WORDS, stretches, word_changes

TEXTS = st.lists(st.sampled_from(["the", "order", "ord_555", "\n", "is", "  ", "done."]), max_size=30).map(" ".join)


def test_a_replaced_word_is_marked_in_both_texts() -> None:
    first, second = "The order ord_555 is confirmed.", "The order ord_341 is confirmed."
    found = word_changes(first, second)
    assert [first[a:b] for a, b in found.first] == ["ord_555"]
    assert [second[a:b] for a, b in found.second] == ["ord_341"]


def test_added_and_removed_words_are_marked_on_one_side() -> None:
    found = word_changes("all is well", "all is really very well")
    assert found.first == ()
    assert found.second == ((7, 18),)


@given(TEXTS, TEXTS)
def test_what_is_not_marked_is_the_same_words_in_the_same_order(first: str, second: str) -> None:
    found = word_changes(first, second)
    assert _rest(first, found.first) == _rest(second, found.second)


@given(TEXTS)
def test_a_text_has_no_changes_against_itself(text: str) -> None:
    assert word_changes(text, text)[:2] == ((), ())


def test_words_beyond_the_limit_are_not_compared_and_that_is_told() -> None:
    text = "a " * (MOST_WORDS + 5)
    found = word_changes(text, text + "b")
    assert found.compared == (2 * MOST_WORDS - 1, 2 * MOST_WORDS - 1)
    assert found.second == ()


def _rest(text: str, changed: tuple[tuple[int, int], ...]) -> list[str]:
    kept, end = "", 0
    for start, stop in changed:
        kept += text[end:start]
        end = stop
    return (kept + text[end:]).split()


def test_lines_that_are_the_same_stand_beside_those_that_differ() -> None:
    found = list(stretches("a\nb one\nc", "a\nb two\nc\nd"))
    assert [(part.first, part.second, part.words is None) for part in found] == [
        ("a", "a", True),
        ("b one", "b two", False),
        ("c", "c", True),
        ("", "d", False),
    ]
