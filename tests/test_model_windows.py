"""How much a model can be sent: recorded, documented, or unknown."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.analysis.runs import run, say, user
from tracetui.model import Session
from tracetui.model_windows import ModelWindow, documented, known_models, model_window


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("claude-3-7-sonnet-20250219", 200_000),
        ("anthropic/claude-3-7-sonnet-latest", 200_000),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", 200_000),
        ("claude-opus-4-6[1m]", 1_000_000),
        ("openai/gpt-4.1-mini", 1_047_576),
        ("gpt-4o-2024-11-20", 128_000),
        ("gpt-4-0613", 8_192),
        ("gpt-4-1106-preview", 128_000),
        ("o3-mini", 200_000),
        ("publishers/google/models/gemini-2.5-flash", 1_048_576),
    ],
)
def test_a_known_model_is_found_under_the_names_it_goes_by(model: str, tokens: int) -> None:
    assert documented(model) == tokens


@pytest.mark.parametrize("model", ["lumen-2", "my-gpt-4o", "o", "", "claude", "gpt-4-vision-finetune"])
def test_of_an_unknown_model_nothing_is_claimed(model: str) -> None:
    assert documented(model) is None


def test_every_entry_names_a_source_and_no_entry_hides_another() -> None:
    assert {known.source for known in known_models()} <= {"anthropic", "openai", "google", "meta", "mistral"}
    assert len({known.pattern for known in known_models()}) == len(known_models())


def with_model(model: str, **attributes: object) -> Session:
    made = run(user("go"), say("done"))
    asked, answered = made.steps
    return replace(made, steps=[asked, replace(answered, model=model, attributes=attributes)])


def test_a_recorded_window_wins_over_the_documented_one() -> None:
    session = with_model("gpt-4o", model_context_window=258_400)
    assert model_window(session, session.steps[1]) == ModelWindow(258_400, "recorded")


def test_a_step_that_is_no_call_takes_the_model_of_the_call_near_it() -> None:
    session = with_model("gpt-4o")
    assert model_window(session, session.steps[0]) == ModelWindow(128_000, "documented")


def test_without_a_model_there_is_no_window() -> None:
    session = run(user("go"), say("done"))
    assert model_window(session, session.steps[1]) is None
