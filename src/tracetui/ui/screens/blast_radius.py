"""The blast radius: every action on the world outside, how far each can be taken back, and which rest on the fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tracetui.analysis.findings import Effect
from tracetui.store.incidents import Store
from tracetui.ui import present
from tracetui.ui.background import in_background
from tracetui.ui.effect_rows import EffectTable, explained, explained_rows, told, worst_first
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.ledger import Change, Ledger, keep, read_ledger
from tracetui.ui.present import BAD, GOOD, QUIET, STRONG, content, line
from tracetui.ui.screens.base import Leave, StepsScreen
from tracetui.ui.state import Opened
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.row_list import RowList
from tracetui.ui.widgets.told_lines import ToldLine

_ROOMY = 100
_POLICY_HINT = "what a tool does can be told in a policy (--policy FILE); what nothing tells counts as irreversible"
_EXPLAINED_ROWS = 7
"""Without the border above them."""
"""From this many columns there is room for whole words."""


class EffectList(RowList):
    """Rows of `Effect`."""

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another action."""

    @dataclass
    class Selected(Message):
        effect: Effect

    def __init__(self, opened: Opened, effects: Sequence[Effect]) -> None:
        super().__init__()
        self._opened = opened
        self.effects = effects
        self.ledger: Ledger = {}

    @property
    def effect(self) -> Effect | None:
        """The action under the cursor."""
        return self.effects[self.cursor] if self.effects else None

    def show(self, effects: Sequence[Effect]) -> None:
        """In another order, or fewer; the same action stays under the cursor."""
        kept = self.effect
        self.effects = effects
        self.rows_changed()
        self.put_cursor(effects.index(kept) if kept in effects else 0)
        self.moved()

    def table(self, width: int) -> EffectTable:
        """The columns at a width."""
        known = origin_known(self._opened)
        return EffectTable(self._opened.session, self.effects, width, origin_known=known, ledger=self.ledger)

    def to_number(self, number: int) -> None:
        """To the first action at or after the step that people call `number`."""
        steps = self._opened.session.steps
        later = (at for at, effect in enumerate(self.effects) if steps[effect.step].number >= number)
        self.put_cursor(next(later, len(self.effects) - 1))

    def action_first(self) -> None:
        number = self.take_count()
        self.put_cursor(0) if number is None else self.to_number(number)

    def row_count(self) -> int:
        return len(self.effects)

    def when_empty(self) -> str:
        return "no call changed anything outside, as far as names and arguments tell; a policy file (--policy) knows better"

    def row(self, position: int, *, current: bool, width: int) -> Content:
        return self.table(width).row(self.effects[position], current=current, width=width)

    def moved(self) -> None:
        self.post_message(self.Highlighted())

    def chosen(self) -> None:
        if self.effect is not None:
            self.post_message(self.Selected(self.effect))


