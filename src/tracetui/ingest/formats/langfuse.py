"""Langfuse traces: the UI's download (old and new), the public API's trace, pages of v2 observations, batch exports.

Tables (CSV) and exports to blob storage hold one observation a row; the latter spell their fields in snake case.
Inputs and outputs are free in form and often JSON inside JSON; `latency` has a different unit in each export, so
durations come from start and end. Usage in Langfuse's sense excludes cached tokens unless the total says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.arrangement import documents
from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.otel.sessions import sessions_of
from tracetui.ingest.otel.span import Span, flatten, hex_id, json_value, time_ns
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.usage import langfuse_usage
from tracetui.model import Session

NAME = "langfuse"
TITLE = "Langfuse exports"
RULE = (
    "`observations` beside `trace` or `scores`, or observations with `traceId`, `startTime` and `type`: a list, lines, or "
    "the rows of a table; blob storage spells them `trace_id`."
)
KEEPS = "Prompts recorded as the generations' input; tools where the export has them; cost recorded."
LOSES = (
    "In version 3's server download the input and output of large traces; with version 2's `metadata` what is "
    "beyond 200 characters."
)
EXPORT = (
    "`Download trace as JSON` or the export of observations (JSON, JSONL, CSV) in the UI, the `observations` of a blob "
    "storage export, or `GET /api/public/v2/observations?traceId=ID&fields=core,basic,time,io,metadata,model,usage`. The table "
    "of traces alone holds no calls: it opens as raw records, and says so."
)


_READ = frozenset(
    """id traceId parentObservationId name startTime endTime type input output model providedModelName metadata
    sessionId""".split()  # noqa: SIM905
)
"""Fields with a meaning of their own; the others are kept among the attributes."""
_GENERATION = frozenset(("model", "providedModelName", "completionTokens"))
"""What tells a row of the table of generations, which has no type."""
_COUNTS = (
    {"input": "promptTokens", "output": "completionTokens", "total": "totalTokens"},
    {"input": "inputUsage", "output": "outputUsage", "total": "totalUsage"},
)
"""Columns of counts, where there are no details of usage."""
_DIGITS = 19
"""A count has fewer; databases write counts as text."""
_REMEDY = (
    "record `input` and `output` of the generation (LANGFUSE_OBSERVE_DECORATOR_IO_CAPTURE_ENABLED=true), and ask the "
    "API for fields=core,basic,io,model,usage: the download of a large trace leaves them out"
)


def detect(records: Records) -> Detection:
    for value in records.sample:
        if (
            isinstance(value, dict)
            and any(isinstance(item, dict) for item in _observation_list(value) or ())  # a list of traces has their ids
            and {"trace", "scores", "htmlPath"} & set(value)
        ):
            return Detection(0.95, "observations of one trace")
        items = value if isinstance(value, list) else [value, *list_field(object_field(value).get("data"))]
        if any(_is_observation(item) for item in items[:4]):
            return Detection(0.93, "observations with traceId, startTime and type")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    spans: list[Span] = []
    about: dict[str, dict[str, Any]] = {}
    for record in documents(records, ledger):
        if (observation := _observation(record.value)) is not None:
            ledger.claim()
            spans.append(_span(Record(observation, record.source), observation.get("sessionId")))
            continue
        trace = _trace_of(record.value)
        if trace.get("id"):
            about[_trace_id(trace["id"])] = {
                f"langfuse.trace.{key}": value for key, value in _told(record.value, trace)
            }
        for item in records.inside(record, *_path(record.value)):
            if (observation := _observation(item.value)) is not None:
                ledger.claim()
                session = trace.get("sessionId") or observation.get("sessionId")
                spans.append(_span(Record(observation, item.source), session))
            else:
                ledger.skip(item.source, "not an observation")
    return sessions_of(spans, about=about)


def _trace_id(value: Any) -> str:
    return hex_id(value) or str(value)


def _told(value: Any, trace: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What the file says of the whole trace: its own fields and its scores."""
    for held in (trace, {"scores": value.get("scores")} if trace is not value else {}):
        yield from (
            (key, _decoded(inner)) for key, inner in held.items() if inner and key not in ("id", "observations")
        )


def _observation_list(value: dict[str, Any]) -> list[Any] | None:
    listed = value.get("observations")
    if listed is None and isinstance(value.get("trace"), dict):
        listed = value["trace"].get("observations")
    return listed if isinstance(listed, list) else None


