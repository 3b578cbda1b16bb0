"""Writes the Security Center dump of the invented customer ACME: `python examples/make_acme.py [FOLDER]`.

Everything is made up. Attribute, method and section names are the publicly documented ones; where none are public (the
contents of KES policies, most variables of the Network Agent policy) names start with `Example`. The marker word in the
fake secrets lets a test look for them in every output. The same run always gives the same bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from acme_devices import devices, groups_tree, kiosks

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ACME = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "acme"
OUT = ACME / "ksc"
Values = dict[str, Any]


def at(**before: float) -> Values:
    """An instant before the collection, as the server writes it; negative numbers lie ahead."""
    return _stamp(NOW - timedelta(**before))


def _stamp(moment: datetime) -> Values:
    return {"type": "datetime", "value": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _params(value: Values) -> Values:
    return {"type": "params", "value": value}


def _long(value: int) -> Values:
    return {"type": "long", "value": value}


def node(value: Any, locked: bool, **more: Any) -> Values:
    """A policy value with its lock."""
    return _params({"KLPRSS_Val": value, "KLPRSS_Mnd": locked} | more)


def _container(locked: bool, **members: Values) -> Values:
    return node(_params(members), locked)


def call(name: str, method: str, request: Values, response: Values) -> None:
    """One answered call in our bundle format, rows of long answers one a line."""
    head = {"format": "ksc-openapi-call/1", "collected_at": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"), "server": "ksc01"}
    bundle = head | {"virtual_server": "", "method": method, "request": request, "response": response}
    text = json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))
    for mark in ('{"type":"params","value":{"KL', '"response":', '"method":'):
        text = text.replace(mark, "\n" + mark)
    (OUT / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _answer(method: str, value: Any, request: Values | None = None, suffix: str = "") -> None:
    call(method + suffix, method, request or {}, {"PxgRetVal": value})


def _server() -> None:
    _answer("HostGroup.GetStaticInfo", {
        "KLADMSRV_PRODUCT_NAME": "Kaspersky Security Center Administration Server",
        "KLADMSRV_PRODUCT_VERSION": "15.1", "KLADMSRV_PRODUCT_FULL_VERSION": "15.1.0.20748",
        "KLADMSRV_SERVER_VERSION_ID": 983041, "KLADMSRV_SERVER_HOSTNAME": "ksc01.acme.example",
        "KLADMSRV_LINUX_EDITION": False, "KLADMSRV_IS_VIRTUAL": False, "KLADMSRV_VSID": 0, "KLADMSRV_GRP_ROOT": 0,
        "KLADMSRV_GRP_UNASSIGNED": 1, "KLADMSRV_GRP_SUPER": 2, "KLADMSRV_B2B_CLOUD_MODE": False,
        "KLADMSRV_PCLOUD_MODE": False, "KLADMSRV_FORCE_SYNC_SUPPORTED": True, "KLADMSRV_MAINTENANCE_SUPPORTED": True,
        "KLADMSRV_EV_EV_SIZE": {"type": "double", "value": 742.5}, "KLADMSRV_USERID": 12, "KLSRV_NETSIZE": 2,
    })  # fmt: skip
    _answer("HostGroup.GetInstanceStatistics", {
        "KLSRV_ST_SYNC_QUEUE_SIZE": 0, "KLSRV_ST_NAG_CONS_CNT": 51, "KLSRV_ST_ALL_CONS_CNT": 57,
        "KLSRV_ST_EVENTS_CNT": _long(371204), "KLSRV_ST_EVENTS_REJECTED_CNT": 0,
        "KLSRV_ST_LAST_FULLNETSCAN_TIME": at(hours=3), "KLSRV_ST_LAST_ADSCAN_TIME": at(hours=1),
    })  # fmt: skip
    _answer("HostGroup.GetRunTimeInfo", {"KLADMSRV_USERID": 12, "KLSRV_ST_SYNC_CNT": 5})
    _answer("DatabaseInfo.GetDBSize", _long(9_984_540_672))
    _answer("DatabaseInfo.GetDBDataSize", _long(9_261_023_232))
    _answer("DatabaseInfo.GetDBEventsCount", _long(371_204))
    for limit, value in {0: 10, 1: 100_000, 2: 2_000, 3: 400_000, 10: 0, 12: 0, 19: 1}.items():
        _answer("Limits.GetLimits", value, {"param": limit}, f".{limit}")
    _answer("AdmServerSettings.GetSharedFolder", "\\\\ksc01\\KLSHARE")
    _answer("TotpGlobalSettings.Get2FaRequiredForAll", False)
    call("TotpGlobalSettings.GetTotpGlobalSettings", "TotpGlobalSettings.GetTotpGlobalSettings", {},
         {"pSettings": {"TotpIssuer": "ACME KSC"}})  # fmt: skip
    ksn = {"KSNPROXY_ENABLE": True, "KSNPROXY_KSN_TYPE": 1, "KSNPROXY_TCP_PORT": 13111, "KSNPROXY_UDP_PORT": 15111}
    call("KsnInternal.GetSettings", "KsnInternal.GetSettings", {}, {"pSettings": ksn})
    _answer("KsnInternal.CheckKsnConnection", True)
    transport = {"TRSP_SETTINGS_FQDN": "ksc01.acme.example", "TRSP_SETTINGS_PORT": 13000,
                 "TRSP_SETTINGS_OPEN_PORT": True, "TRSP_SETTINGS_ISDEFCERTUSED": True}  # fmt: skip
    _answer("ServerTransportSettings.GetCurrentConnectionSettings", transport, {"szwCertType": "CERT_TYPE_SRV"})
    error = {"code": 1190, "subcode": 0, "module": "KLSTD", "file": "", "line": 0, "message": "Access denied",
             "locdata": _params({"format": "Access denied", "format-id": 0, "locmodule": "", "args": []})}  # fmt: skip
    call("HstAccessControl.FindRoles", "HstAccessControl.FindRoles", {"strFilter": "", "lMaxLifeTime": 600},
         {"PxgError": error})  # fmt: skip


def _hierarchy() -> None:
    _answer("ServerHierarchy.GetChildServers", [_params({
        "KLSRVH_SRV_ID": 1, "KLSRVH_SRV_DN": "ksc-gru-01", "KLSRVH_SRV_ADDR": "ksc-gru-01.acme.example:13000",
        "KLSRVH_SRV_STATUS": 0, "KLSRVH_SRV_VERSION": "14.2.0.26967", "KLSRVH_SRV_LAST_CONNECTED": at(days=9, hours=4),
    })], {"nGroupId": -1})  # fmt: skip
    _answer("VServers.GetVServers", [], {"lParentGroup": -1})
    points = [("MAD-DP-01", "a1f0", False), ("GRU-DP-01", "b2e1", True)]
    listed = [_params({"UaHostId": uid, "UaHostDisplayName": name, "UaIsCg": cg}) for name, uid, cg in points]
    call("UaControl.GetUpdateAgentsList", "UaControl.GetUpdateAgentsList", {}, {"pUasArr": listed})
    for (_, uid, _), scope in zip(points, ([7], [8]), strict=True):
        info = {"UaHostId": uid, "UaPort": 13000, "UaNonSslPort": 14000, "UaMulticastAddr": "239.255.0.1",
                "UaDistributePackages": True, "UaDistributeUpdates": True,
                "UaUpdFolder": "C:\\ProgramData\\KasperskyLab\\adminkit\\1103\\$FTClTmp",
                "UaScope": _params({"ScopeGroups": scope, "ScopeNlaNetworks": [], "ScopeBcDomains": []})}  # fmt: skip
        call(f"UaControl.GetUpdateAgentInfo.{uid}", "UaControl.GetUpdateAgentInfo", {"wstrUaHostId": uid},
             {"pUaInfo": info})  # fmt: skip
    _answer("UaControl.GetAssignUasAutomatically", False)
    _answer("Updates.GetUpdatesInfo", [
        _params({"CompId": comp, "FileName": f"{comp.lower()}-0607g.xml", "Date": at(hours=age), "Size": _long(size),
                "KLUPDSRV_BUNDLE_ID": comp, "KLUPDSRV_BUNDLE_DWL_DATE": at(hours=age - 1),
                "KLUPDSRV_BUNDLE_TYPE_DESCR": "Databases", "Type": 0, "ChangeStatus": 0})
        for comp, age, size in (("KES", 30, 412_331_008), ("KESL", 30, 398_120_960), ("WSEE", 31, 377_001_984))
    ], {"pFilter": {}})  # fmt: skip


def storages() -> None:
    """Sections of the server's own settings."""
    sections: dict[str, Values] = {
        "KLSRV_NETSIZE_SECTION": {"KLSRV_NETSIZE": 2},
        "KLSRV_EXTAUD_SETTINGS": {"KLEXTAUD_OBJ_REVISION_LIFETIME": 2_592_000},
        "KLSRV_MASTER_SRV": {"KLSRV_MASTER_SRV_USE": False, "KLSRV_MASTER_SRV_PASSIVE_SLAVE": False},
        "KLSRV_PROXY_SECTION": {"ExampleProxyAddress": "proxy.mad.acme.example:3128", "ExampleProxyUser": "svc-proxy",
                                "ExampleProxyPassword": "PLANTED-ksc-proxy-password"},
        "87": {
            "KLEVP_MAX_VIRUS_EVENTS_FOR_OUTBREAK": 10, "KLEVP_TEST_PERIOD_TO_OUTBREAK": 600,
            "KLEVP_MAX_VIRUS_EVENTS_FOR_OUTBREAK_E": 50, "KLEVP_TEST_PERIOD_TO_OUTBREAK_E": 600,
            "KLEVP_MAX_VIRUS_EVENTS_FOR_OUTBREAK_P": 20, "KLEVP_TEST_PERIOD_TO_OUTBREAK_P": 600,
            "KLSRV_ACTPRX_SSL_PORTS_ARRAY": [17000], "KLSRV_AD_SCAN_ENABLED": True, "KLSRV_SP_SCAN_AD": 3_600_000,
            "KLSRV_CONNECTION_DATA": _params({"KLDBCON_DBTYPE": "MSSQLSRV", "KLDBCON_HOST": "ksc01\\SQLEXPRESS"}),
        },
        "KLSRV_HOST_STATUS": {
            "KLSRV_VISIBILITY_TIMEOUT": 60,
            "KLSRV_HSTSTAT_CRITICAL": status_rule(0b0000_0010_1010_0010, bases=14, scan=30, connect=30, licence=0),
            "KLSRV_HSTSTAT_WARNING": status_rule(0b0110_1101_1101_1101, bases=7, scan=14, connect=14, licence=14),
        },
    }  # fmt: skip
    for section, value in sections.items():
        request = {"strHostName": "", "strType": "SS_SETTINGS", "strProduct": "1093", "strVersion": "1.0.0.0"}
        _answer("HostGroup.SS_Read", value, request | {"strSection": section}, f".{section}")


