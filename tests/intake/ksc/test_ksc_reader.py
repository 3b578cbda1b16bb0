from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.errors import BrokenExport, LimitExceeded, UnreadableExport
from auditor.intake.ksc import KscReader
from auditor.intake.ksc import call as call_module
from auditor.intake.ksc import envelope as envelope_module
from auditor.intake.ksc import extras as extras_module

POLICY = {
    "KLPOL_ACTIVE": True,
    "KLPOL_CREATED": {"type": "datetime", "value": "2025-02-25T08:14:39Z"},
    "KLPOL_DN": "Workstations",
    "KLPOL_GROUP_ID": 0,
    "KLPOL_ID": 1,
    "KLPOL_INHERITED": False,
    "KLPOL_PRODUCT": "KES",
}
DEVICE = {
    "KLHST_WKS_HOSTNAME": "a-1",
    "KLHST_WKS_DN": "web01",
    "KLHST_WKS_GROUPID": 4,
    "KLHST_WKS_STATUS": 31,
    "KLHST_WKS_LAST_VISIBLE": {"type": "datetime", "value": "2026-03-01T09:00:00Z"},
}


def test_policies_naked_by_name_and_by_attributes(kit: Any) -> None:
    answer = {"PxgRetVal": [kit.params(POLICY), kit.params({**POLICY, "KLPOL_ID": 2, "KLPOL_DN": "Agent"})]}
    for name in ("Policy.GetPoliciesForGroup.json", "policies.json", "x_Policy.GetPoliciesForGroup.3.json"):
        read = kit.naked(answer, name)
        assert read.format == "ksc.openapi-response"
        assert read.error is None
        assert read.area("ksc.policy", "policy", "policy/1") == {**POLICY, "KLPOL_CREATED": "2025-02-25T08:14:39Z"}
        assert [part.subject.name for part in read.parts] == ["Workstations", "Agent"]
        assert read.parts[1].subject.key == "ksc01/policy/2"
        locate = read.parts[1].settings.locate
        assert kit.resolve(answer, locate(("KLPOL_CREATED",))) == "2025-02-25T08:14:39Z"


def test_bundle_gives_server_time_and_request(kit: Any) -> None:
    read = kit.call("Limits.GetLimits", {"PxgRetVal": kit.typed("long", 400000)}, {"param": 3}, server="ksc02")
    assert read.format == "ksc.openapi-bundle"
    assert read.collected == ["2026-03-01T10:00:00Z"]
    assert read.area("ksc.server", "limits") == {"3": 400000}
    assert read.parts[0].subject.key == "ksc02"
    assert read.parts[0].settings.locate(("3",)) == "/response/PxgRetVal/value"


def test_a_virtual_server_has_a_key_of_its_own(kit: Any) -> None:
    read = kit.call("DatabaseInfo.GetDBSize", {"PxgRetVal": 1}, virtual_server="branch")
    assert read.parts[0].subject.key == "ksc01:branch"


def test_devices_stream_as_raw_rows(kit: Any) -> None:
    rows = [kit.params({**DEVICE, "KLHST_WKS_HOSTNAME": f"a-{n}"}) for n in range(1234)]
    answer = {"pChunk": {"KLCSP_ITERATOR_ARRAY": rows}, "PxgRetVal": 1234}
    read = kit.call("ChunkAccessor.GetItemsChunk", answer)
    assert read.devices() == [row["value"] for row in rows]
    assert {batch.kind for batch in read.rows} == {"ksc.host"}
    assert {batch.server for batch in read.rows} == {"ksc01"}
    assert {batch.pointer for batch in read.rows} == {"/response/pChunk/KLCSP_ITERATOR_ARRAY"}
    position = 0
    for batch in read.rows:
        assert batch.first == position
        position += len(batch.records)
    assert read.parts == []
    assert read.notes == []


def test_rows_before_the_members_that_name_the_call(kit: Any) -> None:
    rows = [kit.params(DEVICE)] * 3
    bundle = {
        "response": {"pChunk": {"KLCSP_ITERATOR_ARRAY": rows}, "PxgRetVal": 3},
        "format": "ksc-openapi-call/1",
        "server": "ksc77",
        "method": "ChunkAccessor.GetItemsChunk",
        "collected_at": "2026-03-01T12:00:00+02:00",
    }
    read = kit.read_all(KscReader(), kit.Memory(json.dumps(bundle).encode(), "other/page.json", "other"))
    assert read.format == "ksc.openapi-bundle"
    assert [batch.server for batch in read.rows] == ["ksc77"]
    assert read.collected == ["2026-03-01T10:00:00Z"]


