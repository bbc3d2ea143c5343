"""How many messages each LLM call of one session adds to its prompt, and how long they are: of a session in a large file.

Of session traces, whose calls write down what they add: all that was added up to a call, one after the other, is its prompt. So
a prompt of a million messages is told by three numbers a call, and its messages are read where somebody looks at them
(`prompt_by_place`).

Run as a program it serves ranges of one file (`line_service`), the lines of these calls: `python -P -m
tracetui.ingest.added_messages HANDLE` answers with blocks (see `Block.packed`).
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate, compress, islice
from typing import IO, Any, NamedTuple

import msgspec

from tracetui.ingest.decode import decode
from tracetui.ingest.line_columns import STEP_KINDS
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_ranges import in_order
from tracetui.ingest.line_service import packed, serve_as_program, unpacked
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.messages import message_of, tool_definitions
from tracetui.ingest.range_child import RangeWork
from tracetui.ingest.session_rows import whole
from tracetui.media import payload
from tracetui.parts import characters_of, json_text
from tracetui.tokens import ROUGH, TokenScale, fit_scale, spread

FORMAT = "session-trace"
"""The one whose prompts can be told so."""
_BATCH = 256
"""Lines decoded before they are looked at: more would fall out of the processor's cache."""
_MOST = 1 << 62
_UNCHANGED = -1
_CODES = "IQqq"
_NOTHING = msgspec.Raw(b"")
_RESULTS = ("tool", "function")
_CALL = STEP_KINDS.index("llm_call") + 1
RECORDED = "holds a recorded prompt, from which the later ones go on"
NOT_SAID = "is a call that does not say which messages it added"
NOTHING_ADDED = "no call of the session says what it added"
NOT_IN_ORDER = "the calls of the session are not numbered in their order"


class _Message(msgspec.Struct, gc=False):
    role: Any = None
    content: Any = None
    parts: msgspec.Raw = _NOTHING
    reasoning: msgspec.Raw = _NOTHING
    reasoning_content: msgspec.Raw = _NOTHING
    refusal: msgspec.Raw = _NOTHING
    tool_calls: msgspec.Raw = _NOTHING
    function_call: msgspec.Raw = _NOTHING


class _Line(msgspec.Struct, gc=False):
    step: Any = None
    input_tokens: Any = None
    messages: list[_Message] | None = None
    prompt: msgspec.Raw = _NOTHING
    tools: msgspec.Raw = _NOTHING


class Block(NamedTuple):
    """Some calls of one session, one entry a call in each column."""

    counts: array[int]
    """Messages added."""
    characters: array[int]
    """Of their text, as `parts.characters_of` counts."""
    tokens: array[int]
    """Input tokens recorded; 0 where none are."""
    tools: array[int]
    """Characters of the tool definitions that come into force with the call; -1 where none do."""
    steps: tuple[int, int] | None
    """Numbers of the first and the last; None where there are none."""
    stop: str
    """Why from the call behind these on prompts cannot be told so; "" where these are all."""

    @property
    def columns(self) -> tuple[array[int], ...]:
        return self[:4]

    def packed(self) -> bytes:
        """See `line_service.packed`."""
        return packed(json.dumps([self.steps, self.stop]).encode(), self.columns)

    @classmethod
    def unpacked(cls, stream: IO[bytes]) -> Block:
        """Raises EOFError where the stream ends before the block does."""
        head, columns = unpacked(stream, _CODES)
        steps, stop = json.loads(head)
        return cls.of(columns)._replace(steps=steps and tuple(steps), stop=stop)

    @classmethod
    def of(cls, columns: list[array[int]]) -> Block:
        """`columns` in the order of the fields."""
        counts, characters, tokens, tools = columns
        return cls(counts, characters, tokens, tools, None, "")


def block_of(lines: Iterable[bytes]) -> Block:
    """These calls of one session, up to one that says something else than what it adds.

    Raises ValueError where a line is no call: the file is not what it was.
    """
    found = Block.of([array(code) for code in _CODES])
    add_count, add_characters, add_tokens, add_tools = (column.append for column in found.columns)
    first = last = None
    shown_tools = b""
    lines = iter(lines)
    # A line passes here a million times.
    while batch := list(islice(lines, _BATCH)):
        for line, row in zip(batch, _rows(batch), strict=True):
            messages, number = row.messages, row.step if type(row.step) is int else whole(row.step)
            if number is None or (last is not None and number <= last):
                return found._replace(stop=NOT_IN_ORDER)
            if row.prompt and row.prompt != b"null":
                return found._replace(steps=_pair(first, last), stop=RECORDED)
            if messages is None:
                return found._replace(steps=_pair(first, last), stop=NOT_SAID)
            first, last = number if first is None else first, number
            add_count(len(messages))
            add_characters(_characters(messages, line))
            add_tokens(0 if row.input_tokens is None else _tokens(row.input_tokens))
            if row.tools and row.tools != shown_tools:
                shown_tools = bytes(row.tools)
                add_tools(_of_tools(shown_tools))
            else:
                add_tools(_UNCHANGED)
    return found._replace(steps=_pair(first, last))


def _pair(first: int | None, last: int | None) -> tuple[int, int] | None:
    return None if first is None or last is None else (first, last)


def _rows(batch: list[bytes]) -> list[_Line]:
    try:
        return list(map(_DECODE, batch))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return list(map(_lenient, batch))


