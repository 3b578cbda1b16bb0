from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import BrokenExport, ExportError, UnreadableExport
from auditor.intake.kesl.ini import KeslIniReader
from auditor.intake.kesl.json_tree import KeslJsonReader

JSON, INI = KeslJsonReader(), KeslIniReader()

EXPORT = {
    "Version": "12.1.0.1297",
    "AppSettings": {"UseKSN": False, "MaxEventsNumber": 500000},
    "NetSettings": {"EncryptedConnectionsScan": True, "NetworkPorts": [{"PortName": "HTTPS", "Port": 443}]},
    "MonitoringTask": [
        {
            "TaskName": "File_Threat_Protection",
            "TaskType": "OAS",
            "Active": True,
            "Settings": {"scanarchived": False, "ScanScope": [{"Path": "/", "AreaMask": ["*", "*.d/x"]}]},
        }
    ],
    "OnDemandTask": [
        {
            "TaskName": "Nightly",
            "TaskType": "ODS",
            "TaskId": 100,
            "Settings": {"ScanPriority": "Idle"},
            "Schedule": {"RuleType": 3},
        }
    ],
    "BackupTask": {"TaskName": "Backup", "TaskType": "Backup", "Settings": {"DaysToLive": 90}},
}


def stated(outcome):
    """What every statement of an area says, facets put together."""
    found = []
    for part in outcome.parts:
        ref, area = part.subject, part.settings.area
        if part.settings.facet == "":
            found.append((ref.kind, ref.key, ref.version, area, dict(part.settings.values)))
        else:
            last = next(entry for entry in reversed(found) if entry[:2] == (ref.kind, ref.key) and entry[3] == area)
            last[4].update(part.settings.values)
    return sorted((*entry[:4], json.dumps(entry[4], sort_keys=True)) for entry in found)


def ini_text(document):
    """The INI twin of an export document."""
    lines = [f"Version={document['Version']}"] if "Version" in document else []

    def plain(value):
        return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value)

    def section(name, node):
        scalars = [(key, value) for key, value in node.items() if not isinstance(value, (dict, list))]
        scalar_lists = [
            (f"{key}.item_{index:04d}", item)
            for key, value in node.items()
            if isinstance(value, list)
            for index, item in enumerate(value)
            if not isinstance(item, dict)
        ]
        lines.append(f"[{name}]")
        lines.extend(f"{key}={plain(value)}" for key, value in [*scalars, *scalar_lists])
        for key, value in node.items():
            if isinstance(value, dict):
                section(f"{name}.{key}", value)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, dict):
                        section(f"{name}.{key}.item_{index:04d}", item)

    for root, node in document.items():
        if isinstance(node, list):
            for index, item in enumerate(node):
                section(f"{root}.item_{index:04d}", item)
        elif isinstance(node, dict):
            section(root, node)
    return "\n".join(lines) + "\n"


def test_an_export_reads_like_its_ini_twin(run):
    left = run(JSON, "kesl/web01/export.json", json.dumps(EXPORT))
    right = run(INI, "kesl/web01/export.ini", ini_text(EXPORT))
    assert left.format_id == "kesl.json"
    assert stated(left) == stated(right)
    assert len(left.parts) == 9


def test_values_numbers_and_booleans(run):
    out = run(JSON, "kesl/web01/export.json", json.dumps(EXPORT))
    assert out.area("app") == {"UseKSN": "No", "MaxEventsNumber": "500000"}
    assert out.area("net")["NetworkPorts"] == [{"PortName": "HTTPS", "Port": "443"}]
    assert out.area("task.File_Threat_Protection")["ScanArchived"] == "No"
    assert out.area("task.Backup") == {"DaysToLive": "90"}
    assert out.area("schedule") == {"RuleType": "3"}


def test_places_are_pointers(run):
    out = run(JSON, "kesl/web01/export.json", json.dumps(EXPORT))
    (part,) = [part for part in out.parts if part.settings.area == "task.File_Threat_Protection"]
    assert part.settings.locate(("ScanArchived",)) == "/MonitoringTask/0/Settings/scanarchived"
    assert part.settings.locate(("ScanScope", 0, "AreaMask", 1)) == "/MonitoringTask/0/Settings/ScanScope/0/AreaMask/1"
    assert part.settings.locate(("ScanScope", 0)) == "/MonitoringTask/0/Settings/ScanScope/0/Path"


def test_flattened_and_numbered_names_mean_the_same(run):
    flat = {
        "Version": "12.1.0.1297",
        "MonitoringTask.item_0007": {"TaskName": "Anti_Cryptor", "TaskType": "AntiCryptor"},
        "MonitoringTask.item_0007.Settings": {
            "BlockTime": 30,
            "ExcludeMasks.item_0004": "b",
            "ExcludeMasks.item_0002": "a",
        },
    }
    out = run(JSON, "kesl/web01/export.json", json.dumps(flat))
    assert out.area("task.Anti_Cryptor") == {"BlockTime": "30", "ExcludeMasks": ["a", "b"]}
    (part,) = [part for part in out.parts if part.settings.area.startswith("task.")]
    assert part.settings.locate(("ExcludeMasks", 0)).endswith("/ExcludeMasks.item_0002")


