"""What to write and where: one key a format, then what is taken out of it, then the name of its file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tracetui.errors import TracetuiError
from tracetui.export import Export, write_new
from tracetui.export.redact import SECRETS, Redaction, Rule, account
from tracetui.postmortem.document import Postmortem
from tracetui.ui.background import in_background, in_child
from tracetui.ui.exporting import EXPORTED, Exported, offered_name
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.loading import is_long
from tracetui.ui.present import BAD, KEY, QUIET, STRONG, WARN, content, line
from tracetui.ui.state import Opened
from tracetui.ui.typed_ahead import keys_go_on, keys_wait
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine

_NAME_CELLS = 13
_SUFFIX_CELLS = 6
_MOST_KINDS = 8


class _Made(NamedTuple):
    """What is to be written."""

    exported: Exported
    export: Export
    name: str
    """The file that is offered."""
    redacted: bool


class ExportsScreen(ModalScreen[None]):
    """Writes what is chosen to a new file, and goes."""

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape,q,x", "back", "back", id="exports.back", tooltip="Write nothing"),
        Binding("R", "reveal", "secrets", id="exports.reveal", tooltip="Leave secrets in, or take them out again"),
        *(
            Binding(
                each.key,
                f"choose('{each.key}')",
                each.name,
                show=False,
                id=f"exports.{each.suffix.lstrip('.-_')}",
                tooltip=f"{each.name}: {each.meaning}",
            )
            for each in EXPORTED
        ),
    ]
    DEFAULT_CSS = """
    ExportsScreen { align: left bottom; }
    ExportsScreen > .choices { width: 100%; height: auto; padding: 0 1; border-top: solid $faint;
        background: $background; }
    ExportsScreen > .-one-line { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, opened: Opened, postmortem: Callable[[], Postmortem]) -> None:
        """`postmortem`: the one about the session as it stands; may take a moment."""
        super().__init__()
        self._opened, self._postmortem = opened, postmortem
        self._reveal = False
        self._made: _Made | None = None
        self._wanted = 0
        """Which choice was the last; what an earlier one makes comes too late."""

    def compose(self) -> ComposeResult:
        yield Static(classes="choices", markup=False)
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self._show(_choices(self._reveal))

    def _show(self, lines: Sequence[Content]) -> None:
        told = self.query_one(".choices", Static)
        told.set_class(self._made is None, "-one-line")
        told.update(Content("\n").join(lines))

    @property
    def _rules(self) -> tuple[Rule, ...]:
        """What is taken out; nothing, where the secrets are to stay in."""
        in_force: tuple[Rule, ...] = SECRETS + getattr(self.app, "own_rules", ())
        return () if self._reveal else in_force

    def action_reveal(self) -> None:
        self._reveal = not self._reveal
        self._show(_choices(self._reveal))

    def action_choose(self, key: str) -> None:
        self._wanted += 1
        request, opened, rules, redacted = self._wanted, self._opened, self._rules, not self._reveal
        exported = next(each for each in EXPORTED if each.key == key)

        def make() -> tuple[Export, str]:
            postmortem = self._postmortem()
            return exported.write(opened, postmortem, rules), offered_name(exported, opened, postmortem)

        keys_wait(self)  # what is typed now is the name
        in_child(
            self,
            lambda _: make(),
            lambda made: self._ask(request, _Made(exported, *made, redacted)),
            apart=is_long(opened.session.steps),
        )

    def _ask(self, request: int, made: _Made) -> None:
        if request == self._wanted:
            self._made = made
            self._show(_report(made))
            self._ask_name(made.name)
            keys_go_on(self)

    def _ask_name(self, name: str) -> None:
        self.query_one(PromptLine).ask("export", "write to", name, "a new file")
        self.refresh_bindings()

    @on(PromptLine.Answered)
    def _write(self, event: PromptLine.Answered) -> None:
        event.stop()
        made, name = self._made, event.text.strip()
        if made is None or not name:
            self._cancelled(event)
            return

        def write() -> TracetuiError | None:
            try:
                write_new(Path(name).expanduser(), made.export.text)
            except TracetuiError as problem:
                return problem
            return None

        in_background(self, write, lambda problem: self._written(made, name, problem))

    def _written(self, made: _Made, name: str, problem: TracetuiError | None) -> None:
        if problem is not None:
            self._show([*_report(made), content((f"{problem.message} {problem.hint}".strip(), BAD))])
            self._ask_name(name)
            return
        told = account(made.export.redactions) if made.redacted else "nothing, secrets included"
        self.notify(line(f"written to {name} {GLYPHS.dot} taken out: {told or 'nothing found'}"), markup=False)
        copy = getattr(self.app, "copy_text", None)
        if made.exported.copied and copy is not None:
            copy(made.export.text.rstrip("\n"))
        self.dismiss()

    @on(PromptLine.Cancelled)
    def _cancelled(self, event: PromptLine.Cancelled | PromptLine.Answered) -> None:
        """Back to the choices."""
        event.stop()
        self._made = None
        self.set_focus(None)
        self._show(_choices(self._reveal))
        self.refresh_bindings()

    def action_back(self) -> None:
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._made is None or action not in ("choose", "reveal", "back")


def _choices(reveal: bool) -> list[Content]:
    told = (
        content((" secrets are LEFT IN", WARN), (f"; {key_of('exports.reveal', 'R')} takes them out", QUIET))
        if reveal
        else content((" secrets are taken out; you see which before it is written", QUIET))
    )
    return [
        told,
        *(
            content(
                (f" {each.key} ", f"bold {KEY}"),
                (each.name.ljust(_NAME_CELLS), STRONG),
                (f".{each.suffix.rpartition('.')[2]}".ljust(_SUFFIX_CELLS), QUIET),
                each.meaning,
            )
            for each in EXPORTED
        ),
    ]


def _report(made: _Made) -> list[Content]:
    """What is written, how much, and what was taken out: kind, how often, where."""
    text = made.export.text
    head = content(
        (f" {made.exported.name} ", STRONG),
        (f"{text.count(chr(10)):,} lines, {len(text.encode('utf-8', 'replace')):,} bytes", QUIET),
    )
    if not made.redacted:
        return [head, content((" nothing is taken out: secrets are LEFT IN", WARN))]
    found = made.export.redactions
    if not found:
        return [head, content((" no secret was found to take out", QUIET))]
    rows = [_taken(redaction) for redaction in found[:_MOST_KINDS]]
    more = len(found) - _MOST_KINDS
    return [head, *rows, *([content((f" {more} more kinds; the file tells them", QUIET))] if more > 0 else [])]


def _taken(redaction: Redaction) -> Content:
    told, _, places = account([redaction], place=str).partition(" in ")
    return content((f" taken out: {told}", WARN), (f"  in {places}", QUIET))
