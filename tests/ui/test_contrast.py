"""What is written can be read: at least 4.5 to 1 between a character and its ground, on every screen, dark and light, in
truecolor, 256 and 16 colours."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.color import ColorSystem, ColorType
from rich.style import Style
from textual.color import Color
from textual.pilot import Pilot

from tests.ui.pilot import SAMPLES, debugger, opened_app, screen_text, wait_for
from tracetui.ingest.paging import open_lines
from tracetui.ui.app import TracetuiApp
from tracetui.ui.lessons import LESSONS
from tracetui.ui.screens.library import LibraryScreen
from tracetui.ui.screens.lines import LinesScreen
from tracetui.ui.screens.sessions import SessionsScreen
from tracetui.ui.screens.values import ValuesScreen
from tracetui.ui.themes import CYCLE, DARK, LIGHT
from tracetui.ui.widgets.lesson_strip import LessonStrip

LEAST = 4.5
XTERM = (
    *((0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)),
    *(
        (127, 127, 127),
        (255, 0, 0),
        (0, 255, 0),
        (255, 255, 0),
        (92, 92, 255),
        (255, 0, 255),
        (0, 255, 255),
        (255, 255, 255),
    ),
)
"""Its 16 colours."""
LINES = frozenset("─│┌┐└┘├┤┬┴┼▌▐▁▂▃▄▅▆▇█▔▏▎▍▊▋▉━╸╺▔·/ ")
"""Rules, bars and scroll bars carry nothing that is not said in words too."""


class Shown(NamedTuple):
    name: str
    keys: tuple[str, ...] = ()
    """What leads to it."""
    inside: tuple[Shown, ...] = ()
    """What keys lead to from there."""
    themes: tuple[str, ...] = (DARK, LIGHT)


SCREENS = (
    Shown("debugger", themes=CYCLE),
    Shown("context", ("c",), (Shown("prompts", ("C",)),), CYCLE),
    Shown("evidence", ("e",)),
    Shown("raw", ("r",)),
    Shown("keys", ("question_mark",), themes=CYCLE),
    Shown("palette", ("ctrl+p",)),
    Shown("blast radius", ("b",)),
    Shown("diff", ("d", "enter"), (Shown("prompts of both runs", ("c",)),), CYCLE),
    Shown("baseline", ("D",)),
    Shown(
        "postmortem",
        ("p",),
        (
            Shown("what is missing", ("b",)),
            Shown("history", ("h",)),
            Shown("fields", ("1", "2", "enter"), themes=CYCLE),
        ),
    ),
    Shown("walk", ("w",), (Shown("pages of the walk", ("t",)),), CYCLE),
    Shown("export", ("x",)),
    Shown("unread", ("R",)),
    Shown("filter", ("f",)),
    Shown("search", ("slash",)),
)
ELSEWHERE = {"library": (None, LibraryScreen), "sessions": ("folder", SessionsScreen)}
"""What is opened, and the screen that comes."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
    return tmp_path


async def test_every_character_of_every_screen_can_be_read(store: Path) -> None:
    async with opened_app(SAMPLES / "incident_content.jsonl") as pilot:
        steps = debugger(pilot)
        faint: dict[tuple[str, str], set[str]] = {}
        for shown in SCREENS:
            faint |= await all_of(pilot, shown)
        await pilot.app.push_screen(ValuesScreen(steps.opened, ("ord_555",)))
        await wait_for(pilot, lambda: "ord_555  id" in screen_text(pilot), "the values")
        faint |= await in_themes(pilot, "values", (DARK, LIGHT))
        await pilot.press("escape")
        lines = open_lines(str(SAMPLES / "hostile.jsonl"), "session-trace")
        await pilot.app.push_screen(LinesScreen(lines))
        await wait_for(pilot, lambda: "flagged line" in screen_text(pilot), "the lines and what is told of them")
        faint |= await in_themes(pilot, "lines", CYCLE)
        await pilot.press("q")
        await steps.mount(lesson := LessonStrip(markup=False))
        lesson.show(0, LESSONS[0].screen)
        faint |= await in_themes(pilot, "tutorial", (DARK, LIGHT))
    assert {where: found for where, found in faint.items() if found} == {}


