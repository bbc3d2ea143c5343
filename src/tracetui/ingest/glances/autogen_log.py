"""An event of AutoGen's logger, perhaps after the words of the logging module; a file is one run."""

from __future__ import annotations

from tracetui.ingest.glance import table

GLANCE = table(
    kind=("type", {"LLMCall": "llm_call", "ToolCall": "tool_call", "Message": "message"}),
    failed=("error", "exception"),
    tokens=("prompt_tokens", "completion_tokens"),
    after_words=True,
)
