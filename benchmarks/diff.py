#!/usr/bin/env python3
"""How well and how fast runs are compared.

    diff.py sources DATA   the same with runs of other formats, and every harmless change of them
    diff.py faults DATA    faults planted into clean τ-bench retail runs: is the first difference the planted one?
    diff.py noise DATA     harmless changes of the same runs: is the verdict still "same"?
    diff.py speed          comparing made-up runs of 100 to 100,000 steps: seconds of processor time and memory, beside the
                           standard library's difflib, rapidfuzz's Indel and `git diff --histogram` on the same tokens
    diff.py screen BAD GOOD [ROUNDS]
                           `tracetui BAD --against GOOD`, two large session traces: milliseconds from the start of the process
                           to the first screen with both, and processor time of the children that look at their lines,
                           beside `wc -l` of both in the same rounds (5)

DATA holds `agentrx/tau_retail/runs/*.json` and `outcomes.json` beside it. Prints one JSON object. Beside each score stands
that of a plain comparison, message by message, of texts and calls as they are written. A fault counts as found where the
divergence stands at the message that was changed, or at the answer to it.
"""

from __future__ import annotations

import copy
import difflib
import json
import multiprocessing
import os
import pathlib
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from changed_runs import FAULTS, HARMLESS, Run
from chat_runs import runs_below
from rapidfuzz.distance import Indel
from took import processor_seconds

from tracetui.analysis.align import align
from tracetui.analysis.divergence import compare
from tracetui.analysis.sketch import sketches
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.open import open_trace
from tracetui.ingest.token_children import begin
from tracetui.model import Message, Session, SourceRef, TextPart, ToolCallPart, ToolCallResponsePart

ROOT = pathlib.Path(__file__).parents[1]
LIMIT = 120
"""Seconds that one way may take."""
SOURCES = (
    "tau_airline",
    "who_and_when/algorithm_generated",
    "agentrx/magentic_one/runs",
    "formats/swe_agent_traj",
    "formats/mini_swe_agent_traj",
    "formats/claude_code_jsonl",
    "formats/tau2_results",
    "formats/inspect_logs",
)
"""Folders of DATA with runs that no rule of the comparison was made on."""
_PLACE = re.compile(r"/messages/(\d+)")


def clean_runs(data: pathlib.Path) -> dict[str, Run]:
    """The runs that passed their test, by name."""
    base = data / "agentrx" / "tau_retail"
    outcomes = json.loads((base / "outcomes.json").read_text())
    runs = {path.stem: json.loads(path.read_text())["traj"] for path in sorted((base / "runs").glob("*.json"))}
    return {name: run for name, run in runs.items() if name in outcomes and outcomes[name]["reward"] == 1.0}


def opened(run: Run, folder: str, name: str) -> Session:
    path = pathlib.Path(folder, f"{name}.json")
    path.write_text(json.dumps({"messages": run}))
    return open_trace(str(path)).sessions[0]


def score_faults(runs: dict[str, Run], *, harmless: bool) -> dict[str, Any]:
    """Against the run itself, or against the run with every harmless change made to it."""
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for fault in FAULTS:
            hits, plain = [], []
            for name, run in runs.items():
                chance = random.Random(f"{fault.__name__}:{name}")
                planted = fault(copy.deepcopy(run), chance)
                if planted is None:
                    continue
                good = copy.deepcopy(run)
                for change in HARMLESS if harmless else []:
                    good = change(good, chance)
                bad, right = opened(planted[0], folder, "bad"), planted[1]
                found = compare(bad, [opened(good, folder, "good")]).divergence
                at = message_at(bad, found.bad if found else None)
                is_answer = at is not None and planted[0][at]["role"] == "tool"
                hits.append(at in right or (is_answer and at is not None and at - 1 in right))
                plain.append(plain_difference(planted[0], good) in right)
            result[fault.__name__] = {"planted": len(hits), "first": percent(hits), "plain": percent(plain)}
    return result


def score_sources(data: pathlib.Path) -> dict[str, Any]:
    """By source: faults against the run with every harmless change made to it, and each harmless change alone."""
    result: dict[str, Any] = {}
    for source in SOURCES:
        runs = runs_below(data / source)
        result[source] = {
            "runs": len(runs),
            "faults": score_faults(runs, harmless=True),
            "noise": score_noise(runs),
        }
    return result


