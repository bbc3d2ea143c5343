"""The whole prompt of a call in a session that is too long to be read: counted first, each message read when it is looked at.

A call's messages stand on its line. Which line put them into the window tell the lines since the call before: those few are read
by the reader of the format, as it reads the whole file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.added_messages import AddedMessages
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_overview import UNREAD
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.records import Records
from tracetui.ingest.registry import DAMAGED, FORMATS
from tracetui.ingest.report import Ledger
from tracetui.model import Message, Session, ToolDefinition
from tracetui.parts import text_of
from tracetui.tokens import TokenScale
from tracetui.windows import PHASE_INPUT, Windows

_MOST_LINES, _MOST_BYTES = 2_000, 16 << 20
"""Between two calls; of more, what put their messages into the window is not looked for."""
_KEPT_CALLS = 256


class PlacedMessage(NamedTuple):
    """A message where it stands in a prompt."""

    message: Message
    line: int | None
    """The line of the step that put it there, 0-based; None where that is not told."""
    is_new: bool
    """Whether it came with this call."""


class PromptByPlace:
    """The prompt of one call, by the position of its messages: `len(prompt)`, `prompt[position]`. Threads may share it."""

    def __init__(self, file: LineFile, survey: Survey, added: AddedMessages, call: int) -> None:
        """`survey`: of all lines; `call`: position among the calls of `added`."""
        self._file, self._survey, self._added, self._call = file, survey, added, call
        self._session = survey.names.get(added.session)
        self._read: dict[int, list[tuple[Message, int | None]]] = {}

    def __len__(self) -> int:
        return self._added.messages[self._call + 1]

    def __getitem__(self, position: int) -> PlacedMessage:
        """Raises IndexError; UnreadableSourceError where the file is not what it was."""
        if not 0 <= position < len(self):
            raise IndexError(position)
        call = bisect_right(self._added.messages, position) - 1
        message, line = self._added_by(call)[position - self._added.messages[call]]
        return PlacedMessage(message, line, position >= self.kept)

    def beside(self, direction: int) -> PromptByPlace | None:
        """The prompt of the next call, or of the one before for a negative direction; None where there is none to be told."""
        call = self._call + direction
        if not 0 <= call < len(self._added.lines):
            return None
        return PromptByPlace(self._file, self._survey, self._added, call)

    @property
    def line(self) -> int:
        """Where the call stands, 0-based."""
        return self._added.lines[self._call]

    @property
    def kept(self) -> int:
        """How many of the messages the call before was sent too."""
        return self._added.messages[self._call] if self._call else 0

    @property
    def line_before(self) -> int | None:
        """Where the call before stands, 0-based."""
        return self._added.lines[self._call - 1] if self._call else None

    @property
    def recorded_tokens(self) -> int | None:
        """Input tokens recorded at the call."""
        return self._added.tokens[self._call] or None

    @property
    def estimated_tokens(self) -> int:
        return self.scale.tokens(self._added.characters_at(self._call))

    @property
    def scale(self) -> TokenScale:
        return self._added.scale

    @cached_property
    def unread(self) -> int:
        """Lines of the file, among those of the session, that cannot be read: of any session, since they do not say."""
        first, marked = self._added.first_line, self._survey.marked
        between = marked[bisect_right(marked, first) : bisect_right(marked, self.line)]
        return sum(self._survey.marks[line] & UNREAD > 0 for line in between)

    @cached_property
    def tools(self) -> tuple[ToolDefinition, ...]:
        """The definitions in force. Raises UnreadableSourceError."""
        by = self._added.tools_from[self._call]
        if by < 0:
            return ()
        return next(iter(self._session_of([self._added.lines[by]]).tools.values()), ())

    def find(self, text: str, position: int, cancelled: Callable[[], bool] = lambda: False) -> int | None:
        """The first message from `position` on whose text holds `text`, without regard to case. May run in a thread.

        Lines are passed over by their bytes: text that JSON writes in another way than usual is not found.
        Raises UnreadableSourceError.
        """
        wanted, added = text.casefold(), self._added
        while wanted and position < len(self) and not cancelled():
            call = bisect_right(added.messages, position) - 1
            line = self._file.find(text, added.lines[call], cancelled)
            if line is None or line > self.line:
                return None
            here = added.call_at(line)
            if here is not None:
                first = added.messages[here]
                for at, (message, _) in enumerate(self._added_by(here), first):
                    if at >= position and any(wanted in text_of(part).casefold() for part in message.parts):
                        return at
            # On to the first message that stands behind this line.
            after = bisect_right(added.lines, line)
            if after > self._call:
                return None
            position = added.messages[after]
        return None

    def _added_by(self, call: int) -> list[tuple[Message, int | None]]:
        """The messages that a call added, and the line that each came from."""
        known = self._read.get(call)
        if known is None:
            if len(self._read) >= _KEPT_CALLS:
                self._read.clear()
            known = self._read[call] = self._read_added(call)
        return known

    def _read_added(self, call: int) -> list[tuple[Message, int | None]]:
        count = self._added.messages[call + 1] - self._added.messages[call]
        lines = self._lines_up_to(call)
        alone = len(lines) > _MOST_LINES or sum(self._file.place(line)[1] for line in lines) > _MOST_BYTES
        session = self._session_of(lines[-1:] if alone else lines)
        at = next((step.index for step in reversed(session.steps) if step.kind == "llm_call"), -1)
        window = Windows(session).at("main", at, PHASE_INPUT)
        if window.length < count:
            raise UnreadableSourceError(f"{self._file.path}: line {lines[-1] + 1:,} is not what it was")
        came = ((entry.message, entry.from_step) for entry in window.entries[window.length - count :])
        return [(message, None if alone or step is None else _line(session, step)) for message, step in came]

    def _lines_up_to(self, call: int) -> list[int]:
        """Those of the session from the call before on, ascending."""
        first, last = self._added.lines[call - 1] if call else self._added.first_line, self._added.lines[call]
        sessions = enumerate(self._survey.sessions[first : last + 1], first)
        return [line for line, session in sessions if session == self._session]

    def _session_of(self, lines: Sequence[int]) -> Session:
        records = Records(self._file.gathered(lines))
        try:
            found = FORMATS[self._file.format].read(records, Ledger())
        except DAMAGED:
            found = []
        session = next((session for session in found if session.session_id == self._added.session), None)
        if session is None:
            raise UnreadableSourceError(f"{self._file.path}: line {lines[-1] + 1:,} is not what it was")
        return session


def _line(session: Session, step: int) -> int | None:
    line = session.steps[step].source.line
    return None if line is None else line - 1
