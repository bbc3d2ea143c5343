"""The same call, or the same words, again and again without getting on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from tracetui.analysis.fields import is_counter, is_own_making, is_prose, last_name, words_of
from tracetui.analysis.passages import Passage, leaves
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules.detected import detected
from tracetui.context import json_text
from tracetui.model import Evidence, Flag, SourceRef, Step

KIND = "LOOP_DETECTED"
LETTER = "L"
EXPLAIN = (
    "The same tool is called with near-identical arguments more than three times, or agents exchange the same text more "
    "than three times, without getting on. Case, spacing, counters and order do not count; ids and numbers do. Spared are "
    "calls whose results change (polling, reading on page by page), those that only wait, and retries after errors that "
    "succeed in the end. The time and number of an answer are no change. "
    "Cycles over several tools are told once. Cannot see a loop whose words change every time."
)
LIMIT = 3
"""Calls that are still in order; one more is a loop."""
_NEARBY = 10
"""At most so many steps lie between two turns of a loop, unless all that lies between comes again too."""
_LONGEST = 24
"""At most so many steps long is a cycle."""
_SAME_BEGINNING = 0.6
"""Share of a text that another one of the same agent has to begin with to say the same with another ending."""
_REMEMBERED = 12
"""Different texts of an agent, the latest, that a new one is compared with."""
_LONG_TEXT = 40
"""Letters that a text repeated between agents must have: thanks and greetings repeat in good runs."""
_WORDS = re.compile(r"\w+")
_NO_WORDS = dict.fromkeys((code for code in range(128) if not _WORDS.match(chr(code))), " ")
"""What parts words in ASCII, each made a space: faster than to find the words."""
_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*|\b\d\d:\d\d:\d\d\S*")
_SAYS_MORE = 12
"""Letters that an answer has to have beside a time of day to be more than that."""
_COMPARED = 4_000
"""Characters of a result that are compared."""
_OPENING = 300
"""Characters of what an agent says that are compared: a report of the same act may end in another page."""
_FILLERS = frozenset(("a", "an", "and", "for", "in", "of", "on", "or", "please", "the", "to", "with"))
_PASSING = frozenset(("request", "trace", "correlation", "ts", "timestamp", "latency", "took"))
_IDLE = frozenset(("wait", "sleep", "pause", "delay", "heartbeat"))
_WAITING = frozenset(("status", "poll", "wait", "check", "sleep", "progress", "watch", "monitor"))


Item = TypeVar("Item")


class _Turn(NamedTuple):
    """One occurrence of what may be repeated."""

    step: int
    outcome: str
    """Identity of what came of it; equal outcomes mean that nothing changed."""
    failed: bool
    quote: str
    source: SourceRef


class _Loop(NamedTuple):
    turns: list[_Turn]
    what: str
    confidence: float


def find(provenance: Provenance) -> Iterator[Flag]:
    steps = provenance.session.steps
    loops = [*_of_calls(steps), *_of_texts(provenance)]
    for cycle in _cycles(loops):
        yield _flag(cycle, steps)


def _of_calls(steps: Sequence[Step]) -> Iterator[_Loop]:
    groups: dict[tuple[str, str, str], list[Step]] = defaultdict(list)
    for step in steps:
        if step.kind == "tool_call" and step.tool and step.arguments_source is not None and not _passes_time(step.tool):
            groups[(step.scope, step.tool, _signature(step))].append(step)
    # Two calls in turn that differ in a counter or in spacing alone: each is made again to the letter.
    for (scope, tool, signature), same in list(groups.items()):
        to_the_letter: dict[str, list[Step]] = defaultdict(list)
        for step in same if len(same) > LIMIT else ():
            to_the_letter[json_text(step.arguments)].append(step)
        if len(to_the_letter) > 1:
            groups |= {(scope, tool, f"{signature}\n{written}"): calls for written, calls in to_the_letter.items()}
    again = [step.index for same in groups.values() if len(same) > LIMIT for step in same]
    others = {step.index for step in steps if step.kind == "tool_call"}.difference(again)
    for (_, tool, _), same in groups.items():
        for stretch in _stretches(same, lambda step: step.index, others) if len(same) > LIMIT else ():
            turns = [_turn(step) for step in stretch]
            if looping := _without_progress(turns, waiting=bool(_WAITING & set(words_of(tool)))):
                known = any(turn.outcome for turn in looping)
                yield _Loop(looping, f"{tool} with the same arguments", 0.9 if known else 0.6)


def _of_texts(provenance: Provenance) -> Iterator[_Loop]:
    groups: dict[tuple[str, str], list[_Turn]] = defaultdict(list)
    told: dict[str, list[str]] = defaultdict(list)
    for index in provenance.of_kind("said"):
        passage = provenance.passages[index]
        if passage.author >= 0:
            words = _text_signature(passage.text[:_OPENING])
            if len(words) >= _LONG_TEXT:
                agent = provenance.session.steps[passage.author].agent or ""
                groups[(agent, _said_before(words, told[agent]))].append(_text_turn(passage))
    for (agent, _), turns in groups.items():
        for stretch in _stretches(turns, lambda turn: turn.step) if len(turns) > LIMIT else ():
            yield _Loop(stretch, f"{agent or 'the model'} says the same", 0.8)


def _said_before(words: str, told: list[str]) -> str:
    """The text of the same agent that these words repeat, perhaps with another ending, itself where there is none.

    `told`: what the agent said, which grows.
    """
    beginning = words[: int(_SAME_BEGINNING * _LONG_TEXT)]
    for before in told[-_REMEMBERED:]:
        if not before.startswith(beginning):
            continue
        shorter, longer = sorted((before, words), key=len)
        if longer.startswith(shorter) and len(shorter) >= _SAME_BEGINNING * len(longer):
            return before
    told.append(words)
    return words


def _stretches(
    turns: Sequence[Item], step_of: Callable[[Item], int], others: Collection[int] | None = None
) -> Iterator[list[Item]]:
    """Runs of more than LIMIT turns with little between them. `others`: calls that are not made again and again."""
    stretch: list[Item] = []
    for turn in turns:
        if stretch and not _is_next(step_of(stretch[-1]), step_of(turn), others):
            if len(stretch) > LIMIT:
                yield stretch
            stretch = []
        stretch.append(turn)
    if len(stretch) > LIMIT:
        yield stretch


def _is_next(step: int, later: int, others: Collection[int] | None) -> bool:
    if later - step <= _NEARBY:
        return True
    if others is None or later - step > _LONGEST:
        return False
    return not any(at in others for at in range(step + 1, later))


def _without_progress(turns: list[_Turn], *, waiting: bool) -> list[_Turn]:
    """The longest run of turns with one outcome, if it is a loop and not a wait or a retry that ended well."""
    runs: list[list[_Turn]] = []
    for turn in turns:
        same = runs and (turn.outcome == runs[-1][-1].outcome or (turn.failed and runs[-1][-1].failed))
        if same:
            runs[-1].append(turn)
        else:
            runs.append([turn])
    longest = max(runs, key=len)
    if len(longest) <= LIMIT:
        return []
    moved_on = longest is not runs[-1]
    return [] if moved_on and (waiting or longest[0].failed) else longest


def _cycles(loops: list[_Loop]) -> list[list[_Loop]]:
    """Loops whose stretches overlap are one cycle of several calls."""
    cycles: list[list[_Loop]] = []
    end = -1
    for loop in sorted(loops, key=lambda loop: loop.turns[0].step):
        if cycles and loop.turns[0].step <= end:
            cycles[-1].append(loop)
        else:
            cycles.append([loop])
        end = max(end, loop.turns[-1].step)
    return cycles


def _flag(cycle: list[_Loop], steps: Sequence[Step]) -> Flag:
    """Flagged at the turn that passes the limit; the first evidence is the loop's entry."""
    loop = max(cycle, key=lambda loop: (len(loop.turns), loop.confidence))
    first, over, last = loop.turns[0], loop.turns[LIMIT], loop.turns[-1]
    where = f"steps {steps[first.step].number}–{steps[last.step].number}"
    others = f", in turn with {len(cycle) - 1} more" if len(cycle) > 1 else ""
    evidence = (
        Evidence(turn.step, turn.quote, turn.source, role)
        for turn, role in ((first, "the first time"), (over, "over the limit"), (last, "the last time"))
    )
    told = f"{loop.what} {len(loop.turns)} times{others}, {where}"
    return detected(KIND, over.step, over.source, told, loop.confidence, evidence)


