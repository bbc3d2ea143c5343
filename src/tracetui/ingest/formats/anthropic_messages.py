"""Anthropic Messages: a request with or without its response, a list of messages, or JSON lines of either.

Tool calls and results are blocks of a message's content: results of parallel calls come together in one user message,
each joined to its call at its own place, such as `/messages/4/content/1`.
"""

from __future__ import annotations

from tracetui.ingest.dialects import layout, read_dialect
from tracetui.ingest.providers.anthropic_messages import DIALECT
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.traits import anthropic_traits, session_trace_traits
from tracetui.model import Session

NAME = "anthropic-messages"
TITLE = "Anthropic Messages"
RULE = "`messages` with tool_use, tool_result or thinking blocks, or with `system` or `input_schema` tools beside them."
KEEPS = "Prompts rebuilt from the messages before each answer; recorded where a request stands with its answer."
LOSES = "Whatever the server changed in the window: `applied_edits` says how much was cleared, not which results."
EXPORT = 'Log every request\'s body with its response as a line `{…request, "response": …}`.'


def detect(records: Records) -> Detection:
    found = layout(DIALECT, records)
    if found is None or session_trace_traits(found):
        return NOT_MINE
    reason = anthropic_traits(found)
    return Detection(0.9 * found.share, reason) if reason else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    return read_dialect(DIALECT, records, ledger)
