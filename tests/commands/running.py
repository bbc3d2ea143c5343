"""Running the command line inside the test's own process, with what it printed as bytes."""

from __future__ import annotations

import io
import json
import sys
from typing import Any, NamedTuple
from unittest.mock import patch

from tracetui.cli import main


class Answer(NamedTuple):
    code: int
    stdout: bytes
    err: str

    @property
    def out(self) -> str:
        return self.stdout.decode()

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def document(self) -> dict[str, Any]:
        (document,) = self.documents
        return document


def run(*words: str, stdin: bytes = b"") -> Answer:
    """What `tracetui WORDS…` answers."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    given = io.TextIOWrapper(io.BytesIO(stdin))
    with patch.multiple(sys, stdout=out, stderr=err, stdin=given):
        try:
            code = main(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Answer(code, _written(out), _written(err).decode())


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()
