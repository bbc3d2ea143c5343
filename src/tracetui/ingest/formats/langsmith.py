"""LangSmith runs: JSON lists, lines, query pages and the SDK's batches (`post` and `patch` of one run are merged)."""

from __future__ import annotations

from math import fsum
from typing import Any

from tracetui.ingest.arrangement import documents
from tracetui.ingest.fields import object_field, text_field
from tracetui.ingest.langchain import langchain_message
from tracetui.ingest.otel.sessions import sessions_of
from tracetui.ingest.otel.span import Span, time_ns
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.usage import anthropic_usage, langchain_usage, openai_usage
from tracetui.model import Session, Usage

NAME = "langsmith"
TITLE = "LangSmith runs"
RULE = "`run_type` with `dotted_order`, `trace_id` or `inputs`; alone, in a list, in `runs`, or in `post` and `patch`."
KEEPS = "Prompts recorded as the LLM runs' inputs; tools where `invocation_params` has them; cost where recorded."
LOSES = "Attachments and feedback."
EXPORT = "`client.list_runs(trace_id=…)` dumped as JSON lines, or `POST /runs/query`."

_KINDS = {
    "llm": "LLM",
    "chat_model": "LLM",
    "tool": "TOOL",
    "retriever": "RETRIEVER",
    "embedding": "EMBEDDING",
    "chain": "CHAIN",
    "prompt": "PROMPT",
    "parser": "PROMPT",
}
_READ = frozenset(
    """id trace_id parent_run_id parent_run_ids dotted_order name start_time end_time inputs outputs error status
    total_cost child_runs child_run_ids post patch runs""".split()  # noqa: SIM905
)
"""Fields with a meaning of their own; the others are kept among the attributes."""
_COSTS = (("prompt_cost", "completion_cost"), ("input_cost", "output_cost"))
_COST_DETAILS = (
    ("prompt_cost_details", "completion_cost_details"),
    ("input_cost_details", "output_cost_details"),
)
"""Of a run, and in its usage metadata: for what was sent, and for what came back."""
_REMEDY = "set LANGSMITH_HIDE_INPUTS=false and LANGSMITH_HIDE_OUTPUTS=false in the traced process"
_LISTS = ("post", "patch", "runs", "child_runs", "data")


def detect(records: Records) -> Detection:
    for value in records.sample:
        items = value if isinstance(value, list) else [value]
        if isinstance(value, dict):
            items = [value, *(item for key in _LISTS if isinstance(value.get(key), list) for item in value[key][:2])]
        if any(
            isinstance(item, dict) and "run_type" in item and {"dotted_order", "trace_id", "inputs"} & set(item)
            for item in items[:5]
        ):
            return Detection(0.94, "runs with run_type")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    runs: dict[str, tuple[Record, dict[str, Any]]] = {}
    for record in documents(records, ledger):
        for item in _runs(records, record, ledger):
            _merge(runs, item)
    # The order in which runs began, where times are too coarse to tell.
    in_order = sorted(runs.values(), key=lambda item: str(item[1].get("dotted_order") or ""))
    return sessions_of(_span(record, run) for record, run in in_order)


def _runs(records: Records, record: Record, ledger: Ledger) -> list[Record]:
    value = record.value
    if isinstance(value, list):
        return [run for item in records.inside(record) for run in _runs(records, item, ledger)]
    if not isinstance(value, dict):
        ledger.skip(record.source, "not a run")
        return []
    found: list[Record] = []
    if "run_type" in value or "dotted_order" in value:
        ledger.claim()
        found.append(record)
    nested = [key for key in _LISTS if isinstance(value.get(key), list) and (key != "data" or not found)]
    for key in nested:
        found += [run for item in records.inside(record, key) for run in _runs(records, item, ledger)]
    if not found and not nested:
        ledger.skip(record.source, "not a run: run_type is missing")
    return found


def _merge(runs: dict[str, tuple[Record, dict[str, Any]]], item: Record) -> None:
    """A patch completes the run that was posted; its id may stand only at the end of its dotted order."""
    value = item.value
    run_id = str(value.get("id") or str(value.get("dotted_order") or "").rsplit("Z", 1)[-1])
    record, known = runs.get(run_id, (item, {}))
    runs[run_id] = (
        record,
        known | {key: inner for key, inner in value.items() if inner not in (None, {}, [])} | {"id": run_id},
    )