def status_rule(mask: int, *, bases: int, scan: int, connect: int, licence: int) -> Values:
    """When a device turns critical or warning; thresholds in days."""
    return _params({
        "KLSRV_HSTSTAT_MASK": mask, "KLSRV_HSTSTAT_OLD_AV_BASES": bases, "KLSRV_HSTSTAT_OLD_FSCAN": scan,
        "KLSRV_HSTSTAT_OLD_LAST_CONNECT": connect, "KLSRV_HSTSTAT_OLD_LICENSE": licence,
        "KLSRV_HSTSTAT_SP_VIRUSES": 5, "KLSRV_HSTSTAT_SP_UNCURED": 1, "KLSRV_HSTSTAT_INHERITABLE": True,
        "KLSRV_HSTSTAT_INHERITED": False, "KLSRV_HSTSTAT_LOCKED": False,
    })  # fmt: skip


def _groups() -> None:
    _answer("HostGroup.GroupIdGroups", 0)
    _answer("HostGroup.GroupIdUnassigned", 1)
    _answer("HostGroup.GroupIdSuper", 2)
    _answer("HostGroup.GetSubgroups", groups_tree(), {"nGroupId": 0, "nDepth": 0})
    own = {"KLSRV_HSTSTAT_CRITICAL": status_rule(0b11_1010_0010, bases=7, scan=14, connect=14, licence=7)}
    wanted = ["id", "name", "parentId", "grp_full_name", "hostsNum", "autoRemovePeriod", "notifyPeriod"]
    for number, name, parent, path, hosts, remove, notify, more in (
        (0, "Managed devices", -1, "Managed devices/", 0, 0, 7, {}),
        (4, "Linux servers", 3, "Managed devices/Servers/Linux servers/", 11, 60, 0, {}),
        (5, "Windows servers", 3, "Managed devices/Servers/Windows servers/", 9, 60, 7, own),
        (8, "São Paulo", 6, "Managed devices/Workstations/São Paulo/", 16, 0, 0, {}),
    ):  # fmt: skip
        info = {"id": number, "name": name, "parentId": parent, "level": path.count("/") - 1, "grp_full_name": path,
                "childGroupsNum": 2 if number == 0 else 0, "hostsNum": hosts, "autoRemovePeriod": remove,
                "notifyPeriod": notify, "creationDate": at(days=660), "lastUpdate": at(days=44)}  # fmt: skip
        request = {"nGroupId": number, "pArrAttributes": wanted}
        _answer("HostGroup.GetGroupInfoEx", info | more, request, f".{number}")


