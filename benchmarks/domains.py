"""Runs of agents in twelve trades, made up from one script each: sessions that no rule was conceived on.

A run serves one person: their record is looked up, a thing of theirs is looked up and changed, and they are told. What
ids look like, how an answer names the owner of a record (flat, nested, wrapped, listed, as text), how many definitions
are recorded and what the fields are called differs from run to run, by chance with a seed.
`domain_faults` plants faults into them, `domain_oddities` what looks like one.
"""

from __future__ import annotations

import json
import random
import uuid
from typing import Any, NamedTuple

import msgspec

from tracetui.ingest.build import SessionBuilder
from tracetui.model import (
    Message,
    Part,
    Session,
    SourceRef,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)


class Trade(NamedTuple):
    subject: str
    """Who is served."""
    record: str
    """What of theirs is dealt with."""
    change: str
    """The verb of the tool that changes it."""
    choice: tuple[str, tuple[str, ...]]
    """An argument with allowed values."""


TRADES = (
    Trade("customer", "order", "refund", ("reason", ("damaged", "late", "unwanted"))),
    Trade("patient", "appointment", "reschedule", ("slot", ("morning", "noon", "evening"))),
    Trade("account", "transaction", "dispute", ("category", ("fraud", "duplicate", "amount"))),
    Trade("subscriber", "line", "suspend", ("mode", ("full", "outgoing", "data"))),
    Trade("employee", "leave_request", "approve", ("kind", ("vacation", "sick", "parental"))),
    Trade("guest", "booking", "update", ("board", ("none", "half", "full"))),
    Trade("member", "loan", "extend", ("period", ("week", "month", "year"))),
    Trade("tenant", "invoice", "cancel", ("reason", ("paid_twice", "wrong_sum", "moved"))),
    Trade("student", "enrolment", "withdraw", ("term", ("spring", "summer", "autumn"))),
    Trade("policyholder", "claim", "submit", ("severity", ("low", "medium", "high"))),
    Trade("passenger", "reservation", "cancel", ("fare", ("refundable", "credit", "none"))),
    Trade("client", "ticket", "escalate", ("priority", ("low", "normal", "urgent"))),
)
_NAMES = (
    "Ada Brandt",
    "Bela Costa",
    "Chidi Okafor",
    "Dora Nilsen",
    "Emre Kaya",
    "Farah Aziz",
    "Goran Petrov",
    "Hana Sato",
)
_OWNER_LAYOUTS = ("flat", "camel", "nested", "wrapped", "listed", "encoded", "owner", "words")


class Call(NamedTuple):
    tool: str
    arguments: Any
    result: Any


Event = tuple[str, str] | Call
"""("user", text), ("say", text) or a call."""


class Run(msgspec.Struct):
    """A script before it becomes a session."""

    trade: Trade
    events: list[Event]
    tools: tuple[ToolDefinition, ...]
    ids: tuple[str, str]
    """Of the subject and of the record."""
    amount: str
    day: str


