"""How many planted faults are flagged, by kind and format: `python benchmarks/flags.py [PATH…]`, folders included. JSON.

Faults are planted into the sessions as read, so that every format takes part: a value of a call's arguments becomes
one that nothing holds (ids, numeric ids, e-mails, amounts, also nested), an answer tells one (`told`), a tool gets an
unknown name, an argument another type or is left out, a record is somebody else's, up to three calls repeat five
times. A plant counts as found where its kind is flagged at a step that it changed and was not flagged there before.
`flags_per_session`: what the same rules find in the sessions as they are.

Beside them, without any file: faults in made-up runs of twelve trades (`domain_faults`), with what is flagged that was not
planted, and runs in which all is well.
"""

from __future__ import annotations

import json
import random
import re
import sys
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from domain_faults import FAULTS
from domain_oddities import INNOCENT
from msgspec.structs import replace

from tracetui.analysis.fields import owner_at
from tracetui.analysis.flags import detect_flags
from tracetui.analysis.passages import leaves
from tracetui.analysis.provenance import Provenance
from tracetui.commands.opening import traces_at
from tracetui.context import json_text, text_of
from tracetui.model import Session, Step, TextPart, Trace

Planted = tuple[Session, set[int]] | None
"""The changed session and the indices at which flagging it is right; None where it cannot be planted."""
_MOST_STEPS = 400
_MADE_UP = 40
"""Made-up runs of each kind."""
_SHAPES = {
    "id": re.compile(r"#?(?=\w*[A-Za-z])(?=\w*\d)[\w-]{5,30}"),
    "numeric id": re.compile(r"\d{6,14}"),
    "e-mail": re.compile(r"[\w.]+@[\w.-]+\.\w+"),
    "amount": re.compile(r"\d{2,6}\.\d{2}"),
}


def invented(shape: str) -> Callable[[Session, random.Random], Planted]:
    """Plants a value of a shape into arguments that held a known one."""

    def plant(session: Session, chance: random.Random) -> Planted:
        seen: set[str] = set()
        fitting = []
        for step in session.steps:
            if step.kind == "tool_call":
                fitting += [
                    (step, path, text)
                    for path, text in leaves(step.arguments)
                    if _SHAPES[shape].fullmatch(text) and text in seen
                ]
                seen.update(text for _, text in leaves(step.result))
        if not fitting:
            return None
        step, path, text = chance.choice(fitting)
        fresh = re.sub(r"\d", lambda _: str(chance.randrange(10)), text)
        if fresh in seen or shape == "e-mail":
            fresh = (
                f"zq{chance.randrange(10**5)}{text}" if shape == "e-mail" else f"{text}{chance.randrange(10**3, 10**4)}"
            )
        return _with(session, step, arguments=_put(step.arguments, path, fresh)), _places(step)

    return plant


_TOLD: tuple[tuple[str, Callable[[random.Random], str]], ...] = (
    ("The transaction id is {}.", lambda chance: str(uuid.UUID(int=chance.getrandbits(128), version=4))),
    ("I ordered the item {} for you.", lambda chance: f"MUG-RED-{chance.randrange(10**3, 10**4)}"),
    ("The money goes to account {}.", lambda chance: f"DE{chance.randrange(10, 99)}{chance.randrange(10**17, 10**18)}"),
    ("Your order number is {}.", lambda chance: str(chance.randrange(10**8, 10**9))),
    ("It is customer {}.", lambda chance: f"cus_{chance.getrandbits(60):015x}"),
    (
        "I wrote to {} about it.",
        lambda chance: f"j.doe{chance.randrange(100, 999)}@corp{chance.randrange(10, 99)}.test",
    ),
)


