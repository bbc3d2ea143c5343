"""The one door from the model to the screen: text of a trace becomes `Content` here and nowhere else.

`Content` never parses markup, and every string passes `text.visible` first. Styles are theme variables (`themes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from textual.content import Content, Span

from tracetui import text
from tracetui.context import json_text
from tracetui.model import Message, Step, TextPart, ToolCallPart, ToolCallResponsePart
from tracetui.ui import figures
from tracetui.ui.colors import BAD as BAD
from tracetui.ui.colors import FAINT as FAINT
from tracetui.ui.colors import FOUND as FOUND
from tracetui.ui.colors import GOOD as GOOD
from tracetui.ui.colors import KEY as KEY
from tracetui.ui.colors import QUIET as QUIET
from tracetui.ui.colors import STRONG as STRONG
from tracetui.ui.colors import WARN as WARN
from tracetui.ui.colors import WRONG as WRONG
from tracetui.ui.glyphs import ASCII_ONLY, GLYPHS, KINDS
from tracetui.ui.glyphs import elide_start as elide_start

Piece = str | tuple[str, str]
"""Text, or text with a style."""

_GIST_CHARACTERS = 2000
"""A row of the list shows a line of at most this many characters; the rest is not even looked at."""


def shown(value: str) -> str:
    """Text of a trace, safe to display; line feeds and tabs stay."""
    return text.visible(value, ascii_only=ASCII_ONLY)


def line(value: str) -> str:
    """Text of a trace, safe to display, on one line."""
    if value.isascii() and value.isprintable():
        return value
    return text.visible_line(value, ascii_only=ASCII_ONLY)


def spans(pieces: Iterable[Piece]) -> tuple[str, list[Span]]:
    """One line of text from pieces, each made safe, and where its styles stand."""
    parts: list[str] = []
    found: list[Span] = []
    at = 0
    for piece in pieces:
        value, style = (piece, "") if isinstance(piece, str) else piece
        part = line(value)
        if style and part:
            found.append(Span(at, at + len(part), style))
        at += len(part)
        parts.append(part)
    return "".join(parts), found


def content(*pieces: Piece) -> Content:
    """One line of content from pieces, each made safe."""
    return Content(*spans(pieces))


def elide(value: Content, cells: int) -> Content:
    """`value` in exactly as many cells, or fewer: a cut is shown, in the style of what it cuts."""
    if value.cell_length <= cells:
        return value
    if cells <= 0:
        return Content("")
    kept = value.truncate(cells - 1)
    end = len(kept.plain)
    spans = [span.extend(len(GLYPHS.more)) if span.end == end else span for span in kept.spans]
    return Content(kept.plain + GLYPHS.more, spans)


def elide_middle(value: Content, cells: int) -> Content:
    """As `elide`, but the end of `value` stays: ids and paths that begin alike differ there."""
    if value.cell_length <= cells:
        return value
    end = value[-max(cells // 3, 1) :]
    return elide(value, cells - end.cell_length) + end if end.cell_length < cells // 2 else elide(value, cells)


def spread(left: Content, right: Content, cells: int) -> Content:
    """Both ends of a line; the left one is cut first."""
    if not right.cell_length:
        return elide(left, cells)
    left = elide(left, max(cells - right.cell_length - 1, 0))
    if left.cell_length + right.cell_length >= cells:
        return elide(left, cells)
    return left + Content(" " * (cells - left.cell_length - right.cell_length)) + right


def highlight(value: Content, needles: Iterable[tuple[str, str]]) -> Content:
    """`value` with every occurrence of each (text, style) styled; case matters."""
    for needle, style in needles:
        for start in occurrences(value.plain, line(needle)):
            value = value.stylize(style, start, start + len(line(needle)))
    return value


def around(value: Content, needles: Sequence[tuple[str, str]], cells: int) -> Content:
    """`value` in at most `cells` cells with the needles styled; where the first one found would be cut off, what stands
    before it is elided instead."""
    at = min((found for needle, _ in needles if (found := value.plain.find(line(needle))) >= 0), default=-1)
    length = max((len(line(needle)) for needle, _ in needles), default=0)
    if value.cell_length > cells and at + length > cells - 1 and at > 0:
        before = max(min(cells // 3, cells - 2 - length), 0)
        start = max(min(at - before, len(value.plain) - cells + 1), 1)
        value = Content(GLYPHS.more) + value[start:]
    return highlight(elide(value, cells), needles)


def occurrences(haystack: str, needle: str) -> list[int]:
    """Where `needle` starts in `haystack`, without overlaps."""
    found: list[int] = []
    at = haystack.find(needle) if needle else -1
    while at >= 0:
        found.append(at)
        at = haystack.find(needle, at + len(needle))
    return found


def kind_glyph(step: Step) -> str:
    return KINDS[step.kind][0]


def kind_word(step: Step) -> str:
    """At most five letters: llm, tool, user, …"""
    if step.kind == "message" and step.message is not None and step.message.role in ("user", "system"):
        return "user" if step.message.role == "user" else "sys"
    return KINDS[step.kind][1]


def actor(step: Step) -> str:
    """Who acted: the tool, the agent, the model, or the role that spoke."""
    if step.kind == "tool_call":
        return line(step.tool or "unnamed tool")
    role = step.message.role if step.message is not None else ""
    name = step.message.name if step.message is not None else None
    if step.kind == "message" and role in ("user", "system"):
        return line(name or "")
    return line(step.agent or name or step.model or role)


def happened(step: Step) -> list[Piece]:
    """What a step did, on one line: arguments and result, or what was said."""
    if step.kind == "tool_call":
        return _tool_line(step)
    told = said(step.message)
    if told:
        return [told]
    if step.error:
        return [(_gist(step.error), BAD)]
    if step.summary:
        return [(_gist(step.summary), "")]
    calls = _calls(step)
    return calls or [(_gist(json_text(step.attributes)), QUIET)] if step.attributes or calls else []


def _tool_line(step: Step) -> list[Piece]:
    pieces: list[Piece] = [(arguments_line(step.arguments), "")] if step.arguments not in (None, {}, "") else []
    answer = step.error or (_answer_line(step.result) if step.has_result else "") or step.summary
    if answer:
        pieces += [(f" {GLYPHS.arrow} " if pieces else f"{GLYPHS.arrow} ", QUIET)]
        pieces += [(_gist(answer), BAD if step.error else QUIET)]
    return pieces


def said(message: Message | None) -> str:
    """The first text of a message on one line, or the answer of a tool that it holds."""
    if message is None:
        return ""
    for part in message.parts:
        if isinstance(part, TextPart) and part.content.strip():
            return _gist(part.content)
    answers = (part.response for part in message.parts if isinstance(part, ToolCallResponsePart))
    return next((f"{GLYPHS.arrow} {_answer_line(answer)}" for answer in answers), "")


def _calls(step: Step) -> list[Piece]:
    if step.message is None:
        return []
    names = [part.name for part in step.message.parts if isinstance(part, ToolCallPart)]
    return [(f"{GLYPHS.arrow} ", QUIET), (", ".join(names), QUIET)] if names else []


def arguments_line(arguments: Any) -> str:
    """id=ord_555 customer=cust_789, in recorded order."""
    if not isinstance(arguments, dict):
        return _gist(_flat(arguments))
    return line(" ".join(f"{key}={_gist(_flat(value), 200)}" for key, value in arguments.items()))


def _answer_line(result: Any) -> str:
    """A tool's answer on one line: an object as its fields, text as it begins."""
    return arguments_line(result) if isinstance(result, dict) else _gist(_flat(result))


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def _gist(value: str, limit: int = _GIST_CHARACTERS) -> str:
    """The leading part of a text on one line; a cut shows."""
    return line(value[:limit].lstrip()) + (GLYPHS.more if len(value) > limit else "")