async def all_of(pilot: Pilot[int], shown: Shown) -> dict[tuple[str, str], set[str]]:
    """What is too faint there and inside, by screen and theme. Ends where it began."""
    below = pilot.app.screen
    await pilot.press(*shown.keys)
    found = await in_themes(pilot, shown.name, shown.themes)
    for inner in shown.inside:
        found |= await all_of(pilot, inner)
    for _ in range(2):
        if shown.keys and (pilot.app.screen is not below or below is debugger(pilot)):
            await pilot.press("escape")
    await wait_for(pilot, lambda: pilot.app.screen is below, f"the way back from {shown.name}")
    return found


@pytest.mark.parametrize("name", ELSEWHERE)
async def test_every_character_of_the_screens_before_the_debugger_can_be_read(name: str, store: Path) -> None:
    opened, screen = ELSEWHERE[name]
    folder = store / "folder"
    folder.mkdir()
    for trace in ("incident_content.jsonl", "good_same_customer.jsonl"):
        shutil.copy(SAMPLES / trace, folder)
    app = TracetuiApp(opened, recent=[str(folder / "incident_content.jsonl")])
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, screen), name)
        await pilot.pause(0.3)
        assert {where: found for where, found in (await in_themes(pilot, name, CYCLE)).items() if found} == {}


async def in_themes(pilot: Pilot[int], name: str, themes: Sequence[str]) -> dict[tuple[str, str], set[str]]:
    """The theme that is on comes first, as each change paints every screen anew."""
    found = {}
    for theme in sorted(themes, key=lambda theme: theme != pilot.app.theme):
        pilot.app.theme = theme
        await pilot.pause()
        found[name, theme] = too_faint(pilot)
    return found


def too_faint(pilot: Pilot[int]) -> set[str]:
    """Pieces of text below the least contrast, with their colours; what lies behind a dialog is faded on purpose."""
    found = set()
    screen = pilot.app.screen
    shown = [child.region for child in screen.children] if screen.is_modal else [screen.region]
    for y, strip in enumerate(screen._compositor.render_strips()):
        x = 0
        for text, style, _ in strip:
            x, start = x + cell_len(text), x
            if not any(region.contains(start, y) for region in shown):
                continue
            if not set(text) - LINES or style is None:
                continue
            if faintest(style, pilot.app.current_theme.dark) < LEAST:
                found.add(f"{text.strip()[:30]!r} {style}")
    return found


@cache
def faintest(style: Style, dark: bool) -> float:
    """The least contrast in a style: as it is, and as a terminal with 256 colours shows it."""
    found = []
    for system in (ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT):
        above, below = seen(style.color, system, dark, True), seen(style.bgcolor, system, dark, False)
        above, below = (below, above) if style.reverse else (above, below)
        found.append(contrast(above.blend(below, 1 / 3) if style.dim else above, below))
    return min(found)


def seen(color: RichColor | None, system: ColorSystem, dark: bool, written: bool) -> Color:
    """In a terminal with the palette of xterm, white on black where it is dark."""
    if color is None or color.is_default:
        return Color(229, 229, 229) if dark and written else Color(0, 0, 0) if dark or written else Color(255, 255, 255)
    if color.type is ColorType.STANDARD:
        return Color(*XTERM[color.number or 0])
    return Color(*color.downgrade(system).get_truecolor())


@cache
def contrast(one: Color, other: Color) -> float:
    """The ratio of WCAG 2, from 1 to 21."""
    lights = sorted(0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b) + 0.05 for c in (one, other))
    return lights[1] / lights[0]


def linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
