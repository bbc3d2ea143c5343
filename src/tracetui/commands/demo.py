"""Open the sample incident that comes with tracetui: every call returned ok, and the answer is wrong."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tracetui.commands.open import first_page
from tracetui.samples import INCIDENT, sample_path


def add_arguments(parser: ArgumentParser) -> None:
    """None: `tracetui demo` is the first thing that people type."""


def run(arguments: Namespace) -> int:
    path = str(sample_path(INCIDENT))
    with first_page(path) as early:
        from tracetui.ui.run import run_app

        code: int = run_app(path, early=early)
    return code
