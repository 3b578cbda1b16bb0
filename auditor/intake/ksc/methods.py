"""Which call an answer comes from: by the name of its file, else by the attributes of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

CLASSES = (
    "AdmServerSettings", "ChunkAccessor", "DatabaseInfo", "EventProcessingFactory", "EventProcessing",
    "GroupSyncIterator", "GroupTaskControlApi", "HostGroup", "HostTasks", "HstAccessControl", "InventoryApi",
    "KsnInternal", "LicenseKeys", "Limits", "MigrationData", "PackagesApi", "PolicyProfiles", "Policy",
    "ReportManager", "SecurityPolicy", "ServerHierarchy", "ServerTransportSettings", "Session", "SrvView",
    "SsContents", "Tasks", "TotpGlobalSettings", "TotpUserSettings", "UaControl", "Updates", "VServers",
)  # fmt: skip
"""Classes of the interface, longer names before those they begin with."""

PAGED = frozenset(
    {
        "ChunkAccessor.GetItemsChunk", "SrvView.GetRecordRange", "GroupSyncIterator.GetNextItems",
        "EventProcessing.GetRecordRange",
    }
)  # fmt: skip
"""Calls that hand out one page of a list of any length."""

_KIND_OF_CALL = {
    **dict.fromkeys(PAGED - {"EventProcessing.GetRecordRange"}, "ksc.host"),
    "HostGroup.FindHosts": "ksc.host",
    "HostGroup.GetSubgroups": "ksc.group",
    "Policy.GetPoliciesForGroup": "ksc.policy",
    "Policy.GetEffectivePoliciesForGroup": "ksc.policy",
    "Tasks.GetNextTask": "ksc.task",
    "Tasks.GetTask": "ksc.task",
    "Tasks.GetTaskData": "ksc.task",
    "Tasks.ResetTasksIterator": "ksc.task",
    "LicenseKeys.EnumKeys": "ksc.licence",
    "SecurityPolicy.GetUsers": "ksc.user",
    "UaControl.GetUpdateAgentsList": "ksc.distribution_point",
    # these are no subjects of their own but lists of the server, named after its area
    "ServerHierarchy.GetChildServers": "ksc.children",
    "VServers.GetVServers": "ksc.virtual_servers",
    "Updates.GetUpdatesInfo": "ksc.updates",
}


def kind_of_call(method: str) -> str:
    """What a list call lists; pages of a list of any kind are taken for devices. "" for calls that list nothing."""
    return _KIND_OF_CALL.get(method, "")


# Methods whose names hold an underscore; all others are one word.
_UNDERSCORED = ("SS_GetNames", "SS_Read", "SS_Write", "Ss_Read", "Ss_Release", "Ss_Apply", "SS_CreateSection")
_NAME = re.compile(
    rf"(?<![A-Za-z])({'|'.join(CLASSES)})\.({'|'.join(_UNDERSCORED)}|[A-Za-z][A-Za-z0-9]*)(?:\.(\d+))?",
)
_SUFFIXES = frozenset({"json", "txt", "zip", "gz", "tar", "log", "out"})


def method_in_name(name: str) -> str:
    """`HostGroup.GetHostProducts` for `readme_HostGroup.GetHostProducts.2.json`; "" when the name holds no call."""
    match = _NAME.search(name)
    return f"{match.group(1)}.{match.group(2)}" if match and match.group(2) not in _SUFFIXES else ""


def page_in_name(name: str) -> str:
    """`2` for `ChunkAccessor.GetItemsChunk.2.json`."""
    match = _NAME.search(name)
    return (match.group(3) or "") if match else ""


def section_in_name(name: str, known: Iterable[str]) -> str:
    """A documented section that the name states behind the call: `87` for `HostGroup.SS_Read_87.json`."""
    match = _NAME.search(name)
    words = re.split(r"[^A-Za-z0-9_]+", name[match.end(2) :]) if match else []
    wanted = {section.casefold(): section for section in known}
    for word in words:
        if found := wanted.get(word.strip("_").casefold()):
            return found
    return ""


# What the rows of an iterator are, whatever call handed them out. The first rule that fits wins.
_ROW_PREFIXES = (
    ("KLPOL_ID", "policy"),
    ("KLHST_PRCST_", "component"),
    ("KLHST_ACL_ROLE_", "role"),
    ("KLHST_ACL_TRUSTEE_", "trustee"),
    ("KLHST_WKS_", "host"),
    ("KLHST_INSTANCEID", "host"),
    ("KLHST_APP_INFO", "host"),
    ("TASK_UNIQUE_ID", "task"),
    ("TASKID_", "task"),
    ("TASKSCH_", "task"),
    ("KLLIC_", "licence"),
    ("KLSPL_USER_", "user"),
    ("UaHostId", "point"),
    ("KLSRVH_SRV_", "child"),
    ("KLVSRV_", "virtual"),
    ("KLUPDSRV_BUNDLE_", "update"),
)
_GROUP = frozenset(
    {
        "id", "name", "parentId", "level", "grp_full_name", "childGroupsNum", "hostsNum", "creationDate", "lastUpdate",
        "autoRemovePeriod", "notifyPeriod", "groups", "c_grp_autoInstallPackageId", "KLSRV_HSTSTAT_CRITICAL",
        "KLSRV_HSTSTAT_WARNING",
    }
)  # fmt: skip
_GROUP_MARKS = _GROUP - {"id", "name", "level", "creationDate", "lastUpdate"}
_GROUP_STARTS = ("KLGRP_", "grp_", "c_grp_", "KLSRV_HSTSTAT_")


def kind_of_row(row: Mapping[str, Any]) -> str:
    """policy, host, group, task, licence, user, point, ... or "" when the attributes tell nothing."""
    for prefix, kind in _ROW_PREFIXES:
        if any(name.startswith(prefix) for name in row):
            return kind
    if row.keys() & {"hostdn", "hostname"} and "state_descr" in row:
        return "task_host"
    return "group" if is_group(row) else ""


def is_group(row: Mapping[str, Any]) -> bool:
    """An administration group: id and name, and nothing that a group does not have."""
    if "id" not in row or "name" not in row:
        return False
    if row.keys() & _GROUP_MARKS or any(name.startswith(_GROUP_STARTS) for name in row):
        return True
    return row.keys() <= _GROUP


# What a single object is, by the names of its members.
_OBJECT_PREFIXES = (
    ("KLHST_WKS_", "host_info"),
    ("KLPOL_ID", "policy"),
    ("TASK_UNIQUE_ID", "task"),
    ("TASKID_", "task"),
    ("TASKSCH_", "task"),
    ("KLADMSRV_", "static"),
    ("KLSRV_ST_", "statistics"),
    ("KSNPROXY_", "ksn_proxy"),
    ("TRSP_SETTINGS_", "transport"),
    ("KLLIC_", "licence"),
    ("KLSPL_USER_", "user"),
    ("UaPort", "point"),
    ("UaScope", "point"),
    ("GNRL_COMPLETED_PERCENT", "task_statistics"),
)


def kind_of_object(values: Mapping[str, Any]) -> str:
    """policy, task, static, ... or "" for a single object whose members tell nothing."""
    for prefix, kind in _OBJECT_PREFIXES:
        if any(name.startswith(prefix) for name in values):
            return kind
    if is_group(values):
        return "group"
    return ""
