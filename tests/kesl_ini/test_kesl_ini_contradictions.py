"""What a file states twice and differently is a conflict, never silently one of the two."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.intake.kesl.tree import KNOWN_KEYS
from auditor.model.outcomes import Reason
from auditor.sdk.areas import split_name
from auditor.sdk.strict_yaml import load

CHECKS = Path(__file__).resolve().parents[2] / "checks" / "auditor_checks"
TAIL = "[BackupTask]\nTaskName=Backup\n[BackupTask.Settings]\nDaysToLive=90\n"
TASK = "[MonitoringTask.item_0000]\nTaskType=OAS\nTaskName=File_Threat_Protection\n"
ROOT = "MonitoringTask.item_0000.Settings"
SETTING = "task.File_Threat_Protection.FirstAction"

CONTRADICTIONS = {
    "one section, twice the key": f"{TASK}[{ROOT}]\nFirstAction=Disinfect\nFirstAction=Skip\n",
    "one section, other case": f"{TASK}[{ROOT}]\nFirstAction=Disinfect\nFIRSTACTION=Skip\n",
    "three values": f"{TASK}[{ROOT}]\nFirstAction=Disinfect\nFirstAction=Skip\nFirstAction=Disinfect\n",
    "two sections side by side": f"{TASK}[{ROOT}]\nFirstAction=Disinfect\n[{ROOT}]\nFirstAction=Skip\n",
    "two sections, other case": f"{TASK}[{ROOT}]\nFirstAction=Disinfect\n[{ROOT.upper()}]\nFirstAction=Skip\n",
    "two sections apart": f"{TASK}[{ROOT}]\nFirstAction=Disinfect\n[NetSettings]\nX=1\n[{ROOT}]\nFirstAction=Skip\n",
    "the task twice": (
        f"{TASK}[{ROOT}]\nFirstAction=Disinfect\n{TASK}[{ROOT}]\nFirstAction=Skip\n"
    ),
    "two tasks of one name": (
        f"{TASK}[{ROOT}]\nFirstAction=Disinfect\n"
        "[MonitoringTask.item_0001]\nTaskType=OAS\nTaskName=File_Threat_Protection\n"
        "[MonitoringTask.item_0001.Settings]\nFirstAction=Skip\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_setting(read, case):
    view = read(CONTRADICTIONS[case] + TAIL).views().get(("kesl.host", "web01"))
    assert view.find(SETTING).reason is Reason.CONFLICT


LIST = "task.File_Threat_Protection.ExcludedFromScanScope"


@pytest.mark.parametrize(
    "sections",
    [
        f"[{ROOT}.ExcludedFromScanScope.item_0000]\nPath=/srv\nPath=/\n",
        f"[{ROOT}.ExcludedFromScanScope.item_0000]\nPath=/srv\n[{ROOT}.ExcludedFromScanScope.item_0000]\nPath=/\n",
        f"[{ROOT}.ExcludedFromScanScope.item_0000]\nPath=/srv\n[{ROOT}.ExcludedFromScanScope.item_000]\nPath=/\n",
    ],
)
def test_an_item_of_a_list(read, sections):
    text = f"{TASK}[{ROOT}]\nFirstAction=Skip\n{sections}{TAIL}"
    assert read(text).view().find(LIST).reason is Reason.CONFLICT


def test_a_word_of_a_list(read):
    text = f"{TASK}[{ROOT}]\nExcludeMasks.item_0000=*.a\nExcludeMasks.item_0000=*\n{TAIL}"
    assert read(text).view().find("task.File_Threat_Protection.ExcludeMasks").reason is Reason.CONFLICT


def test_a_section_beside_a_dotted_key(read):
    text = f"{TASK}[{ROOT}]\nScanScope.item_0000.Path=/srv\n[{ROOT}.ScanScope.item_0000]\nPath=/\n{TAIL}"
    assert read(text).view().find("task.File_Threat_Protection.ScanScope").reason is Reason.CONFLICT


@pytest.mark.parametrize("name", ["task_1_File_Threat_Protection.ini", "export.ini"])
def test_the_application_and_single_files(read, name):
    if name == "export.ini":
        view = read(f"[AppSettings]\nUseKSN=Yes\n[AppSettings]\nUseKSN=No\n{TAIL}").view()
        assert view.find("app.UseKSN").reason is Reason.CONFLICT
    else:
        view = read("ScanByAccessType=SmartCheck\nFirstAction=Skip\nFirstAction=Block\n", f"web01/{name}").view()
        assert view.find(SETTING).reason is Reason.CONFLICT


def test_the_same_value_twice_is_no_contradiction(read):
    text = f"{TASK}[{ROOT}]\nFirstAction=Skip\nFirstAction=Skip\n[{ROOT}]\nFirstAction=Skip\n{TAIL}"
    hit = read(text).view().find(SETTING)
    assert (hit.value, hit.reason) == ("Skip", None)


def test_no_shipped_check_decides_what_the_file_contradicts(read, verdicts, exports):
    """Each value is stated a second time, otherwise: no verdict may rest on the first one alone."""
    lines = exports["web01"].split("\n")
    whole = verdicts(read(exports["web01"]))
    flagged = 0
    for number, line in enumerate(lines):
        if "=" not in line or line.startswith(("Version=", "TaskName=", "TaskType=", "TaskId=")):
            continue
        name = line.partition("=")[0]
        text = "\n".join([*lines[: number + 1], f"{name}=other-value", *lines[number + 1 :]])
        reading = read(text)
        assert any("stated twice" in note for note in reading.record.notes), line
        for key, outcome in verdicts(reading).items():
            if outcome != whole[key]:
                flagged += 1
                assert outcome == "unknown", (line, key, whole[key], outcome)
    assert flagged > 50


def named(node):
    """Names of settings in the bodies of a check."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("setting", "same_as", "each", "some", "none") and isinstance(value, str):
                yield value
            elif key != "messages":
                yield from named(value)
    elif isinstance(node, list):
        for value in node:
            yield from named(value)


def test_every_key_that_a_check_reads_is_spelled_by_the_reader():
    """Names count without case because the reader writes known ones in their documented spelling."""
    strangers = []
    for path in CHECKS.rglob("*.yaml"):
        document = load(path.read_text("utf-8"), path.name)
        subject = document.get("subject", "kesl.host" if path.name == "kesl.yaml" else "")
        for name in named(document) if subject.startswith("kesl.") else ():
            steps = split_name(name.lstrip(".")) if name != "." else []
            if not name.startswith("."):
                area = steps[0]
                if area not in ("app", "net", "ini", "task", "schedule", "state"):
                    continue
                steps = steps[2:] if subject == "kesl.host" and area in ("task", "schedule", "state") else steps[1:]
            strangers += [(path.stem, name) for step in steps if KNOWN_KEYS.get(step.lower()) != step]
    assert strangers == []
