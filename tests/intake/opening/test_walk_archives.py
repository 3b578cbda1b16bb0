"""Archives: read in place, hostile ones stopped, damaged ones kept up to the damage, nothing lost."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib

import pytest

from auditor.intake.limits import KIB, MIB, Limits
from auditor.intake.opening import walk
from auditor.model.inputs import InputStatus

READ, SKIPPED, BROKEN, UNREADABLE = (
    InputStatus.READ,
    InputStatus.SKIPPED,
    InputStatus.BROKEN,
    InputStatus.UNREADABLE,
)
FILES = {"web01/export.ini": b"A=1\n", "web02/export.ini": b"B=2\n"}


@pytest.mark.parametrize(
    ("name", "pack"), [("a.zip", "zip"), ("a.tar", "tar"), ("a.tar.gz", "targz"), ("a.bin", "zip")]
)
def test_members_come_as_files_and_then_the_archive_itself(kit, put, name, pack):
    data = kit.gz(kit.tar(FILES)) if pack == "targz" else getattr(kit, pack)(FILES)
    found = kit.walk(put(name, data))
    assert list(found) == [f"{name}!web01/export.ini", f"{name}!web02/export.ini", name]
    content, record = found[f"{name}!web01/export.ini"]
    assert content == b"A=1\n"
    assert record.sha256 == hashlib.sha256(b"A=1\n").hexdigest()
    archive = found[name][1]
    assert (archive.status, archive.message) == (READ, "2 members")
    assert (archive.sha256, archive.size) == (hashlib.sha256(data).hexdigest(), len(data))


def test_a_gzip_file_of_one_export_is_opened(kit, put):
    found = kit.walk(put("web01.ini.gz", kit.gz(b"A=1\n") + kit.gz(b"B=2\n") + b"\0\0"))
    assert found["web01.ini.gz!web01.ini"][0] == b"A=1\nB=2\n"
    assert found["web01.ini.gz"][1].status is READ


def test_large_members_are_streamed_with_the_right_hash(kit, put):
    data = bytes(range(256)) * (20 * KIB)
    for name, packed in (("a.zip", kit.zip({"x": data})), ("a.tgz", kit.gz(kit.tar({"x": data, "y": b"1"})))):
        found = kit.walk(put(name, packed))
        content, record = found[f"{name}!x"]
        assert content == data
        assert record.sha256 == hashlib.sha256(data).hexdigest()
    assert found["a.tgz!y"][0] == b"1"


def test_members_that_nobody_reads_do_not_disturb_the_next(kit, put):
    path = put("a.tar", kit.tar({"big": b"x" * (3 * MIB), "after": b"A=1"}))
    heads = [c.source.head for c in walk([path], Limits()) if c.source is not None]
    assert heads == [b"x" * 64 * KIB, b"A=1"]


def test_a_large_tar_member_cannot_be_read_after_the_walk_went_on(kit, put):
    path = put("a.tar", kit.tar({"big": b"x" * (3 * MIB), "after": b"A=1"}))
    sources = [c.source for c in walk([path], Limits()) if c.source is not None]
    with pytest.raises(RuntimeError, match="the walk has left it"):
        sources[0].read()
    assert sources[0].digest() == hashlib.sha256(b"x" * (3 * MIB)).hexdigest()
    assert sources[1].read() == b"A=1"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../up.ini", "out of the archive"),
        ("a/../../up.ini", "out of the archive"),
        ("/etc/abs.ini", "absolute"),
        ("C:/x.ini", "drive letter"),
        ("..\\up.ini", "backslash"),
        ("x" * 1001, "longer than"),
    ],
)
@pytest.mark.parametrize("pack", ["zip", "tar"])
def test_dangerous_names_are_reported_and_left_alone(kit, tmp_path, name, reason, pack):
    path = tmp_path / "d" / f"a.{pack}"
    path.parent.mkdir()
    path.write_bytes(getattr(kit, pack)({name: b"evil", "good.ini": b"A=1"}))
    found = kit.walk(path)
    (bad,) = [(content, record) for content, record in found.values() if record.status is SKIPPED]
    assert bad[0] is None
    assert reason in bad[1].message
    assert found[f"a.{pack}!good.ini"][0] == b"A=1"
    assert sorted(path.name for path in tmp_path.rglob("*")) == [f"a.{pack}", "d"]


def test_links_and_devices_in_tars_are_left_alone(kit, put):
    members = {
        "a.ini": b"A=1",
        "sym": kit.special("sym", tarfile.SYMTYPE, "/etc/passwd"),
        "hard": kit.special("hard", tarfile.LNKTYPE, "a.ini"),
        "pipe": kit.special("pipe", tarfile.FIFOTYPE),
        "dev": kit.special("dev", tarfile.CHRTYPE),
        "dir": kit.special("dir", tarfile.DIRTYPE),
    }
    found = kit.walk(put("a.tar", kit.tar(members)))
    messages = {path: record.message for path, (_, record) in found.items() if record.status is SKIPPED}
    assert messages == {
        "a.tar!sym": "left alone: it is a symbolic link",
        "a.tar!hard": "left alone: it is a hard link",
        "a.tar!pipe": "left alone: it is no regular file",
        "a.tar!dev": "left alone: it is no regular file",
    }
    assert "a.tar!dir" not in found


def test_links_in_zips_are_left_alone(kit, put):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("link.ini")
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    found = kit.walk(put("a.zip", buffer.getvalue()))
    assert found["a.zip!link.ini"][0] is None
    assert found["a.zip!link.ini"][1].message == "left alone: it is a symbolic link"


def test_members_of_one_name_are_both_read(kit, put):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("web01.ini", "A=1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("web01.ini", "A=2")
    found = kit.walk(put("a.zip", buffer.getvalue()))
    assert found["a.zip!web01.ini"][0] == b"A=1"
    assert found["a.zip!web01.ini (2)"][0] == b"A=2"


def test_an_encrypted_member_leaves_a_gap_and_advice(kit, put):
    data = bytearray(kit.zip({"a.ini": b"A=1", "b.ini": b"B=1"}, zipfile.ZIP_STORED))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    found = kit.walk(put("a.zip", bytes(data)))
    record = found["a.zip!a.ini"][1]
    assert (record.status, record.message) == (BROKEN, "it is encrypted")
    assert "without a password" in record.hint
    assert found["a.zip!b.ini"][0] == b"B=1"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_zip_methods_leave_a_gap_and_advice(kit, put, method):
    record = kit.walk(put("a.zip", kit.zip({"a.ini": b"A=1"}, method)))["a.zip!a.ini"][1]
    assert record.status is BROKEN
    assert "deflate" in record.hint


def test_a_wrong_checksum_breaks_the_member_only(kit, put):
    data = kit.zip({"a.ini": b"A=1", "b.ini": b"B=1"}, zipfile.ZIP_STORED).replace(b"A=1", b"A=2")
    found = kit.walk(put("a.zip", data))
    record = found["a.zip!a.ini"][1]
    assert record.status is BROKEN
    assert "CRC" in record.message
    assert record.where == "byte 0 of the archive"
    assert found["a.zip!b.ini"][0] == b"B=1"


def test_a_wrong_checksum_of_a_large_member_is_found_by_the_hash(kit, put):
    data = kit.zip({"a.ini": b"A=1" + b"x" * (2 * MIB)}, zipfile.ZIP_STORED).replace(b"A=1", b"A=2")
    assert kit.walk(put("a.zip", data))["a.zip!a.ini"][1].status is BROKEN


@pytest.mark.parametrize("cut", [10, 100, -1])
def test_a_truncated_zip_is_broken(kit, put, cut):
    record = kit.walk(put("a.zip", kit.zip(FILES)[:cut]))["a.zip"][1]
    assert record.status is BROKEN
    assert "zip archive is cut off" in record.message


def test_a_truncated_tar_keeps_the_members_before(kit, put):
    data = kit.tar({"a.ini": b"A=1", "b.ini": b"B" * 5000})[: 512 * 2 + 512 + 1000]
    for name, packed in (("a.tar", data), ("a.tar.gz", kit.gz(data))):
        found = kit.walk(put(name, packed))
        assert found[f"{name}!a.ini"][0] == b"A=1"
        assert found[f"{name}!b.ini"][1].status is BROKEN
        record = found[name][1]
        assert record.status is BROKEN
        assert record.where.startswith(f"byte {len(data)}")
        assert record.notes == [f"2 members were listed before; the last is {name}!b.ini"]


def test_one_member_is_one_member(kit, put):
    packed = kit.gz(kit.tar({"a.ini": b"A" * 5000}))
    assert kit.walk(put("whole.tar.gz", packed))["whole.tar.gz"][1].message == "1 member"
    record = kit.walk(put("cut.tar.gz", packed[:-20]))["cut.tar.gz"][1]
    assert record.notes == ["1 member was listed before; the last is cut.tar.gz!a.ini"]


def test_a_truncated_gzip_is_broken_at_its_end(kit, put):
    packed = kit.gz(kit.tar({"a.ini": b"A=1", "b.ini": bytes(range(256)) * 100}))
    found = kit.walk(put("a.tar.gz", packed[:-40]))
    assert found["a.tar.gz!a.ini"][0] == b"A=1"
    record = found["a.tar.gz"][1]
    assert (record.status, record.where) == (BROKEN, f"byte {len(packed) - 40}")
    single = kit.walk(put("b.ini.gz", kit.gz(b"A=1\n" * 100)[:-4]))
    assert single["b.ini.gz"][1].status is BROKEN
    assert list(single) == ["b.ini.gz"]


def test_a_tar_without_end_mark_or_with_a_damaged_header_is_broken(kit, put):
    whole = kit.tar({"a.ini": b"A=1", "b.ini": b"B=1"})
    no_mark = kit.walk(put("a.tar", whole[:2048]))
    assert no_mark["a.tar!b.ini"][0] == b"B=1"
    assert "without its end mark" in no_mark["a.tar"][1].message
    damaged = whole[:1024] + b"X" + whole[1025:]
    found = kit.walk(put("b.tar", damaged))
    assert found["b.tar!a.ini"][0] == b"A=1"
    assert "header of the next member is damaged" in found["b.tar"][1].message


def test_members_behind_the_end_mark_do_not_vanish_in_silence(kit, put):
    found = kit.walk(put("a.tar", kit.tar({"a.ini": b"A=1"}) + kit.tar({"b.ini": b"B=1"})))
    assert found["a.tar!a.ini"][0] == b"A=1"
    assert found["a.tar"][1].status is BROKEN
    assert "follows the end mark" in found["a.tar"][1].message


@pytest.mark.parametrize(
    ("size", "filler", "message"),
    [
        (b"%011o\0" % (3 * MIB), 4 * MIB, "a header claims 3145728 bytes"),
        (b"\xff" * 10 + b"\xf8\x00", 4096, "a header claims -2048 bytes"),
    ],
)
def test_tar_headers_that_claim_too_much_or_less_than_nothing_are_refused(kit, put, size, filler, message):
    header = raw_header(b"x", size)  # an extended header, which tarfile would hold in memory
    found = kit.walk(put("a.tar", kit.tar({"a.ini": b"A=1"})[:1024] + header + b"\0" * filler))
    assert found["a.tar!a.ini"][0] == b"A=1"
    record = found["a.tar"][1]
    assert (record.status, record.message) == (BROKEN, message)


def test_tar_members_of_negative_size_are_refused(kit, put):
    header = raw_header(b"0", b"\xff" * 10 + b"\xf8\x00")
    found = kit.walk(put("a.tar", kit.tar({"a.ini": b"A=1"})[:1024] + header + b"\0" * 4096))
    record = found["a.tar"][1]
    assert (record.status, record.message) == (BROKEN, "a member of negative size")
    assert set(found) == {"a.tar!a.ini", "a.tar"}


def raw_header(kind: bytes, size: bytes) -> bytes:
    header = bytearray(tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT))
    header[156:157] = kind
    header[124:136] = size
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def test_sparse_members_cannot_blow_up(kit, put):
    buffer = io.BytesIO()
    info = tarfile.TarInfo("sparse.ini")
    info.pax_headers = {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(10**12), "GNU.sparse.numblocks": "1"}
    info.size = 1
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(b"x"))
    assert "sparse" in kit.walk(put("a.tar", buffer.getvalue()))["a.tar!sparse.ini"][1].message


def test_archives_in_archives_are_opened_to_the_depth(kit, put):
    inner = kit.zip({"web01.ini": b"A=1"})
    found = kit.walk(put("a.tar.gz", kit.gz(kit.tar({"b.zip": inner}))))
    assert found["a.tar.gz!b.zip!web01.ini"][0] == b"A=1"
    assert [record.status for _, record in found.values()] == [READ, READ, READ]
    deep = kit.walk(put("c.zip", kit.zip({"a.zip": kit.zip({"b.zip": inner})})))
    record = deep["c.zip!a.zip!b.zip"][1]
    assert record.status is SKIPPED
    assert record.sha256 == hashlib.sha256(inner).hexdigest()
    deeper = kit.walk(put("c.zip", kit.zip({"a.zip": kit.zip({"b.zip": inner})})), limits=Limits(max_archive_depth=3))
    assert deeper["c.zip!a.zip!b.zip!web01.ini"][0] == b"A=1"


BOMB = Limits(archive_ratio_from_bytes=4 * MIB)


def test_bombs_are_stopped_by_their_ratio(kit, put):
    zeros = b"\0" * (30 * MIB)
    started = time.monotonic()
    in_zip = kit.walk(put("a.zip", kit.zip({"bomb.ini": zeros, "z.ini": b"A=1"})), limits=BOMB)
    assert in_zip["a.zip!bomb.ini"][1].status is SKIPPED
    assert "looks like a bomb" in in_zip["a.zip!bomb.ini"][1].message
    in_gzip = kit.walk(put("a.ini.gz", kit.gz(zeros)), limits=BOMB)
    assert in_gzip["a.ini.gz!a.ini"][1].status is SKIPPED
    in_tar = kit.walk(put("a.tar.gz", kit.gz(kit.tar({"good.ini": b"A=1", "bomb.ini": zeros}))), limits=BOMB)
    assert in_tar["a.tar.gz!good.ini"][0] == b"A=1"
    assert in_tar["a.tar.gz"][1].status is SKIPPED
    assert "max-archive-ratio" in in_tar["a.tar.gz"][1].hint
    assert time.monotonic() - started < 20


def test_a_bomb_beside_much_honest_content_is_stopped_too(kit, put):
    honest = random.Random(1).randbytes(MIB)  # noqa: S311 - any incompressible bytes
    found = kit.walk(put("a.zip", kit.zip({"bomb.ini": b"\0" * (30 * MIB), "honest.bin": honest})), limits=BOMB)
    assert found["a.zip!bomb.ini"][1].status is SKIPPED
    assert found["a.zip!honest.bin"][0] == honest


def test_equal_small_exports_are_no_bomb(kit, put):
    members = {f"web{number}.ini": b"A=1\n" * 250 for number in range(2000)}
    found = kit.walk(put("fleet.tar.gz", kit.gz(kit.tar(members))))
    assert {record.status for _, record in found.values()} == {READ}
    assert len(found) == 2001


def test_a_member_that_unpacks_to_more_than_it_declares_is_not_trusted(kit, put):
    data = bytearray(kit.zip({"a.ini": b"A=1\n" * 1000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + offset
        data[at : at + 4] = (8).to_bytes(4, "little")
    content, record = kit.walk(put("a.zip", bytes(data)))["a.zip!a.ini"]
    assert content is None
    assert record.status is BROKEN


def overlapping_zip(copies: int, size: int) -> bytes:
    """Many members that share one compressed kernel, as in the better zip bomb."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = b"\0" * size
    kernel = packer.compress(zeros) + packer.flush()
    sizes = b"".join(n.to_bytes(4, "little") for n in (zlib.crc32(zeros), len(kernel), size))
    local = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0" + sizes + b"\x01\0\0\0x" + kernel
    entry = b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0" + sizes + b"\x01\0\0\0" + b"\0" * 14 + b"x"
    directory = entry * copies
    counts = copies.to_bytes(2, "little") * 2
    end = b"PK\x05\x06\0\0\0\0" + counts + len(directory).to_bytes(4, "little") + len(local).to_bytes(4, "little")
    return local + directory + end + b"\0\0"


