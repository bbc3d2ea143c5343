"""What was out of date is acted on, although something newer, or its own word for it, was there to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from tracetui.analysis.cascade import is_telling
from tracetui.analysis.entities import identity
from tracetui.analysis.fields import is_counter
from tracetui.analysis.identity import date_key
from tracetui.analysis.passages import leaves
from tracetui.analysis.provenance import Appearance, Provenance
from tracetui.analysis.records import objects
from tracetui.analysis.rules.detected import detected
from tracetui.context import json_text
from tracetui.model import Evidence, Flag, Step
from tracetui.text import elide

KIND = "STALE_CONTEXT"
LETTER = "S"
EXPLAIN = (
    "A value is used that is out of date: a later answer gave another one for the same field of the same record, or the "
    "record says of itself that it is superseded, deprecated or no longer valid on the day of the run. Flagged where the old "
    "value stands in an action or an answer without a word of the change. Spared are changes that the session itself made "
    "and values that a user gave. Cannot see documents whose text alone tells their age."
)
_SAYS_SO = re.compile(
    r"\b(?:previous\w*|earlier|former\w*|old\w*|original\w*|instead|chang\w+|updat\w+|was|were|been|expired?|no longer|outdated|"
    r"superseded|deprecated|obsolete|invalid|rather than|from)\b",
    re.IGNORECASE,
)
_OUT_OF_DATE = re.compile(
    r"superseded|deprecated|obsolete|outdated|out[ _-]of[ _-]date|stale|retired|withdrawn", re.IGNORECASE
)
_STATES = frozenset(("status", "state", "lifecycle", "validity"))
_ENDS = re.compile(r"(?:valid|effective)_?(?:until|to|through)|superseded_?(?:on|at)|valid_?thru", re.IGNORECASE)
_MARKS = re.compile(r"superseded|deprecated|obsolete|outdated|is_?stale", re.IGNORECASE)


class _Field(NamedTuple):
    """A value of a record, as one answer gave it."""

    key: str
    text: str
    step: int


class _Old(NamedTuple):
    was: _Field
    now: str
    """What replaced it, or what says that it is out of date."""
    since: int
    """Index of the step from which on that could be seen."""


def find(provenance: Provenance) -> Iterator[Flag]:
    """The first use of each value that is out of date."""
    for old in [*_replaced(provenance), *_expired(provenance)]:
        used = _use(provenance, old)
        if used is not None:
            yield _flag(provenance, old, used)


def _replaced(provenance: Provenance) -> Iterator[_Old]:
    """Fields of one record that a later look found changed, by nobody in this session."""
    seen: dict[tuple[str, str], _Field] = {}
    acted: dict[str, int] = {}
    for step in provenance.session.steps:
        if step.kind != "tool_call":
            continue
        if provenance.is_external(step):
            for value in provenance.at(step.index):
                if value.role == "argument" and value.step == step.index:
                    acted[value.key] = step.index
            continue
        # Only what is asked for by its id is sure to be one record: lists may hold two of one name.
        asked = {identity(text) for _, text in leaves(step.arguments)}
        for record, name, text in _fields(step.result):
            if record not in asked:
                continue
            now = _Field(identity(text), text, step.index)
            before = seen.get((record, name))
            if before is not None and before.key != now.key and acted.get(record, -1) < before.step:
                yield _Old(before, text, step.index)
            seen[(record, name)] = now


def _fields(value: Any) -> Iterator[tuple[str, str, str]]:
    """(identity of the record, field, value) of every record that names itself."""
    for own, fields in objects(value):
        for name, inner in fields.items():
            if not isinstance(inner, (dict, list)) and str(inner) != own and _is_value(str(name), inner):
                yield identity(own), str(name), inner if isinstance(inner, str) else json_text(inner)


def _is_value(name: str, value: Any) -> bool:
    return value is not None and not isinstance(value, bool) and not is_counter(name)


def _expired(provenance: Provenance) -> Iterator[_Old]:
    """Values of records that say of themselves that they are out of date."""
    for step in provenance.session.steps:
        for _, fields in objects(step.result) if step.kind == "tool_call" else ():
            if not (said := _out_of_date(fields, provenance.today)):
                continue
            for value in fields.values():
                text = value if isinstance(value, str) else json_text(value)
                if text != said and not isinstance(value, (dict, list)):
                    yield _Old(_Field(identity(text), text, step.index), said, step.index)


def _out_of_date(record: dict[str, Any], today: date | None) -> str:
    """What in the record says so: a state, a mark, or the end of its validity."""
    for name, value in record.items():
        if str(name).casefold() in _STATES and isinstance(value, str) and _OUT_OF_DATE.fullmatch(value.strip()):
            return value
        if _MARKS.search(str(name)) and value and not isinstance(value, (dict, list)):
            return str(value) if value is not True else str(name)
        if today is not None and isinstance(value, str) and _ENDS.fullmatch(str(name)):
            until = date_key(value[:10])
            if until[:1].isdigit() and until < today.isoformat():
                return value
    return ""


def _use(provenance: Provenance, old: _Old) -> Appearance | None:
    """Where a model first wrote the old value after it could know better; nothing where it has another source."""
    places = provenance.by_key.get(old.was.key, ())
    sources = [place for place in places if not provenance.is_written(place)]
    if any(place.role in ("given", "system") or place.step > old.was.step for place in sources):
        return None
    if any(place.step < old.was.step for place in places):
        return None
    for place in places:
        if (
            place.author < old.since
            or not provenance.is_written(place)
            or not is_telling(place)
            or place.kind in ("name", "quoted", "time")
        ):
            continue
        step, passage = provenance.session.steps[place.step], provenance.passages[place.passage]
        if place.role == "argument" and provenance.is_external(step):
            return place
        if place.role == "said" and old.now not in passage.text and not _SAYS_SO.search(passage.text):
            return place
    return None


def _flag(provenance: Provenance, old: _Old, used: Appearance) -> Flag:
    steps = provenance.session.steps
    number = steps[old.since].number
    later = old.since != old.was.step
    told = f"step {number} gave “{elide(old.now, 24)}”" if later else f"its record is marked “{elide(old.now, 24)}”"
    source = provenance.passages[used.passage].source
    return detected(
        KIND,
        used.author,
        source,
        f"uses “{elide(used.text, 30)}” of step {steps[old.was.step].number}, but {told}",
        0.7 if later else 0.65,
        (
            _quoted(steps[old.was.step], old.was.text, "the old value"),
            _quoted(steps[old.since], old.now, "what is newer" if later else "what it says of itself"),
            provenance.evidence(used, "used here"),
        ),
    )


def _quoted(step: Step, text: str, role: str) -> Evidence:
    return Evidence(step.index, text[:160], step.source, role)
