"""Two steps that were aligned, word by word: what differs in their arguments, their answers and their words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tracetui.analysis.findings import Pair
from tracetui.analysis.passages import leaves
from tracetui.analysis.sketch import said_text
from tracetui.analysis.word_changes import word_changes
from tracetui.model import ReasoningPart, Step
from tracetui.ui.compared import SAME, Compared
from tracetui.ui.deltas import deltas, spent_by_step
from tracetui.ui.diff_folds import Fold
from tracetui.ui.diff_rows import equal_words, named
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.line_steps import LineSteps
from tracetui.ui.marked_words import ADDED, REMOVED, write_marked
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, WARN, step_title

_MOST_CHARACTERS = 400_000
"""Characters of each text that are shown in a comparison; the step itself shows all."""
_MOST_VALUES = 400
_MOST_FOLDED = 200
_LONG_BYTES = 20_000
"""Of both steps; comparing the words of so many takes longer than a key may wait."""
_LONG_FOLD = 20
"""Steps to be read from a file."""


def takes_long(compared: Compared, shown: int | Fold) -> bool:
    """Whether the page of a pair or of a fold is not for the event loop."""
    if isinstance(shown, Fold):
        return isinstance(compared.bad.steps, LineSteps) and shown.pairs > _LONG_FOLD
    pair = compared.pairs[shown]
    sides = (compared.bad.steps, pair.bad), (compared.good.steps, pair.good)
    return sum(_size(steps, at) for steps, at in sides if at is not None) > _LONG_BYTES


def _size(steps: Sequence[Step], at: int) -> int:
    return steps.size(at) if isinstance(steps, LineSteps) else steps[at].source.length


def page_of(compared: Compared, shown: int | Fold) -> Document:
    """A pair by its position in the alignment, or a fold."""
    return fold_page(compared, shown) if isinstance(shown, Fold) else pair_page(compared, shown)


def pair_page(compared: Compared, at: int) -> Document:
    pair, out = compared.pairs[at], Writer()
    bad = compared.bad.steps[pair.bad] if pair.bad is not None else None
    good = compared.good.steps[pair.good] if pair.good is not None else None
    out.anchor(step=pair.bad)
    kind = compared.kinds[at]
    out.rich((f"{kind}  ", BAD if at in compared.told else QUIET), (_relation(compared, pair), QUIET))
    for difference in compared.told.get(at, ()):
        out.rich((f"{GLYPHS.fail} ", BAD), difference.why, indent=2)
    if bad is not None:
        out.rich(("- bad   ", BAD), *step_title(bad), indent=8)
    if good is not None:
        out.anchor(step=pair.bad, good=good.index)
        out.rich(("+ good  ", GOOD), *step_title(good), indent=8)
    if bad is None or good is None:
        _alone(compared, bad or good, out, bad=bad is not None)
        return out.document()
    steps = bad.index, good.index
    out.anchor(step=bad.index)
    if more := deltas(spent_by_step(bad), spent_by_step(good)):
        out.rich(("took    ", QUIET), f" {GLYPHS.dot} ".join(more), (" beside the good run's", QUIET), indent=8)
    _values(compared, "arguments", bad.arguments, good.arguments, steps, out)
    _texts("summary", bad.summary, good.summary, steps, out)
    _texts("said", _said(bad), _said(good), steps, out)
    _texts("reasoned", _reasoning(bad), _reasoning(good), steps, out)
    if isinstance(bad.result, (dict, list)) and isinstance(good.result, (dict, list)):
        _values(compared, "answer", bad.result, good.result, steps, out)
    elif bad.has_result or good.has_result:
        _texts("answer", _flat(bad.result), _flat(good.result), steps, out)
    _texts("error", bad.error or "", good.error or "", steps, out)
    return out.document()


def fold_page(compared: Compared, fold: Fold) -> Document:
    """The pairs behind one line of the list."""
    out = Writer()
    out.rich(
        (f"{fold.pairs:,} {equal_words(compared)}", QUIET),
        (f"   {key_of('diff.words', 'enter')} unfolds them, {key_of('diff.fold', 'z')} folds them again", QUIET),
    )
    out.blank()
    for at in range(fold.first, min(fold.last + 1, fold.first + _MOST_FOLDED)):
        pair = compared.pairs[at]
        if pair.bad is not None:
            out.anchor(step=pair.bad)
            out.rich(*step_title(compared.bad.steps[pair.bad]), indent=2)
    if fold.last - fold.first >= _MOST_FOLDED:
        out.rich((f"{GLYPHS.more} and {fold.last + 1 - fold.first - _MOST_FOLDED:,} more", QUIET))
    return out.document()


def _relation(compared: Compared, pair: Pair) -> str:
    relation, similarity = pair.relation, pair.similarity
    if not compared.by_meaning and None not in (pair.bad, pair.good):
        return "the same call and text" if relation == SAME else "aligned by call and text"
    words = {
        SAME: "the same in meaning",
        "similar": f"aligned, {similarity:.0%} alike",
        "different": f"in one place, {similarity:.0%} alike",
        "moved": "done at another place",
        "only_bad": "only in the bad run",
        "only_good": "only in the good run",
    }
    return words[relation]


def _heading(out: Writer, name: str, note: str = "") -> None:
    out.blank()
    out.rich((name, f"bold {KEY}"), (f"  {note}" if note else "", QUIET))


def _alone(compared: Compared, step: Step | None, out: Writer, *, bad: bool) -> None:
    """A step without a counterpart."""
    if step is None:
        return
    if step.arguments is not None:
        _heading(out, "arguments")
        for path, text in _limited(step.arguments):
            out.rich((f"{path.removeprefix('/') or 'value'}  ", QUIET), *named(compared, text, bad=bad), indent=2)
    for name, text in (
        ("summary", step.summary),
        ("said", _said(step)),
        ("reasoned", _reasoning(step)),
        ("error", step.error or ""),
    ):
        if text:
            _heading(out, name)
            out.text(text[:_MOST_CHARACTERS])
    if step.has_result:
        _heading(out, "answer")
        out.text(_flat(step.result)[:_MOST_CHARACTERS])


def _values(compared: Compared, name: str, bad: Any, good: Any, steps: tuple[int, int], out: Writer) -> None:
    """The values of two objects, pointer by pointer; equal ones once. `steps`: indices of the bad and the good step."""
    if bad is None and good is None:
        return
    ours, theirs = dict(_limited(bad)), dict(_limited(good))
    pointers = [*ours, *(path for path in theirs if path not in ours)]
    changed = sum(ours.get(path) != theirs.get(path) for path in pointers)
    out.anchor(step=steps[0])
    _heading(out, name, f"{changed} of {len(pointers)} values differ" if changed else "equal")
    for path in pointers:
        label = path.removeprefix("/") or "value"
        one, other = ours.get(path), theirs.get(path)
        if one is not None and one == other:
            out.anchor(step=steps[0])
            out.rich(("  ", ""), (f"{label}  ", QUIET), *named(compared, one, bad=True), indent=4)
            continue
        if one is not None:
            out.anchor(step=steps[0], change=True)
            out.rich(("- ", BAD), (f"{label}  ", QUIET), *named(compared, one, bad=True), indent=4)
        if other is not None:
            out.anchor(step=steps[0], change=one is None, good=steps[1])
            out.rich(("+ ", GOOD), (f"{label}  ", QUIET), *named(compared, other, bad=False), indent=4)


def _texts(name: str, bad: str, good: str, steps: tuple[int, int], out: Writer) -> None:
    """Two texts, each with the words that differ from the other marked."""
    if not bad and not good:
        return
    out.anchor(step=steps[0])
    if bad == good:
        _heading(out, name, "equal to the letter")
        out.text(bad[:_MOST_CHARACTERS])
        return
    found = word_changes(bad[:_MOST_CHARACTERS], good[:_MOST_CHARACTERS])
    note = f"{len(found.first)} places differ in the bad run, {len(found.second)} in the good one"
    _heading(out, name, note)
    for mark, style, text, changed, changed_style, compared, of_good in (
        ("- bad", BAD, bad, found.first, REMOVED, found.compared[0], None),
        ("+ good", GOOD, good, found.second, ADDED, found.compared[1], steps[1]),
    ):
        out.anchor(step=steps[0], change=True, good=of_good)
        out.rich((mark, style), ("" if text else "  nothing", QUIET))
        write_marked(out, text[:_MOST_CHARACTERS], changed, changed_style)
        if compared < len(text):
            out.rich((f"{GLYPHS.more} from character {compared:,} on not compared", WARN), indent=2)


def _limited(value: Any) -> list[tuple[str, str]]:
    return [leaf for _, leaf in zip(range(_MOST_VALUES), leaves(value), strict=False)]


def _said(step: Step) -> str:
    return said_text(step) if step.message is not None else ""


def _reasoning(step: Step) -> str:
    parts = step.message.parts if step.message is not None else ()
    return "\n".join(part.content for part in parts if isinstance(part, ReasoningPart))


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1, default=str)
