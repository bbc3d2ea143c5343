"""The figures of all incidents in words, for the command line and the library alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple

from tracetui.postmortem.vocabulary import CATEGORY, FAILURE_MODE, ROOT_CAUSE, SEVERITY, TAXONOMY
from tracetui.store.stats import Pattern, Stats, TimeToDetect

_SHOWN = (
    ("failure_mode", "failure mode", FAILURE_MODE),
    ("taxonomy", "where it failed", TAXONOMY),
    ("severity", "severity", SEVERITY),
    ("category", "category", CATEGORY),
    ("root_cause", "root cause", ROOT_CAUSE),
)
_NOT_SAID = "not said"


class Distribution(NamedTuple):
    title: str
    counts: tuple[tuple[str, int], ...]
    """(what people see, how many incidents), the most frequent first."""


def distributions(found: Stats) -> Iterator[Distribution]:
    for name, title, vocabulary in _SHOWN:
        counts = ((vocabulary.title(code) or _NOT_SAID, count) for code, count in found.counts[name].items())
        yield Distribution(title, tuple(counts))


def modes_in_words(modes: Mapping[str, int]) -> str:
    """The failure modes of one month."""
    return ", ".join(f"{count} {FAILURE_MODE.title(mode) or _NOT_SAID}" for mode, count in modes.items())


def pattern_in_words(pattern: Pattern) -> str:
    return f"{CATEGORY.title(pattern.category)}, {SEVERITY.title(pattern.severity)}: {pattern.count} times"


def detection_in_words(times: TimeToDetect) -> str:
    if times.median_s is None or times.longest_s is None:
        return "no incident holds both the time it happened and the time it was detected"
    median, longest = timedelta(seconds=round(times.median_s)), timedelta(seconds=round(times.longest_s))
    return f"median {median}, longest {longest}, of {times.known}; not known of {times.unknown}"
