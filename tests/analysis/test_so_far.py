"""How far an analysis is, told while it runs."""

from __future__ import annotations

import pytest

from tests.analysis.runs import order_run
from tracetui.analysis.findings import SoFar
from tracetui.analysis.triage import triage


def test_whoever_watches_is_told_ever_more_and_last_what_the_rules_found() -> None:
    told: list[SoFar] = []
    found = triage(order_run("cust_1", ["ord_7"], "ord_555"), watch=told.append)
    shares = [so_far.share for so_far in told]
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] < 1
    assert not told[0].found
    assert told[-1] == SoFar.of(shares[-1], found.flags)
    assert sum(each.count for each in told[-1].found) == len(found.flags) > 0
    assert all(each.first == min(f.step for f in found.flags if f.kind == each.kind) for each in told[-1].found)
    assert any(so_far.found and so_far.share < shares[-1] for so_far in told)


def test_watching_changes_nothing_and_ends_the_analysis_where_it_raises() -> None:
    session = order_run("cust_1", ["ord_7"], "ord_555")
    assert triage(session, watch=lambda _: None) == triage(session)

    def enough(so_far: SoFar) -> None:
        if so_far.found:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        triage(session, watch=enough)
