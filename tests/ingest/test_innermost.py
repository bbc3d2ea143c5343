"""What a path names inside packed files and archives, read by place and within limits."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tests.ingest.test_archive import tarred, zipped
from tests.ingest.test_packed_lines import packed, read, rows
from tracetui.errors import UnreadableSourceError
from tracetui.ingest import archive, decoding, innermost, unpacking
from tracetui.ingest.folders import is_folder, open_archive, sources_in
from tracetui.ingest.line_cache import recall, remember
from tracetui.ingest.open import open_folder, open_trace
from tracetui.ingest.packed_lines import MemberLines, PackedLines
from tracetui.ingest.paging import open_lines, paged_format
from tracetui.ingest.parts import listed_parts
from tracetui.ingest.source import read_source
from tracetui.ingest.surveyors import surveyed

ROWS = rows(3000)
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, 1),
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
    "xz": lambda data: lzma.compress(data, preset=0),
    "bz2": bz2.compress,
}


@pytest.fixture(autouse=True)
def everything_is_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(innermost, "HELD_BYTES", 1 << 10)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("packing", PACKED)
def test_the_only_file_of_an_archive_in_a_stream_is_read_by_place(packing: str, tmp_path: Path) -> None:
    path = str(packed(tmp_path / "t.tar.x", PACKED[packing](tarred({"._a": b"x", "a.jsonl": ROWS}))))
    file = read(open_lines(path, "session-trace"))
    # What gzip and Zstandard say of their size shows that nothing else can be there: it is not looked for.
    assert type(file) is (PackedLines if packing in ("gz", "zst") else MemberLines)
    assert (len(file), file.size, file.problem) == (3000, len(ROWS), "")
    assert file.bytes_at(*file.place(2999)) == ROWS.splitlines(keepends=True)[-1]
    file.close()
    assert read_source(path).data == ROWS
    assert [name.name for name in tmp_path.iterdir()] == ["t.tar.x"]


def test_the_files_of_an_archive_in_a_stream_are_listed_and_each_is_read_by_place(tmp_path: Path) -> None:
    path = str(
        packed(tmp_path / "t.tgz", gzip.compress(tarred({"a.jsonl": ROWS, "b.jsonl": ROWS[:5000], "c!d": ROWS})))
    )
    assert is_folder(path)
    listed = listed_parts(path, at_least=1)
    assert listed is not None
    assert [(part.name, part.size) for part in listed.parts] == [
        ("a.jsonl", len(ROWS)),
        ("b.jsonl", 5000),
        ("c!d", len(ROWS)),
    ]
    assert [part.source().data for part in listed.parts] == [ROWS, ROWS[:5000], ROWS]
    assert paged_format(path, at_least=1) is None
    assert paged_format(f"{path}!c!d", at_least=1) == "session-trace"
    file = read(open_lines(f"{path}!c!d", "session-trace"))
    survey = surveyed(file)
    assert (len(file), len(survey), type(file)) == (3000, 3000, MemberLines)
    remember(file, survey)
    assert recall(file) is not None
    file.close()
    assert len(open_folder(path)[0]) == 3


def test_an_archive_is_decoded_once_for_all_that_is_asked_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(packed(tmp_path / "t.tgz", gzip.compress(tarred({"a.jsonl": ROWS, "b.jsonl": ROWS}))))
    made: list[object] = []
    begin = unpacking.Unpacking.__init__

    def counted(self: unpacking.Unpacking, *given: object, **named: object) -> None:
        made.append(given)
        begin(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(unpacking.Unpacking, "__init__", counted)
    for _, opened in sources_in(path):
        opened()
    read_source(f"{path}!b.jsonl")
    assert len(made) == 1
    os.utime(path, (1, 1))
    read_source(f"{path}!b.jsonl")
    assert len(made) == 2


def test_a_stream_in_an_archive_is_decoded_as_it_is_read(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        for packing, pack in PACKED.items():
            path = str(packed(tmp_path / f"{method}.{packing}", zipped({"a.jsonl.x": pack(ROWS)}, method)))
            assert (read_source(path).data, read_source(path).notes) == (ROWS, ())
        file = read(open_lines(path, "session-trace"))
        assert (type(file), len(file), file.problem) == (PackedLines, 3000, "")
        file.close()


def test_archives_inside_one_another_are_named_by_all_their_members(tmp_path: Path) -> None:
    inner = gzip.compress(tarred({"a.jsonl": ROWS, "b.jsonl": ROWS[:5000]}))
    path = str(packed(tmp_path / "t.zip", zipped({"runs.tgz": inner})))
    with pytest.raises(UnreadableSourceError) as raised:
        read_source(path)
    assert f"{path}!runs.tgz!a.jsonl" in raised.value.hint
    assert read_source(f"{path}!runs.tgz!b.jsonl").data == ROWS[:5000]
    found = open_archive(path)
    assert found is not None
    assert (found[0], found[1].files) == (f"{path}!runs.tgz", ["a.jsonl", "b.jsonl"])
    for missing in ("!runs.tgz!no", "!no", "!runs.tgz!a.jsonl!no"):
        with pytest.raises(UnreadableSourceError, match="no member"):
            read_source(path + missing)
    deep = ROWS
    for _ in range(innermost.MAX_NESTED + 1):
        deep = zipped({"x": deep})
    packed(tmp_path / "t.zip", deep)
    with pytest.raises(UnreadableSourceError, match="binary"):
        open_trace(path)


def test_a_stored_member_is_read_where_it_lies(tmp_path: Path) -> None:
    stored = str(packed(tmp_path / "s.zip", zipped({"a.jsonl": ROWS, "b.jsonl": ROWS}, zipfile.ZIP_STORED)))
    tar = str(packed(tmp_path / "t.tar", tarred({"a.jsonl": ROWS, "b.jsonl": ROWS})))
    for path in (stored, tar):
        file = read(open_lines(f"{path}!b.jsonl", "session-trace"))
        assert (type(file), len(file), file.unpacked, file.problem) == (MemberLines, 3000, 100, "")
        assert os.fstat(file.held.handle).st_ino == os.stat(path).st_ino
        assert file.change() == "same"
        survey = surveyed(file)
        assert len(survey) == 3000
        assert not survey.unread
        ending = file.ending()
        assert ending is not None
        assert ending.bytes_at(*ending.place(len(ending) - 1)) == ROWS.splitlines(keepends=True)[-1]
        file.close()


def test_what_is_wrong_with_a_stored_member_is_said_and_its_lines_are_kept(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.jsonl": ROWS}, zipfile.ZIP_STORED))
    data[data.find(b"PK\x01\x02") + 16] ^= 0xFF
    file = read(open_lines(str(packed(tmp_path / "w.zip", bytes(data))), "session-trace"))
    assert (len(file), file.problem) == (3000, f"wrong checksum; kept all {len(ROWS)} decoded bytes")
    remember(file, surveyed(file))
    assert recall(file) is None
    file.close()
    tar = tarred({"a.jsonl": ROWS})[: len(ROWS) // 2]
    for name, cut in (("c.tar", tar), ("c.zip", bytes(data[: len(ROWS) // 2]))):
        file = read(open_lines(str(packed(tmp_path / name, cut)), "session-trace"))
        assert 100 < len(file) < 3000
        assert f"of {len(ROWS)} bytes" in file.problem
        file.close()


def test_a_further_file_behind_the_one_that_is_shown_is_said(tmp_path: Path) -> None:
    for packing in ("gz", "zst"):
        tar = tarred({"a.jsonl": ROWS, "notes": b"n" * 99})
        path = str(packed(tmp_path / "t.x", PACKED[packing](tar)))
        if innermost.innermost(path, innermost.held_bytes(path)).archive is None:
            file = read(open_lines(path, "session-trace"))
            assert len(file) == 3000
            assert "further files stand behind this one" in file.problem
            file.close()


@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_a_cut_archive_in_a_stream_keeps_what_was_decoded(packing: str, tmp_path: Path) -> None:
    whole = PACKED[packing](tarred({"a.jsonl": ROWS[:5000], "b.jsonl": ROWS}))
    path = str(packed(tmp_path / "t.x", whole[: len(whole) * 9 // 10]))
    source = read_source(f"{path}!b.jsonl")
    assert source.data == ROWS[: len(source.data)]
    assert 1000 < len(source.data) < len(ROWS)
    assert "kept the first" in " ".join(source.notes)
    file = read(open_lines(f"{path}!b.jsonl", "session-trace"))
    assert f"of {len(ROWS)} bytes" in file.problem
    file.close()


def test_a_wrong_checksum_of_the_stream_around_an_archive_is_said(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(tarred({"a.jsonl": ROWS})))
    data[-8] ^= 0xFF
    path = str(packed(tmp_path / "t.tgz", bytes(data)))
    file = read(open_lines(path, "session-trace"))
    assert len(file) == 3000
    assert "CRC check failed" in file.problem
    file.close()
    assert "CRC check failed" in " ".join(read_source(path).notes)


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("MAX_LINES_BYTES", 1 << 19, "stopped at the limit of 524288 decoded bytes"),
        ("LEFT_FREE_BYTES", 1 << 62, "of the disk would be left free"),
    ],
)
def test_a_bomb_in_a_stream_stops_at_a_limit_which_is_named(
    limit: str, value: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, limit, value)
    path = packed(tmp_path / "t.tgz", gzip.compress(tarred({"a.jsonl": ROWS, "zeros": bytes(8 << 20)})))
    held = innermost.held_bytes(str(path))
    place = decoding.with_packings(held, decoding.whole(held))
    with open(tmp_path / "out", "w+b") as out:
        assert said in unpacking.unpack(
            os.dup(held.handle), place, os.dup(out.fileno()), lambda _: None, unpacking.ANY_LINES
        )
        assert out.seek(0, os.SEEK_END) < 1 << 22


@pytest.mark.parametrize("name", ["/etc/passwd", "a\x1b]0;x\x07", "a!b", "./a", "\udcff"])
def test_a_hostile_name_in_a_stream_is_only_a_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = str(packed(tmp_path / "t.tgz", gzip.compress(tarred({name: ROWS, "b": ROWS}))))
    found = open_archive(path)
    assert found is not None
    assert read_source(f"{path}!{found[1].files[0]}").data == ROWS
    assert [each.name for each in tmp_path.iterdir()] == ["t.tgz"]


def test_of_two_members_with_one_name_the_last_counts(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        for data in (ROWS[:5000], ROWS):
            info = tarfile.TarInfo("a.jsonl")
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    path = str(packed(tmp_path / "t.txz", lzma.compress(out.getvalue(), preset=0)))
    assert read_source(path).data == ROWS


def test_links_devices_and_sparse_files_of_an_archive_in_a_stream_lead_nowhere(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo("link")
            info.type, info.linkname = kind, "/etc/passwd"
            file.addfile(info)
        sparse = tarfile.TarInfo("holes.jsonl")
        sparse.type, sparse.size = tarfile.GNUTYPE_SPARSE, 512
        header = bytearray(sparse.tobuf(tarfile.GNU_FORMAT))
        struct.pack_into("12s12s", header, 386, b"00000000000\0", b"00000001000\0")
        header[483:495] = b"77777777777\0"  # 8 GiB, of which 512 bytes are there
        header[148:156] = b"%06o\0 " % (sum(header[:148]) + 256 + sum(header[156:512]))
        out.write(bytes(header) + b'{"a": 1}\n'.ljust(512, b"\n"))
        file.offset += 1024
    data = out.getvalue() + bytes(1024)
    for each in (data, gzip.compress(data)):
        path = str(packed(tmp_path / "t.tar", each))
        with pytest.raises(UnreadableSourceError, match="binary"):
            open_trace(path)


def test_members_that_overlap_count_as_often_as_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 4 * len(ROWS))
    data = bytearray(zipped({"0": ROWS} | {f"{at}": b"" for at in range(1, 9)}))
    at = data.find(b"PK\x01\x02")
    first = data[at + 16 : at + 28], data[at + 42 : at + 46]
    while at >= 0:  # every entry of the directory names the same bytes
        data[at + 10 : at + 12] = b"\x08\0"
        data[at + 16 : at + 28], data[at + 42 : at + 46] = first
        at = data.find(b"PK\x01\x02", at + 4)
    path = str(packed(tmp_path / "t.zip", bytes(data)))
    traces, problems = open_folder(path)
    assert len(traces) <= 4
    assert any(f"more than the limit of {4 * len(ROWS)} bytes" in problem.message for problem in problems)


def test_a_size_that_the_directory_makes_up_is_not_believed(tmp_path: Path) -> None:
    for claimed in (3, 1 << 31):
        data = bytearray(zipped({"a.jsonl": ROWS}))
        struct.pack_into("<I", data, data.find(b"PK\x01\x02") + 24, claimed)
        path = str(packed(tmp_path / "t.zip", bytes(data)))
        file = read(open_lines(path, "session-trace"))
        assert len(file) == 3000
        assert (f"kept the first {len(ROWS)} of {claimed} bytes" in file.problem) == (claimed > len(ROWS))
        file.close()