def _turn(step: Step) -> _Turn:
    outcome = _outcome_signature(_lasting(step.result) if step.has_result else step.error or step.summary)
    source = step.arguments_source or step.source
    telling = (text for _, text in leaves(step.arguments) if text not in ("", "true", "false"))
    quote = next(telling, step.tool or "")
    return _Turn(step.index, outcome, _failed(step), quote[:160], source)


def _text_turn(passage: Passage) -> _Turn:
    line = next((line for line in passage.text.splitlines() if line.strip()), "")
    return _Turn(passage.author, "", False, line[:160], passage.source)


def _lasting(result: Any) -> str:
    """An answer without what is new in every answer, whatever it says: its number, its time, how long it took."""
    if not isinstance(result, dict):
        return json_text(result)
    lasting = {name: value for name, value in result.items() if not _PASSING.intersection(words_of(str(name)))}
    return json_text(lasting or result)


def _passes_time(tool: str) -> bool:
    """A call that does nothing but wait: whether anything goes on meanwhile is for the calls around it to say."""
    return bool(_IDLE.intersection(words_of(tool)[:1]))


def _failed(step: Step) -> bool:
    """An error by its status, or by how a short result begins."""
    if step.status == "error" or step.error:
        return True
    text = step.result if isinstance(step.result, str) else ""
    return len(text) < 400 and text.lstrip().lower().startswith(("error", "exception", "traceback", "failed"))


def _signature(step: Step) -> str:
    """The arguments without case, spacing, counters, and in prose without fillers and order."""
    told: list[str] = []
    for path, text in leaves(step.arguments):
        name = last_name(path)
        if _PASSING.intersection(words_of(name)) or is_own_making(name):
            continue
        if is_prose(name) and "\n" not in text:
            told.append(f"{path}=" + " ".join(sorted(set(_WORDS.findall(text.casefold())) - _FILLERS)))
        elif not (is_counter(name) and text.replace(".", "").isdigit()):
            told.append(f"{path}={_text_signature(text)}")
    return "\n".join(sorted(told))


def _outcome_signature(text: str) -> str:
    """What an answer says beside the time of day: a clock that moves on is no progress, unless it was asked for."""
    text = text[:_COMPARED]
    timeless = _text_signature(_CLOCK.sub(" ", text) if ":" in text else text)
    return timeless if len(timeless) >= _SAYS_MORE else _text_signature(text)


def _text_signature(text: str) -> str:
    text = text[:_COMPARED].casefold()
    return " ".join(text.translate(_NO_WORDS).split() if text.isascii() else _WORDS.findall(text))
