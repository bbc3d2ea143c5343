"""The pages of the detail pane: one module builds one page, from `Opened` and a step index to a `Document`.

`brief` leaves out what is the same as before, and says how much that is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tracetui.ui.document import Document
from tracetui.ui.pages.context import context_page
from tracetui.ui.pages.evidence import evidence_page
from tracetui.ui.pages.raw import raw_page
from tracetui.ui.pages.step import step_page
from tracetui.ui.state import Opened


class Page(NamedTuple):
    name: str
    build: Callable[[Opened, int, bool], Document]
    """From the session, the index of the step, and `brief`."""


PAGES: dict[str, Page] = {
    "step": Page("Step", step_page),
    "context": Page("Context", context_page),
    "evidence": Page("Evidence", evidence_page),
    "raw": Page("Raw", raw_page),
}
"""In the order of the tabs."""
