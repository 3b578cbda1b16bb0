from __future__ import annotations

import csv
import io
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.reporting.csv_files import (
    CHECKLIST_COLUMNS,
    FINDINGS_COLUMNS,
    ChecklistRenderer,
    FindingsRenderer,
    cell,
)
from auditor.reporting.reader import StoredResult, load_result

SEVERITIES = ("critical", "high", "medium", "low", "info")
BOM = b"\xef\xbb\xbf"


def rendered(renderer, stored):
    out = io.BytesIO()
    renderer.render(stored, out)
    return out.getvalue()


def rows(renderer, stored):
    data = rendered(renderer, stored)
    assert data.startswith(BOM)
    text = data[3:].decode()
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_checklist_has_every_check_with_its_state(acme_result):
    table = rows(ChecklistRenderer(), StoredResult(acme_result))
    assert {row["check_id"]: row["state"] for row in table} == {
        check["id"]: check["state"] for check in acme_result["checks"]
    }
    assert tuple(table[0]) == CHECKLIST_COLUMNS
    by_id = {row["check_id"]: row for row in table}
    assert by_id["KESL-UPD-001"]["passed"] == "4"
    assert by_id["KESL-UPD-001"]["decided"] == "yes"
    assert by_id["KESL-LIC-001"]["decided"] == "no"
    assert by_id["KESL-LIC-001"]["not_decided"] == "5"
    assert by_id["KESL-FTP-007"]["waived"] == "1"
    assert [row["severity"] for row in table[:4]] == ["critical"] * 4
    assert all(row[name] == "" for row in table for name in ("owner", "due", "status", "comment"))


def test_findings_have_a_row_per_failing_subject_and_device(acme_result):
    table = rows(FindingsRenderer(), StoredResult(acme_result))
    subjects = [row for row in table if row["level"] == "subject"]
    failing = [verdict for verdict in acme_result["verdicts"] if verdict["outcome"] == "fail"]
    ranks = {check["id"]: SEVERITIES.index(check["severity"]) for check in acme_result["checks"]}
    failing.sort(key=lambda verdict: (ranks[verdict["check_id"]], verdict["check_id"]))
    assert [(row["check_id"], row["subject_name"]) for row in subjects] == [
        (verdict["check_id"], verdict["subject"]["name"]) for verdict in failing
    ]
    devices = [row for row in table if row["level"] == "device"]
    assert len(devices) == 1811 + 240
    assert {row["check_id"] for row in devices} == {"KSC-HST-001"}
    assert sum(row["outcome"] == "unknown" for row in devices) == 240


def test_a_row_says_what_stands_where(acme_result):
    table = rows(FindingsRenderer(), StoredResult(acme_result))
    row = next(row for row in table if row["check_id"] == "KESL-FTP-001")
    assert row == dict(
        zip(
            FINDINGS_COLUMNS,
            (
                "KESL-FTP-001", "critical", "File Threat Protection runs", "kesl", "subject", "fail",
                "high", "kesl.host", "web02", "web02", "state.File_Threat_Protection.Active", "No", "Yes", "",
                "acme.zip!kesl/web02/export.ini", "line 3", "File Threat Protection is not running.", "no", "",
            ),
            strict=True,
        )
    )  # fmt: skip
    waived = next(row for row in table if row["check_id"] == "KSC-TSK-004")
    assert (waived["waived"], waived["waived_until"], waived["current"]) == ("yes", "2026-03-20", "0")
    policy = next(row for row in table if row["check_id"] == "KSC-POL-002")
    assert (policy["lock"], policy["current"]) == ("open here and above", "true")
    absent = next(row for row in table if row["check_id"] == "KSC-SRV-008")
    assert absent["current"] == "(not in the export)"
    several = next(row for row in table if row["check_id"] == "KESL-FTP-003")
    assert several["current"] == "Inform | Skip"
    assert several["place"] == "line 88 | line 89"


def test_each_lock_stands_with_its_setting(builder):
    builder.check("P-1", subject="ksc.policy", product="ksc")
    settings = [builder.evidence(setting="first"), builder.evidence(setting="second", locked=True)]
    builder.verdict("P-1", "fail", evidence=settings)
    builder.verdict("P-1", "fail", "other", evidence=[builder.evidence(), builder.evidence()])
    mixed, none = rows(FindingsRenderer(), StoredResult(builder.build()))
    assert (mixed["setting"], mixed["lock"]) == ("first | second", " | locked")
    assert none["lock"] == ""


