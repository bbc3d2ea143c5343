"""What stands over a prompt: how sure it is, how full the model's window, what the trace lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_media import PNG
from tracetui.context import prompt_at
from tracetui.ingest.open import open_trace
from tracetui.model import Session
from tracetui.ui.document import Writer
from tracetui.ui.pages.context import _ContextPage
from tracetui.ui.pages.context_head import write_head

CLAUDE = Path(__file__).parents[2] / "recorded/claude_code/326189cf-5676-4237-8cde-1ce80aae4a9f.jsonl.gz"


def page(session: Session, index: int) -> list[str]:
    made = _ContextPage(session, prompt_at(session, index), brief=False)
    made.write()
    return [line.text for line in made.out.document().lines]


def head(session: Session, index: int) -> list[str]:
    out, prompt = Writer(), prompt_at(session, index)
    write_head(session, prompt, [[] for _ in prompt.messages], out)
    return [line.text for line in out.document().lines]


def one_call(tmp_path: Path, **fields: Any) -> Session:
    call = {
        "session_id": "s",
        "step": 1,
        "type": "llm_call",
        "messages": [{"role": "user", "content": "hello there"}],
        **fields,
    }
    path = tmp_path / "trace.jsonl"
    path.write_text(json.dumps(call) + "\n")
    return open_trace(str(path)).sessions[0]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"model": "gpt-4o", "input_tokens": 64_000}, "██████████▁▁▁▁▁▁▁▁▁▁ 50% of 128,000 tokens, documented"),
        ({"model": "x-1", "input_tokens": 900, "context_window": 1000}, "90% of 1,000 tokens, recorded"),
        ({"model": "gpt-4o", "input_tokens": 256_000}, "200% of 128,000 tokens, documented, exceeded: a larger one was in use"),
        ({"model": "gpt-4o", "goal": "g"}, "about 0% of 128,000 tokens, documented"),
    ],
)  # fmt: skip
def test_the_bar_tells_how_full_the_window_is(tmp_path: Path, fields: dict[str, Any], told: str) -> None:
    (line,) = [line for line in head(one_call(tmp_path, **fields), 0) if line.startswith("window ")]
    assert told in line


def test_of_an_unknown_model_no_bar_is_drawn(tmp_path: Path) -> None:
    assert not any("window" in line for line in head(one_call(tmp_path, model="lumen-2", input_tokens=900), 0))


def test_a_hidden_edit_and_what_no_message_holds_are_told_in_full_and_the_rest_by_name() -> None:
    (session,) = open_trace(str(CLAUDE)).sessions
    told = head(session, next(step.index for step in session.steps if step.number == 17))
    assert any("hidden edit: step 17: its input grew by about 3,700 tokens" in line for line in told)
    assert any(
        "about 16.2k tokens of every call are in no message: system prompt and tool definitions" in t for t in told
    )
    assert any(line.startswith("! not recorded: system prompt, tools, microcompaction") for line in told)
    assert len(told) < 10


def test_what_is_not_in_the_trace_stands_in_its_place_and_is_explained_at_the_end() -> None:
    (session,) = open_trace(str(CLAUDE)).sessions
    lines = page(session, 16)
    assert "  system  not in the trace" in lines
    assert "  tools  definitions not in the trace" in lines
    last = lines.index(next(line for line in lines if line.startswith("  not in the trace  ")))
    assert any("tool descriptions and schemas are not in this file" in line for line in lines[last:])


def test_an_image_is_one_line_of_what_it_is(tmp_path: Path) -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
    messages = [{"role": "user", "content": [image, {"type": "text", "text": "what is it?"}]}]
    lines = page(one_call(tmp_path, messages=messages), 0)
    assert any("image/png, 633 bytes, 640x480 pixels" in line for line in lines)
    assert not any(PNG[:40] in line for line in lines)
