"""Verdicts on KESL hosts where the answer depends on how several files or tasks come together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TAIL = "[BackupTask]\nTaskName=Backup\nTaskType=Backup\n[BackupTask.Settings]\nDaysToLive=90\n"
ON = (
    "Version=12.1.0.1297\n"
    "[MonitoringTask.item_0000]\nTaskName=File_Threat_Protection\nTaskType=OAS\nActive=Yes\n"
    "[MonitoringTask.item_0001]\nTaskName=Behavior_Detection\nTaskType=BehaviorDetection\nActive=Yes\n"
)
SCANS = """Version=12.1.0.1297
[OnDemandTask.item_0000]
TaskName=Scan_My_Computer
TaskType=ODS
TaskId=2
[OnDemandTask.item_0000.Schedule]
RuleType=6
StartTime=
[OnDemandTask.item_0001]
TaskName=Nightly
TaskType=ODS
TaskId=100
[OnDemandTask.item_0001.Settings]
ScanFiles=Yes
[OnDemandTask.item_0001.Settings.ScanScope.item_0000]
UseScanArea=Yes
Path=/
AreaMask.item_0000=*
[OnDemandTask.item_0001.Schedule]
RuleType=3
StartTime=2026/January/01 03:00:00;1
"""
OTHERS = """Version=12.1.0.1297
[OnDemandTask.item_0000]
TaskName=Rollback
TaskType=Rollback
[OnDemandTask.item_0000.Schedule]
RuleType=6
[OnDemandTask.item_0001]
TaskName=Update
TaskType=Update
[OnDemandTask.item_0001.Settings]
ApplicationUpdateMode=Disabled
[OnDemandTask.item_0001.Schedule]
RuleType=6
[OnDemandTask.item_0002]
TaskName=Back
TaskType=Rollback
[OnDemandTask.item_0002.Schedule]
RuleType=3
[OnDemandTask.item_0003]
TaskName=Patch
TaskType=Update
[OnDemandTask.item_0003.Settings]
ApplicationUpdateMode=DownloadAndInstall
"""
INFO = (
    "Name: Kaspersky Endpoint Security 12.1 for Linux\nVersion: 12.1.0.1297\n"
    "Policy: {}\nApplication databases loaded: Yes\n"
)
LICENCE = """Active key information:
    Expiration date : 2028-03-20, 00:00:00 UTC
    Active key      : 1B2C-160203-0A1B2C3D
Reserve key information:
    Expiration date : 2029-03-20, 00:00:00 UTC
    Reserve key     : 1B2C-160204-0A1B2C3D
"""


def states(file_threat_protection: str) -> str:
    return (
        f"Name: File_Threat_Protection\nID: 1\nState: {file_threat_protection}\n\n"
        "Name: Behavior_Detection\nID: 20\nState: Started\n"
    )


@pytest.fixture
def audit(auditor: Callable[..., tuple[int, str]], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Audits the files of web01 by name: check -> verdict."""

    def run(**files: str) -> dict[str, Any]:
        folder = tmp_path / "exports" / "web01"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / f"{name.replace('_', '-')}.{'ini' if name == 'export' else 'txt'}").write_text(text)
        auditor("audit", folder.parent, "--as-of", "2026-03-02", "--out", tmp_path / "out")
        result = json.loads((tmp_path / "out" / "result.json").read_bytes())
        return {verdict["check_id"]: verdict for verdict in result["verdicts"]}

    return run


def test_two_task_lists_that_disagree_are_no_pass(audit):
    found = audit(export=ON + TAIL, task_list=states("Started"), tasklist=states("Stopped"))["KESL-OPS-001"]
    assert (found["outcome"], found["reason"]) == ("unknown", "conflict")
    assert {item["setting"] for item in found["evidence"]} == {"state.File_Threat_Protection.State"}


def test_exports_that_disagree_on_a_stopped_task_are_no_pass(audit):
    off = ON.replace("Active=Yes", "Active=No", 1)
    found = audit(export=ON + TAIL, exported_settings=off + TAIL, task_list=states("Stopped"))["KESL-OPS-001"]
    assert (found["outcome"], found["reason"]) == ("unknown", "conflict")


