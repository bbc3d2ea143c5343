"""One field of the form: its label, where its value comes from, the editor, and what the lint says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from tracetui.postmortem.document import Entry
from tracetui.postmortem.form import Field
from tracetui.postmortem.lint import Finding
from tracetui.ui.form.desk import offer, source_words
from tracetui.ui.form.editors import ChoiceEditor, Editor, TextEditor
from tracetui.ui.form.here import HereVertical
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import QUIET, STRONG, WARN, content, elide, spread

_SOURCE_CELLS = 17


class Label(Widget):
    """The label, with the source at its right where the editor stands below it."""

    DEFAULT_CSS = "Label { height: 1; width: 23; } Label.-above { width: 1fr; }"

    def __init__(self, text: str, *, above: bool) -> None:
        super().__init__(classes="-above" if above else "")
        self._text = text
        self._above = above
        self._source = ""

    def show(self, source: str) -> None:
        self._source = source
        self.refresh()

    def render(self) -> Content:
        label = content((self._text, STRONG))
        if not self._above:
            return elide(label, self.size.width - 1)
        return spread(label, elide(content((self._source, QUIET)), _SOURCE_CELLS), self.size.width)


class SourceCell(Widget):
    """Where a value beside its label comes from."""

    DEFAULT_CSS = f"SourceCell {{ height: 1; width: {_SOURCE_CELLS + 1}; padding: 0 0 0 1; }}"

    def __init__(self) -> None:
        super().__init__()
        self._source = ""

    def show(self, source: str) -> None:
        self._source = source
        self.refresh()

    def render(self) -> Content:
        return elide(content((self._source, QUIET)), self.size.width)


class Remarks(Widget):
    """What the lint says of a value; takes no room where it says nothing."""

    DEFAULT_CSS = "Remarks { height: auto; padding: 0 0 0 1; display: none; } Remarks.-some { display: block; }"

    def __init__(self) -> None:
        super().__init__()
        self._findings: tuple[Finding, ...] = ()
        self._whole = ""

    def show(self, findings: Iterable[Finding], whole: str) -> None:
        findings = tuple(findings)
        if findings != self._findings:
            self._findings, self._whole = findings, whole.strip()
            self.set_class(bool(findings), "-some")
            self.refresh(layout=True)

    def render(self) -> Content:
        return Content("\n").join(_remark(finding, self._whole) for finding in self._findings)


def _remark(finding: Finding, whole: str) -> Content:
    """What is wrong with words that are there comes with advice; what is missing is said by the hint. A quote that is
    the `whole` text stands above already."""
    style = "$bad" if finding.grave else WARN
    if not finding.quote:
        return content((f"! {finding.why}", style))
    quoted = "" if finding.quote == whole else f"{GLYPHS.open_quote}{finding.quote}{GLYPHS.close_quote} "
    return content((f"! {quoted}{finding.why}", style), (f"; {finding.suggestion}", QUIET))


class FieldRow(HereVertical):
    """A short value stands beside its label, text below it."""

    DEFAULT_CSS = """
    FieldRow { height: auto; margin: 0 1 0 1; }
    FieldRow.-text { margin: 1; }
    FieldRow.-here Label { color: $key; }
    FieldRow > Horizontal { height: auto; }
    """

    def __init__(self, field: Field, address: str, entry: Entry, write: Callable[[FieldRow, str], None]) -> None:
        """`write` gets every value that a person gives."""
        super().__init__(classes="-text" if field.kind == "text" else "")
        self.field = field
        self.address = address
        self._source = SourceCell() if field.kind != "text" else Label(field.label, above=True)
        self._remarks = Remarks()
        self.editor: Editor = (
            ChoiceEditor(field, entry.text, lambda code: write(self, code))
            if field.kind == "choice"
            else TextEditor(field, entry.text, lambda text: write(self, text))
        )
        self.show_source(entry)

    def compose(self) -> ComposeResult:
        if isinstance(self._source, Label):
            yield self._source
            yield self.editor
        else:
            with Horizontal():
                yield Label(self.field.label, above=False)
                yield self.editor
                yield self._source
        yield self._remarks

    def put(self, entry: Entry) -> None:
        """Show another value."""
        self.editor.put(entry.text)
        self.show_source(entry)

    def show_source(self, entry: Entry) -> None:
        self._source.show(source_words(entry) if entry.text or offer(entry) else "")

    def show_findings(self, findings: Iterable[Finding]) -> None:
        self._remarks.show(findings, self.editor.text if isinstance(self.editor, TextEditor) else "")
