"""What leaves tracetui: a registry of exporters. Each is a module with NAME, TITLE, SUFFIX, FROM and
`render(material, redactions) -> str`; secrets are taken out before it sees the material."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, cast

from tracetui.errors import TracetuiError, UnknownNameError
from tracetui.export.eval_case import case_of, place_in
from tracetui.export.redact import SECRETS, Redaction, Redactor, Rule, redacted, redacted_value
from tracetui.model import Session
from tracetui.postmortem.document import Postmortem

_MODULES = {
    "markdown": "markdown",
    "html": "html",
    "json": "json",
    "eval": "eval_pytest",
    "eval-json": "eval_json",
    "handover": "handover",
    "alert": "alert",
}
_SHORT = {"md": "markdown"}
_TOURS = {".html": "tour_html", ".md": "tour_markdown", ".svg": "tour_svg"}
TOUR_SUFFIXES = tuple(_TOURS)
"""How the name of a walkthrough's file may end."""


class Exporter(Protocol):
    NAME: str
    TITLE: str
    SUFFIX: str
    """How a file's name ends."""

    FROM: Literal["postmortem", "case", "tour"]
    """What `render` is given: the Postmortem, its eval case (`eval_case.case_of`), or the pages of its tour."""

    def render(self, material: Any, redactions: Iterable[Redaction]) -> str: ...


def exporter_names() -> tuple[str, ...]:
    """The exporters, in the order in which they are offered."""
    return tuple(_MODULES)


def get_exporter(name: str) -> Exporter:
    """Raises UnknownNameError with the names there are."""
    name = _SHORT.get(name, name)
    if name not in _MODULES:
        raise UnknownNameError(f"no export format {name!r}; there are {', '.join(_MODULES)}")
    return cast(Exporter, import_module(f"tracetui.export.{_MODULES[name]}"))


def get_tour_exporter(suffix: str) -> Exporter:
    """The exporter of walkthroughs for a file that ends so. Raises UnknownNameError with the endings there are."""
    if suffix not in _TOURS:
        hint = f"end it in {', '.join(_TOURS)}"
        raise UnknownNameError(f"no walkthrough is written as {suffix or 'a file without an ending'}", hint=hint)
    return cast(Exporter, import_module(f"tracetui.export.{_TOURS[suffix]}"))


class Export(NamedTuple):
    text: str
    """Ends in a line feed."""
    redactions: tuple[Redaction, ...]
    """What was taken out of it."""


def export(
    name: str, postmortem: Postmortem, *, rules: Sequence[Rule] = SECRETS, session: Session | None = None
) -> Export:
    """The postmortem in one format, without what `rules` find; with no rules nothing is taken out.

    `session`: what the postmortem is about; an eval case without it lacks what the model was shown.
    """
    exporter = get_exporter(name)
    if exporter.FROM == "case":
        redactor = Redactor(rules)
        case = case_of(postmortem, session)
        told = place_in(case)
        material = redacted_value(case, lambda text, path: redactor(text, told(path)))
        return Export(exporter.render(material, redactor.report), redactor.report)
    postmortem, redactions = redacted(postmortem, rules)
    return Export(exporter.render(postmortem, redactions), redactions)


def render(
    name: str, postmortem: Postmortem, *, rules: Sequence[Rule] = SECRETS, session: Session | None = None
) -> str:
    """The text of `export`."""
    return export(name, postmortem, rules=rules, session=session).text


def file_name(name: str, postmortem: Postmortem) -> str:
    """A name for the exported file."""
    return file_stem(postmortem) + get_exporter(name).SUFFIX


def file_stem(postmortem: Postmortem) -> str:
    """How the names of its files begin, safe on every system: letters, digits, hyphen."""
    words = re.sub(r"[^a-z0-9]+", "-", postmortem.text("identity.title").lower()).strip("-")[:40].strip("-")
    return "-".join(filter(None, (postmortem.id or "postmortem", words)))


def write_new(path: Path, text: str) -> None:
    """Write an export to a file that is not there yet (mode 0600). Raises TracetuiError; nothing is overwritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as problem:
        raise TracetuiError(f"{path}: is already there", hint="name another file, or move that one away") from problem
    except OSError as problem:
        raise TracetuiError(f"{path}: {(problem.strerror or str(problem)).lower()}") from problem
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(text)
