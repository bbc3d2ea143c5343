from __future__ import annotations

import gc

import pytest

from tracetui.collector import collector_paused


@collector_paused()
def failing_work() -> None:
    assert not gc.isenabled()
    raise ValueError("broken")


def test_the_collector_is_off_during_the_work_and_on_again_after_it_failed() -> None:
    with pytest.raises(ValueError, match="broken"):
        failing_work()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    with collector_paused():
        with collector_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
