"""The exported pages of hostile text in a real browser: nothing runs, nothing is asked for, the console stays clean."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.export.test_export import _filled
from tracetui.export import render

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ATTACKS = " ".join(
    [
        "<script>console.error('ran')</script>",
        "<img src=x onerror=console.error('ran')>",
        "</style></title></pre></td></table><link rel=stylesheet href=http://127.0.0.1:9/x.css>",
        "\"'><svg/onload=console.error('ran')>",
        "<a href='javascript:console.error(1)'>",
        "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
        "<iframe srcdoc='<script>parent.console.error(1)</script>'></iframe>",
        "]]><!--",
    ]
)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
def test_a_page_full_of_attacks_leaves_the_console_clean(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(render("html", _filled(ATTACKS)), encoding="utf-8")
    dom, console = opened(page, tmp_path)
    assert "CONSOLE" not in console
    assert "default-src 'none'" in dom
    assert dom.count("<script") == dom.count("<img") == dom.count("<iframe") == dom.count("<svg") == 0
    assert "&lt;script&gt;" in dom


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
def test_the_console_is_really_looked_at(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<script>console.error('ran')</script>", encoding="utf-8")
    assert "CONSOLE" in opened(page, tmp_path)[1]


def opened(page: Path, tmp_path: Path) -> tuple[str, str]:
    """The document as the browser sees it, and what it logs."""
    assert BROWSER is not None
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    flags += [
        "--disable-sync",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        f"--user-data-dir={tmp_path}/p",
    ]
    done = subprocess.run(
        [BROWSER, *flags, "--enable-logging=stderr", "--v=0", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout, done.stderr
