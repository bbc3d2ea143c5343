"""The same surroundings for every test of the screens, whatever terminal the tests run in."""

from __future__ import annotations

import os

import pytest

from tests.ui.clock import jump_over_idle_time
from tests.ui.quiet import wait_for_quiet
from tests.ui.stylesheets import parse_each_once

# Read when the screens are first imported.
os.environ["TRACETUI_ASCII"] = "0"


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path_factory.mktemp("store")))
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_COLOR_SYSTEM", "TMUX", "STY", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    for user in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{user}.wait_for_idle", wait_for_quiet)
    jump_over_idle_time(monkeypatch)
    parse_each_once(monkeypatch)