def test_rows_that_are_no_objects_are_counted_and_positions_stay_true(kit: Any) -> None:
    rows = [kit.params(DEVICE), None, kit.params(DEVICE), 7, kit.params(DEVICE)]
    read = kit.call("ChunkAccessor.GetItemsChunk", {"pChunk": {"KLCSP_ITERATOR_ARRAY": rows}})
    assert [(batch.first, len(batch.records)) for batch in read.rows] == [(0, 1), (2, 1), (4, 1)]
    assert read.notes == ["2 rows hold no object and were left out"]


def test_secrets_and_binaries_leave_device_rows(kit: Any) -> None:
    row = {
        **DEVICE,
        "KLHST_ADMIN_PASSWORD": "plain1",
        "KLHST_APP_INFO": kit.params({"kesl": kit.params({"12.0": kit.params({"ProxyPassword": "plain2", "A": 1})})}),
    }
    read = kit.call("ChunkAccessor.GetItemsChunk", {"pChunk": {"KLCSP_ITERATOR_ARRAY": [kit.params(row)]}})
    assert "plain" not in str(read.devices())
    pointer = "/KLHST_APP_INFO/value/kesl/value/12.0/value"
    assert kit.resolve(read.devices()[0], pointer)["A"] == 1  # wrappers stay, so that pointers stay right
    blob = {**DEVICE, "KLHST_ICON": kit.typed("binary", "AAEC")}
    read = kit.call("ChunkAccessor.GetItemsChunk", {"pChunk": {"KLCSP_ITERATOR_ARRAY": [kit.params(blob)]}})
    assert read.devices()[0]["KLHST_ICON"] == kit.typed("binary", "(binary, 3 bytes)")


def test_one_device_and_its_products(kit: Any) -> None:
    read = kit.naked({"PxgRetVal": DEVICE}, "one.json")
    assert read.devices() == [DEVICE]
    products = {
        "1103": kit.params({"1.0.0.0": kit.params({"BaseRecords": 0, "LastUpdateTime": kit.typed("datetime", "")})})
    }
    plain = {"1103": {"1.0.0.0": {"BaseRecords": 0, "LastUpdateTime": ""}}}
    read = kit.call("HostGroup.GetHostProducts", {"PxgRetVal": products}, {"strHostName": "a-1"})
    assert read.area("ksc.device", "products", "ksc01/host/a-1") == plain
    read = kit.naked({"PxgRetVal": products}, "products.json")
    assert read.area("ksc.contents", "products") == plain


def test_nested_groups(kit: Any) -> None:
    inner = kit.params({"id": 5, "name": "Leaf"})
    middle = kit.params({"id": 4, "name": "Branch", "groups": [inner]})
    answer = {
        "PxgRetVal": [
            kit.params({"id": 3, "name": "Top", "groups": [middle, None]}),
            kit.params({"id": 9, "name": "X"}),
        ]
    }
    read = kit.call("HostGroup.GetSubgroups", answer, {"nGroupId": 0, "nDepth": 0})
    assert read.area("ksc.group", "group", "group/5") == {"id": 5, "name": "Leaf"}
    assert read.area("ksc.group", "path", "group/5") == {"ParentId": "4"}
    assert read.area("ksc.group", "path", "group/3") == {"ParentId": "0"}
    part = next(part for part in read.parts if part.subject.key.endswith("group/5"))
    bundle = {"response": answer}
    assert kit.resolve(bundle, part.settings.locate(("name",))) == "Leaf"


def test_absurdly_nested_groups_are_broken_not_fatal(kit: Any) -> None:
    tree: dict[str, Any] = {"id": 1, "name": "g"}
    for number in range(2, 300):
        tree = {"id": number, "name": "g", "groups": [kit.params(tree)]}
    read = kit.call("HostGroup.GetSubgroups", {"PxgRetVal": [kit.params(tree)]}, {"nGroupId": 0})
    assert isinstance(read.error, BrokenExport)
    assert len(read.parts) > 50


