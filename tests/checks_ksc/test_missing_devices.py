"""A page that is broken or missing never lets a check about all devices pass."""

from __future__ import annotations

import json
from typing import Any

import pytest

PROTECTED = "KSC-HST-004"  # tolerates no device
OUTDATED = "KSC-UPD-010"  # tolerates 2 percent
BAD = {"KLHST_WKS_STATUS_MASK": 32}
OLD = {"KLHST_WKS_STATUS_MASK": 128}


def test_the_whole_list_passes(dump: Any, make_device: Any) -> None:
    dump.found(60)
    dump.page(0, [make_device(n) for n in range(40)])
    dump.page(40, [make_device(n) for n in range(40, 60)])
    assert dump.said(PROTECTED)[0] == "pass"
    assert dump.verdict(PROTECTED)["rollup"]["judged"] == 60
    assert dump.said("KSC-HIE-001")[0] == "pass"


def test_fewer_rows_than_the_server_stated(dump: Any, make_device: Any) -> None:
    dump.found(80)
    dump.page(0, [make_device(n) for n in range(60)])
    outcome, reason, notes = dump.said(PROTECTED)
    assert (outcome, reason) == ("unknown", "incomplete")
    assert "60 of 80 stated by the server" in notes
    assert dump.said("KSC-HIE-001")[:2] == ("unknown", "incomplete")
    assert dump.said("KSC-DP-001")[:2] == ("unknown", "incomplete")


def test_a_device_that_fails_is_a_failure_whatever_is_missing(dump: Any, make_device: Any) -> None:
    dump.found(80)
    dump.page(0, [make_device(0, **BAD), make_device(1)])
    assert dump.said(PROTECTED)[0] == "fail"


@pytest.mark.parametrize(("missing", "outcome"), [(49, "fail"), (50, "unknown")])
def test_missing_devices_may_outweigh_a_share(dump: Any, make_device: Any, missing: int, outcome: str) -> None:
    dump.found(50 + missing)
    dump.page(0, [make_device(n, **(OLD if n < 2 else {})) for n in range(50)])
    assert dump.said(OUTDATED)[0] == outcome  # 2 of 99 are more than 2 percent, 2 of 100 are not


def test_a_page_that_breaks_off(dump: Any, make_device: Any) -> None:
    dump.page(0, [make_device(n) for n in range(20)])
    path = dump.page(20, [make_device(n) for n in range(20, 40)])
    path.write_text(path.read_text()[:-2000])
    outcome, reason, notes = dump.said(PROTECTED)
    assert (outcome, reason) == ("unknown", "incomplete")
    assert "ksc01/page-A-20.json breaks off" in notes


@pytest.mark.parametrize(
    "content", ['{"format":"ksc-openapi-call/1","server":"ksc01","method":"Chunk', "{", "[1,", "", "<html>"]
)
def test_a_file_that_breaks_off_before_anything_is_known(dump: Any, make_device: Any, content: str) -> None:
    dump.page(0, [make_device(0)])
    (dump.folder / "ChunkAccessor.GetItemsChunk.2.json").write_text(content)
    assert dump.said(PROTECTED)[:2] == ("unknown", "incomplete")


def test_a_page_that_the_server_refused(dump: Any, make_device: Any) -> None:
    dump.page(0, [make_device(0)])
    dump.call("page-2", "ChunkAccessor.GetItemsChunk", {"PxgError": {"code": 5, "message": "no such accessor"}},
              strAccessor="A", nStart=1, nCount=1)  # fmt: skip
    outcome, _, notes = dump.said(PROTECTED)
    assert outcome == "unknown"
    assert "refused" in notes


def test_a_broken_file_of_another_kind_does_not_matter(dump: Any, make_device: Any) -> None:
    dump.page(0, [make_device(0)])
    dump.call("policies", "Policy.GetPoliciesForGroup", {"PxgError": {"code": 5}}, nGroupId=0)
    assert dump.said(PROTECTED)[0] == "pass"


def test_a_hole_between_pages(dump: Any, make_device: Any) -> None:
    dump.page(0, [make_device(n) for n in range(20)])
    dump.page(30, [make_device(n) for n in range(30, 40)])
    outcome, _, notes = dump.said(PROTECTED)
    assert outcome == "unknown"
    assert "10 records between the pages" in notes


