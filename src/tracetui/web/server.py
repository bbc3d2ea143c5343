"""textual-serve behind the door: its page without anything from elsewhere, its process without our terminal."""

from __future__ import annotations

import asyncio
import shlex
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from aiohttp import web
from textual_serve.server import Server

from tracetui.web.door import HOST, Door

_HERE = Path(__file__).parent
_TERMINAL = ("TMUX", "TMUX_PANE", "STY")
"""What would make the app copy to the terminal that the server was started in."""


class LoopbackServer(Server):
    """Runs `tracetui WORDS` for each tab that is let in."""

    def __init__(self, words: Sequence[str], port: int, door: Door) -> None:
        unset = [piece for name in _TERMINAL for piece in ("-u", name)]
        command = "exec " + shlex.join(["env", *unset, sys.executable, "-m", "tracetui", *words])
        super().__init__(command, host=HOST, port=port, title="tracetui", templates_path=_HERE)
        self._door = door

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.router.add_static("/page", _HERE / "page")
        app.middlewares.append(self._door.watch)
        app.on_response_prepare.append(self._door.seal)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Its own words would print the command; ours come when connections are taken."""


def run_server(words: Sequence[str], port: int, ready: Callable[[str], None]) -> None:
    """As `serve`, on an event loop of its own."""
    asyncio.run(serve(words, port, ready))


async def serve(words: Sequence[str], port: int, ready: Callable[[str], None]) -> None:
    """Until the process is told to end. `port`: 0 for any free one; `ready` gets the link once connections are taken.

    Raises OSError where the port is taken.
    """
    listening = socket.create_server((HOST, port))
    port = listening.getsockname()[1]
    door = Door(port)
    runner = web.AppRunner(await LoopbackServer(words, port, door)._make_app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` wants it
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        await web.SockSite(runner, listening).start()
        ready(door.link)
        await ended.wait()
    finally:
        await runner.cleanup()
