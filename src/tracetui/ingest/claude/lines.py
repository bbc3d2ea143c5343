"""One line of a Claude Code session, and what kind of thing it is.

Lines come in two dialects: the session files under `~/.claude/projects` (`sessionId`, `uuid`, `parentUuid`) and the
output of `claude -p --output-format stream-json` (`session_id`, no parents, `parent_tool_use_id` for sub-agents).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from tracetui.ingest.messages import message_of
from tracetui.ingest.records import Record
from tracetui.ingest.times import parse_time_ns
from tracetui.model import Message, SourceRef, ToolCallResponsePart

BOOKKEEPING = frozenset(
    [
        "agent-color",
        "agent-name",
        "agent-setting",
        "ai-title",
        "attribution-snapshot",
        "atis-latch",
        "content-replacement",
        "custom-title",
        "file-history-snapshot",
        "history-suppression",
        "last-prompt",
        "marble-origami-commit",
        "marble-origami-reset",
        "marble-origami-snapshot",
        "mode",
        "permission-mode",
        "pr-link",
        "progress",
        "queue-operation",
        "rate_limit_event",
        "relocated",
        "result",
        "speculation-accept",
        "stream_event",
        "summary",
        "tag",
        "task-summary",
        "worktree-state",
    ]
)
"""Types of line that are about the session and no part of the conversation."""
CONVERSATION = frozenset(("user", "assistant", "system", "attachment"))
_TRUNK = ""

LineKind = Literal["user", "assistant", "boundary", "summary", "event", "bookkeeping", "unknown"]


class Entry(msgspec.Struct, eq=False):
    """One line, decoded."""

    value: dict[str, Any]
    source: SourceRef
    order: int
    """Position among all lines of the session; sub-agents' files come after the session's own."""
    agent: str = _TRUNK
    """Whose conversation it belongs to: "" is the session's own, else the sub-agent's id."""

    @property
    def type(self) -> str:
        return str(self.value.get("type") or "")

    @property
    def subtype(self) -> str:
        """Of a system line, or of what an attachment carries."""
        if self.type == "attachment":
            return str(_object(self.value.get("attachment")).get("type") or "")
        return str(self.value.get("subtype") or "")

    @property
    def kind(self) -> LineKind:
        if self.type == "user":
            return "summary" if self.value.get("isCompactSummary") else "user"
        if self.type == "assistant":
            return "assistant"
        if self.type == "system" and self.subtype == "compact_boundary":
            return "boundary"
        if self.type in CONVERSATION:
            return "event"
        return "bookkeeping" if self.type in BOOKKEEPING else "unknown"

    @property
    def uuid(self) -> str | None:
        return _text(self.value.get("uuid"))

    @property
    def parent(self) -> str | None:
        return _text(self.value.get("parentUuid"))

    @property
    def session_id(self) -> str | None:
        """Without the suffix by which some versions name a sub-agent's part of it."""
        written = _text(self.value.get("sessionId") or self.value.get("session_id"))
        return written.split("#", 1)[0] if written else None

    @property
    def is_sidechain(self) -> bool:
        return bool(self.value.get("isSidechain") or self.value.get("parent_tool_use_id"))

    @property
    def agent_id(self) -> str | None:
        """The sub-agent's id as the line has it; in stream-json the call that spawned it."""
        return _text(self.value.get("agentId") or self.value.get("parent_tool_use_id"))

    @property
    def body(self) -> dict[str, Any]:
        """`message`, as sent to or received from the API."""
        return _object(self.value.get("message"))

    @property
    def response_id(self) -> str | None:
        """Of an assistant line: the API response it is a block of."""
        return _text(self.body.get("id")) or self.uuid

    @property
    def blocks(self) -> list[Any]:
        content = self.body.get("content")
        return content if isinstance(content, list) else []

    @property
    def answered(self) -> list[str]:
        """Ids of the calls whose results a user line carries."""
        ids = (_text(b.get("tool_use_id")) for b in self.blocks if isinstance(b, dict) and "tool_use_id" in b)
        return [call_id for call_id in ids if call_id]

    @property
    def time_ns(self) -> int | None:
        return parse_time_ns(self.value.get("timestamp"))

    @property
    def tool_use_result(self) -> dict[str, Any]:
        """What the program keeps about a result for its own display; the model did not see it."""
        return _object(self.value.get("toolUseResult", self.value.get("tool_use_result")))

    def message(self) -> Message:
        return message_of(self.body, default_role=self.type, source=self.source)

    def block_source(self, position: int) -> SourceRef:
        """The place of one content block."""
        return msgspec.structs.replace(self.source, pointer=f"/message/content/{position}")


def entry_of(record: Record, order: int) -> Entry | None:
    """The line as an entry; None where it is no object with a type."""
    value = record.value
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return None
    return Entry(value, record.source, order)


def results_and_rest(message: Message) -> tuple[list[Message], Message | None]:
    """A user line's tool results, each a message of its own, and what else it says."""
    results = [p for p in message.parts if isinstance(p, ToolCallResponsePart)]
    rest = tuple(p for p in message.parts if not isinstance(p, ToolCallResponsePart))
    split = [msgspec.structs.replace(message, parts=(part,)) for part in results]
    return split, msgspec.structs.replace(message, parts=rest) if rest or not results else None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
