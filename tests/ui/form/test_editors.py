"""What one types with."""

from __future__ import annotations

from tracetui.postmortem.form import Field
from tracetui.ui.form.editors import TextEditor


def test_an_editor_without_any_width_paints_nothing() -> None:
    editor = TextEditor(Field(id="title", label="Title", hint="In one sentence."), "", lambda text: None)
    assert editor.content_size.width == 0
    assert editor.render_line(0).cell_length == 0
