"""Warnings of the quota: once for each share and period."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.accounts.incidents.quota import Override
from auditor.app.incidents import actions

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(desk_of):
    return desk_of("msa-start")  # 6 premium requests


def test_each_share_is_told_once_in_a_period(desk):
    told = []
    idents = []
    for _ in range(6):
        idents.append(desk.open(MONDAY, level=3))
        told.append(list(desk.told("quota:")))
    warning, full = "quota:K-1:2026-01-01:0.8", "quota:K-1:2026-01-01:1"
    assert told == [[], [], [], [], [warning], [warning, full]]  # 4 of 6 is 67 %, 5 of 6 is 83 %
    desk.act(idents[0], actions.cancel("sent twice"), MONDAY, actor="contact:C-0001")
    desk.open(MONDAY, level=3)
    desk.open(MONDAY, level=3, override=Override("user:tester", "agreed"))
    assert list(desk.told("quota:")) == [warning, full]
    said = [one for one in desk.tick(MONDAY) if one.what == "told" and one.subject.startswith("quota")]
    assert [one.details["to"] for one in said] == [["person:P-0002"], ["person:P-0002"]]
    assert said[0].details["subject_line"] == "Premium requests used: 5 of 6 (K-1)"
    assert "83.3%" in said[0].details["body"]
    assert "by an override with a reason" in said[1].details["body"]
