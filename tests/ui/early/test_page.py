"""The first page: the rows that the app will show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.binding import Binding

from tests.shared import SAMPLES
from tracetui.ingest.line_cache import remember
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_header import known_header
from tracetui.ingest.line_overview import LARGE_BYTES
from tracetui.ingest.surveyors import surveyed
from tracetui.text import hidden_text
from tracetui.ui import present, rows
from tracetui.ui.columns import Columns
from tracetui.ui.early import first_page as early
from tracetui.ui.early.first_page import page
from tracetui.ui.early.head import read_head
from tracetui.ui.early.page import LINES_KEYS, STEPS_KEYS, Page, color_count
from tracetui.ui.key_names import key_name
from tracetui.ui.keys import DEBUGGER_KEYS
from tracetui.ui.line_facts import line_map
from tracetui.ui.line_rows import line_row, lines_head
from tracetui.ui.loading import load
from tracetui.ui.screens.lines import LinesScreen

ENVIRON = {"TERM": "xterm-256color"}
TRACES = ["incident_content.jsonl", "incident.jsonl", "incident_unflagged.jsonl", "good_other_customer.jsonl"]


def shown(made: Page) -> list[str]:
    return ["".join(text for text, _ in row) for row in made.shadow.wanted]


def first_page(path: Path, width: int = 80, height: int = 24, *, at_the_start: bool = True) -> list[str]:
    return shown(page(str(path), width, height, ENVIRON, at_the_start=at_the_start))


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("width", [60, 80, 99, 120, 220, 300])
def test_the_steps_are_the_rows_of_the_step_list_before_the_verdict(name: str, width: int) -> None:
    loaded = load(str(SAMPLES / name))
    opened = loaded.opened(*loaded.sessions[0])
    cells = rows.columns(opened, (max(width * 11 // 21, width - 122) if width >= 100 else width) - 1)
    wanted = [rows.row(opened, at, cells, current=at == 0).plain for at in range(len(opened.session.steps))]
    made = first_page(SAMPLES / name, width)[3 : 3 + len(wanted)]
    assert [_told(row, cells) for row in made] == [_told(row, cells) for row in wanted]


def _told(row: str, cells: Columns) -> str:
    """Without the line beside calls that belong together, and without the flags."""
    bracket = 1 + cells.number
    return row[:bracket] + " " + row[bracket + 1 : cells.left + cells.actor + 2 + cells.text]


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_lines_are_the_rows_of_the_line_list(name: str, width: int) -> None:
    file = LineFile(str(SAMPLES / name))
    file.take(file.read_on(1 << 20))
    wanted = [line_row(file, at, current=at == 0, width=width - 1).plain for at in range(len(file))]
    made, head = Page(width, 24, ENVIRON, erases=True, remote=False), read_head(file.path, 24)
    assert head is not None
    made.lines(file.path, head)
    file.close()
    assert all((" llm " in row or " tool " in row) is (width > 60) for row in wanted)
    assert [row.rstrip() for row in shown(made)[1 : 1 + len(wanted)]] == [row.rstrip() for row in wanted]


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("width", [60, 120])
def test_a_file_that_was_opened_before_has_its_head_and_map_at_once(
    name: str, width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path, inner = str(SAMPLES / name), width - 2
    with closing(LineFile(path)) as file:
        file.take(file.read_on(1 << 20))
        survey = surveyed(file)
        remember(file, survey)
        left, right = (present.content(*pieces) for pieces in line_map(survey.overview, len(file), inner))
        told = present.spread(left, right, inner)
        wanted = [lines_head(file, 0, [], inner).plain, told.plain]
    made, head = Page(width, 24, ENVIRON, erases=True, remote=False), read_head(path, 24)
    assert head is not None
    made.lines(path, head, known_header(path))
    assert [shown(made)[at].strip() for at in (0, 22)] == [row.strip() for row in wanted]
    assert [look.attributes for _, look in made.shadow.wanted[22]].count(("7",)) <= 1


_TEXTS = st.text(st.sampled_from(" \n\tab=é…→[]{}"), max_size=12) | st.sampled_from(["  x", "y" * 230])
_VALUES = _TEXTS | st.none() | st.booleans() | st.integers(-9, 10**6) | st.lists(_TEXTS, max_size=2)
_FIELDS = st.dictionaries(st.sampled_from(["id", "query", "n"]), _VALUES, max_size=3)
_CALLS = st.fixed_dictionaries(
    {"args": _FIELDS, "tool": st.just("look")},
    optional={
        "result": _FIELDS | _VALUES,
        "summary": _TEXTS,
        "error": st.just("no such id"),
        "status": st.just("error"),
    },
)


@settings(max_examples=60)
@given(st.lists(_CALLS, min_size=1, max_size=8))
def test_what_calls_are_given_and_answer_is_told_as_in_the_line_list(
    tmp_path_factory: pytest.TempPathFactory, calls: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.mktemp("calls") / "t.jsonl"
    steps = [{"session_id": "s", "step": at, "type": "tool_call"} | call for at, call in enumerate(calls, 1)]
    path.write_text("".join(json.dumps(step) + "\n" for step in steps))
    with closing(LineFile(str(path))) as file:
        file.take(file.read_on(1 << 20))
        wanted = [line_row(file, at, current=at == 0, width=119).plain.rstrip() for at in range(len(file))]
    made, head = Page(120, 24, ENVIRON, erases=True, remote=False), read_head(str(path), 24)
    assert head is not None
    made.lines(str(path), head)
    assert [row.rstrip() for row in shown(made)[1 : 1 + len(wanted)]] == wanted


def told_by(bindings: Sequence[object]) -> list[tuple[str, str]]:
    return [(key_name(b.key), b.description) for b in bindings if isinstance(b, Binding) and b.show]


def test_the_keys_are_those_of_the_screens() -> None:
    assert sorted(told_by(LinesScreen.BINDINGS)) == sorted(LINES_KEYS)
    assert set(STEPS_KEYS) <= set(told_by(DEBUGGER_KEYS))


@pytest.mark.parametrize("name", ["otlp.json", "openhands_v1.jsonl", "autogen_store.sqlite", "codex_rollout.jsonl"])
def test_another_format_is_said_to_be_read(name: str) -> None:
    made = first_page(SAMPLES / name)
    assert [row.strip() for row in made if row.strip()] == [f"tracetui reading {_ending(str(SAMPLES / name))} …"]


def _ending(path: str) -> str:
    return path if len(path) <= 56 else "…" + path[-55:]


def test_a_start_elsewhere_shows_no_steps() -> None:
    assert "get_customer" not in "".join(first_page(SAMPLES / "incident_content.jsonl", at_the_start=False))


def test_several_sessions_are_for_the_app_to_list_but_in_a_large_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "two.jsonl"
    trace.write_text("".join(json.dumps({"session_id": name, "step": 1, "type": "message"}) + "\n" for name in "ab"))
    assert "tracetui reading" in "".join(first_page(trace))
    monkeypatch.setattr(early, "LARGE_BYTES", 1)
    assert [row.split()[:3] for row in first_page(trace)[1:3]] == [["▌", "1", "●"], ["2", "●", "user"]]


def test_a_large_file_of_another_format_has_its_head_and_map_if_it_was_opened_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(early, "LARGE_BYTES", 1)
    path = SAMPLES / "codex_rollout.jsonl"
    assert "tracetui reading" in "".join(first_page(path))
    with closing(LineFile(str(path), format_name="codex")) as file:
        file.take(file.read_on(1 << 20))
        remember(file, surveyed(file))
        made = first_page(path, 120)
        assert f"line 1 of {len(file)} " in made[0]
    assert made[22].rstrip().endswith("1 session")
    assert made[1].strip() == "reading the lines …"


def test_a_large_file_is_shown_by_its_head_alone(tmp_path: Path) -> None:
    trace = tmp_path / "large.jsonl"
    line = json.dumps({"session_id": "s", "step": 1, "type": "tool_call", "tool": "look", "args": {"n": 1}}) + "\n"
    trace.write_text(line * 9000)
    with trace.open("r+b") as file:
        file.truncate(LARGE_BYTES)  # a hole: no disk is written
    assert "look" in first_page(trace)[1]


@pytest.mark.parametrize("name", ["hostile.jsonl", "hostile.json"])
@pytest.mark.parametrize("width", [60, 120])
def test_hostile_text_passes_the_door(name: str, width: int) -> None:
    made = page(str(SAMPLES / name), width, 24, ENVIRON, at_the_start=True)
    assert not hidden_text("".join(shown(made)))
    assert [len(row) for row in made.shadow.wanted] == [width] * 24


@pytest.mark.parametrize(
    "row",
    [
        "{",
        "[1]",
        '{"type":1,"session_id":"s"}',
        '{"type":"x","session_id":"s","ms":1e999}',
        '{"type":"x","session_id":"s","step":' + "9" * 5000 + "}",
        '{"type":"x","session_id":"s","args":' + "[" * 9000 + "]" * 9000 + "}",
    ],
    ids=["cut", "a list", "a type that is none", "endless", "a number too large", "deep"],
)
def test_what_is_no_step_does_not_stop_it(row: str, tmp_path: Path) -> None:
    trace = tmp_path / "t.jsonl"
    good = '{"session_id":"s","step":1,"type":"tool_call","tool":{"a":1},"args":[],"ms":"x","status":[1],"flags":{}}'
    trace.write_text(f"{good}\n{row}\n")
    assert len(first_page(trace)) == 24


@pytest.mark.parametrize(
    ("environ", "count"),
    [
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, 1 << 24),
        ({"TERM": "screen-256color"}, 256),
        ({"TERM": "linux"}, 16),
    ],
)
def test_colors_are_counted_as_rich_counts_them(environ: dict[str, str], count: int) -> None:
    assert color_count(environ) == count


@pytest.mark.parametrize("environ", [{"TERM": "linux"}, {"TERM": "linux", "SSH_TTY": "/dev/pts/1"}, {"NO_COLOR": "1"}])
def test_where_no_color_tells_its_ground_the_row_under_the_cursor_is_reversed(environ: dict[str, str]) -> None:
    made = page(str(SAMPLES / "incident.jsonl"), 80, 24, ENVIRON | environ, at_the_start=True)
    assert [any("7" in look.attributes for _, look in row) for row in made.shadow.wanted[3:5]] == [True, False]


def test_without_color_weight_alone_tells(tmp_path: Path) -> None:
    made = page(str(SAMPLES / "incident.jsonl"), 80, 24, ENVIRON | {"NO_COLOR": "1"}, at_the_start=True)
    looks = {look for row in made.shadow.wanted for _, look in row}
    assert not any(look.foreground or look.background for look in looks)
    assert any(look.attributes for look in looks)
