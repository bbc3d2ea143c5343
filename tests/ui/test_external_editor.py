from __future__ import annotations

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
