"""What was kept of archives and dumps is never used for other files, another run, or when somebody touched it."""

from __future__ import annotations

import pickle
import shutil
import tarfile
import zipfile
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from auditor.app.keeping import KeptDevices
from auditor.app.resuming import Resumable
from auditor.errors import AuditorError
from auditor.intake.feed import cannot_read
from auditor.intake.limits import Limits
from auditor.intake.sources import FileSource
from benchmarks.fleet import write_ksc_hosts
from tests.app.kills import hosts, kesl_text, made, packed, page, run, survives, through_kills, watching

LENGTHS = 8 + 8 + 32
"""Bytes before each step: the lengths of its parts, and its seal."""


@pytest.fixture(autouse=True)
def key(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def watch(monkeypatch):
    yield from watching(monkeypatch)


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "kept"


ALL, SOME = 12, 5
"""Subjects of the cases zip and tar, and how many are judged before the kill."""


def killed(exports, kept, watch, **when):
    """The journal of a run that was killed behind a step."""
    watch.stride = 1
    watch.armed(**(when or {"judged": SOME}))
    assert survives(exports, kept.parent / "out", kept) is None
    [journal] = kept.glob("*.journal")
    return journal


def begins(journal):
    """Where each step begins, and the end of the last."""
    data, places = journal.read_bytes(), [0]
    while places[-1] < len(data):
        head, body = (int.from_bytes(data[places[-1] + part : places[-1] + part + 8], "big") for part in (0, 8))
        places.append(places[-1] + LENGTHS + head + body)
    assert places[-1] == len(data)
    return places


def judged_and_right(exports, kept, watch):
    """How many subjects the run that goes on judges; what it stores must be that of a fresh run."""
    watch.armed()
    result, number = run(exports, kept.parent / "out", kept), len(watch.subjects)
    assert result == run(exports, kept.parent / "fresh")
    return number


@pytest.mark.parametrize("case", ["zip", "tar"])
def test_untouched_it_goes_on(case, tmp_path, kept, watch):
    exports = made(case, tmp_path)
    killed(exports, kept, watch)
    assert judged_and_right(exports, kept, watch) == ALL - SOME


@pytest.mark.parametrize("step", [0, 6, -1])
@pytest.mark.parametrize("where", [0, 7, 15, 16, LENGTHS, -1])
def test_an_altered_step_ends_the_journal_before_it(step, where, tmp_path, kept, watch):
    exports = made("zip", tmp_path)
    journal = killed(exports, kept, watch)
    places, data, before = begins(journal), bytearray(journal.read_bytes()), [0, *watch.kept]
    begin, end = list(pairwise(places))[step]
    data[begin + where if where >= 0 else end - 1] ^= 1
    journal.write_bytes(data)
    assert judged_and_right(exports, kept, watch) == ALL - before[places.index(begin)]


def test_a_journal_cut_anywhere_is_used_as_far_as_it_is_whole(tmp_path, kept, watch):
    exports = made("tar", tmp_path)
    journal = killed(exports, kept, watch)
    data, places, before = journal.read_bytes(), begins(journal), [0, *watch.kept]
    last = len(places) - 1
    cuts = [(places[last], last), (places[last] - 1, last - 1), (places[last - 2], last - 2)]
    for end, whole in (*cuts, (places[5] + LENGTHS, 5), (places[1] + 5, 1), (0, 0)):
        kept.mkdir(exist_ok=True)
        journal.write_bytes(data[:end])
        assert judged_and_right(exports, kept, watch) == ALL - before[whole]


def test_steps_cannot_be_exchanged_left_out_or_repeated(tmp_path, kept, watch):
    exports = made("zip", tmp_path)
    journal = killed(exports, kept, watch)
    data, places = journal.read_bytes(), begins(journal)
    steps = [data[begin:end] for begin, end in pairwise(places)]
    first, second, *others, last = steps
    for forged in (
        [second, first, *others, last],
        steps[1:],
        [*steps[:-2], last],
        [last],
        [*steps, last],
        steps[:1] * 2,
    ):
        kept.mkdir(exist_ok=True)
        journal.write_bytes(b"".join(forged))
        judged_and_right(exports, kept, watch)


class Trap:
    """Runs code when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_step_without_our_seal_is_never_read(tmp_path, kept, watch):
    exports = made("zip", tmp_path)
    journal = killed(exports, kept, watch)
    sprung, seal = tmp_path / "sprung", journal.read_bytes()[16:LENGTHS]
    trap = pickle.dumps(Trap(sprung))
    journal.write_bytes(2 * len(trap).to_bytes(8, "big") + seal + 2 * trap)
    assert judged_and_right(exports, kept, watch) == ALL
    assert not sprung.exists()


def test_the_journal_of_the_same_files_elsewhere_is_not_taken_under_this_name(tmp_path, kept, watch):
    exports, other = tmp_path / "exports", tmp_path / "other"
    name = "ChunkAccessor.GetItemsChunk.{}.json"
    write_ksc_hosts(exports / name.format(1), 1000)
    other.mkdir()
    shutil.copy(exports / name.format(1), other / name.format(2))
    journal = killed(exports, kept, watch, steps=5)
    elsewhere = killed(other, tmp_path / "elsewhere" / "kept", watch, steps=5)
    journal.write_bytes(elsewhere.read_bytes())
    judged_and_right(exports, kept, watch)
    assert watch.rows == 2 * 1000  # all of them, as the fresh run


def test_another_user_s_journal_is_not_taken(tmp_path, kept, watch, monkeypatch):
    exports = made("zip", tmp_path)
    killed(exports, kept, watch)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "somebody"))
    assert judged_and_right(exports, kept, watch) == ALL


@pytest.mark.parametrize(
    "options", [{"as_of": "2026-03-03"}, {"limits": Limits(max_files=999)}, {"baseline": "hardened"}]
)
def test_another_run_takes_nothing(options, tmp_path, kept, watch):
    exports = made("zip", tmp_path)
    killed(exports, kept, watch)
    watch.armed()
    result, number = run(exports, tmp_path / "out", kept, **options), len(watch.subjects)
    assert number == ALL
    assert result == run(exports, tmp_path / "fresh", **options)


def two_archives(tmp_path, kind):
    """Archives whose members are stored as they are, so that one of the same size can be made of other settings."""

    def pack(name, numbers):
        path = tmp_path / "exports" / f"{name}.{kind}"
        path.parent.mkdir(exist_ok=True)
        texts = [(f"web{place}_export.ini", kesl_text(number)[:9000].encode()) for place, number in enumerate(numbers)]
        if kind == "zip":
            with zipfile.ZipFile(path, "w") as archive:
                for member, text in texts:
                    archive.writestr(zipfile.ZipInfo(f"{name}/{member}"), text)
        else:
            with tarfile.open(path, "w") as archive:
                for member, text in texts:
                    (tmp_path / member).write_bytes(text)
                    archive.add(tmp_path / member, f"{name}/{member}")
        return path

    return pack


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize(("name", "changed"), [("first", 0), ("first", 4), ("second", 0), ("second", 4)])
def test_an_archive_that_was_replaced_is_judged_anew(kind, name, changed, tmp_path, kept, watch):  # noqa: PLR0917
    pack = two_archives(tmp_path, kind)
    pack("first", range(5))
    path = pack("second", range(5))
    exports, before = path.parent, path.stat().st_size
    killed(exports, kept, watch, judged=6)  # in the second archive
    pack(name, [number if number != changed else 77 for number in range(5)])
    assert path.stat().st_size == before
    judged_and_right(exports, kept, watch)


def test_a_page_that_was_replaced_is_judged_anew(tmp_path, kept, watch):
    exports = tmp_path / "exports"
    for number in range(4):
        page(exports / f"ChunkAccessor.GetItemsChunk.{number}.json", [f"good-{number}", f"also-{number}"])
    killed(exports, kept, watch, steps=6)
    page(exports / "ChunkAccessor.GetItemsChunk.1.json", ["good-1", "bad1-1"])
    judged_and_right(exports, kept, watch)


def test_what_is_missed_among_plain_files_is_told_by_this_run_alone(tmp_path, kept, watch):
    exports = made("odd_answers", tmp_path)
    killed(exports, kept, watch, steps=9)
    [link] = (path for path in exports.rglob("*") if path.is_symlink())
    link.unlink()
    judged_and_right(exports, kept, watch)


def test_what_is_written_again_with_each_step_does_not_grow_with_the_devices(tmp_path, kept, watch, monkeypatch):
    exports = tmp_path / "exports"
    write_ksc_hosts(exports / "ChunkAccessor.GetItemsChunk.1.json", 3000)
    state, sizes = KeptDevices.state, []
    monkeypatch.setattr(KeptDevices, "state", lambda self: sizes.append(len(found := state(self))) or found)
    watch.stride = 1
    run(exports, tmp_path / "out", kept)
    assert len(sizes) > 30
    assert sizes[-1] < 1.2 * sizes[len(sizes) // 2]


def test_what_was_left_as_an_archive_and_is_none_any_more_is_read_with_its_neighbours(tmp_path, kept, watch):
    exports = tmp_path / "exports"
    archive = packed(exports / "web07.zip", hosts(tmp_path / "hosts"))
    shutil.copy(tmp_path / "hosts" / "b" / "web00_app-info.txt", exports / "web07_app-info.txt")
    killed(exports, kept, watch)
    size = archive.stat().st_size
    text = kesl_text(7).encode()
    assert len(text) < size
    archive.write_bytes(text.ljust(size, b"\n"))
    judged_and_right(exports, kept, watch)


def test_a_file_that_became_readable_is_read(tmp_path, kept, watch, monkeypatch):
    exports = tmp_path / "exports"
    for number in range(3):
        page(exports / f"ChunkAccessor.GetItemsChunk.{number}.json", [f"good-{number}"])
    unreadable, begin, shares = exports / "ChunkAccessor.GetItemsChunk.0.json", FileSource._begin, Resumable.shares

    def refused(self):
        if self.os_path == str(unreadable):
            raise cannot_read(PermissionError(13, "Permission denied"))
        begin(self)

    def shares_of_unreadable(self):
        with pytest.MonkeyPatch.context() as patch:  # it can no longer be read once it was put off
            patch.setattr(FileSource, "_begin", refused)
            yield from shares(self)

    with monkeypatch.context() as patch:
        patch.setattr(Resumable, "shares", shares_of_unreadable)
        killed(exports, kept, watch, steps=4)
    judged_and_right(exports, kept, watch)


def test_a_file_that_changes_while_it_is_read_again_is_judged_from_its_beginning(tmp_path, kept, watch, monkeypatch):
    exports = tmp_path / "exports"
    exports.mkdir()
    shutil.copytree(Path(__file__).resolve().parents[2] / "examples" / "acme" / "ksc", exports / "ksc")
    killed(exports, kept, watch, steps=40)
    changed = exports / "ksc" / "HostGroup.GetStaticInfo.json"
    text = changed.read_text(encoding="utf-8")
    other = text.replace("ksc", "KSC", 1) if "ksc" in text else text.replace("a", "b", 1)
    assert len(other) == len(text)
    changed.write_text(other, encoding="utf-8")
    monkeypatch.setattr(FileSource, "begins_with", lambda *_: True)  # it was still what it had been
    judged_and_right(exports, kept, watch)


def test_rows_that_change_while_they_are_read_again_are_no_result(tmp_path, kept, watch, monkeypatch):
    exports = tmp_path / "exports"
    path = exports / "ChunkAccessor.GetItemsChunk.1.json"
    write_ksc_hosts(path, 1000)
    killed(exports, kept, watch, steps=20)
    size = path.stat().st_size
    page(path, ["one", "two"])
    path.write_bytes(path.read_bytes().ljust(size))
    with monkeypatch.context() as patch:
        patch.setattr(FileSource, "begins_with", lambda *_: True)
        with pytest.raises(AuditorError, match="changed while it was read"):
            run(exports, tmp_path / "out", kept)
    judged_and_right(exports, kept, watch)


@pytest.mark.parametrize("total", [20_000, 60_000, 90_000])
@pytest.mark.parametrize("case", ["tar", "nested"])
def test_limits_of_an_archive_are_counted_through_kills(case, total, tmp_path, kept, watch):
    exports = made(case, tmp_path)
    limits = Limits(max_archive_total_bytes=total)
    want = run(exports, tmp_path / "want", limits=limits)
    assert b"max_archive_total_bytes" in want["result.json"] or b"max-archive-total-bytes" in want["result.json"]
    watch.stride = 3
    assert through_kills(exports, kept, watch, limits=limits)[0] == want


def test_a_member_that_broke_a_limit_is_read_again_as_far(tmp_path, kept, watch):
    """How much of it counts as unpacked depends on how it was read, and decides about the members behind it."""
    write_ksc_hosts(tmp_path / "dump" / "ChunkAccessor.GetItemsChunk.1.json", 1200)
    write_ksc_hosts(tmp_path / "dump" / "ChunkAccessor.GetItemsChunk.2.json", 300)
    packed(tmp_path / "exports" / "dump.zip", tmp_path / "dump")
    limits = {"limits": Limits(max_archive_total_bytes=2_300_000)}
    want = run(tmp_path / "exports", tmp_path / "want", **limits)
    assert [line["status"] for line in orjson.loads(want["result.json"])["inputs"]] == ["skipped", "read", "read"]
    watch.stride = 1
    assert through_kills(tmp_path / "exports", kept, watch, **limits)[0] == want
