"""Which keys the last line tells at a width."""

from __future__ import annotations

import pytest

from tracetui.ui.key_line import fitting

KEYS = [("enter", "open"), ("q", "quit"), ("p", "postmortem"), ("?", "help")]


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (80, ["open", "postmortem", "quit", "help"]),
        (40, ["open", "postmortem", "quit", "help"]),
        (34, ["open", "post", "quit", "help"]),
        (28, ["open", "post", "help"]),
        (18, ["open", "help"]),
        (3, ["help"]),
    ],
)
def test_help_stays_and_quit_stands_before_it_where_there_is_room(width: int, told: list[str]) -> None:
    assert [what for _, what in fitting(KEYS, width)] == told
