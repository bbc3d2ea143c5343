"""The past incident that this session looks like: why, and what was learned from it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.vocabulary import FAILURE_MODE, ROOT_CAUSE, SEVERITY
from tracetui.ui.alike import Alike
from tracetui.ui.document import Document, Writer
from tracetui.ui.present import KEY, QUIET, STRONG, WARN
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.text_pane import TextPane

_LEARNED = (
    ("Summary", "identity.summary"),
    ("Why this step", "origin.why"),
    ("In a sentence", "root_cause.statement"),
    ("Detection gap", "detection.gap"),
    ("What would have caught it", "detection.would_have_caught"),
    ("How the fix was verified", "containment.verification"),
)


class AlikeScreen(Screen[None]):
    HELP = "The past incident that this session looks like: why, and what was learned from it."
    BINDINGS = [
        Binding("escape,q,L", "dismiss", "back", id="alike.back", tooltip="Back to the steps"),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
    ]

    def __init__(self, alike: Alike) -> None:
        super().__init__()
        self._alike = alike

    def compose(self) -> ComposeResult:
        yield TextPane()
        yield KeyBar()

    def on_mount(self) -> None:
        for pane in self.query(TextPane):
            pane.show(alike_page(self._alike))
            pane.focus()


def alike_page(alike: Alike) -> Document:
    """Why it looks alike, then what the incident says of cause, gap, containment and actions."""
    similar, held = alike
    out = Writer()
    out.rich(("looks like ", QUIET), (similar.id, f"bold {KEY}"), (f"  {similar.score:.2f}", QUIET))
    out.text(held.text("identity.title") or "untitled", STRONG)
    out.rich((", ".join(_classified(held)), QUIET))
    out.blank()
    out.rich(("why", WARN))
    for reason in similar.reasons:
        out.rich((f"  +{reason.share:.2f}  ", QUIET), reason.text, indent=9)
    for label, address in _LEARNED:
        if held.text(address).strip():
            out.blank()
            out.rich((label, WARN))
            out.text(held.text(address), indent=2)
    _rows(out, held, "What was done to contain it", "measures", "what", "at")
    _rows(out, held, "Actions", "actions", "text", "status")
    out.blank()
    out.rich(("the whole of it: ", QUIET), f"tracetui postmortem show {held.id}")
    return out.document()


def _classified(held: Postmortem) -> list[str]:
    words = (
        FAILURE_MODE.title(held.text("classification.failure_mode")),
        SEVERITY.title(held.text("classification.severity")),
        ROOT_CAUSE.title(held.text("root_cause.named")),
        held.text("detection.occurred_at") or held.created_at,
    )
    return [word for word in words if word]


def _rows(out: Writer, held: Postmortem, label: str, table: str, first: str, second: str) -> None:
    rows = [row for row in held.rows(table) if row.text(first).strip()]
    if rows:
        out.blank()
        out.rich((label, WARN))
    for row in rows:
        out.rich(("  ", ""), row.text(first), (f"  {row.text(second)}", QUIET), indent=2)
