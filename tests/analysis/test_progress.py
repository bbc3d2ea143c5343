"""How far a run had got at a step."""

from __future__ import annotations

from tests.analysis.runs import Event, call, run, say, user
from tracetui.analysis.align import align
from tracetui.analysis.conduct import Run
from tracetui.analysis.progress import Progress, next_calls, passed_actions, passed_consent, same_lookups
from tracetui.analysis.sketch import sketches

LOOK = call("get_order", {"id": "ord_1"}, order_id="ord_1")
CANCEL = call("cancel_order", {"ok": True}, order_id="ord_1")
YES = user("yes, please")


def conduct(*events: Event) -> Run:
    session = run(*events)
    return Run(session, sketches(session))


def test_actions_lookups_and_messages_are_counted_before_each_step() -> None:
    progress = Progress(conduct(user("cancel ord_1"), LOOK, CANCEL, say("done")))
    assert (progress.done[-1], progress.looked[-1], progress.turns[-1]) == (1, 1, 1)
    assert (progress.done[0], progress.looked[0], progress.turns[0]) == (0, 0, 0)
    assert progress.action_after(0) == 4
    assert progress.action_after(1) is None


def test_a_step_behind_an_action_has_passed_it() -> None:
    before, after = Progress(conduct(LOOK, CANCEL)), Progress(conduct(CANCEL, LOOK))
    assert passed_actions(after, before, 3, 1) == 1
    assert passed_actions(before, after, 1, 3) == -1
    assert same_lookups(after, before, 3, 1)


def test_consent_is_passed_only_where_somebody_spoke_between_in_both_runs() -> None:
    asked_first = conduct(LOOK, YES, CANCEL, say("done"))
    acted_first = conduct(CANCEL, YES, LOOK, say("done"))
    unasked = conduct(CANCEL, LOOK, say("done"))
    assert passed_consent(Progress(acted_first), Progress(asked_first), 4, 1)
    assert not passed_consent(Progress(unasked), Progress(asked_first), 3, 1)
    assert not passed_consent(Progress(asked_first), Progress(asked_first), 1, 1)


def test_what_the_bad_run_lacks_belongs_to_its_next_call() -> None:
    bad, good = conduct(LOOK, say("done")), conduct(LOOK, CANCEL, say("done"))
    pairs = align(bad.sketches, good.sketches)
    missing = next(at for at, pair in enumerate(pairs) if pair.bad is None)
    assert next_calls(bad, pairs)[missing] == 2
