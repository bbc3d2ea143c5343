"""How well prompts are rebuilt where the file also recorded them.

    python benchmarks/context.py FOLDER [FOLDER ...]

Prints one JSON object a line for each folder and format. Over the LLM steps with a recorded prompt:

- `exact_prompts`, `exact_messages`: percent of the prompts (system prompt and tools included) and of the messages that
  the fold of the session's edits gives as they were recorded. A fold that reproduces each prompt proves every edit.
- `append_only`: percent of the calls after the first of a window whose prompt begins with the whole prompt before: the
  best that a rebuild which only appends could reach. A window is a scope: an agent's run, a sub-agent, a side call.
- `withheld_prompts`, `withheld_messages`: the same calls, with the prompt and every edit at the call withheld: percent of the
  prompts and of the messages that the steps before it give, as if it were a log of events.
- `next_call`: at the steps right before a call, percent that show exactly what it was sent; `next_call_wrong`: percent that
  show something else and claim to be whole.
- `claimed_exact`, `wrong_but_claimed`: prompts called rebuilt, without a gap; percent of the recorded prompts that
  are called so and differ (target 0).

The recorded prompt is the truth here; that it is what the file holds is checked from the bytes, without the readers,
in `tests/test_real_prompts.py`. Files that cannot be read as a trace are counted.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from tracetui.context import previous_call, prompt_at
from tracetui.errors import TracetuiError
from tracetui.ingest.open import open_trace
from tracetui.matching import blocks
from tracetui.model import Message, Session
from tracetui.parts import identity
from tracetui.windows import PHASE_OUTPUT, Windows


def main() -> int:
    """Exit code 0, or 2 without a folder."""
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    families: dict[str, Counter[str]] = defaultdict(Counter)
    unread = 0
    for path in sorted(path for folder in sys.argv[1:] for path in Path(folder).rglob("*") if path.is_file()):
        try:
            opened = open_trace(str(path))
        except TracetuiError:
            unread += 1
            continue
        for session in opened.sessions:
            families[f"{path.parent.name}: {opened.format}"].update(measured(session))
    for family, counts in sorted(families.items()):
        if counts["llm_steps"]:
            print(json.dumps({"family": family, **figures(counts)}))
    print(json.dumps({"files_not_read": unread}))
    return 0


def measured(session: Session) -> Counter[str]:
    """Counts over the LLM steps of one session."""
    counts: Counter[str] = Counter(llm_steps=sum(step.kind == "llm_call" for step in session.steps))
    windows = Windows(session)
    for index, recorded in session.prompts.items():
        derived = prompt_at(session, index, derive=True)
        truth, rebuilt = _keys(recorded.messages), _keys(tuple(entry.message for entry in derived.messages))
        exact = (truth, recorded.system, recorded.tools) == (rebuilt, derived.system, derived.tools)
        counts["recorded"] += 1
        _withhold(session, windows, index, truth, counts)
        counts["exact"] += exact
        counts["messages"] += len(truth)
        counts["exact_messages"] += sum(block.b - block.a for block in blocks(truth, rebuilt) if block.same)
        counts["claimed"] += derived.fidelity == "rebuilt" and not derived.gaps
        counts["wrong_claimed"] += not exact and derived.fidelity == "rebuilt" and not derived.gaps
        earlier = session.prompts.get(-1 if (before := previous_call(session, index)) is None else before)
        if earlier is not None:
            counts["transitions"] += 1
            counts["appends"] += truth[: len(earlier.messages)] == _keys(earlier.messages)
    return counts


def _withhold(session: Session, windows: Windows, index: int, truth: list[bytes], counts: Counter[str]) -> None:
    """What can be told of a prompt without looking at it."""
    scope = session.steps[index].scope
    before = next((step for step in reversed(session.steps[:index]) if step.scope == scope), None)
    if before is not None and before.kind != "llm_call":
        shown = prompt_at(session, before.index)
        right = _keys(tuple(entry.message for entry in shown.messages)) == truth
        counts.update(befores=1, befores_right=right)
        counts["befores_wrong"] += not right and not shown.gaps and shown.fidelity in ("recorded", "rebuilt")
    if windows.previous_call(scope, index) is not None:
        known = _keys(tuple(entry.message for entry in windows.at(scope, index - 1, PHASE_OUTPUT).entries))
        counts.update(later=1, later_right=known == truth, later_messages=len(truth))
        counts["later_messages_right"] += sum(block.b - block.a for block in blocks(truth, known) if block.same)


def figures(counts: Counter[str]) -> dict[str, float | int | None]:
    """Shares in percent; None where there is nothing to take a share of."""

    def share(part: str, whole: str) -> float | None:
        return round(100 * counts[part] / counts[whole], 1) if counts[whole] else None

    return {
        "llm_steps": counts["llm_steps"],
        "recorded_prompts": counts["recorded"],
        "exact_prompts": share("exact", "recorded"),
        "exact_messages": share("exact_messages", "messages"),
        "append_only": share("appends", "transitions"),
        "withheld_prompts": share("later_right", "later"),
        "withheld_messages": share("later_messages_right", "later_messages"),
        "next_call": share("befores_right", "befores"),
        "next_call_wrong": share("befores_wrong", "befores"),
        "claimed_exact": counts["claimed"],
        "wrong_but_claimed": share("wrong_claimed", "recorded"),
    }


def _keys(messages: tuple[Message, ...]) -> list[bytes]:
    return [identity(message) for message in messages]


if __name__ == "__main__":
    sys.exit(main())