def step_title(step: Step) -> list[Piece]:
    """step 3 · llm · claude-3-7-sonnet · 1.9 s · 1,123 → 445 tok · $0.01"""
    pieces: list[Piece] = [(f"step {step.number}", STRONG), (f" {GLYPHS.dot} {kind_word(step)}", QUIET)]
    names = [name for name in (step.tool or step.agent or step.model,) if name]
    pieces += [(f" {GLYPHS.dot} {name}", "") for name in names]
    for figure in step_figures(step):
        pieces.append((f" {GLYPHS.dot} {figure}", QUIET))
    return pieces


def step_figures(step: Step) -> list[str]:
    """Duration, tokens, cost: what is recorded of them."""
    found: list[str] = []
    if step.duration_ns is not None:
        found.append(figures.duration(step.duration_ns))
    if step.usage is not None and (step.usage.input_tokens is not None or step.usage.output_tokens is not None):
        sides = [
            f"{side:,}" if side is not None else "?" for side in (step.usage.input_tokens, step.usage.output_tokens)
        ]
        found.append(f"{sides[0]} {GLYPHS.arrow} {sides[1]} tok")
    if step.cost_usd is not None:
        found.append(figures.cost(step.cost_usd))
    return found


def joined(parts: Sequence[Content], separator: str = f" {GLYPHS.dot} ") -> Content:
    """Parts with a quiet separator between them."""
    return Content.styled(separator, QUIET).join(parts)
