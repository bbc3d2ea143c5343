"""Arguments that break the tool's schema, or, where none is recorded, the habit of the other calls."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from tracetui.analysis.definitions import Definitions
from tracetui.analysis.json_schema import Problem, Violation, violations
from tracetui.analysis.passages import leaves
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules.detected import detected
from tracetui.model import Evidence, Flag, Step, ToolDefinition
from tracetui.text import elide

KIND = "TOOL_ARG_MISMATCH"
LETTER = "A"
EXPLAIN = (
    "The arguments of a tool call break the tool's schema: a required argument is missing, one is not declared, has the "
    "wrong type, a value that is not allowed or one out of bounds, the arguments are no JSON, or no tool of that name is "
    "defined. Found by checking every call against the definitions recorded with the trace. Where none is recorded, a call "
    "is compared with at least three others of the same tool, at a lower confidence. Cannot see an argument that is well "
    "formed and wrong."
)
_CONFIDENCE: dict[Problem, float] = {
    "missing": 0.95,
    "undeclared": 0.95,
    "undeclared_allowed": 0.6,
    "type": 0.9,
    "enum": 0.9,
    "bounds": 0.85,
}
_NUMBER_FOR_TEXT = 0.7
"""Most tools take a number where text is declared."""
_OTHER_CALLS = 3
"""Calls of a tool that make a habit."""
_WITHOUT_SCHEMA = 0.5


def find(provenance: Provenance) -> Iterator[Flag]:
    definitions = Definitions(provenance.session)
    undefined: dict[str, list[Step]] = defaultdict(list)
    for step in provenance.session.steps:
        if step.kind != "tool_call" or step.arguments_source is None or not step.tool:
            continue
        definition = definitions.of(step)
        if definition is not None:
            yield from _against_definition(step, definition)
        elif definitions.cover(step):
            yield _unknown_tool(step, definitions.names())
        else:
            undefined[step.tool].append(step)
            if _looks_like_broken_json(step.arguments):
                yield _flag(step, f"{step.tool}: the arguments are no JSON", 0.7, step.arguments[:80])
    for calls in undefined.values():
        yield from _against_habit(calls)


def _against_definition(step: Step, definition: ToolDefinition) -> Iterator[Flag]:
    schema = definition.parameters
    if not schema:
        return
    arguments = {} if step.arguments in (None, "") else step.arguments
    if isinstance(arguments, str):
        if schema.get("type") == "object" or schema.get("properties"):
            yield _flag(step, f"{step.tool}: the arguments are no JSON object", 0.9, arguments[:80])
        return
    certainty = 1.0 if definition.origin == "recorded" else 0.7
    arguments = _as_called(arguments, schema)
    for found in violations(arguments, schema):
        message, quote = _told(step, arguments, found)
        confidence = _CONFIDENCE[found.problem]
        if (
            found.problem == "type"
            and found.expected == "string"
            and isinstance(_at(arguments, found.pointer), (int, float))
        ):
            confidence = _NUMBER_FOR_TEXT
        yield _flag(step, message, round(confidence * certainty, 2), quote)


def _as_called(arguments: Any, schema: dict[str, Any]) -> Any:
    """The arguments by name where a tracer recorded a Python call as `args` and `kwargs`."""
    declared = schema.get("properties")
    if not isinstance(arguments, dict) or not isinstance(declared, dict):
        return arguments
    given, named = arguments.get("args"), arguments.get("kwargs")
    if not isinstance(given, (list, tuple)) or not isinstance(named, dict) or declared.keys() & {"args", "kwargs"}:
        return arguments
    return dict(zip(declared, given, strict=False)) | named


def _told(step: Step, arguments: Any, found: Violation) -> tuple[str, str]:
    """The message, and the quote that shows it: the argument's name or its value."""
    name = found.pointer.rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~")
    value = _at(arguments, found.pointer)
    quote = next((text for _, text in leaves(value)), "") or name
    match found.problem:
        case "missing":
            return f"{step.tool}: required argument “{name}” is missing", ""
        case "undeclared" | "undeclared_allowed":
            return f"{step.tool} has no argument “{name}”", name
        case "type":
            return f"{step.tool}: “{name}” is {_type_name(value)}, not {found.expected}", quote
        case "enum":
            return f"{step.tool}: “{elide(quote, 24)}” is no allowed value of “{name}”", quote
        case "bounds":
            return f"{step.tool}: “{name}” has to be {found.expected}", quote
    raise AssertionError(found)


def _unknown_tool(step: Step, names: tuple[str, ...]) -> Flag:
    from rapidfuzz import process

    near = process.extractOne(step.tool, names, score_cutoff=70)
    hint = f"; the nearest is “{near[0]}”" if near else ""
    return _flag(step, f"no tool “{step.tool}” is defined{hint}", 0.95, step.tool or "")


def _against_habit(calls: list[Step]) -> Iterator[Flag]:
    """Calls of a tool without a definition that differ in form from all others."""
    objects = [step for step in calls if isinstance(step.arguments, dict)]
    if len(objects) <= _OTHER_CALLS:
        return
    keys = Counter(key for step in objects for key in step.arguments)
    types = Counter((key, _type_name(value)) for step in objects for key, value in step.arguments.items())
    others = len(objects) - 1
    for step in objects:
        missing = [key for key, count in keys.items() if count == others and key not in step.arguments]
        new = [key for key in step.arguments if keys[key] == 1]
        if missing and (new or step.status == "error"):
            quote = next(iter(new), "")
            yield _flag(
                step,
                f"{step.tool}: “{missing[0]}” is missing, which all other {others} calls have",
                _WITHOUT_SCHEMA,
                quote,
            )
        for key, value in step.arguments.items():
            usual = next((name for (k, name), count in types.items() if k == key and count == others), None)
            if usual and value is not None and keys[key] == len(objects) and types[(key, _type_name(value))] == 1:
                message = f"{step.tool}: “{key}” is {_type_name(value)} here, {usual} in all other {others} calls"
                yield _flag(step, message, _WITHOUT_SCHEMA, next((t for _, t in leaves(value)), key))


def _flag(step: Step, message: str, confidence: float, quote: str) -> Flag:
    source = step.arguments_source or step.source
    if not quote:
        quote = next((text for _, text in leaves(step.arguments)), "") or step.tool or ""
    return detected(
        KIND,
        step.index,
        source,
        message,
        confidence,
        (Evidence(step.index, quote[:200], source, "the arguments written"),),
    )


def _at(value: Any, pointer: str) -> Any:
    for name in pointer.split("/")[1:]:
        key = name.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, (list, tuple)) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _type_name(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case dict():
            return "object"
    return "array"


def _looks_like_broken_json(arguments: Any) -> bool:
    return isinstance(arguments, str) and arguments.lstrip()[:1] in ("{", "[")
