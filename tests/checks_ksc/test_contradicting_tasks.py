"""What inputs contradict each other about is not taken for what no input states."""

from __future__ import annotations

from typing import Any

import pytest

SEARCH = {
    "TASK_NAME": "KLNAG_TASK_VAPM_SEARCH",
    "TASKID_PRODUCT_NAME": "1103",
    "TASK_UNIQUE_ID": "1",
    "TASKSCH_TYPE": 3,
}
INFO = {"PRTS_TASK_ENABLED": True, "PRTS_TASK_GROUPID": 0}


def said(dump: Any, own: dict[str, Any], info: dict[str, Any]) -> str:
    """What becomes of a weekly search on all devices where two answers state these pairs of values beside it."""
    dump.call("static", "HostGroup.GetStaticInfo", {"PxgRetVal": {"KLADMSRV_GRP_ROOT": 0}})
    for side in (0, 1):
        inner = INFO | {name: pair[side] for name, pair in info.items()}
        task = SEARCH | {name: pair[side] for name, pair in own.items()} | {"TASK_INFO_PARAMS": inner}
        dump.call(f"task-{side}", "Tasks.GetTaskData", {"pTaskData": task}, strTask="1")
    return str(dump.said("KSC-TSK-002")[0])


@pytest.mark.parametrize(("own", "info"), [
    ({}, {"PRTS_EXCEPT_GROUPIDS": ([4], [5])}),
    ({}, {"KLHST_WKS_CTYPE": (1, 3)}),
    ({}, {"PRTS_TASK_PROHIBITED_FOR_SUBGROUPS": (True, False)}),
    ({"TASKSCH_MS_PERIOD": (1, 4)}, {}),
    ({"TASK_DEL_AFTER_RUN_FLAG": (True, False)}, {}),
    ({"TASKSCH_LIFETIME": ("2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z")}, {}),
    ({"TASKSCH_LIFETIME": ("some day", "some day")}, {}),
    ({"TASKSCH_FIRST_EXECUTION_TIME": ("2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z")}, {}),
    ({"TASKSCH_TYPE": (0, 0), "EVENT_TYPE": ("A", "B")}, {}),
])  # fmt: skip
def test_a_task_of_which_answers_differ_is_not_known(dump: Any, own: dict[str, Any], info: dict[str, Any]) -> None:
    assert said(dump, own, info) == "unknown"


def test_a_task_of_which_answers_agree_is_known(dump: Any) -> None:
    assert said(dump, {"TASKSCH_MS_PERIOD": (1, 1)}, {"PRTS_EXCEPT_GROUPIDS": ([], [])}) == "pass"
