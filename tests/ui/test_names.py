"""No class of ours takes a name that Textual uses: such a clash fails far from its cause, or not at all."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator

import pytest
from textual.message_pump import MessagePump

import tracetui.ui

HOOKS = {
    "__init__", "compose", "render", "render_line", "render_lines", "refresh_line", "vertical_scrollbar",
    "notify_style_update", "get_line_filters", "check_action",
    "get_theme_variable_defaults", "get_default_screen", "get_content_height", "get_content_width",
    "get_selection", "_handle_exception", "_display", "_action_command_list", "_gather_commands",
    "_start_no_matches_countdown", "edit", "undo", "redo",
    "run_action",
}  # fmt: skip
"""Methods that Textual means to be overridden, one that leaks local variables otherwise, and one that ends the app."""
SETTINGS = {
    "BINDINGS", "DEFAULT_CSS", "CSS_PATH", "TITLE", "COMMANDS", "COMPONENT_CLASSES", "AUTO_FOCUS", "ALLOW_SELECT",
    "BINDING_GROUP_TITLE", "HELP", "VERTICAL_BREAKPOINTS",
}  # fmt: skip
ASSIGNED = {"theme", "_vertical_scrollbar", "_return_code", "_exception", "display", "styles"}
"""Attributes of the base that we set on purpose."""


def our_classes() -> list[type]:
    found: dict[str, type] = {}
    for module in pkgutil.walk_packages(tracetui.ui.__path__, "tracetui.ui."):
        for made in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(made) and issubclass(made, MessagePump) and made.__module__.startswith("tracetui.ui"):
                found[made.__qualname__] = made
    return list(found.values())


def textual_base(cls: type) -> type:
    return next(base for base in cls.__mro__ if base.__module__.startswith("textual."))


def source_of(cls: type) -> ast.ClassDef:
    node = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    assert isinstance(node, ast.ClassDef)
    return node


def defined(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield statement.name
        elif isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id


def assigned(node: ast.ClassDef) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store) and _is_self(inner.value):
            yield inner.attr


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


@pytest.mark.parametrize("cls", our_classes(), ids=lambda cls: cls.__qualname__)
def test_no_class_redefines_or_assigns_a_name_of_its_textual_base(cls: type) -> None:
    base, node = textual_base(cls), source_of(cls)
    clashes = {name for name in defined(node) if hasattr(base, name)} - HOOKS - SETTINGS
    clashes |= {name for name in assigned(node) if hasattr(base, name)} - ASSIGNED
    assert {name for name in clashes if not name.startswith(("on_", "action_", "watch_", "validate_"))} == set()