def test_group_attributes_with_status_rules(kit: Any) -> None:
    rules = {"KLSRV_HSTSTAT_MASK": 674, "KLSRV_HSTSTAT_OLD_AV_BASES": 7}
    answer = {"PxgRetVal": {"name": "Managed devices", "KLSRV_HSTSTAT_CRITICAL": kit.params(rules)}}
    read = kit.call("HostGroup.GetGroupInfoEx", answer, {"nGroupId": 0, "pArrAttributes": ["name"]})
    assert read.area("ksc.group", "group", "ksc01/group/0") == {
        "name": "Managed devices",
        "KLSRV_HSTSTAT_CRITICAL": rules,
    }


def test_policy_seen_from_below_keeps_its_own_attributes(kit: Any) -> None:
    answer = {"PxgRetVal": [kit.params({**POLICY, "KLPOL_INHERITED": True})]}
    read = kit.call("Policy.GetEffectivePoliciesForGroup", answer, {"nGroupId": 7})
    assert "KLPOL_INHERITED" not in read.area("ksc.policy", "policy")
    assert read.area("ksc.policy", "seen_from_group.7") == {"KLPOL_INHERITED": True}
    read = kit.naked(answer, "Policy.GetPoliciesForGroup.json")
    assert read.area("ksc.policy", "policy")["KLPOL_INHERITED"] is True


def test_policy_data_with_contents(kit: Any) -> None:
    node = kit.params({"KLPRSS_Val": kit.typed("long", 30), "KLPRSS_Mnd": True})
    answer = {"PxgRetVal": {**POLICY, "ExampleSection": kit.params({"Limit": node})}}
    read = kit.call("Policy.GetPolicyData", answer, {"nPolicy": 1})
    assert "ExampleSection" not in read.area("ksc.policy", "policy")
    part = next(part for part in read.parts if part.settings.area == "section.ExampleSection")
    assert part.settings.values == {"Limit": 30}
    assert part.settings.locks[("Limit",)].own
    assert kit.resolve({"response": answer}, part.settings.locate(("Limit",))) == 30


def test_naked_policy_contents_are_recognised(kit: Any) -> None:
    node = kit.params({"KLPRSS_Val": True, "KLPRSS_Mnd": False})
    read = kit.naked(
        {"PxgRetVal": {"Box": kit.params({"KLPRSS_Val": kit.params({"Switch": node}), "KLPRSS_Mnd": True})}}
    )
    part = read.parts[0]
    assert (part.subject.kind, part.settings.area) == ("ksc.contents", "section.(unnamed)")
    assert part.settings.values == {"Box": {"Switch": True}}
    assert part.settings.locks[("Box", "Switch")].above


def test_profiles(kit: Any) -> None:
    enabled = kit.params({"KLPRSS_Val": True, "KLPRSS_Mnd": True})
    answer = {"PxgRetVal": {"Laptops": kit.params({"KLSSPOL_PRF_ENABLED": enabled})}}
    read = kit.call("PolicyProfiles.EnumProfiles", answer, {"nPolicy": 5, "nRevision": 0})
    assert read.area("ksc.policy", "profiles") == {"Profiles": [{"Name": "Laptops", "KLSSPOL_PRF_ENABLED": True}]}
    assert read.area("ksc.profile", "profile", "policy/5/profile/Laptops") == {"KLSSPOL_PRF_ENABLED": True}
    read = kit.call("PolicyProfiles.GetPriorities", {"PxgRetVal": ["Laptops", "Pilot"]}, {"nPolicy": 5})
    assert read.area("ksc.policy", "profiles") == {"Priorities": ["Laptops", "Pilot"]}


@pytest.mark.parametrize(
    ("method", "wrapped", "answer"),
    [
        ("PolicyProfiles.GetProfileSettings", True, {"S": {"A": 5}}),
        ("Policy.GetPolicyContents", False, {"a/b": {"A": 5}}),
        ("Policy.GetPolicyData", True, {"a~1b": {"A": {"KLPRSS_Val": 5}}}),
        ("PolicyProfiles.EnumProfiles", True, {"Laptops/VPN": {"A": 5}}),
    ],
)
def test_names_with_slashes_and_wrappers_do_not_lead_astray(kit: Any, method: str, wrapped: bool, answer: Any) -> None:
    response = {"PxgRetVal": kit.params(answer) if wrapped else answer}
    read = kit.call(method, response, {"nPolicy": 3, "szwName": "P"})
    [part] = [part for part in read.parts if part.settings.values == {"A": 5}]
    assert kit.resolve({"response": response}, part.settings.locate(("A",))) == 5


