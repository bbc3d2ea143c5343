"""A request to a model and its response, as a proxy writes them. Nothing in it names a session."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    failed=("error", "response/error", "response/body/error"),
    status=("response/status_code",),
    failing=frozenset(range(400, 600)),
    tokens=(
        "response/body/usage/input_tokens",
        "response/body/usage/output_tokens",
        "response/body/usage/prompt_tokens",
        "response/body/usage/completion_tokens",
    ),
    between=("request/timestamp", "response/timestamp"),
)
