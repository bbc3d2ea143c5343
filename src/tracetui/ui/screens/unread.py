"""The records that no rule of the format claims: evidence too, so they are listed with their reasons and bytes."""

from __future__ import annotations

from textual.app import ComposeResult

from tracetui.credentials import masked_text
from tracetui.errors import TracetuiError
from tracetui.model import Skipped, SourceRef
from tracetui.ui import figures
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN
from tracetui.ui.screens.base import StepsScreen
from tracetui.ui.state import Opened
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.text_pane import TextPane

_MOST_LISTED = 500
_SHOWN_BYTES = 2000


class UnreadScreen(StepsScreen):
    """How the source was read, and what of it was not."""

    HELP = (
        "How the source was read: the format and why, and every record that no rule claimed, with its place and reason."
    )

    def compose(self) -> ComposeResult:
        yield TextPane()
        yield KeyBar()

    def on_mount(self) -> None:
        pane = self.query_one(TextPane)
        pane.show(unread_page(self.opened))
        pane.focus()


def unread_page(opened: Opened) -> Document:
    out, report, trace = Writer(), opened.trace.report, opened.trace
    out.rich(("reading ", f"bold {KEY}"), (trace.path, STRONG))
    out.rich(("format  ", QUIET), (trace.format, STRONG), (f": {trace.format_reason}", QUIET), indent=8)
    out.rich(
        ("records ", QUIET),
        f"{report.records:,} {GLYPHS.dot} {report.read:,} read {GLYPHS.dot} ",
        (f"{len(report.skipped):,} unread", WARN if report.skipped else GOOD),
    )
    for note in report.notes:
        out.rich(("note    ", QUIET), (note, WARN), indent=8)
    for skipped in report.skipped[:_MOST_LISTED]:
        _record(opened, skipped, out)
    if len(report.skipped) > _MOST_LISTED:
        out.blank()
        out.rich((f"{GLYPHS.more} {len(report.skipped) - _MOST_LISTED:,} more unread records are not listed", WARN))
    return out.document()


def _record(opened: Opened, skipped: Skipped, out: Writer) -> None:
    where = f"line {skipped.line:,}" if skipped.line is not None else f"byte {skipped.offset:,}"
    out.blank()
    out.anchor(change=True)
    out.rich(
        (where, STRONG),
        (f"  byte {skipped.offset:,}, {figures.size(skipped.length)}  ", QUIET),
        (skipped.reason, WARN),
        indent=2,
    )
    head = SourceRef(skipped.path or opened.trace.path, skipped.offset, min(skipped.length, _SHOWN_BYTES), skipped.line)
    try:
        shown, _ = masked_text(opened.source_bytes.at(head).decode("utf-8", "surrogateescape"))
        out.text(shown, QUIET, indent=2)
    except TracetuiError as problem:
        out.text(problem.message, BAD, indent=2)
    if skipped.length > _SHOWN_BYTES:
        out.rich((f"  {GLYPHS.more} {skipped.length - _SHOWN_BYTES:,} bytes more", QUIET))
