"""The sample traces that come with tracetui, from an installed wheel as from a checkout."""

from __future__ import annotations

from pathlib import Path

from tracetui.errors import UnknownNameError

INCIDENT = "incident_content.jsonl"
"""The sample that `tracetui demo` opens: an incident with its whole content and no flags."""
GOOD_RUN = "good_same_customer.jsonl"
"""The same request done right."""


def samples_folder() -> Path:
    """Inside the package where it is installed from a wheel, beside `src` in a checkout."""
    package = Path(__file__).parent
    installed = package / "sample_traces"
    return installed if installed.is_dir() else package.parent.parent / "sample_traces"


def sample_path(name: str) -> Path:
    """The file of a sample. Raises UnknownNameError, which lists the samples there are."""
    path = samples_folder() / name
    if not path.is_file():
        names = sorted(found.name for found in samples_folder().glob("*.json*"))
        raise UnknownNameError(f"no sample is called {name!r}", hint="samples: " + ", ".join(names))
    return path
