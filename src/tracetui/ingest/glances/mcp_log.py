"""A JSON-RPC message of MCP, as it is or inside a log line; a file is one run."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    failed=("error", "message/error", "result/isError", "message/result/isError"),
    after_words=True,
)
