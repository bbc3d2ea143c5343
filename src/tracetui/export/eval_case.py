"""An incident as an eval case: the input, what came of it, what should have, and assertions that can be checked.

The assertions tell behaviour, not wording: an invented value is not used, actions rest on what was read, a loop ends.
What a trace cannot say stays a person's: the case is there to be edited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tracetui.context import Prompt, prompt_at
from tracetui.model import (
    Message,
    Part,
    ReasoningPart,
    Session,
    Step,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)
from tracetui.parts import json_text, text_of
from tracetui.postmortem.document import Postmortem

SCHEMA = "tracetui.eval-case/1"
LOOP_CALLS = 3
"""More calls of one tool with the same arguments mean: pause and escalate."""
_MOST_RUNS = 20


def case_of(postmortem: Postmortem, session: Session | None) -> dict[str, Any]:
    """The case as plain data. Without the session it holds no input and only what the postmortem says of the output."""
    step = _call(session, postmortem) if session is not None else None
    prompt = prompt_at(session, step.index) if session is not None and step is not None else None
    wrong = list(_messages(step.message)) if step is not None and step.message is not None else []
    told = list(_given(prompt, session)) if prompt is not None and session is not None else []
    given = [message for message, _ in told]
    gaps = [gap.effect for gap in prompt.gaps] if prompt is not None else []
    if not given and (goal := postmortem.text("session.goal").strip()):
        given = [{"role": "user", "content": goal}]
        gaps.append("the input is the goal as the postmortem tells it, not what the model was shown")
    assertions = list(_assertions(postmortem, given, wrong))
    return {
        "schema": SCHEMA,
        "id": postmortem.id,
        "title": postmortem.text("identity.title"),
        "failure_mode": postmortem.text("classification.failure_mode"),
        "input": {"messages": given, "tools": [_tool(tool) for tool in prompt.tools] if prompt is not None else []},
        "context": {
            "step": step.number if step is not None else None,
            "fidelity": prompt.fidelity if prompt is not None else "absent",
            "from_steps": [number for _, number in told],
            "gaps": gaps,
        },
        "wrong_output": {
            "messages": wrong,
            "symptom": {"step": postmortem.text("origin.symptom_step"), "text": postmortem.text("detection.symptom")},
        },
        "expected_behaviour": [*(one["why"] for one in assertions), *_expected(postmortem)],
        "assertions": assertions,
        "runs": _runs(postmortem),
    }


def _call(session: Session, postmortem: Postmortem) -> Step | None:
    """The LLM call where the fault began: the origin, the call that asked for it, or the first that was shown it."""
    calls = [step for step in session.steps if step.kind == "llm_call"]
    named = postmortem.text("origin.step") or postmortem.text("origin.symptom_step")
    at = next((step for step in session.steps if str(step.number) == named), None)
    if at is None:
        return calls[-1] if calls else None
    if at.kind == "tool_call" and at.parent is not None and session.steps[at.parent].kind == "llm_call":
        return session.steps[at.parent]
    later = [call for call in calls if call.index >= at.index and call.scope == at.scope]
    return later[0] if later else calls[-1] if calls else None


def place_in(case: dict[str, Any]) -> Callable[[str], str]:
    """Writes a path of keys in a case with the step that the text there is from."""
    context, symptom = case["context"], case["wrong_output"]["symptom"]

    def told(path: str) -> str:
        keys = path.split("/")[1:]
        step = None
        if keys[:2] == ["input", "messages"] and int(keys[2]) < len(context["from_steps"]):
            step = context["from_steps"][int(keys[2])]
        elif keys[0] == "wrong_output":
            step = symptom["step"] if keys[1] == "symptom" else context["step"]
        return f"{path} (step {step})" if step else path

    return told


def _given(prompt: Prompt, session: Session) -> Iterator[tuple[dict[str, Any], int | None]]:
    """The messages that the model was shown, each with the number of the step that it came in with."""
    if prompt.system:
        yield {"role": "system", "content": _text(prompt.system)}, None
    for held in prompt.messages:
        number = session.steps[held.from_step].number if held.from_step is not None else None
        for message in _messages(held.message):
            yield message, number


def _messages(message: Message) -> Iterator[dict[str, Any]]:
    """A message as OpenAI's chat API takes it; tool results are messages of their own there."""
    calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
    results = [part for part in message.parts if isinstance(part, ToolCallResponsePart)]
    for result in results:
        yield {"role": "tool", "tool_call_id": result.id or "", "content": text_of(result)}
    text = _text(message.parts)
    if text or calls or not results:
        found: dict[str, Any] = {"role": "assistant" if message.role == "model" else message.role, "content": text}
        if calls:
            found["tool_calls"] = [_tool_call(call, at) for at, call in enumerate(calls, start=1)]
        yield found


