"""The tools of a Codex thread: those that it begins with, and what is added on the way."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.codex.items import definitions
from tracetui.model import ContextEdit, ToolDefinition


class ThreadTools:
    """Definitions of one scope while its thread is replayed."""

    def __init__(self, builder: SessionBuilder, scope: str) -> None:
        self._builder, self._scope = builder, scope
        self._known: tuple[ToolDefinition, ...] = ()

    def begin(self, tools: Any) -> None:
        """The definitions that the thread's first line holds."""
        self._known = definitions(tools)
        if self._known:
            self._builder.set_tools(self._known, self._scope)

    def add(self, tools: Any) -> None:
        """Definitions that came later: in force from the next call on."""
        added = definitions(tools)
        if not added:
            return
        names = {tool.name for tool in added}
        self._known = (*(tool for tool in self._known if tool.name not in names), *added)
        if not self._builder.steps:
            self._builder.set_tools(self._known, self._scope)
            return
        at = len(self._builder.steps) - 1
        self._builder.edit(ContextEdit(at=at, scope=self._scope, kind="tools", tools=self._known, evidence="recorded"))