def _hosts() -> None:
    rows = devices(NOW)
    fields = sorted({key for row in rows for key in row})
    call("HostGroup.FindHosts", "HostGroup.FindHosts",
         {"wstrFilter": "", "vecFieldsToReturn": fields, "vecFieldsToOrder": [], "pParams": {}, "lMaxLifeTime": 1200},
         {"PxgRetVal": len(rows), "strAccessor": "0F3A-hosts"})  # fmt: skip
    _chunks("0F3A-hosts", [rows[:40], rows[40:]])


def _chunks(accessor: str, pages: Iterable[list[Values]]) -> None:
    start = 0
    for number, page in enumerate(pages, 1):
        request = {"strAccessor": accessor, "nStart": start, "nCount": 40}
        rows = {"PxgRetVal": len(page), "pChunk": {"KLCSP_ITERATOR_ARRAY": [_params(row) for row in page]}}
        call(f"ChunkAccessor.GetItemsChunk.{accessor}.{number}", "ChunkAccessor.GetItemsChunk", request, rows)
        start += len(page)


def _policy(number: int, name: str, product: str, version: str, group: tuple[int, str], **more: Any) -> Values:
    return {
        "KLPOL_ID": number, "KLPOL_DN": name, "KLPOL_PRODUCT": product, "KLPOL_VERSION": version,
        "KLPOL_CREATED": at(days=600), "KLPOL_MODIFIED": at(days=30 + number), "KLPOL_GROUP_ID": group[0],
        "KLPOL_GROUP_NAME": group[1], "KLPOL_ACTIVE": True, "KLPOL_ROAMING": False, "KLPOL_ACCEPT_PARENT": True,
        "KLPOL_FORCE_DISTRIB2CHILDREN": False, "KLPOL_FORCED": False, "KLPOL_INHERITED": False,
        "KLPOL_HIDE_ON_SLAVES": False, "KLPOL_GSYN_ID": number + 12, "KLPOL_PROFILES_NUM": 0,
    } | more  # fmt: skip


