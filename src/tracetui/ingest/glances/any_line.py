"""A line of JSON that no other table speaks of: the names that loggers give to sessions, failures, counts and times."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    session=(
        "session_id", "sessionId", "conversation_id", "conversationId", "thread_id", "threadId", "trace_id", "traceId",
        "run_id", "runId", "task_id",
    ),
    failed=("error", "exception", "is_error", "isError"),
    status=("status", "level", "severity"),
    failing=frozenset(("ERROR", "CRITICAL", "FATAL", "fatal", "critical")),
    tokens=(
        "input_tokens", "output_tokens", "prompt_tokens", "completion_tokens", "usage/input_tokens", "usage/output_tokens",
        "usage/prompt_tokens", "usage/completion_tokens",
    ),
    milliseconds="duration_ms",
)  # fmt: skip
