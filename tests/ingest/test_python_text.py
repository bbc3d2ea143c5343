"""Values written as Python shows them."""

from __future__ import annotations

from typing import Any

import pytest

from tracetui.ingest.python_text import written_out


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'look_up'", "look_up"),
        ("{'name': \"'f'\", 'arguments': '\\'{\"a\": 1}\\''}", {"name": "f", "arguments": '{"a": 1}'}),
        ({"function": {"name": "'f'"}}, {"function": {"name": "f"}}),
        (["{'a': ['b']}", "('c',)"], [{"a": ["b"]}, ["c"]]),
        ('{"a": true}', {"a": True}),
    ],
)
def test_a_literal_is_what_it_stands_for(written: Any, meant: Any) -> None:
    assert written_out(written) == meant


@pytest.mark.parametrize(
    "text",
    ["plain", "'tis so", "{'a': f()}", "1", "None", "__import__('os')", "[1", "{1: 2}", "[" * 5000, "'a' 'b", ""],
)
def test_all_other_text_stays_to_the_letter(text: str) -> None:
    assert written_out(text) == text
