"""Labelled real traces, used where they are at hand: beside the checkout or one of its parents, or in $TRACETUI_SHARED."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
SAMPLES = REPOSITORY / "sample_traces"


def shared_folder() -> Path | None:
    """The folder with the data, where it is at hand."""
    named = os.environ.get("TRACETUI_SHARED")
    roots = [Path(named)] if named else [parent / "shared" for parent in REPOSITORY.parents]
    return next((root / "data" for root in roots if (root / "data").is_dir()), None)


def shared_data() -> Path:
    """The folder with the data; the calling test module or test is skipped where there is none."""
    if (found := shared_folder()) is not None:
        return found
    pytest.skip("no shared data beside the checkout (set TRACETUI_SHARED)", allow_module_level=True)


def sample_files() -> list[Path]:
    """Every sample trace, by name."""
    return sorted(path for path in SAMPLES.iterdir() if path.is_file() and path.suffix != ".md")


def sample_traces() -> list[Path]:
    """Every sample trace and those in folders, but for files that are parts of one and no traces of their own."""
    found = (path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".md")
    return sorted(path for path in found if not {"message", "part"} & set(path.parts))
