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
from tracetui.ui import present
from tracetui.ui.effect_rows import EffectTable, explained, told, worst_first
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import QUIET, STRONG, content
from tracetui.ui.screens.base import Leave, StepsScreen
from tracetui.ui.state import Opened
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.row_list import RowList

_ROOMY = 100
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
        return EffectTable(self._opened.session, self.effects, width, origin_known=origin_known(self._opened))

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
        return "no call changed anything outside the agent, as far as names and arguments tell"

    def row(self, position: int, *, current: bool, width: int) -> Content:
        return self.table(width).row(self.effects[position], current=current, width=width)

    def moved(self) -> None:
        self.post_message(self.Highlighted())

    def chosen(self) -> None:
        if self.effect is not None:
            self.post_message(self.Selected(self.effect))


class BlastRadiusScreen(StepsScreen):
    BINDINGS = [
        Binding("enter", "choose", "to the step", id="effect.open", tooltip="Go to the step of this action"),
        Binding("s", "sort", "worst first", id="effect.sort", tooltip="Worst first, or in the order of the steps"),
        Binding("a", "narrow", "after origin", id="effect.narrow", tooltip="Only what came after the origin, or all"),
    ]
    DEFAULT_CSS = """
    BlastRadiusScreen > .head { height: 1; background: $bar; padding: 0 1; }
    BlastRadiusScreen > .columns { height: 1; }
    BlastRadiusScreen > .explained { height: 7; border-top: solid $faint; padding: 0 1; }
    """

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._all: Sequence[Effect] = opened.triage.blast_radius if opened.triage is not None else ()
        self._worst_first = False
        self._narrow = False

    def compose(self) -> ComposeResult:
        yield Static("", classes="head", markup=False)
        yield Static("", classes="columns", markup=False)
        yield EffectList(self.opened, self._all)
        yield Static("", classes="explained", markup=False)
        yield KeyBar()

    @property
    def effects(self) -> EffectList:
        return self.query_one(EffectList)

    def on_mount(self) -> None:
        self.effects.focus()
        first = next((at for at, effect in enumerate(self._all) if effect.after_origin), 0)
        self.effects.put_cursor(first)
        self._explain()

    def on_resize(self) -> None:
        width = self.size.width - 1
        self._tell()
        self.query_one(".columns", Static).update(self.effects.table(width).heading() if self._all else "")

    @on(EffectList.Highlighted)
    def _explain(self) -> None:
        effect, pane = self.effects.effect, self.query_one(".explained", Static)
        if effect is None:
            pane.update(content((self._policy_hint(), QUIET)))
            return
        lines = explained(self.opened.session, effect, self.opened.wrong_value)
        pane.update(Content("\n").join(present.elide(line, 4 * max(self.size.width, 20)) for line in lines))

    def _policy_hint(self) -> str:
        return "what a tool does can be told in a policy (--policy FILE); what nothing tells counts as irreversible"

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
        pieces = told(self._all, origin_known=origin_known(self.opened))
        hidden = len(self._all) - len(self.effects.effects)
        more = [(f" {GLYPHS.dot} {hidden} before it not shown", STRONG)] if hidden else []
        name = "blast radius  " if self.size.width >= _ROOMY else "blast  "
        head = content((name, QUIET), *pieces, *more)
        self.query_one(".head", Static).update(present.elide(head, self.size.width - 2))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key bar shows what works now."""
        if action == "narrow":
            return origin_known(self.opened) and any(not effect.after_origin for effect in self._all)
        if action in ("choose", "sort"):
            return bool(self._all)
        return super().check_action(action, parameters)


def origin_known(opened: Opened) -> bool:
    return opened.triage is not None and opened.triage.origin.found
