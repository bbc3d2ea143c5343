"""How well prompts are rebuilt where the file also recorded them.

    python benchmarks/context.py FOLDER [FOLDER ...]

Prints one JSON object a line for each folder and format. Over the LLM steps with a recorded prompt:

- `exact_prompts`, `exact_messages`: percent of the prompts (system prompt and tools included) and of the messages that
  the fold of the session's edits gives as they were recorded. A fold that reproduces each prompt proves every edit.
- `append_only`: percent of the calls after the first of a window whose prompt begins with the whole prompt before: the
  best that a rebuild which only appends could reach, were everything appended known. A window is a scope: an agent's run, a
  sub-agent, a side call. `append_only_by_agent`: the same where calls outside any agent are a window of their own.
- `withheld_prompts`, `withheld_messages`: the same calls; the file is read once more for each without that one prompt:
  percent of the prompts and of the messages that are shown as they were recorded. `withheld_by_agent`: over the calls of
  `append_only_by_agent`. `withheld_folded`: percent that appending what was answered since would give.
- `withheld_wrong_but_claimed`: of these, percent that differ and claim to be whole (target 0).
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
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tracetui.context import Prompt, previous_call, prompt_at
from tracetui.errors import TracetuiError
from tracetui.ingest.open import open_trace
from tracetui.ingest.prompt_log import PromptLog
from tracetui.matching import blocks
from tracetui.model import Gap, Message, RecordedPrompt, Session
from tracetui.parts import identity


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
        if any(session.prompts for session in opened.sessions):
            families[f"{path.parent.name}: {opened.format}"].update(withheld(path, opened.sessions))
    for family, counts in sorted(families.items()):
        if counts["llm_steps"]:
            print(json.dumps({"family": family, **figures(counts)}))
    print(json.dumps({"files_not_read": unread}))
    return 0


def measured(session: Session) -> Counter[str]:
    """Counts over the LLM steps of one session."""
    counts: Counter[str] = Counter(llm_steps=sum(step.kind == "llm_call" for step in session.steps))
    for index, recorded in session.prompts.items():
        derived = prompt_at(session, index, derive=True)
        truth, rebuilt = _keys(recorded.messages), _keys_shown(derived)
        exact = (truth, recorded.system, recorded.tools) == (rebuilt, derived.system, derived.tools)
        counts["recorded"] += 1
        _next_call(session, index, truth, counts)
        counts["exact"] += exact
        counts["messages"] += len(truth)
        counts["exact_messages"] += sum(block.b - block.a for block in blocks(truth, rebuilt) if block.same)
        counts["claimed"] += derived.fidelity == "rebuilt" and not derived.gaps
        counts["wrong_claimed"] += not exact and derived.fidelity == "rebuilt" and not derived.gaps
        before = previous_call(session, index)
        earlier = None if before is None else session.prompts.get(before)
        if before is not None and earlier is not None:
            appends = truth[: len(earlier.messages)] == _keys(earlier.messages)
            counts.update(transitions=1, appends=appends)
            if session.steps[before].agent == session.steps[index].agent:
                counts.update(of_agents=1, of_agents_appends=appends)
    return counts


def _next_call(session: Session, index: int, truth: list[bytes], counts: Counter[str]) -> None:
    """What the step before a call shows of the prompt that is sent next."""
    scope = session.steps[index].scope
    before = next((step for step in reversed(session.steps[:index]) if step.scope == scope), None)
    if before is not None and before.kind != "llm_call":
        shown = prompt_at(session, before.index)
        right = _keys_shown(shown) == truth
        counts.update(befores=1, befores_right=right)
        counts["befores_wrong"] += not right and _claims_whole(shown)


def withheld(path: Path, sessions: Sequence[Session]) -> Counter[str]:
    """Counts over the calls of a file, which is read again without the prompt of each."""
    counts: Counter[str] = Counter()
    truths = {session.steps[index].source: (session, index) for session in sessions for index in session.prompts}
    number = 0
    while (found := _read_without(path, number)) is not None:
        number += 1
        session, index = found
        whole, place = truths.get(session.steps[index].source, (session, -1))
        before = None if place < 0 else previous_call(whole, place)
        if before is None:
            continue
        truth, shown = _keys(whole.prompts[place].messages), prompt_at(session, index)
        known, folded = _keys_shown(shown), _keys_shown(prompt_at(session, index, derive=True))
        right = known == truth
        counts.update(later=1, later_right=right, later_folded=folded == truth, later_messages=len(truth))
        counts["later_messages_right"] += sum(block.b - block.a for block in blocks(truth, known) if block.same)
        counts["later_wrong"] += not right and _claims_whole(shown)
        if whole.steps[before].agent == whole.steps[place].agent:
            counts.update(of_agent=1, of_agent_right=right)
    return counts


def _read_without(path: Path, number: int) -> tuple[Session, int] | None:
    """A trace as it were if the prompt of its `number`-th call with one had not been recorded: the session and the index
    of that call. None past the last, or where prompts are not kept beside a call's other fields."""
    seen = 0
    held: list[tuple[str, int]] = []
    llm_call = PromptLog.llm_call

    def without(log: PromptLog, prompt: RecordedPrompt | None, *rest: Any, **fields: Any) -> int:
        nonlocal seen
        seen += prompt is not None
        here = prompt is not None and seen - 1 == number
        index = llm_call(log, None if here else prompt, *rest, **fields)
        if here:
            held.append((log.builder.session_id, index))
            log.builder.gap(Gap("content_not_recorded", "withheld", steps=(log.builder.steps[index].number,)))
        return index

    with patch.object(PromptLog, "llm_call", without):
        sessions = open_trace(str(path)).sessions
    if not held:
        return None
    name, index = held[0]
    return next(session for session in sessions if session.session_id == name), index


def _claims_whole(shown: Prompt) -> bool:
    return not shown.gaps and shown.fidelity in ("recorded", "rebuilt")


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
        "append_only_by_agent": share("of_agents_appends", "of_agents"),
        "withheld_prompts": share("later_right", "later"),
        "withheld_by_agent": share("of_agent_right", "of_agent"),
        "withheld_folded": share("later_folded", "later"),
        "withheld_messages": share("later_messages_right", "later_messages"),
        "withheld_wrong_but_claimed": share("later_wrong", "later"),
        "next_call": share("befores_right", "befores"),
        "next_call_wrong": share("befores_wrong", "befores"),
        "claimed_exact": counts["claimed"],
        "wrong_but_claimed": share("wrong_claimed", "recorded"),
    }


def _keys_shown(prompt: Prompt) -> list[bytes]:
    return _keys(tuple(entry.message for entry in prompt.messages))


def _keys(messages: tuple[Message, ...]) -> list[bytes]:
    return [identity(message) for message in messages]


if __name__ == "__main__":
    sys.exit(main())
