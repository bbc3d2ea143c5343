"""The app itself: opens a path, shows the right screen, and is left in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import msgspec
from textual.actions import ActionParseResult
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.screen import Screen

from tracetui.errors import EXIT_NOTHING_FOUND, TracetuiError
from tracetui.ingest.line_overview import LARGE_BYTES
from tracetui.ingest.parts import Parts
from tracetui.ingest.source import Source
from tracetui.model import Session, Trace
from tracetui.ui import clipboard, figures, small, terminal, themes
from tracetui.ui.ascii_lines import AS_SHOWN
from tracetui.ui.asked import Asked, ByPlace, Start, open_asked, open_both, when_there
from tracetui.ui.background import in_background, keep_for_good
from tracetui.ui.driver import Driver
from tracetui.ui.environment import over_ssh
from tracetui.ui.key_names import key_of, keys_of
from tracetui.ui.loading import Loaded, session_named
from tracetui.ui.marks_by_place import MarksByPlace
from tracetui.ui.palette import KeyCommands, Palette, StepCommands
from tracetui.ui.present import line
from tracetui.ui.screens.opening import OpeningScreen
from tracetui.ui.state import Opened
from tracetui.ui.typed_ahead import TypedAhead

if TYPE_CHECKING:
    from tracetui.analysis.findings import Triage
    from tracetui.export.redact import Rule
    from tracetui.ui.drafted import Drafted
    from tracetui.ui.early.terminal import EarlyTerminal
    from tracetui.ui.whole_prompts import WholePrompts


class TracetuiApp(TypedAhead):
    """Screens do the work; the app opens the source and owns what they share."""

    TITLE = "tracetui"
    CSS_PATH = "app.tcss"
    COMMANDS = {KeyCommands, StepCommands}
    BINDINGS = [
        Binding("ctrl+q", "quit", "quit", show=False, priority=True, id="app.quit-now", tooltip="Quit from anywhere"),
        Binding(
            "T", "next_theme", "theme", show=False, id="app.theme", tooltip="Dark, light, the terminal's own colours"
        ),
        Binding("ctrl+l", "redraw", "redraw", show=False, id="app.redraw", tooltip="Paint the whole screen again"),
    ]

    def __init__(self, path: str | None, *, source: Source | None = None, **start: Unpack[Start]) -> None:
        """`path`: None for the library; `source`: the bytes, where they are read already."""
        super().__init__()
        self.animation_level = "none"
        self.backstop = terminal.Backstop()
        self.last_words: list[Callable[[], None]] = []
        """Called when the process is told to end, without the event loop: flush what was typed. Must not block."""
        self.store_root = start.get("store_root")
        """Where incidents are kept; None for the usual place."""
        self.incident_id = start.get("incident_id")
        """The incident that the postmortem form opens; None for the newest about the session."""
        self.own_rules: tuple[Rule, ...] = ()
        """What the user has taken out, beside secrets, of everything that leaves the app or is shown to a room."""
        self.problem: TracetuiError | None = None
        """Why nothing could be shown; raised by `run.run_app`."""
        self.tutorial_wanted = False
        """Whether the tutorial takes over when this ends."""
        self.refused_keys: tuple[str, ...] = ()
        """What the user's file of keys says that does not hold; the key sheet tells it."""
        self._path, self._in_library, self._source = path or "", path is None, source
        self._session_id, self._step_number = start.get("session"), start.get("step")
        self._format_name, self._follow = start.get("format_name"), start.get("follow", False)
        self._recent, self._view, self._policy = start.get("recent", ()), start.get("view"), start.get("policy")
        self._against, self._readings = start.get("against"), start.get("readings")
        self._early: EarlyTerminal | None = None
        self._loaded: Loaded | None = None
        self._visited: dict[int, Opened] = {}
        self._marks = MarksByPlace()
        self._themes: tuple[str, ...] = themes.CYCLE
        """Those that can be read on this terminal."""

    def use_terminal(self, early: EarlyTerminal | None) -> None:
        """`early`: it shows the first page of what is opened: it is entered no more, and restored as it was before."""
        self._early = early
        self.driver_class = type("Driver", (Driver,), {"early": early})

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables(self.current_theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*themes.as_wanted(super().get_line_filters()), self.backstop, *AS_SHOWN]

    def get_default_screen(self) -> Screen[None]:
        if self._in_library:
            from tracetui.store.incidents import Store
            from tracetui.ui.screens.library import LibraryScreen

            return LibraryScreen(Store(self.store_root), self._recent)
        return OpeningScreen(self._path)

    def on_mount(self) -> None:
        for theme in themes.THEMES:
            self.register_theme(theme)
        self._themes = themes.offered(os.environ, self.console.color_system, colorless=self.no_color)
        self.theme = self._themes[0]
        self.set_class(over_ssh(os.environ), "-remote")
        # Textual repaints nothing when it comes back from the shell.
        self.app_resume_signal.subscribe(self, lambda _: self.repaint_all())
        if self.refused_keys:
            told = f"{figures.plural(len(self.refused_keys), 'line')} of the file of keys left out: "
            self.notify(f"{told}{key_of('app.keys', 'question_mark')} says why", severity="warning", timeout=10)
        if not self._in_library:
            self.hold_keys(self, but=keys_of("app.quit", "q,escape"))
            in_background(self, self._open, self.show_opened)

    def open_path(self, path: str, *, session: str | None = None, incident_id: str | None = None) -> None:
        """From the library: open a trace, or an incident's form over its trace."""
        self._path, self._session_id, self.incident_id = path, session, incident_id
        if incident_id is not None and os.path.isfile(path) and os.path.getsize(path) >= LARGE_BYTES:
            self.notify(line(f"reading the whole of {path}"), markup=False, timeout=8)
        in_background(self, self._open, self.show_opened)

    def leave_for_tutorial(self) -> None:
        """From the library."""
        self.tutorial_wanted = True
        self.exit(EXIT_NOTHING_FOUND)

    def _open(self) -> Loaded | ByPlace | Parts | Drafted | TracetuiError:
        """In a thread."""
        asked = Asked(
            self._path,
            self._session_id,
            self._format_name,
            self._source,
            self._follow,
            has_view=bool(self._view),
            for_incident=self.incident_id is not None,
        )

        def now() -> Loaded | ByPlace | Parts | Drafted:
            return open_both(asked, self._against, self._readings) if self._against is not None else open_asked(asked)

        return when_there(
            asked, now, tell=lambda problem: self.call_later(self._wait, problem), wanted=lambda: self.is_running
        )

    def _wait(self, problem: TracetuiError) -> None:
        if isinstance(self.screen, OpeningScreen):
            self.screen.wait_for(problem.message)

    def show_opened(self, loaded: Loaded | ByPlace | Parts | Drafted | TracetuiError) -> None:
        if isinstance(loaded, TracetuiError) and self._in_library:
            self.notify(line(loaded.message), severity="error", markup=False, timeout=8)
            return
        if isinstance(loaded, TracetuiError):
            self.problem = loaded
            self.exit()
            return
        if isinstance(loaded, Loaded):
            self.open_whole(loaded)
            return
        from tracetui.ui.screens.first import first_screen

        keep_for_good()
        path, screen = first_screen(loaded, self._step_number, self._follow, self._format_name)
        self._marks.watch(path)
        self.push_screen(screen, lambda _: self._leave())
        self._pass_keys_on()

    def open_whole(self, loaded: Loaded) -> None:
        """Put what was read under the debugger, or list its sessions."""
        loaded = msgspec.structs.replace(loaded, policy=self._policy)
        self._loaded = loaded
        keep_for_good()
        named = session_named(loaded, self._session_id) if self._session_id is not None else None
        if named is None and len(loaded.sessions) > 1:
            from tracetui.ui.screens.sessions import SessionsScreen

            self.push_screen(SessionsScreen(loaded), lambda _: self._leave())
        else:
            self.open_session(*(named or loaded.sessions[0]))
        self._pass_keys_on()

    def _pass_keys_on(self) -> None:
        """To the screen that was pushed."""
        self._early = None
        self.let_keys_through(self)

    def _was_typed_on(self) -> bool:
        return self.has_typed_ahead or (self._early is not None and self._early.was_typed_on)

    def open_session(self, trace: Trace, session: Session, *, triage: Triage | None = None) -> None:
        """Put a session under the debugger; one visited before comes back with its notes."""
        assert self._loaded is not None
        opened = self._visited.get(id(session)) or self._loaded.opened(trace, session).with_(triage=triage)
        from tracetui.ui.screens.debugger import DebuggerScreen  # not on the way to the lines of a large file

        start = next((s.index for s in session.steps if s.number == self._step_number), None)
        start = len(session.steps) - 1 if start is None and self._follow else start
        if start is None and self._was_typed_on():
            start = 0  # the keys mean the step that they were pressed at
        opened = self._marks.put_on(opened)
        over = self._view or ("postmortem" if self.incident_id is not None else "diff" if self._against else None)
        debugger = DebuggerScreen(opened, step=start, over=over, follow=self._follow)
        self.push_screen(debugger, partial(self._leave_session, session))

    def open_excerpt(
        self, loaded: Loaded, session: Session, step: int, whole_prompts: WholePrompts | None = None
    ) -> None:
        """Put a part of a large file under the debugger, at the step of this index; `whole_prompts`: of that file."""
        opened = loaded.opened(loaded.traces[0], session).with_(policy=self._policy, whole_prompts=whole_prompts)
        opened = self._marks.put_on(opened)
        from tracetui.ui.screens.debugger import DebuggerScreen

        self.push_screen(DebuggerScreen(opened, step=step), self._marks.take_from)

    def _leave_session(self, before: Session, opened: Opened | None) -> None:
        from tracetui.ui.screens.sessions import SessionsScreen

        if opened is not None:
            self._visited[id(opened.session)] = opened
            if isinstance(self.screen, SessionsScreen):
                self.screen.put_in(before, opened)
        self._marks.take_from(opened)
        self._leave()

    def _leave(self) -> None:
        """The app ends with the last screen that shows something."""
        if isinstance(self.screen, OpeningScreen):
            self.exit(EXIT_NOTHING_FOUND)

    def copy_text(self, text: str) -> None:
        """Send display-safe text to the terminal's clipboard and a file, and say what was done."""
        driver = self._driver
        done = clipboard.copy(text, write=driver.write if driver is not None else lambda _: None)
        self.notify(line(done), markup=False, timeout=4)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """A screen whose widgets are gone, or not there yet, takes no key; the app does, so that `q` quits at once."""
        of_app = isinstance(action, str) and action.startswith("app.")
        if isinstance(default_namespace, Screen) and not default_namespace.children and not of_app:
            return False
        return await super().run_action(action, default_namespace, namespaces)

    def action_redraw(self) -> None:
        self.repaint_all()

    def action_next_theme(self) -> None:
        self.theme = themes.after(self.theme, self._themes)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where text is typed ctrl+p is the section before; the palette has another key there."""
        if action == "command_palette" and getattr(self.screen, "TAKES_CTRL_P", False):
            return None
        return super().check_action(action, parameters)

    def action_command_palette(self) -> None:
        """Textual's own one ends the app at an early page key."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """A first page stays until the first screen; where the terminal is too small for the screens, it shows how much
        they take."""
        if self.first_page_stands and isinstance(screen, OpeningScreen) and not screen.is_waiting:
            return
        self.replace_first_page()
        super()._display(screen, small.shown(renderable, self.size))

    def action_key_sheet(self) -> None:
        """Every key of the screen that is shown."""
        from tracetui.ui.screens.help import KeySheet

        self.push_screen(KeySheet(self.screen))

    def _handle_exception(self, error: Exception) -> None:
        """Textual prints the local variables of every frame: those hold the trace. What a screen misses that comes up while
        the app ends, and gets no widgets any more, is no fault."""
        if self._exit and isinstance(error, NoMatches):
            return
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()