TASK = {
    "TASK_UNIQUE_ID": "101",
    "TASK_NAME": "DoUpdate",
    "TASKSCH_TYPE": 2,
    "TASKSCH_FIRST_EXECUTION_TIME": {"type": "datetime", "value": "2026-01-01T00:00:00Z"},
    "TASK_INFO_PARAMS": {"type": "params", "value": {"DisplayName": "Download updates", "PRTS_TASK_GROUPID": 0}},
}


def test_tasks(kit: Any) -> None:
    for method, member in (("Tasks.GetTaskData", "PxgRetVal"), ("Tasks.GetNextTask", "pTaskData")):
        read = kit.call(method, {member: TASK})
        values = read.area("ksc.task", "task", "ksc01/task/101")
        assert values["TASK_INFO_PARAMS"] == {"DisplayName": "Download updates", "PRTS_TASK_GROUPID": 0}
        assert read.parts[0].subject.name == "Download updates"
    without = {name: value for name, value in TASK.items() if name != "TASK_UNIQUE_ID"}
    read = kit.call("Tasks.GetTaskData", {"PxgRetVal": without}, {"strTask": "88"})
    assert read.parts[0].subject.key == "ksc01/task/88"
    read = kit.call(
        "Tasks.GetTaskStatistics", {"PxgRetVal": {"8": 39, "GNRL_COMPLETED_PERCENT": 100}}, {"strTask": "101"}
    )
    assert read.area("ksc.task", "statistics", "task/101") == {"8": 39, "GNRL_COMPLETED_PERCENT": 100}
    rows = [kit.params({"hostdn": "web01", "state_descr": "ok"})]
    answer = {"pParHostStatus": {"statuses": rows}, "PxgRetVal": 1}
    read = kit.call("Tasks.GetHostStatusRecordRange", answer, {"strHostIteratorId": "it9"})
    assert read.area("ksc.contents", "hosts", "contents/it9") == {"Hosts": [{"hostdn": "web01", "state_descr": "ok"}]}
    read = kit.call("Tasks.GetAllTasksOfHost", {"PxgRetVal": ["238", "2"]}, {"strHostName": "a-1"})
    assert read.area("ksc.device", "tasks", "host/a-1") == {"TaskIds": ["238", "2"]}
    assert kit.call("Tasks.GetNextTask", {"pTaskData": {}}).notes == ["no further task: the end of a list"]


def test_licences_users_and_points(kit: Any) -> None:
    licence = {
        "KLLIC_SERIAL": "1A2B-000451-06F2C0DE",
        "KLLIC_PROD_NAME": "Example",
        "KLLICSRV_KEYDATA": kit.typed("binary", "QUJD"),
    }
    read = kit.naked({"pChunk": {"KLCSP_ITERATOR_ARRAY": [kit.params(licence)]}}, "keys.json")
    part = read.parts[0]
    assert (part.subject.kind, part.subject.key) == ("ksc.licence", "ksc01/licence/***C0DE")
    assert part.settings.values == {"KLLIC_SERIAL": "***C0DE", "KLLIC_PROD_NAME": "Example"}
    user = {
        "KLSPL_USER_ID": 5,
        "KLSPL_USER_NAME": "helpdesk",
        "KLSPL_USER_ENABLED": True,
        "KLSPL_USER_MAIL": "h@acme.example",
    }
    read = kit.call("SecurityPolicy.GetUsers", {"PxgRetVal": [kit.params(user)]})
    assert read.area("ksc.user", "user", "user/5")["KLSPL_USER_ENABLED"] is True
    assert "acme.example" not in str(read.parts)
    read = kit.call("UaControl.GetUpdateAgentsList", {"pUasArr": [kit.params({"UaHostId": "u1", "UaIsCg": False})]})
    assert read.area("ksc.distribution_point", "point", "distribution_point/u1") == {"UaHostId": "u1", "UaIsCg": False}
    assert read.area("ksc.server", "distribution") == {"Points": 1}
    read = kit.call("UaControl.GetUpdateAgentsList", {"pUasArr": []})
    assert read.area("ksc.server", "distribution") == {"Points": 0}
    read = kit.call("UaControl.GetUpdateAgentInfo", {"pUaInfo": {"UaPort": 13000}}, {"wstrUaHostId": "u1"})
    assert read.area("ksc.distribution_point", "point", "distribution_point/u1") == {"UaPort": 13000}


