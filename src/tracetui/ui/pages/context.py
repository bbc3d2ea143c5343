"""What the model saw: the whole prompt at a step, each message with the step it came from and what changed."""

from __future__ import annotations

from collections.abc import Sequence

from tracetui.context import Prompt, prompt_at, text_of
from tracetui.media import first_payload
from tracetui.model import (
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    Session,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)
from tracetui.parts import part_characters
from tracetui.ui import figures
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.pages.context_head import SIGNS, write_gaps, write_head
from tracetui.ui.pages.hidden_lines import Passage, passages_of, summary, write_passages
from tracetui.ui.pages.step import write_value
from tracetui.ui.present import BAD, FAINT, KEY, QUIET, STRONG, WARN, Piece, line
from tracetui.ui.state import Opened
from tracetui.ui.value_text import payload_words, value_text

_BAR_CELLS = 8
_FIRST_CHARACTERS = 60


def context_page(opened: Opened, index: int, brief: bool = False, *, weighed: bool = True) -> Document:
    """The prompt of an LLM call, or at any other step what the next call will see; `brief`: in full only what changed;
    `weighed`: as for `context.prompt_at`."""
    page = _ContextPage(opened.session, prompt_at(opened.session, index, weighed=weighed), brief)
    page.write()
    return page.out.document()


class _ContextPage:
    def __init__(self, session: Session, prompt: Prompt, brief: bool) -> None:
        self.session, self.prompt, self.brief, self.out = session, prompt, brief, Writer()
        self._passages = [passages_of(entry.message) for entry in prompt.messages]

    def write(self) -> None:
        prompt = self.prompt
        write_head(self.session, prompt, self._passages, self.out)
        if self.brief:
            self.out.rich(
                (
                    f"brief: what is the same as before shows its first words only; {key_of('page.brief', 'Z')} shows all",
                    WARN,
                ),
                indent=2,
            )
        self._preamble(prompt)
        for number, entry in enumerate(prompt.messages, start=1):
            assumed = entry.fidelity == "partial"
            passages = self._passages[number - 1]
            self._message(entry.message, entry.from_step, entry.status, f"{number} ", passages, assumed=assumed)
        for removed in prompt.removed:
            self._message(removed.message, removed.from_step, removed.status, "", [])
        if prompt.tools and not self.brief:
            self._tools_in_full(prompt.tools)
        if prompt.gaps:
            self._heading("not in the trace", (f"  {figures.plural(len(prompt.gaps), 'gap')}", QUIET), folds=True)
            write_gaps(prompt.gaps, self.out)

    def _preamble(self, prompt: Prompt) -> None:
        """The system prompt and the tools where they stand in a prompt, also where the trace is known to lack them."""
        lacking = {gap.kind for gap in prompt.gaps}
        if prompt.system:
            self._heading("system", *self._share(prompt.system), folds=True)
            for part in prompt.system:
                self.out.text(value_text(text_of(part)), indent=2)
        elif "system_prompt_not_recorded" in lacking:
            self._heading("system", ("  not in the trace", WARN))
        if prompt.tools:
            self._tools(prompt.tools)
        elif "tools_not_recorded" in lacking:
            self._heading("tools", ("  definitions not in the trace", WARN))

    def _message(
        self,
        message: Message,
        from_step: int | None,
        status: str,
        number: str,
        passages: list[Passage],
        *,
        assumed: bool = False,
    ) -> None:
        sign = SIGNS[status]
        origin = f"step {self.session.steps[from_step].number}" if from_step is not None else "before the trace"
        self.out.blank()
        self.out.anchor(step=from_step, change=status != "kept", folds=True, concealed=bool(passages))
        self.out.rich(
            (f"{sign.letter} ", f"bold {sign.style}"),
            (number, QUIET),
            (f"{message.role} {message.name or ''}".rstrip(), STRONG),
            (f"  {origin}", KEY if from_step is not None else QUIET),
            *self._share(message.parts),
            ("" if status == "kept" else f" {status}", sign.style),
            (" assumed" if assumed else "", WARN),
            (f" ! {summary(passages)}" if passages else "", BAD),
        )
        write_passages(passages, self.out)
        if self.brief and status == "kept":
            self._first_words(message)
            return
        write_parts(message.parts, self.out, QUIET if status in ("dropped", "compacted") else "")

    def _first_words(self, message: Message) -> None:
        said = " ".join(text_of(part) for part in message.parts)
        shown = line(said[:_FIRST_CHARACTERS])
        more = (
            f" {GLYPHS.more} {len(said) - _FIRST_CHARACTERS:,} characters more" if len(said) > _FIRST_CHARACTERS else ""
        )
        self.out.rich(("  " + shown, QUIET), (more, QUIET), indent=2)

    def _tools(self, tools: tuple[ToolDefinition, ...]) -> None:
        """One line each, where the prompt has them."""
        self._heading("tools", (f"  {figures.plural(len(tools), 'definition')}, in full at the end", QUIET))
        for tool in tools:
            names = ", ".join(_parameter_names(tool))
            self.out.rich("  ", (tool.name, STRONG), (f"({names})", QUIET), f"  {tool.description}", indent=6)

    def _tools_in_full(self, tools: tuple[ToolDefinition, ...]) -> None:
        self._heading("tool definitions", folds=True)
        write_tools(tools, self.out)

    def _heading(self, title: str, *pieces: Piece, folds: bool = False) -> None:
        self.out.blank()
        self.out.anchor(folds=folds)
        self.out.rich(("  " + title, f"bold {KEY}"), *pieces)

    def _share(self, parts: tuple[Part, ...]) -> list[Piece]:
        """A block's part of the prompt, by estimate: a figure and a bar."""
        tokens = self.prompt.token_scale.tokens(sum(map(part_characters, parts)))
        share = min(tokens / max(self.prompt.estimated_tokens, 1), 1.0)
        bar = GLYPHS.bar * max(round(share * _BAR_CELLS), 1 if tokens else 0)
        return [(f"  ~{figures.tokens(tokens)} tok {share:.0%} ", QUIET), (bar, FAINT)]


def write_parts(parts: Sequence[Part], out: Writer, style: str = "") -> None:
    """What a message says, in full."""
    for part in parts:
        match part:
            case TextPart(content):
                out.text(value_text(content), style, indent=2)
            case ReasoningPart(content):
                out.rich(("  reasoning", QUIET))
                out.text(content, QUIET, indent=2)
            case ToolCallPart(call, name, arguments):
                _structured(out, f"calls {name}", call, arguments)
            case ToolCallResponsePart(call, response):
                _structured(out, "result of" if call else "result", call, response)
            case OtherPart(kind, data):
                found = first_payload(data)
                _structured(out, kind, payload_words(found) if found else None, data)


def _structured(out: Writer, title: str, call: str | None, value: object) -> None:
    out.rich((f"  {title} {call or ''}", QUIET))
    write_value(out, value, indent=4)


def write_tools(tools: Sequence[ToolDefinition], out: Writer) -> None:
    """The definitions, in full."""
    for tool in tools:
        out.rich("  ", (tool.name, STRONG), f"  {tool.description}", indent=6)
        if tool.parameters:
            write_value(out, tool.parameters, indent=6)


def _parameter_names(tool: ToolDefinition) -> list[str]:
    properties = (tool.parameters or {}).get("properties")
    return [str(name) for name in properties] if isinstance(properties, dict) else []
