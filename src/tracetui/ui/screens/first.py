"""The screen of a source that is not read whole: its lines, what they tell of two runs, or the parts of an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tracetui.ingest.parts import Parts
from tracetui.ui.asked import ByPlace

if TYPE_CHECKING:
    from tracetui.ui.drafted import Drafted


def first_screen(
    found: ByPlace | Drafted | Parts, number: int | None, follow: bool, format_name: str | None
) -> tuple[str, Screen[Any]]:
    """With the path of what it shows. `number`: of the step to start at; each screen is imported when it is shown."""
    if isinstance(found, ByPlace):
        from tracetui.ui.screens.lines import LinesScreen

        return found.file.path, LinesScreen(*found, number=number, follow=follow)
    if isinstance(found, Parts):
        from tracetui.ui.screens.parts import PartsScreen

        return found.path, PartsScreen(found, format_name)
    from tracetui.ui.screens.draft import DraftScreen

    return found.opened.trace.path, DraftScreen(found)
