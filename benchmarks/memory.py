#!/usr/bin/env python3
"""How fast incidents are searched and compared, and whether `similar` finds the planted sibling.

    memory.py [COUNT]      COUNT made-up incidents (1,000), a fifth of them in pairs of siblings

Incidents are made of 60 faults: each has a failure mode, tools of one of twelve domains, flags, a shape of its cascade and a
way of putting it. Every incident draws on one fault and adds noise. A sibling is another occurrence of the same one-off
fault, with another customer's ids: a flag or a tool may be missing, a tool is new, a step of the cascade more or less, and
half of its words are different ones. For each, `similar` is asked with one of the two, and the other should be among the
first three. Prints one JSON object; times are medians in milliseconds of the processor, with the index warm.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tracetui.postmortem.document import Entry, Postmortem, Row, encode
from tracetui.store.atomic import make_folder, write_atomic
from tracetui.store.incident import DOCUMENT
from tracetui.store.incidents import Store
from tracetui.store.index import Index
from tracetui.store.likeness import LIKELY, likeness, most_similar

MODES = ["hallucination_propagation", "tool_misfire", "context_poisoning", "cost_runaway"]
TAXONOMY = ["context_assembly", "prompt_or_instruction", "tool_selection", "parameter_hallucination", "recovery"]
ROOTS = ["model_limitation", "prompt_design", "tool_interface", "data_contamination"]
FLAGS = ["ENTITY_HALLUCINATION", "TOOL_ARG_MISMATCH", "CONTEXT_DRIFT", "LOOP_DETECTED", "ENTITY_MISMATCH"]
DOMAINS = [
    "order",
    "refund",
    "flight",
    "invoice",
    "ticket",
    "claim",
    "loan",
    "deploy",
    "alert",
    "page",
    "lead",
    "shift",
]
VERBS = ["get", "list", "search", "update", "cancel", "create", "send", "confirm", "assign", "close"]
SYLLABLES = [
    "ba",
    "co",
    "di",
    "fu",
    "ge",
    "hal",
    "ind",
    "jor",
    "kem",
    "lat",
    "mon",
    "ner",
    "op",
    "pra",
    "qui",
    "ros",
    "sta",
]
COMMON = (
    *(
        "the",
        "agent",
        "of",
        "a",
        "customer",
        "was",
        "asked",
        "and",
        "used",
        "an",
        "id",
        "that",
        "no",
        "tool",
        "returned",
    ),
    *("so", "order", "record", "call", "answer", "wrong", "another", "account", "step", "before", "after", "context"),
    *("value", "first", "appears", "result", "status", "confirmed", "sent"),
)
ROUNDS = 25


class Fault(NamedTuple):
    mode: str
    taxonomy: str
    root: str
    flags: tuple[str, ...]
    tools: tuple[str, ...]
    shape: str
    words: tuple[str, ...]


def fault(chance: random.Random) -> Fault:
    domain = chance.choice(DOMAINS)
    return Fault(
        mode=chance.choice(MODES),
        taxonomy=chance.choice(TAXONOMY),
        root=chance.choice(ROOTS),
        flags=tuple(chance.sample(FLAGS, chance.randint(1, 3))),
        tools=tuple(f"{verb}_{domain}" for verb in chance.sample(VERBS, chance.randint(2, 5))),
        shape="s" + "".join(chance.choice("sla") for _ in range(chance.randint(1, 6))),
        words=tuple("".join(chance.sample(SYLLABLES, 2)) for _ in range(14)),
    )


def occurrence(of: Fault, chance: random.Random) -> Postmortem:
    """An incident of a fault, with noise in everything that it is told by."""
    flags = [flag for flag in of.flags if chance.random() > 0.2] or list(of.flags)
    tools = [tool for tool in of.tools if chance.random() > 0.2] or list(of.tools)
    tools.append(f"{chance.choice(VERBS)}_{chance.choice(DOMAINS)}")
    shape = list(of.shape)
    if chance.random() < 0.5:
        shape.insert(chance.randrange(len(shape)), chance.choice("sla"))
    mode = of.mode if chance.random() > 0.1 else chance.choice(MODES)
    values = {
        "identity.title": f"{mode} in {tools[0]}: {words(of, 4, chance)}",
        "identity.summary": words(of, 25, chance),
        "session.goal": f"{words(of, 12, chance)} cust_{chance.randrange(10**6)}",
        "session.tools_called": ", ".join(f"{tool} ×{chance.randint(1, 3)}" for tool in tools),
        "detection.symptom": words(of, 25, chance),
        "classification.failure_mode": mode,
        "classification.taxonomy": of.taxonomy if chance.random() > 0.3 else "",
        "classification.flags": ", ".join(f"{flag} ×1" for flag in flags),
        "root_cause.named": of.root if chance.random() > 0.3 else "",
        "origin.premise": f"ord_{chance.randrange(10**6)}",
        "lessons.wrong": words(of, 200, chance),
    }
    steps = list(enumerate(shape, start=3))
    cascade = tuple(row(f"step-{n}", step=str(n), who="model" if kind == "s" else tools[0]) for n, kind in steps)
    blast = tuple(row(f"step-{n}", step=str(n), tool=tools[0]) for n, kind in steps if kind == "a")
    fields = {address: Entry(text=text, source="triage") for address, text in values.items() if text}
    return Postmortem(fields=fields, tables={"cascade": cascade, "blast_radius": blast})


def words(of: Fault, count: int, chance: random.Random) -> str:
    """Of three words one is the fault's own, half of these replaced by words of no fault; the others are common."""
    other = ["".join(chance.sample(SYLLABLES, 2)) for _ in range(4)]
    own = [chance.choice(of.words) if chance.random() < 0.5 else chance.choice(other) for _ in range(count)]
    return " ".join(chance.choice(COMMON) if chance.random() < 0.66 else word for word in own)


