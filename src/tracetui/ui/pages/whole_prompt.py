"""What is told of a prompt whose messages are read where one looks at them: its head, and one message in full."""

from __future__ import annotations

from textual.content import Content

from tracetui.errors import TracetuiError
from tracetui.ingest.prompt_by_place import PromptByPlace
from tracetui.ui import figures
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.pages.context import write_parts, write_tools
from tracetui.ui.pages.hidden_lines import passages_of, summary, write_passages
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, content

HEAD_LINES = 4
_NOT_WEIGHED = "not held against the recorded tokens: only the whole file tells hidden edits"


def head(prompt: PromptByPlace, asked: str) -> list[Content]:
    """How sure it is, what it weighs, where it is from, what is not known. `asked`: the step it was asked for, in words."""
    dot = f" {GLYPHS.dot} "
    counts = [
        figures.plural(len(prompt), "message"),
        f"about {figures.tokens(prompt.estimated_tokens)} tokens by estimate",
    ]
    if prompt.recorded_tokens is not None:
        counts.append(f"{prompt.recorded_tokens:,} recorded")
    new = len(prompt) - prompt.kept
    since = f"{new:,} new since line {prompt.line_before + 1:,}" if prompt.line_before is not None else "the first call"
    missing = f"{figures.plural(prompt.unread, 'line')} before it cannot be read{dot}" if prompt.unread else ""
    return [
        content(("rebuilt", f"bold {WARN}"), (f": {asked}", QUIET)),
        content((dot.join(counts), QUIET)),
        content((f"added by the session's calls up to line {prompt.line + 1:,}{dot}", QUIET), (since, GOOD)),
        content((f"! {missing}", WARN), (_NOT_WEIGHED, WARN if missing else QUIET)),
    ]


def message_page(prompt: PromptByPlace, position: int) -> Document:
    """One message in full; behind the last one the tool definitions."""
    out = Writer()
    try:
        message, line, _ = prompt[position]
        passages = passages_of(message)
        out.anchor(concealed=bool(passages))
        out.rich(
            (f"{position + 1:,} ", QUIET),
            (f"{message.role} {message.name or ''}".rstrip(), STRONG),
            (f"  from line {line + 1:,}" if line is not None else "", KEY),
            (f" ! {summary(passages)}" if passages else "", BAD),
        )
        write_passages(passages, out)
        write_parts(message.parts, out)
        if position == len(prompt) - 1 and prompt.tools:
            out.blank()
            out.anchor(folds=True)
            out.rich(("tool definitions", f"bold {KEY}"), (f"  {len(prompt.tools):,}", QUIET))
            write_tools(prompt.tools, out)
    except TracetuiError as problem:
        out.rich((problem.message, BAD))
    return out.document()
