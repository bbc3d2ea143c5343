"""Values as text: laid out, and altered in nothing but white space."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.test_media import PNG
from tracetui.ui.value_text import laid_out, value_text


def test_json_text_is_laid_out_and_its_signs_stay_as_they_are() -> None:
    text = '{"total":1840.00,"total":1.84e3,"name":"Caf\\u00e9 {a,b}","items":[],"of":[{"a":1},null]}'
    made = laid_out(text)
    assert made is not None
    assert made.splitlines()[:4] == ["{", '  "total": 1840.00,', '  "total": 1.84e3,', '  "name": "Caf\\u00e9 {a,b}",']
    assert '  "items": [],' in made.splitlines()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.lists(_JSON, min_size=1, max_size=3) | st.dictionaries(st.text(), _JSON, min_size=1, max_size=3), st.booleans()
)
def test_nothing_but_white_space_between_the_signs_changes(value: object, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped)
    made = laid_out(text)
    assert made is not None
    assert json.loads(made) == value
    indented = json.dumps(value, ensure_ascii=escaped, indent=2)
    assert made == indented


def test_text_that_is_no_json_or_laid_out_already_stays() -> None:
    for text in ("{not json}", "plain", '{"a": 1} and more', '{\n "a": 1}', "[[[", ""):
        assert laid_out(text) is None
        assert value_text(text) == text


def test_binary_content_is_named_with_its_size() -> None:
    made = value_text([{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}])
    assert "<image/png, 633 bytes, 640x480 pixels; its bytes are under Raw>" in made
    assert len(made) < 300
