"""One screen a file. Those over a session get an `Opened` and answer with a `Leave`."""

from __future__ import annotations

from importlib import import_module

from tracetui.ui.screens.base import StepsScreen

OVER_STEPS: dict[str, str] = {
    "blast_radius": "blast_radius:BlastRadiusScreen",
    "baseline": "diff:ChoosingDiffScreen",
    "diff": "diff:DiffScreen",
    "postmortem": "postmortem:PostmortemScreen",
    "unread": "unread:UnreadScreen",
    "walk": "walk:WalkScreen",
}
"""Name, as in the debugger's `over('name')` bindings, to `module:class` in this package. Imported when first shown."""


def screen_class(name: str) -> type[StepsScreen]:
    """The screen of this name."""
    module, _, class_name = OVER_STEPS[name].partition(":")
    found: type[StepsScreen] = getattr(import_module(f"tracetui.ui.screens.{module}"), class_name)
    return found
