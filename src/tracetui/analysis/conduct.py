"""What one run did: its calls, which of them act on the world, fail, repeat others or only note something down."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from tracetui.analysis.actions import is_external
from tracetui.analysis.passages import asking_steps, leaves
from tracetui.analysis.prose import is_prose
from tracetui.analysis.sketch import Sketch, is_empty
from tracetui.model import Session, Step


class Run:
    """One run as differences are told about it."""

    def __init__(self, session: Session, sketches: Sequence[Sketch]) -> None:
        self.session = session
        self.sketches = sketches
        self.steps = session.steps
        self.external = [step.kind == "tool_call" and is_external(step) for step in self.steps]
        self.actions = [index for index, external in enumerate(self.external) if external]
        self._answering = {step.tool for step in self.steps if step.kind == "tool_call" and not self._notes_down(step)}
        """Tools that did more than take a note down, in at least one call."""
        self._asking = asking_steps(session)
        self.asked = {self._asking[step.index] for step in self.steps if step.kind == "tool_call"}
        """Indices of the steps that asked for a tool."""
        self._calls: dict[str, list[int]] = {}
        for step in self.steps:
            if step.kind == "tool_call":
                self._calls.setdefault(self.key(step.index), []).append(step.index)

    def key(self, index: int) -> str:
        """Equal for the same call, in this run and in the one it is compared with."""
        return self.sketches[index].exact

    def like(self, key: str) -> list[int]:
        """Indices of the calls with this key, in order."""
        return self._calls.get(key, [])

    def asking(self, index: int) -> int:
        """The step at which a difference in step `index` arose: of a call, the LLM step that asked for it."""
        return self._asking[index] if self.steps[index].kind == "tool_call" else index

    def is_note(self, index: int) -> bool:
        """Whether a call is one of a tool that only notes something down for the model itself."""
        step = self.steps[index]
        return step.kind == "tool_call" and step.tool not in self._answering

    def is_lookup(self, index: int) -> bool:
        """Whether a call asks for something and changes nothing."""
        return self.steps[index].kind == "tool_call" and not self.external[index] and not self.is_note(index)

    def _notes_down(self, step: Step) -> bool:
        """Free text in, nothing out, nothing changed."""
        if self.external[step.index] or not step.has_result or not is_empty(step.result):
            return False
        texts = [text for _, text in leaves(step.arguments)]
        return bool(texts) and all(is_prose(text) for text in texts)

    def is_retry(self, index: int) -> bool:
        """Whether a call repeats one that failed."""
        return any(i < index and failed(self.steps[i]) for i in self.like(self.key(index)))

    def repeats(self, index: int) -> int:
        """How often the same call was made before."""
        return bisect_left(self.like(self.key(index)), index)


def failed(step: Step) -> bool:
    """Whether a tool answered with an error, as its status or its answer tells."""
    if step.status == "error" or step.error:
        return True
    if isinstance(step.result, str):
        return step.result.lstrip()[:6].lower() == "error:" or step.result.lstrip()[:9] == "Traceback"
    return isinstance(step.result, dict) and bool(step.result.get("error"))
