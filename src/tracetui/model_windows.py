"""How much a model can be sent: the context window that the trace records, else the one that its maker documents."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

import msgspec

from tracetui.model import Session, Step

_RECORDED = ("model_context_window", "context_window", "max_input_tokens")
"""Attributes of a step or session that hold a window in tokens."""


class KnownModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of `model_windows.toml`."""

    pattern: str
    tokens: int
    source: str


class ModelWindow(NamedTuple):
    """The context window of a call's model."""

    tokens: int
    known_from: Literal["recorded", "documented"]


def model_window(session: Session, step: Step) -> ModelWindow | None:
    """The window of the model of a call; at another step, of the model of the call before it in its scope, else the next.

    None where nothing is known of it.
    """
    call = step if step.model else _call_near(session, step)
    for attributes in ({} if call is None else call.attributes, session.attributes):
        for name in _RECORDED:
            tokens = attributes.get(name)
            if isinstance(tokens, int) and tokens > 0:
                return ModelWindow(tokens, "recorded")
    tokens = None if call is None or call.model is None else documented(call.model)
    return None if tokens is None else ModelWindow(tokens, "documented")


def documented(model: str) -> int | None:
    """Tokens of a model by its name, with or without provider and path ("anthropic/claude-…", "…/models/gemini-…")."""
    name = model.lower().rpartition("/")[2]
    name = name.removeprefix("anthropic.").removeprefix("us.anthropic.")
    return next((known.tokens for known in known_models() if fnmatchcase(name, known.pattern)), None)


@cache
def known_models() -> Sequence[KnownModel]:
    """`model_windows.toml`, in its order."""
    text = (resources.files(__package__) / "model_windows.toml").read_text(encoding="utf-8")
    return tuple(msgspec.convert(tomllib.loads(text)["model"], list[KnownModel]))


def _call_near(session: Session, step: Step) -> Step | None:
    steps = session.steps
    places = (*range(step.index - 1, -1, -1), *range(step.index + 1, len(steps)))
    return next((steps[at] for at in places if steps[at].model and steps[at].scope == step.scope), None)
