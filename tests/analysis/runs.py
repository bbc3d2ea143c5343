"""Small runs to compare, written as what happened."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.model import Message, Part, Session, SourceRef, TextPart, ToolCallPart, ToolCallResponsePart

Event = tuple[str, Any, Any]
"""("user", text, None), ("say", text, None), or (tool, arguments, result)."""


def user(text: str) -> Event:
    return "user", text, None


def say(text: str) -> Event:
    return "say", text, None


def call(tool: str, result: Any = None, /, **arguments: Any) -> Event:
    return tool, arguments, result


def run(*events: Event) -> Session:
    """A session in which every call has an LLM step of its own."""
    builder = SessionBuilder("run")
    for number, (what, content, result) in enumerate(events):
        source = SourceRef("run.json", number, 1, None, f"/messages/{number}")
        if what == "user":
            builder.message(Message("user", (TextPart(content),)), source)
        elif what == "say":
            builder.llm_call(Message("assistant", (TextPart(content),)), source)
        else:
            parts: tuple[Part, ...] = (ToolCallPart(f"call_{number}", what, content),)
            builder.llm_call(Message("assistant", parts), source)
            answer = ToolCallResponsePart(f"call_{number}", result)
            builder.tool_result(Message("tool", (answer,)), source)
    return builder.build()


def order_run(customer: str, orders: list[str], picked: str, *, listed: bool = True, name: str = "Ann") -> Session:
    """A customer's order is looked up, confirmed, and told about."""
    listing = [call("list_orders", {"orders": [{"id": o} for o in orders]}, customer_id=customer)] if listed else []
    return run(
        user(f"Please confirm the latest order of {customer}."),
        call("get_customer", {"id": customer, "name": name}, id=customer),
        *listing,
        call("get_order", {"id": picked, "customer_id": customer}, id=picked),
        call("confirm_order", {"status": "confirmed"}, order_id=picked, customer_id=customer),
        say(f"Order {picked} of {name} is confirmed."),
    )
