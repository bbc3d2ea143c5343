"""Chat runs changed on purpose: faults planted into them, and changes that mean nothing."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from tracetui.analysis.actions import is_external
from tracetui.analysis.entities import find_entities
from tracetui.analysis.passages import leaves
from tracetui.analysis.prose import is_prose
from tracetui.analysis.roster import id_of
from tracetui.model import SourceRef, Step

T = TypeVar("T")
Run = list[dict[str, Any]]
Planted = tuple[Run, set[int]] | None
"""The changed run, and the indices of the messages where naming the difference is right; None where it cannot be."""
Asked = tuple[int, dict[str, Any], int]
"""(message that calls, the call, message that answers)"""
_PLAIN = re.compile(r"[\w#.@+-]+\Z")
"""What an id must be written with, so that it can be renamed wherever it stands."""


def asked(run: Run) -> list[Asked]:
    """Messages with one call, and their answers."""
    found: list[Asked] = []
    for i, message in enumerate(run):
        calls = message.get("tool_calls") or []
        if len(calls) == 1 and i + 1 < len(run) and run[i + 1].get("tool_call_id") == calls[0]["id"]:
            found.append((i, calls[0], i + 1))
    return found


def arguments(call: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(call["function"]["arguments"] or "{}"))


def made(run: Run, call: dict[str, Any]) -> int:
    """How often a call is made."""
    return sum(
        arguments(c) == arguments(call) and c["function"]["name"] == call["function"]["name"] for _, c, _ in asked(run)
    )


def is_action(call: dict[str, Any]) -> bool:
    name, given = call["function"]["name"], arguments(call)
    return is_external(
        Step(index=0, number=1, kind="tool_call", source=SourceRef("", 0, 0), tool=name, arguments=given)
    )


def shuffled(items: Sequence[T], chance: random.Random) -> list[T]:
    return chance.sample(items, len(items))


def changed_argument(run: Run, chance: random.Random) -> Planted:
    """An id or a number in a call becomes another one; its answer stays. Not one in a sentence: that is wording."""
    for i, call, _ in shuffled(asked(run), chance):
        values = arguments(call)
        short = [
            k for k, v in values.items() if isinstance(v, (str, int)) and len(str(v)) < 60 and not is_prose(str(v))
        ]
        for key in shuffled(short, chance):
            other = re.sub(r"\d", lambda _: str(chance.randrange(10)), str(values[key]))
            if other != str(values[key]):
                run[i]["tool_calls"][0]["function"]["arguments"] = json.dumps({**values, key: other})
                return run, {i}
    return None


def wrong_tool(run: Run, chance: random.Random) -> Planted:
    """A call that is made once goes to another tool of the run."""
    names = sorted({call["function"]["name"] for _, call, _ in asked(run)})
    for i, call, _ in shuffled(asked(run), chance):
        if made(run, call) == 1 and (others := [name for name in names if name != call["function"]["name"]]):
            run[i]["tool_calls"][0]["function"]["name"] = chance.choice(others)
            return run, {i}
    return None


def dropped_step(run: Run, chance: random.Random) -> Planted:
    """A call that is made once, and its answer, are left out; not one that failed or answered nothing: nobody misses it.

    Right is the next message of the agent. A lookup among lookups could as well have been made at each of their places.
    """
    for i, call, answer in shuffled(asked(run), chance):
        answered = str(run[answer]["content"] or "").strip()
        if made(run, call) == 1 and answered and not answered.lower().startswith("error"):
            places = neighbouring_lookups(run, i)
            del run[i : answer + 1]
            said = [k for k, message in enumerate(run) if message["role"] == "assistant"]
            after = {k if k <= i else k - 2 for k in places}
            return run, {next((k for k in said if k >= place), said[-1]) for place in after}
    return None


def neighbouring_lookups(run: Run, i: int) -> set[int]:
    """The messages that call lookups right before and after message `i`, the place behind the last of them, and `i`."""
    calls = {k: call for k, call, _ in asked(run)}
    first = last = i
    while not is_action(calls[i]) and first - 2 in calls and not is_action(calls[first - 2]):
        first -= 2
    while not is_action(calls[i]) and last + 2 in calls and not is_action(calls[last + 2]):
        last += 2
    return set(range(first, last + 3, 2))


def repeated_action(run: Run, chance: random.Random) -> Planted:
    """An action that succeeded is done again."""
    for i, call, answer in shuffled(asked(run), chance):
        if is_action(call) and "error" not in str(run[answer]["content"]).lower():
            return _again(run, i, answer, 1)
    return None


def loop(run: Run, chance: random.Random) -> Planted:
    """A lookup is made five times more."""
    for i, call, answer in shuffled(asked(run), chance):
        if not is_action(call):
            return _again(run, i, answer, 5)
    return None


def altered_answer(run: Run, chance: random.Random) -> Planted:
    """An id or an amount in what the agent says becomes another one; where it says none, a date or a number.

    Not in a program, and not the number of a list's item: neither is an answer.
    """
    said = [i for i, m in enumerate(run) if m["role"] == "assistant" and m["content"] and not m.get("tool_calls")]
    said = [i for i in said if _is_talk(run[i]["content"])]
    for kinds in (("id", "amount"), ("date", "number")):
        for i in shuffled(said, chance):
            text = run[i]["content"]
            entities = (
                e for e in find_entities(text) if e.kind in kinds and text[: e.start].rpartition("\n")[2].strip(" #*-")
            )
            facts = [e.text for e in entities if re.search(r"\d", e.text)]
            if not facts:
                continue
            fact = chance.choice(facts)
            other = re.sub(r"\d", lambda d: str(1 + (int(d[0]) + chance.randrange(8)) % 9), fact)
            run[i]["content"] = re.sub(rf"(?<!\w){re.escape(fact)}(?!\w)", lambda _: other, run[i]["content"])  # noqa: B023
            return run, {i}
    return None


def swapped_actions(run: Run, chance: random.Random) -> Planted:
    """An action changes its place with the call before it; not with a note that the agent took for itself."""
    for (i, first, answer), (j, second, _) in shuffled(list(pairwise(asked(run))), chance):
        is_note = not str(run[answer]["content"] or "").strip()
        if is_action(second) and first["function"] != second["function"] and (is_action(first) or not is_note):
            run[i], run[j] = run[j], run[i]
            run[answer], run[j + 1] = run[j + 1], run[answer]
            return run, {i, j}
    return None


def reworded(run: Run, chance: random.Random) -> Run:
    """What users and the agent say comes in another order of sentences, with other words before it."""
    for message in run:
        text = message.get("content")
        if message["role"] in ("user", "assistant") and text and not message.get("tool_calls") and _is_talk(text):
            opening = chance.choice(["Sure.", "Well then.", "Thanks."])
            message["content"] = " ".join([opening, *shuffled(re.split(r"(?<=[.!?])\s+", text), chance)])
    return run


def other_entities(run: Run, chance: random.Random) -> Run:
    """Every id stands for another thing, throughout the run."""
    text = json.dumps(run)
    written = {form for value in _ids(run) for form in (value, value.removeprefix("#"))}
    ids = sorted(written, key=lambda value: (-len(value), value))
    if not ids:
        return run
    numbers = {digits: digits for digits in sorted(set(re.findall(r"\d+", " ".join(ids))))}
    for digits in numbers:  # one number, however the id is spelt, becomes one other number
        others = [str((int(digit) + chance.randrange(1, 10)) % 10) for digit in digits]
        others[0] = others[0] if others[0] != "0" or len(digits) == 1 else str(1 + int(digits[0]) % 9)
        numbers[digits] = "".join(others)  # a number of JSON does not begin with a zero
    bare = sorted((digits for digits in numbers if len(digits) > 4), key=lambda digits: (-len(digits), digits))
    identifier = re.compile(rf"(?<![\w\\])(?:{'|'.join(map(re.escape, [*ids, *bare]))})(?!\w)")
    renamed = identifier.sub(lambda found: re.sub(r"\d+", lambda d: numbers[d[0]], found[0]), text)
    return list(json.loads(renamed))


def _ids(run: Run) -> Iterator[str]:
    """The ids and addresses that stand as whole values in calls and in structured answers."""
    for message in run:
        values = [text for call in message.get("tool_calls") or [] for _, text in leaves(arguments(call))]
        if message["role"] == "tool":
            values += [text for _, text in leaves(_decoded(message["content"]))]
        for value in values:
            found = id_of(value)
            if found is not None and found.kind in ("id", "email") and _PLAIN.match(value) and re.search(r"\d", value):
                yield value


def _decoded(answer: str) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        return None


def _is_talk(text: str) -> bool:
    """Whether the order of sentences can be changed: not that of a program, a list or a table."""
    return "```" not in text and text.count("\n") <= text.count(". ") and is_prose(text)


def reordered_lookups(run: Run, chance: random.Random) -> Run:
    """Neighbouring lookups that do not need one another's answers change places."""
    for (i, first, answer), (j, second, other) in pairwise(asked(run)):
        used = re.findall(r"[\w.#]{3,}", json.dumps(list(arguments(second).values())))
        needed = any(value in str(run[answer]["content"]) for value in used)
        if j == answer + 1 and not (needed or is_action(first) or is_action(second)):
            run[i], run[j] = run[j], run[i]
            run[answer], run[other] = run[other], run[answer]
    return run


def rewritten_arguments(run: Run, chance: random.Random) -> Run:
    """Arguments are written with other white space and another order of keys."""
    for i, call, _ in asked(run):
        mixed = dict(shuffled(list(arguments(call).items()), chance))
        run[i]["tool_calls"][0]["function"]["arguments"] = json.dumps(mixed, indent=1)
    return run


FAULTS: list[Callable[[Run, random.Random], Planted]] = [
    changed_argument,
    wrong_tool,
    dropped_step,
    repeated_action,
    loop,
    altered_answer,
    swapped_actions,
]
HARMLESS: list[Callable[[Run, random.Random], Run]] = [
    reworded,
    other_entities,
    reordered_lookups,
    rewritten_arguments,
]


def _again(run: Run, i: int, answer: int, times: int) -> Planted:
    copies: Run = []
    for n in range(times):
        call, result = copy.deepcopy(run[i]), copy.deepcopy(run[answer])
        call["tool_calls"][0]["id"] = result["tool_call_id"] = f"call_again_{n}"
        copies += [call, result]
    return run[: answer + 1] + copies + run[answer + 1 :], {i, *range(answer + 1, answer + 1 + len(copies), 2)}
