"""What one types with."""

from __future__ import annotations

from textual.geometry import Region

from tracetui.postmortem.form import Field
from tracetui.ui.form.editors import TextEditor


def test_an_editor_that_has_no_style_and_no_width_yet_paints_blanks() -> None:
    editor = TextEditor(Field(id="title", label="Title", hint="In one sentence."), "", lambda text: None)
    assert [strip.text for strip in editor.render_lines(Region(0, 0, 3, 2))] == ["   ", "   "]
