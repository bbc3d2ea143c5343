"""Lines of Claude Code sessions, written as the program writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Line = dict[str, Any]
SESSION = "5e551011-0000-4000-8000-000000000001"


def line(kind: str, uuid: str | None, parent: str | None, second: int, **fields: Any) -> Line:
    written: Line = {"type": kind, "sessionId": SESSION, "cwd": "/repo", "version": "2.1.0", "isSidechain": False}
    written |= {"timestamp": f"2026-05-01T10:{second // 60:02}:{second % 60:02}.000Z", "parentUuid": parent}
    return written | ({"uuid": uuid} if uuid else {}) | fields


def user(uuid: str, parent: str | None, text: str, second: int = 0, **fields: Any) -> Line:
    return line("user", uuid, parent, second, message={"role": "user", "content": text}, **fields)


def assistant(uuid: str, parent: str | None, response: str, *blocks: Line, second: int = 0, **fields: Any) -> Line:
    usage = fields.pop("usage", {"input_tokens": 3, "cache_read_input_tokens": 100, "output_tokens": 5})
    body = {
        "id": response,
        "role": "assistant",
        "model": fields.pop("model", "claude-sonnet-4-5"),
        "content": list(blocks),
        "usage": usage,
    }
    return line("assistant", uuid, parent, second, message=body, **fields)


def text(said: str) -> Line:
    return {"type": "text", "text": said}


def call(call_id: str, name: str = "Read", **arguments: Any) -> Line:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def result(uuid: str, parent: str | None, call_id: str, said: str, second: int = 0, **fields: Any) -> Line:
    block: Line = {"type": "tool_result", "tool_use_id": call_id, "content": said}
    if fields.pop("is_error", False):
        block["is_error"] = True
    return line("user", uuid, parent, second, message={"role": "user", "content": [block]}, **fields)


def boundary(uuid: str, logical: str | None, second: int = 0, **metadata: Any) -> Line:
    return line(
        "system",
        uuid,
        None,
        second,
        subtype="compact_boundary",
        content="Conversation compacted",
        logicalParentUuid=logical,
        compactMetadata={"trigger": "auto", "preTokens": 150_000, **metadata},
    )


def summary(uuid: str, parent: str | None, said: str, second: int = 0) -> Line:
    return user(uuid, parent, said, second, isCompactSummary=True, isVisibleInTranscriptOnly=True)


def written(folder: Path, *lines: Line, name: str = f"{SESSION}.jsonl") -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    return str(path)
