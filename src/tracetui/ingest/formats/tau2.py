"""τ²-bench results: one simulation a session. The user is a simulator that may call tools of its own."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import Conversation, chat_message
from tracetui.ingest.fields import count_field, number_field, object_field
from tracetui.ingest.messages import tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.ingest.usage import raw_usage
from tracetui.model import Gap, Session, TextPart, Usage

NAME = "tau2"
TITLE = "τ²-bench results"
RULE = "`simulations` with `messages`, beside `tasks` and `info`."
KEEPS = "Prompts rebuilt from the conversation and the policy; usage and cost per message."
LOSES = "System prompts of the agent and tool definitions."
EXPORT = "The results file of `tau2 run`, as it is."

_USER = "user"


def detect(records: Records) -> Detection:
    value = records.document if records.shape == "document" else None
    if isinstance(value, dict) and isinstance(value.get("simulations"), list) and "tasks" in value:
        return Detection(0.96, f"{len(value['simulations'])} simulations beside their tasks")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    info = object_field(records.document.get("info"))
    found = []
    for simulation in records.items("simulations"):
        if not isinstance(simulation.value, dict) or not isinstance(simulation.value.get("messages"), list):
            ledger.skip(simulation.source, "a simulation without messages")
            continue
        found.append(_session(records, simulation, info, ledger))
    return found


def _session(records: Records, simulation: Record, info: dict[str, Any], ledger: Ledger) -> Session:
    value = simulation.value
    builder = SessionBuilder(f"{value.get('task_id')} · {value.get('id')}")
    builder.attributes = {key: inner for key, inner in value.items() if key != "messages"}
    environment = object_field(info.get("environment_info"))
    if isinstance(environment.get("policy"), str):
        builder.set_system((TextPart(environment["policy"]),))
    builder.set_tools(tool_definitions(environment.get("tool_defs")))
    agent = object_field(info.get("agent_info"))
    chat = Conversation(builder)
    for record in records.inside(simulation, "messages"):
        if not isinstance(record.value, dict):
            ledger.skip(record.source, "a message that is no object")
            continue
        ledger.claim()
        _add(chat, records, record, str(agent.get("llm") or "") or None)
    builder.gap(Gap("system_prompt_wrapped", "the policy is recorded, the instructions around it are not"))
    if not builder.has_tools:
        builder.gap(Gap("tools_not_recorded", "arguments cannot be checked against the tools' schemas"))
    return builder.build()


def _add(chat: Conversation, records: Records, record: Record, model: str | None) -> None:
    value = record.value
    if value.get("role") == "tool":
        together = [one for one in records.inside(record, "tool_messages") if isinstance(one.value, dict)]
        for one in together or [record]:
            _add_result(chat, records, one)
        return
    said, time = chat_message(records, record), parse_time_ns(value.get("timestamp"))
    usage = object_field(value.get("usage"))
    spent = (
        Usage(count_field(usage.get("prompt_tokens")), count_field(usage.get("completion_tokens"))) if usage else None
    )
    if said.message.role == "assistant":
        cost = number_field(value.get("cost"))
        chat.add(said, model=model, start_ns=time, usage=spent, cost_usd=cost, attributes=raw_usage(usage))
        return
    # What the simulated user cost is kept beside: it is no call of the agent's.
    simulator = {key: value[key] for key in ("cost", "usage") if value.get(key)}
    fields: dict[str, Any] = {"start_ns": time, "attributes": {"simulator": simulator} if simulator else {}}
    if said.calls:
        # The simulated user's own calls never reach the agent's window.
        chat.builder.step("message", record.source, message=said.message, agent=_USER, **fields)
    else:
        chat.builder.update(chat.add(said), **fields)


def _add_result(chat: Conversation, records: Records, record: Record) -> None:
    """A tool's answer; `id` is that of its call. That of a tool of the simulated user's never reaches the agent's window."""
    value = record.value
    time = parse_time_ns(value.get("timestamp"))
    named = value if value.get("tool_call_id") else value | {"tool_call_id": value.get("id")}
    said = chat_message(records, Record(named, record.source))
    if value.get("requestor") == _USER:
        chat.builder.step("message", record.source, message=said.message, agent=_USER, start_ns=time)
        return
    index = chat.add(said)
    if value.get("error") is True:
        content = value.get("content")
        error = content if isinstance(content, str) and content else "the tool reported an error"
        chat.builder.update(index, status="error", error=error)
    elif value.get("error") is False:
        chat.builder.update(index, status="ok")
