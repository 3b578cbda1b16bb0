from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.errors import BrokenExport, UnreadableExport
from auditor.intake.ksc import ConsoleTableReader, KlscflagReader, KscReader, OpaqueReader
from auditor.model.outcomes import Reason
from auditor.sdk.views import SubjectView


def test_klscflag(kit: Any) -> None:
    text = (
        "Connecting...\r\n"
        "KLSRV_SP_SERVER_SSL_PORT_GUI_OPEN = (BOOL_T)1\r\n"
        "  KLSRV_SP_OPEN_OAPI_PORT=(INT_T) 13299 \r\n"
        'KLSRV_EXAMPLE_TEXT = (STRING_T)"proxy.acme.example"\r\n'
        "KLSRV_EXAMPLE_PASSWORD = (STRING_T)plain1\r\n"
        "KLSRV_EXAMPLE_BIG = (LONG_T)-5000000000\r\n"
        "KLSRV_EXAMPLE_ODD = (BOOL_T)maybe\r\n"
        "Flag is absent\r\n"
    )
    read = kit.read_all(KlscflagReader(), kit.Memory(text.encode(), "ksc01/klscflag.txt"))
    assert read.format == "ksc.klscflag"
    assert read.area("ksc.server", "flags", "ksc01") == {
        "KLSRV_SP_SERVER_SSL_PORT_GUI_OPEN": True,
        "KLSRV_SP_OPEN_OAPI_PORT": 13299,
        "KLSRV_EXAMPLE_TEXT": "proxy.acme.example",
        "KLSRV_EXAMPLE_PASSWORD": "***",
        "KLSRV_EXAMPLE_BIG": -5000000000,
        "KLSRV_EXAMPLE_ODD": "maybe",
    }
    assert read.notes == ["2 lines that state no flag left alone (a flag that is not set prints no value)"]
    assert read.parts[0].settings.locate(("KLSRV_SP_OPEN_OAPI_PORT",)) == 2


def test_a_flag_that_is_printed_with_different_values_is_not_judged(kit: Any) -> None:
    text = b"A = (INT_T)1\nB = (INT_T)7\nA = (INT_T)2\nB = (INT_T)7\n"
    read = kit.read_all(KlscflagReader(), kit.Memory(text))
    assert read.notes == ["A is printed with different values, so not judged"]
    view = SubjectView(read.parts[0].subject)
    for part in read.parts:
        view.add(part)
    assert view.find("flags.A").reason is Reason.CONFLICT
    assert (view.find("flags.B").reason, view.get("flags.B")) == (None, 7)
    assert [part.settings.locate(("A",)) for part in read.parts] == [0, 2]


@pytest.mark.parametrize("data", [b"A = 1\n", b"[General]\nA=(x)\n", b"\0A = (INT_T)1\n", b""])
def test_klscflag_leaves_other_text_alone(kit: Any, data: bytes) -> None:
    assert KlscflagReader().recognise(kit.Memory(data)) == ""


ROWS = [
    {"id": "p1", "KLPOL_ID": 4, "KLPOL_DN": "Workstations", "status": 1, "KLPOL_MODIFIED": "10/15/2025 12:36:15 pm"},
    {"id": "p2", "KLPOL_DN": "Servers", "status": 0, "roles": [{"name": "x"}]},
]


def test_console_table(kit: Any) -> None:
    source = kit.Memory(json.dumps([*ROWS, {"status": 3}]).encode(), "ksc01/table.json")
    assert KscReader().recognise(source) == ""
    read = kit.read_all(ConsoleTableReader(), source)
    assert read.format == "ksc.console-table"
    assert read.area("ksc.policy", "policy", "ksc01/policy/4") == ROWS[0]
    assert read.area("ksc.policy", "policy", "ksc01/policy/p2") == ROWS[1]
    assert read.parts[0].settings.locate(("status",)) == "/0/status"
    assert any("low confidence: 1 rows" in note for note in read.notes)
    assert any("1 rows name no policy" in note for note in read.notes)


def test_a_damaged_console_table_keeps_its_rows(kit: Any) -> None:
    data = json.dumps(ROWS).encode()[:-5]
    read = kit.read_all(ConsoleTableReader(), kit.Memory(data))
    assert [part.subject.name for part in read.parts] == ["Workstations"]
    assert isinstance(read.error, BrokenExport)


@pytest.mark.parametrize("document", [[{"KLPOL_ID": 1}], [{"status": 1}], {"KLPOL_ID": 1, "status": 1}, []])
def test_console_table_needs_policies_with_a_status(kit: Any, document: Any) -> None:
    assert ConsoleTableReader().recognise(kit.Memory(json.dumps(document).encode())) == ""


@pytest.mark.parametrize(
    ("data", "name", "format_id", "advice"),
    [
        (b"\x08\0\0\0kscpolfmn\0\0", "anything.bin", "opaque.klp", "Policy.GetPolicyData"),
        (b"\x01\x02", "export.klp", "opaque.klp", "SsContents.Ss_Read"),
        (b"\x01\x02", "task.KLT", "opaque.klt", "Tasks.GetTaskData"),
        (b"\x01\x02", "x.klprof", "opaque.klprof", "EnumProfiles"),
        (b"\x01\x02\x03", "kes.cfg", "opaque.kes-settings", "Security Center"),
        (b"\x01\x02\x03", "kes.dat", "opaque.kes-settings", "Security Center"),
        (b"\x1f\x8b\x08", "kuma-backup.tar.gz", "opaque.kuma-backup", "delete this copy"),
        (b"PK\x03\x04", "klbackup2026.zip", "opaque.ksc-backup", "delete this copy"),
        (b"PK\x03\x04", "kata_backup.zip", "opaque.kata-backup", "delete this copy"),
    ],
)
def test_opaque_files_are_refused_with_advice(kit: Any, data: bytes, name: str, format_id: str, advice: str) -> None:
    read = kit.read_all(OpaqueReader(), kit.Memory(data, name))
    assert read.format == format_id
    assert isinstance(read.error, UnreadableExport)
    assert advice in read.error.hint
    assert not read.parts


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"key=value\n", "app.cfg"),
        (b"\xff\xfek\0e\0y\0", "app.cfg"),
        (b"PK\x03\x04", "acme.zip"),
        (b"[General]\n", "ksc-backup.ini"),
        (b"\x01\x02", "image.bin"),
    ],
)
def test_readable_files_are_not_refused(kit: Any, data: bytes, name: str) -> None:
    assert OpaqueReader().recognise(kit.Memory(data, name)) == ""