def told(session: Session, chance: random.Random) -> Planted:
    """An answer in plain words, of an agent that has tools, after somebody spoke to it, gets one more sentence."""
    asked = next((step.index for step in session.steps if step.kind == "message"), None)
    if asked is None or not any(step.kind == "tool_call" for step in session.steps):
        return None
    answers = [
        (step, part)
        for step in session.steps[asked:]
        if step.kind == "llm_call" and step.message
        for part in step.message.parts[:1]
        if isinstance(part, TextPart) and part.content and "```" not in part.content
    ]
    if not answers:
        return None
    step, part = chance.choice(answers)
    sentence, value = chance.choice(_TOLD)
    assert step.message is not None
    parts = (TextPart(f"{part.content} {sentence.format(value(chance))}"), *step.message.parts[1:])
    return _with(session, step, message=replace(step.message, parts=parts)), {step.index}


def unknown_tool(session: Session, chance: random.Random) -> Planted:
    step = _defined_call(session, chance)
    return None if step is None else (_with(session, step, tool=f"{step.tool}_v9"), _places(step))


def wrong_type(session: Session, chance: random.Random) -> Planted:
    step = _defined_call(session, chance)
    if step is None or not isinstance(step.arguments, dict) or not step.arguments:
        return None
    key = chance.choice(sorted(step.arguments))
    return _with(session, step, arguments=step.arguments | {key: {"unexpected": step.arguments[key]}}), _places(step)


def missing_argument(session: Session, chance: random.Random) -> Planted:
    """A required argument is left out of a call."""
    step = _defined_call(session, chance)
    if step is None or not isinstance(step.arguments, dict):
        return None
    known = (tool for tools in session.tools.values() for tool in tools if tool.name == step.tool)
    required = [name for name in (next(known).parameters or {}).get("required", ()) if name in step.arguments]
    if not required:
        return None
    dropped = chance.choice(required)
    kept = {name: value for name, value in step.arguments.items() if name != dropped}
    return _with(session, step, arguments=kept), _places(step)


def other_owner(session: Session, chance: random.Random) -> Planted:
    """A look-up answers with the record of somebody else: an owner known before becomes another of the same shape."""
    seen = ""
    fitting = []
    for step in session.steps:
        if step.kind == "tool_call" and step.has_result:
            owners = {text for path, text in leaves(step.result) if owner_at(path) and len(text) > 4}
            if len(owners) == 1 and (owner := owners.pop()) in seen and any(c.isdigit() for c in owner):
                fitting.append((step, owner))
        seen += json_text(step.arguments) + (json_text(step.result) if step.has_result else "")
        seen += "".join(text_of(part) for part in step.message.parts) if step.message else ""
    if not fitting:
        return None
    step, owner = chance.choice(fitting)
    other = re.sub(r"\d", lambda digit: str((int(digit[0]) + chance.randrange(1, 10)) % 10), owner)
    written = json_text(step.result).replace(owner, other)
    return _with(session, step, result=written if isinstance(step.result, str) else json.loads(written)), _places(step)


def loop_of(width: int) -> Callable[[Session, random.Random], Planted]:
    """Plants neighbouring calls that come again and again at the end."""

    def plant(session: Session, chance: random.Random) -> Planted:
        calls = [step for step in session.steps if step.kind == "tool_call" and step.tool and step.arguments_source]
        stretches = [calls[at : at + width] for at in range(len(calls) - width + 1)]
        stretches = [s for s in stretches if len({(step.tool, json_text(step.arguments)) for step in s}) == width]
        if not stretches:
            return None
        steps, places = list(session.steps), set()
        for step in chance.choice(stretches) * 5:
            places.add(len(steps))
            steps.append(replace(step, index=len(steps), number=len(steps) + 1, parent=None, scope="main"))
        return replace(session, steps=tuple(steps)), places

    return plant


PLANTS: dict[str, tuple[str, Callable[[Session, random.Random], Planted]]] = {
    **{f"invented {shape}": ("ENTITY_HALLUCINATION", invented(shape)) for shape in _SHAPES},
    "told": ("ENTITY_HALLUCINATION", told),
    "unknown tool": ("TOOL_ARG_MISMATCH", unknown_tool),
    "wrong type": ("TOOL_ARG_MISMATCH", wrong_type),
    "missing argument": ("TOOL_ARG_MISMATCH", missing_argument),
    "other owner": ("ENTITY_MISMATCH", other_owner),
    **{f"loop of {width}": ("LOOP_DETECTED", loop_of(width)) for width in (1, 2, 3)},
}


