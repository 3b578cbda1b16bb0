"""Work on archives and dumps that was killed goes on: the same bytes, nothing judged twice, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.app import audit
from auditor.app.audit import Request, run_audit
from auditor.app.journal import Journal
from auditor.errors import RuleBroken
from tests.app.kills import (
    ACME,
    CASES,
    ListReader,
    lists_of_hosts,
    made,
    packed,
    page,
    run,
    survives,
    through_kills,
    watching,
)


@pytest.fixture(autouse=True)
def key(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def watch(monkeypatch):
    yield from watching(monkeypatch)


STRIDES = {"pages": 7, "dump_in_zip": 7, "dump_in_tar": 7, "mixture": 11}
"""For about ten steps in each case, which fall between files and inside them."""


@pytest.mark.parametrize("case", CASES)
def test_killed_after_each_step_it_ends_with_the_same_bytes_and_judges_nothing_twice(case, tmp_path, watch):
    watch.stride = STRIDES.get(case, 1)
    killed_after_each_step(made(case, tmp_path), tmp_path, watch)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_how_a_reader_hands_settings_out_does_not_matter(stride, tmp_path, watch, monkeypatch):
    """It may depend on what it remembers, which a new process does not. Files here hold more hosts than may wait."""
    reader = ListReader()
    monkeypatch.setattr(audit, "readers_of", lambda _: [reader])
    watch.stride = stride
    killed_after_each_step(lists_of_hosts(tmp_path), tmp_path, watch, same=but_for_the_order)


def but_for_the_order(files):
    """In which order a subject's verdicts are written depends on how its settings were handed out."""
    result = orjson.loads(files["result.json"])
    result["verdicts"].sort(key=lambda verdict: (verdict["check_id"], verdict["subject"]["key"]))
    return result


def killed_after_each_step(exports, tmp_path, watch, same=dict):
    want = run(exports, tmp_path / "want")
    whole = watch.judged()
    result, pieces = through_kills(exports, tmp_path / "kept", watch)
    assert same(result) == same(want)
    assert sorted(subject for piece in pieces for subject in piece.subjects) == whole[0]
    assert sum(piece.rows for piece in pieces) == whole[1]
    assert len(pieces) > 5
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("case", ["tar", "dump_in_zip"])
def test_killed_at_any_instants_it_ends_with_the_same_bytes(case, tmp_path, watch):
    exports = made(case, tmp_path)
    want = run(exports, tmp_path / "want")
    events = watch.events

    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.integers(1, 2 * events), max_size=3))
    def killed_at(instants):
        for instant in instants:
            watch.armed(event=instant)
            if survives(exports, tmp_path / "out", tmp_path / "kept"):
                break
        watch.armed()
        assert run(exports, tmp_path / "out", tmp_path / "kept") == want

    killed_at()


@pytest.mark.parametrize("case", ["zip", "odd_answers"])
def test_without_a_kill_steps_change_nothing(case, tmp_path, watch):
    exports = made(case, tmp_path)
    want = run(exports, tmp_path / "want")
    for stride in range(1, 9):
        watch.armed()
        watch.stride = stride
        assert run(exports, tmp_path / "out", tmp_path / "kept") == want
        assert len(watch.kept) == watch.asked // stride > 0


def test_short_work_keeps_no_step(tmp_path, monkeypatch):
    exports = made("zip", tmp_path)
    monkeypatch.setattr(Journal, "append", lambda *_: pytest.fail("a step was kept within the first second"))
    assert run(exports, tmp_path / "out", tmp_path / "kept") == run(exports, tmp_path / "want")


CHILD = """
import os, signal, sys
from pathlib import Path
from auditor.app import resuming
from auditor.app.audit import Request, run_audit
from auditor.app import audit
from auditor.app.audit import Request, run_audit
from auditor.app.journal import Journal
resuming.Pace.due = lambda self: True
left = int(sys.argv[1])
append = Journal.append
def counted(self, head, body):
    global left
    append(self, head, body)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
Journal.append = counted
run_audit(Request([Path(sys.argv[2])], Path(sys.argv[3]), as_of="2026-03-02", jobs=1, checkpoints=Path(sys.argv[4])))
"""


