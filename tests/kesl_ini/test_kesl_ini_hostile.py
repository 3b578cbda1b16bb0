"""Nothing that is written into an INI file crashes the reader, silences it, or stays in memory for good."""

from __future__ import annotations

import gc
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.inputs import InputStatus

HEAD = "[AppSettings]\nUseKSN=Yes\n"
TAIL = "[BackupTask]\nTaskName=Backup\n[BackupTask.Settings]\nDaysToLive=90\n"
ODD_LINES = [
    *["=", "==", "=x", "  =x", "[", "]", "[]", "[[]]", "[=]", "[.]", "[..]", "[a", "a]", ".", ".=", "..=1"],
    *["item_0000=1", "A.item_0000=1", "A.item_99999999999=1", "A.item_-1=1", "A.item_1e3=1", "A.item_\u0663=1"],
    *["A=1", "A.B=2", "A.B.C=3", 'a="', 'a=""', "\x00", "A=\x00", "\ufeff", "\u2028", "x\x0by=1", "#c", ";c", "%x=%y"],
    *["[MonitoringTask]", "[MonitoringTask.item_0000]", "[MonitoringTask.item_0000.Settings]", "[AppSettings]"],
    *["[AppSettings.item_0000]", "[BackupTask.Settings.item_0000.item_0001]", "TaskName=", "TaskType=OAS"],
]


@given(st.lists(st.one_of(st.sampled_from(ODD_LINES), st.text(max_size=20)), max_size=12))
def test_odd_lines_are_kept_or_told(read, scalars_of, lines):
    reading = read("\n".join([HEAD.rstrip(), *lines, TAIL]).encode("utf-8", "replace"))
    assert reading.record.status in {InputStatus.READ, InputStatus.BROKEN}
    assert reading.record.status is InputStatus.READ or (reading.record.message and reading.record.where)
    for part in reading.parts:
        for path, value in scalars_of(part.settings.values):
            assert isinstance(value, str)
            assert 1 <= part.line + part.settings.locate(path) <= reading.text.count("\n") + 1


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_record(read, data):
    reading = read(HEAD.encode() + data + TAIL.encode())
    assert reading.record.status in InputStatus
    assert reading.record.status is InputStatus.READ or reading.record.message


@given(st.lists(st.sampled_from(ODD_LINES), max_size=8))
def test_damage_never_makes_a_verdict_crash(read, verdicts, lines):
    for outcome in verdicts(read("\n".join([HEAD.rstrip(), *lines, TAIL]))).values():
        assert outcome != "error"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings(read, encoding):
    reading = read((HEAD + TAIL).encode(encoding))
    assert reading.record.status is InputStatus.READ
    assert reading.view().find("app.UseKSN").value == "Yes"


def test_bytes_that_are_no_text_are_told(read):
    reading = read(HEAD.encode() + b"SambaConfigPath=\xff\xfe\n" + TAIL.encode())
    assert reading.record.status is InputStatus.BROKEN
    assert "byte" in reading.record.where


def growing(read, shape, number):
    """The reading of a large shape, after four times its size took about four times as long, not sixteen times."""
    spent = []
    for size in (number, 4 * number):
        text = shape(size)
        gc.collect()
        gc.disable()  # as good as off in an audit, see auditor.__main__
        try:
            started = time.process_time()
            reading = read(text)
            spent.append(time.process_time() - started)
        finally:
            gc.enable()
    assert spent[1] < 9 * max(spent[0], 0.02), spent
    return reading


def test_large_shapes_are_read_in_linear_time(read):
    def ports(number):  # other ones for each number, since what is known is not read again
        items = [f"[NetSettings.NetworkPorts.item_{n:06d}]\nPort={number + n}\n" for n in range(number)]
        return HEAD + "".join(items) + TAIL

    assert len(growing(read, ports, 10_000).values("net")["NetworkPorts"]) == 40_000
    assert growing(read, lambda n: HEAD + "[A]\n" * n + TAIL, 25_000).record.status is InputStatus.READ
    same = growing(read, lambda n: HEAD + "UseKSN=Yes\n" * n + TAIL, 50_000)
    assert same.view().find("app.UseKSN").value == "Yes"
    line = growing(read, lambda n: HEAD + "SambaConfigPath=" + "x" * n + "\n" + TAIL, 2_000_000)
    assert len(line.view().find("app.SambaConfigPath").value) == 8_000_000
    deep = growing(read, lambda n: HEAD + "[AppSettings" + ".a" * n + "]\nX=1\n" + TAIL, 1_250)
    assert deep.record.message.endswith("nested deeper than 64 levels")
    brackets = growing(read, lambda n: HEAD + "[" * n + "\n" + TAIL, 25_000)
    assert brackets.record.status is InputStatus.BROKEN


@pytest.mark.parametrize("shape", ["line", "section", "sections"])
def test_what_is_remembered_is_bounded(read, shape):
    """Files that share nothing leave little behind, whatever their shape."""

    def export(number):
        if shape == "line":
            return f"{HEAD}SambaConfigPath={number:08d}{'x' * 1_000_000}\n{TAIL}"
        lines = "".join(f"Key{number}x{n}=value\n" for n in range(20_000))
        if shape == "section":
            return HEAD + lines + TAIL
        return HEAD + "".join(f"[AppSettings.G{n}]\nA={number}x{n}\n" for n in range(5_000)) + TAIL

    def held_after(count, start):
        for number in range(start, start + count):
            read(export(number))
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        held_after(2, 0)
        before = held_after(3, 10)
        after = held_after(16 if shape == "line" else 4, 100)
    finally:
        tracemalloc.stop()
    assert after - before < 12_000_000