def _lenient(line: bytes) -> _Line:
    """A line that may not be as it should be, as the reader of the format takes it. Raises ValueError."""
    row = decode(line)
    if not isinstance(row, dict):
        raise ValueError("no call")
    listed = row.get("messages")
    # What they say is read off the line again: they may be of any type.
    messages = [_Message() for _ in listed] if isinstance(listed, list) else None
    raw = {
        name: msgspec.Raw(json_text(row[name]).encode("utf-8", "replace")) for name in _RAW if row.get(name) is not None
    }
    return _Line(row.get("step"), row.get("input_tokens"), messages, **raw)


def _tokens(written: Any) -> int:
    if written is None:
        return 0
    return max(min((written if type(written) is int else whole(written)) or 0, _MOST), -_MOST)


_RAW = ("prompt", "tools")
_DECODE = msgspec.json.Decoder(_Line).decode


def _characters(messages: list[_Message], line: bytes) -> int:
    """Of the messages of a line: at once where each is a role and a text, as the reader counts where one is more."""
    total = 0
    for message in messages:
        content, role = message.content, message.role
        if (
            type(content) is not str
            or type(role) is not str
            or message.tool_calls
            or message.parts
            or message.reasoning
            or message.reasoning_content
            or message.refusal
            or message.function_call
            or (role in _RESULTS and " " not in content and payload(content) is not None)
        ):
            return sum(characters_of(message_of(value)) for value in decode(line)["messages"])
        total += len(content)
    return total


def _of_tools(written: bytes) -> int:
    """Characters of tool definitions, as a prompt counts them."""
    found = tool_definitions(decode(written))
    return sum(len(tool.name) + len(tool.description) + len(json_text(tool.parameters)) for tool in found)


class AddedMessages(NamedTuple):
    """Every LLM call of one session, in order, up to where prompts can be told so."""

    session: str
    first_line: int
    """The session's, 0-based."""
    lines: array[int]
    """Where each call stands, 0-based."""
    messages: array[int]
    """In the prompt of each call, behind a leading 0."""
    characters: array[int]
    """Of their text, likewise."""
    tokens: array[int]
    """Input tokens recorded at each; 0 where none are."""
    tools: array[int]
    """Characters of the tool definitions in force at each."""
    tools_from: array[int]
    """The call that brought those, for each; -1 where none did."""
    stop: tuple[int, str] | None
    """The line from which on prompts cannot be told so, and why."""

    scale: TokenScale
    """How characters become tokens, fitted as in a session that is held."""

    def characters_at(self, call: int) -> int:
        """Of the prompt of a call, with its tool definitions."""
        return self.characters[call + 1] + self.tools[call]

    def call_at(self, line: int) -> int | None:
        """Position of the call that stands on a line; None where there is none."""
        at = bisect_right(self.lines, line) - 1
        return at if at >= 0 and self.lines[at] == line else None


def added_messages(
    file: LineFile, survey: Survey, session: str, cancelled: Callable[[], bool] = lambda: False
) -> AddedMessages | None:
    """What the calls of a session added, in the lines that `survey` knows. Waits for the child processes; None where
    `cancelled`.

    Raises UnreadableSourceError where the file cannot be read any more.
    """
    number, until = survey.names.get(session) or 0, len(survey)
    kinds, sessions = survey.kinds[:until], survey.sessions[:until]
    calls = bytes([kind == _CALL and of == number for kind, of in zip(kinds, sessions, strict=True)])
    first_line = sessions.index(number)
    lines = array("Q", compress(range(until), calls))
    counts, characters, tokens = array("Q"), array("Q"), array("q")
    tools, tools_from = array("q"), array("q")
    last: int | None = None
    stop: tuple[int, str] | None = None
    for _, block in in_order(file, _work(calls), first_line=first_line, until=until, cancelled=cancelled):
        if block.stop:
            at = lines[len(counts) + len(block.counts)]
            stop = (0 if block.stop == NOT_IN_ORDER else at, block.stop)
        if block.steps is not None:
            stop = (0, NOT_IN_ORDER) if last is not None and block.steps[0] <= last else stop
            last = block.steps[1]
        counts.extend(array("Q", block.counts))
        characters.extend(block.characters)
        tokens.extend(block.tokens)
        _in_force(block.tools, tools, tools_from)
        if stop is not None:
            break
    if cancelled():
        return None
    if not any(counts):
        stop = stop or (0, NOTHING_ADDED)
    messages, summed = (array("Q", accumulate(column, initial=0)) for column in (counts, characters))
    found = AddedMessages(
        session, first_line, lines[: len(counts)], messages, summed, tokens, tools, tools_from, stop, ROUGH
    )
    told = [call for call, shown in enumerate(tokens) if shown]
    return found._replace(scale=fit_scale([(found.characters_at(call), tokens[call]) for call in spread(told)]))


def _in_force(brought: array[int], tools: array[int], tools_from: array[int]) -> None:
    """Go on with the definitions in force, by what each further call brought."""
    size, by = (tools[-1], tools_from[-1]) if tools else (0, _UNCHANGED)
    if brought.count(_UNCHANGED) == len(brought):
        tools.extend(array("q", [size]) * len(brought))
        tools_from.extend(array("q", [by]) * len(brought))
        return
    for each in brought:
        if each != _UNCHANGED:
            size, by = each, len(tools)
        tools.append(size)
        tools_from.append(by)


def _work(calls: bytes) -> RangeWork[Block]:
    return RangeWork("tracetui.ingest.added_messages", (), block_of, Block.unpacked, calls)


if __name__ == "__main__":
    serve_as_program(lambda lines: block_of(lines).packed())