def killed(exports, tmp_path, steps):
    """Really killed, in a process that hashes texts in its own way."""
    arguments = [str(steps), str(exports), str(tmp_path / "out"), str(tmp_path / "kept")]
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    done = subprocess.run([sys.executable, "-c", CHILD, *arguments], check=False, timeout=120, env=environment)
    assert done.returncode == -signal.SIGKILL
    return tmp_path / "kept"


@pytest.mark.parametrize("case", ["tar", "pages"])
def test_a_run_that_was_really_killed_goes_on(case, tmp_path):
    exports = made(case, tmp_path)
    kept = killed(exports, tmp_path, 12)
    assert [path.suffix for path in kept.iterdir() if path.suffix != ".share"] == [".journal"]
    assert run(exports, tmp_path / "out", kept) == run(exports, tmp_path / "want")


def rollup(files, check_id):
    [verdict] = [item for item in orjson.loads(files["result.json"])["verdicts"] if item["check_id"] == check_id]
    return verdict["rollup"]


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_device_of_a_page_before_the_kill_is_recognised_behind_it(tmp_path, steps):
    exports = tmp_path / "exports"
    page(exports / "ChunkAccessor.GetItemsChunk.1.json", ["one", "bad-two", "three"])
    page(exports / "ChunkAccessor.GetItemsChunk.2.json", ["four", "bad-two", "five"])
    kept = killed(exports, tmp_path, steps)
    found = rollup(run(exports, tmp_path / "out", kept), "KSC-HST-009")
    assert (found["passed"], found["failed"], found["undecided"], found["not_selected"]) == (4, 1, 0, 0)


def test_subjects_of_one_name_are_told_apart_behind_a_kill(tmp_path):
    exports = tmp_path / "exports"
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "web01_export.ini").write_bytes((ACME / "kesl" / "db01" / "export.ini").read_bytes())
        packed(exports / f"{name}.zip", tmp_path / name)
    want = run(exports, tmp_path / "want")
    keys = {item["subject"]["key"] for item in verdicts(want) if item["subject"]["kind"] == "kesl.host"}
    assert keys == {"web01", "exports/second.zip!second/web01"}
    # the last step is that behind the second of two archives, whose subjects are judged by then; one is between them
    for steps in range(1, 6):
        assert run(exports, tmp_path / "out", killed(exports, tmp_path, steps)) == want


def verdicts(files):
    if "verdicts.ndjson" in files:
        return [orjson.loads(line) for line in files["verdicts.ndjson"].splitlines()]
    return orjson.loads(files["result.json"])["verdicts"]


def test_the_end_of_the_day_stops_work_in_an_archive_and_keeps_it(tmp_path, watch):
    exports = made("dump_in_zip", tmp_path)
    want = run(exports, tmp_path / "want")
    whole = watch.judged()
    ticks = 0

    def closes(_files: int) -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 6:
            raise RuleBroken("the day is over")

    watch.armed()
    request = Request([exports], tmp_path / "out", as_of="2026-03-02", jobs=1, checkpoints=tmp_path / "kept")
    with pytest.raises(RuleBroken):
        run_audit(request, closes)
    first = watch.judged()
    assert first[1] > 0
    watch.armed()
    assert run(exports, tmp_path / "out", tmp_path / "kept") == want
    assert (sorted(first[0] + watch.subjects), first[1] + watch.rows) == whole


def test_a_full_disk_is_no_fault_of_the_file_that_is_read(tmp_path, watch, monkeypatch):
    exports = made("one_file", tmp_path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "append", full)
    with pytest.raises(OSError, match="No space left"):
        run(exports, tmp_path / "out", tmp_path / "kept")
    assert not Path(tmp_path / "out" / "result.json").exists()
