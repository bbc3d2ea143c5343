"""The styles that screens use, the colours of the themes by their names, and how a terminal is told a colour."""

from __future__ import annotations

QUIET, FAINT, STRONG = "$quiet", "$faint", "bold"
WRONG, BAD, WARN, GOOD, KEY = "bold $wrong", "bold $bad", "$warn", "$good", "$key"
FOUND = "reverse"
"""A hit of a search."""
Piece = tuple[str, str]
"""Text, which may not be safe yet, and its style."""

DARK_TEXT, DARK_GROUND = "#dde3ea", "#14171c"
DARK_COLORS = {
    "quiet": "#959ea8",
    "faint": "#3a414b",
    "key": "#6cb6ff",
    "wrong": "#ffb454",
    "bad": "#ff7b72",
    "warn": "#e3b341",
    "good": "#7fd1a8",
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
LIGHT_COLORS = {
    "quiet": "#57606a",
    "faint": "#c4cad1",
    "key": "#0a58ca",
    "wrong": "#8f3300",
    "bad": "#b3123f",
    "warn": "#7a5200",
    "good": "#1a6f4a",
    "bar": "#e9edf1",
    "cursor": "#d5eef7",
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
ANSI_DARK_COLORS = {
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
ANSI_LIGHT_COLORS = ANSI_DARK_COLORS | {
    "quiet": "ansi_default",
    "key": "ansi_blue",
    "wrong": "ansi_magenta",
    "bad": "ansi_red",
    "warn": "ansi_red",
    "good": "ansi_default",
}

_ANSI = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def parameters(color: str, colors: int, *, ground: bool = False) -> str:
    """The SGR parameters for "#rrggbb" or "ansi_…", as Rich writes them for a terminal of so many `colors` (1 << 24, 256,
    16); "" for the terminal's own. `ground`: as background."""
    if color.startswith("ansi_"):
        name, bright = color.removeprefix("ansi_"), "bright_" in color
        name = name.removeprefix("bright_")
        return str(_ANSI.index(name) + (90 if bright else 30) + 10 * ground) if name in _ANSI else ""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    plane = 48 if ground else 38
    return f"{plane};2;{red};{green};{blue}" if colors > 256 else f"{plane};5;{_of_256(red, green, blue)}"


def _of_256(red: int, green: int, blue: int) -> int:
    """The nearest colour of a terminal with 256, as Rich chooses it: a grey for what is hardly coloured."""
    most, least = max(red, green, blue) / 255, min(red, green, blue) / 255
    lightness, spread = (most + least) / 2, most - least
    if not spread or spread / (most + least if lightness <= 0.5 else 2 - most - least) < 0.15:
        gray = round(lightness * 25)
        return 16 if gray == 0 else 231 if gray == 25 else 231 + gray
    sixths = [part / 95 if part < 95 else 1 + (part - 95) / 40 for part in (red, green, blue)]
    return 16 + 36 * round(sixths[0]) + 6 * round(sixths[1]) + round(sixths[2])
