"""A request to a model and its response, as a proxy writes them; only rows of Helicone may name a session."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    session=("request_properties/Helicone-Session-Id",),
    failed=("error", "response/error", "response/body/error", "response_body/error"),
    status=("response/status_code", "response_status"),
    failing=frozenset(range(400, 600)),
    tokens=(
        "response/body/usage/input_tokens",
        "response/body/usage/output_tokens",
        "response/body/usage/prompt_tokens",
        "response/body/usage/completion_tokens",
        "response_body/usage/input_tokens",
        "response_body/usage/output_tokens",
        "response_body/usage/prompt_tokens",
        "response_body/usage/completion_tokens",
    ),
    milliseconds="delay_ms",
    between=("request/timestamp", "response/timestamp"),
)
