"""What a text weighs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.tokens import _cut, _cut_ascii, pieces


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_cut_as_any_text_is(text: str) -> None:
    assert _cut_ascii(text.encode()) == _cut(text)


def test_words_groups_of_digits_signs_and_line_ends_count() -> None:
    assert pieces("two wörds, 12345\n") - pieces("two words, 12345\n") == pytest.approx(1.1 + 0.7)
    assert pieces("") == 0
