"""Keys of one's own, by the ids of bindings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ui.pilot import SAMPLES, debugger, opened_app, screen_text, wait_for
from tracetui.errors import TracetuiError
from tracetui.ui.key_scopes import bindings_by_id, scopes
from tracetui.ui.keymap import OwnKeys, users_keys
from tracetui.ui.lessons import LESSONS, WAYS_IN
from tracetui.ui.widgets.lesson_strip import lesson_content


def keys_of(tmp_path: Path, text: str) -> OwnKeys:
    path = tmp_path / "keys.toml"
    path.write_text(text, encoding="utf-8")
    return users_keys({"TRACETUI_KEYS": str(path)})


def test_keys_are_written_as_people_write_them(tmp_path: Path) -> None:
    told = keys_of(
        tmp_path, '"flag.next" = "v"\n"step.open" = ["enter", "space"]\nfind.filter = "^f"\n[open]\ndiff = "B"'
    )
    assert told.keys == {
        "flag.next": "v",
        "step.open": "enter,space",
        "find.filter": "ctrl+f",
        "open.diff": "B",
    }
    assert told.refused == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"flag.nxt" = "v"', ":1: flag.nxt: no key is called so, perhaps flag.next; left out"),
        ('"flag.next" = 3', ":1: flag.next: no key is given; left out, flag.next has ]"),
        ('\n"flag.next" = "ctrl+nosuch"', ":2: flag.next = ^nosuch: no keyboard sends ctrl+nosuch; left out"),
        ('"app.theme" = "ctrl+i"', ":1: app.theme = ^i: terminals send tab for it; left out, app.theme has T"),
        ('[find]\n\nfilter = "j"', ":3: find.filter = j: on the debugger screen that is row.next; left out"),
        ('"find.filter" = ["0", "m"]', ":1: find.filter = m: on the debugger screen that is step.note; left out, find"),
        ('"screen.back" = "ctrl+q"', "that is app.quit-now; left out, screen.back has q esc"),
        ('"app.quit-now" = "q"', ":1: app.quit-now: it quits from anywhere, and needs ctrl and a letter"),
        (
            '"app.quit-now" = "ctrl+k"',
            ":1: app.quit-now = ^k: text is typed with it there; left out, app.quit-now has ^q",
        ),
        ('"form.save" = "s"', ":1: form.save = s: text is typed with it there; left out, form.save has ^s"),
        ('"prompt.cancel" = "backspace"', ":1: prompt.cancel = backspace: text is typed with it there"),
    ],
)
def test_a_line_that_cannot_hold_is_left_out_and_said_with_its_place(text: str, told: str, tmp_path: Path) -> None:
    own = keys_of(tmp_path, text)
    assert len(own.refused) == 1
    assert own.refused[0].startswith(str(tmp_path / "keys.toml"))
    assert told in own.refused[0]


def test_of_two_lines_that_give_one_key_the_first_holds_and_both_are_named(tmp_path: Path) -> None:
    own = keys_of(tmp_path, '"open.diff" = "v"\n\n"find.filter" = "v"\n')
    assert own.keys == {"open.diff": "v"}
    (told,) = own.refused
    assert ":3: find.filter = v: on the debugger screen that is open.diff (line 1); left out, find.filter has f" in told


def test_two_bindings_may_change_places_and_one_that_does_not_keeps_its_key(tmp_path: Path) -> None:
    both = '"open.diff" = "b"\n"open.blast-radius" = "d"\n'
    assert keys_of(tmp_path, both) == OwnKeys({"open.diff": "b", "open.blast-radius": "d"})
    # The second line cannot hold, so that the key of the first is free no more.
    own = keys_of(tmp_path, '"open.diff" = "b"\n"open.blast-radius" = "j"\n')
    assert own.keys == {}
    assert len(own.refused) == 2


def test_keys_that_never_meet_may_be_the_same(tmp_path: Path) -> None:
    own = keys_of(tmp_path, '"effect.done" = "x"\n"walk.contents" = "x"\n"text.fold" = "X"\n')
    assert own.refused == ()


def test_a_file_that_cannot_be_read_says_where(tmp_path: Path) -> None:
    with pytest.raises(TracetuiError) as problem:
        keys_of(tmp_path, '"flag.next" = \n')
    assert "not a file of keys" in problem.value.message
    assert "line 1" in problem.value.message
    assert "docs/keys.md" in problem.value.hint


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(TracetuiError):
        users_keys({"TRACETUI_KEYS": str(tmp_path / "none.toml")})


async def test_bar_sheet_hints_and_lessons_tell_the_keys_that_hold(tmp_path: Path) -> None:
    own = keys_of(tmp_path, '"find.origin" = "0"\n"open.diff" = "v"\n"flag.next" = "f12"\n"find.filter" = "d"\nx = "y"')
    async with opened_app(SAMPLES / "incident_content.jsonl") as pilot:
        pilot.app.set_keymap(own.keys)
        pilot.app.refused_keys = own.refused  # type: ignore[attr-defined]
        await pilot.press("g", "0")
        await wait_for(pilot, lambda: debugger(pilot).steps.step == 2, "the origin")
        await wait_for(pilot, lambda: "v diff" in screen_text(pilot), "the new key in the key bar")
        bar = screen_text(pilot).splitlines()[-1]
        assert re.search(r"enter open +0 origin .* v diff .* \[ f12 flags", bar), "in the order that they always have"
        assert "press  0  to see where it began" in lesson_content(0, LESSONS[0].screen).plain
        assert "press v to go on" in lesson_content(4, LESSONS[0].screen).plain
        assert "v diff" in lesson_content(len(LESSONS) - 1, LESSONS[-1].screen).plain
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: "no key is called so" in screen_text(pilot), "what was left out")
        await pilot.press("space")
        await wait_for(pilot, lambda: re.search(" 0 +Go to the step where it began", screen_text(pilot)), "the new key")
        await pilot.press("escape", "d", *"kind:none", "enter")
        await wait_for(pilot, lambda: "d changes it" in screen_text(pilot), "the hint of an empty list")


def test_what_a_text_says_of_a_key_is_the_binding_that_has_it() -> None:
    """Keys are told beside the id whose key they usually are: both have to be right."""
    known = {(held.id, key) for scope in scopes() for held in scope.held for key in held.keys}
    told = re.compile(
        r"keys?_of\(\"([\w.-]+)\", \"([\w,+]+)\"\)|\{([\w.-]+)=(\w+)\}|keys?_of\('([\w.-]+)', '([\w,+]+)'\)"
    )
    source = Path(__file__).parents[2] / "src" / "tracetui" / "ui"
    found = [
        [part for part in groups if part]
        for path in source.rglob("*.py")
        for groups in told.findall(path.read_text(encoding="utf-8"))
    ]
    found += [[lesson.binding, lesson.key] for lesson in LESSONS if lesson.binding]
    found += [list(way) for way in WAYS_IN.values()]
    assert len(found) > 60
    assert [(name, key) for name, keys in found for key in keys.split(",") if (name, key) not in known] == []


def test_no_key_needs_alt_a_function_key_or_what_terminals_cannot_tell_apart() -> None:
    cannot = re.compile(r"alt\+|meta\+|super\+|^f\d+$|ctrl\+(?:enter|shift|[imhab0-9]$)|shift\+enter")
    for name, (_, binding) in bindings_by_id().items():
        keys = binding.key.split(",")
        assert any(not cannot.search(key.strip()) for key in keys), f"{name}: {binding.key}"


def test_every_binding_of_ours_has_an_id_and_says_what_it_does() -> None:
    for name, (_, binding) in bindings_by_id().items():
        assert binding.tooltip or binding.description, name


def test_no_binding_has_a_key_by_which_text_is_typed_where_it_has_to_work() -> None:
    off_meanwhile = {"walk.first", "walk.last"}
    for scope in scopes():
        for held in (one for one in scope.held if one.id not in off_meanwhile):
            needed = {key for key in held.keys if scope.text_needs(held.id, key)}
            assert needed < held.keys or not needed, f"{scope.place}: {held.id}"
