"""Values of the form that a session holds as recorded: what it was, what it used, what it cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from tracetui.analysis.passages import step_passages
from tracetui.context import json_text, prompt_at, text_of
from tracetui.model import Message, ReasoningPart, Session, Step, TextPart, Trace

Value = tuple[str, str, str]
"""(address, text, source)"""
_TIMES = " ×"
MAX_CHARACTERS = 1_500
"""A pre-filled text is cut here, and says how much is left out; the pinned record holds it whole."""


def trace_values(trace: Trace) -> Iterator[Value]:
    yield "identity.trace", trace.path, "trace"
    yield "identity.trace_format", f"{trace.format}: {trace.format_reason}", "trace"


def session_values(session: Session) -> Iterator[Value]:
    """What the session says of itself, in the order of the form."""
    steps = session.steps
    calls = [step for step in steps if step.kind == "llm_call"]
    tools = [step for step in steps if step.kind == "tool_call"]
    yield from _goal(session)
    yield "session.context_used", _context_used(session, len(calls)), "trace"
    yield "session.tools_called", counted(step.tool for step in tools), "trace"
    if calls:
        yield "session.believed_done", cut(said(session, calls[-1])), at_step(calls[-1])
    yield "session.session_id", session.session_id, "trace"
    yield "session.agents", ", ".join(dict.fromkeys(step.agent for step in steps if step.agent)), "trace"
    yield "session.models", ", ".join(dict.fromkeys(step.model for step in steps if step.model)), "trace"
    yield from _times(session)
    yield "session.steps", str(len(steps)), "trace"
    yield "session.llm_calls", str(len(calls)), "trace"
    yield "session.tool_calls", str(len(tools)), "trace"
    yield "session.tokens", _tokens(session), "trace"
    costs = [step.cost_usd for step in steps if step.cost_usd is not None]
    if costs:
        yield "session.cost_usd", f"{sum(costs):.4f}", "trace"


def at_step(step: Step) -> str:
    """The source of a value that stands in one step."""
    return f"trace: step {step.number}"


def said(session: Session, step: Step) -> str:
    """What a step put into words: its message, else its arguments and result, else its recorded summary."""
    passages = list(step_passages(session, step))
    for kinds in (("said", "given"), ("argument", "result"), ("summary", "reasoned", "system")):
        texts = [passage.text for passage in passages if passage.kind in kinds and passage.text.strip()]
        if texts:
            return "\n".join(texts)
    return ""


def in_short(session: Session, step: Step) -> str:
    """One step as a line: a call with its arguments and answer, or what was said."""
    if step.kind != "tool_call":
        return said(session, step)
    arguments = json_text(step.arguments) if step.arguments is not None else ""
    answer = step.error or (step.result if isinstance(step.result, str) else json_text(step.result))
    return f"{step.tool or 'tool'} {arguments}".strip() + (
        f" → {answer or step.summary}" if answer or step.summary else ""
    )


def actor(step: Step) -> str:
    """Who acted: the agent, the tool or the model."""
    return step.tool or step.agent or step.model or step.kind


def cut(text: str, characters: int = MAX_CHARACTERS) -> str:
    """`text`, or its beginning and how many characters are left out."""
    if len(text) <= characters:
        return text
    return f"{text[:characters]} … [{len(text) - characters} more characters in the trace]"


def counted(names: Iterable[str | None]) -> str:
    """ "get_order ×1, send_email ×2", in the order of first appearance."""
    counts = Counter(name for name in names if name)
    return ", ".join(f"{name}{_TIMES}{count}" for name, count in counts.items())


def names_counted(text: str) -> tuple[str, ...]:
    """The names that `counted` wrote, also where a person changed the list."""
    return tuple(name for part in text.replace("\n", ",").split(",") if (name := part.partition(_TIMES)[0].strip()))


def moment(nanoseconds: int) -> str:
    """A time of the trace, ISO 8601 in UTC; "" where it is outside what a calendar holds."""
    try:
        return datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return ""


def _goal(session: Session) -> Iterator[Value]:
    asked = _first_request(session)
    with_goal = next((step for step in session.steps if step.goal), None)
    if session.goal:
        yield "session.goal", cut(session.goal), "trace"
    elif with_goal is not None and with_goal.goal:
        yield "session.goal", cut(with_goal.goal), at_step(with_goal)
    elif asked is not None:
        yield "session.goal", cut(asked[0]), at_step(asked[1])
    if asked is not None:
        yield "session.trigger", cut(f"a user's message: {asked[0]}"), at_step(asked[1])


def _first_request(session: Session) -> tuple[str, Step] | None:
    """The first thing that a user said, and the step where it came in: one of its own, or the first call that was shown it."""
    for step in session.steps:
        if step.kind == "message" and step.message is not None and step.message.role == "user":
            return _words(step.message), step
        if step.kind == "llm_call":
            shown = (held.message for held in prompt_at(session, step.index).messages if held.message.role == "user")
            first = next(filter(None, map(_words, shown)), "")
            return (first, step) if first else None
    return None


def _words(message: Message) -> str:
    return " ".join(text_of(part) for part in message.parts if isinstance(part, (TextPart, ReasoningPart))).strip()


def _context_used(session: Session, calls: int) -> str:
    recorded = sum(session.steps[index].kind == "llm_call" for index in session.prompts)
    lines = [f"prompts recorded at {recorded} of {calls} LLM calls"] if calls else []
    for gap in session.gaps:
        lines.append(f"{gap.kind.replace('_', ' ')}: {gap.effect}")
    return "\n".join(lines)


def _times(session: Session) -> Iterator[Value]:
    starts = [step.start_ns for step in session.steps if step.start_ns is not None]
    durations = [step.duration_ns for step in session.steps if step.duration_ns is not None]
    if starts:
        ends = [s.start_ns + (s.duration_ns or 0) for s in session.steps if s.start_ns is not None]
        yield "session.started_at", moment(min(starts)), "trace"
        yield "session.ended_at", moment(max(ends)), "trace"
        yield "session.duration", _seconds(max(ends) - min(starts)), "trace"
    elif durations:
        yield "session.duration", f"{_seconds(sum(durations))} in steps", "trace: sum of the steps' durations"


def _seconds(nanoseconds: int) -> str:
    seconds = nanoseconds / 1e9
    if seconds < 90:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _tokens(session: Session) -> str:
    usages = [step.usage for step in session.steps if step.usage]
    if not usages:
        return ""
    total_in = sum(usage.input_tokens or 0 for usage in usages)
    total_out = sum(usage.output_tokens or 0 for usage in usages)
    estimated = ", in part estimated" if any(usage.origin != "recorded" for usage in usages) else ""
    return f"{total_in} in, {total_out} out{estimated}"