def test_overlapping_members_are_stopped_by_the_ratio_of_the_archive(kit, put):
    data = overlapping_zip(copies=200, size=MIB)
    found = kit.walk(put("a.zip", data), limits=Limits(archive_ratio_from_bytes=8 * MIB))
    assert found["a.zip!x"][1].status is READ
    assert found["a.zip!x (2)"][0] == b"\0" * MIB
    assert found["a.zip!x (200)"][1].status is SKIPPED


def test_total_size_and_number_of_members_are_limited_across_levels(kit, put):
    inner = kit.zip({f"{n}.ini": b"x" * 1000 for n in range(5)}, zipfile.ZIP_STORED)
    outer = put("a.zip", kit.zip({"i.zip": inner, "j.zip": inner}, zipfile.ZIP_STORED))
    by_size = kit.walk(outer, limits=Limits(max_archive_total_bytes=2 * len(inner) + 7500))
    assert by_size["a.zip!j.zip!0.ini"][0] == b"x" * 1000
    assert by_size["a.zip!j.zip"][1].status is SKIPPED
    assert "max-archive-total-bytes" in by_size["a.zip!j.zip"][1].hint
    by_number = kit.walk(outer, limits=Limits(max_archive_members=9))
    assert by_number["a.zip!i.zip"][1].status is READ
    assert by_number["a.zip!j.zip"][1].status is SKIPPED
    assert "max-archive-members" in by_number["a.zip!j.zip"][1].hint
    assert kit.walk(outer, limits=Limits(max_archive_members=12))["a.zip"][1].status is READ