def _span(record: Record, run: dict[str, Any]) -> Span:
    extra = object_field(run.get("extra"))
    metadata = object_field(extra.get("metadata"))
    parameters = object_field(extra.get("invocation_params") or metadata.get("invocation_params"))
    inputs, outputs = run.get("inputs"), run.get("outputs")
    kind = _KINDS.get(str(run.get("run_type")), "CHAIN")
    usage, counts = _usage(run, metadata)
    attributes: dict[str, Any] = {"openinference.span.kind": kind, "gen_ai.usage.cost": _cost(run, metadata)}
    if kind == "LLM":
        attributes["gen_ai.prompt"] = _request(inputs, parameters)
        attributes["gen_ai.completion"] = _answer(outputs)
    else:
        attributes["input.value"] = _plain(inputs, "query" if kind == "RETRIEVER" else "input")
        attributes["output.value"] = _plain(outputs, "documents" if kind == "RETRIEVER" else "output")
    if kind == "TOOL":
        attributes["tool.name"] = run.get("name")
        attributes["tool.id"] = _call_id(outputs)
    model = metadata.get("ls_model_name") or parameters.get("model") or object_field(inputs).get("model")
    attributes |= {
        "gen_ai.request.model": model,
        **{f"langsmith.{key}": value for key, value in run.items() if key not in _READ and value not in ("", [], {})},
        "langsmith.usage": counts or None,
        "session.id": metadata.get("session_id") or metadata.get("thread_id") or metadata.get("conversation_id"),
    }
    order = [part for part in str(run.get("dotted_order") or "").split(".") if part]
    parent = run.get("parent_run_id") or (order[-2].rsplit("Z", 1)[-1] if len(order) > 1 else None)
    return Span(
        trace_id=str(run.get("trace_id") or run["id"]),
        span_id=str(run["id"]),
        parent_id=str(parent) if parent else None,
        name=str(run.get("name") or ""),
        source=record.source,
        attributes={key: value for key, value in attributes.items() if value is not None},
        start_ns=time_ns(run.get("start_time")),
        end_ns=time_ns(run.get("end_time")),
        status="error" if run.get("error") else "ok" if run.get("status") == "success" else "unknown",
        status_message=str(run.get("error") or ""),
        usage=usage,
        remedy=_REMEDY,
    )


def _request(inputs: Any, parameters: dict[str, Any]) -> Any:
    given = object_field(inputs)
    messages = given.get("messages", given.get("prompts", inputs))
    if isinstance(messages, list) and len(messages) == 1 and isinstance(messages[0], list):
        messages = messages[0]
    listed = [langchain_message(item) for item in messages] if isinstance(messages, list) else messages
    return {
        "messages": listed,
        "tools": parameters.get("tools") or given.get("tools") or given.get("functions"),
        "system": given.get("system"),
    }


def _answer(outputs: Any) -> Any:
    given = object_field(outputs)
    generations = _first_generation(given)
    if generations:
        return (
            langchain_message(generations["message"])
            if generations.get("message")
            else {"role": "assistant", "content": generations.get("text")}
        )
    if isinstance(given.get("messages"), list) and given["messages"]:
        return langchain_message(given["messages"][-1])
    return outputs


def _usage_metadata(run: dict[str, Any], metadata: dict[str, Any]) -> list[dict[str, Any]]:
    """Where a run may tell what it used: in its outputs, its metadata, or the message it returned."""
    outputs = object_field(run.get("outputs"))
    said = object_field(_first_generation(outputs).get("message"))
    said = object_field(said.get("kwargs")) or said
    return [object_field(held.get("usage_metadata")) for held in (outputs, metadata, said)]


def _cost(run: dict[str, Any], metadata: dict[str, Any]) -> float | None:
    """The total where it stands, else the sum of what was sent and what came back, else of their details."""
    for told in (run, *_usage_metadata(run, metadata)):
        if (total := _number(told.get("total_cost"))) is not None:
            return total
        for fields in _COSTS:
            if parts := [cost for field in fields if (cost := _number(told.get(field))) is not None]:
                return fsum(parts)
        for fields in _COST_DETAILS:
            details = [cost for field in fields for cost in map(_number, object_field(told.get(field)).values())]
            if details and None not in details:
                return fsum(cost for cost in details if cost is not None)
    return None


def _usage(run: dict[str, Any], metadata: dict[str, Any]) -> tuple[Usage | None, dict[str, Any]]:
    """What a call used, and the object that tells it; where the run itself does, its counts are attributes anyway."""
    for told in _usage_metadata(run, metadata):
        if (usage := langchain_usage(told)) is not None:
            return usage, told
    outputs = object_field(run.get("outputs"))
    told = object_field(outputs.get("usage") or object_field(outputs.get("llm_output")).get("token_usage"))
    provider = anthropic_usage if "cache_read_input_tokens" in told else openai_usage
    usage = provider(told)
    return (usage, told) if usage is not None else (openai_usage(run), {})


def _first_generation(outputs: dict[str, Any]) -> dict[str, Any]:
    generations: Any = outputs.get("generations")
    while isinstance(generations, list) and generations:
        generations = generations[0]
    return object_field(generations)


def _plain(value: Any, key: str) -> Any:
    """`{"input": x}` is x; a tool message is its content."""
    inner = value[key] if isinstance(value, dict) and set(value) == {key} else value
    message = (
        langchain_message(inner)
        if isinstance(inner, dict) and (inner.get("lc") or inner.get("type") == "tool")
        else inner
    )
    return message.get("content") if isinstance(message, dict) and message.get("role") == "tool" else message


def _call_id(outputs: Any) -> str | None:
    """Of the call that a tool's run answers: its message names it."""
    message = langchain_message(object_field(outputs).get("output"))
    return text_field(object_field(message).get("tool_call_id"))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
