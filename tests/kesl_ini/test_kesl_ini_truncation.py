"""An export that was cut off never says anything that the whole export would not say."""

from __future__ import annotations

import pytest

from auditor.model.inputs import InputStatus

DECIDED = {"pass", "fail", "not_applicable"}


def lies(whole, cut):
    """Verdicts of the cut export that the whole one contradicts."""
    return {key: (outcome, whole.get(key)) for key, outcome in cut.items()
            if outcome in DECIDED and whole.get(key) != outcome}  # fmt: skip


@pytest.mark.parametrize("host", ["web01", "db01"])
def test_cut_at_every_byte(read, verdicts, exports, host):
    data = exports[host].encode()
    whole = verdicts(read(data))
    assert sum(outcome == "pass" for outcome in whole.values()) > 10
    assert sum(outcome == "fail" for outcome in whole.values()) > 10
    before: list[int] = []
    judged = 0
    keep = []  # so that no identity is used twice
    for length in range(len(data)):
        reading = read(data[:length])
        content = [id(part.settings) for part in reading.parts]
        keep.append(reading.parts)
        if content != before:
            judged += 1
            assert lies(whole, verdicts(reading)) == {}, f"cut after {length} bytes: {data[:length][-60:]!r}"
        before = content
    assert judged > 100


@pytest.mark.parametrize("host", ["web01", "db01"])
def test_a_cut_is_told(read, exports, host):
    """Inside a line before the last section the file counts as broken; elsewhere at least a note tells."""
    data = exports[host].encode()
    for length in range(0, len(data), 37):
        reading = read(data[:length])
        if b"[AppSettings]" not in data[:length]:
            assert reading.record.status is InputStatus.UNKNOWN
            assert reading.record.message
        elif b"[BackupTask" not in data[:length] or data[length - 1 : length] != b"\n":
            told = reading.record.status is InputStatus.BROKEN or reading.record.notes
            assert told, f"cut after {length} bytes: {data[:length][-60:]!r}"


@pytest.mark.parametrize("damage", ["cut", "twice", "section twice", "odd line", "no line end", "no last section"])
def test_damage_is_told_each_time_it_is_met(read, exports, damage):
    """Equal files are read once; what is wrong with them belongs to each of them."""
    whole = exports["web01"]
    text = {
        "cut": whole[:5000],
        "twice": whole.replace("UseKSN=No\n", "UseKSN=No\nUseKSN=Yes\n"),
        "section twice": whole.replace("[NetSettings]\n", "[AppSettings]\nUseKSN=Yes\n[NetSettings]\n"),
        "odd line": whole.replace("UseKSN=No\n", "UseKSN\n"),
        "no line end": whole.rstrip("\n"),
        "no last section": whole.partition("[BackupTask")[0],
    }[damage]
    first = read(text, "web01/export.ini").record
    again = [read(text, f"web0{number}/export.ini").record for number in (2, 3)]
    assert first.notes or first.status is InputStatus.BROKEN
    for record in again:
        assert (record.status, record.message, record.where, record.notes) == (
            first.status, first.message, first.where, first.notes
        )  # fmt: skip


def test_a_value_without_line_end_is_not_used(read):
    text = "[AppSettings]\nUseKSN=Yes\n[BackupTask]\nTaskName=Backup\n[BackupTask.Settings]\nDaysToLive=90"
    hit = read(text).view().find("task.Backup.DaysToLive")
    assert hit.reason == "incomplete"
    assert read(text + "\n").view().find("task.Backup.DaysToLive").value == "90"


@pytest.mark.parametrize(
    "name", ["app-settings.ini", "kesl.ini", "schedule_6_Update.ini", "task_1_File_Threat_Protection.ini"]
)
def test_a_single_file_cut_inside_a_line(read, verdicts, acme_files, name):
    """Between two lines nothing betrays the cut of a single file, so only cuts inside a line are tried."""
    data = acme_files[name]
    whole = verdicts(read(data, f"files01/{name}"))
    assert DECIDED & set(whole.values())
    for length in range(1, len(data)):
        if data[length - 1 : length] != b"\n":
            reading = read(data[:length], f"files01/{name}")
            assert lies(whole, verdicts(reading)) == {}, f"cut after {length} bytes: {data[:length][-60:]!r}"
