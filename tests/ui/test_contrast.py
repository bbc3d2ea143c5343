"""What is written can be read: at least 4.5 to 1 between a character and its ground, on the screens, dark and light."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.color import Color as RichColor
from textual.color import Color
from textual.pilot import Pilot

from tests.ui.pilot import SAMPLES, debugger, opened_app, wait_for
from tracetui.ui.themes import DARK, LIGHT

LEAST = 4.5
LINES = frozenset("─│┌┐└┘├┤┬┴┼▌▐▁▂▃▄▅▆▇█▔▏▎▍▊▋▉━╸╺▔·/ ")
"""Rules, bars and scroll bars carry nothing that is not said in words too."""
SCREENS = {
    "debugger": (),
    "context": ("c",),
    "evidence": ("e",),
    "keys": ("question_mark",),
    "palette": ("ctrl+p",),
    "blast radius": ("b",),
    "diff": ("d", "enter"),
    "baseline": ("D",),
    "postmortem": ("p",),
    "fields": ("p", "1", "2", "enter"),
    "walk": ("w",),
    "export": ("x",),
    "filter": ("f",),
}


async def test_every_character_of_every_screen_can_be_read_in_dark_and_light(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path))
    faint = {}
    async with opened_app(SAMPLES / "incident_content.jsonl") as pilot:
        for theme in (DARK, LIGHT):
            pilot.app.theme = theme
            for name, keys in SCREENS.items():
                await pilot.press(*keys)
                await pilot.pause()
                faint[theme, name] = too_faint(pilot)
                await pilot.press("escape", "escape")
                await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), f"the debugger after {name}")
    assert {where: found for where, found in faint.items() if found} == {}


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
            if not set(text) - LINES or style is None or style.color is None or style.bgcolor is None:
                continue
            front, ground = (seen(color) for color in (style.color, style.bgcolor))
            if style.dim:
                front = front.blend(ground, 1 / 3)
            if contrast(front, ground) < LEAST:
                found.add(f"{text.strip()[:30]!r} {front.hex} on {ground.hex}")
    return found


@cache
def seen(color: RichColor) -> Color:
    return Color.from_rich_color(color)


@cache
def contrast(one: Color, other: Color) -> float:
    """The ratio of WCAG 2, from 1 to 21."""
    lights = sorted(0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b) + 0.05 for c in (one, other))
    return lights[1] / lights[0]


def linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
