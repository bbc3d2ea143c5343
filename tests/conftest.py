"""How all tests run: property tests without a clock, and the same examples each time, so that a slow or busy machine
changes no result. TRACETUI_EXPLORE=1 looks for new examples, also among the constants of the program."""

from __future__ import annotations

import gc
import os

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

EXPLORES = bool(os.environ.get("TRACETUI_EXPLORE"))

settings.register_profile(
    "tracetui",
    deadline=None,
    derandomize=not EXPLORES,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tracetui")
if not EXPLORES:
    # The constants of whatever modules are loaded by then: other ones in each order of the tests.
    providers._get_local_constants = lambda: providers._local_constants

# The programs that tests start share what was compiled for the first of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Until all tests are collected nothing made is garbage, and from then on it stays: not looked at again and again.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