class BlastRadiusScreen(StepsScreen):
    HELP = (
        "Every action on the world outside, the worst first: what it acted on, whether it can be undone, and "
        "whether it rests on what went wrong. What nothing explains counts as irreversible."
    )
    BINDINGS = [
        Binding("enter", "choose", "to the step", id="effect.open", tooltip="Go to the step of this action"),
        Binding("t", "done", "done", id="effect.done", tooltip="Made good, or not: kept with the incident"),
        Binding(
            "w", "answer('owner')", "owner", id="effect.owner", tooltip="Who makes it good: kept with the incident"
        ),
        Binding("e", "answer('remedy')", "remedy", id="effect.remedy", tooltip="How it is undone or made good"),
        Binding("u", "undo", "undo", id="effect.undo", tooltip="Take the last of these changes back"),
        Binding("s", "sort", "worst first", id="effect.sort", tooltip="Worst first, or in the order of the steps"),
        Binding("a", "narrow", "after origin", id="effect.narrow", tooltip="Only what came after the origin, or all"),
    ]
    DEFAULT_CSS = """
    BlastRadiusScreen > .head { height: 1; background: $bar; padding: 0 1; }
    BlastRadiusScreen > .columns { height: 1; }
    BlastRadiusScreen > .explained { height: 8; border-top: solid $faint; padding: 0 1; }
    """

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._all: Sequence[Effect] = opened.triage.blast_radius if opened.triage is not None else ()
        self._worst_first = False
        self._narrow = False
        self._cells: dict[tuple[int, str], str] = {}
        self._made: list[Change] = []
        """What was changed here, the last of it last."""
        self._unkept: list[Change] = []
        self._is_keeping = False
        self._said = ("", QUIET)

    def compose(self) -> ComposeResult:
        yield ToldLine(classes="head")
        yield Static("", classes="columns", markup=False)
        yield EffectList(self.opened, self._all)
        yield Static("", classes="explained", markup=False)
        yield PromptLine()
        yield KeyBar()

    @property
    def effects(self) -> EffectList:
        return self.query_one(EffectList)

    def on_mount(self) -> None:
        self.effects.focus()
        first = next((at for at, effect in enumerate(self._all) if effect.after_origin), 0)
        self.effects.put_cursor(first)
        self._explain()
        opened, store, incident = self.opened, self._store, self._incident
        in_background(self, lambda: read_ledger(opened, store, incident), self._read)

    # The ledger

    @property
    def _store(self) -> Store:
        return Store(getattr(self.app, "store_root", None))

    @property
    def _incident(self) -> str | None:
        return getattr(self.app, "incident_id", None)

    def _read(self, found: dict[tuple[int, str], str]) -> None:
        self._cells = found | self._cells
        self._show_ledger()

    def _show_ledger(self) -> None:
        self.effects.ledger = self._cells
        self.effects.rows_changed()
        self.on_resize()
        self._explain()
        self.refresh_bindings()

    def action_done(self) -> None:
        effect = self.effects.effect
        if effect is not None:
            self._change(effect, "done", "no" if self._cells.get((effect.step, "done")) == "yes" else "yes")

    def action_answer(self, column: str) -> None:
        effect = self.effects.effect
        if effect is not None:
            hint = {"owner": "who makes it good", "remedy": "how it is undone or made good"}[column]
            self.query_one(PromptLine).ask(column, column, self._cell(effect, column), hint)

    @on(PromptLine.Answered)
    def _answered(self, event: PromptLine.Answered) -> None:
        self.effects.focus()
        if self.effects.effect is not None:
            self._change(self.effects.effect, event.kind, event.text.strip())

    @on(PromptLine.Cancelled)
    def _unanswered(self) -> None:
        self.effects.focus()

    def action_undo(self) -> None:
        if self._made:
            last = self._made.pop()
            self._put(last._replace(text=last.before, before=last.text))

    def _change(self, effect: Effect, column: str, text: str) -> None:
        before = self._cell(effect, column)
        if text != before:
            self._made.append(Change(effect, column, text, before))
            self._put(self._made[-1])

    def _cell(self, effect: Effect, column: str) -> str:
        """What stands there, or what the form suggests."""
        return self._cells.get((effect.step, column), effect.undo if column == "remedy" else "")

    def _put(self, change: Change) -> None:
        self._cells[change.effect.step, change.column] = change.text
        self._unkept.append(change)
        self._show_ledger()
        self._keep()

    def _keep(self) -> None:
        """One after the other: an incident is open in one place at a time."""
        if self._is_keeping or not self._unkept:
            return
        self._is_keeping, self._said = True, (f"  saving {GLYPHS.more}", QUIET)
        changes, self._unkept = self._unkept, []
        opened, store, incident = self.opened, self._store, self._incident
        in_background(self, lambda: keep(opened, store, changes, incident), self._kept)

    def _kept(self, said: str) -> None:
        self._is_keeping = False
        self._said = (f"  {said}", BAD if said.startswith("NOT") else GOOD)
        self._tell()
        self._keep()

    def on_resize(self) -> None:
        width = self.size.width - 1
        self._tell()
        self.query_one(".columns", Static).update(self.effects.table(width).heading() if self._all else "")
        self._explain()

    @on(EffectList.Highlighted)
    def _explain(self) -> None:
        effect, pane = self.effects.effect, self.query_one(".explained", Static)
        if effect is None:
            pane.update(content((_POLICY_HINT, QUIET)))
            return
        lines = explained(self.opened.session, effect, self.opened.wrong_value, self._cells)
        pane.update(Content("\n").join(explained_rows(lines, self.size.width - 2, most=_EXPLAINED_ROWS)))

    @on(EffectList.Selected)
    def _go(self, event: EffectList.Selected) -> None:
        self.dismiss(Leave(step=event.effect.step))

    def action_choose(self) -> None:
        self.effects.chosen()

    def action_sort(self) -> None:
        self._worst_first = not self._worst_first
        self._show()

    def action_narrow(self) -> None:
        self._narrow = not self._narrow
        self._show()

    def _show(self) -> None:
        shown = [effect for effect in self._all if effect.after_origin or not self._narrow]
        self.effects.show(worst_first(shown) if self._worst_first else shown)
        self._tell()

    def _tell(self) -> None:
        roomy = self.size.width >= _ROOMY
        pieces = told(self._all, self._cells, origin_known=origin_known(self.opened), roomy=roomy)
        hidden = len(self._all) - len(self.effects.effects)
        more = [(f" {GLYPHS.dot} {hidden} before it not shown", STRONG)] if hidden else []
        name = "blast radius  " if roomy else "blast  "
        head = content((name, QUIET), *pieces, *more)
        width, said = self.size.width - 2, content(self._said)
        if head.cell_length + said.cell_length > width:
            self._say_above()
            said = Content("")
        self.query_one(".head", ToldLine).tell(present.spread(head, said, width))

    def _say_above(self) -> None:
        """What the line of the counts has no room for."""
        (said, style), self._said = self._said, ("", QUIET)
        if style != QUIET:
            self.app.notify(line(said.strip()), severity="error" if style == BAD else "information", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key bar shows what works now."""
        if action == "narrow":
            return origin_known(self.opened) and any(not effect.after_origin for effect in self._all)
        if action in ("choose", "sort", "done", "answer"):
            return bool(self._all)
        if action == "undo":
            return bool(self._made)
        return super().check_action(action, parameters)


def origin_known(opened: Opened) -> bool:
    return opened.triage is not None and opened.triage.origin.found
