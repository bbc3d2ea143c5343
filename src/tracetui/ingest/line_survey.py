"""The columns of all lines of a large file, as they come in from child processes; and which lines stand out.

Nothing is decoded here: the keys of whoever shows the lines are not held up.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from tracetui.ingest.line_columns import Block
from tracetui.ingest.line_overview import ERROR, FIRST_FLAG, STRETCH_LINES, UNREAD, Overview, flag_bit, kinds_of
from tracetui.ingest.line_standouts import Standouts
from tracetui.ingest.session_names import SessionNames

_STEP_LINES = 1000


class Survey:
    """What is known of the first `len(survey)` lines. `take` and the columns belong to one thread: the owner's."""

    def __init__(self, *, carries_on: bool = False) -> None:
        """`carries_on`: a line that names no session belongs to that of the line before."""
        self._carries_on = carries_on
        self.kinds, self.marks = array("B"), array("I")
        self.sessions = array("I")
        self.names = SessionNames()
        self.flags: dict[str, int] = {}
        self.further = array("I")
        """In pairs, a line and a session that it belongs to beside the one in `sessions`."""
        self._standouts = Standouts()
        self.marked = array("Q")
        """The lines that failed, hold no step, have a recorded flag or stand out, ascending."""
        self.errors = self.unread = self.flagged = 0
        self.stretches: dict[int, int] = {}
        """As in `Overview`."""

    def __len__(self) -> int:
        return len(self.kinds)

    def stand(self, overview: Overview, names: SessionNames, columns: Mapping[str, array[int]]) -> None:
        """As it stood when it was kept; the columns by name."""
        for name, column in columns.items():
            setattr(self, name, column)
        _, self.errors, self.unread, self.flagged, *_ = overview
        self.names = names
        self.flags = {kind: number for number, kind in enumerate(overview.flags)}
        self.stretches = dict(overview.stretches)

    def take(self, block: Block) -> None:
        """The lines after those that are known."""
        for _ in self.taking(block):
            pass

    def taking(self, block: Block) -> Iterator[None]:
        """The same in steps of a millisecond, for a thread that has keys to answer. The lines are known after the last one."""
        first = len(self.kinds)
        names = self.names.numbers(block.names)
        sessions = block.sessions
        if names != list(range(len(names))):
            sessions = array("I", map(names.__getitem__, sessions))
        if self._carries_on and first:
            sessions = _carried_on(sessions, self.sessions[-1])
        marks = array("I", map(self._renumbered(block.flags), block.marks)) if block.flags else block.marks
        for start in range(0, len(marks), _STEP_LINES):
            yield
            for at, kind in self._standouts.among(block, sessions, range(start, min(start + _STEP_LINES, len(marks)))):
                marks[at] |= flag_bit(self.flags.setdefault(kind, len(self.flags)))
        yield
        for line, name in zip(block.further[::2], block.further[1::2], strict=True):
            self.further.extend((first + line, names[name]))
        self.kinds.extend(block.kinds)
        self.sessions.extend(sessions)
        self.marks.extend(marks)
        for at, mark in enumerate(marks, first):
            if mark:
                self._mark(at, mark)

    @property
    def overview(self) -> Overview:
        """As it is now: it may be kept in a thread while more lines come."""
        counts = len(self), self.errors, self.unread, self.flagged, len(self.names) - 1
        return Overview(*counts, list(self.flags), dict(self.stretches))

    def next_marked(self, line: int, direction: int) -> int | None:
        """The next marked line after `line`, or before it for a negative direction."""
        at = bisect_right(self.marked, line) if direction > 0 else bisect_left(self.marked, line) - 1
        return self.marked[at] if 0 <= at < len(self.marked) else None

    def kinds_of(self, mark: int) -> list[str]:
        """The kinds of flags in a mark: the recorded ones, and those of `line_standouts`."""
        return kinds_of(mark, self.flags)

    def lines_of_session(self, line: int, most: int) -> array[int] | None:
        """The lines of the session that `line` belongs to, ascending, in what is known; up to `most` on either side of
        it. None where nothing says which session that is."""
        session = self.sessions[line] if line < len(self) else 0
        if not session:
            return None
        found = {at for at, name in self._pairs() if name == session}
        below = _places(self.sessions, session, line, most)
        above = _places(self.sessions[:line][::-1], session, 0, most)
        found.update(below, (line - 1 - at for at in above))
        return array("Q", sorted(found))

    def lines_named(self, name: str) -> array[int] | None:
        """All lines of the session, or of the conversation, that is called so; None where no line names it."""
        session = self.names.get(name)
        if not session:
            return None
        with suppress(ValueError):
            return self.lines_of_session(self.sessions.index(session), len(self))
        found = self.lines_of_conversation(name, len(self))
        return found[0] if found is not None else None

    def lines_of_conversation(self, name: str, most: int) -> tuple[array[int], bool] | None:
        """The lines of all sessions in which a line names this conversation, up to so many of each, and whether these are
        all there are: not where such a line holds other sessions too. None where no line names it."""
        conversation = self.names.get(name)
        told = {line for line, other in self._pairs() if other == conversation}
        if not told:
            return None
        sessions = {self.sessions[line] for line in told}
        found = told.union(*(_places(self.sessions, session, 0, most) for session in sessions if session))
        found.update(line for line, other in self._pairs() if other in sessions)
        alone = not any(other != conversation for line, other in self._pairs() if line in told)
        return array("Q", sorted(found)), alone and len(found) < most

    def _pairs(self) -> Iterator[tuple[int, int]]:
        return zip(self.further[::2], self.further[1::2], strict=True)

    def _mark(self, line: int, mark: int) -> None:
        self.marked.append(line)
        self.errors += mark & ERROR
        self.unread += mark & UNREAD and 1
        self.flagged += mark >= 1 << FIRST_FLAG
        stretch = line // STRETCH_LINES
        self.stretches[stretch] = self.stretches.get(stretch, 0) | mark

    def _renumbered(self, flags: list[str]) -> Callable[[int], int]:
        """Marks whose flags are numbered as in a block, with the numbers that those kinds have here."""
        bits = [flag_bit(self.flags.setdefault(kind, len(self.flags))) for kind in flags]
        known: dict[int, int] = {}

        def renumber(mark: int) -> int:
            if mark not in known:
                found = mark & (ERROR | UNREAD)
                for number, bit in enumerate(bits):
                    found |= bit if mark & flag_bit(number) else 0
                known[mark] = found
            return known[mark]

        return renumber


def _carried_on(sessions: array[int], before: int) -> array[int]:
    """The first lines, until one names a session, belong to the one before."""
    named = next((at for at, session in enumerate(sessions) if session), len(sessions))
    return array("I", [before]) * named + sessions[named:]


def _places(sessions: array[int], session: int, start: int, most: int) -> Iterator[int]:
    """Up to `most` places of a session from `start` on."""
    at = start - 1
    with suppress(ValueError):
        for _ in range(most):
            at = sessions.index(session, at + 1)
            yield at
