"""The hostile samples hold every kind of hostile text, in every field, and are harmless as files."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from tests.ingest.reading import only, read
from tests.shared import SAMPLES
from tracetui.model import Step
from tracetui.text import hidden_text, visible

SAMPLE_NAMES = ["hostile.jsonl", "hostile.json"]


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(key)
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from texts(getattr(value, field))


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_the_file_itself_is_printable_ascii(name: str) -> None:
    assert all(32 <= byte < 127 or byte == 10 for byte in (SAMPLES / name).read_bytes())


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_every_kind_of_hidden_text_reaches_the_model_and_none_passes_the_door(name: str) -> None:
    session = only(read((SAMPLES / name).read_bytes(), path=name))
    found = [text for step in session.steps for text in texts(step)]
    assert {hidden.kind for text in found for hidden in hidden_text(text)} == {
        "control",
        "bidi",
        "zero-width",
        "tag",
        "surrogate",
    }
    assert all(not hidden_text(visible(text)) for text in found)
    everything = "\n".join(found)
    for part in ("[/]", "[@click=app.quit]", "\x1b]52;", "\x1b]8;", "\x9b", "\0"):
        assert part in everything


def test_each_field_of_a_step_is_hostile_somewhere() -> None:
    steps = only(read((SAMPLES / "hostile.jsonl").read_bytes(), path="hostile.jsonl")).steps
    plain = {"index", "number", "kind", "source", "also", "scope", "parent", "depth", "arguments_source", "has_result"}
    plain |= {"usage", "cost_usd", "start_ns", "duration_ns", "status"}
    for field in set(Step.__struct_fields__) - plain:
        values = [text for step in steps for text in texts(getattr(step, field))]
        assert any("[" in text or hidden_text(text) for text in values), field