def test_a_directory_of_very_many_members_is_refused_before_it_is_built(kit, put):
    data = overlapping_zip(copies=5000, size=10)
    record = kit.walk(put("a.zip", data), limits=Limits(max_archive_members=4999))["a.zip"][1]
    assert (record.status, record.notes) == (SKIPPED, ["no member was listed before"])


@pytest.mark.parametrize(
    ("magic", "kind"),
    [(b"BZh91AY", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07\x00", "rar")],
)
def test_other_archives_are_named_with_advice(kit, put, magic, kind):
    record = kit.walk(put("a.ini", magic + b"x" * 600))["a.ini"][1]
    assert (record.status, record.format) == (BROKEN, f"archive.{kind}")
    assert "tar.gz" in record.hint


def test_an_office_document_is_no_archive_of_exports(kit, put):
    record = kit.walk(put("a.xlsx", kit.zip({"[Content_Types].xml": b"<x/>", "xl/a.xml": b"<x/>"})))["a.xlsx"][1]
    assert record.status is UNREADABLE
    assert "office document" in record.message


def test_an_empty_archive_says_so(kit, put):
    assert kit.walk(put("a.zip", kit.zip({})))["a.zip"][1].message == "an archive without files"
    assert kit.walk(put("a.tar", kit.tar({"d": kit.special("d", tarfile.DIRTYPE)})))["a.tar"][1].status is READ


COLLECTED = {
    "kaspersky/KESL/expset.txt": b"A=1",
    "kaspersky/KESL/taskset12.txt": b"B=1",
    "kaspersky/KICS/appinfo.txt": b"C=1",
    "kaspersky/klnagchk64.txt": b"D=1",
    "kaspersky/KESL/kesl.log": b"secret log",
    "var/log/license.txt": b"private",
    "etc/passwd": b"root",
}


@pytest.mark.parametrize(
    "name",
    [
        "web01-collect.tar.gz",
        "web01-collect (1).tar.gz",
        "web01-Collect - Copy.tgz",
        "web01-collect.tar.gz (2)",
        "web01-collect - Copy (2).tar.gz",
        "web01-collect.tar - Копия.gz",
        "web01-collect.tar(1).gz",
    ],
)
def test_only_listed_files_are_taken_from_the_support_collectors_archive(kit, put, name):
    members = {
        **COLLECTED,
        "kaspersky/KESL/kesl.ini": kit.special("kaspersky/KESL/kesl.ini", tarfile.SYMTYPE, "/etc/shadow"),
    }
    path = put(name, kit.gz(kit.tar(members)))
    found = kit.walk(path)
    contents = {name.rpartition("/")[2]: content for name, (content, _) in found.items() if content is not None}
    assert contents == {"expset.txt": b"A=1", "taskset12.txt": b"B=1", "appinfo.txt": b"C=1", "klnagchk64.txt": b"D=1"}
    rest = found[f"{name}!(other members)"][1]
    assert (rest.status, rest.message.split(" (")[0]) == (InputStatus.READ, "3 members left alone")
    assert found[f"{name}!kaspersky/KESL/kesl.ini"][1].status is SKIPPED
    hosts = {candidate.source.host for candidate in walk([path], Limits()) if candidate.source}
    assert hosts == {"web01"}


def test_what_was_left_alone_is_counted_in_a_truncated_collection_too(kit, put):
    members = dict(sorted(COLLECTED.items(), reverse=True))
    data = kit.tar({**members, "z": bytes(range(256)) * 40})[:-12_000]
    found = kit.walk(put("web01-collect.tar.gz", kit.gz(data)))
    assert found["web01-collect.tar.gz"][1].status is BROKEN
    assert "left alone" in found["web01-collect.tar.gz!(other members)"][1].message


def test_members_hold_their_archives_place_in_the_host(kit, put, tmp_path):
    put("acme/web01.zip", kit.zip({"export.ini": b"A=1"}))
    put("acme/all.zip", kit.zip({"web02/kesl/export.ini": b"A=1", "web03.ini": b"A=1"}))
    hosts = {c.source.path: c.source.host for c in walk([tmp_path / "acme"], Limits()) if c.source}
    assert hosts == {
        "acme/web01.zip!export.ini": "web01",
        "acme/all.zip!web02/kesl/export.ini": "web02",
        "acme/all.zip!web03.ini": "web03",
    }


def test_a_zip_directory_is_not_believed_to_be_gigantic(kit, tmp_path):
    path = tmp_path / "a.zip"
    claimed = 3 * 1024 * MIB
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(claimed + 4)  # sparse: takes no space
        file.seek(0, io.SEEK_END)
        file.write(b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, claimed, 4, 0))
    tracemalloc.start()
    try:
        record = kit.walk(path)["a.zip"][1]
        assert tracemalloc.get_traced_memory()[1] < 32 * MIB
    finally:
        tracemalloc.stop()
    assert record.status is SKIPPED
    assert record.message == "the archive claims a directory of 3221225472 bytes; the limit is 64 MiB"
