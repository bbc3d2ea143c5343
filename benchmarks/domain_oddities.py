"""Runs of `domains` in which all is well although something looks odd."""

from __future__ import annotations

import random
from collections.abc import Callable

from domain_faults import LOOK, call_at, other
from domains import Call, Script, owned, served, session_of

from tracetui.model import Session


def _two_people(chance: random.Random) -> Session:
    """The user asks for two people's records, one after the other."""
    run = served(chance)
    script = Script(chance)
    who, what = other(run.ids[0], chance), other(run.ids[1], chance)
    look, person = call_at(run, LOOK), call_at(run, 1)
    run.events += [
        ("user", f"And the {run.trade.record} {what} of my colleague ({who}), please."),
        look._replace(arguments={next(iter(look.arguments)): what}, result=owned(script, run.trade, who, what, {})),
        person._replace(arguments={next(iter(person.arguments)): who}, result=[{"id": who, "name": "Ines Roth"}]),
        ("say", f"{what} belongs to Ines Roth."),
    ]
    return session_of(run)


def _computed(chance: random.Random) -> Session:
    """Sums, differences and dates that follow from what was seen."""
    run = served(chance)
    fee = 10 * chance.randrange(1, 9) + 0.25
    run.events += [
        ("user", f"There was a fee of {fee:.2f} USD too. What is it together, and what without it?"),
        ("say", f"Together ${float(run.amount) + fee:,.2f}; without it ${abs(float(run.amount) - fee):,.2f}."),
    ]
    return session_of(run)


def _polling(chance: random.Random) -> Session:
    """A state is asked for until it changes."""
    run = served(chance)
    call = Call("get_job_status", {"job_id": run.ids[1]}, None)
    run.events += [call._replace(result={"state": "running", "percent": done}) for done in (10, 30, 60, 90, 100)]
    return session_of(run)


def _paging(chance: random.Random) -> Session:
    run = served(chance)
    noun = run.trade.record
    for page in range(1, 7):
        listed = [
            {"id": other(run.ids[1], chance), f"{run.trade.subject}_id": other(run.ids[0], chance)} for _ in range(5)
        ]
        run.events.append(Call(f"list_{noun}s", {"page": page}, {"items": listed, "page": page}))
    return session_of(run)


def _created(chance: random.Random) -> Session:
    """New values where the call is there to make them."""
    run = served(chance)
    run.events.append(
        Call(f"create_{run.trade.record}", {"name": "Draft", "id": "draft-20931", "title": "Q3 2031 plan"}, "ok")
    )
    run.events.append(("say", "I made a draft for you."))
    return session_of(run)


def _family(chance: random.Random) -> Session:
    """A record with several people on it, who are not those who are served."""
    run = served(chance)
    subject = run.trade.subject
    people = [{f"{subject}_id": other(run.ids[0], chance), "name": f"Guest {n}"} for n in ("one", "two", "three")]
    run.events.append(Call(f"get_{run.trade.record}_party", {"id": run.ids[1]}, {"id": run.ids[1], "party": people}))
    return session_of(run)


def _edits_and_tests(chance: random.Random) -> Session:
    """Tests that go on failing while the program is being changed."""
    run = served(chance)
    for turn in range(5):
        run.events.append(Call("edit_file", {"path": "pricing.py", "text": f"rate = {turn} / 7  # try {turn}"}, "ok"))
        run.events.append(Call("run_tests", {"target": "all"}, f"1 failed, {12 + turn} passed in 0.{turn}2s"))
    return session_of(run)


def _retries(chance: random.Random) -> Session:
    """A call that succeeds in the end."""
    run = served(chance)
    call = Call(f"sync_{run.trade.record}", {"id": run.ids[1]}, "Error: busy, try again")
    run.events += [call, call, call, call, call._replace(result={"synced": run.ids[1]})]
    return session_of(run)


INNOCENT: dict[str, Callable[[random.Random], Session]] = {
    "served": lambda chance: session_of(served(chance)),
    "two people": _two_people,
    "computed": _computed,
    "polling": _polling,
    "paging": _paging,
    "created": _created,
    "a family": _family,
    "edits and tests": _edits_and_tests,
    "retries": _retries,
}
