"""The themes that a terminal is offered."""

from __future__ import annotations

import pytest

from tracetui.ui.themes import ANSI_DARK, ANSI_LIGHT, CYCLE, offered


@pytest.mark.parametrize(
    ("environ", "system", "colorless", "expected"),
    [
        ({}, "truecolor", False, CYCLE),
        ({}, "256", False, CYCLE),
        ({}, "standard", False, (ANSI_DARK, ANSI_LIGHT)),
        ({}, None, False, (ANSI_DARK, ANSI_LIGHT)),
        ({}, "truecolor", True, (ANSI_DARK, ANSI_LIGHT)),
        ({"COLORFGBG": "0;15"}, "standard", False, (ANSI_LIGHT, ANSI_DARK)),
        ({"COLORFGBG": "15;0"}, "standard", False, (ANSI_DARK, ANSI_LIGHT)),
        ({"COLORFGBG": "0;15"}, "truecolor", False, CYCLE),
    ],
)
def test_where_there_are_few_colors_only_the_terminals_own_are_offered(
    environ: dict[str, str], system: str | None, colorless: bool, expected: tuple[str, ...]
) -> None:
    assert offered(environ, system, colorless=colorless) == expected