def test_a_task_that_runs_satisfies_whatever_the_exports_say(audit):
    off = ON.replace("Active=Yes", "Active=No", 1)
    found = audit(export=ON + TAIL, exported_settings=off + TAIL, task_list=states("Started"))["KESL-OPS-001"]
    assert found["outcome"] == "pass"


def test_another_scan_task_is_shown_with_its_own_lines(audit):
    found = audit(export=SCANS + TAIL)["KESL-ODS-001"]
    assert found["outcome"] == "pass"
    lines = SCANS.split("\n")
    stated = {item["setting"]: lines[item["line"] - 1] for item in found["evidence"]}
    assert stated == {
        "schedule.Scan_My_Computer.RuleType": "RuleType=6",
        "schedule.RuleType": "RuleType=3",
        "schedule.StartTime": "StartTime=2026/January/01 03:00:00;1",
        "task.ScanScope": "[OnDemandTask.item_0001.Settings.ScanScope.item_0000]",
    }


def test_a_reserve_key_in_the_output_is_seen(audit):
    found = audit(license=LICENCE)
    assert found["KESL-LIC-002"]["outcome"] == "pass"
    assert found["KESL-LIC-001"]["evidence"][0]["value"] == "2028-03-20T00:00:00Z"


UPDATE = """Version=12.1.0.1297
[OnDemandTask.item_0000]
TaskName=Update
TaskType=Update
TaskId=6
[OnDemandTask.item_0000.Schedule]
RuleType=4
StartTime=2026/January/01 03:00:00;2
RandomInterval=10
RunMissedStartRules=1
"""


def test_a_schedule_in_words_beside_the_full_export_is_no_contradiction(audit):
    words = "RuleType=Hourly\nStartTime=2026/January/01 03:00:00;2\nRandomInterval=10\nRunMissedStartRules=Yes\n"
    found = audit(export=UPDATE + TAIL, schedule_6_Update=words)
    assert {check: found[check]["outcome"] for check in ("KESL-UPD-001", "KESL-UPD-011", "KESL-UPD-012")} == {
        "KESL-UPD-001": "pass",
        "KESL-UPD-011": "pass",
        "KESL-UPD-012": "pass",
    }


def test_another_schedule_beside_the_full_export_is_one(audit):
    words = "RuleType=Daily\nStartTime=2026/January/01 03:00:00;2\nRandomInterval=10\nRunMissedStartRules=No\n"
    found = audit(export=UPDATE + TAIL, schedule_6_Update=words)
    assert [found[check]["reason"] for check in ("KESL-UPD-001", "KESL-UPD-012")] == ["conflict", "conflict"]


@pytest.mark.parametrize("check", ["KESL-FTP-011", "KESL-FTP-012"])
def test_a_task_without_its_own_settings_does_not_show_that_nothing_is_excluded(audit, check):
    """The section with the switch and the masks is missing, the scope stands."""
    scope = "[MonitoringTask.item_0000.Settings.ScanScope.item_0000]\nUseScanArea=Yes\nPath=/\nAreaMask.item_0000=*\n"
    export = ON.replace("[MonitoringTask.item_0001]", scope + "[MonitoringTask.item_0001]") + TAIL
    assert audit(export=export)[check]["outcome"] == "unknown"


@pytest.mark.parametrize(
    ("stated", "contradicts"),
    [
        ("ScanFiles=Yes", "ScanFiles=No"),
        ("ScanFiles=Yes", "ScanFiles=Yes\nUseExcludeMasks=Yes"),
        ("Path=/\n", "Path=/srv\n"),
        ("StartTime=2026/January/01 03:00:00;1", "StartTime=2026/January/01 03:00:00;2"),
    ],
)
def test_exports_that_disagree_on_another_scan_task_are_no_pass(audit, stated, contradicts):
    whole = SCANS.replace("ScanFiles=Yes", "ScanFiles=Yes\nUseExcludeMasks=No") if "Masks" in contradicts else SCANS
    assert audit(export=whole + TAIL)["KESL-ODS-001"]["outcome"] == "pass"
    other = whole.replace("\nUseExcludeMasks=No", "").replace(stated, contradicts)
    assert audit(export=whole + TAIL, exported_settings=other + TAIL)["KESL-ODS-001"]["outcome"] == "unknown"


