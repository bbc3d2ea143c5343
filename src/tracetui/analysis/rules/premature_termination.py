"""The run ends although its last words, its plan or its limits say that it was not done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tracetui.analysis.actions import name_words
from tracetui.analysis.definitions import Definitions
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules.detected import detected
from tracetui.context import text_of
from tracetui.model import Evidence, Flag, Session, Step, TextPart
from tracetui.text import elide

KIND = "PREMATURE_TERMINATION"
LETTER = "P"
EXPLAIN = (
    "The run ends before the work is done: its last words announce a step that was never taken (“I will now cancel …”), the "
    "to-do list that the agent kept has open items at the end, or the last answer was cut off by a limit of tokens. Flagged "
    "at the last step of the agent. Spared are runs in which a person spoke last or was asked something, and announcements "
    "of what others will do. Cannot see work that was left out without a word."
)
_SENTENCE = re.compile(r"[^.!?\n:]+")
_USUAL_VERBS = (
    "check look search fetch retrieve find run execute proceed start begin continue calculate compute verify analyze analyse "
    "read open create write update fix test try review examine gather extract implement"
)
_USUAL = frozenset(_USUAL_VERBS.split())
_ANNOUNCING = re.compile(
    r"(?:\W|\w+,\s|now\s|next\s|so\s|then\s|first\s)*"
    r"(?:I(?:['’]ll| will| am going to|['’]m going to)|let me|let['’]s)\s(?:now\s|next\s|first\s|also\s|then\s)*(?P<verb>\w+)",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"\?|\blet me know\b|\bplease (?:let|provide|confirm|tell|share|feel)|\bif you\b|\bshould you\b|\bwould you\b|\bfeel free\b",
    re.I,
)
_LATER = re.compile(r"\b(?:once|after|when|until|if|unless|as soon as|tomorrow|later|shortly|always)\b", re.I)
_CUT = frozenset(("length", "max_tokens", "max_output_tokens", "model_context_window_exceeded", "incomplete"))
_LISTS = frozenset(("todos", "todo_list", "plan", "tasks", "items", "steps"))
_OPEN = frozenset(("pending", "in_progress", "in progress", "todo", "open", "not_started", "not started"))
_DONE = frozenset(("completed", "complete", "done", "cancelled", "canceled", "skipped", "finished"))


def find(provenance: Provenance) -> Iterator[Flag]:
    session = provenance.session
    last = _last_words(session)
    if last is None:
        return
    cut = _CUT.intersection(map(str, last.attributes.get("finish_reasons") or ()))
    if cut:
        reason = min(cut)
        yield _flag(last, f"the last answer was cut off ({reason})", 0.85, _ending(last), "where it was cut off")
    elif (announced := _announced(session, last)) is not None:
        yield _flag(last, f"ends with “{elide(announced, 60)}”, and does not do it", 0.7, announced, "the last words")
    elif (left := _left_open(session, last)) is not None:
        step, item, count = left
        more = f" and {count - 1} more" if count > 1 else ""
        told = f"ends with “{elide(item, 40)}”{more} open on its list"
        evidence = Evidence(step.index, item, step.arguments_source or step.source, "still open")
        yield _flag(last, told, 0.6, _ending(last), "the last words", evidence)


def _last_words(session: Session) -> Step | None:
    """The step that ends the main window with words and no call, where nobody spoke after it."""
    for step in reversed(session.steps):
        if step.scope != "main" or step.kind in ("agent", "workflow", "evaluation", "guardrail"):
            continue
        if (
            step.kind != "llm_call"
            or step.message is None
            or any(not isinstance(part, TextPart) for part in step.message.parts)
        ):
            return None
        return step if _text(step).strip() else None
    return None


def _announced(session: Session, last: Step) -> str | None:
    """The last sentence, where it announces what the session's own tools could have done at once."""
    tools = {step.tool for step in session.steps if step.kind == "tool_call" and step.tool} | set(
        Definitions(session).names()
    )
    if not tools or _TALK.search(_text(last)[-400:]):
        return None
    verbs = _USUAL | {words[0] for tool in tools if (words := name_words(tool))}
    sentences = [found[0].strip() for found in _SENTENCE.finditer(_text(last)) if any(map(str.isalpha, found[0]))]
    if not sentences or _LATER.search(sentences[-1]):
        return None
    announcing = _ANNOUNCING.match(sentences[-1])
    return sentences[-1] if announcing and announcing["verb"].lower() in verbs else None


def _left_open(session: Session, last: Step) -> tuple[Step, str, int] | None:
    """(the step that wrote the list last, its first open item, how many are open) of a list that was partly done."""
    for step in reversed(session.steps):
        if step.kind != "tool_call" or step.scope != last.scope or not isinstance(step.arguments, dict):
            continue
        items = next(
            (value for key, value in step.arguments.items() if key in _LISTS and isinstance(value, list)), None
        )
        if not items or not all(isinstance(item, dict) and "status" in item for item in items):
            continue
        states = [str(item["status"]).casefold() for item in items]
        if not set(states) <= _OPEN | _DONE:
            return None
        left = [_name(item) for item, state in zip(items, states, strict=True) if state in _OPEN]
        return (step, left[0], len(left)) if left and left[0] else None
    return None


def _name(item: dict[str, Any]) -> str:
    return next(
        (value for key, value in item.items() if key != "status" and isinstance(value, str) and " " in value), ""
    )


def _text(step: Step) -> str:
    return "\n".join(text_of(part) for part in step.message.parts) if step.message else ""


def _ending(step: Step) -> str:
    return _text(step).rstrip().splitlines()[-1][-120:]


def _flag(last: Step, told: str, confidence: float, quote: str, role: str, *more: Evidence) -> Flag:
    source = last.message.source if last.message and last.message.source else last.source
    return detected(KIND, last.index, source, told, confidence, (Evidence(last.index, quote, source, role), *more))
