"""Archives and Zstandard streams: read in memory, limited, and told apart by content."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest
import zstandard

from tracetui.errors import UnreadableSourceError
from tracetui.ingest import archive
from tracetui.ingest.open import open_trace
from tracetui.ingest.source import read_source

SAMPLES = Path(__file__).parents[2] / "sample_traces"


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def with_method(data: bytes, method: int) -> bytes:
    """A stored archive whose headers claim another method: what a writer of that method leaves behind."""
    patched = bytearray(data)
    for signature, field in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = patched.find(signature)
        while at >= 0:
            struct.pack_into("<H", patched, at + field, method)
            at = patched.find(signature, at + 4)
    return bytes(patched)


def inspect_archive(method: int = zipfile.ZIP_DEFLATED) -> bytes:
    log = json.loads((SAMPLES / "inspect_log.json").read_text())
    sample = json.dumps(log["samples"][0]).encode()
    header = json.dumps({"version": 2, "eval": log["eval"]}).encode()
    if method == 93:
        pack = zstandard.ZstdCompressor().compress
        stored = zipped({"header.json": pack(header), "samples/1_epoch_1.json": pack(sample)}, zipfile.ZIP_STORED)
        return with_method(stored, 93)
    return zipped({"header.json": header, "samples/1_epoch_1.json": sample}, method)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, 93])
def test_an_eval_archive_opens_whatever_its_compression_and_name(tmp_path: Path, method: int) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(inspect_archive(method))
    trace = open_trace(str(path))
    assert trace.format == "inspect-log"
    (session,) = trace.sessions
    step = next(s for s in session.steps if s.kind == "llm_call")
    member = read_source(step.source.path)
    raw = member.data[step.source.offset : step.source.offset + step.source.length]
    assert json.loads(raw)["event"] == "model"


def test_a_compressed_rollout_opens(tmp_path: Path) -> None:
    path = tmp_path / "rollout.jsonl.zst"
    path.write_bytes(zstandard.ZstdCompressor().compress((SAMPLES / "codex_rollout.jsonl").read_bytes()))
    trace = open_trace(str(path))
    assert trace.format == "codex"
    assert trace.report.skipped == ()


def test_a_cut_stream_keeps_its_beginning_and_says_so() -> None:
    whole = b"\n".join(json.dumps({"line": i, "text": f"{i * 7919:x}" * 20}).encode() for i in range(20_000))
    packed = zstandard.ZstdCompressor().compress(whole)
    kept, problem = archive.unzstandard(packed[: len(packed) // 2])
    assert whole.startswith(kept)
    assert kept
    assert len(kept) < len(whole)
    assert "kept the first" in problem


def test_a_bomb_stops_at_the_limit_which_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 1 << 20)
    data, problem = archive.read_member(zipped({"samples/a.json": bytes(30 << 20)}), "samples/a.json")
    assert len(data) <= 3 << 20
    assert "limit" in problem


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04" + bytes(40), inspect_archive()[:200], with_method(inspect_archive(), 99)],
    ids=["no directory", "cut", "unknown method"],
)
def test_a_damaged_archive_is_an_error_that_a_person_understands(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.eval"
    path.write_bytes(data)
    with pytest.raises(UnreadableSourceError):
        open_trace(str(path))


def test_a_member_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="has no member"):
        archive.read_member(inspect_archive(), "samples/b.json")