def test_a_page_with_fewer_rows_than_it_says(dump: Any, make_device: Any) -> None:
    dump.page(0, [make_device(0)], PxgRetVal=3)
    outcome, _, notes = dump.said(PROTECTED)
    assert outcome == "unknown"
    assert "holds 1 of 3 rows" in notes


def test_rows_that_are_no_objects_are_missing(dump: Any, make_device: Any) -> None:
    path = dump.page(0, [make_device(0), make_device(1)])
    document = json.loads(path.read_text())
    document["response"]["pChunk"]["KLCSP_ITERATOR_ARRAY"][1] = None
    path.write_text(json.dumps(document))
    assert dump.said(PROTECTED)[:2] == ("unknown", "incomplete")


@pytest.mark.parametrize(("selection", "outcome"), [("", "pass"), ('(KLHST_WKS_DN="*")', "pass"),
                                                    ("(KLHST_WKS_GROUPID=4)", "unknown"),
                                                    ('(KLHST_WKS_RTP_AV_VERSION="*")', "unknown")])  # fmt: skip
def test_a_list_made_with_a_filter_is_a_selection(dump: Any, make_device: Any, selection: str, outcome: str) -> None:
    dump.found(1, selection=selection)
    dump.page(0, [make_device(0)])
    assert dump.said(PROTECTED)[0] == outcome


@pytest.mark.parametrize(("ends", "outcome"), [([False, True], "pass"), ([False, False], "unknown")])
def test_a_list_without_its_last_page(dump: Any, make_device: Any, ends: list[bool], outcome: str) -> None:
    for number, end in enumerate(ends):
        answer = {"pData": {"KLCSP_ITERATOR_ARRAY": [make_device(number)]}, "bEOF": end}
        dump.call(f"sync-{number}", "GroupSyncIterator.GetNextItems", answer, szwIterator="S", nCount=1)
    assert dump.said(PROTECTED)[0] == outcome


def test_two_lists_are_one_fleet(dump: Any, make_device: Any) -> None:
    """Each device counts once; a list whose devices stand elsewhere, too, is still whole."""
    dump.found(4, "A")
    dump.found(2, "B")
    dump.page(0, [make_device(n) for n in range(4)], "A")
    dump.page(0, [make_device(n) for n in (2, 3)], "B")
    assert dump.said(PROTECTED)[0] == "pass"
    assert dump.verdict(PROTECTED)["rollup"]["judged"] == 4
    assert dump.said("KSC-HIE-001")[0] == "pass"


def test_healthy_devices_on_two_pages_do_not_water_a_share_down(dump: Any, make_device: Any) -> None:
    rows = [make_device(n, **(OLD if n == 0 else {})) for n in range(40)]
    dump.page(0, rows)
    dump.page(30, [*rows[30:], *[make_device(n) for n in range(40, 45)]])
    verdict = dump.verdict(OUTDATED)
    assert verdict["rollup"]["judged"] == 45
    assert verdict["outcome"] == "fail"


def test_a_copy_of_a_page_does_not_stand_for_the_one_that_is_missing(dump: Any, make_device: Any) -> None:
    dump.found(40)
    path = dump.page(0, [make_device(n) for n in range(20)])
    (dump.folder / "copy.json").write_bytes(path.read_bytes())
    outcome, _, notes = dump.said(PROTECTED)
    assert outcome == "unknown"
    assert "20 of 40" in notes


def test_a_page_that_was_saved_under_the_place_of_another(dump: Any, make_device: Any) -> None:
    """The places 0 to 29 are all covered, ten of the thirty devices are in no file."""
    dump.found(30)
    dump.page(0, [make_device(n) for n in range(10)])
    dump.page(10, [make_device(n) for n in range(10)])
    dump.page(20, [make_device(n) for n in range(20, 30)])
    outcome, reason, notes = dump.said(PROTECTED)
    assert (outcome, reason) == ("unknown", "incomplete")
    assert "20 different devices of 30 stated by the server" in notes


@pytest.mark.parametrize(("asked", "stated", "outcome"), [
    (10, None, "unknown"), ("10", None, "unknown"), (11, None, "pass"), (10, 10, "pass"), (10, 11, "unknown"),
])  # fmt: skip
def test_a_page_that_is_full_is_not_the_last(
    dump: Any, make_device: Any, asked: int | str, stated: int | None, outcome: str
) -> None:
    if stated is not None:
        dump.found(stated)
    answer = {"PxgRetVal": 10, "pChunk": {"KLCSP_ITERATOR_ARRAY": [make_device(n) for n in range(10)]}}
    dump.call("page", "ChunkAccessor.GetItemsChunk", answer, strAccessor="A", nStart=0, nCount=asked)
    assert dump.said(PROTECTED)[0] == outcome


