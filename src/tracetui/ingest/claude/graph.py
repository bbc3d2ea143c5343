"""The graph that the lines of one conversation form, and the paths through it.

Every line names its parent. One API response is several assistant lines, and the results of parallel calls hang off
different ones of them; contracted to one node (a turn), what is left is a tree. The path from the last message up to
the root is the conversation as it stood at the end; other leaves are branches that a person left by going back.

A compaction starts a new root. The conversation before it is found by `logicalParentUuid`, or by the segment of
messages that was preserved: those stand in both windows, before the boundary and after the summary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

import msgspec

from tracetui.ingest.claude.lines import Entry

NodeKind = Literal["message", "turn", "summary", "boundary", "event"]
_IN_CONVERSATION = ("message", "turn", "summary")


class Node(msgspec.Struct, eq=False):
    """One thing that happened in a conversation: an input, a model's turn with its results, an event."""

    kind: NodeKind
    entries: list[Entry]
    parent: Node | None = None
    follows_gap: bool = False
    """What stood before it is not in the file: the parent it names, or what a model's turn answers."""
    key: tuple[int, int] = (0, 0)
    """Where it stands among the others: its first line, never before what its path has before it."""

    @property
    def first(self) -> Entry:
        return self.entries[0]

    @property
    def order(self) -> int:
        return self.entries[0].order

    @property
    def last_order(self) -> int:
        return self.entries[-1].order

    @property
    def end_ns(self) -> int | None:
        return next((e.time_ns for e in reversed(self.entries) if e.time_ns is not None), None)


class Era(msgspec.Struct, eq=False):
    """The part of a path between two compactions."""

    boundary: Node | None
    lead: list[Node]
    """What was put in place of the old window, in order: the summary."""
    kept: list[Node]
    """Messages of the old window that stayed."""
    kept_first: bool
    """The kept messages stand before the summary instead of after it."""
    nodes: list[Node]
    """What came after, in order."""


class Path(msgspec.Struct, eq=False):
    """One way through the conversation."""

    eras: list[Era]
    own: list[Node]
    """The nodes that no earlier path has."""
    fork: Node | None = None
    """Of a branch: the last node that it shares with another path."""


class Conversation(msgspec.Struct, eq=False):
    """The graph of one agent's lines."""

    nodes: list[Node]
    paths: list[Path]
    """The first is the one that stood at the end; the others are branches, in order of their start."""


def conversation(entries: Iterable[Entry]) -> Conversation:
    """Contract the lines of one agent (unique uuids, in order) into nodes, and find the paths."""
    nodes, by_uuid = _contracted(list(entries))
    _link(nodes, by_uuid)
    walker = _Walker(nodes, by_uuid)
    paths: list[Path] = []
    taken: set[Node] = set()
    for leaf in sorted(nodes, key=_leaf_rank, reverse=True):
        if leaf.kind in _IN_CONVERSATION and leaf not in taken:
            eras = walker.eras(leaf)
            whole = [n for era in eras for n in [*([era.boundary] if era.boundary else []), *era.lead, *era.nodes]]
            own = [n for n in whole if n not in taken]
            if not own:  # links that lead into each other end at lines of other paths
                continue
            before = [n for n in whole if n in taken]
            paths.append(Path(eras, own, before[-1] if before and paths else None))
            taken.update(own)
    paths[1:] = sorted(paths[1:], key=lambda path: path.own[0].order)
    for node in nodes:
        node.key = (node.order, 0)
    for path in paths:
        _order(path)
    return Conversation(nodes, paths)


def _leaf_rank(node: Node) -> tuple[bool, int]:
    """The conversation ends at its last message; lines that the program put in for itself do not end one."""
    return not node.first.value.get("isMeta"), node.last_order