def _policies() -> None:
    top = (0, "Managed devices")
    rows = [
        _policy(1, "KES for Windows - standard", "KES", "11.0.0.0", top, KLPOL_PROFILES_NUM=2,
               KLPOL_FORCE_DISTRIB2CHILDREN=True),
        _policy(2, "Network Agent - standard", "1103", "1.0.0.0", top),
        _policy(3, "KESL - Linux servers", "kesl", "12.3.0.0", (4, "Linux servers")),
        _policy(4, "KSWS - Windows servers", "WSEE", "11.0.0.0", (5, "Windows servers")),
        _policy(5, "KES for Windows - São Paulo", "KES", "11.0.0.0", (8, "São Paulo"), KLPOL_ACCEPT_PARENT=False),
        _policy(6, "KES for Windows - copy before migration", "KES", "11.0.0.0", top, KLPOL_ACTIVE=False,
               KLPOL_MODIFIED=at(days=520)),
    ]  # fmt: skip
    _answer("Policy.GetPoliciesForGroup", [_params(row) for row in rows], {"nGroupId": -1})
    _answer("Policy.GetOutbreakPolicies", [])
    profiles = {
        name: _params({"KLSSPOL_PRF_ENABLED": node(enabled, False), "KLSSPOL_PRF_PROTECTED": node(False, False)})
        for name, enabled in (("Laptops outside", True), ("Pilot ring", False))
    }
    _answer("PolicyProfiles.EnumProfiles", profiles, {"nPolicy": 1, "nRevision": 0}, ".1")
    _answer("PolicyProfiles.GetPriorities", ["Laptops outside", "Pilot ring"], {"nPolicy": 1, "nRevision": 0}, ".1")
    contents(2, "1103", "1.0.0.0", {
        "KLNAG_SVCPRT": {"KLNAG_SVCPRT_PROTECT_NAGENT_SVC": node(True, False)},
        "KSNPROXY_SETTINGS": {"KSNPROXY_ENABLE": node(False, True), "KSNPROXY_TCP_PORT": node(13111, True)},
        "KLEVP_NF_SECTION": _events(ERR=30),
        "KLNAG_PTCH_SETTINGS_SECTION": {"ExampleInstallApprovedPatches": node(True, True)},
        "KLNAG_SECTION_REBOOT_SETTINGS": {"ExampleRestartAction": node(1, True)},
        "KLNAG_SECTION_NETSCAN": {"ExampleScanNetwork": node(False, True)},
        "NGTINSTALLERDATA": {"ExampleUseUninstallPassword": node(True, True),
                             "ExampleUninstallPasswordHash": node("PLANTED-agent-password-hash", True)},
    })  # fmt: skip
    contents(1, "KES", "11.0.0.0", {
        "ExampleFileSection": {
            "ExampleProtection": _container(True, ExampleEnabled=node(True, True), ExampleAction=node(2, True),
                                           ExampleTimeLimit=node(_long(60), False)),
            "ExampleExclusions": node([_params({"ExamplePath": "C:\\*", "ExampleEnabled": True})], False,
                                      KLPRSS_ValConcatArray=True),
        },
        "KLEVP_NF_SECTION": _events(CRT=30, ERR=0),
        "ExampleNetworkSection": {"ExampleEnabled": node(True, False)},
        "ExamplePasswordSection": {"ExamplePasswordOn": node(False, True),
                                   "ExamplePasswordHash": node("PLANTED-kes-password-hash", True)},
    })  # fmt: skip


