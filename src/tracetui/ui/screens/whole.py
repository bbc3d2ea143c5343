"""What a screen over the lines of a large file does to open the whole of it."""

from __future__ import annotations

from textual.screen import Screen

from tracetui.errors import TracetuiError
from tracetui.ui.background import in_background
from tracetui.ui.key_names import key_of
from tracetui.ui.loading import Loaded
from tracetui.ui.present import BAD, GOOD, line
from tracetui.ui.whole_file import WholeFile


class WholeFileScreen(Screen[None]):
    """Reads in the background; the screen stays usable, and says how far that is."""

    def __init__(self, path: str, format_name: str) -> None:
        super().__init__()
        self._path, self._format = path, format_name
        self.whole: WholeFile | None = None
        """What is being read."""
        self._loaded: tuple[int, Loaded] | None = None
        """The whole file, if it was read, and its size then."""

    def say(self, what: str, style: str) -> None:
        raise NotImplementedError

    def action_whole(self) -> None:
        """Read everything and open it as a small file is opened; what was read before is still there."""
        if self.whole is not None:
            return
        try:
            whole = WholeFile(self._path, self._format)
        except OSError as problem:
            self.say(line(str(problem)), BAD)
            return
        if self._loaded is not None and self._loaded[0] == whole.size:
            self._open_whole(self._loaded[1])
            return
        self.whole = whole
        in_background(self, whole.read, lambda loaded: self._have_whole(whole, loaded))
        self.say("", GOOD)

    def _have_whole(self, whole: WholeFile, loaded: Loaded | TracetuiError | None) -> None:
        if whole is not self.whole or loaded is None:
            return
        self.whole = None
        if isinstance(loaded, TracetuiError):
            self.say(line(loaded.message), BAD)
            return
        self._loaded = whole.size, loaded
        self.say(f"whole file read: {key_of('lines.whole', 'w')} opens it", GOOD)
        if self.is_active:
            self._open_whole(loaded)

    def _open_whole(self, loaded: Loaded) -> None:
        from tracetui.ui.app import TracetuiApp

        assert isinstance(self.app, TracetuiApp)
        self.app.open_whole(loaded)

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_unmount(self) -> None:
        self.stop_whole()

    def stop_whole(self) -> None:
        if self.whole is not None:
            self.whole.stop()
            self.whole = None
