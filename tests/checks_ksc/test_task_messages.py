"""A task that is switched off is not said to lack a schedule."""

from __future__ import annotations

from typing import Any

import pytest

DAILY, BY_HAND = 2, 0


@pytest.mark.parametrize(
    ("state", "words"),
    [((False, DAILY), "switched off"), ((False, BY_HAND), "switched off"), ((True, BY_HAND), "no schedule")],
)
@pytest.mark.parametrize(("check", "name"), [("KSC-TSK-009", "KLSRV_TSK_EMAIL_REPORT"), ("KSC-UPD-001", "DoUpdate")])
def test_why_a_task_does_not_run(dump: Any, check: str, name: str, state: tuple[bool, int], words: str) -> None:
    enabled, schedule = state
    task = {"TASK_UNIQUE_ID": "7", "TASK_NAME": name, "TASKID_PRODUCT_NAME": "1093", "TASKSCH_TYPE": schedule,
            "TASK_INFO_PARAMS": {"PRTS_TASK_ENABLED": enabled}}  # fmt: skip
    dump.call("static", "HostGroup.GetStaticInfo", {"PxgRetVal": {"KLADMSRV_LINUX_EDITION": True}})
    dump.call("task", "Tasks.GetTaskData", {"PxgRetVal": task}, strTask="7")
    verdict = dump.verdict(check)
    assert verdict["outcome"] == "fail"
    assert words in verdict["message"]
    assert ("switched off" in verdict["message"]) is not enabled
