"""A real browser without a window, spoken to over its DevTools protocol; what the app paints is read off the wire."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pyte

from tests.tty.terminal import without_private

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SIZE = 1280, 720
_SECONDS = 60
_KEYS = {"Enter": ("Enter", 13, "\r"), "ArrowRight": ("ArrowRight", 39, ""), "Escape": ("Escape", 27, "")}


class Page:
    """One tab. `screen`: what its WebSocket brought, as a terminal shows it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, width: int = 200, height: int = 60) -> None:
        self._socket = socket
        self._sent = 0
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self.requested: list[str] = []
        """Every address that the page asked for."""

    @property
    def screen(self) -> str:
        return "\n".join(self._screen.display)

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        await self._socket.send_json({"id": self._sent, "method": method, "params": parameters})
        while True:
            message = await self._take(_SECONDS)
            if message.get("id") == self._sent:
                assert "error" not in message, message
                found: dict[str, Any] = message["result"]
                return found

    async def evaluate(self, script: str) -> Any:
        return (await self.command("Runtime.evaluate", expression=script))["result"].get("value")

    async def press(self, key: str) -> None:
        name, code, text = _KEYS[key] if key in _KEYS else (key, ord(key.upper()), key)
        event = {"key": name, "windowsVirtualKeyCode": code, "code": name if len(name) > 1 else ""}
        await self.command("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
        await self.command("Input.dispatchKeyEvent", type="keyUp", **event)

    async def wait_for(self, condition: str | Callable[[], object]) -> None:
        """Until a text stands on the screen or a condition holds."""
        holds = condition if callable(condition) else lambda: condition in self.screen
        async with asyncio.timeout(_SECONDS):
            while not holds():
                await self._take(_SECONDS)

    async def picture(self) -> bytes:
        return base64.b64decode((await self.command("Page.captureScreenshot"))["data"])

    async def _take(self, seconds: float) -> dict[str, Any]:
        message: dict[str, Any] = json.loads((await self._socket.receive(timeout=seconds)).data)
        parameters = message.get("params", {})
        if message.get("method") == "Network.webSocketFrameReceived" and parameters["response"]["opcode"] == 2:
            self._stream.feed(without_private(base64.b64decode(parameters["response"]["payloadData"])))
        if message.get("method") == "Network.requestWillBeSent":
            self.requested.append(parameters["request"]["url"])
        return message


@asynccontextmanager
async def opened_page(folder: Path) -> AsyncIterator[Page]:
    """An empty tab of a browser of its own, which is gone afterwards."""
    assert CHROMIUM is not None
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]
    flags += [f"--window-size={SIZE[0]},{SIZE[1]}", "--remote-debugging-port=0", f"--user-data-dir={folder}"]
    process = subprocess.Popen([CHROMIUM, *flags, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port_file = folder / "DevToolsActivePort"
        async with asyncio.timeout(_SECONDS):
            while not port_file.exists() or not port_file.read_text():
                await asyncio.sleep(0.05)
        port = port_file.read_text().split()[0]
        async with aiohttp.ClientSession() as session:
            tabs = await (await session.get(f"http://127.0.0.1:{port}/json")).json()
            tab = next(tab for tab in tabs if tab["type"] == "page")
            async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                for domain in ("Page", "Network", "Runtime"):
                    await page.command(f"{domain}.enable")
                yield page
    finally:
        process.kill()
        process.wait()
