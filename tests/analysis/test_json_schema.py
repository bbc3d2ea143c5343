"""Arguments against the part of JSON Schema that tool definitions use."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.json_schema import violations

ORDER = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "count": {"type": "integer"},
        "speed": {"type": "string", "enum": ["slow", "fast"]},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
    },
    "required": ["id"],
    "additionalProperties": False,
    "$defs": {"line": {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def problems(value: Any, schema: Any = ORDER) -> list[tuple[str, str]]:
    return [(found.problem, found.pointer) for found in violations(value, schema)]


@pytest.mark.parametrize(
    "value",
    [
        {"id": "a"},
        {"id": "a", "count": 2.0, "speed": "slow", "note": None},
        {"id": "a", "count": None},
        {"id": "a", "lines": [{"sku": "x", "more": 1}][:0]},
    ],
)
def test_good_arguments_break_nothing(value: Any) -> None:
    assert problems(value) == []


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({}, ("missing", "/id")),
        ({"id": 3}, ("type", "/id")),
        ({"id": None}, ("type", "/id")),
        ({"id": "a", "count": True}, ("type", "/count")),
        ({"id": "a", "speed": "warp"}, ("enum", "/speed")),
        ({"id": "a", "idd": 1}, ("undeclared", "/idd")),
        ({"id": "a", "note": 5}, ("type", "/note")),
        ({"id": "a", "lines": [{}]}, ("missing", "/lines/0/sku")),
        ({"id": "a", "lines": [{"sku": "x", "a/b": 1}]}, ("undeclared_allowed", "/lines/0/a~1b")),
        ([], ("type", "")),
    ],
)
def test_what_breaks_the_schema_is_told_with_its_place(value: Any, problem: tuple[str, str]) -> None:
    assert problems(value) == [problem]


def test_a_reference_that_leads_nowhere_allows_anything() -> None:
    assert problems(3, {"$ref": "https://elsewhere.example/schema"}) == []
    assert problems(3, {"$ref": "#/no/such"}) == []
    assert problems(3, {"$ref": "#"}) == []


@given(JSON, st.dictionaries(st.sampled_from([*ORDER, "anyOf", "items", "allOf", "enum", "$ref"]), JSON, max_size=5))
def test_an_odd_schema_never_raises(value: Any, schema: Any) -> None:
    list(violations(value, schema))


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 9}, 9, 10),
        ({"type": "number", "minimum": 0}, 0, -0.5),
        ({"type": "number", "exclusiveMinimum": 0}, 0.1, 0),
        ({"type": "number", "exclusiveMaximum": 5}, 4.9, 5),
        ({"type": "string", "minLength": 2, "maxLength": 4}, "abcd", "a"),
        ({"type": "array", "maxItems": 2}, [1, 2], [1, 2, 3]),
        ({"type": "number", "minimum": "0", "maximum": True, "exclusiveMinimum": True}, -1, "x"),
    ],
)
def test_bounds_of_numbers_texts_and_lists(schema: Any, good: Any, bad: Any) -> None:
    assert problems(good, schema) == []
    assert len(problems(bad, schema)) == 1


def test_a_choice_of_required_arguments_stands_beside_the_properties() -> None:
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "mail": {"type": "string"}, "deep": {"type": "boolean"}},
        "anyOf": [{"required": ["id"]}, {"properties": {"mail": {"type": "string"}}, "required": ["mail"]}],
        "additionalProperties": False,
    }
    assert problems({"mail": "a@b.co", "deep": True}, schema) == []
    assert problems({"id": "x", "deep": "yes"}, schema) == [("type", "/deep")]
    assert problems({"id": "x", "deepest": True}, schema) == [("undeclared", "/deepest")]
    assert problems({"deep": True}, schema) == [("missing", "/id")]