def score_noise(runs: dict[str, Run]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for change in HARMLESS:
            same, plain = [], []
            for name, run in runs.items():
                changed = change(copy.deepcopy(run), random.Random(f"{change.__name__}:{name}"))
                comparison = compare(opened(changed, folder, "bad"), [opened(run, folder, "good")])
                same.append(comparison.verdict == "same")
                plain.append(plain_difference(changed, run) is None)
            result[change.__name__] = {"runs": len(same), "same": percent(same), "plain": percent(plain)}
    return result


def message_at(session: Session, index: int | None) -> int | None:
    found = _PLACE.match(session.steps[index].source.pointer) if index is not None else None
    return int(found[1]) if found else None


def plain_difference(bad: Run, good: Run) -> int | None:
    """The first message that is not written alike."""
    for i, (message, other) in enumerate(zip(bad, good, strict=False)):
        if written(message) != written(other):
            return i
    return None if len(bad) == len(good) else min(len(bad), len(good))


def written(message: dict[str, Any]) -> tuple[Any, ...]:
    calls = [call["function"] for call in message.get("tool_calls") or []]
    return message["role"], message.get("content"), calls


def percent(hits: list[bool]) -> float:
    return round(100 * sum(hits) / len(hits), 1) if hits else 0.0


def made_run(length: int, seed: int, leave_out: float = 0.0) -> Session:
    """A run of about `length` steps, calls of tools on many things and now and then words; a share of it left out."""
    chance, cuts = random.Random(seed), random.Random(seed + 1)
    builder = SessionBuilder(f"made-{length}-{seed}")
    made = 0
    while made < length:
        source = SourceRef("made", made, 1)
        tool = chance.choice(["get_order", "search_items", "get_price", "update_order", "send_note"])
        value = {"order_id": f"ord_{chance.randrange(10**6):06}", "page": chance.randrange(9)}
        answer = {"id": value["order_id"], "total": chance.randrange(1000), "status": chance.choice(["open", "sent"])}
        says = chance.random() < 0.05
        made += 1 if says else 2
        if cuts.random() < leave_out:
            continue
        if says:
            builder.llm_call(Message("assistant", (TextPart(f"Now comes {value['order_id']}."),)), source)
            continue
        builder.llm_call(Message("assistant", (ToolCallPart(f"call_{made}", tool, value),)), source)
        builder.tool_result(Message("tool", (ToolCallResponsePart(f"call_{made}", answer),)), source)
    return builder.build()


def score_speed() -> dict[str, Any]:
    result: dict[str, Any] = {}
    for length in (100, 1_000, 10_000, 100_000):
        good = made_run(length, 1)
        for kind, bad in (("1 % left out", made_run(length, 1, leave_out=0.01)), ("unrelated", made_run(length, 7))):
            result[f"{length:,} steps, {kind}"] = measured(bad, good)
    return result


def measured(bad: Session, good: Session) -> dict[str, Any]:
    """Each way on its own, in a process of its own; the plain ones are given the tokens that ours aligns."""
    own, others = sketches(bad), sketches(good)
    tokens, rest = [s.exact for s in own], [s.exact for s in others]
    ways: dict[str, Callable[[], Any]] = {
        "whole_comparison": lambda: compare(bad, [good]),
        "align": lambda: align(own, others),
        "difflib": lambda: difflib.SequenceMatcher(None, tokens, rest, autojunk=False).get_opcodes(),
        "indel": lambda: Indel.opcodes(tokens, rest),
    }
    with tempfile.TemporaryDirectory() as name:
        files = [pathlib.Path(name, side) for side in ("bad", "good")]
        for file, steps in zip(files, (tokens, rest), strict=True):
            file.write_text("".join(f"{token!r}\n" for token in steps), encoding="utf-8")
        command = ["git", "diff", "--no-index", "--histogram", *map(str, files)]
        ways["git_histogram"] = lambda: subprocess.run(command, stdout=subprocess.DEVNULL)
        return {name: in_child(way) for name, way in ways.items()}


def score_screen(bad: str, good: str, rounds: int) -> dict[str, Any]:
    """Medians of the rounds; the ratio is the median of the rounds' ratios."""
    from start_up import start

    environ = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT / "src")}
    words = [sys.executable, "-m", "tracetui", bad, "--against", good]
    screens, counts, children = [], [], []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run(["wc", "-l", bad, good], stdout=subprocess.DEVNULL, check=True)
        counts.append(1000 * (time.perf_counter() - began))
        with tempfile.TemporaryDirectory() as store:
            environ |= {"TRACETUI_STORE": store, "XDG_STATE_HOME": store}
            screens.append(start(words, is_compared, is_compared, environ).content_ms)
        before = processor_seconds()
        readings = begin(bad, good)
        assert readings is not None
        for reading in readings:
            reading.all()
        children.append(1000 * (processor_seconds() - before))
    return {
        "rounds": rounds,
        "first_screen_ms": round(statistics.median(screens)),
        "children_cpu_ms": round(statistics.median(children)),
        "wc_ms": round(statistics.median(counts), 1),
        "first_screen_x_wc": round(statistics.median(a / b for a, b in zip(screens, counts, strict=True)), 1),
    }


def is_compared(text: str) -> bool:
    """Whether a screen shows both runs, with where they begin to differ."""
    return "by call and text" in text and "FIRST DIFFERENCE" in text


def in_child(way: Callable[[], Any]) -> dict[str, float | None]:
    """Seconds of processor time and MB of memory beyond what stood before; None where it took more than LIMIT."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=timed, args=(way, sender))
    child.start()
    answer = receiver.recv() if receiver.poll(LIMIT) else {"s": None, "mb": None}
    child.terminate()
    child.join()
    return answer


def timed(way: Callable[[], Any], sender: Connection) -> None:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, processor_seconds()
    way()
    taken = processor_seconds() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sender.send({"s": round(taken, 4), "mb": round(grown / 1024)})


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["faults", data]:
            runs = clean_runs(pathlib.Path(data))
            answer = {
                "against_itself": score_faults(runs, harmless=False),
                "against_harmless_changes": score_faults(runs, harmless=True),
            }
        case ["noise", data]:
            answer = score_noise(clean_runs(pathlib.Path(data)))
        case ["sources", data]:
            answer = score_sources(pathlib.Path(data))
        case ["speed"]:
            answer = score_speed()
        case ["screen", bad, good, *rest]:
            answer = score_screen(bad, good, int(rest[0]) if rest else 5)
        case _:
            sys.exit(__doc__)
    print(json.dumps(answer, indent=1))