@pytest.mark.parametrize("rows", [10, 0])
def test_behind_full_pages_the_list_ends(dump: Any, make_device: Any, rows: int) -> None:
    for start, number in ((0, 20), (20, rows)):
        devices = [make_device(n) for n in range(start, start + number)]
        answer = {"PxgRetVal": number, "pChunk": {"KLCSP_ITERATOR_ARRAY": devices}}
        dump.call(f"page-{start}", "ChunkAccessor.GetItemsChunk", answer, strAccessor="A", nStart=start, nCount=20)
    assert dump.said(PROTECTED)[0] == "pass"
    assert dump.verdict(PROTECTED)["rollup"]["judged"] == 20 + rows


@pytest.mark.parametrize("number", ["20", {"type": "long", "value": "20"}])
def test_a_stated_number_that_was_saved_as_text(dump: Any, make_device: Any, number: Any) -> None:
    dump.call("find", "HostGroup.FindHosts", {"PxgRetVal": number, "strAccessor": "A"}, wstrFilter="")
    dump.page(0, [make_device(n) for n in range(10)])
    outcome, _, notes = dump.said(PROTECTED)
    assert outcome == "unknown"
    assert "10 of 20 stated by the server" in notes


def test_a_device_that_is_fine_on_one_page_and_not_on_another(dump: Any, make_device: Any) -> None:
    dump.page(0, [make_device(0), make_device(1)], "A")
    dump.page(0, [make_device(0, **BAD)], "B")
    assert dump.said(PROTECTED)[:2] == ("unknown", "conflict")


def test_devices_without_identifier_are_told_apart_by_their_place(dump: Any, make_device: Any) -> None:
    rows = [{name: value for name, value in make_device(n).items() if name != "KLHST_WKS_HOSTNAME"} for n in range(3)]
    dump.page(0, rows)
    dump.page(2, rows[2:] * 2)
    assert dump.verdict(PROTECTED)["rollup"]["judged"] == 4


def test_devices_looked_up_alone_do_not_stand_for_the_fleet(dump: Any, make_device: Any) -> None:
    for number in range(2):
        dump.call(f"host-{number}", "HostGroup.GetHostInfo", {"PxgRetVal": make_device(number)})
    outcome, reason, notes = dump.said(PROTECTED)
    assert (outcome, reason) == ("unknown", "incomplete")
    assert "one by one" in notes
    assert dump.verdict(PROTECTED)["rollup"]["judged"] == 2


def test_a_device_looked_up_alone_that_fails(dump: Any, make_device: Any) -> None:
    dump.call("host", "HostGroup.GetHostInfo", {"PxgRetVal": make_device(0, **BAD)})
    assert dump.said(PROTECTED)[0] == "fail"


def test_a_listing_makes_devices_looked_up_alone_superfluous(dump: Any, make_device: Any) -> None:
    dump.call("a-host", "HostGroup.GetHostInfo", {"PxgRetVal": make_device(0, **BAD)})
    dump.page(0, [make_device(0), make_device(1)])
    assert dump.said(PROTECTED)[0] == "pass"
    assert dump.verdict(PROTECTED)["rollup"]["judged"] == 2


def key(number: int) -> dict[str, Any]:
    return {"KLLIC_SERIAL": f"0000-00000{number}-0000000{number}", "KLLIC_PROD_NAME": "A", "KLLICSRV_AUTOKEY": True,
            "KLLIC_LIMIT_DATE": {"type": "datetime", "value": "2027-01-01T00:00:00Z"}}  # fmt: skip


@pytest.mark.parametrize(("stated", "outcome"), [(2, "pass"), (3, "unknown")])
def test_licence_keys_are_counted_against_what_the_server_stated(dump: Any, stated: int, outcome: str) -> None:
    dump.call("keys", "LicenseKeys.EnumKeys", {"lKeyCount": stated, "wstrIterator": "K"})
    dump.page(0, [key(1), key(2)], "K")
    assert dump.said("KSC-LIC-004")[0] == outcome