class Script:
    """Makes the values of one run."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._styles = (self._tagged, self._hex, self._digits, self._upper)
        self._id_of = {part: chance.choice(self._styles) for part in ("subject", "record")}
        self.camel = chance.random() < 0.3

    def identity(self, part: str, noun: str) -> str:
        return self._id_of[part](noun)

    def key(self, *words: str) -> str:
        parts = "_".join(words).split("_")
        return parts[0] + "".join(map(str.title, parts[1:])) if self.camel else "_".join(parts)

    def _tagged(self, noun: str) -> str:
        return f"{noun[:4].strip('_')}_{self.chance.randrange(10**4, 10**5)}"

    def _hex(self, _: str) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def _digits(self, _: str) -> str:
        return str(self.chance.randrange(10**8, 10**9))

    def _upper(self, noun: str) -> str:
        return f"{noun[:3].upper()}-{self.chance.randrange(10**5, 10**6)}"


def served(chance: random.Random) -> Run:
    """A run in which all is well."""
    script, trade = Script(chance), chance.choice(TRADES)
    subject, record, key = trade.subject, trade.record, script.key
    who, what = script.identity("subject", subject), script.identity("record", record)
    name = chance.choice(_NAMES)
    mail = name.lower().replace(" ", ".") + f"{chance.randrange(10, 99)}@mail.test"
    amount = f"{chance.randrange(10**3, 10**5) / 100 + 0.01:.2f}"
    day = f"2025-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    argument, allowed = trade.choice
    chosen = chance.choice(allowed)
    person: dict[str, Any] = {key(subject, "id"): who, "name": name, "email": mail}
    if chance.random() < 0.5:
        person[key(record, "ids")] = [what, script.identity("record", record)]
    answer = owned(script, trade, who, what, {"status": "open", "amount": float(amount), key("due", "date"): day})
    changing = {key(record, "id"): what, argument: chosen, "amount": float(amount)}
    events: list[Event] = [
        ("user", f"Hello, my {subject} id is {who}. Please {trade.change} my {record.replace('_', ' ')} {what}."),
        Call(f"get_{subject}", {key(subject, "id"): who}, person),
        Call(f"get_{record}", {key(record, "id"): what}, answer),
        ("say", f"I found {what}: {amount} USD, due {day}. Shall I go on ({argument}: {chosen})?"),
        ("user", "Yes, please."),
        Call(f"{trade.change}_{record}", changing, {"status": "ok", key(record, "id"): what}),
        ("say", f"Done: {what} of {name} over {amount} USD. A note goes to {mail}."),
    ]
    return Run(trade, events, _definitions(script, trade), (who, what), amount, day)


def owned(script: Script, trade: Trade, who: str, what: str, more: dict[str, Any]) -> Any:
    """A record as a tool's answer, with its owner in one of the usual places."""
    subject, record, key = trade.subject, trade.record, script.key
    layout = script.chance.choice(_OWNER_LAYOUTS)
    flat = {key(record, "id"): what, key(subject, "id"): who, **more}
    match layout:
        case "camel":
            return {"id": what, f"{subject}Id": who, **more}
        case "nested":
            return {"id": what, subject: {"id": who}, **more}
        case "wrapped":
            return {"data": {record: flat}}
        case "listed":
            return [flat]
        case "encoded":
            return json.dumps(flat)
        case "owner":
            return {key(record, "id"): what, "owner": who, **more}
        case "words":
            told = "; ".join(f"{name.replace('_', ' ')} {value}" for name, value in more.items())
            return f"{record.replace('_', ' ').title()} {what} belongs to {subject} {who}; {told}"
    return flat


def session_of(run: Run, agents: tuple[str, ...] = ()) -> Session:
    builder = SessionBuilder("run")
    defined = {tool.name for tool in run.tools}
    extra = ("verify_identity",)
    called = dict.fromkeys(extra) | dict.fromkeys(event.tool for event in run.events if isinstance(event, Call))
    builder.set_tools(run.tools + tuple(ToolDefinition(name) for name in called if name not in defined))
    builder.set_system((TextPart(f"You help each {run.trade.subject} with what they ask for."),))
    for at, event in enumerate(run.events):
        place = SourceRef("run.json", at, 1, None, f"/messages/{at}")
        agent = agents[at % len(agents)] if agents else None
        if isinstance(event, Call):
            asked: tuple[Part, ...] = (ToolCallPart(f"call_{at}", event.tool, event.arguments),)
            builder.llm_call(Message("assistant", asked), place, agent=agent)
            builder.tool_result(Message("tool", (ToolCallResponsePart(f"call_{at}", event.result),)), place)
        elif event[0] == "user":
            builder.message(Message("user", (TextPart(event[1]),)), place)
        else:
            builder.llm_call(Message("assistant", (TextPart(event[1]),)), place, agent=agent)
    return builder.build()


def _definitions(script: Script, trade: Trade) -> tuple[ToolDefinition, ...]:
    text, key, (argument, allowed) = {"type": "string"}, script.key, trade.choice
    record_id, subject_id = key(trade.record, "id"), key(trade.subject, "id")
    changing: dict[str, Any] = {
        record_id: text,
        argument: {"type": "string", "enum": list(allowed)},
        "amount": {"type": "number", "minimum": 0},
        "notify": {"type": "boolean"},
        "tags": {"type": "array", "items": text, "maxItems": 5},
    }
    closed = {"additionalProperties": False} if script.chance.random() < 0.5 else {}

    def tool(name: str, properties: dict[str, Any], required: list[str]) -> ToolDefinition:
        schema = {"type": "object", "properties": properties, "required": required, **closed}
        return ToolDefinition(name, f"{name.replace('_', ' ')}.", schema)

    return (
        tool(f"get_{trade.subject}", {subject_id: text}, [subject_id]),
        tool(f"get_{trade.record}", {record_id: text}, [record_id]),
        tool(f"{trade.change}_{trade.record}", changing, [record_id, argument]),
    )
