"""What an audit asks to be collected next, for whom, and what it never asks for."""

from __future__ import annotations

import pytest

from auditor.app.audit import SHARE_FILES

HOST = "Version=12.1.0.1297\n[AppSettings]\nUseKSN=No\n"
TASK = "[MonitoringTask.item_0000]\nTaskName=Web_Threat_Protection\nTaskType=WTP\nActive=Yes\n"
TAIL = "[BackupTask]\nTaskName=Backup\nTaskType=Backup\n[BackupTask.Settings]\nDaysToLive=90\n"


@pytest.fixture
def steps(auditor, tmp_path):
    """Area -> (steps that bring it, the hosts that lack it), one entry a row."""

    def run(jobs: int = 1, **texts: str) -> dict[str, list[tuple[list[str], list[str]]]]:
        for place, text in texts.items():
            path = tmp_path / "exports" / place.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".ini").write_text(text, encoding="utf-8")
        result = auditor("audit", tmp_path / "exports", "--jobs", jobs, "--format", "json").result
        found: dict[str, list[tuple[list[str], list[str]]]] = {}
        for gap in result["gaps"]:
            row = [step["id"] for step in gap["steps"]], gap["names"]
            found.setdefault(gap["area"], []).append(row)
        return found

    return run


def test_a_full_export_is_asked_for_only_where_there_is_none(steps):
    found = steps(web01__export=HOST + TASK + TAIL, web02__task_2_Scan_My_Computer="ScanFiles=Yes\nScanArchived=Yes\n")
    assert found["task.Update"] == [(["export", "one-task", "collector"], ["web02"])]
    assert found["info"] == [(["app-info", "collector"], ["web01", "web02"])]


def test_a_full_export_that_was_cut_off_is_asked_for_again(steps):
    assert steps(web01__export=HOST + TASK)["task.Update"] == [(["export", "one-task", "collector"], ["web01"])]


def test_what_a_full_export_never_tells_is_asked_for_in_another_way(steps):
    """Which tasks run stands in the task list; the export says only which are switched on."""
    found = steps(web01__export=HOST + TASK + TAIL)
    assert found["state.*"] == [(["task-list", "task-state", "collector"], ["web01"])]


def test_the_answer_does_not_depend_on_the_number_of_processes(steps):
    some = HOST + TASK
    hosts = {f"web{number:03}__export": some + (TAIL if number % 2 else "") for number in range(SHARE_FILES + 5)}
    assert steps(jobs=1, **hosts) == steps(jobs=2)
