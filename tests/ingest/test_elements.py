"""Elements of a large document, read one at a time, against the document read whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tracetui.errors import UnreadableSourceError
from tracetui.ingest import parts as parts_module
from tracetui.ingest.elements import Elements, elements_of, look_through
from tracetui.ingest.open import open_trace, read_trace
from tracetui.ingest.parts import listed_parts
from tracetui.model import Trace

SAMPLES = Path("sample_traces")


def several(path: Path, name: str, keys: tuple[str, ...], copies: int, indent: int | None) -> Path:
    """A sample whose list at `keys` is repeated, in some other spelling of white space and with umlauts around it."""
    held = json.loads((SAMPLES / name).read_text())
    document: Any = {"ä": "ü"} | held if keys else [held]
    inner = document
    for key in keys:
        inner = inner[key]
    inner *= copies
    path.write_text(json.dumps(document, ensure_ascii=False, indent=indent) + "\n")
    return path


LISTS = [
    ("tau_bench.json", (), 3),
    ("tau2_results.json", ("simulations",), 3),
    ("otlp.json", ("resourceSpans",), 2),
    ("inspect_log.json", ("samples",), 3),
]


def looked_through(path: Path | str) -> Elements | None:
    """In this process: starting another takes a while."""
    return look_through(str(path), Path(path).read_bytes())


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(("name", "keys", "copies"), LISTS)
def test_all_elements_together_are_the_document_down_to_every_place(
    tmp_path: Path, name: str, keys: tuple[str, ...], copies: int, indent: int | None
) -> None:
    path = several(tmp_path / name, name, keys, copies, indent)
    found = looked_through(path)
    assert found is not None
    assert found.path == keys
    whole = open_trace(str(path))
    assert found.format == whole.format
    assert (
        read_trace(found.source(str(path), range(len(found.starts))), format_name=found.format).sessions
        == whole.sessions
    )


@pytest.mark.parametrize("name", ["tau_bench.json", "tau2_results.json", "inspect_log.json"])
def test_one_element_alone_is_its_session_at_its_place_in_the_file(tmp_path: Path, name: str) -> None:
    keys = {listed: keys for listed, keys, _ in LISTS}[name]
    path = several(tmp_path / name, name, keys, 4, 1)
    found = looked_through(path)
    assert found is not None
    last = len(found.starts) - 1
    alone = read_trace(found.source(str(path), [last]), format_name=found.format).sessions[0]
    whole = [step for session in open_trace(str(path)).sessions for step in session.steps][-len(alone.steps) :]
    assert [step.source for step in alone.steps] == [step.source for step in whole]
    data = path.read_bytes()
    for step in alone.steps:
        held = json.loads(data[step.source.offset :][: step.source.length])
        value = json.loads(data)
        for token in step.source.pointer.split("/")[1:]:
            value = value[int(token)] if isinstance(value, list) else value[token]
        assert held == value


@pytest.mark.parametrize("name", ["openhands_v0.json", "good_same_customer_openai.json", "langfuse_trace.json"])
def test_pieces_of_one_session_are_not_taken_apart(name: str) -> None:
    found = looked_through(SAMPLES / name)
    assert found is None or (found.are_sessions and len(set(found.names)) == 1)


def test_spans_are_grouped_by_their_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "elements_of", looked_through)

    def resource(trace: int, span: int) -> dict[str, Any]:
        times = {"startTimeUnixNano": str(span), "endTimeUnixNano": str(span + 1)}
        one = {"traceId": f"{trace:032x}", "spanId": f"{span:016x}", "name": "chat"} | times
        return {"scopeSpans": [{"spans": [one]}]}

    path = tmp_path / "spans.json"
    path.write_text(json.dumps({"resourceSpans": [resource(at % 2 + 1, at) for at in range(1, 7)]}))
    parts = listed_parts(str(path), at_least=1)
    assert parts is not None
    assert (parts.noun, parts.format) == ("session", "otlp")
    assert [(part.name, part.about) for part in parts.parts] == [
        (f"{2:032x}", "3 of the list"),
        (f"{1:032x}", "3 of the list"),
    ]
    second = read_trace(parts.parts[1].source(), format_name=parts.format)
    whole: Trace = open_trace(str(path))
    assert second.sessions == tuple(session for session in whole.sessions if session.session_id == f"{1:032x}")


@pytest.mark.parametrize(
    "document",
    [
        '{"a": 1}',
        "[",
        '[{"x": 1}, {"x": 2}]',
        '{"a": [1, 2], "a": [3, 4]}',
        "[[[]]]",
        "",
        '"text"',
        "[1, 2]",
        '{"jsonrpc',
    ],
)
def test_what_has_no_long_list_of_a_known_format_is_read_whole(tmp_path: Path, document: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(document)
    assert looked_through(path) is None


def test_entries_are_listed_with_what_they_are_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "elements_of", looked_through)
    path = several(tmp_path / "t.json", "tau_bench.json", (), 2, None)
    parts = listed_parts(str(path), at_least=1)
    assert parts is not None
    assert parts.noun == "entry"
    assert [part.name for part in parts.parts] == [f"{at + 1}" for at in range(len(parts.parts))]
    assert all("task_id" in part.about for part in parts.parts)
    assert listed_parts(str(path)) is None


def test_a_document_that_changes_or_goes_away_is_said(tmp_path: Path) -> None:
    path = several(tmp_path / "t.json", "tau_bench.json", (), 2, None)
    found = elements_of(str(path))
    assert found is not None
    assert found.source(str(path), [0]).data
    path.write_text(path.read_text() + " ")
    with pytest.raises(UnreadableSourceError, match="has changed since it was listed"):
        found.source(str(path), [0])
    path.unlink()
    with pytest.raises(UnreadableSourceError, match="no such file"):
        found.source(str(path), [0])
