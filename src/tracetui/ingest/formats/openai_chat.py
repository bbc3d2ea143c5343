"""OpenAI Chat Completions: a request with or without its response, a list of messages, or JSON lines of either.

A line that is a whole request is one LLM call whose prompt is recorded; its answer stands in its response, or among the
messages of the next request.
"""

from __future__ import annotations

from tracetui.ingest.chat import is_message
from tracetui.ingest.dialects import layout, read_dialect
from tracetui.ingest.providers.openai_chat import DIALECT
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.traits import anthropic_traits, group_chat_traits, session_trace_traits
from tracetui.model import Session

NAME = "openai-chat"
TITLE = "OpenAI Chat Completions"
RULE = "`messages` with roles system, user, assistant and tool: a request, a list of messages, or JSON lines of either."
KEEPS = "Prompts rebuilt from the messages before each answer; recorded where a request stands with its answer."
LOSES = "Whatever the log leaves out: times, and usage where the response is not kept."
EXPORT = 'Log every request\'s body with its response as a line `{…request, "response": …}`.'


def detect(records: Records) -> Detection:
    found = layout(DIALECT, records)
    if found is None or anthropic_traits(found) or group_chat_traits(found) or session_trace_traits(found):
        return NOT_MINE
    if found.messages and not any(map(is_message, found.messages)):
        return NOT_MINE
    if found.kind == "messages":
        return Detection(0.7 * found.share, f"{len(found.messages)} leading records have a chat role and content")
    return Detection(0.8 * found.share, "`messages` is a list of chat messages" if found.messages else "has `messages`")


def read(records: Records, ledger: Ledger) -> list[Session]:
    return read_dialect(DIALECT, records, ledger)
