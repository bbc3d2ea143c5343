"""What rests on a premise: forward from the step that wrote it, through the values that later steps took from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from itertools import islice

import msgspec

from tracetui.analysis.constants import constant_of_the_world
from tracetui.analysis.provenance import Appearance, Provenance
from tracetui.model import Session

Link = tuple[int, int, str]
"""(from step, to step, value)."""


class Cascade(msgspec.Struct, frozen=True):
    steps: frozenset[int]
    """Indices of the steps that rest on the premise, its own included."""
    links: tuple[Link, ...]
    """One link a step: how it was reached first."""


def cascade_of(
    provenance: Provenance,
    origin: int,
    values: Collection[str],
    end: int,
    answered: Mapping[int, int] | None = None,
) -> Cascade:
    """Steps up to `end` that rest on what step `origin` wrote. `answered`: `answering_calls`, where it is at hand.

    `values`: keys of the wrong values; where there is none, whatever the calls of the step brought back counts.
    A call that uses a wrong value taints the values that its result brings in; a model that answers a tainted result
    without its words being recorded was shown it, and counts.
    """
    session = provenance.session
    by_key = provenance.by_key
    answered = answering_calls(session) if answered is None else answered
    reached: dict[int, Link | None] = {origin: None}
    tainted = set(values)
    # Sorted: which of two values reached a step first must not hang on the order of a set.
    queue = deque((key, origin) for key in sorted(values))
    if not values:
        for step in _asked_by(session, origin):
            _reach(reached, origin, step, session.steps[step].tool or "")
            queue.extend((key, step) for key in _brought_in(provenance, by_key, step) if key not in tainted)
    while queue:
        key, source = queue.popleft()
        tainted.add(key)
        for use in by_key.get(key, ()):
            at = use.step
            if at < origin or use.author < origin:
                continue
            for step in dict.fromkeys((use.author, at)):
                if step <= end:
                    _reach(reached, source, step, use.text)
            if use.role != "argument" or at > end:
                continue
            for brought in _brought_in(provenance, by_key, at):
                if brought not in tainted:
                    tainted.add(brought)
                    queue.append((brought, at))
            reader = answered.get(at)
            if reader is not None and reader <= end and reader not in reached:
                _reach(reached, at, reader, "the result of this call")
    kept = {step: link for step, link in reached.items() if origin <= step <= end}
    return Cascade(frozenset(kept), tuple(link for _, link in sorted(kept.items()) if link is not None))


def is_telling(appearance: Appearance) -> bool:
    """Whether a value says something of its own: small and round numbers, years and the like occur everywhere."""
    return not constant_of_the_world(appearance.kind, appearance.text, appearance.key)


def _reach(reached: dict[int, Link | None], source: int, step: int, value: str) -> None:
    reached.setdefault(step, (source, step, value))


def _brought_in(provenance: Provenance, by_key: Mapping[str, Sequence[Appearance]], step: int) -> list[str]:
    """Keys of the telling values that stood nowhere before the result of `step`."""
    return list(
        dict.fromkeys(
            found.key
            for found in provenance.at(step)
            if found.role == "result"
            and by_key.get(found.key, (found,))[0].passage == found.passage
            and is_telling(found)
        )
    )


def _asked_by(session: Session, llm: int) -> list[int]:
    """Tool steps that an LLM step asked for; a tool step stands for itself."""
    if session.steps[llm].kind == "tool_call":
        return [llm]
    found: list[int] = []
    for step in islice(session.steps, llm + 1, None):
        if step.kind == "tool_call" and step.parent in (llm, None) and step.scope == session.steps[llm].scope:
            found.append(step.index)
        elif step.kind == "llm_call" and step.scope == session.steps[llm].scope:
            break
    return found


def answering_calls(session: Session) -> dict[int, int]:
    """By tool step: the next LLM call of its scope, where what that one wrote is not recorded."""
    waiting: dict[str, list[int]] = {}
    found: dict[int, int] = {}
    for step in session.steps:
        if step.kind == "tool_call":
            waiting.setdefault(step.scope, []).append(step.index)
        elif step.kind == "llm_call":
            tools: Sequence[int] = waiting.pop(step.scope, [])
            if step.message is None or not step.message.parts:
                found.update(dict.fromkeys(tools, step.index))
    return found
