"""Open the sample incident that comes with tracetui: every call returned ok, and the answer is wrong."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tracetui.samples import INCIDENT, sample_path


def add_arguments(parser: ArgumentParser) -> None:
    """None: `tracetui demo` is the first thing that people type."""


def run(arguments: Namespace) -> int:
    from tracetui.ui.run import run_app

    code: int = run_app(str(sample_path(INCIDENT)))
    return code