def _events(**days: int) -> Values:
    """Where events of each severity go and for how many days the server keeps them."""
    kinds = {
        severity: node([_params({"KLEVP_ND_EVETN_TYPE": "KLPRCI_TaskState", "KLEVP_ND_STORE_AT_SERVER_LOG": False,
                                 "KLEVP_ND_DAYS_TO_STORE_EVENT": days[severity]})] if severity in days else [], True)
        for severity in ("CRT", "ERR", "WRN", "INF")
    }  # fmt: skip
    return {"KLPRSS_EVPNotifications": _container(True, **kinds)}


def contents(number: int, product: str, version: str, sections: dict[str, Values]) -> None:
    """The calls that read what a policy says, in the order in which a collector makes them."""
    storage = f"policy-{number}-contents"
    _answer(
        "Policy.GetPolicyContents", storage, {"nPolicy": number, "nRevisionId": 0, "nLifeTime": 600000}, f".{number}"
    )
    asked = {"wstrID": storage, "wstrProduct": product, "wstrVersion": version}
    _answer("SsContents.SS_GetNames", sorted(sections), asked, f".{number}")
    for section, value in sections.items():
        _answer("SsContents.Ss_Read", value, asked | {"wstrSection": section}, f".{number}.{section}")


def _task(number: str, kind: str, title: str, product: str, component: str, **more: Any) -> Values:
    info = {"DisplayName": title, "PRTS_TASK_ENABLED": more.pop("enabled", True),
            "PRTS_TASK_GROUPID": more.pop("group", 0), "PRTS_TASK_CREATION_DATE": at(days=590),
            "KLTSK_ALLOW_AUTO_RANDOMIZATION": more.pop("spread", True),
            "KLPRSS_EVPNotifications": _params({"ERR": [], "INF": [], "WRN": []})}  # fmt: skip
    return {
        "TASK_UNIQUE_ID": number, "TASK_NAME": kind, "TASKID_PRODUCT_NAME": product,
        "TASKID_VERSION": more.pop("version", "1.0.0.0"), "TASKID_COMPONENT_NAME": component, "TASKID_INSTANCE_ID": "",
        "TASK_CLASS_ID": 0, "TASK_PRIORITY": 0, "TASK_MAX_EXEC_TIME": 0, "TASK_DEL_AFTER_RUN_FLAG": False,
        "TASKSCH_RUN_MISSED_FLAG": more.pop("missed", True), "TASKSCH_FIRST_EXECUTION_TIME": at(days=590),
        "TASK_ADDITIONAL_PARAMS": _params(more.pop("additional", {})), "TASK_INFO_PARAMS": _params(info),
    } | more  # fmt: skip


