"""Whether a first page can be shown before the app is loaded, and which one it is."""

from __future__ import annotations

import os
import sys
import termios
from collections.abc import Mapping

from tracetui.configuration import has_own_keys
from tracetui.ingest.line_header import known_header
from tracetui.ingest.line_overview import LARGE_BYTES
from tracetui.ui.early.head import read_head
from tracetui.ui.early.page import Page
from tracetui.ui.early.terminal import EarlyTerminal
from tracetui.ui.environment import LEAST_SIZE, erases_in_color, over_ssh, split_width


def show_first_page(path: str, *, at_the_start: bool) -> EarlyTerminal | None:
    """Show the head of the file on this terminal, if it is one and the file can be read; the app takes it over.

    `at_the_start`: whether the app will begin with the first steps; else the page says only that the file is being read.
    """
    try:
        if not (_is_wanted(os.environ) and os.path.isfile(path) and os.path.getsize(path)):
            return None
        size = os.get_terminal_size(1)
        if size.columns < LEAST_SIZE[0] or size.lines < LEAST_SIZE[1]:
            return None
        early = EarlyTerminal(page(path, size.columns, size.lines, os.environ, at_the_start=at_the_start).shadow)
        early.enter()
    except (OSError, termios.error):  # the app will say what is wrong
        return None
    return early


def page(path: str, width: int, height: int, environ: Mapping[str, str], *, at_the_start: bool) -> Page:
    """Raises OSError."""
    remote = over_ssh(environ)
    made = Page(width, height, environ, erases=erases_in_color(environ), remote=remote, own_keys=has_own_keys(environ))
    try:
        head = read_head(path, height) if at_the_start else None
    except (TypeError, ValueError, ArithmeticError, RecursionError):  # a file may hold anything
        head = None
    is_large = at_the_start and os.path.getsize(path) >= LARGE_BYTES
    known = known_header(path) if is_large else None
    if is_large and (head or known):
        made.lines(path, head, known)
    elif head is None or len(head.sessions) > 1:
        made.reading(path)
    else:
        made.steps(path, head, split_from=split_width(environ))
    return made


def _is_wanted(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is ours alone: all streams are it, we are in its foreground, and it can show an app."""
    if environ.get("TRACETUI_PLAIN_OUTPUT") == "1" or "TEXTUAL_DRIVER" in environ:
        return False
    if environ.get("TERM", "dumb") in ("", "dumb", "unknown"):
        return False
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    return all(stream is not None and stream.isatty() for stream in streams) and os.tcgetpgrp(0) == os.getpgrp()
