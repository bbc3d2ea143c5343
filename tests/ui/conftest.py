"""The same surroundings for every test of the screens, whatever terminal the tests run in."""

from __future__ import annotations

import asyncio
import os
from itertools import count
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.clock import jump_over_idle_time
from tests.ui.quiet import wait_for_quiet
from tests.ui.stylesheets import parse_each_once

# Read when the screens are first imported.
os.environ["TRACETUI_ASCII"] = "0"
_NUMBERS = count()
"""Each test has a store of its own, made by the first who writes to it."""


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path_factory.getbasetemp() / f"store{next(_NUMBERS)}"))
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_COLOR_SYSTEM", "TMUX", "STY", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    for user in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{user}.wait_for_idle", wait_for_quiet)
    monkeypatch.setattr(Pilot, "_wait_for_screen", _ask_no_widget)
    jump_over_idle_time(monkeypatch)
    parse_each_once(monkeypatch)


async def _ask_no_widget(_: Pilot[Any], timeout: float = 30) -> bool:
    """Before and after it the pilot waits until the app is quiet: no widget has anything left then."""
    await asyncio.sleep(0)
    return True
