"""The app on this terminal: what must be so before it starts, and how it ends."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Unpack

from tracetui.configuration import REDACTION, configured
from tracetui.errors import EXIT_NOTHING_FOUND, TracetuiError
from tracetui.ingest.source import read_source
from tracetui.ui import environment, terminal
from tracetui.ui.app import TracetuiApp
from tracetui.ui.asked import Start
from tracetui.ui.keymap import users_keys

if TYPE_CHECKING:
    from tracetui.ui.early.terminal import EarlyTerminal


def run_app(
    path: str | None, *, plain_output: bool = False, early: EarlyTerminal | None = None, **start: Unpack[Start]
) -> int:
    """Open `path` ("-": standard input; None: the library) in the app and return the exit code.

    `plain_output`: write as Textual does, whole regions (also with TRACETUI_PLAIN_OUTPUT=1); `early`: the terminal, where
    it shows the first page already.

    Raises TracetuiError where nothing can be read or no app can be shown; any other exception is a fault of ours.
    """

    if path == "-" and start.get("follow"):
        instead = "PROGRAM > run.jsonl & tracetui --follow run.jsonl keeps what it writes, too"
        raise TracetuiError("standard input cannot be followed", hint=instead)

    def made() -> TracetuiApp:
        return TracetuiApp(path, source=read_source(path) if path == "-" else None, **start)

    instead = f"tracetui triage {path or 'PATH'} prints the verdict"
    return run_to_its_end(made, instead=instead, plain_output=plain_output, early=early)


def run_to_its_end(
    make: Callable[[], TracetuiApp],
    *,
    instead: str = "",
    plain_output: bool = False,
    early: EarlyTerminal | None = None,
) -> int:
    """Run the app that `make` returns on this terminal; the exit code. `instead`: what to do where none can be shown;
    `plain_output`, `early`: as for `run_app`, whose errors it raises.
    """
    if terminal.in_browser(os.environ):
        app = make()
        terminal.leave_with_server()
    else:
        app = _on_terminal(make, instead, plain_output, early)
    own = users_keys()
    app.set_keymap(own.keys)
    app.refused_keys = own.refused
    if configured(REDACTION).is_file():
        from tracetui.export.redact_rules import usual_rules

        app.own_rules = usual_rules()
    if early is not None:
        early.release_signals()
    code = app.run(mouse=environment.wants_mouse(os.environ))
    if not terminal.in_browser(os.environ):
        terminal.let_go()
    if app.problem is not None:
        raise app.problem
    if app._exception is not None:
        raise app._exception
    if app.tutorial_wanted:
        from tracetui.ui.tutorial import run_tutorial

        return run_tutorial()
    return code if code is not None else app.return_code or EXIT_NOTHING_FOUND


def _on_terminal(
    make: Callable[[], TracetuiApp], instead: str, plain_output: bool, early: EarlyTerminal | None
) -> TracetuiApp:
    """The app, with the terminal looked after. In a browser its driver does that, and there is no terminal."""
    if reason := terminal.why_no_screen(os.environ):
        raise TracetuiError(f"{reason}, so the app cannot open", hint=instead)
    terminal.prepare_environment()
    terminal.share_the_interpreter()
    app = make()
    if reason := terminal.keys_from_terminal():
        raise TracetuiError(reason, hint=instead)
    terminal.survive_invalid_keys()
    if not plain_output and os.environ.get("TRACETUI_PLAIN_OUTPUT") != "1":
        terminal.write_at_once()
        shadow = early.shadow if early is not None else None
        app.use_thin_output(paced=environment.over_ssh(os.environ), shadow=shadow)
    app.use_terminal(early)
    attributes = early.attributes if early is not None else None
    terminal.Leaving(lambda code: _exit_from_outside(app, code), app.last_words, attributes).install()
    return app


def _exit_from_outside(app: TracetuiApp, code: int) -> None:
    """From a signal handler, which runs between two steps of the event loop's own thread."""
    if app._loop is not None and not app._loop.is_closed():
        app._loop.call_soon_threadsafe(app.exit, code)
