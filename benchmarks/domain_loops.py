"""Loops planted into the runs of `domains`: cycles of calls, and agents that hand one matter to each other."""

from __future__ import annotations

import random
from typing import Any

from domains import Call, Run, served, session_of

from tracetui.model import Session

Faulty = tuple[Session, set[int]]
"""The session and the indices of the steps at which the flag belongs."""


def loop(width: int, times: int = 4, *, clock: bool = False) -> Any:
    """`width` calls in turn, `times` over, at the end. `clock`: their answers tell the time of day."""

    def plant(chance: random.Random) -> Faulty:
        run = served(chance)
        start = len(run.events)
        calls = [
            Call(f"{verb}_{run.trade.record}", {"filter": verb, "target": run.ids[1]}, "nothing new")
            for verb in _LOOPING
        ]
        for turn in range(times):
            for at in range(width):
                time = {"answer": "nothing new", "at": f"2025-06-01T10:{turn:02}:{at * 7:02}Z"}
                run.events.append(calls[at]._replace(result=time) if clock else calls[at])
        return from_position(run, start)

    return plant


_LOOPING = ("search", "list", "fetch", "read", "inspect", "find", "query")


def ping_pong(agents: int, *, varied: bool = False) -> Any:
    """Agents hand one matter to each other, in the same words or nearly so."""

    def plant(chance: random.Random) -> Faulty:
        run = served(chance)
        start = len(run.events)
        lines = [
            f"Agent {a + 1}: this belongs to the team next to mine, I hand {run.ids[1]} over to them now."
            for a in range(agents)
        ]
        for turn in range(5):
            for at in range(agents):
                tail = (
                    ("", " Thank you.", " Please take care of it.", " As said.", " Kind regards.")[turn]
                    if varied
                    else ""
                )
                run.events.append(("say", lines[at] + tail))
        return from_position(run, start, tuple(f"agent{a}" for a in range(agents)))

    return plant


def from_position(run: Run, start: int, agents: tuple[str, ...] = ()) -> Faulty:
    """All from position `start` on, each said by the agent whose turn it is."""
    shift = start % len(agents) if agents else 0
    session = session_of(run, agents[-shift:] + agents[:-shift] if shift else agents)
    return session, {s.index for s in session.steps if int(s.source.pointer.rpartition("/")[2]) >= start}
