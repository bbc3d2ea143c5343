"""Faults planted into the runs of `domains`, one way each, with the steps at which flagging them is right."""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Callable
from typing import Any

from domain_loops import Faulty, from_position, loop, ping_pong
from domains import Call, Event, Run, served, session_of

LOOK, _CHANGE, _TELL = 2, 5, 6
"""Where in a run the record is looked up, changed, and told about."""


def _planted(run: Run, at: int, event: Event) -> Faulty:
    """The run with the event at position `at` replaced."""
    run.events[at] = event
    session = session_of(run)
    pointer = f"/messages/{at}"
    return session, {step.index for step in session.steps if step.source.pointer == pointer}


def call_at(run: Run, at: int) -> Call:
    event = run.events[at]
    assert isinstance(event, Call)
    return event


def _arguments(at: int, change: Callable[[Run, dict[str, Any], random.Random], dict[str, Any]]) -> Any:
    def plant(chance: random.Random) -> Faulty:
        run = served(chance)
        call = call_at(run, at)
        return _planted(run, at, call._replace(arguments=change(run, dict(call.arguments), chance)))

    return plant


def _said(words: Callable[[Run, random.Random], str]) -> Any:
    def plant(chance: random.Random) -> Faulty:
        run = served(chance)
        return _planted(run, _TELL, ("say", words(run, chance)))

    return plant


def _extra(tool: str, arguments: Callable[[Run, random.Random], dict[str, Any]], answer: str = "ok") -> Any:
    """One more call before the end."""

    def plant(chance: random.Random) -> Faulty:
        run = served(chance)
        run.events.insert(_TELL, ("say", ""))
        return _planted(run, _TELL, Call(tool, arguments(run, chance), answer))

    return plant


def other(value: str, chance: random.Random) -> str:
    """Another value of the same shape."""
    if re.fullmatch(r"[0-9a-f-]{36}", value):
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))
    return re.sub(r"\d", lambda _: str(chance.randrange(10)), value)


