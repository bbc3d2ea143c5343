"""What a line of JSON is, at a glance: told by a few of its fields, the rest of the line being passed over undecoded.

A format whose lines have more to tell than `glances.any_line` finds has a table of its own in `ingest/glances/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from math import isfinite
from operator import attrgetter
from types import UnionType
from typing import Any, NamedTuple, Union, cast, get_args, get_origin

import msgspec

from tracetui.ingest.decode import decode
from tracetui.ingest.session_rows import status, whole
from tracetui.ingest.times import parse_time_ns
from tracetui.model import StepKind

MOST = (1 << 31) - 1
"""Greater counts stand as this one: two of them still fit into a column."""


class Look(msgspec.Struct, frozen=True, gc=False):
    """One line."""

    kind: StepKind | None
    """None: it is no step by itself, such as a title or the settings of a session."""
    session: str | None = None
    failed: bool = False
    tokens: int = 0
    milliseconds: int = 0
    flags: tuple[str, ...] = ()
    """Kinds of flags recorded on it."""
    further: tuple[str, ...] = ()
    """Sessions that it belongs to beside the first."""
    call: int = 0
    """Of a call of a tool: equal where the same was asked for and the same came back; 0 where that is not told."""


class Said(NamedTuple):
    """What a line of a format says, for two runs to be laid side by side line by line: where one line is one step."""

    shape: type[msgspec.Struct]
    """The fields that are decoded; those that count are left as they are written."""
    tokens: Callable[[Any], tuple[int, int, int, bytes] | None]
    """What a line of this shape did, in numbers that are equal where it is equal: who acted (32 bits), with which words or
    arguments (64 bits, signed), what came of it (32 bits); and the session, as written. None for a line that is no step."""


class Glance(NamedTuple):
    """How the lines of one format are looked at."""

    shape: type[msgspec.Struct]
    """The fields that are decoded; every one has a default."""
    look: Callable[[Any], Look | None]
    """What a line of this shape is; None for one that the format cannot read."""
    carries_on: bool = False
    """Whether a line that names no session belongs to that of the line before."""
    after_words: bool = False
    """Whether a logger may have put words before the object."""
    said: Said | None = None
    """None where a line does not tell what a step did."""


BLANK = object()
"""Stands for a line with nothing in it."""


def looked(glance: Glance, line: bytes) -> Any:
    """One line in the shape of a glance, leniently; None for what is no object, `BLANK` for nothing."""
    if not line.strip():
        return BLANK
    try:
        value = decode(line[max(line.find(b"{"), 0) :] if glance.after_words else line)
    except ValueError:
        return None
    return fitted(glance.shape, value) if isinstance(value, dict) else None


def fitted(kind: Any, value: Any) -> Any:
    """A value in the shape of a type: fields and items that are of another are as if they were not there."""
    if kind is Any:
        return value
    if get_origin(kind) in (Union, UnionType):
        fits = (fitted(one, value) for one in get_args(kind))
        return next((found for found in fits if found is not _MISFIT), _MISFIT)
    if get_origin(kind) is list:
        inside = get_args(kind)[0]
        items = (fitted(inside, item) for item in value) if isinstance(value, list) else None
        return _MISFIT if items is None else [item for item in items if item is not _MISFIT]
    if not isinstance(value, dict) or not issubclass(kind, msgspec.Struct):
        return value if isinstance(value, kind) else _MISFIT
    inner = {field.name: fitted(field.type, value.get(field.encode_name)) for field in msgspec.structs.fields(kind)}
    return kind(**{name: found for name, found in inner.items() if found is not _MISFIT})


_MISFIT = object()
_MILLISECOND = timedelta(milliseconds=1)


def count(value: Any) -> int:
    """A count as it stands in a column; 0 for what is none."""
    if type(value) is int and 0 <= value <= MOST:
        return value
    known = round(value) if type(value) is float and isfinite(value) else whole(value)
    return min(max(known or 0, 0), MOST)


def lasted(start: Any, end: Any) -> int:
    """Milliseconds between two times, each in any spelling."""
    if type(start) is str and type(end) is str and start[4:5] == "-" == end[4:5]:
        try:  # `suppress` takes as long as all of this
            return count((datetime.fromisoformat(end) - datetime.fromisoformat(start)) // _MILLISECOND)
        except (ValueError, TypeError):  # one that says its zone, and one that does not
            pass
    began, ended = parse_time_ns(start), parse_time_ns(end)
    return count((ended - began) // 1_000_000) if began is not None and ended is not None else 0


def table(
    *,
    session: tuple[str, ...] = (),
    kind: tuple[str, Mapping[str, StepKind]] | None = None,
    failed: tuple[str, ...] = (),
    status: tuple[str, ...] = (),
    failing: frozenset[Any] = frozenset(),
    tokens: tuple[str, ...] = (),
    milliseconds: str = "",
    between: tuple[str, str] | None = None,
    carries_on: bool = False,
    after_words: bool = False,
) -> Glance:
    """A glance told by where a line holds what: names of fields, `/` between one and that inside it.

    `session`: the first that is there; `kind`: a field, and what its values mean; `failed`: fields that are there, and
    neither empty nor false, where something went wrong; `status`: fields whose words, or whose values in `failing`, say
    so; `tokens`: counts that add up; `between`: two times, where no field holds the milliseconds.
    """
    told = (*session, *failed, *status, *tokens, *([kind[0]] if kind else ()), *filter(None, [milliseconds]))
    shape, at = _compiled(sorted({*told, *(between or ())}))

    # Of names the first counts, so they are taken in their order.
    names = _in_order([at[path] for path in session])
    faults, words, counts = (_all_of([at[path] for path in paths]) for paths in (failed, status, tokens))
    kind_of, meant = (_getter(at[kind[0]]), kind[1]) if kind else (None, {})
    took = _getter(at[milliseconds]) if milliseconds else None
    times = _in_order([at[path] for path in between]) if between else None

    # A line passes here a million times: loops, where generators would take twice as long.
    def look(line: Any) -> Look:
        named = None
        for found in names(line):
            if type(found) in _NAMES:
                named = str(found)
                break
        has_failed = False
        for fault in faults(line):
            has_failed = has_failed or (fault is not None and fault not in _NOTHING)
        for said in words(line):
            has_failed = has_failed or (said is not None and _says_failed(said, failing))
        total = 0
        for figure in counts(line):
            if figure is not None:
                total += count(figure)
        lasts = count(took(line)) if took else 0
        if not lasts and times:
            lasts = lasted(*times(line))
        step = meant.get(str(kind_of(line)), "other") if kind_of else "other"
        return Look(step, named, has_failed, min(total, MOST), lasts)

    return Glance(shape, look, carries_on, after_words)


_NAMES = (str, int)
_NOTHING: tuple[Any, ...] = (None, False, "", [], {})


def _says_failed(written: Any, failing: frozenset[Any]) -> bool:
    if isinstance(written, (dict, list)):
        return False
    return written in failing or (_is_error(written) if type(written) is str else status(written) == "error")


@lru_cache(256)
def _is_error(word: str) -> bool:
    return status(word) == "error"


def _compiled(paths: list[str]) -> tuple[type[msgspec.Struct], dict[str, str]]:
    """A struct with these fields, objects inside objects, and the attribute of each path, with dots where it is inside."""
    tree: dict[str, Any] = {}
    for path in paths:
        inside = tree
        for name in path.split("/")[:-1]:
            inside = inside.setdefault(name, {})
        inside.setdefault(path.rsplit("/", 1)[-1], {})
    attributes: dict[str, str] = {}
    shape = _shape(tree, "", "", attributes)
    return shape, {path: attributes[path] for path in paths}


def _shape(tree: dict[str, Any], path: str, attribute: str, attributes: dict[str, str]) -> type[msgspec.Struct]:
    fields: list[Any] = []
    names: dict[str, str] = {}
    for at, (name, inner) in enumerate(tree.items()):
        own, place = f"{attribute}f{at}", f"{path}{name}"
        attributes[place] = own
        held = _shape(inner, f"{place}/", f"{own}.", attributes) if inner else Any
        # A value of another type than expected is no reason to look at the line anew.
        kind = held | str | int | float | list[Any] | None if inner else Any
        fields.append((f"f{at}", kind, None))
        names[f"f{at}"] = name
    return msgspec.defstruct("Line", fields, rename=names, gc=False)


def _getter(attribute: str) -> Callable[[Any], Any]:
    outer, _, rest = attribute.partition(".")
    get = attrgetter(outer)
    if not rest:
        return cast("Callable[[Any], Any]", get)
    inside = _getter(rest)

    def found(line: Any) -> Any:
        held = get(line)
        return inside(held) if isinstance(held, msgspec.Struct) else None

    return found


def _top_level(attributes: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(attributes) > 1:
        return attrgetter(*attributes)
    return lambda line: tuple(getattr(line, attribute) for attribute in attributes)


def _in_order(attributes: list[str]) -> Callable[[Any], Iterable[Any]]:
    """What stands at several places of a line, in their order; None where one is missing."""
    if not any("." in attribute for attribute in attributes):
        return _top_level(attributes)
    gets = list(map(_getter, attributes))
    return lambda line: [get(line) for get in gets]


def _all_of(attributes: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """The same in any order, without those whose object is missing."""
    inside: dict[str, list[str]] = {}
    for outer, dot, rest in (attribute.partition(".") for attribute in attributes):
        if dot:
            inside.setdefault(outer, []).append(rest)
    top = _top_level([attribute for attribute in attributes if "." not in attribute])
    if not inside:
        return top
    further = [(attrgetter(outer), _all_of(rests)) for outer, rests in inside.items()]

    def found(line: Any) -> tuple[Any, ...]:
        values = top(line)
        for get, get_inside in further:
            if isinstance(held := get(line), msgspec.Struct):
                values += get_inside(held)
        return values

    return found