@pytest.mark.parametrize("with_it", ["export", "exported_settings"])
@pytest.mark.parametrize(("check", "kind"), [("KESL-ODS-001", "ODS"), ("KESL-UPD-001", "Update")])
def test_exports_of_which_one_lacks_another_task_are_no_pass(audit, with_it, check, kind):
    update = "[OnDemandTask.item_0002]\nTaskName=Update\nTaskType=Update\n"
    manual = f"{update}[OnDemandTask.item_0002.Schedule]\nRuleType=6\n"
    head, own, nightly = SCANS.partition("[OnDemandTask.item_0001]")
    nightly = own + nightly.replace("TaskType=ODS", f"TaskType={kind}")
    if kind == "Update":
        nightly = nightly.replace("RuleType=3", "RuleType=4")
    assert audit(export=head + manual + TAIL)[check]["outcome"] == "fail"
    assert audit(export=head + manual + nightly + TAIL)[check]["outcome"] == "pass"
    exports = dict.fromkeys(("export", "exported_settings"), head + manual + TAIL)
    exports[with_it] = head + manual + nightly + TAIL
    found = audit(**exports)[check]
    assert (found["outcome"], found["reason"]) == ("unknown", "conflict")


def test_inputs_that_disagree_on_the_type_of_a_task_are_no_pass(audit):
    found = audit(export=OTHERS + TAIL)
    assert [found[check]["outcome"] for check in ("KESL-RBK-001", "KESL-UPD-005")] == ["fail", "fail"]
    types = "Name: Update\nID: 6\nType: Update\n\nName: Back\nID: 101\nType: ODS\n\nName: Patch\nID: 102\nType: ODS\n"
    found = audit(export=OTHERS + TAIL, task_list=types)
    for check in ("KESL-RBK-001", "KESL-UPD-005"):
        assert (found[check]["outcome"], found[check]["reason"]) == ("unknown", "conflict")


def test_outputs_that_disagree_on_the_policy_are_no_finding(audit):
    export = OTHERS.partition("[OnDemandTask.item_0003]")[0] + TAIL
    found = audit(export=export, app_info=INFO.format("Applied"), appinfo=INFO.format("Not applied"))
    assert (found["KESL-UPD-001"]["outcome"], found["KESL-UPD-001"]["reason"]) == ("unknown", "conflict")


@pytest.mark.parametrize(("exported", "shown"), [("11.1.0.3013", "12.1.0.1297"), ("12.1.0.1297", "11.1.0.3013")])
def test_outputs_that_disagree_on_the_version_put_no_check_aside(audit, exported, shown):
    """KESL-BHV-002 is for 11.3 and later: which output holds nobody knows, whichever is read first."""
    behaviour = "[MonitoringTask.item_0001.Settings]\nTaskMode=Notify\n"
    export = ON.replace("12.1.0.1297", exported) + behaviour + TAIL
    found = audit(export=export, app_info=INFO.format("Applied").replace("12.1.0.1297", shown))
    assert found["KESL-BHV-002"]["outcome"] == "fail"


@pytest.mark.parametrize(("on", "off"), [("1", "0"), ("true", "false")])
def test_a_switch_of_a_task_may_be_spelled_as_any_other(audit, on, off):
    export = ON.replace("Active=Yes", f"Active={on}", 1).replace("Active=Yes", f"Active={off}")
    found = audit(export=export + TAIL)
    assert [found[check]["outcome"] for check in ("KESL-FTP-001", "KESL-BHV-001")] == ["pass", "fail"]
