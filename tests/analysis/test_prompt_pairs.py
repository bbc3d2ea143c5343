"""Which messages of two prompts stand for each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.prompt_pairs import PromptPair, prompt_pairs
from tracetui.model import Message, TextPart


def message(role: str, text: str) -> Message:
    return Message(role, (TextPart(text),))


def test_equal_messages_are_the_same_and_what_follows_stands_alone() -> None:
    old = [message("user", "go"), message("assistant", "yes")]
    assert prompt_pairs(old, [*old, message("tool", "42")]) == [
        PromptPair(0, 0, same=True),
        PromptPair(1, 1, same=True),
        PromptPair(None, 2),
    ]


def test_a_rewritten_message_is_paired_with_the_one_most_like_it() -> None:
    old = [message("user", "find order ord_1"), message("user", "be quick")]
    new = [message("user", "hello there"), message("user", "find order ord_2"), message("user", "be quick now")]
    assert prompt_pairs(old, new) == [PromptPair(None, 0), PromptPair(0, 1), PromptPair(1, 2)]


def test_messages_of_other_roles_are_never_paired() -> None:
    assert prompt_pairs([message("user", "go now")], [message("tool", "go now please")]) == [
        PromptPair(0, None),
        PromptPair(None, 0),
    ]


def test_many_differing_messages_are_paired_by_role_and_order() -> None:
    old = [message("tool", f"old {at}") for at in range(100)]
    new = [message("tool", f"new {at}") for at in range(100)]
    assert prompt_pairs(old, new) == [PromptPair(at, at) for at in range(100)]


_MESSAGES = st.lists(st.builds(message, st.sampled_from(["user", "tool"]), st.sampled_from(["", "a", "ab", "abc"])))


@given(_MESSAGES, _MESSAGES)
def test_every_message_stands_once_in_order(old: list[Message], new: list[Message]) -> None:
    pairs = prompt_pairs(old, new)
    assert [pair.first for pair in pairs if pair.first is not None] == list(range(len(old)))
    assert [pair.second for pair in pairs if pair.second is not None] == list(range(len(new)))
    for pair in pairs:
        if pair.first is not None and pair.second is not None:
            assert old[pair.first].role == new[pair.second].role
