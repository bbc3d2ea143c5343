"""Samples as they may reach us: cut, flipped, with keys or lines missing, repeated or in another order, packed."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import zstandard
from hypothesis import strategies as st

from tests.shared import SAMPLES
from tracetui.ingest.records import Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source

FILES = {
    str(path.relative_to(SAMPLES)): path.read_bytes()
    for path in sorted(SAMPLES.rglob("*"))
    if path.is_file() and path.suffix != ".md"
}
"""Every sample by its path below the folder, those of sub-agents and other parts of a run included."""

WRONG: list[Any] = [None, 1, -1.5, True, "", "x", [], {}, [None], {"a": 1}, [[]], float("nan"), 10**30, "\ud800", ["x"]]
WRONG += [-(2**63), 1e308, "9" * 400, {"": {"": ""}}, "attachment://0", "2026-13-45T99:99:99Z"]
_BITES = [b"\xff", b"{", b"]", b'"', b"\n", b"\0", b"1e999", b"null,", b"[" * 300, b"9" * 5000, b"PK\x03\x04"]


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value inside a JSON value, and to itself."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield from paths(child, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    changed = value.copy()
    changed[path[0]] = replaced(value[path[0]], path[1:], by)
    return changed


def without(value: Any, path: tuple[Any, ...]) -> Any:
    """The value without the member or item at a path."""
    if len(path) > 1:
        return replaced(value, path[:1], without(value[path[0]], path[1:]))
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if key != path[0]}
    return value[: path[0]] + value[path[0] + 1 :]


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for token in path:
        value = value[token]
    return value


def rows_of(name: str) -> list[Any]:
    """The decoded lines of a sample, or its document alone; none of a binary one."""
    records = Records(Source(path=name, data=FILES[name]))
    return [records.document] if records.shape == "document" else [row.value for row in records.lines(Ledger())]


IN_JSON = sorted(name for name in FILES if not name.startswith("good") and rows_of(name))


def bytes_damaged(raw: bytes, data: st.DataObject) -> bytes:
    """Up to four places cut off, dropped, flipped or filled with something else."""
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.integers(0, len(raw)))
        match data.draw(st.sampled_from(["cut", "drop", "put", "flip"])):
            case "cut":
                raw = raw[:where] or b"x"
            case "drop":
                raw = raw[:where] + raw[where + data.draw(st.integers(1, 40)) :]
            case "put":
                raw = raw[:where] + data.draw(st.sampled_from(_BITES)) + raw[where:]
            case _ if where < len(raw):
                flipped = raw[where] ^ (1 << data.draw(st.integers(0, 7)))
                raw = raw[:where] + bytes([flipped]) + raw[where + 1 :]
    return raw


def _nested(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = [value]
    return value


def values_damaged(rows: list[Any], data: st.DataObject) -> list[Any]:
    """Up to three values removed, of the wrong type, huge, nested deep, twice in their list, or those of another place."""
    held: Any = rows
    for _ in range(data.draw(st.integers(1, 3))):
        known = list(paths(held))[1:]
        if not known:
            break
        where = data.draw(st.sampled_from(known))
        match data.draw(st.sampled_from(["remove", "wrong", "nest", "twice", "other"])):
            case "remove":
                held = without(held, where)
            case "wrong":
                held = replaced(held, where, data.draw(st.sampled_from(WRONG)))
            case "nest":
                held = replaced(held, where, _nested(at(held, where), data.draw(st.sampled_from([1, 60, 190, 400]))))
            case "twice":
                value = at(held, where)
                held = replaced(held, where, value * 2 if isinstance(value, (list, str)) else [value, value])
            case _:
                held = replaced(held, where, at(held, data.draw(st.sampled_from(known))))
    return held if isinstance(held, list) else [held]


def lines_damaged(rows: list[Any], data: st.DataObject) -> list[Any]:
    """Lines in another order, twice, or missing."""
    match data.draw(st.sampled_from(["order", "twice", "missing", "as they are"])):
        case "order" if len(rows) > 1:
            return data.draw(st.permutations(rows))
        case "twice" if rows:
            index = data.draw(st.integers(0, len(rows) - 1))
            return [*rows[: index + 1], rows[index], *rows[index + 1 :]]
        case "missing" if len(rows) > 1:
            index = data.draw(st.integers(0, len(rows) - 1))
            return rows[:index] + rows[index + 1 :]
    return rows


def written(rows: list[Any]) -> bytes:
    return b"\n".join(json.dumps(row).encode() for row in rows)


def _archived(raw: bytes, name: str, header: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("header.json", header)
        file.writestr(f"samples/{name}_epoch_1.json", raw)
    return packed.getvalue()


def as_eval(raw: bytes) -> bytes:
    """An Inspect document as an archive: its samples, or whatever it is, as one."""
    try:
        value = json.loads(raw)
        sample = value["samples"][0]
        header = {key: inner for key, inner in value.items() if key != "samples"}
    except (ValueError, LookupError, TypeError, RecursionError):
        return _archived(raw, "1", b"{}")
    return _archived(json.dumps(sample).encode(), "1", json.dumps(header).encode())


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda raw: raw,
    "gzip": lambda raw: gzip.compress(raw, 1),
    "zstandard": lambda raw: zstandard.ZstdCompressor().compress(raw),
    "archive": as_eval,
}
