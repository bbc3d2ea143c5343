"""Learn the keys in two minutes: the sample incident in the app itself, with lessons that wait for the real key."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """None: the tutorial brings its own incident, and keeps nothing."""


def run(arguments: Namespace) -> int:
    from tracetui.ui.tutorial import run_tutorial

    return run_tutorial()
