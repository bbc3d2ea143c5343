"""Keys of one's own, by the ids of bindings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ui.pilot import SAMPLES, debugger, opened_app, screen_text, wait_for
from tracetui.errors import TracetuiError
from tracetui.ui.keymap import bindings_by_id, users_keys


def keys_of(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "keys.toml"
    path.write_text(text, encoding="utf-8")
    return users_keys({"TRACETUI_KEYS": str(path)})


def test_keys_are_written_as_people_write_them(tmp_path: Path) -> None:
    told = keys_of(tmp_path, '"flag.next" = "]"\n"step.open" = ["enter", "space"]\n"find.filter" = "^f"\n')
    assert told == {"flag.next": "right_square_bracket", "step.open": "enter,space", "find.filter": "ctrl+f"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"flag.nxt" = "f"', "no key is called flag.nxt"),
        ('"flag.next" = 3', "flag.next has no key"),
        ('"flag.next" = "ctrl+nosuchkey"', "no keyboard sends ctrl+nosuchkey"),
        ("flag", "not a file of keys"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(TracetuiError) as problem:
        keys_of(tmp_path, text)
    assert told in problem.value.message
    assert "docs/keys.md" in problem.value.hint


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(TracetuiError):
        users_keys({"TRACETUI_KEYS": str(tmp_path / "none.toml")})


async def test_a_binding_works_by_its_new_key_and_the_key_bar_says_so(tmp_path: Path) -> None:
    async with opened_app(SAMPLES / "incident_content.jsonl") as pilot:
        pilot.app.set_keymap(keys_of(tmp_path, '"find.origin" = "0"\n"open.diff" = "u"\n'))
        await pilot.press("g", "0")
        await wait_for(pilot, lambda: debugger(pilot).steps.step == 2, "the origin")
        await wait_for(pilot, lambda: "u diff" in screen_text(pilot), "the new key in the key bar")


def test_no_key_needs_alt_a_function_key_or_what_terminals_cannot_tell_apart() -> None:
    cannot = re.compile(r"alt\+|meta\+|super\+|^f\d+$|ctrl\+(?:enter|shift|[imhab0-9]$)|shift\+enter")
    for name, (_, binding) in bindings_by_id().items():
        keys = binding.key.split(",")
        assert any(not cannot.search(key.strip()) for key in keys), f"{name}: {binding.key}"


def test_every_binding_of_ours_has_an_id_and_says_what_it_does() -> None:
    for name, (_, binding) in bindings_by_id().items():
        assert binding.tooltip or binding.description, name
