"""Files that are written whole or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from auditor.app.plan import Inputs
from auditor.files import whole_file, write_whole
from auditor.intake.limits import Limits


def names(folder: Path) -> Sequence[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("durable", [False, True])
def test_the_earlier_file_stays_until_the_new_one_is_whole(tmp_path, durable):
    path = tmp_path / "result.json"
    write_whole(path, b"earlier")
    with whole_file(path, durable=durable) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"earlier"
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["result.json"]


def test_what_fails_leaves_nothing_behind(tmp_path):
    path = tmp_path / "result.json"
    write_whole(path, b"earlier")
    with pytest.raises(TypeError), whole_file(path) as file:
        file.writelines([b"half", None])
    assert path.read_bytes() == b"earlier"
    assert names(tmp_path) == ["result.json"]


def test_what_a_killed_process_half_wrote_is_no_export(tmp_path):
    write_whole(tmp_path / "result.json", b"earlier")
    code = f"""
import os, signal
from pathlib import Path
from auditor.files import whole_file
with whole_file(Path({str(tmp_path / "result.json")!r})) as file:
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
