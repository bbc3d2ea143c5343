#!/usr/bin/env python3
"""What each work on a trace of lines costs as files grow: `python benchmarks/growth.py [ROUNDS] TRACE…`, shortest first.

Milliseconds of processor time, children included, so that a busy machine does not change them much; medians of the rounds
(3). JSON and a table. By place, for files of any size: `first_rows` reads the first megabyte and makes 40 rows; `index`
finds every line; `columns` makes the columns of all lines in child processes and marks what stands out; `search` looks for
a text that is not there; `around` reads the session of the last line, or the lines around it, and triages it; `recall`
takes index and columns from the cache; `prompt_by_place` finds the prompt of the last call among all lines of its session
and reads its last 40 messages; `diff_by_place` lays the run beside one of which a hundredth of the calls is changed, by
what the lines say. A packed file is read by place while it is decoded to disk: `index` and `recall` hold that, and `zcat |
wc -l` stands for `wc -l`; it is compared with itself. The whole file, up to 200,000 lines: `open`, `triage`, `context` (the
prompt at the last LLM step) and `diff` (with the same other run, by meaning). `wc -l` runs in every round: `index_to_wc`
and `columns_to_wc` (index and columns) are ratios of wall time, which is what one waits for. The table ends with how much
more a line costs in the longest file than in the one before it: 1 is proportional.
"""

from __future__ import annotations

import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

from took import Took, timed

from tracetui.analysis.divergence import compare
from tracetui.analysis.triage import triage
from tracetui.context import prompt_at
from tracetui.ingest.line_cache import recall, remember
from tracetui.ingest.line_columns import STEP_KINDS
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.open import open_trace
from tracetui.ingest.paging import open_lines, paged_format
from tracetui.ingest.prompt_by_place import PromptByPlace
from tracetui.ingest.surveyors import surveyed
from tracetui.ingest.token_children import LEAST_BYTES, begin
from tracetui.model import Session
from tracetui.ui.drafted import drafted
from tracetui.ui.excerpts import load_around
from tracetui.ui.line_rows import line_row
from tracetui.ui.whole_prompts import WholePrompts

ROUNDS = 3
MEGABYTE = 1 << 20
WHOLE_LINES = 200_000
"""A longer file is not read whole: its steps take five times its size in memory."""
DECODED_BY = {".gz": "zcat", ".zst": "zstdcat", ".xz": "xzcat", ".bz2": "bzcat"}
PAGE_MESSAGES = 40
LLM_CALL = STEP_KINDS.index("llm_call") + 1
BY_PLACE = ("first_rows", "index", "columns", "recall", "search", "around", "prompt_by_place", "diff_by_place")
WORKS = (*BY_PLACE, "open", "triage", "context", "diff")


def opened(path: str) -> LineFile:
    return open_lines(path, paged_format(path, at_least=0) or "session-trace")


def count_lines(path: str) -> None:
    """`wc -l`, of what the usual program decodes where the file is packed."""
    program = DECODED_BY.get(Path(path).suffix)
    command = f"{program} {shlex.quote(path)} | wc -l" if program else f"wc -l {shlex.quote(path)}"
    subprocess.run(command, shell=True, check=True, capture_output=True)


def first_rows(path: str) -> None:
    file = opened(path)
    file.take(file.read_on(MEGABYTE))
    for line in range(min(40, len(file))):
        line_row(file, line, current=False, width=120)
    file.close()


def indexed(file: LineFile) -> None:
    while not file.done:
        file.take(file.read_on(32 * MEGABYTE))


def recalled(path: str) -> None:
    file = opened(path)
    file.unpack_all()
    assert recall(file) is not None
    file.close()


def around_last(file: LineFile, survey: Survey) -> None:
    found = load_around(file, len(file) - 1, survey)
    assert found is not None
    triage(found.session)


def prompt_by_place(file: LineFile, survey: Survey) -> None:
    call = next(line for line in reversed(range(len(survey))) if survey.kinds[line] == LLM_CALL)
    session = next(islice(survey.names, survey.sessions[call], None))
    prompt = WholePrompts(file, survey).prompt(session, call)
    assert isinstance(prompt, PromptByPlace), prompt
    for position in range(max(len(prompt) - PAGE_MESSAGES, 0), len(prompt)):
        prompt[position]


