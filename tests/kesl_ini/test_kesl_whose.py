"""Whose settings a file holds: the predefined task or one that an administrator made, KESL or a sister product."""

from __future__ import annotations

import pytest

UPDATE = "SourceType=Custom\nApplicationUpdateMode=DownloadAndInstall\n"
INVENTORY = "ScanScripts=Yes\nCreateGoldenImage=No\n"
FIREWALL = "DefaultIncomingAction=Block\n"


@pytest.mark.parametrize(
    ("name", "text", "area", "key"),
    [
        ("task_150_Nightly.ini", UPDATE, "task", "web01/Nightly"),
        ("task_150.ini", UPDATE, "task", "web01/unnamed (task_150.ini)"),
        ("task_150_Stock.ini", INVENTORY, "task", "web01/Stock"),
        ("task_6.ini", UPDATE, "task.Update", "web01"),
        ("task_6_weekly copy.ini", UPDATE, "task.Update", "web01"),
        ("task_150_Update.ini", UPDATE, "task.Update", "web01"),
        ("settings.ini", UPDATE, "task.Update", "web01"),
        ("settings.ini", INVENTORY, "task.Inventory_Scan", "web01"),
        # There is only one firewall task, whatever a person calls the file.
        ("task_112_mine.ini", FIREWALL, "task.Firewall_Management", "web01"),
    ],
)
def test_the_task_of_a_single_file(read, name, text, area, key):
    parts = read(text, f"web01/{name}").parts
    assert {(part.settings.area, part.subject.key) for part in parts} == {(area, key)}


def export(version: str, folder: str) -> str:
    return (
        f"Version={version}\n[AppSettings]\nEventsStoragePath={folder}\n"
        "[BackupTask]\nTaskName=Backup\n[BackupTask.Settings]\nDaysToLive=90\n"
    )


KICS = "/var/opt/kaspersky/kics/private/storage/events.db"
KESS = "/var/opt/kaspersky/kess/private/storage/events.db"


@pytest.mark.parametrize(
    ("version", "folder", "path", "stated"),
    [
        ("12.1.0.1297", "/var/opt/kaspersky/kesl/private/storage/events.db", "web01", ("kesl", "12.1.0.1297")),
        ("2.0.0.1234", KICS, "web01", ("kics-linux", "2.0.0.1234")),
        ("3.4.0.500", KESS, "web01", ("kess-linux", "3.4.0.500")),
        # 2.0 is no KESL: without a word on what it is, no version is better than one that hides checks.
        ("2.0.0.1234", "/srv/events.db", "web01", ("kesl", "")),
        ("2.0.0.1234", "/srv/events.db", "web01/kics", ("kics-linux", "2.0.0.1234")),
        ("12.1.0.1297", KICS, "web01", ("kesl", "12.1.0.1297")),
    ],
)
def test_the_product_of_a_full_export(read, version, folder, path, stated):
    subjects = {part.subject for part in read(export(version, folder), f"{path}/export.ini").parts}
    assert {(subject.product, subject.version) for subject in subjects} == {stated}


def test_an_industrial_export_in_a_folder_of_its_host_is_judged(read, verdicts):
    task = "[MonitoringTask.item_0000]\nTaskName=Behavior_Detection\nTaskType=BehaviorDetection\nActive=Yes\n"
    settings = "[MonitoringTask.item_0000.Settings]\nTaskMode=Notify\n"
    text = export("2.0.0.1234", KICS).replace("[BackupTask]", f"{task}{settings}[BackupTask]", 1)
    found = verdicts(read(text))
    assert found["KESL-BHV-002", "web01"] == "fail"
    assert found["KICS-013", "web01"] == "fail"
