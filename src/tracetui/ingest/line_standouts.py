"""Lines that stand out in their session, told from the columns alone as these come in: a glance over files of any size.

The kinds are written in small letters: they are no flags of the triage, which reads the texts and knows what is innocent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracetui.ingest.line_columns import STEP_KINDS, Block

LOOP, DEAR = "loop_detected", "budget"
SAYS = {
    LOOP: "the same call got the same answer for the fourth time",
    DEAR: "five times the tokens or time of any call right before it",
}
"""Why a line stands out, by kind."""
_LIMIT = 3
"""Calls with one answer that are still in order."""
_NEARBY = 10
"""Lines of the session between two such calls, at most."""
_FACTOR = 5
_TRIFLES = (20_000, 60_000)
"""Tokens and milliseconds more that are worth a look."""
_FIRST_CALLS = 8
"""Calls that make a norm."""
_CALLS = 64
"""So many calls and those since the last so many are the latest."""
_SESSIONS = 1024
"""So many sessions are watched at a time; the one that began first is given up."""
_REMEMBERED = 32
_LLM_CALL = STEP_KINDS.index("llm_call") + 1


class Standouts:
    """Watches the lines of a file, which come in order. Takes memory for the latest calls of each session alone."""

    def __init__(self) -> None:
        self._watched: dict[int, _Session] = {}

    def among(self, block: Block, sessions: Sequence[int], places: range) -> Iterator[tuple[int, str]]:
        """(place in the block, kind) of each line that stands out at these places, which follow those before. `sessions`: by
        line, one number a session in all blocks."""
        columns = (sessions, block.calls, block.kinds, block.tokens, block.milliseconds)
        rows = zip(*(column[places.start : places.stop] for column in columns), strict=False)
        session, latest = _Session(), None
        for at, (number, call, kind, tokens, milliseconds) in zip(places, rows, strict=False):
            if number != latest:
                session, latest = self._watched.get(number) or self._watch(number), number
            session.lines += 1
            if call:
                if session.repeats(call):
                    yield at, LOOP
            elif kind == _LLM_CALL and (session.tokens.is_passed(tokens) | session.time.is_passed(milliseconds)):
                yield at, DEAR

    def _watch(self, number: int) -> _Session:
        if len(self._watched) >= _SESSIONS:
            del self._watched[next(iter(self._watched))]
        return self._watched.setdefault(number, _Session())


class _Session:
    __slots__ = ("_calls", "lines", "time", "tokens")

    def __init__(self) -> None:
        self.lines = 0
        self.tokens, self.time = (_Norm(trifle) for trifle in _TRIFLES)
        self._calls: dict[int, tuple[int, int]] = {}
        """By call: its latest line, and how often it came with little between."""

    def repeats(self, call: int) -> bool:
        """Whether the call, made at the latest line, passes the limit there."""
        line = self.lines
        last, times = self._calls.get(call, (line, 0))
        times = times + 1 if line - last <= _NEARBY else 1
        self._calls[call] = (line, times)
        if len(self._calls) > _REMEMBERED:
            self._calls = {call: seen for call, seen in self._calls.items() if line - seen[0] <= _NEARBY}
        return times == _LIMIT + 1


class _Norm:
    """What a figure is at most among the latest calls: it may grow from call to call, as a context does."""

    __slots__ = ("_before", "_calls", "_most", "_trifle")

    def __init__(self, trifle: int) -> None:
        self._trifle = trifle
        self._calls = self._most = self._before = 0

    def is_passed(self, figure: int) -> bool:
        """Whether a figure is far over what the latest calls took at most; it is one of them from then on."""
        if not figure:
            return False
        most = self._most if self._most > self._before else self._before
        passed = figure > _FACTOR * most and figure > most + self._trifle and self._calls >= _FIRST_CALLS
        self._calls += 1
        if self._calls % _CALLS == 0:
            self._before, self._most = self._most, 0
        if figure > self._most:
            self._most = figure
        return passed
