from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.intake.kesl import paths, tree


@pytest.mark.parametrize(
    ("name", "kind", "task"),
    [
        ("file_threat_PROTECTION", "OAS", "File_Threat_Protection"),
        ("Nightly", "ODS", None),
        ("Nightly", "Update", None),
        ("", "ntp", "Network_Threat_Protection"),
        ("Critical_Areas_Scan", "", "Critical_Areas_Scan"),
        ("", "", None),
    ],
)
def test_canonical_task(name, kind, task):
    assert tree.canonical_task(name, kind) == task


@pytest.mark.parametrize(
    ("number", "version", "task"),
    [
        (1, "", "File_Threat_Protection"),
        (4, "", None),
        (4, "11.1.0.3013", "Boot_Scan"),
        (4, "11.2.0.4528", "Critical_Areas_Scan"),
        (5, "", "Memory_Scan"),
        (8, "", None),
        (22, "12.2", None),
        (100, "", None),
    ],
)
def test_task_of_id(number, version, task):
    assert tree.task_of_id(number, version) == task


@pytest.mark.parametrize(
    ("keys", "sections", "area"),
    [
        (["ScanArchived", "ScanByAccessType"], ["ScanScope.item_0000"], "task.File_Threat_Protection"),
        (["ScanArchived", "ScanPriority"], ["ScanScope.item_0000"], "ODS?"),
        (["ScanPriority", "ContainerNameMask"], [], "ContainerScan?"),
        (["ScanPriority", "CreateGoldenImage"], [], "task.Inventory_Scan"),
        (["REBUILDBASELINE"], [], "ODFIM?"),
        (["BlockTime", "UseHostBlocker"], [], "task.Anti_Cryptor"),
        (["BlockTime", "ActionOnDetect"], [], "task.Anti_Cryptor"),
        (["BlockTime"], [], None),
        (["ActionOnDetect", "CheckMalicious"], [], "task.Web_Threat_Protection"),
        (["OperationMode"], ["DeviceClass", "DeviceBus"], "task.Device_Control"),
        (["RuleType", "StartTime"], [], "schedule"),
        (["MaxEventsNumber"], [], "app"),
        (["EncryptedConnectionsScan"], [], "net"),
        (["RuleType", "MaxEventsNumber"], [], None),
        (["UseExcludeMasks"], ["ScanScope.item_0000"], None),
        ([], [], None),
    ],
)
def test_fingerprint(keys, sections, area):
    assert tree.fingerprint(keys, sections) == area


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("task_1_File_Threat_Protection.ini", (1, "File_Threat_Protection")),
        ("schedule_6_update.ini", (6, "Update")),
        ("web01_task_100_My_Scan.txt", (100, "My_Scan")),
        ("task-state_Update.txt", (None, "Update")),
        ("task_6.ini", (6, "Update")),
        ("task_4.ini", (4, None)),
        ("taskset14.txt", (14, "Web_Threat_Protection")),
        ("taskset4.txt", (4, None)),
        ("taskset.all.txt", None),
        ("tasklist.txt", None),
        ("task_list.txt", None),
        ("task_settings.ini", None),
        ("export.ini", None),
        ("multitask_1_x.ini", None),
    ],
)
def test_task_from_file_name(name, stated):
    assert tree.task_from_file_name(name) == stated


@given(st.text(max_size=60))
def test_task_from_file_name_never_fails(name):
    answer = tree.task_from_file_name(name)
    assert answer is None or answer != (None, None)


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ("TaskID 6 Update configuration:", (6, "Update")),
        ("TaskID 100 My_Scan configuration:", (100, "My_Scan")),
        ("TaskID 6 configuration:", (6, None)),
        ("TaskID 1 Update Rollback configuration:", (1, None)),
        ("TaskID x Update configuration:", None),
        ("ScanArchived=No", None),
    ],
)
def test_collector_task_line(line, stated):
    assert tree.collector_task_line(line) == stated


def test_known_keys_are_looked_up_without_case():
    assert tree.spelling("scanbyaccesstype") == "ScanByAccessType"
    assert tree.spelling("SomethingNew") == "SomethingNew"
    assert all(lower == word.lower() for lower, word in tree.KNOWN_KEYS.items())


def test_ids_name_tasks_that_exist():
    assert {*tree.PREDEFINED_IDS.values(), *tree.LEGACY_IDS.values()} <= tree.TASK_TYPES.keys()


@pytest.mark.parametrize(
    ("path", "product"),
    [
        ("web01/export.ini", ""),
        ("web01/kesl.ini", ""),  # the file's own name is no folder
        ("h/kaspersky/KESL/expset.txt", "kesl"),
        ("h-collect.tar.gz!kaspersky/KICS/kics.ini", "kics-linux"),
        ("KESS/web01/export.json", "kess-linux"),
        ("kics4linux/web01.ini", "kics-linux"),
        ("plant/kess-linux/web01.json", "kess-linux"),
        ("kics/kesl/web01.ini", "kesl"),  # the nearest folder tells
        ("kics-old/web01.ini", ""),
    ],
)
def test_the_product_that_a_folder_names(path, product):
    assert paths.product_of(path) == product