def main(paths: Sequence[str]) -> None:
    hits: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    as_they_are: Counter[str] = Counter()
    sessions = 0
    for trace, session in _sessions(paths):
        sessions += 1
        before = {(flag.kind, flag.step) for flag in detect_flags(Provenance.of(session))}
        as_they_are.update(kind for kind, _ in before)
        for name, (kind, plant) in PLANTS.items():
            made = plant(session, random.Random(f"{name}:{session.session_id}"))
            if made is not None:
                found = {flag.step for flag in detect_flags(Provenance.of(made[0])) if flag.kind == kind}
                hits[name][trace.format].append(any(at in made[1] and (kind, at) not in before for at in found))
    recall = {
        name: {"planted": sum(map(len, by.values())), "found": sum(map(sum, by.values()))}
        | {f"{form} found": f"{sum(found)} of {len(found)}" for form, found in sorted(by.items())}
        for name, by in hits.items()
    }
    per_session = {kind: round(count / max(1, sessions), 3) for kind, count in sorted(as_they_are.items())}
    real = {"sessions": sessions, "planted": recall, "flags_per_session": per_session}
    print(json.dumps(real | {"made_up": made_up_faults(), "innocent": made_up_innocents()}, indent=1))


def made_up_faults() -> dict[str, dict[str, Any]]:
    """By fault: how often it is found, and the flags of other kinds or places, per run."""
    figures: dict[str, dict[str, Any]] = {}
    for name, (kind, plant) in FAULTS.items():
        hits, beside = 0, Counter[str]()
        for at in range(_MADE_UP):
            session, places = plant(random.Random(f"{name}:{at}"))
            flags = [(flag.kind, flag.step in places) for flag in detect_flags(Provenance.of(session))]
            hits += (kind, True) in flags
            beside.update(found for found, there in flags if not (there and found == kind))
        figures[name] = {"kind": kind, "planted": _MADE_UP, "found": hits, "beside": dict(beside)}
    return figures


def made_up_innocents() -> dict[str, dict[str, Any]]:
    """By sort of run in which all is well: the flags that are raised all the same."""
    figures: dict[str, dict[str, Any]] = {}
    for name, make in INNOCENT.items():
        sessions = [make(random.Random(f"{name}:{at}")) for at in range(_MADE_UP)]
        kinds = Counter(flag.kind for session in sessions for flag in detect_flags(Provenance.of(session)))
        figures[name] = {"runs": _MADE_UP, "flags": dict(kinds)}
    return figures


def _sessions(paths: Sequence[str]) -> Iterator[tuple[Trace, Session]]:
    for path in paths:
        for trace in traces_at(path):
            if isinstance(trace, Trace):
                yield from ((trace, session) for session in trace.sessions if len(session.steps) <= _MOST_STEPS)


def _defined_call(session: Session, chance: random.Random) -> Step | None:
    names = {tool.name for tools in session.tools.values() for tool in tools if tool.parameters}
    calls = [
        step for step in session.steps if step.kind == "tool_call" and step.tool in names and step.arguments_source
    ]
    return chance.choice(calls) if calls else None


def _places(step: Step) -> set[int]:
    return {step.index} | ({step.parent} if step.parent is not None else set())


def _with(session: Session, step: Step, **fields: Any) -> Session:
    steps = list(session.steps)
    steps[step.index] = replace(step, **fields)
    return replace(session, steps=tuple(steps))


def _put(value: Any, path: str, text: str) -> Any:
    """A copy of a JSON value with the scalar at `path` replaced, numbers by numbers."""
    if not path:
        return type(value)(text) if isinstance(value, (int, float)) else text
    name, _, rest = path[1:].partition("/")
    rest = f"/{rest}" if rest else ""
    key = name.replace("~1", "/").replace("~0", "~")
    if isinstance(value, dict):
        return {k: _put(v, rest, text) if str(k) == key else v for k, v in value.items()}
    return [_put(v, rest, text) if str(i) == key else v for i, v in enumerate(value)]


if __name__ == "__main__":
    main(sys.argv[1:])
