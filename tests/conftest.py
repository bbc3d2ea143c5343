"""How all tests run: property tests without a clock, and the same examples each time, so that a slow or busy machine
changes no result. TRACETUI_EXPLORE=1 looks for new examples."""

from __future__ import annotations

import gc
import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "tracetui",
    deadline=None,
    derandomize=not os.environ.get("TRACETUI_EXPLORE"),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tracetui")

# The programs that tests start share what was compiled for the first of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Until all tests are collected nothing made is garbage, and from then on it stays: not looked at again and again.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