def test_a_lost_page_of_keys_is_no_lost_page_of_devices(dump: Any, make_device: Any) -> None:
    dump.page(0, [make_device(0)])
    dump.call("keys", "LicenseKeys.EnumKeys", {"lKeyCount": 2, "wstrIterator": "K"})
    dump.page(0, [key(1)], "K")
    dump.call("lost", "ChunkAccessor.GetItemsChunk", {"PxgError": {"code": 5}}, strAccessor="K", nStart=1, nCount=1)
    assert dump.said(PROTECTED)[0] == "pass"
    assert dump.said("KSC-LIC-004")[:2] == ("unknown", "incomplete")


def _policies(dump: Any, group: int, *products: str) -> None:
    rows = [{"KLPOL_ID": 10 * group + n, "KLPOL_PRODUCT": product, "KLPOL_GROUP_ID": group, "KLPOL_ACTIVE": True,
             "KLPOL_ROAMING": False} for n, product in enumerate(products)]  # fmt: skip
    dump.call(f"policies-{group}", "Policy.GetPoliciesForGroup", {"PxgRetVal": rows}, nGroupId=group)


@pytest.mark.parametrize(("asked", "outcome"), [((0,), "unknown"), ((0, 4), "fail"), ((-1,), "fail")])
def test_policies_of_one_group_say_nothing_about_those_of_another(
    dump: Any, make_device: Any, asked: tuple[int, ...], outcome: str
) -> None:
    """All devices are in group 4 and have KES; its own policies may not have been asked for. An empty answer counts."""
    dump.page(0, [make_device(0)])
    dump.call("groups", "HostGroup.GetSubgroups", {"PxgRetVal": [{"id": 4, "name": "Offices"}]}, nGroupId=0, nDepth=9)
    for group in asked:
        _policies(dump, group, *(() if group == 4 else ("1103",)))
    got, reason, notes = dump.said("KSC-POL-001")
    assert got == outcome
    if outcome == "unknown":
        assert reason == "incomplete"
        assert "the policies of group 4 were not asked for" in notes


@pytest.mark.parametrize(("stated", "outcome", "words"), [
    (None, "unknown", "no file that is understood states how many"), (2, "pass", ""), (3, "unknown", "2 of 3 stated"),
])  # fmt: skip
def test_answers_saved_without_their_requests(
    dump: Any, make_device: Any, stated: int | None, outcome: str, words: str
) -> None:
    """Then no page tells that it is the last; only the answer that began the list tells how long it is."""
    rows = [{"type": "params", "value": make_device(number)} for number in range(2)]
    answer = {"PxgRetVal": len(rows), "pChunk": {"KLCSP_ITERATOR_ARRAY": rows}}
    (dump.folder / "ChunkAccessor.GetItemsChunk.1.json").write_text(json.dumps(answer))
    if stated is not None:
        begun = {"PxgRetVal": stated, "strAccessor": "A"}
        (dump.folder / "HostGroup.FindHosts.json").write_text(json.dumps(begun))
    got, _, notes = dump.said(PROTECTED)
    assert got == outcome
    assert words in notes


def _naked(dump: Any, name: str, answer: Any) -> None:
    """An answer as the server gave it, saved under the name of its call, without its request."""
    (dump.folder / f"{name}.json").write_text(json.dumps(answer))


def _chunk(rows: Any) -> dict[str, Any]:
    wrapped = [{"type": "params", "value": row} for row in rows]
    return {"PxgRetVal": len(wrapped), "pChunk": {"KLCSP_ITERATOR_ARRAY": wrapped}}


@pytest.mark.parametrize("end", [
    {"bEOF": True}, {"bEOF": True, "pItems": {}}, {"bEOF": True, "pItems": {"KLCSP_ITERATOR_ARRAY": []}},
])  # fmt: skip
@pytest.mark.parametrize("method", ["GroupSyncIterator.GetNextItems", "SrvView.GetRecordRange"])
def test_the_empty_end_of_an_unknown_list_ends_none(dump: Any, make_device: Any, method: str, end: Any) -> None:
    _naked(dump, "ChunkAccessor.GetItemsChunk.1", _chunk(map(make_device, range(2))))
    _naked(dump, f"{method}.1", end)
    assert dump.said(PROTECTED)[:2] == ("unknown", "incomplete")