def row(row_id: str, **cells: str) -> Row:
    return Row(row_id, {column: Entry(text=text, source="triage") for column, text in cells.items()})


def fill(root: Path, count: int, chance: random.Random) -> list[tuple[str, str]]:
    """Write `count` incidents; the pairs of siblings among them."""
    crowd = [fault(chance) for _ in range(60)]
    pairs: list[tuple[str, str]] = []
    written = 0
    while written < count:
        planted = written < count // 5
        of = fault(chance) if planted else chance.choice(crowd)
        ids = [f"INC-20260701-{written + n:05}" for n in range(2 if planted else 1)]
        for incident_id in ids:
            make_folder(root / incident_id)
            write_atomic(root / incident_id / DOCUMENT, encode(occurrence(of, chance)))
        if planted:
            pairs.append((ids[0], ids[1]))
        written += len(ids)
    return pairs


def measured(work: Callable[[], Any]) -> float:
    """Milliseconds of processor time, the median of several rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(1000 * (time.process_time() - begun))
    return round(statistics.median(times), 1)


def main(count: int) -> dict[str, Any]:
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "store")
        pairs = fill(root, count, chance)
        store = Store(root)
        index = Index(store, Path(folder, "index.sqlite"))
        begun = time.perf_counter()
        known = index.likenesses()
        rebuilt_s = time.perf_counter() - begun
        ranks, scores, strangers = [], [], []
        for one, other in pairs:
            rest = {incident_id: held for incident_id, held in known.items() if incident_id != one}
            found = most_similar(likeness(store.read(one)), rest, limit=10)
            ranks.append(next((at for at, similar in enumerate(found, start=1) if similar.id == other), None))
            scores += [similar.score for similar in found if similar.id == other]
            strangers.append(max((similar.score for similar in found if similar.id != other), default=0.0))
        asked = store.read(pairs[0][0])
        return {
            "incidents": count,
            "rebuild_s": round(rebuilt_s, 2),
            "index_bytes": index.path.stat().st_size,
            "search_ms": measured(lambda: index.search("refund customer")),
            "search_of_a_frequent_word_ms": measured(lambda: index.search("the")),
            "similar_ms": measured(lambda: most_similar(likeness(asked), index.likenesses())),
            "siblings": len(pairs),
            "first_percent": percent([rank == 1 for rank in ranks]),
            "first_three_percent": percent([rank is not None and rank <= 3 for rank in ranks]),
            "siblings_likely_percent": percent([score >= LIKELY for score in scores]),
            "strangers_likely_percent": percent([score >= LIKELY for score in strangers]),
            "rounds": ROUNDS,
        }


def percent(hits: list[bool]) -> float:
    return round(100 * sum(hits) / len(hits), 1) if hits else 0.0


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000), indent=1))
