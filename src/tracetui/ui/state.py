"""What the screens share: one opened session and what is known about it. Immutable; a change is a new `Opened`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from tracetui.analysis.rules import LETTERS, letter_of
from tracetui.ingest.source import Source, read_source
from tracetui.ingest.stamp import Stamp
from tracetui.model import Session, SourceRef, Step, Trace
from tracetui.text import cell_width, visible_line

if TYPE_CHECKING:
    from tracetui.analysis.actions import Policy
    from tracetui.analysis.findings import SoFar, Triage
    from tracetui.postmortem.document import Pin
    from tracetui.ui.whole_prompts import WholePrompts

SURE = 0.5
"""From this confidence on an origin is called one; below it is a suspect, and nothing is alarming about it."""


def is_tentative(triage: Triage | None) -> bool:
    """Whether the origin found is no more than the best suspect."""
    return triage is not None and triage.origin.found and triage.origin.confidence < SURE


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Totals of a session; None where no step records the figure."""

    steps: int
    llm_calls: int
    tool_calls: int
    errors: int
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    start_ns: int | None
    duration_ns: int | None
    """From the first start to the last end; the sum of the steps' durations where no times are recorded."""
    agents: tuple[str, ...]
    """In order of appearance."""
    depth: int
    """Of the most deeply nested step."""
    actor_cells: int
    """Width of the longest name among those who act."""

    @property
    def tokens(self) -> int | None:
        if self.input_tokens is None and self.output_tokens is None:
            return None
        return (self.input_tokens or 0) + (self.output_tokens or 0)


class SourceBytes:
    """The bytes that a `SourceRef` points at. What was read when the trace was opened is kept, so that a file that
    changes later, and standard input, show what was analysed."""

    def __init__(self, sources: Iterable[Source] = (), seen: Mapping[str, Stamp | None] | None = None) -> None:
        """`seen`: the files of a folder, before they were read."""
        self._sources = {source.path: source for source in sources}
        self._seen = dict(seen or {}) | {source.path: source.seen for source in sources}

    def at(self, ref: SourceRef) -> bytes:
        """Raises UnreadableSourceError where the file has gone since."""
        if ref.path not in self._sources:
            self._sources[ref.path] = read_source(ref.path)
        return self._sources[ref.path].at(ref.offset, ref.length)

    def seen(self, path: str) -> Stamp | None:
        """The file, of a member the archive, as it was before it was read; None where nobody looked."""
        return next((seen for file, seen in self._seen.items() if path == file or path.startswith(f"{file}!")), None)

    @property
    def files(self) -> frozenset[str]:
        """What was there to be read."""
        return frozenset(self._seen)

    def holds_part_of(self, path: str) -> bool:
        """Whether some of the lines or elements of the file were read, and not all."""
        known = self._sources.get(path)
        return known is not None and known.excerpt != ""

    def are_still_in(self, source: Source) -> bool:
        """Whether `source` begins with what was read of its path."""
        known = self._sources.get(source.path)
        return known is not None and source.data.startswith(known.data)