def test_a_filtered_list_says_nothing_of_the_length_of_others(dump: Any, make_device: Any) -> None:
    dump.found(1, "A", "(KLHST_WKS_GROUPID=4)")
    dump.page(0, [make_device(9)], "A")
    _naked(dump, "ChunkAccessor.GetItemsChunk.1", _chunk(map(make_device, range(2))))
    assert dump.said(PROTECTED)[:2] == ("unknown", "incomplete")


def test_pages_of_another_list_are_none_of_this_one(dump: Any, make_device: Any) -> None:
    _naked(dump, "HostGroup.FindHosts", {"PxgRetVal": 2, "strAccessor": "A"})
    dump.page(0, [make_device(0), make_device(1)], "Z")
    got, _, notes = dump.said(PROTECTED)
    assert got == "unknown"
    assert "0 of 2 stated by the server" in notes


@pytest.mark.parametrize(("stated", "outcome"), [
    ([3], "pass"), ([3, 3], "pass"), ([2], "unknown"), ([0], "unknown"), ([2, 3], "unknown"), ([3, 4], "unknown"),
])  # fmt: skip
def test_pages_that_do_not_fit_what_was_stated(dump: Any, make_device: Any, stated: list[int], outcome: str) -> None:
    for number, length in enumerate(stated):
        _naked(dump, f"HostGroup.FindHosts.{number}", {"PxgRetVal": length, "strAccessor": f"A{number}"})
    _naked(dump, "ChunkAccessor.GetItemsChunk.1", _chunk(map(make_device, range(3))))
    assert dump.said(PROTECTED)[0] == outcome


@pytest.mark.parametrize(("more", "outcome"), [(0, "pass"), (1, "unknown")])
def test_licence_keys_saved_without_their_requests(dump: Any, more: int, outcome: str) -> None:
    key = {"KLLIC_SERIAL": "1-1", "KLLIC_PROD_NAME": "KES", "KLLICSRV_AUTOKEY": True, "KLLIC_KEY_TYPE": 1,
           "KLLIC_LIMIT_DATE": {"type": "datetime", "value": "2027-03-01T00:00:00Z"},
           "KLLIC_CREATION_DATE": {"type": "datetime", "value": "2025-03-01T00:00:00Z"}}  # fmt: skip
    _naked(dump, "LicenseKeys.EnumKeys", {"wstrIterator": "I", "lKeyCount": 1 + more})
    items = {"KLCSP_ITERATOR_ARRAY": [{"type": "params", "value": key}]}
    _naked(dump, "GroupSyncIterator.GetNextItems.1", {"bEOF": True, "pItems": items})
    got, _, notes = dump.said("KSC-LIC-004")
    assert ("1 of 2 stated by the server" in notes) is bool(more)
    assert (got == "unknown") is bool(more), (got, notes)


_TASK = {"TASKID_PRODUCT_NAME": "1093", "TASK_NAME": "Backup"}


def _tasks(dump: Any, *, end: bool, **asked: Any) -> None:
    """A list with one task of the server; no task downloads updates."""
    dump.call("tasks", "Tasks.ResetTasksIterator", {"strTaskIteratorId": "T"}, nGroupId=0, **asked)
    for number, data in enumerate([{**_TASK, "TASK_UNIQUE_ID": "1"}, *([{}] if end else [])]):
        dump.call(f"task-{number}", "Tasks.GetNextTask", {"pTaskData": data}, strTaskIteratorId="T")


@pytest.mark.parametrize(("end", "asked", "outcome", "words"), [
    (True, {}, "fail", ""),
    (True, {"bGroupIdSignificant": False, "strTaskName": ""}, "fail", ""),
    (False, {}, "unknown", "the last page is in no file"),
    (True, {"strTaskName": "Backup"}, "unknown", "strTaskName=Backup"),
    (True, {"bGroupIdSignificant": True}, "unknown", "nGroupId=0"),
])  # fmt: skip
def test_a_task_is_absent_only_from_a_whole_list(
    dump: Any, end: bool, asked: dict[str, Any], outcome: str, words: str
) -> None:
    dump.call("static", "HostGroup.GetStaticInfo", {"PxgRetVal": {"KLADMSRV_GRP_ROOT": 0}})
    _tasks(dump, end=end, **asked)
    got, _, notes = dump.said("KSC-UPD-001")
    assert got == outcome
    assert words in notes