SERVER_ANSWERS = [
    (
        "HostGroup.GetStaticInfo",
        {"PxgRetVal": {"KLADMSRV_PRODUCT_FULL_VERSION": "15.1.0.1"}},
        {},
        "static",
        {"KLADMSRV_PRODUCT_FULL_VERSION": "15.1.0.1"},
    ),
    (
        "HostGroup.GetStaticInfo",
        {"pValues": {"KLADMSRV_LINUX_EDITION": True}},
        {},
        "static",
        {"KLADMSRV_LINUX_EDITION": True},
    ),
    (
        "HostGroup.GetInstanceStatistics",
        {"PxgRetVal": {"KLSRV_ST_PING_CNT": 5}},
        {},
        "statistics",
        {"KLSRV_ST_PING_CNT": 5},
    ),
    ("HostGroup.GetRunTimeInfo", {"PxgRetVal": {"KLSRV_ST_SYNC_CNT": 5}}, {}, "statistics", {"KLSRV_ST_SYNC_CNT": 5}),
    ("DatabaseInfo.GetDBSize", {"PxgRetVal": {"type": "long", "value": 9}}, {}, "database", {"DBSize": 9}),
    ("DatabaseInfo.GetDBDataSize", {"PxgRetVal": 8}, {}, "database", {"DBDataSize": 8}),
    ("DatabaseInfo.GetDBEventsCount", {"PxgRetVal": 7}, {}, "database", {"DBEventsCount": 7}),
    (
        "AdmServerSettings.GetSharedFolder",
        {"PxgRetVal": "\\\\ksc01\\share"},
        {},
        "shared_folder",
        {"SharedFolder": "\\\\ksc01\\share"},
    ),
    ("KsnInternal.GetSettings", {"pSettings": {"KSNPROXY_ENABLE": True}}, {}, "ksn_proxy", {"KSNPROXY_ENABLE": True}),
    (
        "KsnInternal.GetSettings",
        {"pSettings": {"KSNPROXY_SETTINGS": {"type": "params", "value": {"KSNPROXY_ENABLE": False}}}},
        {},
        "ksn_proxy",
        {"KSNPROXY_ENABLE": False},
    ),
    ("KsnInternal.CheckKsnConnection", {"PxgRetVal": False}, {}, "ksn_proxy", {"ConnectionOk": False}),
    ("TotpGlobalSettings.Get2FaRequiredForAll", {"PxgRetVal": True}, {}, "two_step", {"RequiredForAll": True}),
    (
        "TotpGlobalSettings.GetTotpGlobalSettings",
        {"pSettings": {"TotpIssuer": "x"}},
        {},
        "two_step",
        {"TotpIssuer": "x"},
    ),
    (
        "TotpGlobalSettings.IfCanConfigure2FaSettings",
        {"PxgRetVal": True, "bLoggedInUsing2FA": False},
        {},
        "two_step",
        {"CanConfigure": True, "bLoggedInUsing2FA": False},
    ),
    (
        "TotpUserSettings.IfEnabled2FaForUser",
        {"PxgRetVal": True},
        {"llTrusteeId": {"type": "long", "value": 12}},
        "two_step_users",
        {"12": True},
    ),
    ("UaControl.GetAssignUasAutomatically", {"PxgRetVal": True}, {}, "distribution", {"AutomaticAssignment": True}),
    ("Policy.GetOutbreakPolicies", {"PxgRetVal": [3, 4]}, {}, "outbreak", {"PolicyIds": [3, 4]}),
    ("Policy.GetOutbreakPolicies", {"PxgRetVal": []}, {}, "outbreak", {"PolicyIds": []}),
    (
        "ServerHierarchy.GetChildServers",
        {"PxgRetVal": [{"type": "params", "value": {"KLSRVH_SRV_ID": 1}}]},
        {},
        "children",
        {"Servers": [{"KLSRVH_SRV_ID": 1}]},
    ),
    (
        "ServerHierarchy.GetServerInfo",
        {"PxgRetVal": {"KLSRVH_SRV_DN": "s"}},
        {"lServer": 4},
        "child.4",
        {"KLSRVH_SRV_DN": "s"},
    ),
    ("VServers.GetVServers", {"PxgRetVal": []}, {}, "virtual_servers", {"Servers": []}),
    (
        "Updates.GetUpdatesInfo",
        {"PxgRetVal": [{"type": "params", "value": {"KLUPDSRV_BUNDLE_ID": "KES"}}]},
        {},
        "updates",
        {"Bundles": [{"KLUPDSRV_BUNDLE_ID": "KES"}]},
    ),
    (
        "ServerTransportSettings.GetCurrentConnectionSettings",
        {"PxgRetVal": {"TRSP_SETTINGS_PORT": 13000}},
        {"szwCertType": "CERT_A"},
        "transport",
        {"CERT_A": {"TRSP_SETTINGS_PORT": 13000}},
    ),
    (
        "HostGroup.SS_Read",
        {"PxgRetVal": {"KLSRV_NETSIZE": 2}},
        {"strType": "SS_SETTINGS", "strProduct": "1093", "strSection": "KLSRV_NETSIZE_SECTION"},
        "section.KLSRV_NETSIZE_SECTION",
        {"KLSRV_NETSIZE": 2},
    ),
    ("HostGroup.GroupIdUnassigned", {"PxgRetVal": 1}, {}, "group_ids", {"GroupIdUnassigned": 1}),
]


