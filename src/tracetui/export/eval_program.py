"""An agent incident as a regression test: does the agent do it again?

    EVAL_AGENT=package.module:function python -m pytest FILE      (EVAL_RUNS=5 asks it five times)

The function is called with `messages` and `tools` as OpenAI's chat API takes them: what the model was shown where the
fault began. It answers with a text, one message, or the list of messages that the agent adds from there on, tool results
("role": "tool") included: as many turns as you like. Behaviour is checked, not wording; change CASE where your system
should behave otherwise.
"""

import functools
import importlib
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

Message = dict[str, Any]
CASE: dict[str, Any] = json.loads(r"""{}""")

IDS = re.compile(r"(?=\S*[A-Za-z])(?=\S*[\d@])[\w.+@:/#-]{4,}")
"""An argument that names one thing: letters with digits, or an address."""
DATES = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?")


def runs() -> range:
    return range(int(os.environ.get("EVAL_RUNS") or CASE["runs"]))


@functools.cache
def asked(run: int) -> list[Message]:
    """The messages of one run; the agent is called once a run."""
    name, _, function = os.environ.get("EVAL_AGENT", "").partition(":")
    if not function:
        pytest.skip("set EVAL_AGENT=package.module:function")
    if not CASE["input"]["messages"]:
        pytest.skip("the trace does not hold what the model was shown: write it into CASE")
    agent = getattr(importlib.import_module(name), function)
    messages, tools = json.loads(json.dumps([CASE["input"]["messages"], CASE["input"]["tools"]]))
    return messages_of(agent(messages, tools))


def messages_of(answer: Any) -> list[Message]:
    """Whatever an agent answers with, as a list of messages; libraries' message objects become what they hold."""
    if hasattr(answer, "model_dump"):
        answer = answer.model_dump(exclude_none=True)
    if isinstance(answer, str):
        return [{"role": "assistant", "content": answer}]
    if isinstance(answer, dict):
        return [answer]
    return [message for item in answer for message in messages_of(item)]


def text_of(message: Message) -> str:
    """All text of a message; the parts of a content that is a list, one after the other."""
    content = message.get("content") or ""
    if isinstance(content, list):
        return "\n".join(str(part.get("text") or part.get("content") or "") for part in content)
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def calls_of(message: Message) -> Iterator[tuple[str, Any]]:
    """(tool, arguments) of a message, in order."""
    for call in message.get("tool_calls") or []:
        function = call.get("function", call)
        arguments = function.get("arguments")
        try:
            yield function["name"], json.loads(arguments) if isinstance(arguments, str) else arguments
        except ValueError:
            yield function["name"], arguments


def leaves_of(value: Any) -> list[str]:
    """The values inside arguments, as text."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves_of(item)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def read_before(messages: list[Message]) -> Iterator[tuple[Message, str]]:
    """(message, what stood before it): the agent's messages, each with the text it was given and read until then."""
    read = "\n".join(text_of(given) for given in CASE["input"]["messages"] if given.get("role") != "assistant")
    for message in messages:
        if message.get("role", "assistant") == "assistant":
            yield message, read
        else:
            read += "\n" + text_of(message)


def holds(text: str, value: str) -> bool:
    """Whether a text holds a value as a whole: not as a piece of a longer one."""
    return re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", text, re.IGNORECASE) is not None


def value_not_used(messages: list[Message], value: str, unless_read: bool) -> None:
    """The invented value must not be used; once a tool has returned it, it is no invention."""
    for message, read in read_before(messages):
        if unless_read and holds(read, value):
            continue
        assert not holds(text_of(message), value), f"says {value}, which nothing it was shown holds"
        for tool, arguments in calls_of(message):
            assert not any(holds(leaf, value) for leaf in leaves_of(arguments)), f"calls {tool} with {value}"


def actions_rest_on_what_was_read(messages: list[Message], tools: list[str]) -> None:
    """An action on the world must not be taken before something that was read names each id in its arguments."""
    for message, read in read_before(messages):
        for tool, arguments in calls_of(message):
            for leaf in leaves_of(arguments) if tool in tools else ():
                is_id = IDS.fullmatch(leaf) and not DATES.fullmatch(leaf)
                assert not is_id or holds(read, leaf), f"calls {tool} with {leaf} before anything it read holds that"


def calls_at_most(messages: list[Message], tool: str, times: int) -> None:
    """A loop must end: no tool more often with the same arguments."""
    calls = [json.dumps(given, sort_keys=True) for m in messages for name, given in calls_of(m) if name == tool]
    most = max((calls.count(call) for call in calls), default=0)
    assert most <= times, f"calls {tool} {most} times with the same arguments"


def answer_not_repeated(messages: list[Message], text: str) -> None:
    """The wrong answer must not come again, word for word."""
    wrong = " ".join(text.casefold().split())
    assert not any(wrong in " ".join(text_of(message).casefold().split()) for message, _ in read_before(messages))


CHECKS = {
    check.__name__: check
    for check in (value_not_used, actions_rest_on_what_was_read, calls_at_most, answer_not_repeated)
}


@pytest.mark.parametrize("run", runs())
@pytest.mark.parametrize("assertion", CASE["assertions"], ids=lambda assertion: assertion["check"])
def test_the_agent_does_not_do_it_again(assertion: dict[str, Any], run: int) -> None:
    messages = asked(run)
    assert messages, "the agent answered nothing"
    CHECKS[assertion["check"]](messages, **assertion["with"])
