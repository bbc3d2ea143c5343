"""What all incidents say together, as a page of bars and lines."""

from __future__ import annotations

from collections.abc import Sequence

from tracetui.store.actions import COMPLETED, Action
from tracetui.store.stat_words import detection_in_words, distributions, modes_in_words, pattern_in_words
from tracetui.store.stats import Stats
from tracetui.ui import figures
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import ASCII_ONLY
from tracetui.ui.present import BAD, KEY, QUIET, STRONG, WARN

_BAR = "#" if ASCII_ONLY else "█"
_MOST_BAR_CELLS = 28
_NAME_CELLS = 28
_AROUND_BAR_CELLS = 14
"""The indent, the count, the gaps and the edges of the pane."""


def figures_page(found: Stats, width: int) -> Document:
    """Modes over time, distributions, what recurs, time to detect, actions by owner; each bar fits in `width` cells."""
    out, bar_cells = Writer(), max(min(_MOST_BAR_CELLS, width - _NAME_CELLS - _AROUND_BAR_CELLS), 8)
    _by_month(out, found, bar_cells)
    for distribution in distributions(found):
        _title(out, distribution.title)
        for name, count in distribution.counts:
            _bar(out, name, count, found.incidents, bar_cells)
    _title(out, "recurring, three or more of one kind")
    for pattern in found.patterns:
        out.rich((f"  {pattern_in_words(pattern)}  ", WARN), (", ".join(pattern.incidents), QUIET), indent=4)
    if not found.patterns:
        out.rich(("  none", QUIET))
    _title(out, "time to detect")
    out.rich(f"  {detection_in_words(found.time_to_detect)}", indent=4)
    _title(out, "actions by owner")
    for owner, counts in found.actions.by_owner.items():
        done = f"{counts['completed']} of {counts['total']} completed"
        late = (f"   {counts['overdue']} overdue", BAD) if counts["overdue"] else ""
        out.rich(f"  {owner or 'no owner':<{_NAME_CELLS}} {done}", late, indent=4)
    rate = found.actions.completion_rate
    out.rich(("  no action item yet" if rate is None else f"  completion rate {rate:.0%}", QUIET))
    return out.document()


def actions_page(found: Sequence[Action]) -> Document:
    """Every action item that is not completed, the longest overdue first."""
    out = Writer()
    waiting = [action for action in found if action.status != COMPLETED]
    late = sum(action.overdue for action in waiting)
    out.rich((figures.plural(len(waiting), "open action"), STRONG), (f"   {late} overdue" if late else "", BAD))
    for action in waiting:
        out.blank()
        out.rich(
            (f"{action.priority or '--'} ", KEY),
            (f"{action.overdue_days} days overdue  " if action.overdue else "", BAD),
            action.text,
            indent=3,
        )
        owner, due = action.owner or "no owner", action.due or "no date"
        out.rich((f"   {action.incident}   {owner}   {due}   {action.status.replace('_', ' ')}", QUIET), indent=3)
    return out.document()


def _by_month(out: Writer, found: Stats, bar_cells: int) -> None:
    out.rich(("failure modes by month", STRONG))
    most = max((sum(modes.values()) for modes in found.by_month.values()), default=1)
    for month, modes in found.by_month.items():
        total = sum(modes.values())
        told = modes_in_words(modes)
        bar = _BAR * max(1, round(bar_cells * total / most))
        out.rich(f"  {month or 'no date':<8} {total:>4}  ", (bar, KEY), (f"  {told}", QUIET), indent=17)


def _bar(out: Writer, name: str, count: int, total: int, bar_cells: int) -> None:
    cells = max(1, round(bar_cells * count / total))
    out.rich(f"  {name:<{_NAME_CELLS}} {count:>4}  ", (_BAR * cells, KEY), indent=4)


def _title(out: Writer, title: str) -> None:
    out.blank()
    out.rich((title, STRONG))
