"""Whatever the bytes: no crash, no hang, no silence. Each file ends in exactly one record."""

from __future__ import annotations

import gzip

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from auditor.intake.limits import MIB, Limits
from auditor.model.inputs import InputStatus

SMALL = Limits(archive_ratio_from_bytes=MIB, max_archive_total_bytes=8 * MIB, max_archive_members=50)
FUZZ = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=5000)

NAME = st.text(alphabet="ab./\\:\x1b\n -C\u202e", min_size=1, max_size=12)
CONTENT = st.binary(max_size=60) | st.just(b"A=1\n" * 200)
MEMBERS = st.dictionaries(NAME, CONTENT, max_size=4)


def check(kit, path):
    """One record for the file itself or its content, statuses from the closed set, hashes where content came out."""
    found = kit.walk(path, limits=SMALL)
    assert path.name in found
    for name, (content, record) in found.items():
        assert name == path.name or name.startswith(f"{path.name}!")
        assert name.isprintable()
        assert isinstance(record.status, InputStatus)
        if record.status is InputStatus.READ:
            assert len(record.sha256) == 64
        else:
            assert record.message
            assert content is None
    return found


@FUZZ
@given(st.binary(max_size=700))
@example(b"PK\x03\x04")
@example(b"PK\x05\x06" + b"\xff" * 18)
@example(b"\x1f\x8b\x08")
@example(b"\0" * 257 + b"ustar")
@example(gzip.compress(b""))
@example(gzip.compress(b"\0" * 1024))
def test_any_file_ends_in_a_record(kit, put, data):
    check(kit, put("x.ini", data))


@FUZZ
@given(MEMBERS, st.sampled_from(["zip", "tar", "tar.gz"]), st.data())
def test_any_damage_to_an_archive_ends_in_records(kit, put, members, kind, data):
    packed = kit.zip(members) if kind == "zip" else kit.tar(members)
    if kind == "tar.gz":
        packed = kit.gz(packed)
    whole = check(kit, put(f"a.{kind}", packed))
    files = [name for name in members if not name.endswith("/")]
    assert len(whole) >= len(files) if kind == "zip" else len(whole) >= 1
    damaged = bytearray(packed)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(damaged)))
    check(kit, put(f"b.{kind}", bytes(damaged)))
    check(kit, put(f"c.{kind}", bytes(damaged[:cut])))


@FUZZ
@given(
    st.dictionaries(
        NAME | st.sampled_from(["x", "./x", "x (2)"]), st.binary(max_size=20).map(b"A=".__add__), max_size=5
    )
)
def test_every_member_is_accounted_for(kit, put, members):
    found = check(kit, put("a.zip", kit.zip(members)))
    files = [name for name in members if not name.endswith("/")]
    assert len(found) == len(files) + 1
    read = [content for content, record in found.values() if content is not None]
    harmless = [data for name, data in members.items() if name in files and harmless_name(name)]
    assert sorted(read) == sorted(harmless)


def harmless_name(name):
    return not (
        name.startswith("/") or "\\" in name or (name[1:2] == ":" and name[0].isalpha()) or ".." in name.split("/")
    ) and bool(name.strip("/. "))