def diff_by_place(path: str, other: str) -> None:
    readings = begin(path, other)
    assert readings is not None, "they are compared by meaning at once"
    assert drafted(readings) is not None


def changed(path: str, folder: str) -> str:
    """The same run with other arguments in every hundredth line of a session trace that has some. Written once."""
    other = Path(folder, f"changed {Path(path).name}")
    if not other.exists():
        with open(path, "rb") as lines, other.open("wb") as out:
            for at, line in enumerate(lines):
                out.write(line if at % 100 else line.replace(b'"args":{', b'"args":{"changed":1,'))
    return str(other)


def last_prompt(session: Session) -> None:
    last = next(step.index for step in reversed(session.steps) if step.kind == "llm_call")
    prompt_at(session, last)


def whole(path: str, good: str) -> dict[str, Took]:
    """Of a file that is read whole, and of the one that it is compared with."""
    sessions: list[Session] = []
    took = {"open": timed(lambda: sessions.append(open_trace(path).sessions[0]))}
    session = sessions[0]
    took |= {"triage": timed(lambda: triage(session)), "context": timed(lambda: last_prompt(session))}
    other = open_trace(good).sessions[0]
    return took | {"diff": timed(lambda: compare(session, [other]))}


def one_round(path: str, folder: str) -> dict[str, float]:
    wc = timed(lambda: count_lines(path))
    took = {"wc": wc, "first_rows": timed(lambda: first_rows(path))}
    file = opened(path)
    took |= {"index": timed(lambda: indexed(file))}
    surveys: list[Survey] = []
    took |= {"columns": timed(lambda: surveys.append(surveyed(file)))}
    took |= {"search": timed(lambda: file.find("no such text", 0))}
    took |= {"around": timed(lambda: around_last(file, surveys[0]))}
    remember(file, surveys[0])
    took |= {"recall": timed(lambda: recalled(path))}
    took |= {"prompt_by_place": timed(lambda: prompt_by_place(file, surveys[0]))}
    other = path if Path(path).suffix in DECODED_BY else changed(path, folder)
    if other != path and 2 * file.size >= LEAST_BYTES:
        took |= {"diff_by_place": timed(lambda: diff_by_place(path, other))}
    if len(file) <= WHOLE_LINES:
        took |= whole(path, other)
    found = {name: each.processor for name, each in took.items()} | {"lines": len(file)}
    file.close()
    found |= {"index_to_wc": took["index"].wall / wc.wall}
    return found | {"columns_to_wc": (took["index"].wall + took["columns"].wall) / wc.wall}


def table(found: list[dict[str, float]]) -> str:
    """Works by lines, as Markdown."""
    heads = [f"{each['lines']:,.0f} lines" for each in found]
    rows = [["milliseconds", *heads, "growth a line"], ["---"] * (len(found) + 2)]
    for name in ("wc", *WORKS):
        told = [f"{each[name]:,.0f}" if name in each else "–" for each in found]
        measured = [each for each in found if name in each][-2:]
        grown = [each[name] / each["lines"] for each in measured]
        rows.append([name, *told, f"{grown[1] / grown[0]:.2f}" if len(grown) == 2 and grown[0] else "–"])
    for name in ("index_to_wc", "columns_to_wc"):
        rows.append([name.replace("_to_wc", ", × `wc -l`"), *(f"{each[name]:.1f}" for each in found), ""])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(paths: list[str], rounds: int) -> None:
    if not paths:
        sys.exit(__doc__)
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
    medians: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            took = [one_round(path, folder) for _ in range(rounds)]
            medians.append({key: round(statistics.median(one[key] for one in took), 2) for key in took[0]})
            print(json.dumps(medians[-1]), flush=True)
    print(table(medians))


if __name__ == "__main__":
    given = sys.argv[1:]
    wanted = int(given.pop(0)) if given and given[0].isdigit() else ROUNDS
    main(given, wanted)
