"""The head of the context page: how sure the prompt is, what it weighs, what changed, what it lacks, what hides in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tracetui.context import Prompt
from tracetui.model import Gap, Session, Step
from tracetui.model_windows import model_window
from tracetui.ui import figures
from tracetui.ui.document import Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.pages.hidden_lines import Passage, summary
from tracetui.ui.present import BAD, FAINT, GOOD, QUIET, WARN, Piece
from tracetui.windows import HOLES

_MOST_TOLD = 6
_BAR_CELLS = 20
_NEARLY_FULL = 0.8
"""Share of the model's window from which on the bar warns."""


class Sign(NamedTuple):
    """How a status of a message is marked."""

    letter: str
    style: str


SIGNS = {
    "kept": Sign(" ", QUIET),
    "new": Sign("+", GOOD),
    "changed": Sign("~", WARN),
    "dropped": Sign("-", BAD),
    "compacted": Sign("c", WARN),
}
_FIDELITY = {
    "recorded": ("this is the prompt as the trace holds it", GOOD),
    "rebuilt": ("no prompt is recorded here; folded from the messages of the steps before", WARN),
    "partial": ("not all that the model saw: messages are known to be missing, cut or assumed", WARN),
    "absent": ("the trace holds no prompt, and nothing to rebuild one from", BAD),
}


def write_head(session: Session, prompt: Prompt, passages: Sequence[Sequence[Passage]], out: Writer) -> None:
    """`passages`: of each message of the prompt, what is hidden or injected in it."""
    step = session.steps[prompt.step]
    if step.kind != "llm_call":
        out.rich((f"step {step.number} is no LLM call: this is what the next call sees", QUIET), indent=2)
    meaning, style = _FIDELITY[prompt.fidelity]
    out.rich((prompt.fidelity, f"bold {style}"), (f": {meaning}", QUIET), indent=2)
    out.rich((f" {GLYPHS.dot} ".join(_counts(prompt)), QUIET), indent=2)
    _window(session, step, prompt, out)
    out.rich(*_changes(session, prompt), indent=2)
    _hidden(passages, out)
    if prompt.unrecorded_tokens is not None:
        out.rich(("! beyond the trace: ", WARN), _unrecorded(prompt, prompt.unrecorded_tokens), indent=2)
    for gap in prompt.gaps:
        if gap.kind in HOLES:
            out.rich((f"! {_name(gap)}: ", WARN), gap.effect, indent=2)
    if others := [_name(gap).removesuffix(" not recorded") for gap in prompt.gaps if gap.kind not in HOLES]:
        out.rich(("! not recorded: ", WARN), ", ".join(others), ("  (explained at the end)", QUIET), indent=2)


def write_gaps(gaps: Sequence[Gap], out: Writer) -> None:
    """What the trace does not hold, one by one: what follows from it and what would help."""
    for gap in gaps:
        remedy = ((f"  {gap.remedy}", QUIET),) if gap.remedy else ()
        out.rich((f"  {_name(gap)}: ", WARN), gap.effect, *remedy, indent=4)


def _name(gap: Gap) -> str:
    return gap.kind.replace("_", " ")


def _counts(prompt: Prompt) -> list[str]:
    counts = [figures.plural(len(prompt.messages), "message")]
    counts.append(f"about {figures.tokens(prompt.estimated_tokens)} tokens by estimate")
    if prompt.recorded_tokens is not None:
        counts.append(f"{prompt.recorded_tokens:,} input tokens recorded")
    return counts


def _window(session: Session, step: Step, prompt: Prompt, out: Writer) -> None:
    """How much of the model's context window the prompt fills."""
    window = model_window(session, step)
    tokens = prompt.recorded_tokens or prompt.estimated_tokens + (prompt.unrecorded_tokens or 0)
    if window is None or not tokens:
        return
    share = tokens / window.tokens
    filled = min(round(share * _BAR_CELLS), _BAR_CELLS) or 1
    style = BAD if share > 1 else WARN if share >= _NEARLY_FULL else GOOD
    over = ", exceeded: a larger one was in use" if share > 1 else ""
    about = "" if prompt.recorded_tokens else "about "
    out.rich(
        ("window ", QUIET),
        (GLYPHS.bar * filled, style),
        (GLYPHS.blank * (_BAR_CELLS - filled), FAINT),
        (f" {about}{share:.0%}", style if share >= _NEARLY_FULL else ""),
        (f" of {window.tokens:,} tokens, {window.known_from}{over}", QUIET),
        indent=2,
    )


def _unrecorded(prompt: Prompt, tokens: int) -> str:
    """What every call was sent and the trace does not hold, by the tokens that were recorded."""
    parts = (("system prompt", prompt.system), ("tool definitions", prompt.tools))
    missing = " and ".join(name for name, held in parts if not held) or "instructions"
    return f"about {figures.tokens(tokens)} tokens of every call are in no message: {missing}"


def _hidden(passages: Sequence[Sequence[Passage]], out: Writer) -> None:
    """Which messages hold what a reader would not see, or what speaks to the model from outside."""
    told = [(number, found) for number, found in enumerate(passages, start=1) if found]
    if told:
        each = "; ".join(f"message {number}: {summary(found)}" for number, found in told[:_MOST_TOLD])
        more = f"; {len(told) - _MOST_TOLD:,} more messages" if len(told) > _MOST_TOLD else ""
        out.rich(("! hidden or injected: ", BAD), each + more, ("  (h: next)", QUIET), indent=2)


def _changes(session: Session, prompt: Prompt) -> list[Piece]:
    if prompt.compared_with is None:
        return [("first call of its context: everything is new", QUIET)]
    counts: dict[str, int] = {}
    for status in [*(kept.status for kept in prompt.messages), *(gone.status for gone in prompt.removed)]:
        counts[status] = counts.get(status, 0) + 1
    pieces: list[Piece] = [(f"since step {session.steps[prompt.compared_with].number}: ", QUIET)]
    told = [name for name in ("new", "changed", "dropped", "compacted") if counts.get(name)]
    for name in told:
        pieces.append((f"{SIGNS[name].letter}{counts[name]} {name}  ", SIGNS[name].style))
    return pieces if told else [*pieces, ("no change", QUIET)]