def test_streamed_devices_get_their_rows(builder, stream_to, store_result, valid):
    builder.check("F-1", subject="ksc.server", product="ksc")
    builder.rollup("F-1", "fail", 10, 3)
    builder.check("F-2", subject="ksc.server", product="ksc")
    builder.rollup("F-2", "pass", 10, 2)
    result = builder.build()
    for verdict in result["verdicts"]:
        verdict["rollup"].pop("affected")
    stream_to(
        result,
        "affected",
        [builder.device(1, check_id="F-1"), builder.device(2, check_id="F-2"), builder.device(3, check_id="F-1")],
    )
    table = rows(FindingsRenderer(), load_result(store_result(valid(result))))
    assert [(row["level"], row["check_id"], row["subject_name"]) for row in table] == [
        ("subject", "F-1", "ksc01"),
        ("device", "F-1", "pc-000001"),
        ("device", "F-1", "pc-000003"),
    ]


def test_devices_of_a_server_that_passes_are_no_findings(builder, stream_to, store_result):
    builder.check("F-1", subject="ksc.server", product="ksc")
    for server, outcome in (("ksc01", "fail"), ("ksc02", "pass")):
        verdict = builder.rollup("F-1", outcome, 10, 1)
        verdict["subject"] = {"kind": "ksc.server", "key": server, "name": server}
        verdict["rollup"].pop("affected")
    result = builder.build()
    devices = [builder.device(n, check_id="F-1", key=f"ksc0{n}/host/pc", name=f"pc{n}") for n in (1, 2)]
    stream_to(result, "affected", devices)
    table = rows(FindingsRenderer(), load_result(store_result(result)))
    assert [row["subject_name"] for row in table if row["level"] == "device"] == ["pc1"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\u240dx"),
        (" =1", "' =1"),
        ("\uff1d1", "'\uff1d1"),
        ("a=1", "a=1"),
        ("a,b", '"a,b"'),
        ('say "no"', '"say ""no"""'),
        ('=HYPERLINK("http://evil.example","x")', '"\'=HYPERLINK(""http://evil.example"",""x"")"'),
        ("\x1b[2J", "\u241b[2J"),
        ("\u202e=1", "[U+202E]=1"),
    ],
)
def test_cells_are_safe_in_a_spreadsheet(text, written):
    assert cell(text) == written


@given(st.text(max_size=40), st.text(alphabet="=+-@\t\r\n ,\"'aä", max_size=8))
def test_any_text_comes_back_as_one_cell_that_is_no_formula(first, second):
    line = f"{cell(first)},{cell(second)}\r\n"
    (row,) = csv.reader(io.StringIO(line, newline=""))
    assert len(row) == 2
    for text in row:
        assert not text.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_a_huge_value_is_cut_with_a_note(builder):
    builder.check("A-1")
    builder.verdict("A-1", "fail", evidence=[builder.evidence(value="x" * 1_000_000)])
    (row,) = rows(FindingsRenderer(), StoredResult(builder.build()))
    assert len(row["current"]) < 11_000
    assert "1,000,000 characters" in row["current"]


@pytest.mark.parametrize("renderer", [ChecklistRenderer(), FindingsRenderer()])
def test_the_same_result_gives_the_same_bytes(acme_result, renderer):
    assert rendered(renderer, StoredResult(acme_result)) == rendered(renderer, StoredResult(acme_result))


class _Endless:
    """A stored result whose devices are made on the way, as a stream's are."""

    def __init__(self, data, device, count):
        self.data, self._device, self._count = data, device, count

    def verdicts(self):
        return iter(self.data["verdicts"])

    def affected(self):
        for number in range(self._count):
            yield {**self._device, "key": f"ksc01/host/pc-{number}", "name": f"pc-{number}", "check_id": "F-1"}


class _Counter(io.RawIOBase):
    rows = 0

    def write(self, data):
        self.rows += data.count(b"\r\n")
        return len(data)


def endless(builder, count):
    builder.check("F-1", subject="ksc.server", product="ksc")
    builder.rollup("F-1", "fail", 10, 1)
    result = builder.build()
    result["verdicts"][0]["rollup"].pop("affected")
    result["streams"]["affected"] = {}
    return _Endless(result, builder.device(0), count)


def test_rows_are_written_as_they_come(builder):
    out = _Counter()
    stored = endless(builder, 60_000)
    tracemalloc.start()
    FindingsRenderer().render(stored, out)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert out.rows == 60_002
    assert peak < 12_000_000


def test_a_hundred_thousand_devices_take_about_a_second(builder):
    started = time.process_time()
    FindingsRenderer().render(endless(builder, 100_000), _Counter())
    assert time.process_time() - started < 2.5
