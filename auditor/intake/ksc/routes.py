"""Which handler takes an answer: by its method, else by what its rows or members are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from auditor.intake.ksc import extras, groups, hosts, people, policies, server, tasks
from auditor.intake.ksc.call import Call
from auditor.intake.ksc.methods import kind_of_object, kind_of_row, section_in_name
from auditor.intake.ksc.typed import params_of
from auditor.sdk.reading import Item, Note

Handler = Callable[[Call], Iterator[Item]]

# Rows whose call, not their attributes, says what they are.
_METHOD_ROWS: dict[str, Handler] = {
    **dict.fromkeys(server.LISTS, server.listed),
    "HostGroup.GetComponentsForProductOnHost": hosts.components,
    "InventoryApi.GetHostInvProducts": hosts.software,
    "Tasks.GetHostStatusRecordRange": tasks.hosts,
    "Tasks.GetTaskHistory": tasks.history,
    "EventProcessing.GetRecordRange": extras.rows,
    "UaControl.GetUpdateAgentsList": people.points,
}

_ROWS: dict[str, Handler] = {
    "host": hosts.rows,
    "policy": policies.rows,
    "group": groups.rows,
    "task": tasks.rows,
    "task_host": tasks.hosts,
    "licence": people.licences,
    "user": people.users,
    "point": people.points,
    "component": hosts.components,
    **{kind: server.listed_rows(kind) for kind in server.ROW_LISTS},
}

_METHODS: dict[str, Handler] = {
    **dict.fromkeys(server.SCALARS, server.scalar),
    **dict.fromkeys(server.LISTS, server.listed),
    **dict.fromkeys(server.OBJECTS, server.about),
    "Limits.GetLimits": server.limits,
    "TotpUserSettings.IfEnabled2FaForUser": server.user_two_step,
    "ServerTransportSettings.GetCurrentConnectionSettings": server.transport,
    "ServerHierarchy.GetServerInfo": server.child_info,
    "HostGroup.GetGroupInfo": groups.data,
    "HostGroup.GetGroupInfoEx": groups.data,
    "HostGroup.FindHosts": hosts.found,
    "HostGroup.GetHostInfo": hosts.info,
    "HostGroup.GetHostProducts": hosts.products,
    "HostGroup.GetComponentsForProductOnHost": hosts.components,
    "HostGroup.SS_Read": lambda call: hosts.section(call, _section(call)),
    "InventoryApi.GetHostInvProducts": hosts.software,
    "LicenseKeys.EnumKeys": people.keys,
    **dict.fromkeys(policies.LISTS, policies.rows),
    "Policy.GetPolicyData": policies.data,
    "Policy.GetPolicyContents": policies.contents,
    "PolicyProfiles.EnumProfiles": policies.profiles,
    "PolicyProfiles.GetProfileSettings": policies.profile_settings,
    "PolicyProfiles.GetPriorities": policies.priorities,
    "PolicyProfiles.GetEffectivePolicyContents": policies.effective,
    "SsContents.Ss_Read": policies.section,
    "SsContents.SS_GetNames": policies.names,
    "Tasks.ResetTasksIterator": tasks.iterator,
    "Tasks.GetTask": tasks.data,
    "Tasks.GetTaskData": tasks.data,
    "Tasks.GetNextTask": tasks.data,
    "Tasks.GetTaskStatistics": tasks.statistics,
    "Tasks.GetTaskStartEvent": tasks.start_event,
    "Tasks.GetTaskHistory": tasks.history,
    "Tasks.GetAllTasksOfHost": hosts.task_ids,
    "Tasks.ResetHostIteratorForTaskStatus": tasks.host_iterator,
    "Tasks.GetHostStatusRecordRange": tasks.hosts,
    "UaControl.GetUpdateAgentsList": people.points,
    "UaControl.GetUpdateAgentInfo": people.point,
}

_OBJECTS: dict[str, Handler] = {
    "host_info": hosts.info,
    "policy": policies.data,
    "task": tasks.data,
    "task_statistics": tasks.statistics,
    "group": groups.data,
    "licence": people.licence,
    "user": people.user,
    "point": people.point,
    "transport": server.transport,
    **{kind: server.about_area(kind) for kind in ("static", "statistics", "ksn_proxy")},
}

# Their rows look like those of the server, but belong to one device only.
_LOCAL_CLASSES = ("HostTasks.",)


def handler_of(call: Call) -> Handler:
    """The handler for this answer; anything without a home goes to `extras`."""
    if call.method.startswith("Session."):
        return _session
    if call.method.startswith(_LOCAL_CLASSES):
        return extras.rows
    row = call.feed.peek()
    if row is not None:
        return _METHOD_ROWS.get(call.method) or _ROWS.get(kind_of_row(row), extras.rows)
    if call.method in _METHODS:
        return _METHODS[call.method]
    return _by_object(call)


def _by_object(call: Call) -> Handler:
    _, raw = call.main()
    found = params_of(raw)
    if not isinstance(found, dict) or not found:
        return extras.answer
    if kind := kind_of_object(found):
        return _OBJECTS[kind]
    if policies.is_profiles(found):
        return policies.profiles
    if any(policies.holds_nodes(value) for value in found.values()):
        return policies.section
    return hosts.products if not call.method and _are_products(found) else extras.answer


_PRODUCT_MARKS = frozenset({"BaseDate", "BaseInstallDate", "BaseRecords", "LastUpdateTime"})


def _are_products(found: dict[str, Any]) -> bool:
    """product -> version -> values, as GetHostProducts answers."""
    for versions in map(params_of, found.values()):
        if not isinstance(versions, dict) or not versions:
            return False
        for values in map(params_of, versions.values()):
            if not isinstance(values, dict) or not values.keys() & _PRODUCT_MARKS:
                return False
    return True


def _section(call: Call) -> str:
    return call.asked("strSection") or section_in_name(call.name, hosts.SERVER_SECTIONS)


def _session(call: Call) -> Iterator[Item]:
    """The answer to a sign-in is a token: nothing of it is kept."""
    call.feed.drain()
    yield Note(f"{call.method}: the answer holds a session token and was not kept; delete the file")
