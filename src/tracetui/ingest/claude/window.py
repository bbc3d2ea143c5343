"""How the window along one path of a conversation grows, and what each compaction leaves of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from tracetui.ingest.claude.graph import Era, Node, Path
from tracetui.ingest.claude.lines import Entry
from tracetui.model import ContextEdit, EditEvidence, EditKind, Message, ToolCallResponsePart

_CLEAR = "<command-name>/clear</command-name>"
_HEAD = 200


class Contribution(NamedTuple):
    """A message that a node puts into the window, and the step it comes from."""

    step: int
    message: Message
    evidence: EditEvidence = "replayed"


def window_edits(
    path: Path, scope: str, contributions: Mapping[Node, list[Contribution]], steps: Mapping[Node, int]
) -> Iterator[ContextEdit]:
    """The edits of a scope whose conversation is `path`, each taking effect no earlier than the one before it.

    A branch has the edits of its own nodes only; it starts with the window that it left.
    """
    own = set(path.own)
    window: list[Node] = []
    latest = 0
    for era in path.eras:
        lead = [(node, put) for node in era.lead for put in contributions.get(node, ())]
        start = era.boundary or (era.lead[0] if era.lead else None)
        if start is not None:
            latest = max(latest, steps.get(start, latest))
            kept = set(era.kept)
            keep = tuple(position for position, node in enumerate(window) if node in kept)
            first = [] if era.kept_first else lead
            messages = tuple(put.message for _, put in first)
            if start in own:
                yield ContextEdit(at=latest, scope=scope, kind="compact", messages=messages, keep=keep)
            window = [*(node for node, _ in first), *(window[position] for position in keep)]
        for node, put in _added(era, lead if era.kept_first else [], contributions):
            latest = max(latest, put.step)
            late = None if latest == put.step else put.step
            cleared = clears(node.first)
            if node in own:
                kind: EditKind = "reset" if cleared else "append"
                message = (put.message,)
                yield ContextEdit(
                    at=latest, scope=scope, kind=kind, messages=message, from_step=late, evidence=put.evidence
                )
            window = [node] if cleared else [*window, node]


def clears(entry: Entry) -> bool:
    """Whether a user has asked for an empty window: what stood before is not sent again."""
    content = entry.body.get("content")
    return entry.kind == "user" and isinstance(content, str) and _CLEAR in content[:_HEAD]


def _added(
    era: Era, lead: list[tuple[Node, Contribution]], contributions: Mapping[Node, list[Contribution]]
) -> Iterator[tuple[Node, Contribution]]:
    yield from lead
    yield from ((node, put) for node in era.nodes for put in contributions.get(node, ()))


def replacements(entries: Iterable[Entry]) -> dict[str, str]:
    """By call id: what the model was sent in place of a long result, where the program wrote it down."""
    found: dict[str, str] = {}
    for entry in entries:
        listed = entry.value.get("replacements") if entry.type == "content-replacement" else None
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict) and isinstance(item.get("replacement"), str):
                found[str(item.get("toolUseId"))] = item["replacement"]
    return found


def as_sent(message: Message, replaced: Mapping[str, str]) -> Message:
    """A tool result as the model saw it."""
    part = message.parts[0]
    if isinstance(part, ToolCallResponsePart) and part.id is not None and part.id in replaced:
        return msgspec.structs.replace(message, parts=(ToolCallResponsePart(part.id, replaced[part.id]),))
    return message