@pytest.mark.parametrize("answer", SERVER_ANSWERS, ids=lambda answer: f"{answer[0]}-{answer[3]}")
def test_server_areas(kit: Any, answer: tuple[str, Any, Any, str, Any]) -> None:
    method, response, request_, area, values = answer
    read = kit.call(method, response, request_)
    assert read.error is None
    assert read.area("ksc.server", area, "ksc01") == values
    assert len(read.parts) == 1
    part = read.parts[0]
    for name, value in values.items():
        if not isinstance(value, list | dict):
            assert kit.resolve({"response": response}, part.settings.locate((name,))) == value


def test_the_server_version_is_on_its_subject(kit: Any) -> None:
    read = kit.call("HostGroup.GetStaticInfo", {"PxgRetVal": {"KLADMSRV_PRODUCT_FULL_VERSION": "15.1.0.1"}})
    assert read.parts[0].subject.version == "15.1.0.1"


def test_a_section_of_another_product_is_not_the_servers(kit: Any) -> None:
    request = {"strHostName": "a-1", "strType": "SS_SETTINGS", "strProduct": "1103", "strSection": "KSNPROXY_SETTINGS"}
    read = kit.call("HostGroup.SS_Read", {"PxgRetVal": {"KSNPROXY_ENABLE": True}}, request)
    assert read.area("ksc.device", "section.1103.KSNPROXY_SETTINGS", "host/a-1") == {"KSNPROXY_ENABLE": True}
    read = kit.naked({"PxgRetVal": {"KSNPROXY_ENABLE": True}}, "HostGroup.SS_Read.KSNPROXY_SETTINGS.json")
    assert read.parts[0].subject.kind == "ksc.contents"
    read = kit.naked({"PxgRetVal": {"KLSRV_NETSIZE": 1}}, "HostGroup.SS_Read_KLSRV_NETSIZE_SECTION.json")
    assert read.area("ksc.server", "section.KLSRV_NETSIZE_SECTION") == {"KLSRV_NETSIZE": 1}


def test_answers_without_a_home_are_kept_to_the_last_value(kit: Any) -> None:
    rows = [
        kit.params({"Title": "disk", "Size": kit.typed("long", 5)}),
        kit.params({"Title": "cpu", "More": [1, {"x": 2}]}),
    ]
    read = kit.naked(
        {"pRecords": {"KLCSP_ITERATOR_ARRAY": rows, "KLCSP_MORE": 1}}, "SrvView.GetRecordRange_HWInvStorage.json"
    )
    values = read.area("ksc.server", "extra.SrvView.GetRecordRange")
    assert values["Rows"] == [{"Title": "disk", "Size": 5}, {"Title": "cpu", "More": [1, {"x": 2}]}]
    assert values["pRecords"] == {"KLCSP_MORE": 1}
    software = {"PxgRetVal": {"GNRL_EA_PARAM_1": [kit.params({"DisplayName": "Editor", "bIsMsi": False})]}}
    read = kit.naked(software, "software.json")
    assert read.area("ksc.server", "extra.software")["Rows"] == [{"DisplayName": "Editor", "bIsMsi": False}]
    read = kit.call("ReportManager.GetReportInfo", {"PxgRetVal": {"RPT_DN": "x"}}, {"lReportId": 4})
    assert read.area("ksc.server", "extra.ReportManager.GetReportInfo(lReportId=4)") == {"PxgRetVal": {"RPT_DN": "x"}}


