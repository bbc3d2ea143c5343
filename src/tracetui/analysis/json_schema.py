"""The part of JSON Schema that tool definitions use: which arguments break it, and how.

Patterns are not evaluated (a hostile one could run for ever), nor are formats, and a reference outside the schema allows
anything: what is not understood is never called broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

Problem = Literal["missing", "undeclared", "undeclared_allowed", "type", "enum", "bounds"]
_DEPTH = 24
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
    "null": (type(None),),
}


class Violation(msgspec.Struct, frozen=True):
    problem: Problem
    pointer: str
    """RFC 6901, inside the arguments: to the wrong value, or to where the missing one should stand."""
    expected: str
    """In words: "an integer", "one of …"."""


def violations(value: Any, schema: Any, pointer: str = "", root: Any = None, depth: int = 0) -> Iterator[Violation]:
    """What in `value` breaks `schema`, outermost first. Never raises for an odd schema."""
    root = schema if root is None else root
    schema = _resolved(schema, root)
    if not isinstance(schema, dict) or depth > _DEPTH:
        return
    choices = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(choices, list) and choices:
        # A choice between sets of required arguments stands beside the properties: it need not name them all.
        beside = "properties" in schema
        yield from _of_choices(value, choices, pointer, root, depth, partial=beside)
        if not beside:
            return
    for part in _list(schema.get("allOf")):
        yield from violations(value, part, pointer, root, depth + 1)
    types = schema.get("type")
    names = [types] if isinstance(types, str) else list(types) if isinstance(types, list) else []
    if schema.get("nullable") is True:
        names.append("null")
    if (
        names
        and all(isinstance(name, str) and name in _TYPES for name in names)
        and not any(_is(value, name) for name in names)
    ):
        yield Violation("type", pointer, " or ".join(names))
        return
    allowed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(allowed, list) and value not in allowed:
        yield Violation("enum", pointer, "one of " + ", ".join(map(str, allowed[:8])))
    if (expected := _out_of_bounds(value, schema)) is not None:
        yield Violation("bounds", pointer, expected)
    if isinstance(value, dict):
        yield from _of_object(value, schema, pointer, root, depth)
    elif isinstance(value, (list, tuple)) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield from violations(item, schema["items"], f"{pointer}/{index}", root, depth + 1)


def _of_object(
    value: dict[str, Any], schema: dict[str, Any], pointer: str, root: Any, depth: int
) -> Iterator[Violation]:
    declared = schema.get("properties")
    declared = declared if isinstance(declared, dict) else {}
    required = [name for name in _list(schema.get("required")) if isinstance(name, str)]
    for name in required:
        if name not in value:
            yield Violation("missing", f"{pointer}/{_escaped(name)}", "required")
    rest = schema.get("additionalProperties")
    for name, inner in value.items():
        inside = f"{pointer}/{_escaped(str(name))}"
        if name in declared:
            # Many callers write null for an argument that they leave out.
            if inner is not None or name in required:
                yield from violations(inner, declared[name], inside, root, depth + 1)
        elif isinstance(rest, dict):
            yield from violations(inner, rest, inside, root, depth + 1)
        elif rest is False:
            yield Violation("undeclared", inside, "no such argument")
        elif rest is None and declared and not schema.get("patternProperties"):
            yield Violation("undeclared_allowed", inside, "no such argument")


def _of_choices(
    value: Any, choices: list[Any], pointer: str, root: Any, depth: int, *, partial: bool
) -> Iterator[Violation]:
    """Nothing if one choice holds, else what breaks the closest. `partial`: no choice declares all arguments."""
    broken = [
        [
            found
            for found in violations(value, choice, pointer, root, depth + 1)
            if not (partial and found.problem == "undeclared_allowed")
        ]
        for choice in choices[:32]
    ]
    if all(broken):
        yield from min(
            broken, key=lambda found: (any(v.problem == "type" and v.pointer == pointer for v in found), len(found))
        )


def _out_of_bounds(value: Any, schema: dict[str, Any]) -> str | None:
    """What a number, or the length of a text or list, should have been."""
    size, least, most, of = value, "minimum", "maximum", ""
    if isinstance(value, str):
        size, least, most, of = len(value), "minLength", "maxLength", " characters"
    elif isinstance(value, (list, tuple)):
        size, least, most, of = len(value), "minItems", "maxItems", " items"
    if isinstance(size, bool) or not isinstance(size, (int, float)):
        return None
    low, high = _number(schema.get(least)), _number(schema.get(most))
    if low is not None and size < low:
        return f"{low}{of} or more"
    if high is not None and size > high:
        return f"{high}{of} or less"
    above, below = _number(schema.get("exclusiveMinimum")), _number(schema.get("exclusiveMaximum"))
    if not of and above is not None and size <= above:
        return f"more than {above}"
    return f"less than {below}" if not of and below is not None and size >= below else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _resolved(schema: Any, root: Any) -> Any:
    for _ in range(_DEPTH):
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(reference, str):
            return schema
        if not reference.startswith("#"):
            return None
        schema = root
        for name in reference[1:].split("/")[1:]:
            schema = schema.get(name.replace("~1", "/").replace("~0", "~")) if isinstance(schema, dict) else None
    return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
