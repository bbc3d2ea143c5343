"""The tool definitions that an LLM call had before it."""

from __future__ import annotations

from collections.abc import Mapping

from tracetui.analysis.passages import asking_steps
from tracetui.model import Session, Step, ToolDefinition

Tools = Mapping[str, ToolDefinition]


class Definitions:
    """Definitions by tool name for every tool step, in one pass over the session."""

    def __init__(self, session: Session) -> None:
        self._called = {step.tool for step in session.steps if step.kind == "tool_call" and step.tool}
        self._asked = asking_steps(session)
        self._start = {scope: _by_name(tools) for scope, tools in session.tools.items()}
        self._edits = [(edit.at, edit.scope, _by_name(edit.tools)) for edit in session.edits if edit.kind == "tools"]
        self._prompts: dict[int, Tools] = {}
        self._every: dict[str, ToolDefinition] = {}
        for tools in (*self._start.values(), *(tools for _, _, tools in self._edits)):
            self._every.update(tools)
        for index, prompt in session.prompts.items():
            if prompt.tools:
                self._prompts[index] = _by_name(prompt.tools)
                self._every.update(self._prompts[index])

    def of(self, step: Step) -> ToolDefinition | None:
        """The definition of a tool step's tool, as its asking call had it; else as any call of the session had it."""
        asked, name = self._asked[step.index], step.tool or ""
        if name in self._prompts.get(asked, {}):
            return self._prompts[asked][name]
        for at, scope, tools in reversed(self._edits):
            if at <= asked and scope == step.scope and name in tools:
                return tools[name]
        return self._start.get(step.scope, {}).get(name) or self._every.get(name)

    def cover(self, step: Step) -> bool:
        """Whether the definitions before this step's asking call are recorded, so that a missing one is really missing."""
        tools = self._prompts.get(self._asked[step.index]) or self._start.get(step.scope) or {}
        return not self._called.isdisjoint(tools) or len(tools) > 1

    def names(self) -> tuple[str, ...]:
        """Every tool defined anywhere in the session."""
        return tuple(self._every)


def _by_name(tools: tuple[ToolDefinition, ...]) -> Tools:
    return {tool.name: tool for tool in tools}
