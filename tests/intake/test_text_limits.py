"""Exports that are read as a whole: large ones are read, those beyond the documented limits are skipped by name."""

from __future__ import annotations

import time

import pytest

from auditor.app.plugins import load_plugins
from auditor.app.readers import readers_of
from auditor.errors import BrokenExport
from auditor.intake.limits import Limits
from auditor.intake.pipeline import read_found, recognise, seal
from auditor.intake.records import blame
from auditor.intake.sources import FileSource
from auditor.model.content import Parcel
from auditor.model.inputs import InputRecord, InputStatus

HEAD = "Version=11.1.0.3013\n[AppSettings]\nUseKSN=No\n"
TAIL = "[BackupTask]\nTaskName=Backup\nTaskType=Backup\nState=Stopped\n"
INFO = "Name: Kaspersky Endpoint Security 11.1.0 for Linux\nVersion: 11.1.0.3013\nApplication databases loaded: Yes\n"
TASKS = "TaskID 6 Update configuration:\nSourceType=SCServer\n"


def read(folder, name, text, limits=None):
    """(record, parts) as the audit has them, from a real file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    source = FileSource(str(path), f"web01/{name}", limits or Limits())
    record, items = InputRecord(source.path, InputStatus.UNKNOWN), []
    read_found(source, recognise(source, readers_of(load_plugins())), record, items.append)
    parts = [part for item in items for part in (item.parts() if isinstance(item, Parcel) else (item,))]
    return seal(source, record), parts


def test_an_export_of_several_mebibytes_is_read(tmp_path):
    lines = "".join(f"Key{number:06}={'x' * 40}\n" for number in range(60_000))
    record, parts = read(tmp_path, "export.ini", HEAD + lines + TAIL)
    assert (record.status, record.message) == (InputStatus.READ, "")
    app = next(part.settings.values for part in parts if part.settings.area == "app")
    assert (app["UseKSN"], app["Key059999"], len(app)) == ("No", "x" * 40, 60_001)


@pytest.mark.parametrize(
    ("name", "start", "line"),
    [
        ("export.ini", HEAD, "[A]\n"),
        ("app-info.txt", INFO, "Policy: Not applied\n"),
        ("taskset6.txt", TASKS, "Url=x\n"),
        ("klscflag.txt", "KLSRV_X = (INT_T)5\n", "KLSRV_X = (INT_T)5\n"),
    ],
)
def test_lines_are_read_to_their_limit(tmp_path, name, start, line):
    limits, left = Limits(max_values=1_000), 1_000 - start.count("\n")
    record, _ = read(tmp_path, name, start + line * left, limits)
    assert record.status is InputStatus.READ
    record, parts = read(tmp_path, name, start + line * (left + 1), limits)
    assert (record.status, record.message) == (InputStatus.SKIPPED, "the export has more lines; the limit is 1000")
    assert "--limit max-values=" in record.hint
    assert parts == []


def test_too_many_values_are_skipped(tmp_path):
    limits = Limits(max_values=1_000)
    many = ",".join(f'"k{number}":"1"' for number in range(1_000))
    record, _ = read(tmp_path, "export.json", f'{{"AppSettings":{{"UseKSN":"No",{many}}}}}', limits)
    assert (record.status, record.message) == (InputStatus.SKIPPED, "the document has more values; the limit is 1000")


def test_a_member_that_stands_twice_among_many_is_found_soon(tmp_path):
    many = ",".join(f'"k{number}":"1"' for number in range(200_000))
    started = time.perf_counter()
    record, _ = read(tmp_path, "export.json", f'{{"AppSettings":{{"UseKSN":"No",{many},"k199999":"2"}}}}')
    assert time.perf_counter() - started < 20
    assert (record.status, record.message) == (
        InputStatus.BROKEN,
        "the member 'k199999' stands twice in one object",
    )


def test_one_label_with_very_many_values_takes_no_longer(tmp_path):
    lines = "".join(f"Policy: applied {number}\n" for number in range(300_000))
    started = time.perf_counter()
    record, parts = read(tmp_path, "app-info.txt", INFO + lines)
    assert time.perf_counter() - started < 30
    assert record.status is InputStatus.READ
    policy = next(part.settings.values["Policy"] for part in parts if "Policy" in part.settings.values)
    assert policy[:2] == ["applied 0", "applied 1"]
    assert len(policy) <= 100


def test_what_a_remark_quotes_is_bounded(tmp_path):
    record, _ = read(tmp_path, "app-info.txt", f"{INFO}{'k' * 100_000}: 1\n")
    assert record.notes[0].startswith("1 unknown label(s) kept as they stand: kkk")
    record.notes += [blame(InputRecord("x", InputStatus.READ), BrokenExport("k" * 100_000)).message]
    assert [len(note) < 1_100 for note in record.notes] == [True, True]


@pytest.mark.parametrize("line", ["[{}]", "[{}", "{}=1"])
def test_a_name_of_very_many_levels_is_damage_with_its_line(tmp_path, line):
    text = f"{HEAD}{line.format('a.' * 100_000 + 'a')}\nUseProxy=No\n{TAIL}"
    record, parts = read(tmp_path, "export.ini", text)
    assert (record.status, record.where) == (InputStatus.BROKEN, "line 4")
    assert parts


@pytest.mark.parametrize("line", ["ProxyServer http://svc:{}@proxy.example:3128", "[http://svc:{}@proxy.example"])
def test_a_damaged_line_is_shown_without_its_secret(tmp_path, line):
    secret = "Zq" + "7" * 60
    record, _ = read(tmp_path, "export.ini", f"{HEAD}{line.format(secret)}\n{TAIL}")
    assert record.status is InputStatus.BROKEN
    assert "http://svc:***@" in record.message
    assert "Zq7" not in record.message
