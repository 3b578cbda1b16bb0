"""A run that was killed goes on where it stopped, and never takes what does not belong to it."""

from __future__ import annotations

import pickle
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.app import audit
from auditor.app.audit import Request, run_audit
from benchmarks import kesl_export

CHILD = """
import os, signal, sys
from pathlib import Path
from auditor.app import audit, checkpoints
from auditor.app.audit import Request, run_audit
audit.SHARE_FILES = 2
left = int(sys.argv[1])
keep = checkpoints.Checkpoints.keep
def counted(self, bundles, share):
    global left
    keep(self, bundles, share)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
checkpoints.Checkpoints.keep = counted
run_audit(Request([Path(sys.argv[2])], Path(sys.argv[3]), as_of="2026-03-01", jobs=1, checkpoints=Path(sys.argv[4])))
"""


def _text(number):
    policy = kesl_export.random_policy(random.Random(number))  # noqa: S311  # settings, not secrets
    return kesl_export.render(kesl_export.build("12.1.0.1543", policy))


@pytest.fixture
def exports(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(audit, "SHARE_FILES", 2)
    folder = tmp_path / "exports"
    folder.mkdir()
    for number in range(9):
        (folder / f"web{number:02}.ini").write_text(_text(number), encoding="utf-8")
    return folder


def run(exports, out, checkpoints=None):
    run_audit(Request([exports], out, as_of="2026-03-01", jobs=1, checkpoints=checkpoints))
    return (out / "result.json").read_bytes()


def killed(exports, tmp_path, shares):
    arguments = [str(shares), str(exports), str(tmp_path / "out"), str(tmp_path / "kept")]
    done = subprocess.run([sys.executable, "-c", CHILD, *arguments], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    return tmp_path / "kept"


def count_judged(monkeypatch):
    from auditor.app import work

    made = []
    make = work.make_share

    def counting(bundles, bench, *write):
        made.append(bundles)
        return make(bundles, bench, *write)

    for module in (work, audit):
        monkeypatch.setattr(module, "make_share", counting)
    return made


@pytest.mark.parametrize("shares", [1, 3, 5])
def test_a_killed_run_goes_on_and_gives_the_same_bytes(exports, tmp_path, monkeypatch, shares):
    kept = killed(exports, tmp_path, shares)
    assert len(list(kept.iterdir())) == shares
    judged = count_judged(monkeypatch)
    assert run(exports, tmp_path / "out", kept) == run(exports, tmp_path / "fresh")
    # five shares of two files: those of the killed run were not judged again; the fresh run judges all five
    assert len(judged) == (5 - shares) + 5
    assert not kept.exists()


def test_a_changed_export_is_judged_anew(exports, tmp_path, monkeypatch):
    kept = killed(exports, tmp_path, 5)
    changed = exports / "web03.ini"
    text = changed.read_text(encoding="utf-8")
    other = text.replace("=Yes", "=yes", 1)  # of the same length
    assert len(other) == len(text)
    assert other != text
    changed.write_text(other, encoding="utf-8")
    judged = count_judged(monkeypatch)
    resumed = run(exports, tmp_path / "out", kept)
    assert len(judged) == 1
    assert resumed == run(exports, tmp_path / "fresh")


def test_another_day_takes_nothing(exports, tmp_path, monkeypatch):
    kept = killed(exports, tmp_path, 5)
    judged = count_judged(monkeypatch)
    run_audit(Request([exports], tmp_path / "out", as_of="2026-03-02", jobs=1, checkpoints=kept))
    assert len(judged) == 5


class Trap:
    """Runs code when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_share_without_our_seal_is_never_read(exports, tmp_path, monkeypatch):
    kept = killed(exports, tmp_path, 5)
    sprung = tmp_path / "sprung"
    for path in kept.iterdir():
        path.write_bytes(path.read_bytes()[:32] + pickle.dumps(Trap(sprung)))
    judged = count_judged(monkeypatch)
    run(exports, tmp_path / "out", kept)
    assert len(judged) == 5
    assert not sprung.exists()