@pytest.mark.parametrize(
    ("name", "document", "area", "key"),
    [
        ("settings.json", {"BlockAttackingHosts": True}, "task.Network_Threat_Protection", "web01"),
        ("settings.json", {"MaxEventsNumber": 1}, "app", "web01"),
        ("settings.json", {"EncryptedConnectionsScan": True}, "net", "web01"),
        ("settings.json", {"DeviceClass": {"Modem": "Block"}}, "task.Device_Control", "web01"),
        ("task_2_Scan_My_Computer.json", {"ScanPriority": "Idle"}, "task.Scan_My_Computer", "web01"),
        ("task_100_Nightly.json", {"ScanPriority": "Idle"}, "task", "web01/Nightly"),
        ("task_100_Nightly.json", {"ApplicationUpdateMode": "DownloadOnly"}, "task", "web01/Nightly"),
        ("settings.json", {"ApplicationUpdateMode": "DownloadOnly"}, "task.Update", "web01"),
        ("schedule_6_Update.json", {"RuleType": "Hourly"}, "schedule.Update", "web01"),
        ("task_settings.json", {"ScanPriority": "Idle"}, "task", "web01/unnamed (task_settings.json)"),
        ("settings.json", {"RuleType": "Hourly"}, "schedule", "web01/unnamed (settings.json)"),
        (
            "task_11_System_Integrity_Monitoring.json",
            {"UseExcludeMasks": "No"},
            "task.System_Integrity_Monitoring",
            "web01",
        ),
    ],
)
def test_single_files(run, name, document, area, key):
    out = run(JSON, f"kesl/web01/{name}", json.dumps(document))
    assert [(part.settings.area, part.subject.key) for part in out.parts] == [(area, key)]
    assert ("unnamed" in key) == any("does not tell which task" in note for note in out.notes)


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("task_11_System_Integrity_Monitoring.json", {"settings": {"UseExcludeMasks": "No"}}),
        ("task_11_System_Integrity_Monitoring.json", {"people": 3}),
        ("task-state_System_Integrity_Monitoring.json", {"UseExcludeMasks": "No"}),
        ("task_100_Nightly.json", {"UseExcludeMasks": "No"}),
        ("settings.json", {"UseExcludeMasks": "No"}),
    ],
)
def test_a_name_alone_makes_no_settings_of_a_task(source, name, document):
    assert JSON.recognise(source(f"kesl/web01/{name}", json.dumps(document))) == ""


def test_application_info_with_localised_labels(run):
    document = {
        "Название": "Kaspersky Endpoint Security 12.1 для Linux",
        "Версия": "12.1.0.1297",
        "Базы приложения загружены": "Да",
    }
    out = run(JSON, "kesl/web01/app-info.json", json.dumps(document, ensure_ascii=False))
    assert out.format_id == "kesl.app-info-json"
    assert out.area("info")["DatabasesLoaded"] == "Yes"
    assert out.parts[0].subject.version == "12.1.0.1297"
    assert out.parts[0].settings.locate(("DatabasesLoaded",)) == "/Базы приложения загружены"


def test_container_status(run):
    document = {
        "product info": {
            "databases_date": "2026-02-28 12:58:00",
            "databases_loaded": False,
            "policy": "Not applied",
            "version": "12.0.0.6672",
        },
        "status": "service not available",
    }
    out = run(JSON, "web01/status.json", json.dumps(document))
    assert out.format_id == "kesl.status-json"
    info = out.area("info")
    assert (info["DatabasesLoaded"], info["DatabasesDate"]) == ("No", "2026-02-28T12:58:00")
    assert out.parts[0].subject.version == "12.0.0.6672"


def test_secrets_never_leave(run):
    document = {
        "AppSettings": {
            "ProxyServer": "joe:Winter-2026@proxy.acme.example:3128",
            "Extra": {"Password": {"text": "Winter-2026"}},
        },
        "NewSection": {"Token": "Winter-2026-abcdef"},
    }
    out = run(JSON, "kesl/web01/export.json", json.dumps(document))
    assert "Winter" not in repr([part.settings.values for part in out.parts]) + repr(out.notes)
    assert "proxy.acme.example:3128" in out.area("app")["ProxyServer"]


