"""Colours. A calm ground, one accent, and colour only where it means something.

Screens use these variables and no others: `$quiet` for what supports, `$key` for what acts, `$wrong` for the wrong
value wherever it stands, `$bad` and `$good` for severity. Every state is also a letter or a word.
"""

from __future__ import annotations

from textual.theme import Theme

DARK, LIGHT, ANSI_DARK, ANSI_LIGHT = "tracetui-dark", "tracetui-light", "ansi-dark", "ansi-light"
CYCLE = (DARK, LIGHT, ANSI_DARK, ANSI_LIGHT)

_DARK = {
    "quiet": "#959ea8",
    "faint": "#3a414b",
    "key": "#6cb6ff",
    "wrong": "#ffb454",
    "bad": "#ff7b8b",
    "warn": "#e3b341",
    "good": "#7fd18c",
    "bar": "#1d232b",
    "cursor": "#262e38",
    "cursor-quiet": "#1d232b",
    "alarm": "#2c171c",
    "scrollbar": "#3a414b",
    "scrollbar-background": "#14171c",
    "scrollbar-background-hover": "#14171c",
    "scrollbar-background-active": "#14171c",
    "scrollbar-hover": "#56606d",
    "scrollbar-active": "#6cb6ff",
    "scrollbar-corner-color": "#14171c",
}
_LIGHT = {
    "quiet": "#57606a",
    "faint": "#c4cad1",
    "key": "#0a58ca",
    "wrong": "#a03c00",
    "bad": "#b3123f",
    "warn": "#7a5200",
    "good": "#1a6f32",
    "bar": "#e9edf1",
    "cursor": "#d8e3f0",
    "cursor-quiet": "#e9edf1",
    "alarm": "#fdecef",
    "scrollbar": "#c4cad1",
    "scrollbar-background": "#fcfcfa",
    "scrollbar-background-hover": "#fcfcfa",
    "scrollbar-background-active": "#fcfcfa",
    "scrollbar-hover": "#8b949e",
    "scrollbar-active": "#0a58ca",
    "scrollbar-corner-color": "#fcfcfa",
}
_ANSI_DARK = {
    "quiet": "ansi_white",
    "faint": "ansi_bright_black",
    "key": "ansi_bright_cyan",
    "wrong": "ansi_bright_yellow",
    "bad": "ansi_bright_red",
    "warn": "ansi_yellow",
    "good": "ansi_bright_green",
    "bar": "ansi_default",
    "cursor": "ansi_default",
    "cursor-quiet": "ansi_default",
    "alarm": "ansi_default",
}
_ANSI_LIGHT = _ANSI_DARK | {
    "quiet": "ansi_default",
    "key": "ansi_blue",
    "wrong": "ansi_magenta",
    "bad": "ansi_red",
    "warn": "ansi_red",
    "good": "ansi_green",
}


def variables(theme: Theme) -> dict[str, str]:
    """Our variables for any theme; a theme's own values win."""
    if theme.ansi:
        return _ANSI_DARK if theme.dark else _ANSI_LIGHT
    return _DARK if theme.dark else _LIGHT


THEMES = (
    Theme(
        name=DARK,
        primary=_DARK["key"],
        accent=_DARK["key"],
        warning=_DARK["warn"],
        error=_DARK["bad"],
        success=_DARK["good"],
        foreground="#dde3ea",
        background="#14171c",
        surface="#14171c",
        panel="#1d232b",
        variables=_DARK,
    ),
    Theme(
        name=LIGHT,
        primary=_LIGHT["key"],
        accent=_LIGHT["key"],
        warning=_LIGHT["warn"],
        error=_LIGHT["bad"],
        success=_LIGHT["good"],
        foreground="#1f2328",
        background="#fcfcfa",
        surface="#fcfcfa",
        panel="#e9edf1",
        dark=False,
        variables=_LIGHT,
    ),
)


def default_theme(environ: dict[str, str], color_system: str | None) -> str:
    """The theme for a terminal: the terminal's own colours where it has few, or where colour is not wanted."""
    if "NO_COLOR" in environ or color_system in (None, "standard"):
        return ANSI_DARK
    return DARK