def _path(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return ()
    if isinstance(value, dict) and isinstance(value.get("observations"), list):
        return ("observations",)
    return ("data",) if isinstance(value, dict) and isinstance(value.get("data"), list) else ("trace", "observations")


def _trace_of(value: Any) -> dict[str, Any]:
    inner = value.get("trace", value) if isinstance(value, dict) else {}
    return inner if isinstance(inner, dict) else {}


def _is_observation(value: Any) -> bool:
    return _observation(value) is not None


def _observation(value: Any) -> dict[str, Any] | None:
    """The observation that an object or row is, its fields spelled as the API does."""
    row = object_field(value)
    if {"trace_id", "start_time", "parent_observation_id"} <= row.keys():
        row = {_camel_case(key): inner for key, inner in row.items()}
    if not {"id", "traceId", "startTime"} <= row.keys():
        return None
    is_generation = {"input", "output"} <= row.keys() and _GENERATION & row.keys()
    return row if "type" in row else {"type": "GENERATION", **row} if is_generation else None


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _span(record: Record, session: Any) -> Span:
    value = record.value
    metadata = object_field(json_value(value.get("metadata")))
    attributes = flatten(object_field(json_value(metadata.get("attributes"))))
    # What the server parsed out of an attribute is taken from the observation, where its prompt is whole.
    attributes = {key: item for key, item in attributes.items() if not key.startswith(("input.value", "output.value"))}
    rest = {key: item for key, item in metadata.items() if key not in ("attributes", "resourceAttributes", "scope")}
    attributes |= {
        "langfuse.observation.type": value.get("type"),
        "langfuse.observation.input": _request(value),
        "langfuse.observation.output": _decoded(value.get("output")),
    }
    attributes |= {f"langfuse.{key}": value[key] for key in value if key not in _READ and value[key] not in (None, "")}
    attributes |= {"langfuse.metadata": rest} if rest else {}
    attributes |= {"gen_ai.usage.cost": cost} if (cost := _cost(value)) is not None else {}
    if model := value.get("providedModelName") or value.get("model"):
        attributes["gen_ai.response.model"] = model
    if session:
        attributes["langfuse.session.id"] = session
    error = str(value.get("level") or "") == "ERROR"
    return Span(
        trace_id=_trace_id(value.get("traceId")),
        span_id=str(value.get("id")),
        parent_id=str(value["parentObservationId"]) if value.get("parentObservationId") else None,
        name=str(value.get("name") or ""),
        source=record.source,
        attributes=attributes,
        start_ns=time_ns(value.get("startTime")),
        end_ns=time_ns(value.get("endTime")),
        status="error" if error else "unknown",
        status_message=str(value.get("statusMessage") or ""),
        scope_name=str(object_field(metadata.get("scope")).get("name") or ""),
        resource=flatten(object_field(json_value(metadata.get("resourceAttributes")))),
        usage=langfuse_usage(_counts(value)),
        remedy=_REMEDY,
    )


def _counts(value: dict[str, Any]) -> dict[str, Any]:
    given = object_field(json_value(value.get("usageDetails"))) or object_field(json_value(value.get("usage")))
    tables = ({name: value[column] for name, column in columns.items() if column in value} for columns in _COUNTS)
    counts = given or next((counts for counts in tables if any(counts.values())), {})
    return {
        key: int(n) if isinstance(n, str) and n.isdecimal() and len(n) < _DIGITS else n for key, n in counts.items()
    }


def _request(value: dict[str, Any]) -> Any:
    """The input, with the tool definitions that newer exports keep beside it."""
    shown = _decoded(value.get("input"))
    tools = json_value(value.get("toolDefinitions"))
    if isinstance(tools, dict):
        tools = [json_value(tool) for tool in tools.values()]
    if not tools or shown in (None, ""):
        return shown
    return {**shown, "tools": tools} if isinstance(shown, dict) else {"messages": shown, "tools": tools}


def _decoded(value: Any) -> Any:
    """JSON text as its value; older downloads encode it twice."""
    once = json_value(value)
    return json_value(once) if isinstance(value, str) and isinstance(once, str) else once


def _cost(value: dict[str, Any]) -> Any:
    costs = object_field(json_value(value.get("costDetails")))
    told = (costs.get("total"), value.get("calculatedTotalCost"), value.get("totalCost"))
    cost = next((cost for cost in told if cost), None)
    return cost.removeprefix("$") if isinstance(cost, str) else cost
