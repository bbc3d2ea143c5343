"""The lines above the diff list."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tracetui.ui import diff_head, diff_rows
from tracetui.ui.compared import Compared
from tracetui.ui.present import QUIET, content
from tracetui.ui.state import Opened
from tracetui.ui.widgets.told_lines import ToldLines


class DiffTitle(ToldLines):
    """Which runs are compared, and how much differs."""

    DEFAULT_CSS = "DiffTitle { height: 1; background: $bar; color: $foreground; padding: 0 1; }"

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened
        self._compared: Compared | None = None

    def show(self, opened: Opened, compared: Compared | None) -> None:
        self._opened, self._compared = opened, compared
        self.refresh()

    def render(self) -> Content:
        return diff_head.title(self._opened, self._compared, self.size.width)


class DiffVerdict(Widget):
    """Where the runs part and why, what was decided otherwise, who plays which role, what is hidden."""

    DEFAULT_CSS = """
    DiffVerdict { height: auto; background: $background; color: $foreground; padding: 0 1; }
    DiffVerdict.-alarm { background: $alarm; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._compared: Compared | None = None
        self._hidden: frozenset[str] = frozenset()

    def show(self, compared: Compared | None, hidden: frozenset[str]) -> None:
        self._compared, self._hidden = compared, hidden
        self.set_class(compared is not None and compared.comparison.divergence is not None, "-alarm")
        self.refresh(layout=True)

    def render(self) -> Content:
        compared, width = self._compared, max(self.size.width, 20)
        if compared is None:
            return content(("comparing the two runs", QUIET))
        return Content("\n").join(self._lines(compared, width))

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        compared = self._compared
        if compared is None:
            return 1
        return len(self._lines(compared, max(width, 20)))

    def _lines(self, compared: Compared, width: int) -> list[Content]:
        lines = diff_head.verdict(compared, width)
        if compared.comparison.roles:
            lines.append(diff_head.roles(compared, width))
        if totals := diff_head.totals(compared, width):
            lines.append(totals)
        if self._hidden:
            lines.append(diff_head.hidden_line(compared, self._hidden, width))
        return lines


class DiffColumns(ToldLines):
    """The names over the two columns; gone where the runs do not stand side by side."""

    DEFAULT_CSS = "DiffColumns { height: 1; background: $bar; color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._compared: Compared | None = None

    def show(self, compared: Compared | None) -> None:
        self._compared = compared
        self.refresh()

    def on_resize(self) -> None:
        self.display = self.screen.size.width > diff_rows.TWO_COLUMNS

    def render(self) -> Content:
        # One cell is the list's scrollbar.
        return diff_rows.heading(self._compared, self.size.width - 1) if self._compared is not None else Content("")
