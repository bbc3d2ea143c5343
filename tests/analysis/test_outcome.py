"""Whether a run is recorded to have gone right."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.analysis.runs import run, say
from tracetui.analysis.outcome import outcome
from tracetui.model import Session


def told(**attributes: Any) -> Session:
    return msgspec.structs.replace(run(say("done")), attributes=attributes)


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"reward_info": {"reward": 1.0}}, "reward 1.0"),
        ({"info": {"resolved": True}}, "resolved True"),
        ({"scores": {"match": {"value": "C"}}}, None),
        ({"score": {"value": "C"}}, "score C"),
        ({"gen_ai.evaluation.outcome": "passed"}, "outcome passed"),
    ],
)
def test_what_is_written_beside_the_steps_tells(attributes: dict[str, Any], words: str | None) -> None:
    found = outcome(told(**attributes))
    assert (found.told if found else None) == words
    assert found is None or found.went_right


@pytest.mark.parametrize(
    "attributes", [{"reward": 0.0}, {"outcome": "FAILED"}, {"passed": False}, {"score": {"value": "I"}}]
)
def test_a_failure_is_told_as_one(attributes: dict[str, Any]) -> None:
    found = outcome(told(**attributes))
    assert found is not None
    assert not found.went_right


@pytest.mark.parametrize(
    "attributes", [{}, {"reward": 0.4}, {"outcome": "under review"}, {"status": "ok"}, {"scores": []}]
)
def test_anything_else_leaves_it_open(attributes: dict[str, Any]) -> None:
    assert outcome(told(**attributes)) is None
