"""Files that are written whole or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from auditor.app.plan import Inputs
from auditor.files import replacing, write_whole
from auditor.intake.limits import Limits


def names(folder: Path) -> Sequence[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("durable", [False, True])
def test_the_earlier_file_stays_until_the_new_one_is_whole(tmp_path, durable):
    path = tmp_path / "result.json"
    write_whole(path, b"earlier")
    with replacing(path, durable=durable) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"earlier"
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["result.json"]


def test_what_fails_leaves_nothing_behind(tmp_path):
    path = tmp_path / "result.json"
    write_whole(path, b"earlier")
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines([b"half", None])
    assert path.read_bytes() == b"earlier"
    assert names(tmp_path) == ["result.json"]


def test_what_a_killed_process_half_wrote_is_no_export(tmp_path):
    write_whole(tmp_path / "result.json", b"earlier")
    code = f"""
import os, signal
from pathlib import Path
from auditor.files import replacing
with replacing(Path({str(tmp_path / "result.json")!r})) as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    assert (tmp_path / "result.json").read_bytes() == b"earlier"
    assert len(names(tmp_path)) == 2
    (tmp_path / "notes.txt").write_text("a file of somebody else")
    found = list(Inputs([tmp_path], Limits(), tmp_path))
    assert [candidate.source.name for candidate in found if candidate.source] == ["notes.txt"]


def test_permissions_stay_and_links_are_not_followed(tmp_path):
    path, other = tmp_path / "result.json", tmp_path / "other"
    write_whole(path, b"earlier")
    path.chmod(0o600)
    write_whole(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o600
    other.write_bytes(b"of somebody else")
    path.unlink()
    path.symlink_to(other)
    write_whole(path, b"new")
    assert (path.is_symlink(), path.read_bytes(), other.read_bytes()) == (False, b"new", b"of somebody else")


def test_many_may_write_one_file(tmp_path):
    path = tmp_path / "result.json"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: write_whole(path, bytes([number]) * 100_000), range(64)))
    assert len(set(path.read_bytes())) == 1
    assert path.stat().st_size == 100_000
    assert names(tmp_path) == ["result.json"]