def test_long_lists_without_a_home_are_counted(kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras_module, "PAGE_ROWS", 10)
    rows = [kit.params({"event_id": n}) for n in range(25)]
    read = kit.call("EventProcessing.GetRecordRange", {"pParamsEvents": {"KLEVP_EVENT_RANGE_ARRAY": rows}})
    part = read.parts[0]
    assert len(part.settings.values["Rows"]) == 10
    assert not part.settings.complete
    assert any("15 rows" in note for note in read.notes)


def test_large_rows_without_a_home_do_not_pile_up(kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_module, "KEPT_SIZE", 200_000)
    rows = [kit.params({"Title": "x" * 70_000}) for _ in range(10)]
    for method in ("SrvView.GetRecordRange", "Updates.GetUpdatesInfo"):
        read = kit.call(method, {"pRecords": {"KLCSP_ITERATOR_ARRAY": rows}})
        held = sum(
            len(item) for part in read.parts for item in kit.scalars(part.settings.values) if isinstance(item, str)
        )
        assert 0 < held < 200_000
        assert not read.parts[0].settings.complete
        assert any("counted, not kept" in note for note in read.notes)


def test_answers_without_rows_have_a_limit(kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope_module, "_HELD_LIMIT", 100_000)
    for answer in ({f"m{n}": 1 for n in range(2000)}, {"a": "x" * 60_000, "b": "y" * 60_000}):
        read = kit.call("HostGroup.GetStaticInfo", {"PxgRetVal": answer})
        assert isinstance(read.error, LimitExceeded)
        assert read.error.where.startswith("byte ")
        assert not read.parts[0].settings.complete


def test_a_second_array_of_rows_is_kept_beside_the_first(kit: Any) -> None:
    answer = {"PxgRetVal": [kit.params(POLICY)], "pMore": [kit.params({"A": 1}), kit.params({"A": 2})]}
    read = kit.call("Policy.GetPoliciesForGroup", answer, {"nGroupId": 0})
    assert read.area("ksc.policy", "policy")["KLPOL_ID"] == 1
    assert read.area("ksc.server", "extra.Policy.GetPoliciesForGroup(nGroupId=0)") == {"pMore": [{"A": 1}, {"A": 2}]}


def test_a_refused_call_is_no_data(kit: Any) -> None:
    error = {"code": 1190, "module": "KLSTD", "message": "Access denied for admin@acme.example"}
    for read in (
        kit.call("HstAccessControl.FindRoles", {"PxgError": error}),
        kit.naked({"PxgError": error}, "HstAccessControl.FindRoles.json"),
    ):
        assert isinstance(read.error, UnreadableExport)
        assert "HstAccessControl.FindRoles" in read.error.message
        assert "1190" in read.error.message
        assert "admin" not in read.error.message
        assert "right to read roles" in read.error.hint
        assert read.parts == []


def test_session_answers_are_dropped(kit: Any) -> None:
    read = kit.call("Session.StartSession", {"PxgRetVal": "nsPbUpP1oAVZlM1lODEbg8A=="})
    assert read.parts == []
    assert "token" in read.notes[0]
    assert "nsPb" not in str(read)


def test_a_wrong_count_is_told(kit: Any) -> None:
    rows = [kit.params(DEVICE)]
    read = kit.call("ChunkAccessor.GetItemsChunk", {"PxgRetVal": 2, "pChunk": {"KLCSP_ITERATOR_ARRAY": rows}})
    assert read.notes == ["the answer says 2 rows and holds 1"]