def _text(parts: tuple[Part, ...]) -> str:
    """The text of parts; an image or a file is named, reasoning is left out, for no API takes it back as text."""
    shown = (
        part.content if isinstance(part, TextPart) else f"[{getattr(part, 'kind', 'part')}, not exported]"
        for part in parts
        if not isinstance(part, (ReasoningPart, ToolCallPart, ToolCallResponsePart))
    )
    return "\n".join(shown)


def _tool_call(call: ToolCallPart, at: int) -> dict[str, Any]:
    arguments = call.arguments if isinstance(call.arguments, str) else json_text(call.arguments) or "{}"
    return {"id": call.id or f"call_{at}", "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _tool(tool: ToolDefinition) -> dict[str, Any]:
    parameters = tool.parameters or {"type": "object", "properties": {}}
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": parameters},
    }


def _assertions(
    postmortem: Postmortem, given: list[dict[str, Any]], wrong: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """What must not happen again, as checks of `eval_program`; by the words of the answer only where nothing else is."""
    found = [*_value(postmortem, given, wrong), *_actions(postmortem), *_loop(postmortem)]
    text = "\n".join(message["content"] for message in wrong) or postmortem.text("detection.symptom")
    if not found and text.strip():
        found.append(_check("answer_not_repeated", "the wrong answer does not come again", text=text.strip()))
    yield from found


def _value(
    postmortem: Postmortem, given: list[dict[str, Any]], wrong: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    value = postmortem.text("origin.premise").strip()
    if not value or (wrong and value.casefold() not in json_text(wrong).casefold()):
        return
    if value.casefold() in json_text(given).casefold():
        yield _check("value_not_used", f"{value} is not used", value=value, unless_read=False)
    else:
        why = f"{value} is not used before a tool has returned it"
        yield _check("value_not_used", why, value=value, unless_read=True)


def _actions(postmortem: Postmortem) -> Iterator[dict[str, Any]]:
    tools = sorted({row.text("tool") for row in postmortem.rows("blast_radius") if row.text("tool")})
    if tools:
        why = f"{', '.join(tools)}: not called before something that was read names each id in the arguments"
        yield _check("actions_rest_on_what_was_read", why, tools=tools)


def _loop(postmortem: Postmortem) -> Iterator[dict[str, Any]]:
    called = Counter(row.text("who") for row in postmortem.rows("cascade"))
    tools = [name for name, _ in called.most_common() if f"{name} ×" in postmortem.text("session.tools_called")]
    if postmortem.text("classification.failure_mode") == "cost_runaway" and tools:
        why = f"{tools[0]} is called at most {LOOP_CALLS} times with the same arguments"
        yield _check("calls_at_most", why, tool=tools[0], times=LOOP_CALLS)


def _check(name: str, why: str, **with_: Any) -> dict[str, Any]:
    return {"check": name, "with": with_, "why": why}


def _expected(postmortem: Postmortem) -> Iterator[str]:
    """What people and the good run say of the right behaviour."""
    if postmortem.text("divergence.why"):
        yield f"unlike this run, a good run: {postmortem.text('divergence.why')}"
    if postmortem.text("detection.would_have_caught"):
        yield postmortem.text("detection.would_have_caught")


def _runs(postmortem: Postmortem) -> int:
    """How often to ask: as often as it was run when it failed in some runs only."""
    total = postmortem.text("behaviour.total_runs").strip()
    if postmortem.text("behaviour.determinism") != "probabilistic" or not (total.isascii() and total.isdigit()):
        return 1
    return min(max(1, int(total[:4])), _MOST_RUNS)
