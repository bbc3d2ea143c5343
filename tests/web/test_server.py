"""The app in a browser tab: opened, walked through and left through a real page; and who is not let in."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.tty.terminal import ROOT, SAMPLES
from tests.web.browser import CHROMIUM, opened_page

INCIDENT = SAMPLES / "incident_content.jsonl"


@asynccontextmanager
async def served(folder: Path, *words: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """`tracetui serve` on a free port, and the link that it prints."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TRACETUI_STORE": str(folder / "store")}
    environ |= {"XDG_STATE_HOME": str(folder / "state"), "PYTHONUNBUFFERED": "1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tracetui", "serve", "--port", "0", *words),
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        link = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()
        yield link, process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.mark.tty
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
async def test_a_real_page_opens_walks_and_quits_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    async with served(tmp_path, str(INCIDENT)) as (link, _), opened_page(tmp_path / "profile") as page:
        await page.command("Page.navigate", url=link)
        await page.wait_for("HALLUCINATION PROPAGATION")
        assert await page.evaluate("location.search") == "", "the token does not stay in the address"
        await page.press("w")
        await page.wait_for("1 / 6")
        await page.press("ArrowRight")
        await page.wait_for("2 / 6")
        if keep := os.environ.get("TRACETUI_PICTURES"):
            Path(keep, "serve.png").write_bytes(await page.picture())
        await page.press("q")
        await page.wait_for("o origin")
        await page.press("q")
        async with asyncio.timeout(60):
            while not await page.evaluate("document.body.classList.contains('-closed')"):
                await asyncio.sleep(0.1)
        here = link.partition("/?")[0]
        assert all(address.startswith((here, "data:")) for address in page.requested)


async def test_only_the_browser_with_the_link_is_let_in_and_the_link_works_once(tmp_path: Path) -> None:
    async with served(tmp_path, str(INCIDENT)) as (link, process):
        origin = link.partition("/?")[0]
        for wrong in (origin, f"{origin}/?token=guessed", f"{origin}/static/js/textual.js", f"{origin}/ws"):
            assert await status(wrong) == 403
        assert await status(link, Host="rebound.example") == 403
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            async with browser.get(link) as first:
                assert (first.status, str(first.url)) == (200, f"{origin}/")
                assert "default-src 'none'" in first.headers["Content-Security-Policy"]
            async with browser.get(f"{origin}/static/js/textual.js") as script:
                assert script.status == 200
            other_page = {"Origin": "http://elsewhere.example"}
            async with browser.get(f"{origin}/ws", headers=other_page) as refused:
                assert refused.status == 403
        assert await status(link) == 403
        process.terminate()
        told = (await process.communicate())[1].decode()
    assert "nothing listens on the network" in told
    assert "change incidents" in told


async def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    async with served(tmp_path) as (link, _):
        port = int(link.rpartition(":")[2].partition("/")[0])
        assert link.startswith("http://127.0.0.1:")
        with socket.socket() as elsewhere, pytest.raises(OSError, match="refused"):
            elsewhere.connect(("127.0.0.2", port))


async def status(link: str, **headers: str) -> int:
    async with aiohttp.ClientSession() as stranger, stranger.get(link, headers=headers) as answer:
        return answer.status
