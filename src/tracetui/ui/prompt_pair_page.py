"""Two prompts, message by message and word by word: side by side where there is room, else one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from tracetui.analysis.prompt_pairs import PromptPair, prompt_pairs
from tracetui.changes import PromptMessage
from tracetui.context import prompt_at
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
from tracetui.parts import characters_of
from tracetui.ui import figures
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, Piece
from tracetui.ui.text_pair import FIRST, SECOND, TextPair, write_alone
from tracetui.ui.value_text import value_text


class Side(NamedTuple):
    """A prompt that is compared."""

    name: str
    """What it is, in a few words: "step 10", "good run, step 9"."""
    session: Session
    step: int
    """Index."""


def prompt_pair_page(first: Side, second: Side, width: int, *, beside: bool, home: Session) -> Document:
    """What differs in full, what is the same by its size; `width` cells, in two columns where `beside`.

    Blocks can be followed to the steps of `home`.
    """
    page = _PromptPairPage((first, second), width, beside, home)
    page.write()
    return page.out.document()


class _PromptPairPage:
    def __init__(self, sides: tuple[Side, Side], width: int, beside: bool, home: Session) -> None:
        self.sides, self.width, self.beside, self.home, self.out = sides, width, beside, home, Writer()
        self.prompts = prompt_at(sides[0].session, sides[0].step), prompt_at(sides[1].session, sides[1].step)

    def write(self) -> None:
        first, second = self.prompts
        old, new = [entry.message for entry in first.messages], [entry.message for entry in second.messages]
        pairs = prompt_pairs(old, new)
        self._head(pairs)
        self._texts("system", _said(first.system) or None, _said(second.system) or None)
        ours, theirs = _definitions(first.tools), _definitions(second.tools)
        for name in ours:
            if name in theirs and ours[name] != theirs[name]:
                self._texts(f"tool {name}", ours[name], theirs[name])
        alone = [[name for name in ours if name not in theirs], [name for name in theirs if name not in ours]]
        for mark, side, names in zip((FIRST, SECOND), self.sides, alone, strict=True):
            if names:
                told = f"only in {side.name}, in full at the end: {', '.join(names)}"
                self._open(mark, figures.plural(len(names), "tool"), "", told, None)
        if same_tools := [name for name in ours if ours[name] == theirs.get(name)]:
            self._same("tools", f"{figures.plural(len(same_tools), 'definition')} the same: {', '.join(same_tools)}")
        for same, run in groupby(pairs, key=lambda pair: pair.same):
            if same:
                self._same_messages(list(run), old)
                continue
            for pair in run:
                self._message(
                    first.messages[pair.first] if pair.first is not None else None,
                    second.messages[pair.second] if pair.second is not None else None,
                    pair,
                )
        for name in [name for names in alone for name in names]:
            self._texts(f"tool {name}", ours.get(name), theirs.get(name))

    def _head(self, pairs: Sequence[PromptPair]) -> None:
        """Both prompts, how sure each is, and how much differs."""
        for mark, side, prompt in zip((FIRST, SECOND), self.sides, self.prompts, strict=True):
            size = f"about {figures.tokens(prompt.estimated_tokens)} tokens by estimate"
            if prompt.recorded_tokens is not None:
                size = f"{prompt.recorded_tokens:,} input tokens recorded"
            told = (prompt.fidelity, figures.plural(len(prompt.messages), "message"), size)
            self.out.rich(mark, (side.name, STRONG), (f"  {f' {GLYPHS.dot} '.join(told)}", QUIET), indent=2)
            if prompt.fidelity in ("partial", "absent"):
                why = "; ".join(gap.effect for gap in prompt.gaps) or "the trace holds nothing of it"
                self.out.rich(("! ", WARN), why, indent=2)
        same = sum(pair.same for pair in pairs)
        gone, come = (sum(pair[at] is None for pair in pairs) for at in (1, 0))
        changed = len(pairs) - same - gone - come
        self.out.rich(
            (f"messages: {same:,} the same", QUIET),
            (f", {changed:,} changed" if changed else "", WARN),
            (f", {gone:,} only in {self.sides[0].name}" if gone else "", BAD),
            (f", {come:,} only in {self.sides[1].name}" if come else "", GOOD),
            indent=2,
        )

    def _message(self, first: PromptMessage | None, second: PromptMessage | None, pair: PromptPair) -> None:
        entries = [(side, entry) for side, entry in zip(self.sides, (first, second), strict=True) if entry is not None]
        places = dict.fromkeys(f"{at + 1}" for at in (pair.first, pair.second) if at is not None)
        said = entries[-1][1].message
        origins = dict.fromkeys(
            f"step {side.session.steps[entry.from_step].number}"
            for side, entry in entries
            if entry.from_step is not None
        )
        steps = [entry.from_step for side, entry in entries if side.session is self.home]
        self._texts(
            f"{GLYPHS.arrow.join(places)} {said.role} {said.name or ''}".rstrip(),
            _said(first.message.parts) if first else None,
            _said(second.message.parts) if second else None,
            f" {GLYPHS.arrow} ".join(origins),
            next((step for step in reversed(steps) if step is not None), None),
        )

    def _texts(
        self, title: str, first: str | None, second: str | None, origin: str = "", step: int | None = None
    ) -> None:
        """One block of the prompts: a system prompt, a tool, a message."""
        if first is None and second is None:
            return
        if first == second:
            self._same(title, f"the same, {len(first or ''):,} characters")
            return
        if first is None or second is None:
            mark, side = (FIRST, 0) if second is None else (SECOND, 1)
            self._open(mark, title, origin, f"only in {self.sides[side].name}", step)
            write_alone(self.out, first or second or "", mark)
            return
        found = TextPair(first, second)
        told = (
            f"{figures.plural(found.places, 'place')} changed" if found.places else "only spaces and line ends changed"
        )
        self._open(("~ ", WARN), title, origin, told, step)
        found.write(self.out, self.width, beside=self.beside)

    def _open(self, mark: tuple[str, str], title: str, origin: str, told: str, step: int | None) -> None:
        self.out.blank()
        self.out.anchor(step=step, change=True, folds=True)
        pieces: list[Piece] = [mark, (title, STRONG), (f"  {origin}" if origin else "", KEY), (f"  {told}", mark[1])]
        self.out.rich(*pieces, indent=4)

    def _same(self, title: str, told: str) -> None:
        self.out.blank()
        self.out.anchor()
        self.out.rich((f"= {title}  {told}", QUIET), indent=4)

    def _same_messages(self, run: Sequence[PromptPair], old: Sequence[Message]) -> None:
        """What stands in both to the letter, by its places and roles."""
        shown = [old[pair.first] for pair in run if pair.first is not None]
        reaches = (_reach(run[0].first, run[-1].first), _reach(run[0].second, run[-1].second))
        roles = ", ".join(dict.fromkeys(message.role for message in shown))
        size = sum(map(characters_of, shown))
        count = figures.plural(len(run), "message")
        self._same(f"{GLYPHS.arrow.join(dict.fromkeys(reaches))} {roles}", f"{count} the same, {size:,} characters")


def _reach(first: int | None, last: int | None) -> str:
    assert first is not None
    assert last is not None
    return f"{first + 1}" if first == last else f"{first + 1}-{last + 1}"


def _definitions(tools: Sequence[ToolDefinition]) -> dict[str, str]:
    return {tool.name: "\n".join(filter(None, (tool.description, _parameters(tool)))) for tool in tools}


def _parameters(tool: ToolDefinition) -> str:
    return value_text(tool.parameters) if tool.parameters else ""


def _said(parts: Sequence[Part]) -> str:
    return "\n".join(line for part in parts for line in _lines(part))


def _lines(part: Part) -> Iterator[str]:
    """A part as text: what it is where that is not plain text, then what it says."""
    match part:
        case TextPart(said):
            yield value_text(said)
        case ReasoningPart(said):
            yield from ("reasoning:", said)
        case ToolCallPart(call, name, value):
            yield from (f"calls {name} {call or ''}".rstrip(), value_text(value))
        case ToolCallResponsePart(call, value):
            yield from (f"result of {call}" if call else "result", value_text(value))
        case OtherPart(kind, value):
            yield from (kind, value_text(value))
