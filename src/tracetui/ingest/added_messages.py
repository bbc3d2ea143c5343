"""How many messages each LLM call of one session adds to its prompt, and how long they are: of a session in a large file.

Of session traces, whose calls write down what they add: all that was added up to a call, one after the other, is its prompt. So
a prompt of a million messages is told by three numbers a call, and its messages are read where somebody looks at them
(`prompt_by_place`).

Run as a program it serves ranges of one file (`line_service`): `python -P -m tracetui.ingest.added_messages HANDLE SESSION`, the
session's name as JSON, answers with blocks (see `Block.packed`).
"""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate, islice
from typing import IO, Any, NamedTuple

import msgspec

from tracetui.ingest.decode import decode
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_ranges import RangeWork, in_order
from tracetui.ingest.line_service import packed, serve_as_program, unpacked
from tracetui.ingest.messages import message_of, tool_definitions
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
_CODES = "IIQqq"
_NOTHING = msgspec.Raw(b"")
_RESULTS = ("tool", "function")
_CALL = b"llm_call"
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
    type: Any = None
    session_id: Any = None
    step: Any = None
    input_tokens: Any = None
    messages: list[_Message] | None = None
    prompt: msgspec.Raw = _NOTHING
    tools: msgspec.Raw = _NOTHING


class Block(NamedTuple):
    """The calls of the session in some lines in a row, one entry a call in each column."""

    lines: array[int]
    """Which of the lines; 0-based."""
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
    stop: tuple[int, str] | None
    """The line from which on prompts cannot be told so, and why."""

    @property
    def columns(self) -> tuple[array[int], ...]:
        return self[:5]

    def packed(self) -> bytes:
        """See `line_service.packed`."""
        return packed(json.dumps([self.steps, self.stop]).encode(), self.columns)

    @classmethod
    def unpacked(cls, stream: IO[bytes]) -> Block:
        """Raises EOFError where the stream ends before the block does."""
        head, columns = unpacked(stream, _CODES)
        steps, stop = json.loads(head)
        return cls.of(columns)._replace(steps=steps and tuple(steps), stop=stop and tuple(stop))

    @classmethod
    def of(cls, columns: list[array[int]]) -> Block:
        """`columns` in the order of the fields."""
        lines, counts, characters, tokens, tools = columns
        return cls(lines, counts, characters, tokens, tools, None, None)


def block_of(lines: Iterable[bytes], session: str) -> Block:
    """The calls of a session in these lines, up to one that says something else than what it adds."""
    found = Block.of([array(code) for code in _CODES])
    add_place, add_count, add_characters, add_tokens, add_tools = (column.append for column in found.columns)
    first = last = None
    shown_tools = b""
    # A line passes here a million times. Steps that are no calls of a model do not hold this word in their type, or anywhere.
    calls = ((at, line) for at, line in enumerate(lines) if _CALL in line)
    while batch := list(islice(calls, _BATCH)):
        for (at, line), row in zip(batch, _rows(batch), strict=True):
            if row is None or row.type != "llm_call" or _name(row.session_id) != session:
                continue
            number = row.step if type(row.step) is int else whole(row.step)
            if number is None or (last is not None and number <= last):
                return found._replace(stop=(0, NOT_IN_ORDER))
            if (problem := _problem(row)) is not None:
                return found._replace(steps=_pair(first, last), stop=(at, problem))
            first, last = number if first is None else first, number
            messages = row.messages or []
            add_place(at)
            add_count(len(messages))
            add_characters(_characters(messages, line))
            add_tokens(_tokens(row.input_tokens))
            if row.tools and row.tools != shown_tools:
                shown_tools = bytes(row.tools)
                add_tools(_of_tools(shown_tools))
            else:
                add_tools(_UNCHANGED)
    return found._replace(steps=_pair(first, last))


def _pair(first: int | None, last: int | None) -> tuple[int, int] | None:
    return None if first is None or last is None else (first, last)


def _rows(batch: list[tuple[int, bytes]]) -> list[_Line | None]:
    """Each line; None for one that cannot be read."""
    try:
        return [_DECODE(line) for _, line in batch]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return [_lenient(line) for _, line in batch]


def _lenient(line: bytes) -> _Line | None:
    """A line that may not be as it should be, as the reader of the format takes it."""
    try:
        row = decode(line)
    except ValueError:
        return None
    if not isinstance(row, dict):
        return None
    listed = row.get("messages")
    # What they say is read off the line again: they may be of any type.
    messages = [_Message() for _ in listed] if isinstance(listed, list) else None
    raw = {
        name: msgspec.Raw(json_text(row[name]).encode("utf-8", "replace")) for name in _RAW if row.get(name) is not None
    }
    return _Line(row.get("type"), row.get("session_id"), row.get("step"), row.get("input_tokens"), messages, **raw)


def _name(written: Any) -> str | None:
    return written if type(written) is str else str(written) if isinstance(written, int) else None


def _problem(row: _Line) -> str | None:
    """Why the prompts from this call on cannot be told by what calls add."""
    if row.prompt and row.prompt != b"null":
        return "holds a recorded prompt, from which the later ones go on"
    return "is a call that does not say which messages it added" if row.messages is None else None


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
            or (role in _RESULTS and payload(content) is not None)
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
    file: LineFile, session: str, first_line: int, until: int, cancelled: Callable[[], bool] = lambda: False
) -> AddedMessages | None:
    """What the calls of a session added, whose lines stand from `first_line` up to, not with, `until`. Waits for the child
    processes; None where `cancelled`.

    Raises UnreadableSourceError where the file cannot be read any more.
    """
    lines, counts, characters, tokens = array("Q"), array("Q"), array("Q"), array("q")
    tools, tools_from = array("q"), array("q")
    last: int | None = None
    line = first_line
    stop: tuple[int, str] | None = None
    for part, block in in_order(file, _work(session), first_line=first_line, until=until, cancelled=cancelled):
        if block.stop is not None:
            stop = (0 if block.stop[1] == NOT_IN_ORDER else line + block.stop[0], block.stop[1])
        if block.steps is not None:
            stop = (0, NOT_IN_ORDER) if last is not None and block.steps[0] <= last else stop
            last = block.steps[1]
        lines.extend(array("Q", [line + at for at in block.lines]))
        counts.extend(array("Q", block.counts))
        characters.extend(block.characters)
        tokens.extend(block.tokens)
        _in_force(block.tools, tools, tools_from)
        line += part.lines
        if stop is not None:
            break
    if cancelled():
        return None
    if not any(counts):
        stop = stop or (0, NOTHING_ADDED)
    messages, summed = (array("Q", accumulate(column, initial=0)) for column in (counts, characters))
    found = AddedMessages(session, first_line, lines, messages, summed, tokens, tools, tools_from, stop, ROUGH)
    calls = [call for call, shown in enumerate(tokens) if shown]
    return found._replace(scale=fit_scale([(found.characters_at(call), tokens[call]) for call in spread(calls)]))


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


def _work(session: str) -> RangeWork[Block]:
    return RangeWork(
        "tracetui.ingest.added_messages", (json.dumps(session),), lambda lines: block_of(lines, session), Block.unpacked
    )


if __name__ == "__main__":
    asked_for: str = json.loads(sys.argv[2])
    serve_as_program(lambda lines: block_of(lines, asked_for).packed())
