"""What is left where no convention has messages: input and output values as some framework wrote them."""

from __future__ import annotations

from tracetui.ingest.otel.dialects.table import Dialect

DIALECT = Dialect(
    name="input and output values",
    kinds={
        "span_kind": {
            "llm": "llm_call",
            "tool": "tool_call",
            "retriever": "retrieval",
            "embedding": "embedding",
            "agent": "agent",
            "chain": "workflow",
        }
    },
    keys={
        "agent": ("recipient_agent_name",),
        "input": ("gen_ai.prompt", "input"),
        "output": ("gen_ai.completion", "output"),
    },
)
