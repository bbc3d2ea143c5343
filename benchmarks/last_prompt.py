#!/usr/bin/env python3
"""What the prompt at the last call of a session costs: `python benchmarks/last_prompt.py TRACE…`. JSON.

Of session traces; the session is that of the last line.

By place, as `W` shows it, for files of any size: `cold` finds what every call of the
session added, in two child processes, and makes the 40 messages at the end; `further` is the prompt of the call before, with
its 40 messages. Of a file of up to 200,000 lines, read whole: `held` is the first prompt as it is shown, `weighing` holding
it against the recorded tokens afterwards, `held_further` the prompt of the call before. Milliseconds of processor time,
children included; medians of interleaved rounds.

Each is held against one full decode (msgspec) of the session's lines that hold messages, out of a buffer of one megabyte, in
the same round: `×` by processor time, `wall ×` by the clock, which is what one waits for. That decode reads nothing from the
file, and `cold` does.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time

import msgspec
from took import Took, timed

from tracetui.context import is_more_when_weighed, prompt_at
from tracetui.ingest.added_messages import AddedMessages, added_messages
from tracetui.ingest.glances import look_at
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.open import open_trace
from tracetui.ingest.prompt_by_place import PromptByPlace
from tracetui.ingest.surveyors import surveyed
from tracetui.model import Session

ROUNDS = 3
ROWS = 40
MEGABYTE = 1 << 20
WHOLE_LINES = 200_000


def decode_all(file: LineFile, added: AddedMessages) -> Took:
    """Of the decoding alone."""
    wall = processor = 0.0
    decode, lines, at = msgspec.json.decode, added.lines, 0
    while at < len(lines):
        first, held = at, []
        while at < len(lines) and file.place(lines[at])[0] < file.place(lines[first])[0] + MEGABYTE:
            held.append(file.bytes_at(*file.place(lines[at])))
            at += 1
        start, before = time.perf_counter(), time.process_time()
        for line in held:
            decode(line)
        wall, processor = wall + time.perf_counter() - start, processor + time.process_time() - before
    return Took(1000 * wall, 1000 * processor)


def end_of(prompt: PromptByPlace) -> None:
    for position in range(max(len(prompt) - ROWS, 0), len(prompt)):
        prompt[position]


def by_place(file: LineFile, survey: Survey, session: str) -> tuple[AddedMessages, dict[str, Took]]:
    found: list[AddedMessages] = []

    def cold() -> None:
        added = added_messages(file, survey, session)
        assert added is not None
        assert added.stop is None, added.stop
        found.append(added)
        end_of(PromptByPlace(file, survey, added, len(added.lines) - 1))

    def further() -> None:
        end_of(PromptByPlace(file, survey, found[0], len(found[0].lines) - 2))

    took = {"cold": timed(cold)}
    return found[0], took | {"further": timed(further)}


def held(session: Session) -> dict[str, Took]:
    """Of a session that nothing is known of yet."""
    session = msgspec.structs.replace(session)
    calls = [step.index for step in session.steps if step.kind == "llm_call"]
    return {
        "held": timed(lambda: prompt_at(session, calls[-1], weighed=False)),
        "weighing": timed(lambda: is_more_when_weighed(session, calls[-1])),
        "held_further": timed(lambda: prompt_at(session, calls[-2])),
    }


def measured(path: str) -> dict[str, float]:
    file = LineFile(path)
    while not file.done:
        file.take(file.read_on(32 * MEGABYTE))
    survey = surveyed(file)
    look = look_at(file.format, file.bytes_at(*file.place(file.complete - 1)))
    assert look is not None
    session = look.session or ""
    read = open_trace(path).sessions if file.complete <= WHOLE_LINES else ()
    gc.freeze()
    rounds: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        added, took = by_place(file, survey, session)
        decode = decode_all(file, added)
        took |= next((held(one) for one in read if one.session_id == session), {})
        found = {name: each.processor for name, each in took.items()} | {"decode": decode.processor}
        found |= {f"{name} ×": each.processor / decode.processor for name, each in took.items()}
        rounds.append(found | {f"{name} wall ×": each.wall / decode.wall for name, each in took.items()})
    medians = {name: round(statistics.median(each[name] for each in rounds), 2) for name in rounds[0]}
    return {"lines": file.complete, "messages": added.messages[-1]} | medians


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        print(json.dumps(measured(path), ensure_ascii=False), flush=True)
