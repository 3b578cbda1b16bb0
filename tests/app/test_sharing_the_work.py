"""Work that is shared among processes, and inputs that are looked at twice: nothing is lost, doubled or left behind."""

from __future__ import annotations

import gc
import os
import random
import signal

import pytest

from auditor.app import audit, plan, processes
from auditor.app.audit import Request, run_audit
from auditor.app.plan import Inputs, bundles
from auditor.errors import AuditorError
from auditor.intake.limits import Limits
from benchmarks import kesl_export


@pytest.fixture
def fleet(tmp_path):
    """Twenty-one hosts, each with an export of its own."""
    for number in range(21):
        policy = kesl_export.random_policy(random.Random(number))  # noqa: S311
        document = kesl_export.build("12.1.0.1297", policy)
        folder = tmp_path / "fleet" / f"host{number:02}"
        folder.mkdir(parents=True)
        text = "".join(kesl_export.section_text(name, section) for name, section in document.items())
        (folder / "export.ini").write_text(text)
    return tmp_path / "fleet"


def written(fleet, out, jobs):
    run_audit(Request([fleet], out, as_of="2026-03-01", jobs=jobs, formats=()))
    return {path.name: path.read_bytes() for path in out.iterdir()}


@pytest.mark.parametrize("inline", [3, 200])
def test_more_shares_than_files_for_them(fleet, tmp_path, monkeypatch, inline):
    """Eleven shares take turns in the few files that processes write into; streamed and inline results alike."""
    monkeypatch.setattr(audit, "SHARE_FILES", 2)
    monkeypatch.setattr(audit, "INLINE_SUBJECTS", inline)
    alone = written(fleet, tmp_path / "alone", 1)
    together = written(fleet, tmp_path / "together", 2)
    assert together == alone
    assert set(alone) == {"result.json"} | ({"verdicts.ndjson", "inputs.ndjson"} if inline == 3 else set())


def test_a_process_that_is_killed_is_told_in_words(fleet, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "make_share", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(AuditorError, match="one of the processes was killed"):
        written(fleet, tmp_path / "out", 2)
    assert list((tmp_path / "out").iterdir()) == []


def files_of(found):
    return [[source.path for source in bundle.files] for bundle in found]


@pytest.mark.parametrize("kept", [0, 5, 20, 21, 1000])
def test_looking_first_changes_nothing_about_the_work(fleet, monkeypatch, kept):
    monkeypatch.setattr(plan, "WALK_KEPT", kept)
    looked = Inputs([fleet], Limits())
    assert len(list(looked.first_look())) == 21
    expected = [[f"fleet/host{number:02}/export.ini"] for number in range(21)]
    assert files_of(bundles(looked)) == expected
    assert files_of(bundles(looked)) == expected


def test_a_first_look_that_is_given_up_loses_nothing(fleet):
    inputs = Inputs([fleet], Limits())
    next(inputs.first_look())
    assert len(files_of(bundles(inputs))) == 21


def test_an_audit_leaves_the_garbage_collector_as_it_found_it(fleet, tmp_path):
    before = gc.get_threshold(), gc.get_freeze_count()
    written(fleet, tmp_path / "out", 1)
    assert (gc.get_threshold(), gc.get_freeze_count()) == before
