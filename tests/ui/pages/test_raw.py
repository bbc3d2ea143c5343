"""The raw page shows the record as the file has it, but for the credentials in its headers."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.running import run
from tracetui.ui.loading import load
from tracetui.ui.pages.raw import raw_page

SECRET = "Bearer abcdefghijklmnop"


def test_credentials_of_a_recorded_request_are_nowhere_shown(tmp_path: Path) -> None:
    body = {"model": "claude-x", "messages": [{"role": "user", "content": "hello"}]}
    url = "https://api.anthropic.com/v1/messages"
    headers = {"authorization": SECRET, "accept": "*/*"}
    path = tmp_path / "trace.jsonl"
    path.write_text(json.dumps({"request": {"url": url, "headers": headers, "body": body}, "response": None}))
    loaded = load(str(path))
    opened = loaded.opened(*loaded.sessions[0])
    page = "\n".join(line.text for line in raw_page(opened, 1).lines)
    assert "a credential masked: the file has it" in page
    printed = run("context", str(path), "--step", "2", "--raw")
    assert json.loads(printed.stdout)["request"]["body"] == body
    assert "1 credential masked" in printed.err
    for shown in (page, printed.out, run("steps", str(path), "--json").out):
        assert SECRET not in shown
