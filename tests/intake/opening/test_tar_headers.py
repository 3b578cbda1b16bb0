"""Headers of tar archives that would cost the tar library hours or gigabytes are refused where they stand."""

from __future__ import annotations

import tarfile
import time

import pytest

from auditor.intake.limits import MIB
from auditor.model.inputs import InputStatus

END = b"\0" * 1024


def block(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 512)


def member(name: str, data: bytes = b"A=1", kind: bytes = tarfile.REGTYPE) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = len(data), kind
    return info.tobuf(tarfile.USTAR_FORMAT) + block(data)


def pair(name: str, value: str) -> bytes:
    """One statement of an extended header: its own length, name and value."""
    rest = f" {name}={value}\n"
    length = len(rest) + 1
    while len(str(length)) + len(rest) != length:
        length += 1
    return f"{length}{rest}".encode()


SPARSE = pair("GNU.sparse.major", "1") + pair("GNU.sparse.minor", "0") + pair("GNU.sparse.name", "b.ini")


@pytest.mark.parametrize(
    ("hostile", "message"),
    [
        (member("p", b"1" * 900_000, tarfile.XHDTYPE), "a header holds 300 digits in a row"),
        (member("p", SPARSE, tarfile.XHDTYPE) + member("b.ini", b"9999999\n" + b"0\n" * 3 * MIB), "one member claim"),
        (member("p", b"".join(pair(f"k{n}", "v") for n in range(1_001)), tarfile.XGLTYPE), "more than 1000 things"),
    ],
    ids=["digits", "sparse-map", "globals"],
)
def test_costly_headers_are_refused_at_once(kit, put, hostile, message):
    path = put("a.tar", member("a.ini") + hostile + member("c.ini") + END)
    started = time.perf_counter()
    found = kit.walk(path)
    assert time.perf_counter() - started < 5
    assert found["a.tar!a.ini"][0] == b"A=1"
    record = found["a.tar"][1]
    assert record.status is InputStatus.BROKEN
    assert message in record.message
    assert record.where.startswith("byte ")


def test_ordinary_extended_headers_are_read(kit, put):
    number = "7" * 255  # as long as a file name may be
    members = b"".join(
        member("p", pair("path", f"{number}/{n}.ini") + pair("comment", "x" * 400_000), tarfile.XHDTYPE) + member("x")
        for n in range(5)
    )
    found = kit.walk(put("a.tar", member("g", pair("comment", "f00"), tarfile.XGLTYPE) + members + END))
    assert [found[f"a.tar!{number}/{n}.ini"][0] for n in range(5)] == [b"A=1"] * 5
    assert found["a.tar"][1].status is InputStatus.READ
