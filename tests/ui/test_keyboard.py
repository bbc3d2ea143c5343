"""A paste without an end does not take the keyboard away."""

from __future__ import annotations

import pytest
from textual import events

from tracetui.ui import keyboard
from tracetui.ui.keyboard import Parser


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(keyboard, "monotonic", lambda: now[0])
    return now


def test_a_paste_whose_end_is_missing_ends_when_nothing_more_comes(clock: list[float]) -> None:
    parser = Parser()
    assert list(parser.feed("\x1b[200~pasted")) == []
    assert list(parser.tick()) == []
    clock[0] += 2
    assert list(parser.feed("q")) == []
    clock[0] += 2
    (paste,) = [message for message in parser.tick() if isinstance(message, events.Paste)]
    assert paste.text == "pastedq"
    (key,) = parser.feed("q")
    assert isinstance(key, events.Key)


def test_a_long_paste_over_a_slow_line_stays_one_paste(clock: list[float]) -> None:
    parser, told = Parser(), []
    for part in ("\x1b[20", "0~" + "a" * 40, "b" * 40, "c" * 40, "\x1b[201", "~"):
        told += [*parser.feed(part), *parser.tick()]
        clock[0] += 2
    told += list(parser.feed("x"))
    assert [message.text for message in told if isinstance(message, events.Paste)] == ["a" * 40 + "b" * 40 + "c" * 40]
    assert isinstance(told[-1], events.Key)


def test_every_answer_where_the_cursor_is_is_told_once_also_where_it_comes_in_pieces() -> None:
    parser, answer = Parser(), "\x1b[12;40R"
    told = [*parser.feed(f"j{answer}k"), *parser.feed(answer[:4]), *parser.feed(answer[4:]), *parser.feed(answer * 2)]
    assert sum(isinstance(message, events.CursorPosition) for message in told) == 4
    assert [message.key for message in told if isinstance(message, events.Key)] == ["j", "k"]
