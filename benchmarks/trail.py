"""Suspects and flags against the errors that people marked in TRAIL: `python benchmarks/trail.py DATA`. JSON.

`earliest_high`: whether the first span with an error of high impact is the first suspect, or among the first three; beside
it the trivial rule "the third span of a model". `flags`: of the spans that any flag is at, how many are marked with any
error (precision), and of the marked ones how many are flagged (recall). A call counts for the span that asked for it too.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracetui.analysis.passages import asking_step
from tracetui.analysis.triage import triage
from tracetui.ingest.open import open_trace
from tracetui.model import Session


def main(data: Path) -> None:
    first = top3 = third = runs = flagged_right = flagged = marked = found = 0
    for labels in sorted((data / "trail").glob("*/*.labels.json")):
        path = labels.with_name(labels.name.replace(".labels.json", ".json.gz"))
        errors = json.loads(labels.read_text())["errors"]
        spans = dict(_spans(json.loads(gzip.decompress(path.read_bytes()))["spans"], "/spans"))
        for session in open_trace(str(path)).sessions:
            result = triage(session)
            order = _in_order(session, spans)
            high = {error["location"] for error in errors if error["impact"] == "HIGH"} & set(order)
            wrong = {error["location"] for error in errors}
            if high:
                earliest = min(high, key=order.index)
                ranked = list(
                    dict.fromkeys(spans.get(session.steps[s.step].source.pointer, "") for s in result.suspects)
                )
                models = [
                    spans[s.source.pointer] for s in session.steps if s.kind == "llm_call" and s.source.pointer in spans
                ]
                runs += 1
                first += ranked[:1] == [earliest]
                top3 += earliest in ranked[:3]
                third += list(dict.fromkeys(models))[2:3] == [earliest]
            told = {span for flag in result.flags for span in _spans_of(session, flag.step, spans)}
            hit = [
                step for step in {flag.step for flag in result.flags} if wrong & set(_spans_of(session, step, spans))
            ]
            flagged += len({flag.step for flag in result.flags})
            flagged_right += len(hit)
            marked += len(wrong)
            found += len(wrong & told)
    precision, recall = flagged_right / max(1, flagged), found / max(1, marked)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    figures = {
        "earliest_high": {
            "runs": runs,
            **{n: round(100 * v / max(1, runs), 1) for n, v in (("exact", first), ("top3", top3))},
        },
        "trivial_third_span": round(100 * third / max(1, runs), 1),
        "flags": {"steps": flagged, "precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)},
    }
    print(json.dumps(figures, indent=1))


def _spans(spans: list[dict[str, Any]], pointer: str) -> Iterator[tuple[str, str]]:
    for index, span in enumerate(spans):
        yield f"{pointer}/{index}", span["span_id"]
        yield from _spans(span.get("child_spans") or [], f"{pointer}/{index}/child_spans")


def _in_order(session: Session, spans: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(spans[s.source.pointer] for s in session.steps if s.source.pointer in spans))


def _spans_of(session: Session, step: int, spans: dict[str, str]) -> list[str]:
    places = [session.steps[step], session.steps[asking_step(session, session.steps[step])]]
    return [spans[s.source.pointer] for s in places if s.source.pointer in spans]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
