"""What a trace is made of, whatever tool wrote it. Frozen, so it can cross threads and be cached.

Names follow the OpenTelemetry GenAI conventions where those have one. Every piece keeps the place in the
source that it was read from, so that evidence can be quoted from the original bytes.
`index` is a 0-based position; `number` is what people see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

StepKind = Literal[
    "llm_call",
    "tool_call",
    "message",
    "retrieval",
    "embedding",
    "guardrail",
    "agent",
    "workflow",
    "handoff",
    "memory",
    "compaction",
    "evaluation",
    "error",
    "other",
    "unreadable",
]
Status = Literal["ok", "error", "unknown"]
Fidelity = Literal["recorded", "rebuilt", "partial", "absent"]
Origin = Literal["recorded", "derived", "estimated"]
EditKind = Literal["append", "splice", "compact", "reset", "system", "tools"]
EditPhase = Literal["input", "output"]
EditEvidence = Literal["recorded", "replayed", "diffed", "assumed"]


class SourceRef(msgspec.Struct, frozen=True, gc=False):
    """A place in a source: bytes `offset` to `offset + length` of the decoded stream."""

    path: str
    offset: int
    length: int
    line: int | None = None
    """1-based; None in a file that is one whole document."""
    pointer: str = ""
    """RFC 6901, inside the record: the line, or the document where `line` is None."""


class TextPart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="text"):
    content: str


class ReasoningPart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="reasoning"):
    content: str


class ToolCallPart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="tool_call"):
    id: str | None
    name: str
    arguments: Any
    """Decoded JSON, or the text as recorded where it is not JSON."""


class ToolCallResponsePart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="tool_call_response"):
    id: str | None
    response: Any


class OtherPart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="other"):
    """A part of a kind that is shown but not interpreted: an image, a file, a provider's own block."""

    kind: str
    data: Any


Part = TextPart | ReasoningPart | ToolCallPart | ToolCallResponsePart | OtherPart


class Message(msgspec.Struct, frozen=True, gc=False):
    role: str
    parts: tuple[Part, ...]
    name: str | None = None
    source: SourceRef | None = None


class ToolDefinition(msgspec.Struct, frozen=True):
    name: str
    description: str = ""
    parameters: dict[str, Any] | None = None
    """JSON Schema of the arguments; None where it was not recorded."""
    origin: Origin = "recorded"


class Usage(msgspec.Struct, frozen=True, gc=False):
    """Token counts in the OTel sense: `input_tokens` includes what was read from or written to a cache."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_write_input_tokens: int | None = None
    reasoning_output_tokens: int | None = None
    origin: Origin = "recorded"


class Step(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    index: int
    number: int
    kind: StepKind
    source: SourceRef
    also: tuple[SourceRef, ...] = ()
    """Further places this step was read from: for a tool call, where its arguments were written."""
    scope: str = "main"
    """The context window this step belongs to (`Scope.id`)."""
    agent: str | None = None
    parent: int | None = None
    """Index of the step that caused this one: the LLM call that asked for a tool, the call that spawned a sub-agent."""
    depth: int = 0
    model: str | None = None
    tool: str | None = None
    call_id: str | None = None
    arguments: Any = None
    arguments_source: SourceRef | None = None
    result: Any = None
    """What the tool answered, decoded where it is JSON; `has_result` tells an absent answer from null."""
    has_result: bool = False
    message: Message | None = None
    """LLM call: what the model returned. Message step: what was put in."""
    summary: str = ""
    """One line as recorded by the writer of the trace; never made up here."""
    goal: str | None = None
    status: Status = "unknown"
    error: str | None = None
    usage: Usage | None = None
    cost_usd: float | None = None
    start_ns: int | None = None
    duration_ns: int | None = None
    recorded_flags: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}
    """Fields of the record that no rule maps, as recorded."""


class Scope(msgspec.Struct, frozen=True):
    """The owner of one context window. A branch starts with the window that its parent had after `spawned_by`."""

    id: str
    kind: Literal["agent", "sub_agent", "branch", "side_call"] = "agent"
    agent: str | None = None
    parent: str | None = None
    spawned_by: int | None = None
    """Index of the step that started it."""


class ContextEdit(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One change of a context window. The prompt of an LLM call at step k is the fold of its scope's edits
    `at < k`, and of those `at == k` in phase "input"; what the call returned is an edit in phase "output"."""

    at: int
    phase: EditPhase = "output"
    scope: str = "main"
    kind: EditKind = "append"
    messages: tuple[Message, ...] = ()
    """append: added at the end. splice: put in place of `delete` messages from `start`. compact, reset: the new
    window, after the messages kept. system: the new system prompt."""
    start: int = 0
    delete: int = 0
    keep: tuple[int, ...] = ()
    """compact: indices of the messages of the old window that stay, put after `messages`."""
    from_step: int | None = None
    """The step that the messages come from, where it is not `at`: a tool result that arrived late."""
    tools: tuple[ToolDefinition, ...] = ()
    evidence: EditEvidence = "replayed"


class RecordedPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """The whole prompt of one LLM call, as the source holds it."""

    messages: tuple[Message, ...]
    system: tuple[Part, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    source: SourceRef


class Gap(msgspec.Struct, frozen=True, gc=False):
    """Something the trace does not hold."""

    kind: str
    effect: str
    """What cannot be known because of it."""
    remedy: str = ""
    steps: tuple[int, ...] = ()
    """Numbers of the steps concerned; empty means all."""


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """A quote that supports a claim. `quote` occurs, to the letter, in the text of the step."""

    step: int
    """Index of the step."""
    quote: str
    """Empty where figures of the step show it: its tokens, its time."""
    source: SourceRef
    role: str = ""
    """What the quote shows, in a few words: "first appears here", "owner returned"."""


class Flag(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    kind: str
    step: int
    """Index of the step."""
    source: SourceRef
    recorded: bool
    confidence: float
    """0 to 1; 1 for flags recorded in the trace (that the trace says so is certain)."""
    message: str
    """One line that a tired person understands."""
    rule: str = ""
    evidence: tuple[Evidence, ...] = ()


class Session(msgspec.Struct, frozen=True, kw_only=True):
    session_id: str
    steps: Sequence[Step]
    scopes: tuple[Scope, ...] = (Scope("main"),)
    edits: tuple[ContextEdit, ...] = ()
    """In order of effect."""
    prompts: dict[int, RecordedPrompt] = {}
    """By step index; only where the source holds the whole prompt."""
    system_prompts: dict[str, tuple[Part, ...]] = {}
    """By scope id, where one is recorded for the whole session."""
    tools: dict[str, tuple[ToolDefinition, ...]] = {}
    """By scope id: the definitions in force from the start."""
    gaps: tuple[Gap, ...] = ()
    goal: str | None = None
    attributes: dict[str, Any] = {}


class Skipped(msgspec.Struct, frozen=True):
    """A record that no rule claims; its bytes can be shown."""

    line: int | None
    offset: int
    length: int
    reason: str
    path: str = ""


class IngestReport(msgspec.Struct, frozen=True):
    """records = read + len(skipped), always."""

    records: int
    read: int
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    """What was guessed or repaired, in words: an encoding, a cut last line."""


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """One opened source: a file, a folder, a stream."""

    path: str
    format: str
    format_reason: str
    sessions: tuple[Session, ...]
    report: IngestReport
