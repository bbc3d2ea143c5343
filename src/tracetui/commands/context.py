"""What the model saw at a step: the whole prompt, from what is recorded or rebuilt from the steps before."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tracetui.commands import documents
from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.opening import TraceBytes, one_session, step_numbered, trace_with_bytes
from tracetui.commands.output import narrate, paragraph, write_bytes, write_document, write_lines, write_text
from tracetui.commands.words import counted, message_text, numbered
from tracetui.context import Prompt, prompt_at, text_of
from tracetui.credentials import masked_text
from tracetui.errors import EXIT_CANNOT_TELL, EXIT_NOTHING_FOUND
from tracetui.model import Session, Step


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a trace file; `-` for standard input")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--step", type=int, metavar="N", help="the step; at a tool step: what the next call will see")
    which.add_argument("--all", action="store_true", help="every LLM step")
    parser.add_argument("--derive", action="store_true", help="rebuild the prompt even where it is recorded")
    parser.add_argument("--diff", type=int, metavar="M", help="tell what is new against step M, not the call before")
    parser.add_argument("--raw", action="store_true", help="print the bytes of the record that holds the request")
    parser.add_argument("--json", action="store_true", help="one JSON document a step")
    add_source_arguments(parser)


def run(arguments: Namespace) -> int:
    trace, bytes_of = trace_with_bytes(arguments, arguments.path)
    session = one_session(trace, arguments.session)
    if arguments.all:
        steps = [step for step in session.steps if step.kind == "llm_call"]
    else:
        steps = [step_numbered(session, arguments.step)]
    if arguments.raw:
        return _print_requests(session, steps, bytes_of)
    against = None if arguments.diff is None else step_numbered(session, arguments.diff).index
    absent = not steps
    for step in steps:
        prompt = prompt_at(session, step.index, derive=arguments.derive, compare_with=against)
        absent = absent or prompt.fidelity == "absent"
        if arguments.json:
            write_document(documents.context(session, prompt))
        else:
            _print_page(session, prompt)
    return EXIT_CANNOT_TELL if absent else EXIT_NOTHING_FOUND


def _print_requests(session: Session, steps: list[Step], bytes_of: TraceBytes) -> int:
    """The recorded request of each step, to the byte but for credentials in its headers."""
    missing = False
    for step in steps:
        prompt = session.prompts.get(step.index)
        if prompt is None:
            missing = True
            why = (
                "its request is not recorded" if step.kind == "llm_call" else "no call of a model: it sends no request"
            )
            narrate(f"step {step.number}: {why}; without --raw its window is shown")
            continue
        text, hidden = masked_text(bytes_of(prompt.source).decode("utf-8", "surrogateescape"))
        if hidden:
            narrate(f"step {step.number}: {counted(hidden, 'credential')} masked; the file has what is masked here")
        write_bytes(text.encode("utf-8", "surrogateescape") + b"\n")
    return EXIT_CANNOT_TELL if missing else EXIT_NOTHING_FOUND


def _print_page(session: Session, prompt: Prompt) -> None:
    """The prompt for a reader: every message whole, with its role, the step it came from and whether it is new."""
    step = session.steps[prompt.step]
    sees = "what it saw" if step.kind == "llm_call" else "what the next call will see"
    against = "" if prompt.compared_with is None else f", new against {numbered(session, prompt.compared_with)}"
    recorded = "" if prompt.recorded_tokens is None else f"{prompt.recorded_tokens:,} tokens recorded, "
    write_lines(
        f"step {step.number} · {sees} · prompt {prompt.fidelity} · {counted(len(prompt.messages), 'message')}{against}",
        f"{recorded}about {prompt.estimated_tokens:,} tokens (estimated)",
    )
    if prompt.unrecorded_tokens is not None:
        write_lines(f"about {prompt.unrecorded_tokens:,} tokens of every call are in no message (estimated)")
    for gap in prompt.gaps:
        write_lines(*paragraph("gap", f"{gap.kind}: {gap.effect}"))
    if prompt.tools:
        write_lines(*paragraph("tools", ", ".join(definition.name for definition in prompt.tools)))
    for part in prompt.system:
        _print_block("system", text_of(part))
    for entry in prompt.messages:
        origin = "" if entry.from_step is None else f" · from {numbered(session, entry.from_step)}"
        _print_block(f"{entry.message.role}{origin} · {entry.status}", message_text(entry.message))
    for gone in prompt.removed:
        origin = "" if gone.from_step is None else f" · from {numbered(session, gone.from_step)}"
        _print_block(f"{gone.status}: {gone.message.role}{origin}", "")
    write_lines("")


def _print_block(heading: str, text: str) -> None:
    write_lines("", f"-- {heading}")
    if text:
        write_text(text)
