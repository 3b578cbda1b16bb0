"""What answers say about the server itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from auditor.intake.ksc import extras
from auditor.intake.ksc.call import Call, text_of
from auditor.intake.ksc.typed import opened, params_of
from auditor.model.pointers import below
from auditor.sdk.reading import Item

SCALARS = {
    "DatabaseInfo.GetDBSize": ("database", "DBSize"),
    "DatabaseInfo.GetDBDataSize": ("database", "DBDataSize"),
    "DatabaseInfo.GetDBEventsCount": ("database", "DBEventsCount"),
    "DatabaseInfo.CheckBackupPath2": ("backup_path", "Answer"),
    "AdmServerSettings.GetSharedFolder": ("shared_folder", "SharedFolder"),
    "KsnInternal.CheckKsnConnection": ("ksn_proxy", "ConnectionOk"),
    "UaControl.GetAssignUasAutomatically": ("distribution", "AutomaticAssignment"),
    "TotpGlobalSettings.Get2FaRequiredForAll": ("two_step", "RequiredForAll"),
    "TotpGlobalSettings.IfCanConfigure2FaSettings": ("two_step", "CanConfigure"),
    "HostGroup.GroupIdGroups": ("group_ids", "GroupIdGroups"),
    "HostGroup.GroupIdUnassigned": ("group_ids", "GroupIdUnassigned"),
    "HostGroup.GroupIdSuper": ("group_ids", "GroupIdSuper"),
}
"""Calls that answer with one value: area and name of it."""

LISTS = {
    "Policy.GetOutbreakPolicies": ("outbreak", "PolicyIds"),
    "ServerHierarchy.GetChildServers": ("children", "Servers"),
    "VServers.GetVServers": ("virtual_servers", "Servers"),
    "Updates.GetUpdatesInfo": ("updates", "Bundles"),
}

BY_GROUP = ("ServerHierarchy.GetChildServers", "VServers.GetVServers")
"""Those that list what one group has, or all groups where the group is -1."""

ROW_LISTS = {
    "child": ("children", "Servers"),
    "virtual": ("virtual_servers", "Servers"),
    "update": ("updates", "Bundles"),
    "role": ("roles", "Roles"),
    "trustee": ("trustees", "Trustees"),
}

OBJECTS = {
    "HostGroup.GetStaticInfo": "static",
    "HostGroup.GetInstanceStatistics": "statistics",
    "HostGroup.GetRunTimeInfo": "statistics",
    "KsnInternal.GetSettings": "ksn_proxy",
    "TotpGlobalSettings.GetTotpGlobalSettings": "two_step",
}

Handler = Callable[[Call], Iterator[Item]]


def scalar(call: Call) -> Iterator[Item]:
    """One value; other members of the answer stand beside it under their own names."""
    area, name = SCALARS[call.method]
    yield from _named(call, area, name)


def _named(call: Call, area: str, name: str) -> Iterator[Item]:
    call.feed.drain()
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    lone = len(call.answer) == 1
    for member, value in call.answer.items():
        title = name if member == "PxgRetVal" or lone else member
        values[title], places[title] = value, call.place(member)
    if values and not call.feed.count:
        yield call.part(call.server_ref(), area, values, call.base, complete=call.complete, places=places)
    else:
        yield from extras.remainder(call)


def listed(call: Call) -> Iterator[Item]:
    """A list about the server. Which group was asked for is told: others may have more."""
    area, name = LISTS[call.method]
    group = call.asked("nGroupId", "lParentGroup")
    yield from extras.list_part(call, call.server_ref(), area, name)
    if group and call.complete and call.method in BY_GROUP:
        yield call.part(call.server_ref(), f"{area}_asked", {group: True}, call.base)


def listed_rows(kind: str) -> Handler:
    """A handler for rows that form a list about the server."""
    area, name = ROW_LISTS[kind]

    def read(call: Call) -> Iterator[Item]:
        yield from extras.list_part(call, call.server_ref(), area, name)

    return read


def limits(call: Call) -> Iterator[Item]:
    """GetLimits: one value by the number of the limit; without the number it says nothing."""
    number = call.asked("param", "lParam", "limit")
    if number:
        yield from _named(call, "limits", number)
    else:
        yield from extras.answer(call)


def user_two_step(call: Call) -> Iterator[Item]:
    """IfEnabled2FaForUser, by trustee."""
    trustee = call.asked("llTrusteeId")
    if trustee:
        yield from _named(call, "two_step_users", trustee)
    else:
        yield from extras.answer(call)


def about(call: Call) -> Iterator[Item]:
    """An object about the server whose call is known."""
    yield from about_area(OBJECTS[call.method])(call)


def about_area(area: str) -> Handler:
    """A handler for an object that fills one area of the server."""

    def read(call: Call) -> Iterator[Item]:
        name, raw = call.main()
        if raw is None:
            yield from extras.answer(call)
            return
        place = call.place(name)
        row, inner = opened(raw, place)
        if (
            area == "ksn_proxy"
            and set(row) == {"KSNPROXY_SETTINGS"}
            and isinstance(params_of(row["KSNPROXY_SETTINGS"]), dict)
        ):
            raw, place = row["KSNPROXY_SETTINGS"], below(inner, "KSNPROXY_SETTINGS")
        version = ""
        if area == "static":
            version = text_of(row, "KLADMSRV_PRODUCT_FULL_VERSION") or text_of(row, "KLADMSRV_PRODUCT_VERSION")
        yield call.part(call.server_ref(version), area, raw, place, complete=call.complete)
        yield from extras.remainder(call, name)

    return read


def transport(call: Call) -> Iterator[Item]:
    """GetCurrentConnectionSettings: by the kind of certificate, where the request names it."""
    kind = call.asked("szwCertType")
    name, raw = call.main()
    if raw is None:
        yield from extras.answer(call)
        return
    values, places = ({kind: raw}, {kind: call.place(name)}) if kind else (raw, None)
    place = call.base if kind else call.place(name)
    yield call.part(call.server_ref(), "transport", values, place, complete=call.complete, places=places)
    yield from extras.remainder(call, name)


def child_info(call: Call) -> Iterator[Item]:
    """GetServerInfo of a secondary server."""
    number = call.asked("lServer", "nId")
    yield from about_area(f"child.{number}" if number else f"extra.{call.label()}")(call)
