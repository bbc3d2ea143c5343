"""How well what a screen shows can be read: the contrast of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.color import ColorSystem, ColorType
from rich.style import Style
from textual.color import Color
from textual.pilot import Pilot

from tracetui.ui.themes import ANSI_LIGHT, DARK

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


async def assert_can_be_read(pilot: Pilot[int], name: str) -> None:
    """Of a screen whose styles other screens have in all themes: in full colour, and in the terminal's own on a light ground."""
    faint = await in_themes(pilot, name, (DARK, ANSI_LIGHT))
    pilot.app.theme = DARK
    assert {where: found for where, found in faint.items() if found} == {}


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
