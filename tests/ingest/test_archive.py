"""Archives and Zstandard streams: read in memory, limited, and told apart by content."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tracetui.errors import UnreadableSourceError
from tracetui.ingest import archive, decoding, memory
from tracetui.ingest import packing as packings
from tracetui.ingest.open import open_trace, read_trace
from tracetui.ingest.source import read_source, source_of
from tracetui.model import Trace

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


LOG = json.loads((SAMPLES / "inspect_log.json").read_text())
SAMPLE = json.dumps(LOG["samples"][0]).encode()
HEADER = json.dumps({"version": 2, "eval": LOG["eval"]}).encode()


def inspect_archive(method: int = zipfile.ZIP_DEFLATED, *, bomb: bytes = b"") -> bytes:
    members = {"header.json": HEADER, "samples/1_epoch_1.json": SAMPLE}
    members |= {"samples/2_epoch_1.json": bomb} if bomb else {}
    if method == 93:
        pack = zstandard.ZstdCompressor().compress
        stored = zipped({name: pack(data) for name, data in members.items()}, zipfile.ZIP_STORED)
        return without_checksums(with_method(stored, 93))
    return zipped(members, method)


def without_checksums(data: bytes) -> bytes:
    """A checksum of zero is none: the one that was written is that of the packed bytes."""
    patched = bytearray(data)
    for signature, field in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        at = patched.find(signature)
        while at >= 0:
            patched[at + field : at + field + 4] = bytes(4)
            at = patched.find(signature, at + 4)
    return bytes(patched)


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


def opened(data: bytes, name: str = "x.bin") -> Trace:
    return read_trace(source_of(name, data))


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableSourceError) as raised:
        opened(data)
    return f"{raised.value.message} {raised.value.hint}"


def told(trace: Trace) -> str:
    return "\n".join(trace.report.notes)


def tarred(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return out.getvalue()


INCIDENT = (SAMPLES / "incident.jsonl").read_bytes()
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstandard": lambda data: zstandard.ZstdCompressor().compress(data),
    "zstandard without its size": lambda data: zstandard.ZstdCompressor(write_content_size=False).compress(data),
    "xz": lzma.compress,
    "bzip2": lambda data: bz2.compress(data, 1),
    "zip": lambda data: zipped({"run.jsonl": data}),
    "tar": lambda data: tarred({"run.jsonl": data}),
}


@pytest.mark.parametrize("outer", [*PACKED, ""])
@pytest.mark.parametrize("inner", PACKED)
def test_a_packed_file_opens_also_inside_another(inner: str, outer: str) -> None:
    trace = opened(PACKED.get(outer, bytes)(PACKED[inner](INCIDENT)))
    assert (trace.format, trace.report.read, trace.report.notes) == ("session-trace", 5, ())


@pytest.mark.parametrize("packing", PACKED)
def test_a_cut_file_keeps_what_can_be_decoded_and_says_so(packing: str) -> None:
    lines = b"".join(b"%s\n" % json.dumps({"line": i, "x": f"{i * 7919:x}" * 20}).encode() for i in range(5000))
    packed = PACKED[packing](lines)
    trace = opened(packed[: len(packed) // 2])
    assert 500 < trace.report.read < 5000
    assert "cut" in told(trace) or "kept the first" in told(trace)
    assert len(trace.report.skipped) <= 1


@pytest.mark.parametrize("packing", ["gzip", "zstandard", "xz", "bzip2", "zip"])
def test_a_wrong_checksum_keeps_what_was_decoded_and_says_so(packing: str) -> None:
    data = INCIDENT * 300
    compressor = zstandard.ZstdCompressor(write_checksum=True)
    packed = bytearray(compressor.compress(data) if packing == "zstandard" else PACKED[packing](data))
    at = {"gzip": -8, "zstandard": -1, "xz": -30, "bzip2": -6, "zip": packed.find(b"PK\x01\x02") + 16}[packing]
    packed[at] ^= 0xFF
    trace = opened(bytes(packed))
    assert told(trace)
    assert trace.report.read > 1000


@pytest.mark.parametrize("packing", PACKED)
def test_a_bomb_stops_at_the_limit_which_is_named(packing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packings, "MAX_DECODED_BYTES", 1 << 20)
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    bomb = PACKED[packing](INCIDENT + bytes(3 << 20))
    source = source_of("x.bin", bomb)
    assert len(source.data) == 1 << 20
    assert "stopped at the limit of 1048576 decoded bytes" in " ".join(source.notes)


def test_a_bomb_inside_a_packed_file_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packings, "MAX_DECODED_BYTES", 1 << 20)
    source = source_of("x.bin", gzip.compress(zipped({"a.gz": gzip.compress(bytes(5 << 20))})))
    assert len(source.data) == 1 << 20
    layers = INCIDENT
    for _ in range(decoding.MAX_LAYERS + 2):
        layers = gzip.compress(layers)
    assert "binary" in refused(layers)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, 93])
def test_a_bomb_in_a_log_leaves_its_other_samples(method: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packings, "MAX_DECODED_BYTES", 1 << 20)
    bomb = b'{"id": 2, "epoch": 1, "events": [{"event": "info", "x": "' + b"0" * (3 << 20)
    trace = opened(inspect_archive(method, bomb=bomb))
    assert len(trace.sessions) == 1
    assert "samples/2_epoch_1.json: " in told(trace)
    assert "limit of 1048576" in told(trace)


def test_a_log_of_many_large_members_stops_at_the_limit_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 2 << 20)
    members = {f"samples/{n}_epoch_1.json": b"0" * (1 << 20) for n in range(9)}
    held = archive.Archive(zipped({"header.json": b"{}"} | members))
    found = [held.read(name) for name in held.names]
    assert sum(len(data) for data, _ in found) <= 3 << 20
    assert "limit of 2097152" in found[-1][1]


def test_more_members_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    many = {f"{n}.json": b"{}" for n in range(5)}
    for data in (zipped(many), tarred(many)):
        assert "more than the limit of 3" in refused(data)


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_log_that_was_cut_keeps_its_whole_samples(keep: float) -> None:
    samples = {f"samples/{n}_epoch_1.json": SAMPLE for n in range(10)}
    data = zipped({"header.json": HEADER} | samples)
    trace = opened(data[: int(len(data) * keep)])
    assert trace.format == "inspect-log"
    assert len(trace.sessions) >= int(10 * keep) - 2
    assert "members were found by their own headers" in told(trace)


def test_a_log_whose_sizes_follow_its_members_is_read_when_cut() -> None:
    out = _Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("header.json", HEADER)
        file.writestr("samples/1_epoch_1.json", SAMPLE)
    data = out.getvalue()
    trace = opened(data[: data.find(b"PK\x01\x02")])
    assert len(trace.sessions) == 1


class _Unseekable(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError

    def tell(self) -> int:
        raise OSError


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "/etc/passwd", "C:\\x", "\x1b]0;x\x07", "a" * 60_000, "con!x", "."]
)
def test_a_hostile_name_of_a_member_is_only_a_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for data in (zipped({f"samples/{name}.json": SAMPLE, "header.json": HEADER}), tarred({name: INCIDENT})):
        try:
            opened(data)
        except UnreadableSourceError as problem:
            assert problem.message  # noqa: PT017 - it may be no file at all
    assert list(tmp_path.iterdir()) == []


def test_links_and_devices_of_an_archive_are_no_files() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("link")
            info.type, info.linkname = kind, "/etc/passwd"
            file.addfile(info)
    assert "holds no files" in refused(out.getvalue())


def test_an_archive_of_several_files_says_which_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "runs.zip"
    path.write_bytes(zipped({"__MACOSX/x": b"1", "bad.jsonl": INCIDENT, "good.jsonl": INCIDENT}))
    with pytest.raises(UnreadableSourceError) as raised:
        open_trace(str(path))
    assert "an archive of 2 files: bad.jsonl, good.jsonl" in raised.value.message
    assert "runs.zip!bad.jsonl" in raised.value.hint
    trace = open_trace(f"{path}!good.jsonl")
    assert trace.report.read == 5
    step = trace.sessions[0].steps[0]
    assert read_source(step.source.path).at(step.source.offset, step.source.length).startswith(b"{")


def test_an_encrypted_member_is_said() -> None:
    data = bytearray(zipped({"run.jsonl": INCIDENT}))
    for signature, field in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + field] |= 1
    assert "encrypted" in refused(bytes(data))


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04" + bytes(40), inspect_archive()[:40], with_method(inspect_archive(), 99)],
    ids=["no directory", "cut", "unknown method"],
)
def test_a_damaged_archive_is_an_error_that_a_person_understands(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.eval"
    path.write_bytes(data)
    with pytest.raises(UnreadableSourceError):
        open_trace(str(path))


def test_a_member_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="has no member"):
        archive.Archive(inspect_archive()).read("samples/b.json")


def test_an_entry_without_a_name_and_a_stream_cut_in_its_header_are_no_traceback() -> None:
    nameless = bytearray(zipped({"x": INCIDENT, "header.json": HEADER}))
    at = nameless.find(b"PK\x01\x02")
    nameless[at + 46] = 0
    opened_or_refused = [bytes(nameless), PACKED["zstandard"](INCIDENT)[:4], PACKED["zstandard"](INCIDENT)[:7]]
    for data in opened_or_refused:
        try:
            opened(data)
        except UnreadableSourceError as problem:
            assert problem.message  # noqa: PT017 - either outcome is right