def _other_id(run: Run, arguments: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return arguments | {next(iter(arguments)): other(run.ids[1], chance)}


def _other_kind_of_id(_: Run, arguments: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    fresh = chance.choice(
        (
            f"TKT-{chance.randrange(10**4, 10**6)}",
            str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            f"#{chance.randrange(10**5, 10**7)}",
            f"ref_{chance.getrandbits(48):012x}",
            str(chance.randrange(10**6, 10**9)),
        )
    )
    return arguments | {next(iter(arguments)): fresh}


def _amount(_: Run, arguments: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return arguments | {"amount": round(chance.randrange(10**4, 10**6) / 100 + 0.37, 2)}


def _day(chance: random.Random) -> str:
    return f"{chance.randrange(2027, 2035)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"


def _link(chance: random.Random) -> str:
    return f"https://portal.acme{chance.randrange(100, 999)}.test/forms/{chance.randrange(10**4, 10**6)}"


def _path(chance: random.Random) -> str:
    return f"/srv/exports/ledger_{chance.randrange(10**3, 10**5)}/totals_{chance.randrange(10, 99)}.csv"


def _mail(chance: random.Random) -> str:
    return f"{chance.choice(('billing', 'kim.rowe', 'zq'))}{chance.randrange(100, 999)}@corp{chance.randrange(10, 99)}.test"


def _owner(chance: random.Random) -> Faulty:
    """The record that is looked up is somebody else's."""
    run = served(chance)
    call, who = call_at(run, LOOK), run.ids[0]
    told = json.dumps(call.result).replace(who, other(who, chance))
    return _planted(run, LOOK, call._replace(result=json.loads(told)))


def _other_record(chance: random.Random) -> Faulty:
    """Asked for one record, another comes back; whose it is, is not told."""
    run = served(chance)
    call, what = call_at(run, LOOK), run.ids[1]
    key = next(iter(call.arguments))
    return _planted(run, LOOK, call._replace(result={key: other(what, chance), "status": "open", "amount": 12.5}))


def _drop(_: Run, arguments: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    dropped = chance.choice(list(arguments)[:2])
    return {key: value for key, value in arguments.items() if key != dropped}


def _forbidden(run: Run, arguments: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return arguments | {run.trade.choice[0]: chance.choice(("other", "n/a", "asap", run.trade.choice[1][0] + "s"))}


def _typed(_: Run, arguments: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    wrong = chance.choice(({"notify": "yes"}, {"tags": "vip"}, {"amount": "much"}, {"tags": [{"name": "vip"}]}))
    return arguments | wrong


def _bounds(_: Run, arguments: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return arguments | chance.choice(({"amount": -5}, {"tags": list("abcdefg")}))


def _undeclared(_: Run, arguments: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return arguments | {chance.choice(("force", "dry_run", "override_limit")): True}


def _ending(words: Callable[[Run], str], **changed: Any) -> Any:
    """The run ends after the look-up with these words; `changed`: what the look-up answers instead."""

    def plant(chance: random.Random) -> Faulty:
        run = served(chance)
        if changed:
            run.events[LOOK] = call_at(run, LOOK)._replace(**changed)
        del run.events[LOOK + 1 :]
        run.events.append(("say", words(run)))
        return from_position(run, LOOK + 1)

    return plant


def _contradicted(chance: random.Random) -> Faulty:
    """Another status than the record was shown with."""
    run = served(chance)
    run.events[LOOK] = call_at(run, LOOK)._replace(result={"id": run.ids[1], "status": "open", "amount": 12.5})
    return _planted(run, LOOK + 1, ("say", f"I see that {run.ids[1]} is closed. Shall I go on?"))


def _told_done(chance: random.Random) -> Faulty:
    run = served(chance)
    done = f"I have successfully {_participle(run.trade.change)} it."
    run.events[_CHANGE] = call_at(run, _CHANGE)._replace(result="Error: the record is locked")
    return _planted(run, _TELL, ("say", done))


def _never_done(chance: random.Random) -> Faulty:
    run = served(chance)
    run.events[_CHANGE] = ("say", "One moment.")
    return _planted(run, _TELL, ("say", f"I have {_participle(run.trade.change)} it for you."))


def _participle(verb: str) -> str:
    known = {"cancel": "cancelled", "submit": "submitted", "withdraw": "withdrawn"}
    return known.get(verb, verb + ("d" if verb.endswith("e") else "ed"))


def _older(chance: random.Random) -> Faulty:
    """The record is looked at again, changed, and acted on as it was."""
    run = served(chance)
    record = {"id": run.ids[1], "fee": float(run.amount) + 0.5}
    look = call_at(run, LOOK)
    run.events[LOOK] = look._replace(result=record)
    run.events.insert(_CHANGE, look._replace(result=record | {"fee": float(run.amount) + 17.25}))
    change = call_at(run, _CHANGE + 1)
    return _planted(run, _CHANGE + 1, change._replace(arguments=change.arguments | {"amount": record["fee"]}))


def _ruled_out(rule: Callable[[Run], str]) -> Any:
    """The user lays down a rule at the beginning, which the action breaks."""

    def plant(chance: random.Random) -> Faulty:
        run = served(chance)
        run.events.insert(1, ("user", rule(run)))
        return _planted(run, _CHANGE + 1, run.events[_CHANGE + 1])

    return plant


def _tool(run: Run) -> str:
    return f"{run.trade.change}_{run.trade.record}"


FAULTS: dict[str, tuple[str, Callable[[random.Random], Faulty]]] = {
    "an id of the record's shape": ("ENTITY_HALLUCINATION", _arguments(LOOK, _other_id)),
    "an id in the action": ("ENTITY_HALLUCINATION", _arguments(_CHANGE, _other_id)),
    "an id of another shape": ("ENTITY_HALLUCINATION", _arguments(_CHANGE, _other_kind_of_id)),
    "an amount": ("ENTITY_HALLUCINATION", _arguments(_CHANGE, _amount)),
    "a date": ("ENTITY_HALLUCINATION", _arguments(_CHANGE, lambda _, a, chance: a | {"effective_date": _day(chance)})),
    "an address": ("ENTITY_HALLUCINATION", _extra("notify", lambda _, chance: {"email": _mail(chance)})),
    "a link": ("ENTITY_HALLUCINATION", _extra("fetch_page", lambda _, chance: {"url": _link(chance)})),
    "a path": (
        "ENTITY_HALLUCINATION",
        _extra("read_file", lambda _, chance: {"path": _path(chance)}, "Error: no such file"),
    ),
    "an id told": (
        "ENTITY_HALLUCINATION",
        _said(lambda run, c: f"Done. Your confirmation number is {other('CNF-482913', c)}."),
    ),
    "an amount told": (
        "ENTITY_HALLUCINATION",
        _said(lambda _, c: f"You get ${c.randrange(10**4, 10**6) / 100 + 0.37:.2f} back."),
    ),
    "a date told": ("ENTITY_HALLUCINATION", _said(lambda _, c: f"Done. It takes effect on {_day(c)}.")),
    "an address told": ("ENTITY_HALLUCINATION", _said(lambda _, c: f"Done. The note went to {_mail(c)}.")),
    "a link told": ("ENTITY_HALLUCINATION", _said(lambda _, c: f"Done. See {_link(c)} for the receipt.")),
    "a path told": ("ENTITY_HALLUCINATION", _said(lambda _, c: f"Done. The receipt is saved as {_path(c)}.")),
    "another owner": ("ENTITY_MISMATCH", _owner),
    "another record": ("ENTITY_MISMATCH", _other_record),
    "a required argument missing": ("TOOL_ARG_MISMATCH", _arguments(_CHANGE, _drop)),
    "a value not allowed": ("TOOL_ARG_MISMATCH", _arguments(_CHANGE, _forbidden)),
    "a wrong type": ("TOOL_ARG_MISMATCH", _arguments(_CHANGE, _typed)),
    "out of bounds": ("TOOL_ARG_MISMATCH", _arguments(_CHANGE, _bounds)),
    "an argument not declared": ("TOOL_ARG_MISMATCH", _arguments(_CHANGE, _undeclared)),
    **{f"a cycle of {width}": ("LOOP_DETECTED", loop(width)) for width in (1, 2, 3, 5, 7)},
    "a loop past a clock": ("LOOP_DETECTED", loop(2, clock=True)),
    **{f"{agents} agents in a circle": ("LOOP_DETECTED", ping_pong(agents)) for agents in (2, 3, 4)},
    "2 agents in other words": ("LOOP_DETECTED", ping_pong(2, varied=True)),
    "an error told as done": ("ERROR_IGNORED", _told_done),
    "a barren look-up told as found": (
        "ERROR_IGNORED",
        _ending(lambda run: f"I have found your {run.trade.record.replace('_', ' ')}, all is in order.", result=[]),
    ),
    "an act that was never called": ("CLAIM_UNSUPPORTED", _never_done),
    "a status that was shown otherwise": ("CLAIM_UNSUPPORTED", _contradicted),
    "the older value": ("STALE_CONTEXT", _older),
    "a step announced at the end": (
        "PREMATURE_TERMINATION",
        _ending(lambda run: f"I found it. I will now {run.trade.change} it for you."),
    ),
    "a tool ruled out": ("CONSTRAINT_BROKEN", _ruled_out(lambda run: f"Please never call {_tool(run)} for me.")),
    "one call before another": (
        "CONSTRAINT_BROKEN",
        _ruled_out(lambda run: f"You must always call verify_identity before {_tool(run)}."),
    ),
}
