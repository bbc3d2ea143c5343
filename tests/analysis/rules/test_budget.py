"""A call far over what the session's calls take."""

from __future__ import annotations

from collections.abc import Sequence

from tests.analysis.rules.flagging import flags, steps
from tracetui.analysis.rules.budget import over_baseline
from tracetui.ingest.build import SessionBuilder
from tracetui.model import Message, Session, SourceRef, TextPart, Usage


def session(tokens: Sequence[int] = (), *, seconds: Sequence[float] = (), origin: str = "recorded") -> Session:
    builder = SessionBuilder("s")
    for number in range(max(len(tokens), len(seconds))):
        place = SourceRef("t.json", number, 1, None, f"/{number}")
        usage = Usage(input_tokens=tokens[number], output_tokens=0, origin=origin) if tokens else None  # type: ignore[arg-type]
        duration = int(seconds[number] * 1e9) if seconds else None
        message = Message("assistant", (TextPart(f"Part {number}."),))
        builder.llm_call(message, place, model="m", usage=usage, duration_ns=duration)
    return builder.build()


def test_five_times_the_median_is_flagged_once_at_the_worst() -> None:
    found = flags("budget", session([5_000] * 9 + [60_000, 90_000]))
    assert [(flag.step, flag.message) for flag in found] == [
        (10, "tokens 18.0 times the usual (90,000 tokens, the median call 5,000 tokens); 1 more")
    ]


def test_time_counts_too() -> None:
    assert steps("budget", session(seconds=[4.0] * 8 + [120.0])) == [9]


def test_a_window_that_grows_is_not_flagged() -> None:
    assert steps("budget", session([2_000 * n for n in range(1, 30)])) == []


def test_trifles_few_calls_and_estimates_are_not_flagged() -> None:
    assert steps("budget", session([100] * 9 + [900])) == []
    assert steps("budget", session([5_000] * 4 + [90_000])) == []
    assert steps("budget", session([5_000] * 9 + [90_000], origin="estimated")) == []
    assert steps("budget", session(seconds=[0.5] * 9 + [20.0])) == []


def test_a_session_over_five_times_its_good_runs_is_flagged_where_it_passes_the_line() -> None:
    (flag,) = over_baseline(session([5_000] * 12), [session([2_000] * 5), session([1_000] * 10)])
    assert flag.step == 10
    assert (
        flag.message == "tokens 6.0 times that of the good runs (60,000 tokens, a good run 10,000 tokens); passed here"
    )


def test_a_session_within_five_times_its_good_runs_is_not() -> None:
    assert list(over_baseline(session([5_000] * 10), [session([1_000] * 10)])) == []
    assert list(over_baseline(session([5_000] * 10), [session([])])) == []
