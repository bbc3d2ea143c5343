"""The sheet behind `?`: it explains the screen that one is on, then its keys."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest
from textual.screen import Screen

import tracetui.ui.screens
from tests.ui.pilot import NARROW, SAMPLES, opened_app, screen_text, wait_for
from tracetui.ui.screens.base import StepsScreen


def screens_with_a_sheet() -> list[type[Screen[object]]]:
    """Those that are shown; what others are made from is left out."""
    found = {}
    for module in pkgutil.walk_packages(tracetui.ui.screens.__path__, "tracetui.ui.screens."):
        for made in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(made) and issubclass(made, Screen) and made.__module__.startswith("tracetui.ui.screens"):
                keys = [
                    getattr(binding, "key", "") for cls in made.__mro__ for binding in cls.__dict__.get("BINDINGS", ())
                ]
                if "question_mark" in keys:
                    found[made.__name__] = made
    bases = {base for made in found.values() for base in made.__mro__[1:]}
    return [made for made in found.values() if made not in bases]


@pytest.mark.parametrize("screen", screens_with_a_sheet(), ids=lambda screen: screen.__name__)
def test_every_screen_with_a_sheet_says_what_it_shows(screen: type[Screen[object]]) -> None:
    assert screen.HELP
    assert 40 < len(screen.HELP) < 400


@pytest.mark.parametrize(("key", "says"), [("", "The run, step by step"), ("b", "Every action on the world outside")])
async def test_it_begins_with_what_the_screen_is(key: str, says: str) -> None:
    async with opened_app(SAMPLES / "incident_content.jsonl", size=NARROW) as pilot:
        if key:
            await pilot.press(key)
            await wait_for(pilot, lambda: isinstance(pilot.app.screen, StepsScreen), "the screen")
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: says in screen_text(pilot), "what it is")
        assert "keys" in screen_text(pilot)
        assert screen_text(pilot).splitlines()[-1].strip() == "q close"
