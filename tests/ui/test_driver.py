from __future__ import annotations

import signal
import threading

import pytest

from tracetui.ui.driver import Driver


@pytest.mark.parametrize("stopped_in_order", [True, False], ids=["ctrl+z", "SIGSTOP"])
def test_the_terminal_is_left_before_it_is_entered_again(stopped_in_order: bool) -> None:
    """Entered twice it would be restored to how the app had it, and two threads would share the keys."""
    driver, done, ended = Driver.__new__(Driver), list[str](), threading.Event()
    reader = threading.Thread(target=ended.wait)
    reader.start()
    if stopped_in_order:
        ended.set()
        reader.join()
    driver._auto_restart, driver._must_signal_resume, driver._key_thread = True, False, reader
    driver.suspend_application_mode = lambda: done.append("left")  # type: ignore[method-assign]
    driver.resume_application_mode = lambda: done.append("entered")  # type: ignore[method-assign]
    driver._sigcont_application(signal.SIGCONT, None)
    ended.set()
    reader.join()
    assert done == (["entered"] if stopped_in_order else ["left", "entered"])
    assert driver._must_signal_resume is not stopped_in_order
