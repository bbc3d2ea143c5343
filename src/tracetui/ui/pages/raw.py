"""The bytes of a step's records, exact but for what a terminal would obey and for credentials, which stay in the file."""

from __future__ import annotations

from tracetui.credentials import masked_text
from tracetui.errors import TracetuiError
from tracetui.model import SourceRef
from tracetui.ui.document import Document, Writer
from tracetui.ui.pages.step import place
from tracetui.ui.present import BAD, KEY, QUIET
from tracetui.ui.state import Opened, SourceBytes


def raw_page(opened: Opened, index: int, brief: bool = False) -> Document:
    """Each record that the step was read from."""
    step, out = opened.session.steps[index], Writer()
    sources = [("record", step.source)]
    if step.arguments_source is not None and step.arguments_source != step.source:
        sources.append(("arguments", step.arguments_source))
    sources += [("also", source) for source in step.also if source not in (step.source, step.arguments_source)]
    for title, source in sources:
        out.blank()
        out.anchor()
        out.rich((title, f"bold {KEY}"), (f"  {place(source)}", QUIET), indent=2)
        write_bytes(out, opened.source_bytes, source)
    return out.document()


def write_bytes(out: Writer, source_bytes: SourceBytes, source: SourceRef) -> None:
    """The bytes as text: what is not UTF-8 is marked, byte by byte."""
    try:
        text, hidden = masked_text(source_bytes.at(source).decode("utf-8", "surrogateescape"))
        if hidden:
            out.text(
                f"{hidden} credentials masked: the file has them"
                if hidden > 1
                else "a credential masked: the file has it",
                QUIET,
            )
        out.text(text, hard=True)
    except TracetuiError as problem:
        out.text(problem.message, BAD)
