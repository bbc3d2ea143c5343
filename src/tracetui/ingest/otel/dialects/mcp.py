"""Spans of the Model Context Protocol, from OTel's conventions and from OpenLLMetry."""

from __future__ import annotations

from tracetui.ingest.otel.dialects.table import Dialect

DIALECT = Dialect(
    name="MCP",
    kinds={"mcp.method.name": {"tools/call": "tool_call"}},
    keys={
        "tool": ("mcp.tool.name",),
        "arguments": ("mcp.request.argument",),
        "result": ("mcp.response.value",),
    },
)