def test_truncated_pages_keep_their_rows(kit: Any) -> None:
    rows = [kit.params({**DEVICE, "KLHST_WKS_HOSTNAME": f"a-{n}"}) for n in range(300)]
    text = json.dumps(kit.bundle("ChunkAccessor.GetItemsChunk", {"pChunk": {"KLCSP_ITERATOR_ARRAY": rows}}))
    cut = text.index('"a-150"')
    read = kit.read_all(KscReader(), kit.Memory(text[:cut].encode()))
    assert [device["KLHST_WKS_HOSTNAME"] for device in read.devices()] == [f"a-{n}" for n in range(150)]
    assert isinstance(read.error, BrokenExport)
    assert read.error.where.startswith("byte ")


def test_a_truncated_object_is_incomplete(kit: Any) -> None:
    text = json.dumps(kit.bundle("HostGroup.GetStaticInfo", {"PxgRetVal": {"A": 1, "B": 2, "C": "long text"}}))
    read = kit.read_all(KscReader(), kit.Memory(text[: text.index("long")].encode()))
    assert read.area("ksc.server", "static") == {"A": 1, "B": 2}
    assert not read.parts[0].settings.complete
    assert isinstance(read.error, BrokenExport)


@pytest.mark.parametrize(
    ("document", "format_id"),
    [
        ({"format": "ksc-openapi-call/1", "response": {}}, "ksc.openapi-bundle"),
        ({"request": {"pChunk": 1}, "response": {"PxgRetVal": 1}}, "ksc.openapi-bundle"),
        ({"pTaskData": {}}, "ksc.openapi-response"),
        ({"format": "something/1", "PxgRetVal": 1}, ""),
        ({"name": "web01"}, ""),
        ({}, ""),
        ([{"type": "params", "value": {"KLPOL_ID": 1}}], "ksc.openapi-response"),
        ([{"KLPOL_ID": 1, "status": 1}], ""),
        ([1, 2], ""),
        ("text", ""),
    ],
)
def test_recognition(kit: Any, document: Any, format_id: str) -> None:
    source = kit.Memory(json.dumps(document).encode(), "ksc01/file.json")
    assert KscReader().recognise(source) == format_id


def test_recognition_by_name_needs_an_object(kit: Any) -> None:
    reader = KscReader()
    assert reader.recognise(kit.Memory(b'{"bFlag": true}', "x/Policy.GetPolicyData.json")) == "ksc.openapi-response"
    assert reader.recognise(kit.Memory(b"hello", "x/Policy.GetPolicyData.json")) == ""


def test_recognition_survives_a_large_first_member(kit: Any) -> None:
    rows = [kit.params(DEVICE)] * 1000
    bundle = {"response": {"pChunk": {"KLCSP_ITERATOR_ARRAY": rows}}, "format": "ksc-openapi-call/1", "server": "s"}
    assert KscReader().recognise(kit.Memory(json.dumps(bundle).encode())) == "ksc.openapi-bundle"


def test_odd_bundles(kit: Any) -> None:
    assert isinstance(kit.call("X.Y", {"PxgRetVal": 1}, format="ksc-openapi-call/2").error, UnreadableExport)
    nothing = kit.bundle("Policy.GetPolicyData", {})
    del nothing["response"]
    read = kit.read_all(KscReader(), kit.Memory(json.dumps(nothing).encode()))
    assert isinstance(read.error, BrokenExport)
    read = kit.call("DatabaseInfo.GetDBSize", {"PxgRetVal": 1}, remark="by hand", collected_at="yesterday")
    assert any("remark" in note for note in read.notes)
    assert any("collected_at" in note for note in read.notes)
    assert read.collected == []


def test_files_named_after_calls_belong_to_their_folder(kit: Any) -> None:
    data = json.dumps({"PxgRetVal": 5}).encode()
    for path, host, server in (
        ("dump.zip!acme/DatabaseInfo.GetDBSize.json", "DatabaseInfo.GetDBSize", "acme"),
        ("DatabaseInfo.GetDBSize.json", "DatabaseInfo.GetDBSize", "ksc"),
        ("x/ksc05/DatabaseInfo.GetDBSize.json", "ksc05", "ksc05"),
        ("acme.tar.gz!DatabaseInfo.GetDBSize.json", "DatabaseInfo.GetDBSize", "acme"),
    ):
        read = kit.read_all(KscReader(), kit.Memory(data, path, host))
        assert read.parts[0].subject.key == server
