"""A long session, made up."""

from __future__ import annotations

import json
from pathlib import Path


def write_trace(path: Path, steps: int = 2000) -> Path:
    """A session trace whose steps look like an agent's: calls of a model and of tools in turn."""
    lines = []
    for number in range(1, steps + 1):
        entity = f"ord_{number * 7919 % 90000 + 10000}"
        common = {
            "session_id": "ses_1",
            "step": number,
            "ts": f"2026-03-05T10:{number // 60 % 60:02}:{number % 60:02}Z",
        }
        if number % 2:
            said = f"Looking at {entity} for the customer; " + "the queue was checked before " * (number % 5)
            line: dict[str, object] = {
                "type": "llm_call",
                "model": f"model-{number % 4}",
                "completion": said,
                "summary": said,
            }
        else:
            result = {"id": entity, "status": "pending", "total": number * 1.5}
            line = {"type": "tool_call", "tool": "get_order", "args": {"id": entity}, "result": result}
        lines.append(json.dumps(common | line))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
