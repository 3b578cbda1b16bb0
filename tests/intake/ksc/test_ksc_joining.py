from __future__ import annotations

import itertools
from typing import Any

from auditor.intake.ksc import join
from auditor.model.snapshot import Part, Settings, SubjectRef


def found(parts: list[Part], kind: str, area: str) -> list[Part]:
    return [part for part in parts if part.subject.kind == kind and part.settings.area == area]


def test_sections_find_their_policy_in_any_order(kit: Any) -> None:
    node = kit.params({"KLPRSS_Val": True, "KLPRSS_Mnd": True})
    section = kit.call(
        "SsContents.Ss_Read",
        {"PxgRetVal": {"Switch": node}},
        {"wstrID": "s1", "wstrProduct": "1103", "wstrVersion": "1.0.0.0", "wstrSection": "KLNAG_SVCPRT"},
    ).parts
    binding = kit.call("Policy.GetPolicyContents", {"PxgRetVal": "s1"}, {"nPolicy": 7, "nRevisionId": 0}).parts
    policy = kit.call("Policy.GetPolicyData", {"PxgRetVal": {"KLPOL_ID": 7, "KLPOL_DN": "Agents"}}).parts
    assert section[0].subject.kind == "ksc.contents"
    for order in itertools.permutations([section, binding, policy]):
        joined = join([part for parts in order for part in parts])
        (part,) = found(joined, "ksc.policy", "section.KLNAG_SVCPRT")
        assert part.subject.key == "ksc01/policy/7"
        assert part.subject.name == "Agents"
        assert part.settings.locks is not None
        assert part.settings.locks[("Switch",)].own


def test_a_profiles_section_never_becomes_the_policys(kit: Any) -> None:
    section = kit.call("SsContents.Ss_Read", {"PxgRetVal": {"A": 1}}, {"wstrID": "p1", "wstrSection": "S"}).parts
    request = {"nPolicy": 7, "szwName": "Laptops"}
    binding = kit.call("PolicyProfiles.GetProfileSettings", {"PxgRetVal": "p1"}, request).parts
    joined = join([*section, *binding])
    assert [part.subject.key for part in found(joined, "ksc.profile", "section.S")] == [
        "ksc01/policy/7/profile/Laptops"
    ]
    assert not found(joined, "ksc.policy", "section.S")


def test_contents_without_owner_or_with_two_stay_aside(kit: Any) -> None:
    section = kit.call("SsContents.Ss_Read", {"PxgRetVal": {"A": 1}}, {"wstrID": "s1", "wstrSection": "S"}).parts
    assert [part.subject.kind for part in join(section)] == ["ksc.contents"]
    one = kit.call("Policy.GetPolicyContents", {"PxgRetVal": "s1"}, {"nPolicy": 7}).parts
    two = kit.call("Policy.GetPolicyContents", {"PxgRetVal": "s1"}, {"nPolicy": 8}).parts
    assert found(join([*section, *one, *two]), "ksc.contents", "section.S")
    other = kit.call("Policy.GetPolicyContents", {"PxgRetVal": "s1"}, {"nPolicy": 7}, server="ksc02").parts
    assert found(join([*section, *other]), "ksc.contents", "section.S")


def test_task_results_find_their_task_and_pages_become_one(kit: Any) -> None:
    binding = kit.call("Tasks.ResetHostIteratorForTaskStatus", {"strHostIteratorId": "it"}, {"strTask": "101"}).parts
    pages = []
    for number in range(2):
        rows = [kit.params({"hostdn": f"web0{number}", "state_descr": "ok"})]
        pages += kit.call(
            "Tasks.GetHostStatusRecordRange", {"pParHostStatus": {"statuses": rows}},
            {"strHostIteratorId": "it", "nStart": number},
        ).parts  # fmt: skip
    pages[1].file = "second.json"
    (part,) = found(join([*pages, *binding]), "ksc.task", "hosts")
    assert part.subject.key == "ksc01/task/101"
    assert [host["hostdn"] for host in part.settings.values["Hosts"]] == ["web00", "web01"]
    assert part.settings.locate is not None
    place = part.settings.locate(("Hosts", 1, "hostdn"))
    assert place == "second.json#/response/pParHostStatus/statuses/0/value/hostdn"


