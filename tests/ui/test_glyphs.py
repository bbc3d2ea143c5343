"""Unicode or ASCII signs, by what the terminal is known to show."""

from __future__ import annotations

import pytest

from tracetui.ui.glyphs import ASCII, UNICODE, wants_ascii


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "C.utf8"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),  # Python's own doing
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "linux"}, True),
        ({"TERM": "vt100"}, True),
        ({"LANG": "C", "TRACETUI_ASCII": "0"}, False),
        ({"LANG": "en_US.UTF-8", "TRACETUI_ASCII": "1"}, True),
    ],
)
def test_the_locale_decides_where_it_is_set(environ: dict[str, str], expected: bool) -> None:
    assert wants_ascii(environ) is expected


def test_the_ascii_signs_are_ascii_and_tell_states_apart() -> None:
    assert all(sign.isascii() for sign in ASCII)
    assert len({ASCII.llm, ASCII.tool, ASCII.message, ASCII.fail, ASCII.calm, ASCII.unsure}) == 6
    assert all(len(sign) == 1 for sign in UNICODE)


def test_neither_kinds_nor_the_dot_between_figures_have_a_sign_by_which_comparisons_say_more_less_or_the_same() -> None:
    assert not {ASCII.llm, ASCII.tool, ASCII.message, ASCII.other, ASCII.fail, ASCII.dot} & {"+", "-", "="}