def _tasks() -> None:
    mail = {"ExampleMailTo": "PLANTED.reports@acme.example", "ExampleSmtpUser": "svc-mail",
            "ExampleSmtpPassword": "PLANTED-smtp-password", "ExampleReports": [0, 3]}  # fmt: skip
    rows = [
        _task("101", "DoUpdate", "Download updates to the Administration Server repository", "1093", "Updater",
             TASKSCH_TYPE=1, TASKSCH_MS_PERIOD=3_600_000, TASK_LAST_EXEC_TIME=at(hours=29)),
        _task("102", "KLNAG_TASK_VAPM_SEARCH", "Find vulnerabilities and required updates", "1103", "86",
             TASKSCH_TYPE=3, TASKSCH_EW_DAY=2, TASK_LAST_EXEC_TIME=at(days=5)),
        _task("103", "UpdateBases", "Update - all devices", "KES", "Updater", version="11.0.0.0", spread=False,
             TASKSCH_TYPE=2, TASK_LAST_EXEC_TIME=at(hours=22)),
        _task("104", "ODS", "Malware scan - workstations", "KES", "ODS", version="11.0.0.0", group=6, missed=False,
             TASKSCH_TYPE=4, TASK_LAST_EXEC_TIME=at(days=26)),
        _task("105", "KLSRV_TSK_EMAIL_REPORT", "Send protection status report", "1093", "87", enabled=False,
             additional=mail, TASKSCH_TYPE=3, TASKSCH_EW_DAY=1, TASK_LAST_EXEC_TIME=at(days=180)),
    ]  # fmt: skip
    asked = {"nGroupId": 0, "bGroupIdSignificant": False, "strProductName": "", "bIncludeSupergroups": False}
    call("Tasks.ResetTasksIterator", "Tasks.ResetTasksIterator", asked, {"strTaskIteratorId": "tasks-7b"})
    for number, row in enumerate([*rows, {}], 1):
        request = {"strTaskIteratorId": "tasks-7b"}
        call(f"Tasks.GetNextTask.{number}", "Tasks.GetNextTask", request, {"pTaskData": row})
    states = {"101": (0, 0, 0, 0, 1), "102": (2, 1, 0, 44, 3), "103": (0, 2, 0, 39, 9), "104": (0, 0, 0, 21, 12),
              "105": (0, 0, 0, 1, 0)}  # fmt: skip
    for row in rows:
        uid = row["TASK_UNIQUE_ID"]
        _answer("Tasks.GetTaskData", row, {"strTask": uid}, f".{uid}")
        waiting, running, paused, good, bad = states[uid]
        counts = {"1": 0, "2": waiting, "4": running, "8": good, "16": paused, "32": bad, "64": 0}
        done = {"GNRL_COMPLETED_PERCENT": 100, "KLTSK_NEED_RBT_CNT": 3 if uid == "103" else 0}
        _answer("Tasks.GetTaskStatistics", counts | done, {"strTask": uid}, f".{uid}")