@pytest.mark.parametrize(("listed", "outcome", "words"), [
    (False, "unknown", "no file lists them all"), (True, "fail", ""),
])  # fmt: skip
def test_tasks_that_were_looked_up_one_by_one_are_not_all(dump: Any, listed: bool, outcome: str, words: str) -> None:
    dump.call("static", "HostGroup.GetStaticInfo", {"PxgRetVal": {"KLADMSRV_GRP_ROOT": 0}})
    dump.call("task-1", "Tasks.GetTaskData", {"PxgRetVal": {**_TASK, "TASK_UNIQUE_ID": "1"}}, strTask="1")
    if listed:
        _tasks(dump, end=True)
    got, _, notes = dump.said("KSC-UPD-001")
    assert got == outcome
    assert words in notes


@pytest.mark.parametrize("way", ["another name", "an array", "begun with a filter", "an end without its list"])
def test_other_ways_to_have_some_tasks_only(dump: Any, way: str) -> None:
    dump.call("static", "HostGroup.GetStaticInfo", {"PxgRetVal": {"KLADMSRV_GRP_ROOT": 0}})
    task = {**_TASK, "TASK_UNIQUE_ID": "1"}
    if way == "another name":
        enabled = {"type": "params", "value": {"PRTS_TASK_ENABLED": True}}
        _naked(dump, "task_1", {"PxgRetVal": {**task, "TASKSCH_TYPE": 2, "TASK_INFO_PARAMS": enabled}})
    elif way == "an array":
        _naked(dump, "tasks", [task])
    else:
        dump.call("task-1", "Tasks.GetTaskData", {"PxgRetVal": task}, strTask="1")
    if way == "begun with a filter":
        dump.call("begun", "Tasks.ResetTasksIterator", {"strTaskIteratorId": "T"}, strProductName="1093")
    if way == "an end without its list":
        _naked(dump, "Tasks.GetNextTask", {"pTaskData": {}})
    got, _, notes = dump.said("KSC-UPD-001")
    assert got == "unknown"
    assert "no file lists them all" in notes


def test_a_task_that_is_there_needs_no_whole_list(dump: Any) -> None:
    dump.call("static", "HostGroup.GetStaticInfo", {"PxgRetVal": {"KLADMSRV_GRP_ROOT": 0}})
    data = {**_TASK, "TASK_NAME": "DoUpdate", "TASK_UNIQUE_ID": "2", "TASKSCH_TYPE": 2,
            "TASK_INFO_PARAMS": {"type": "params", "value": {"PRTS_TASK_ENABLED": True}}}  # fmt: skip
    dump.call("task-9", "Tasks.GetNextTask", {"pTaskData": data}, strTaskIteratorId="T")
    assert dump.said("KSC-UPD-001")[0] == "pass"


def _children(dump: Any, group: int, *states: int) -> None:
    rows = [{"KLSRVH_SRV_DN": f"srv-{group}-{n}", "KLSRVH_SRV_STATUS": state} for n, state in enumerate(states)]
    dump.call(f"children-{group}", "ServerHierarchy.GetChildServers", {"PxgRetVal": rows}, nGroupId=group)


@pytest.mark.parametrize(("states", "refused", "outcome"), [
    ((1,), False, "pass"), ((1,), True, "unknown"), ((1, 0), True, "fail"),
    ((), False, "not_applicable"), ((), True, "unknown"),
])  # fmt: skip
def test_secondary_servers_of_a_group_that_was_refused(
    dump: Any, states: tuple[int, ...], refused: bool, outcome: str
) -> None:
    dump.call("group", "HostGroup.GetGroupInfoEx", {"PxgRetVal": {"id": 0, "name": "Managed devices"}}, nGroupId=0)
    _children(dump, 0, *states)
    if refused:
        dump.call("children-7", "ServerHierarchy.GetChildServers", {"PxgError": {"code": 5}}, nGroupId=7)
    assert dump.said("KSC-HIE-003")[0] == outcome


def test_a_list_that_was_only_refused_was_not_collected(dump: Any, make_device: Any) -> None:
    dump.page(0, [make_device(0)])
    dump.call("children-7", "ServerHierarchy.GetChildServers", {"PxgError": {"code": 5}}, nGroupId=7)
    assert dump.said("KSC-HIE-003")[:2] == ("unknown", "not_collected")
    assert dump.said(PROTECTED)[0] == "pass"
