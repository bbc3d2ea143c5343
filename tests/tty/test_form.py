"""The whole form filled by keyboard in tmux at 80×24. TRACETUI_SCREENS=FOLDER keeps the screen of every section there,
with its colours, to be looked at."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from tests.tty.terminal import SAMPLES
from tests.tty.test_tmux import Tmux, tmux
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.fields import SECTIONS
from tracetui.postmortem.form import Field, Section
from tracetui.store.incidents import Store

__all__ = ["tmux"]
SCREENS = os.environ.get("TRACETUI_SCREENS", "")
pytestmark = [
    pytest.mark.tty,
    pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed"),
    pytest.mark.skipif(not SCREENS, reason="types for half a minute; TRACETUI_SCREENS=FOLDER runs it"),
]
LONG = "Typed at two in the morning over a bad line, long enough to be wrapped on eighty columns and to be read again"


def words(field: Field) -> str:
    return {"time": "2026-07-01T02:14:00+00:00", "date": "2026-07-08", "number": "3", "step": "3"}.get(
        field.kind, LONG if field.kind == "text" else "a line"
    )


IN_FIELD, IN_PICKER, IN_ROWS, IN_SECTIONS = (
    ("enter pick", "$EDITOR"),
    ("no value",),
    ("enter open", "a add"),
    ("v preview",),
)
"""What the key bar shows where."""


def wait_for_keys(tmux: Tmux, keys: tuple[str, ...], without: tuple[str, ...] = ()) -> None:
    """Until the last line shows one of `keys` and none of the others."""

    def shown() -> bool:
        foot = tmux.screen().rstrip("\n").splitlines()[-1]
        return any(key in foot for key in keys) and not any(key in foot for key in without)

    deadline = time.monotonic() + 60
    while not shown():
        assert time.monotonic() < deadline, f"{keys} did not come; the screen:\n{tmux.screen()}"
        time.sleep(0.05)


def fill(tmux: Tmux, fields: tuple[Field, ...]) -> None:
    """Every field from the one that has the keys, in order; the keys end on the one after the last."""
    for field in fields:
        if field.kind == "choice":
            wait_for_keys(tmux, IN_FIELD)
            tmux.press("Enter")
            wait_for_keys(tmux, IN_PICKER)
            tmux.press("1")
            wait_for_keys(tmux, IN_FIELD)
        else:
            tmux.type(words(field))
        tmux.press("Tab")


def fill_section(tmux: Tmux, section: Section) -> None:
    """From the sections and back to them."""
    tmux.type(str(section.number))
    if section.number == 1:
        time.sleep(1.1)  # a second digit would make another number of it
    tmux.wait_for(f"{section.number}/{len(SECTIONS)} {section.title}")
    tmux.press("Enter")
    if section.id == "evidence":
        wait_for_keys(tmux, IN_ROWS)
        tmux.press("Tab")
    if section.fields:
        wait_for_keys(tmux, IN_FIELD)
        fill(tmux, section.fields)
    for table in section.tables:
        wait_for_keys(tmux, IN_ROWS)
        tmux.press("Enter" if table.fixed else "a")
        wait_for_keys(tmux, IN_FIELD)
        fill(tmux, table.columns)
        tmux.press("Escape")
        wait_for_keys(tmux, IN_ROWS)
        tmux.press("Tab")
    keep(tmux, section)
    tmux.press("Escape")
    wait_for_keys(
        tmux, IN_SECTIONS, IN_FIELD + IN_ROWS
    )  # a key right behind Escape would be taken for Alt with that key


def keep(tmux: Tmux, section: Section) -> None:
    Path(SCREENS, f"{section.number:02}-{section.id}.ansi").write_text(tmux.run("capture-pane", "-p", "-e"))


def test_every_field_is_filled_by_keyboard_and_is_there(tmux: Tmux, tmp_path: Path) -> None:
    tmux.open(SAMPLES / "incident_content.jsonl", "--view", "postmortem")
    tmux.wait_for("17 Evidence and notes")
    for section in SECTIONS:
        fill_section(tmux, section)
    tmux.press("q")
    tmux.wait_for("HALLUCINATION PROPAGATION")
    tmux.press("q")
    tmux.wait_for_end()
    store = Store(tmp_path / "store")
    (known,) = store.ids()
    assert missing(store.read(known)) == []


def missing(held: Postmortem) -> list[str]:
    """Addresses that hold nothing."""
    found = [
        f"{section.id}.{field.id}"
        for section in SECTIONS
        for field in section.fields
        if not held.text(f"{section.id}.{field.id}")
    ]
    for section in SECTIONS:
        for table in section.tables:
            rows = held.rows(table.id)
            found += [
                f"{table.id}/*/{column.id}" for column in table.columns if not any(row.text(column.id) for row in rows)
            ]
    return found
