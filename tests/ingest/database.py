"""SQLite databases that tests write down as statements and rows."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from tests.shared import SAMPLES
from tracetui.ingest.open import open_trace
from tracetui.model import Trace


def sample(name: str) -> Trace:
    """A sample, opened; its ledger balances and lists nothing."""
    trace = open_trace(str(SAMPLES / name))
    assert trace.report.records == trace.report.read
    return trace


def database(path: Path, script: str, **tables: list[tuple[Any, ...]]) -> bytes:
    """The bytes of a database with these tables filled."""
    opened = sqlite3.connect(path)
    opened.executescript(script)
    for table, rows in tables.items():
        for row in rows:
            opened.execute(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(row))})', row)
    opened.commit()
    opened.close()
    return path.read_bytes()
