"""The elements of a long list in a JSON document, read as lines of which each byte has its place in the document."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.test_packed_lines import packed, read
from tracetui.errors import UnreadableSourceError
from tracetui.ingest import listing
from tracetui.ingest.listing import Listing
from tracetui.ingest.open import open_trace, read_trace
from tracetui.ingest.packed_lines import PackedLines
from tracetui.ingest.paging import listed_format, open_again, open_listed, paged_format
from tracetui.ui import asked


def asked_and_answered(at: int) -> list[dict[str, object]]:
    call = {"id": f"c{at}", "type": "function", "function": {"name": "find", "arguments": json.dumps({"order": at})}}
    asked = f'Где заказ {at}?\n"]}}, {{[\\ 😀 ' + f"{at * 7919:x} " * 500
    return [
        {"role": "user", "content": asked},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": f"c{at}", "content": f"order {at}: sent"},
    ]


MESSAGES = [message for at in range(500) for message in asked_and_answered(at)]
AROUND = {"model": "m", "tools": [{"a": [1, {"b": "]"}]}], "messages": MESSAGES, "usage": {"total": 1}}


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def listed(data: bytes, most: int = 1 << 16) -> bytes:
    with Listing(io.BytesIO(data)) as stream:
        return b"".join(iter(lambda: stream.read1(most), b""))


@pytest.mark.parametrize(("indent", "escaped"), [(None, False), (2, True)])
def test_every_element_is_a_line_at_its_own_place(indent: int | None, escaped: bool) -> None:
    for document in (AROUND, MESSAGES, {"run": {"log": AROUND}}):
        data = json.dumps(document, indent=indent, ensure_ascii=escaped).encode()
        lines = listed(data)
        assert [json.loads(line) for line in lines.splitlines()] == MESSAGES
        assert all(here in (there, 32, 10) for here, there in zip(lines[:50_000], data, strict=False))
        at = lines.index(b"\n") + 1
        assert lines[at : at + 1] == data[at : at + 1] == b"{"


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=3), st.text() | st.lists(st.integers()), max_size=3), min_size=2),
    st.sampled_from([7, 8, 4096]),
    st.sampled_from([None, 0, 1]),
)
def test_it_does_not_matter_how_much_is_read_at_a_time(
    elements: list[dict[str, object]], piece: int, indent: int | None
) -> None:
    data = json.dumps({"a": [1], "list": elements}, indent=indent, ensure_ascii=False).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "_PIECE", data.index(b"list") + 9 + piece % 3)
        try:
            lines = listed(data, piece)
        except ValueError:  # the first element stands in what is looked at for the list
            return
    assert [json.loads(line) for line in lines.split(b"\n")[:-1]] == elements


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"a": 1, "b": 2}', "no document with a long list"),
        (b'[{"a":' * 200_000, "nested too deep"),
        (b"not json" * 200_000, "no document with a long list"),
        (b"[" + b'"text",' * 200_000, "is no object"),
        (json.dumps(MESSAGES).encode()[:-9000], "breaks off"),
        (json.dumps(MESSAGES).encode()[:-9000] + b"\0]", r"damaged|breaks off"),
        (json.dumps(MESSAGES).encode().replace(b"}, {", b"} {"), "no comma stands behind"),
    ],
    ids=["no list", "nested", "no JSON", "texts", "cut", "damaged", "no comma"],
)
def test_what_is_no_such_list_or_damaged_is_said(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        listed(data)


def test_an_element_over_the_limit_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MAX_ELEMENT_BYTES", 1 << 20)
    data = json.dumps([*MESSAGES, {"role": "user", "content": "x" * (4 << 20)}]).encode()
    with pytest.raises(ValueError, match="longer than the limit of 1048576"):
        listed(data)


def test_a_conversation_in_one_document_is_read_by_place(tmp_path: Path) -> None:
    data = json.dumps(AROUND, ensure_ascii=False).encode()
    whole = open_trace(str(packed(tmp_path / "whole.json", data))).sessions[0]
    of_whole = next(step for step in whole.steps if step.source.pointer == "/messages/1200")
    for name, content in (("t.json", data), ("t.json.gz", gzip.compress(data, 1))):
        path = str(packed(tmp_path / name, content))
        assert paged_format(path, at_least=1) is None
        assert listed_format(path, at_least=len(data) * 2) is None
        assert listed_format(path, at_least=1) == "openai-chat"
        file = read(open_listed(path, "openai-chat"))
        assert (type(file), len(file), file.problem) == (PackedLines, len(MESSAGES), "")
        some = read_trace(file.source(1200, 1203), format_name="openai-chat").sessions[0]
        assert some.steps[0].source.offset == of_whole.source.offset
        assert some.steps[0].source.line == 1201
        file.close()


def test_the_app_opens_it_by_its_lines_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "listed_format", lambda path, **_: listed_format(path, at_least=1))
    path = packed(tmp_path / "t.json", json.dumps(AROUND).encode())
    opened = asked.open_asked(asked.Asked(str(path)))
    assert isinstance(opened, asked.ByPlace)
    assert opened.file.change() == "same"
    path.write_text(json.dumps({"messages": MESSAGES[3:]}))
    assert opened.file.change() == "replaced"
    again = read(open_again(opened.file))
    assert len(again) == len(MESSAGES) - 3
    again.close()
    opened.file.close()


def test_a_document_that_breaks_off_keeps_its_whole_elements_and_says_so(tmp_path: Path) -> None:
    data = json.dumps(MESSAGES).encode()
    file = read(open_listed(str(packed(tmp_path / "t.json", data[:-9000])), "openai-chat"))
    assert len(MESSAGES) - 40 < file.complete < len(MESSAGES)
    assert "the document breaks off in its list; kept the first" in file.problem
    file.close()


def test_lists_of_sessions_and_other_files_are_not_read_so(tmp_path: Path) -> None:
    conversations = [{"id": f"{at}", "messages": asked_and_answered(at)} for at in range(900)]
    for content in (json.dumps(conversations).encode(), b"".join(b"{}\n" for _ in range(9)), b"[1]", b"x" * (2 << 20)):
        assert listed_format(str(packed(tmp_path / "t.json", content)), at_least=1) is None
    assert listed_format(str(tmp_path / "none.json"), at_least=1) is None
    with pytest.raises(UnreadableSourceError):
        open_listed(str(tmp_path / "none.json"), "openai-chat")
