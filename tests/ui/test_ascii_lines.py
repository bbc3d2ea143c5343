"""Borders and inputs of Textual in a terminal that shows ASCII alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual._border import BORDER_CHARS
from textual.color import Color

import tracetui
from tests.ui.pilot import SAMPLES, opened_app, screen_text
from tracetui.text import _ASCII_GLYPHS
from tracetui.ui import app
from tracetui.ui.ascii_lines import _SIGNS, InAscii, in_ascii


def test_every_border_of_textual_has_a_likeness_of_the_same_width() -> None:
    for name in (
        "solid",
        "outer",
        "inner",
        "tall",
        "wide",
        "round",
        "heavy",
        "double",
        "panel",
        "thick",
        "hkey",
        "vkey",
    ):
        line = "".join(sign for row in BORDER_CHARS[name] for sign in row)
        assert in_ascii(line).isascii()
        assert "?" not in in_ascii(line), name
        assert cell_len(in_ascii(line)) == cell_len(line)


def test_every_sign_that_a_screen_or_a_command_writes_itself_has_a_likeness() -> None:
    look_only = {"brush.py", "document.py", "terminal.py", "glyphs.py", "ascii_lines.py", "scroll_bar.py"}
    known = set(_ASCII_GLYPHS) | set(_SIGNS)
    source = Path(tracetui.__file__).parent
    found: dict[str, set[str]] = {}
    for path in (path for part in ("ui", "commands", "tour", "web") for path in (source / part).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.name not in look_only else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
                odd = {sign for sign in node.value if not sign.isascii() and ord(sign) not in known}
                found |= {f"{path.name}:{node.lineno}": odd} if odd else {}
    assert found == {}


def test_what_has_no_likeness_fills_as_many_cells() -> None:
    assert in_ascii("a狐b") == "a??b"


def test_a_line_in_ascii_is_left_as_it_is() -> None:
    line = [Segment("plain"), Segment("─x")]
    assert InAscii().apply(line[:1], Color(0, 0, 0)) == line[:1]
    assert [segment.text for segment in InAscii().apply(line, Color(0, 0, 0))] == ["plain", "-x"]


async def test_no_screen_shows_anything_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(app, "AS_SHOWN", (InAscii(),))
    async with opened_app(SAMPLES / "incident_content.jsonl") as pilot:
        for key in ("b", "question_mark", "ctrl+p"):
            await pilot.press(key)
            assert not set(screen_text(pilot)) & set("─│┌┐└┘▌▊▔▁")
            await pilot.press("escape")