def _licence(number: int, name: str, days_left: int, **more: Any) -> Values:
    return {
        "KLLIC_SERIAL": f"PLANTED-1B2C-160203-{number:04d}", "KLLIC_PROD_NAME": name, "KLLIC_KEY_TYPE": 1,
        "KLLIC_LIMIT_DATE": at(days=-days_left), "KLLIC_CREATION_DATE": at(days=365 - days_left),
        "KLLIC_LICENSE_PERIOD": 365, "KLLIC_MAJ_VER": 11, "KLLIC_APP_ID": 1400 + number, "KLLIC_NHOSTS_ASNEXT": 0,
        "KLLIC_LICTYPE_IS_SUBSCRIPTION": False, "KLLIC_USED_BY_ADM_SRV": False, "KLLICSRV_KEY_INSTALLED": True,
        "KLLICSRV_AUTOKEY": True, "KLLIC_CUSTOMER_INFO": "PLANTED customer number 4711, Madrid",
        "KLLICSRV_KEYDATA": {"type": "binary", "value": "PLANTED0the0body0of0a0key0file00"},
    } | more  # fmt: skip


def _licences() -> None:
    rows = [
        _licence(1, "Kaspersky Next EDR Foundations", 18, KLLIC_LIC_COUNT=60, KLLIC_NHOSTS_ASCURRENT=44),
        _licence(2, "Kaspersky Security for Windows Server", 210, KLLIC_LIC_COUNT=5, KLLIC_NHOSTS_ASCURRENT=8),
        _licence(3, "Kaspersky Endpoint Security for Linux - trial", 12, KLLIC_LIC_COUNT=10, KLLIC_NHOSTS_ASCURRENT=2,
                 KLLIC_KEY_TYPE=3, KLLICSRV_AUTOKEY=False),
    ]  # fmt: skip
    call("LicenseKeys.EnumKeys", "LicenseKeys.EnumKeys", {"pFields": ["KLLIC_SERIAL"], "lTimeoutSec": 600},
         {"lKeyCount": len(rows), "wstrIterator": "1C44-keys"})  # fmt: skip
    _chunks("1C44-keys", [rows])


def _users() -> None:
    def user(number: int, name: str, text: str, enabled: bool, ask: bool) -> Values:
        return _params({
            "KLSPL_USER_ID": number, "KLSPL_USER_NAME": name, "KLSPL_USER_FULL_NAME": text,
            "KLSPL_USER_DESCRIPTION": text, "KLSPL_USER_ENABLED": enabled, "KLSPL_USER_UIS": False,
            "KLSPL_USER_REQUEST_PASSWORD": ask, "KLSPL_USER_MAIL": f"PLANTED.{name}@acme.example",
            "KLSPL_USER_PHONE": "", "KLSPL_USER_PWD_ENCRYPTED": {"type": "binary", "value": "PLANTED0password"},
        })  # fmt: skip

    _answer("SecurityPolicy.GetUsers", [
        user(11, "kladmin", "Administrators of the server", True, False),
        user(12, "audit-export", "Read-only account of the export", True, True),
        user(13, "helpdesk-gru", "Helpdesk São Paulo", True, True),
        user(14, "migration-2023", "Account of a finished migration", True, False),
    ], {"lUserId": -1, "lVsId": -1})  # fmt: skip


def naked() -> None:
    """An answer as the server gave it, without our bundle around it; the folder names the server."""
    (OUT / "ksc01").mkdir(exist_ok=True)
    rows = [_policy(7, "Network Agent - São Paulo", "1103", "1.0.0.0", (8, "São Paulo"))]
    text = json.dumps({"PxgRetVal": [_params(row) for row in rows]}, ensure_ascii=False, indent=1)
    (OUT / "ksc01" / "Policy.GetPoliciesForGroup.json").write_text(text + "\n", encoding="utf-8")


def _broken() -> None:
    """A third page of devices that was cut off while it was copied."""
    _chunks("0F3A-kiosks", [kiosks(NOW)])
    whole = OUT / "ChunkAccessor.GetItemsChunk.0F3A-kiosks.1.json"
    text = whole.read_text(encoding="utf-8")
    whole.unlink()
    (ACME / "broken" / whole.name).write_text(text[: len(text) * 2 // 3], encoding="utf-8")


def main() -> None:
    """Write the dump into `acme/ksc`."""
    OUT.mkdir(parents=True, exist_ok=True)
    (ACME / "broken").mkdir(exist_ok=True)
    for part in (_server, _hierarchy, storages, _groups, _hosts, _policies, _tasks, _licences, _users, naked, _broken):
        part()


if __name__ == "__main__":
    main()
