"""Folders and files: order, names, links, what is never opened, and the price of a small file."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import socket

import pytest

from auditor.errors import BrokenExport, UsageProblem
from auditor.intake.limits import Limits
from auditor.intake.opening import listing, walk
from auditor.intake.sources import FileSource
from auditor.model.inputs import InputStatus


def test_files_come_sorted_with_hash_and_size_under_the_base_name(kit, put, tmp_path):
    put("acme/web02/export.ini", b"B=2")
    put("acme/web01/export.ini", b"A=1")
    put("acme/.hidden.ini", b"H=1")
    found = kit.walk(tmp_path / "acme")
    assert list(found) == ["acme/.hidden.ini", "acme/web01/export.ini", "acme/web02/export.ini"]
    content, record = found["acme/web01/export.ini"]
    assert content == b"A=1"
    assert record.sha256 == hashlib.sha256(b"A=1").hexdigest()
    assert record.size == 3


def test_order_does_not_depend_on_the_order_of_arguments(kit, put):
    first, second = put("b.ini", b"1"), put("a.ini", b"2")
    assert list(kit.walk(first, second)) == list(kit.walk(second, first)) == ["a.ini", "b.ini"]


def test_equal_base_names_are_told_apart_by_their_folders(kit, put, tmp_path):
    put("x/acme/a.ini", b"1")
    put("y/acme/a.ini", b"2")
    assert list(kit.walk(tmp_path / "x/acme", tmp_path / "y/acme")) == ["x/acme/a.ini", "y/acme/a.ini"]


def test_a_path_named_twice_is_read_once(kit, put):
    path = put("a.ini", b"1")
    assert list(kit.walk(path, path)) == ["a.ini"]


def test_a_path_inside_a_named_folder_is_read_once(kit, put, tmp_path):
    export = put("in/web01/export.ini", b"1")
    (tmp_path / "link").symlink_to("in")
    found = kit.walk(export, tmp_path / "link/web01", tmp_path / "in", tmp_path / "in/web01")
    assert list(found) == ["in/web01/export.ini"]


def test_a_path_behind_a_link_of_a_named_folder_is_read(kit, put, tmp_path):
    put("elsewhere/web01/export.ini", b"1")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link").symlink_to(tmp_path / "elsewhere")
    found = kit.walk(tmp_path / "in", tmp_path / "in/link/web01")
    assert list(found) == ["in/link", "web01/export.ini"]


def test_a_missing_path_is_a_usage_problem(tmp_path):
    with pytest.raises(UsageProblem, match="no such file"):
        list(walk([tmp_path / "nothing"], Limits()))


def test_symbolic_links_are_reported_and_never_followed(kit, put, tmp_path):
    secret = put("outside/secret.ini", b"S=1")
    put("acme/a.ini", b"A=1")
    (tmp_path / "acme/file.ini").symlink_to(secret)
    (tmp_path / "acme/folder").symlink_to(secret.parent)
    (tmp_path / "acme/dangling").symlink_to("nowhere")
    found = kit.walk(tmp_path / "acme")
    for name in ("file.ini", "folder", "dangling"):
        content, record = found[f"acme/{name}"]
        assert content is None
        assert record.status is InputStatus.SKIPPED
        assert "symbolic link" in record.message
        assert record.sha256 == ""
    assert len(found) == 4


@pytest.mark.parametrize("ending", ["", "/"])
def test_a_named_link_is_not_followed_either(kit, put, tmp_path, ending):
    put("real/a.ini", b"A=1")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    found = kit.walk(f"{tmp_path}/link{ending}")
    assert [record.status for _, record in found.values()] == [InputStatus.SKIPPED]


def test_hard_linked_files_are_ordinary_files(kit, put, tmp_path):
    path = put("acme/web01/export.ini", b"A=1")
    (tmp_path / "acme/web02").mkdir()
    os.link(path, tmp_path / "acme/web02/export.ini")
    found = kit.walk(tmp_path / "acme")
    assert [content for content, _ in found.values()] == [b"A=1", b"A=1"]


def test_pipes_sockets_and_devices_are_reported_without_waiting(kit, tmp_path):
    os.mkfifo(tmp_path / "pipe.ini")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        found = kit.walk(tmp_path)
    messages = [record.message for _, record in found.values()]
    assert messages == ["left alone: it is a pipe (FIFO)", "left alone: it is a socket"]
    device = kit.walk("/dev/null")["null"][1]
    assert (device.status, device.message) == (InputStatus.SKIPPED, "left alone: it is a device")


def test_a_file_replaced_by_a_link_or_a_pipe_after_listing_is_not_read(put, tmp_path):
    for name, replace in (("a", lambda p: p.symlink_to("/etc/passwd")), ("b", os.mkfifo)):
        path = put(f"{name}/x.ini", b"A=1")
        (candidate,) = listing([path], Limits())
        path.unlink()
        replace(path)
        assert candidate.source.sha256 == ""


def test_a_folder_with_a_file_name_is_a_folder(kit, put, tmp_path):
    put("acme/x.ini/a.ini", b"A=1")
    assert list(kit.walk(tmp_path / "acme")) == ["acme/x.ini/a.ini"]


def test_files_and_folders_without_permission_leave_a_gap(kit, put, tmp_path, as_nobody):
    put("acme/a.ini", b"A=1").chmod(0)
    folder = put("acme/web01/b.ini", b"B=1").parent
    folder.chmod(0)
    with as_nobody(tmp_path):
        found = kit.walk(tmp_path / "acme")
    folder.chmod(0o755)
    assert [found[name][1].status for name in ("acme/a.ini", "acme/web01")] == [InputStatus.BROKEN] * 2


@pytest.fixture
def as_nobody():
    """Root may read everything: then a user without rights looks, who may walk down to the folder only."""

    @contextlib.contextmanager
    def switch(folder):
        if os.geteuid() != 0:
            yield
            return
        for above in (folder, *folder.parents):
            if "pytest" in str(above):
                above.chmod(above.stat().st_mode | 0o111)
        (folder / "acme").chmod(0o755)
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)

    return switch


def test_a_file_that_cannot_be_opened_says_why(kit, put, tmp_path, monkeypatch):
    put("acme/a.ini", b"A=1")
    put("acme/b.ini", b"B=1")
    real = os.open

    def refuse(path, flags, *rest, **more):
        if str(path).endswith("a.ini"):
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *rest, **more)

    monkeypatch.setattr("auditor.intake.sources.os.open", refuse)
    found = kit.walk(tmp_path / "acme")
    record = found["acme/a.ini"][1]
    assert record.status is InputStatus.BROKEN
    assert "Permission denied" in record.message
    assert found["acme/b.ini"][0] == b"B=1"


def test_names_cannot_act_on_a_terminal(kit, tmp_path):
    names = [b"new\nline.ini", b"\x1b[31mred.ini", b"latin-\xe9.ini", "ab\u202eini.txt".encode(), b"back\\slash"]
    for name in names:
        (tmp_path / os.fsdecode(name)).write_bytes(b"A=1")
    found = kit.walk(tmp_path)
    shown = {path.rpartition("/")[2] for path in found}
    assert shown == {
        "new\\x0aline.ini",
        "\\x1b[31mred.ini",
        "latin-\\xe9.ini",
        "ab\\u202eini.txt",
        "back\\\\slash",
    }
    assert all(content == b"A=1" for content, _ in found.values())


def test_folders_too_deep_are_skipped_and_named(kit, put, tmp_path):
    put("acme/1/2/3/a.ini", b"A=1")
    put("acme/b.ini", b"B=1")
    found = kit.walk(tmp_path / "acme", limits=Limits(max_nesting=3))
    assert list(found) == ["acme/b.ini", "acme/1/2/3"]
    assert "--limit max-nesting" in found["acme/1/2/3"][1].hint
    assert "acme/1/2/3/a.ini" in kit.walk(tmp_path / "acme", limits=Limits(max_nesting=4))


def test_too_many_files_end_in_one_record(kit, put, tmp_path):
    for number in range(5):
        put(f"acme/{number}.ini", b"")
    found = kit.walk(tmp_path / "acme", limits=Limits(max_files=3))
    assert len(found) == 4
    assert found["acme/(more files)"][1].status is InputStatus.SKIPPED
    assert len(kit.walk(tmp_path / "acme", limits=Limits(max_files=5))) == 5


def test_an_unopened_source_can_be_sent_to_another_process(put):
    path = put("web01.ini", b"A=1")
    (candidate,) = listing([path], Limits())
    copy = pickle.loads(pickle.dumps(candidate.source))  # noqa: S301 - our own bytes
    assert isinstance(copy, FileSource)
    assert (copy.read(), copy.path, copy.host) == (b"A=1", "web01.ini", "web01")


def test_folders_typed_before_a_file_name_its_host(put, tmp_path, monkeypatch):
    put("web01/kesl/export.ini", b"A=1")
    monkeypatch.chdir(tmp_path)
    for typed in ("web01/kesl/export.ini", "web01/kesl", "web01"):
        (candidate,) = walk([typed], Limits())
        assert candidate.source.host == "web01"


def test_small_files_are_read_with_one_call_and_hashed_once(put, tmp_path, monkeypatch):
    for number in range(10):
        put(f"acme/{number}.ini", b"A=1" * 100)
    reads = []
    real = os.read
    monkeypatch.setattr("auditor.intake.sources.os.read", lambda fd, size: reads.append(size) or real(fd, size))
    for candidate in walk([tmp_path / "acme"], Limits()):
        source = candidate.source
        assert source.head == source.read() == source.text().encode()
        source.digest()
    assert reads == [300] * 10


def test_a_file_that_is_no_regular_one_any_more_is_broken(tmp_path):
    path = tmp_path / "export.ini"
    path.write_bytes(b"A=1")
    (found,) = walk([tmp_path], Limits())
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(BrokenExport, match="no regular file any more"):
        _ = found.source.again().head