def _contracted(entries: list[Entry]) -> tuple[list[Node], dict[str, Node]]:
    nodes: list[Node] = []
    by_uuid: dict[str, Node] = {}
    turns: dict[str, Node] = {}
    callers: dict[str, Node] = {}
    answered: set[str] = set()
    for entry in entries:
        node: Node | None = None
        if entry.kind == "assistant":
            node = turns.get(entry.response_id or "")
            if node is None:
                node = turns[entry.response_id or f"line {entry.order}"] = Node("turn", [])
                nodes.append(node)
            for block in entry.blocks:
                if isinstance(block, dict) and isinstance(block.get("id"), str):
                    callers.setdefault(block["id"], node)
        elif entry.kind == "user" and entry.answered and not answered & set(entry.answered):
            owners = [callers[call] for call in entry.answered if call in callers]
            node = owners[0] if owners else None
            answered.update(entry.answered)
        if node is None:
            node = Node(_node_kind(entry), [])
            nodes.append(node)
        node.entries.append(entry)
        if entry.uuid:
            by_uuid[entry.uuid] = node
    return nodes, by_uuid


def _node_kind(entry: Entry) -> NodeKind:
    kinds: dict[str, NodeKind] = {"user": "message", "assistant": "turn", "summary": "summary", "boundary": "boundary"}
    return kinds.get(entry.kind, "event")


def _link(nodes: list[Node], by_uuid: dict[str, Node]) -> None:
    """Give each node its parent; where that is not in the file, the node before it.

    A conversation without any links is read from top to bottom.
    """
    unlinked = not any(node.first.parent for node in nodes)
    previous: Node | None = None
    for node in nodes:
        named = next((e.parent for e in node.entries if e.parent and by_uuid.get(e.parent) is not node), None)
        node.parent = by_uuid.get(named) if named else None
        if node.parent is None and node.kind not in ("boundary", "summary"):
            answers_nothing = node.kind == "turn" and node.first.parent is None
            node.follows_gap = named is not None or (answers_nothing and (previous is None or not unlinked))
            node.parent = previous if node.follows_gap or unlinked else None
        if node.kind != "event" or node.first.uuid:
            previous = node


def _order(path: Path) -> None:
    """A node stands where its first line is, but never before what its path has before it."""
    latest = path.fork.key[0] if path.fork is not None else -1
    for position, node in enumerate(path.own, start=1):
        latest = max(node.order, latest)
        node.key = (latest, position)