def test_lists_lose_no_item_and_hold_none_twice(kit: Any) -> None:
    servers = [kit.params({"KLSRVH_SRV_ID": n}) for n in (1, 2, 3)]
    one = kit.call("ServerHierarchy.GetChildServers", {"PxgRetVal": servers[:2]}, {"nGroupId": 0}).parts
    two = kit.call("ServerHierarchy.GetChildServers", {"PxgRetVal": servers[1:]}, {"nGroupId": 4}).parts
    empty = kit.call("ServerHierarchy.GetChildServers", {"PxgRetVal": []}, {"nGroupId": 5}).parts
    (part,) = found(join([*one, *two, *empty]), "ksc.server", "children")
    assert [server["KLSRVH_SRV_ID"] for server in part.settings.values["Servers"]] == [1, 2, 3]


def test_group_paths_need_the_whole_chain(kit: Any) -> None:
    tree = kit.params({"id": 3, "name": "Servers", "groups": [kit.params({"id": 4, "name": "Linux"})]})
    groups = kit.call("HostGroup.GetSubgroups", {"PxgRetVal": [tree]}, {"nGroupId": 0}).parts
    root = kit.call(
        "HostGroup.GetGroupInfo", {"PxgRetVal": {"id": 0, "name": "Managed devices"}}, {"nGroupId": 0}
    ).parts
    which = kit.call("HostGroup.GroupIdGroups", {"PxgRetVal": 0}).parts

    def paths(parts: list[Part]) -> dict[str, Any]:
        return {
            part.subject.key: part.settings.values
            for part in found(join(parts), "ksc.group", "path")
            if "FullName" in part.settings.values
        }

    assert paths([*groups, *root, *which]) == {
        "ksc01/group/0": {"FullName": "Managed devices", "Depth": 0},
        "ksc01/group/3": {"FullName": "Managed devices/Servers", "Depth": 1},
        "ksc01/group/4": {"FullName": "Managed devices/Servers/Linux", "Depth": 2},
    }
    assert paths([*groups, *root]) == {}
    assert paths([*groups, *which]) == {}


def test_groups_in_a_circle_end(kit: Any) -> None:
    rows = [kit.params({"id": 1, "name": "a", "parentId": 2}), kit.params({"id": 2, "name": "b", "parentId": 1})]
    parts = kit.call("ChunkAccessor.GetItemsChunk", {"pChunk": {"KLCSP_ITERATOR_ARRAY": rows}}).parts
    assert len(join(parts)) == 2


def test_other_products_pass_unchanged() -> None:
    part = Part(SubjectRef("kesl.host", "web01", "web01", "kesl"), Settings("app", {"A": "1"}), "web01.ini")
    assert join([part]) == [part]


class Row(dict[str, Any]):
    """Counts how often rows are compared with each other."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Row.compared += 1
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]


def test_pages_of_a_large_list_are_joined_without_comparing_each_row_with_all_others() -> None:
    task = SubjectRef("ksc.task", "ksc01/task/101", "Update", "ksc")
    pages = [[Row(hostdn=f"web{page}{number}") for number in range(100)] for page in (1, 2)]
    pages[1][0] = Row(hostdn="web10")  # stands on the first page as well
    (part,) = join([Part(task, Settings("hosts", {"Hosts": rows}), f"{rows[1]['hostdn']}.json") for rows in pages])
    names = [row["hostdn"] for row in part.settings.values["Hosts"]]
    assert (len(names), names.count("web10"), Row.compared) == (199, 1, 0)
