"""What happened in a step: its fields, the arguments and the answer, unaltered."""

from __future__ import annotations

from typing import Any

from tracetui.analysis.rules import letter_of
from tracetui.context import json_text
from tracetui.model import (
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    SourceRef,
    Step,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
)
from tracetui.text import hidden_text
from tracetui.ui import figures
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN
from tracetui.ui.state import Opened
from tracetui.ui.stretches import letter_style
from tracetui.ui.value_text import value_text

_LABEL_CELLS = 10
_MOST_HIDDEN = 20


def step_page(opened: Opened, index: int, brief: bool = False) -> Document:
    step, out = opened.session.steps[index], Writer()
    _flags(opened, index, out)
    if index in opened.notes:
        out.rich(("note".ljust(_LABEL_CELLS), KEY), opened.notes[index] or "marked")
    _fields(opened, step, out)
    if step.summary:
        _heading(out, "summary", "as the trace's writer put it")
        out.text(step.summary)
    if step.kind == "tool_call" or step.arguments is not None:
        _heading(out, "arguments", "" if step.arguments is not None else "none recorded")
        write_value(out, step.arguments)
    if step.message is not None:
        write_message(out, step.message)
    if step.error:
        _heading(out, "error")
        out.text(step.error, "$bad")
    if step.has_result:
        _heading(out, "result")
        write_value(out, step.result)
    elif step.kind == "tool_call":
        _heading(out, "result", "not recorded")
    if step.attributes:
        _heading(out, "further fields", "of the record, as they stand")
        write_value(out, step.attributes)
    if index == 0 and opened.session.attributes:
        _heading(out, "session", "what the trace says of the whole run")
        write_value(out, opened.session.attributes)
    _hidden(out, step)
    return out.document()


def write_message(out: Writer, message: Message) -> None:
    """Every part of a message under its heading."""
    for part in message.parts:
        write_part(out, part, message.role)


def write_part(out: Writer, part: Part, role: str, *, indent: int = 0) -> None:
    match part:
        case TextPart(content):
            _heading(out, "said" if role == "assistant" else role)
            out.text(content, indent=indent)
        case ReasoningPart(content):
            _heading(out, "reasoning")
            out.text(content, QUIET, indent=indent)
        case ToolCallPart(call, name, arguments):
            _heading(out, f"calls {name}", call or "")
            write_value(out, arguments, indent=indent)
        case ToolCallResponsePart(call, response):
            _heading(out, "tool response", call or "")
            write_value(out, response, indent=indent)
        case OtherPart(kind, data):
            _heading(out, kind, "shown as recorded, not interpreted")
            write_value(out, data, indent=indent)


def write_value(out: Writer, value: Any, *, indent: int = 0) -> None:
    """A JSON value over several lines, or text as it is; nothing is left out."""
    if value is not None:
        out.text(value_text(value), indent=indent)


def place(source: SourceRef) -> str:
    """path:line, or path#/pointer, with the byte range."""
    where = f":{source.line}" if source.line is not None else ""
    where += f" {source.pointer}" if source.pointer else ""
    return f"{source.path}{where} {GLYPHS.dot} byte {source.offset:,}, {figures.size(source.length)}"


def _heading(out: Writer, title: str, remark: str = "") -> None:
    out.blank()
    out.rich((title, f"{STRONG} {KEY}"), (f"  {remark}" if remark else "", QUIET))


def _flags(opened: Opened, index: int, out: Writer) -> None:
    if opened.triage is None:
        for kind in opened.session.steps[index].recorded_flags:
            out.rich((f"{letter_of(kind)} {kind}", letter_style(letter_of(kind))), ("  recorded", QUIET))
    else:
        for flag in opened.triage.flags:
            if flag.step == index:
                how = "recorded" if flag.recorded else f"detected {flag.confidence:.2f}"
                letter = letter_of(flag.kind)
                out.rich((f"{letter} {flag.kind}", letter_style(letter)), (f"  {how}  ", QUIET), flag.message, indent=2)
    out.blank()


def _fields(opened: Opened, step: Step, out: Writer) -> None:
    status = {"ok": GOOD, "error": BAD}.get(step.status, QUIET)
    fields: list[tuple[str, str, str]] = [("status", step.status, status)] if step.status != "unknown" else []
    if step.model and step.agent:
        fields.append(("model", step.model, ""))
    if step.parent is not None:
        fields.append(("asked by", f"step {opened.session.steps[step.parent].number}", ""))
    if step.scope != "main":
        fields.append(("context", step.scope, ""))
    if step.call_id:
        fields.append(("call id", step.call_id, ""))
    if step.goal:
        fields.append(("goal", step.goal, ""))
    if step.usage is not None:
        fields.append(("tokens", _usage(step), ""))
    fields.append(("source", place(step.source), QUIET))
    for label, value, style in fields:
        out.rich((label.ljust(_LABEL_CELLS), QUIET), (value, style), indent=_LABEL_CELLS)


def _usage(step: Step) -> str:
    usage = step.usage
    if usage is None:
        return ""
    counts = {
        "in": usage.input_tokens,
        "out": usage.output_tokens,
        "cache read": usage.cache_read_input_tokens,
        "cache write": usage.cache_write_input_tokens,
        "reasoning": usage.reasoning_output_tokens,
    }
    shown = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count is not None)
    return shown + ("" if usage.origin == "recorded" else f" ({usage.origin})")


def _hidden(out: Writer, step: Step) -> None:
    """Characters that a reader would not see are counted, and the first of them named."""
    found = [mark for text in _texts(step) for mark in hidden_text(text)]
    if not found:
        return
    kinds: dict[str, int] = {}
    for mark in found:
        kinds[mark.kind] = kinds.get(mark.kind, 0) + 1
    _heading(out, "hidden characters", "marked in the text above")
    out.rich((", ".join(f"{count} {kind}" for kind, count in kinds.items()), WARN))
    marks = " ".join(mark.mark for mark in found[:_MOST_HIDDEN])
    out.text(marks + (f" {GLYPHS.more} {len(found) - _MOST_HIDDEN} more" if len(found) > _MOST_HIDDEN else ""))


def _texts(step: Step) -> list[str]:
    texts = [step.summary, step.error or "", *_strings(step.arguments), *_strings(step.result)]
    if step.message is not None:
        for part in step.message.parts:
            texts += _strings(
                part.content if isinstance(part, (TextPart, ReasoningPart)) else json_text(part_value(part))
            )
    return texts


def part_value(part: Part) -> Any:
    """What a part holds beside text."""
    match part:
        case ToolCallPart(_, _, value) | ToolCallResponsePart(_, value) | OtherPart(_, value):
            return value
    return None


def _strings(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [json_text(value)]
