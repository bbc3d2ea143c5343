"""The page of a step: what no rule maps is on it, and what the trace says of the whole run on the first."""

from __future__ import annotations

import json
from pathlib import Path

from tracetui.ui.document import Document
from tracetui.ui.loading import load
from tracetui.ui.pages.step import step_page


def pages(tmp_path: Path) -> list[str]:
    span = {"traceId": "a" * 32, "name": "chat m", "startTimeUnixNano": "1770000000000000000"}
    told = [{"key": key, "value": {"stringValue": key}} for key in ("shop.branch", "gen_ai.request.model")]
    spans = [span | {"spanId": str(number) * 16, "attributes": told} for number in (1, 2)]
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "north"}}]}
    path = tmp_path / "trace.json"
    path.write_text(json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]}))
    loaded = load(str(path))
    opened = loaded.opened(*loaded.sessions[0])
    return [text(step_page(opened, step.index)) for step in opened.session.steps]


def text(page: Document) -> str:
    return "\n".join(line.text for line in page.lines)


def test_attributes_are_shown_and_those_of_the_run_on_the_first_step(tmp_path: Path) -> None:
    first, second = pages(tmp_path)
    assert "shop.branch" in first
    assert "shop.branch" in second
    assert '"resource.service.name": "north"' in first
    assert "resource.service.name" not in second
