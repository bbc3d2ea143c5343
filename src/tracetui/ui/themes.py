"""Colours. A calm ground, one accent, and colour only where it means something.

Screens use these variables and no others: `$quiet` for what supports, `$key` for what acts, `$wrong` for the wrong
value wherever it stands, `$bad` and `$good` for severity. Every state is also a letter or a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import Theme

from tracetui.ui.colors import ANSI_DARK_COLORS, ANSI_LIGHT_COLORS, DARK_COLORS, DARK_GROUND, DARK_TEXT, LIGHT_COLORS
from tracetui.ui.environment import is_light

DARK, LIGHT, ANSI_DARK, ANSI_LIGHT = "tracetui-dark", "tracetui-light", "ansi-dark", "ansi-light"
CYCLE = (DARK, LIGHT, ANSI_DARK, ANSI_LIGHT)


def variables(theme: Theme) -> dict[str, str]:
    """Our variables for any theme; a theme's own values win."""
    if theme.ansi:
        return ANSI_DARK_COLORS if theme.dark else ANSI_LIGHT_COLORS
    return DARK_COLORS if theme.dark else LIGHT_COLORS


THEMES = (
    Theme(
        name=DARK,
        primary=DARK_COLORS["key"],
        accent=DARK_COLORS["key"],
        warning=DARK_COLORS["warn"],
        error=DARK_COLORS["bad"],
        success=DARK_COLORS["good"],
        foreground=DARK_TEXT,
        background=DARK_GROUND,
        surface=DARK_GROUND,
        panel="#1d232b",
        variables=DARK_COLORS,
    ),
    Theme(
        name=LIGHT,
        primary=LIGHT_COLORS["key"],
        accent=LIGHT_COLORS["key"],
        warning=LIGHT_COLORS["warn"],
        error=LIGHT_COLORS["bad"],
        success=LIGHT_COLORS["good"],
        foreground="#1f2328",
        background="#fcfcfa",
        surface="#fcfcfa",
        panel="#e9edf1",
        dark=False,
        variables=LIGHT_COLORS,
    ),
)


_NO_COLOR = NoColor()


def as_wanted(filters: Iterable[LineFilter]) -> list[LineFilter]:
    """Textual's filters, without its mistake where colour is not wanted: it chooses between two before the theme is known, and
    makes the terminal's own colours black on black."""
    return [_NO_COLOR if isinstance(one, Monochrome) else one for one in filters]


def after(theme: str, themes: Sequence[str]) -> str:
    """The next one of `themes`; the first after one that is not among them."""
    at = themes.index(theme) if theme in themes else -1
    return themes[(at + 1) % len(themes)]


def offered(environ: Mapping[str, str], color_system: str | None, *, colorless: bool) -> tuple[str, ...]:
    """The themes that can be read on a terminal, the one to begin with first: the terminal's own colours alone where it has
    few, or where it is to be `colorless`. Their ground is that of the terminal."""
    if colorless or color_system in (None, "standard"):
        return (ANSI_LIGHT, ANSI_DARK) if is_light(environ) else (ANSI_DARK, ANSI_LIGHT)
    return CYCLE