class Opened(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One session under the debugger."""

    trace: Trace
    session: Session
    facts: Facts
    source_bytes: SourceBytes
    triage: Triage | None = None
    """None while the analysis runs."""
    so_far: SoFar | None = None
    """What it has found while it runs."""
    symptom: int | None = None
    """Index of the step that the user named as the wrong output."""
    baseline: Session | None = None
    """The good run to compare with."""
    baseline_path: str = ""
    policy: Policy | None = None
    """What the owner of the tools says they do; None: their names and requests tell."""
    whole_prompts: WholePrompts | None = None
    """Of the large file that the session was read from in part; None where they are not more than what was read, or cannot be
    told."""
    pins: tuple[Pin, ...] = ()
    """What the user marked, in order."""

    def with_(self, **changes: object) -> Opened:
        """A copy with these fields changed."""
        return msgspec.structs.replace(self, **changes)

    @property
    def wrong_value(self) -> str | None:
        """The premise that turned out wrong, as it is written in the trace."""
        return self.triage.origin.value if self.triage is not None else None

    def pins_on(self, step: Step) -> tuple[Pin, ...]:
        """The marks on a step, in the order in which they were made."""
        return tuple(pin for pin in self.pins if pin.step == step.number and pin.source in places_of(step))

    @cached_property
    def notes(self) -> dict[int, str]:
        """Step index to the notes that the user marked it with; empty text is a mark without words."""
        places = {
            (step.number, place): step.index
            for step in (self.session.steps if self.pins else ())
            for place in places_of(step)
        }
        found: dict[int, list[str]] = {}
        for pin in self.pins:
            if (index := places.get((pin.step, pin.source))) is not None:
                found.setdefault(index, []).append(pin.note.text)
        return {index: "; ".join(filter(None, notes)) for index, notes in found.items()}

    @cached_property
    def letters(self) -> dict[int, str]:
        """Step index to its flag letters; only steps that have some."""
        return flag_letters(self.session, self.triage)

    @cached_property
    def flagged(self) -> tuple[int, ...]:
        """Indices of the flagged steps, ascending."""
        return tuple(sorted(self.letters))

    @cached_property
    def flag_kinds(self) -> dict[int, tuple[str, ...]]:
        """Step index to the kinds of its flags; only steps that have some."""
        found: dict[int, tuple[str, ...]] = {}
        for flag in self.triage.flags if self.triage is not None else ():
            found[flag.step] = (*found.get(flag.step, ()), flag.kind)
        return found

    @cached_property
    def cascade(self) -> frozenset[int]:
        return frozenset(self.triage.origin.cascade) if self.triage is not None else frozenset()


def places_of(step: Step) -> tuple[SourceRef, ...]:
    """Where a step was read from. The last of them is where it was before its answer came, or is its only one."""
    return (step.source, *step.also)


def flag_letters(session: Session, triage: Triage | None) -> dict[int, str]:
    """Step index to the letters of the rules, `?` for a recorded flag of another kind, `!` for an error or an effect
    after the origin that cannot be taken back."""
    found: dict[int, str] = {}

    def add(step: int, letter: str) -> None:
        if letter not in found.get(step, ""):
            found[step] = found.get(step, "") + letter

    if triage is None:
        for step in session.steps:
            for kind in step.recorded_flags:
                add(step.index, letter_of(kind))
    else:
        for flag in triage.flags:
            add(flag.step, letter_of(flag.kind))
        for effect in triage.blast_radius:
            if effect.after_origin and effect.reversibility in ("irreversible", "unknown"):
                add(effect.step, "!")
    for step in session.steps:
        if step.status == "error":
            add(step.index, "!")
    return found


def in_order(found: str) -> str:
    """Letters of one step in the order of the rules, `?` and `!` last."""
    return "".join(sorted(found, key=[*LETTERS.values(), "?", "!"].index))


def facts_of(session: Session) -> Facts:
    """Totals, in one pass."""
    kinds: dict[str, int] = {}
    agents: dict[str, None] = {}
    errors = 0
    usages = [step.usage for step in session.steps if step.usage is not None]
    for step in session.steps:
        kinds[step.kind] = kinds.get(step.kind, 0) + 1
        errors += step.status == "error"
        if step.agent:
            agents.setdefault(step.agent)
    return Facts(
        steps=len(session.steps),
        llm_calls=kinds.get("llm_call", 0),
        tool_calls=kinds.get("tool_call", 0),
        errors=errors,
        input_tokens=_total(usage.input_tokens for usage in usages),
        output_tokens=_total(usage.output_tokens for usage in usages),
        cost_usd=_total_cost(step.cost_usd for step in session.steps),
        start_ns=min((step.start_ns for step in session.steps if step.start_ns is not None), default=None),
        duration_ns=_duration_ns(session.steps),
        agents=tuple(agents),
        depth=max((step.depth for step in session.steps), default=0),
        actor_cells=max(map(cell_width, {visible_line(name) for name in _actors(session.steps)}), default=0),
    )


def _actors(steps: Iterable[Step]) -> Iterable[str]:
    return {step.tool or step.agent or step.model or "" for step in steps}


def _total(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _total_cost(costs: Iterable[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known else None


def _duration_ns(steps: Iterable[Step]) -> int | None:
    steps = list(steps)
    starts = [step.start_ns for step in steps if step.start_ns is not None]
    if len(starts) > 1:
        ends = [step.start_ns + (step.duration_ns or 0) for step in steps if step.start_ns is not None]
        return max(ends) - min(starts)
    return _total(step.duration_ns for step in steps)
