"""Inspect archives in the chunked layout tell the same as in the layout of one member a sample."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tests.ingest.reading import only, read
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.model import Session

DOCUMENT = json.loads((SAMPLES / "inspect_log.json").read_bytes())
SAMPLE = DOCUMENT["samples"][0]


def archive(members: dict[str, Any]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, value in members.items():
            file.writestr(name, json.dumps(value))
    return packed.getvalue()


def chunked(sample: dict[str, Any]) -> dict[str, Any]:
    """The sample as the chunked layout holds it: chunks of two items, attachments by index."""
    names = list(sample["attachments"])

    def renumbered(value: Any) -> Any:
        text = json.dumps(value)
        for index, name in enumerate(names):
            text = text.replace(f"attachment://{name}", f"attachment://{index}")
        return json.loads(text)

    prefix = f"samples/{sample['id']}_epoch_{sample['epoch']}"
    pooled = ("events", "messages", "attachments", "events_data", "metadata")
    members: dict[str, Any] = {
        f"{prefix}/sample.json": {key: value for key, value in sample.items() if key not in pooled}
    }
    members[f"{prefix}/events/stats.json"] = {}
    members[f"{prefix}/events/uuids.json"] = []
    sequences = {
        "messages": renumbered(sample["events_data"]["messages"]),
        "events": renumbered(sample["events"]),
        "attachments": list(sample["attachments"].values()),
    }
    for kind, items in sequences.items():
        # Written last chunk first: the order of members says nothing.
        for start in reversed(range(0, len(items), 2)):
            members[f"{prefix}/{kind}/{start}.json"] = items[start : start + 2]
    return members


def told(session: Session) -> list[Any]:
    return [(s.kind, s.tool, s.arguments, s.result, s.message and s.message.parts, s.usage) for s in session.steps]


def prompts(session: Session) -> list[Any]:
    calls = [step for step in session.steps if step.kind == "llm_call"]
    return [[entry.message.parts for entry in prompt_at(session, step.index).messages] for step in calls]


def test_both_layouts_tell_the_same_steps_and_prompts() -> None:
    header = {"version": 2, "eval": DOCUMENT["eval"]}
    whole = archive({"header.json": header, f"samples/{SAMPLE['id']}_epoch_{SAMPLE['epoch']}.json": SAMPLE})
    parts = archive({"header.json": header} | chunked(SAMPLE))
    one, many = read(whole, path="x.bin"), read(parts, path="x.bin")
    assert one.format == many.format == "inspect-log"
    assert told(only(one)) == told(only(many))
    assert prompts(only(one)) == prompts(only(many))
    assert one.report.records == many.report.records == len(SAMPLE["events"])
    assert only(one).session_id == only(many).session_id


def test_the_place_of_an_event_is_in_the_chunk_that_holds_it() -> None:
    members = chunked(SAMPLE)
    session = only(read(archive({"header.json": {"eval": {}}} | members), path="x.bin"))
    for step in session.steps:
        name = step.source.path.partition("!")[2]
        raw = json.dumps(members[name]).encode()[step.source.offset : step.source.offset + step.source.length]
        assert json.loads(raw)["event"]
