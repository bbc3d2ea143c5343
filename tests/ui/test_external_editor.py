from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tracetui.ui.external_editor import EditorError, edit_text


def editor(tmp_path: Path, script: str) -> dict[str, str]:
    path = tmp_path / "my editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return {"EDITOR": f"'{path}' -x"}


def test_the_text_comes_back_as_the_editor_left_it(tmp_path: Path) -> None:
    assert edit_text("old", editor(tmp_path, 'printf "new\\nlines\\n" > "$2"')) == "new\nlines"


def test_a_text_that_is_not_touched_is_the_same(tmp_path: Path) -> None:
    assert edit_text("old ⟶ text\n", editor(tmp_path, "true")) == "old ⟶ text\n"


def test_the_file_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    edit_text("secret", editor(tmp_path, f'stat -c "%a %n" "$2" > {tmp_path}/seen'))
    mode, _, name = (tmp_path / "seen").read_text().strip().partition(" ")
    assert mode == "600"
    assert not Path(name).exists()


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"EDITOR": "/no/such/editor"}, "no such file"),
        ({"EDITOR": "'unbalanced"}, "quotation"),
        ({"VISUAL": "   "}, "no editor"),
    ],
)
def test_an_editor_that_cannot_start_says_why(environ: dict[str, str], words: str) -> None:
    with pytest.raises(EditorError, match=f"(?i){words}"):
        edit_text("old", environ)


def test_an_editor_that_gives_up_leaves_the_text(tmp_path: Path) -> None:
    """`:cq` in vim."""
    with pytest.raises(EditorError, match="ended with 1"):
        edit_text("old", editor(tmp_path, 'echo new > "$2"; exit 1'))


def test_an_editor_that_takes_the_file_away_leaves_the_text(tmp_path: Path) -> None:
    with pytest.raises(EditorError, match="the text is as it was"):
        edit_text("old", editor(tmp_path, 'rm "$2"'))


def test_ctrl_c_is_the_editors_own(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it
    try:
        assert edit_text("old", editor(tmp_path, 'kill -INT $PPID; printf new > "$2"')) == "new"
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("around", ["exec sleep 43", "sleep 43 & wait"], ids=["editor", "script around one"])
def test_when_we_are_told_to_end_the_editor_ends_and_what_it_had_written_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, around: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))
    try:
        started = f'printf written > "$2"; kill -TERM $PPID; {around}'
        assert edit_text("old", editor(tmp_path, started)) == "written"
    finally:
        signal.signal(signal.SIGTERM, before)
    assert told == [signal.SIGTERM]
    assert not list(tmp_path.glob("tracetui-*"))
    # A zombie has no command line.
    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if _read(path) == b"sleep\x0043\0"]
    assert not left


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def test_what_an_editor_that_was_ended_keeps_for_itself_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As vim keeps what was typed and not written."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(EditorError):
        edit_text("old", editor(tmp_path, 'echo typed > "$(dirname "$2")/.text.md.swp"; exit 1'))
    assert [path.name for path in tmp_path.glob("tracetui-*/.*")] == [".text.md.swp"]