def test_names_that_differ_in_case_contradict_each_other(run):
    out = run(JSON, "web01/x.json", '{"BlockAttackingHosts": true, "blockattackinghosts": false}')
    assert [part.settings.values for part in out.parts] == [
        {"BlockAttackingHosts": "Yes"},
        {"BlockAttackingHosts": "No"},
    ]
    assert any("stated twice" in note for note in out.notes)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ('{"AppSettings": {"UseKSN": ', BrokenExport, "not valid JSON"),
        ('{"AppSettings": {"UseKSN": 1, "UseKSN": 2}}', BrokenExport, "stands twice"),
        ('{"AppSettings": {"UseKSN": NaN}}', BrokenExport, "no JSON value"),
        ('{"AppSettings": ' + '{"a":' * 200 + "1" + "}" * 201, BrokenExport, "too deeply"),
        ('{"AppSettings": ' + "[" * 800 + "]" * 800 + "}", BrokenExport, "too deeply"),
        ('{"AppSettings": ' + "[" * 100_000, BrokenExport, "too deeply"),
        ('{"kesl": {"settings": {"AppSettings": {"UseKSN": false}}}}', UnreadableExport, "layout is not known"),
    ],
)
def test_damage_and_unknown_layouts_say_what_to_do(source, text, error, words):
    made = source("web01/export.json", text)
    assert JSON.recognise(made) == "kesl.json"
    with pytest.raises(error, match=words) as caught:
        list(JSON.read(made, "kesl.json"))
    assert "--export-settings" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        '{"PxgRetVal": {"AppSettings": {"a": 1}}}',
        '{"format": "ksc-openapi-call/1", "AppSettings": {}}',
        '{"schedule": {"ruleType": "Once"}}',
        '{"enabled": true, "action": 0}',
        '{"Name": "x", "Version": "1.0"}',
        "[]",
        "",
    ],
)
def test_other_json_is_not_recognised(source, text):
    assert JSON.recognise(source("web01/x.json", text)) == ""


_TEXT = st.from_regex(r"\A[A-Za-z0-9/*.][A-Za-z0-9/*. ;=#-]{0,8}[A-Za-z0-9/*]\Z")
_SCALAR = st.one_of(st.booleans(), st.integers(-(10**12), 10**12), _TEXT)
_KEY = st.sampled_from(["ScanArchived", "firstaction", "USEEXCLUDEMASKS", "TimeLimit", "NewKey", "Path"])
_LIST = st.sampled_from(["ScanScope", "ExcludedFromScanScope", "PacketRules"])
_ITEM = st.dictionaries(_KEY, _SCALAR, min_size=1, max_size=3)
_SETTINGS = st.tuples(
    st.dictionaries(_KEY, _SCALAR, max_size=4),
    st.dictionaries(_LIST, st.lists(_ITEM, min_size=1, max_size=3), max_size=2),
    st.dictionaries(st.just("ExcludeMasks"), st.lists(_TEXT, min_size=1, max_size=3), max_size=1),
    st.dictionaries(st.just("DeviceBus"), st.dictionaries(_KEY, _SCALAR, max_size=2), max_size=1),
).map(lambda parts: {key: value for part in parts for key, value in part.items()})
_TASK = st.builds(
    lambda name, kind, inner, schedule: {
        "TaskName": name,
        "TaskType": kind,
        **({"Settings": inner} if inner else {}),
        **({"Schedule": schedule} if schedule else {}),
    },
    st.sampled_from(["Update", "File_Threat_Protection", "Nightly", "scan_my_computer"]),
    st.sampled_from(["OAS", "ODS", "Update"]),
    _SETTINGS,
    st.dictionaries(st.just("RuleType"), st.integers(0, 8), max_size=1),
)
_DOCUMENT = st.fixed_dictionaries(
    {"Version": st.just("12.1.0.1297"), "AppSettings": _SETTINGS.filter(bool)},
    optional={
        "NetSettings": _SETTINGS.filter(bool),
        "MonitoringTask": st.lists(_TASK, min_size=1, max_size=3),
        "OnDemandTask": st.lists(_TASK, min_size=1, max_size=2),
        "BackupTask": _TASK,
    },
)


@given(_DOCUMENT)
@settings(max_examples=60)
def test_generated_settings_read_like_their_ini_twin(run, document):
    left = run(JSON, "kesl/web01/export.json", json.dumps(document))
    right = run(INI, "kesl/web01/export.ini", ini_text(document))
    assert stated(left) == stated(right)


@given(
    st.one_of(
        st.text(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9) | _KEY | _LIST, inner, max_size=3)
            ),
            max_leaves=12,
        ).map(json.dumps),
    )
)
def test_only_export_errors_come_out_of_any_json(source, text):
    made = source("kesl/web01/x.json", text)
    for format_id in {JSON.recognise(made), *JSON.formats} - {""}:
        with contextlib.suppress(ExportError):
            items = list(JSON.read(made, format_id))
            assert items or text.replace(" ", "") in ("{}", '{"productinfo":{}}')
