#!/usr/bin/env python3
"""A large file of lines out of small ones: `python benchmarks/many_lines.py LINES OUT TRACE…` repeats the traces, each time
with other ids, until OUT has so many lines.

A JSON document, such as one of OTLP, becomes one line. Ids are what looks like one: 16 hex digits or more, with hyphens, or
16 bytes in base64.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

_ID = re.compile(rb'"([0-9a-f-]{8,28})[0-9a-f]{8}(?=["\\])|"([A-Za-z0-9+/]{14})[A-Za-z0-9+/]{8}(?===")')


def lines_of(path: str) -> bytes:
    data = Path(path).read_bytes()
    try:
        return json.dumps(json.loads(data), ensure_ascii=False).encode() + b"\n"
    except ValueError:
        return data if data.endswith(b"\n") else data + b"\n"


def write(lines: int, out: str, paths: list[str]) -> None:
    """The ids of each round end in its number."""
    template = b"".join(map(lines_of, paths))
    ids = list(_ID.finditer(template))
    starts, ends = [0, *(found.end() for found in ids)], [*(found.start() for found in ids), len(template)]
    rests = [template[start:end] for start, end in zip(starts, ends, strict=True)]
    prefixes = [b'"' + (found[1] or found[2]) for found in ids]
    per_round = template.count(b"\n")
    with open(out, "wb") as file:
        for number in range(-(-lines // per_round)):
            suffix = b"%08x" % number
            one = bytearray(rests[0])
            for prefix, rest in zip(prefixes, rests[1:], strict=True):
                one += prefix + suffix + rest
            left = lines - number * per_round
            file.write(b"".join(bytes(one).splitlines(keepends=True)[:left]) if left < per_round else one)


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