class _Walker:
    """Walks from a leaf to the root, across compactions."""

    def __init__(self, nodes: list[Node], by_uuid: dict[str, Node]) -> None:
        self._nodes = nodes
        self._by_uuid = by_uuid
        self._preserved_by: dict[Node, list[Node]] = defaultdict(list)
        for boundary in nodes:
            if boundary.kind == "boundary":
                for node in self._preserved(boundary):
                    self._preserved_by[node].append(boundary)

    def eras(self, leaf: Node) -> list[Era]:
        """From the first era to the one that ends at `leaf`. Every node is visited once, so a cycle ends the walk."""
        found: list[Era] = []
        seen: set[Node] = set()
        at: Node | None = leaf
        kept: list[Node] = []
        while at is not None or kept:
            era = self._era(at, seen)
            era.nodes += kept
            found.append(era)
            start = era.boundary or (era.lead[0] if era.lead else None)
            if start is None:
                break
            kept = [node for node in era.kept if node not in seen]
            seen.update(kept)
            at = self._before(start, kept, seen)
        return found[::-1]

    def _era(self, at: Node | None, seen: set[Node]) -> Era:
        """The nodes from the last compaction, or the root, down to `at`."""
        chain: list[Node] = []
        came_from = at.last_order if at is not None else 0
        while at is not None and at not in seen:
            boundary = self._crossed(at, came_from, seen)
            if boundary is not None or at.kind in ("boundary", "summary"):
                return self._compacted(at, boundary, chain[::-1], seen)
            seen.add(at)
            chain.append(at)
            came_from, at = at.order, at.parent
        return Era(None, [], [], False, chain[::-1])

    def _compacted(self, at: Node, crossed: Node | None, nodes: list[Node], seen: set[Node]) -> Era:
        lead, boundary = self._up_to_boundary(at, seen) if crossed is None else (self._lead(crossed), crossed)
        if boundary is not None and not any(node.kind == "summary" for node in lead):
            lead += self._lead(boundary)
        seen.update(lead)
        if boundary is None:
            return Era(None, lead, [], False, nodes)
        seen.add(boundary)
        kept = self._preserved(boundary)
        return Era(boundary, lead, kept, _anchor(boundary) == boundary.first.uuid, nodes)

    def _crossed(self, at: Node, came_from: int, seen: set[Node]) -> Node | None:
        """The boundary that preserved `at`, where the walk comes to it from what came after that boundary."""
        crossed = (b for b in self._preserved_by.get(at, ()) if b.order < came_from and b not in seen)
        return max(crossed, key=lambda boundary: boundary.order, default=None)

    def _up_to_boundary(self, at: Node, seen: set[Node]) -> tuple[list[Node], Node | None]:
        """The summary that the walk has come to, what stands between it and its boundary, and the boundary if any."""
        lead: list[Node] = []
        while at not in seen and at not in lead and at.kind != "boundary":
            lead.append(at)
            if at.parent is None or at.parent.kind not in ("boundary", "event"):
                return [at], None
            at = at.parent
        return (lead[::-1], at) if at.kind == "boundary" and at not in seen else (lead[-1:], None)

    def _lead(self, boundary: Node) -> list[Node]:
        """The nodes from a boundary down to its summary."""
        at = self._by_uuid.get(_anchor(boundary) or "")
        if at is None or at is boundary:
            at = next((node for node in self._nodes if node.kind == "summary" and node.parent is boundary), None)
        lead: list[Node] = []
        while at is not None and at is not boundary and at not in lead:
            lead.append(at)
            at = at.parent
        return lead[::-1]

    def _before(self, start: Node, kept: list[Node], seen: set[Node]) -> Node | None:
        """The last node of the window that a compaction ended, but for the kept ones."""
        named = kept[0].parent if kept else self._by_uuid.get(str(start.first.value.get("logicalParentUuid")))
        if named is None and not kept:
            named = start.parent
        if named is not None and named not in seen and named.order < start.order:
            return named
        if kept and kept[0].parent is None:
            return None
        end = min(start.order, kept[0].order) if kept else start.order
        earlier = (n for n in self._nodes if n.order < end and n.kind in _IN_CONVERSATION and n not in seen)
        return max(earlier, key=lambda node: node.last_order, default=None)

    def _preserved(self, boundary: Node) -> list[Node]:
        """The nodes that a compaction preserved: listed, or from tail to head by their parents."""
        about = boundary.first.value.get("compactMetadata")
        about = about if isinstance(about, dict) else {}
        messages, segment = about.get("preservedMessages"), about.get("preservedSegment")
        if isinstance(messages, dict) and isinstance(messages.get("uuids"), list):
            listed = (self._by_uuid.get(str(uuid)) for uuid in messages["uuids"])
            return list(dict.fromkeys(node for node in listed if node is not None))
        if not isinstance(segment, dict):
            return []
        head, at = self._by_uuid.get(str(segment.get("headUuid"))), self._by_uuid.get(str(segment.get("tailUuid")))
        found: list[Node] = []
        while at is not None and at not in found and at.kind not in ("boundary", "summary"):
            found.append(at)
            at = None if at is head else at.parent
        return [node for node in found[::-1] if node.kind in _IN_CONVERSATION]


def _anchor(boundary: Node) -> str | None:
    about = boundary.first.value.get("compactMetadata")
    segment = about.get("preservedSegment") or about.get("preservedMessages") if isinstance(about, dict) else None
    anchor = segment.get("anchorUuid") if isinstance(segment, dict) else None
    return anchor if isinstance(anchor, str) else None
