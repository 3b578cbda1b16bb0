"""Premium units: MSA Start has 6 of them in a contract year."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise

import pytest

OPEN = ("incident", "open", "acme", "--title", "one more", "--level", 3, "--by", "C-0001", "--at", "2026-03-16T10:00")


@pytest.fixture
def start(customer):
    return customer("msa-start")


def used(commands, ident="INC-000001"):
    return commands.json("incident", "show", ident)["quota"]["used"]


def test_the_last_unit_is_warned_of_and_the_next_request_needs_a_choice(start):
    remarks = [start.json(*OPEN)["remarks"] for _ in range(6)]
    codes = [[remark["code"] for remark in one] for one in remarks]
    assert codes == [[], [], [], [], ["quota_80"], ["quota_100"]]  # 5 of 6 is 83 %
    error = start.refused(*OPEN)
    assert "all 6 premium requests" in error.message
    assert "--kind standard" in error.hint
    assert "--override-quota WHO WHY" in error.hint
    assert len(start.json("incident", "list")["incidents"]) == 6
    standard = start.json(*OPEN, "--kind", "standard")
    assert (standard["incident"]["kind"], standard["clock"]["ungiven"]) == ("standard", "standard_kind")
    assert used(start) == 6
    assert "why" in start.refused(*OPEN, "--override-quota", "person:P-0002", " ").message
    assert "there is no person" in start.refused(*OPEN, "--override-quota", "somebody", "agreed").message
    assert "there is no person" in start.refused(*OPEN, "--override-quota", "C-0001", "agreed").message
    beyond = start.json(*OPEN, "--override-quota", "P-0002", "agreed by mail")
    assert beyond["incident"]["flags"] == ["quota_override"]
    (submitted,) = [event for event in beyond["events"] if event["type"] == "submitted"]
    assert submitted["payload"]["quota"]["override"] == "person:P-0002"
    assert "agreed by mail" in submitted["payload"]["quota"]["reason"]
    assert used(start) == 7


def test_units_come_back_with_a_reason(start):
    first, second, third = (start.open(level=3) for _ in range(3))
    assert used(start) == 3
    start.said("incident", "cancel", first, "--reason", "sent twice", "--at", "2026-03-16T10:05")
    assert used(start) == 2
    start.said("incident", "merge", second, third, "--at", "2026-03-16T10:05")
    assert used(start) == 1
    assert start.json("incident", "show", second)["incident"]["flags"] == ["duplicate"]
    start.said("incident", "kind", third, "standard", "--reason", "not urgent", "--at", "2026-03-16T10:05")
    assert used(start) == 0
    start.said("incident", "kind", third, "premium", "--reason", "urgent after all", "--at", "2026-03-16T10:06")
    assert used(start) == 1


def test_what_was_answered_cannot_be_cancelled_for_its_unit(start):
    ident = start.open(level=3)
    start.said("incident", "answer", ident, "--analysis", "found", "--as", "person:P-0002", "--at", "2026-03-16T11:00")
    error = start.refused("incident", "cancel", ident, "--reason", "changed my mind", "--at", "2026-03-16T11:05")
    assert "not possible" in error.message
    assert used(start) == 1


def test_reclassifying_as_premium_needs_a_unit_too(start):
    ident = start.json(*OPEN, "--kind", "standard")["incident"]["id"]
    for _ in range(6):
        start.said(*OPEN)
    assert "--override-quota" in start.refused("incident", "kind", ident, "premium", "--reason", "urgent").hint
    words = ("incident", "kind", ident, "premium", "--reason", "urgent", "--override-quota", "person:P-0001", "agreed")
    (changed,) = [event for event in start.json(*words)["events"] if event["type"] == "kind_changed"]
    assert changed["payload"]["quota"]["override"] == "person:P-0001"
    assert "agreed" in changed["payload"]["quota"]["reason"]
    assert used(start) == 7


def test_the_period_begins_at_local_midnight_of_the_anniversary(customer):
    commands = customer("msa-start", valid_from="2025-03-01", valid_to="2027-03-01")
    periods = {}
    for at in ("2026-02-28T23:59:59", "2026-03-01T00:00", "2026-02-28T23:00Z", "2026-02-28T22:59Z"):
        ident = commands.open(level=3, at=at)
        periods[at] = commands.json("incident", "show", ident)["quota"]["period"]
    assert periods == {
        "2026-02-28T23:59:59": "2025-03-01",
        "2026-03-01T00:00": "2026-03-01",
        "2026-02-28T23:00Z": "2026-03-01",  # midnight in Madrid
        "2026-02-28T22:59Z": "2025-03-01",
    }


def test_of_two_processes_one_gets_the_last_unit(start):
    for _ in range(5):
        start.said(*OPEN)
    words = [sys.executable, "-m", "auditor", *map(str, OPEN)]
    env = {**os.environ, "AUDITOR_DB": start.location}
    both = [subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = [one.communicate(timeout=60) for one in both]
    assert sorted(one.returncode for one in both) == [0, 3]
    (refusal,) = [error.decode() for one, (_, error) in zip(both, said, strict=True) if one.returncode == 3]
    assert "all 6 premium requests" in refusal
    incidents = start.json("incident", "list")["incidents"]
    assert used(start) == len(incidents) == 6
    numbers = sorted(one["number"] for one in incidents)
    assert all(later == earlier + 1 for earlier, later in pairwise(numbers))
