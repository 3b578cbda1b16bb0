"""Roll-ups of devices at their thresholds, and truths that are remembered by the attributes they depend on."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.engine.fleet import judge_rows
from auditor.engine.fleet_checks import Count, compile_fleet
from auditor.engine.rollup import roll_up
from auditor.model.outcomes import Outcome, Reason
from auditor.model.snapshot import Rows

EXPECT = {"setting": "KLHST_STATE", "eq": 1, "known": [0, 1]}


def rows(records, server="ksc01", first=0, kind="ksc.host"):
    return Rows(kind, "ksc", records, "hosts.json", "/rows", first, server)


@pytest.fixture(scope="session")
def fleet(check, compiled):
    def run(expect=EXPECT, **raw):
        raw = {"fleet": {"max_share": 0}, "subject": "ksc.host", "product": "ksc"} | raw
        [found] = compile_fleet(compiled(check("T-FLT-001", expect=expect, **raw)))
        return found

    return run


@pytest.mark.parametrize(
    ("max_share", "undecided_share", "counts", "outcome"),
    [
        (0, 0, (10, 0, 0), Outcome.PASS),
        (0, 0, (9, 1, 0), Outcome.FAIL),
        (0, 0, (9, 0, 1), Outcome.UNKNOWN),
        (0, 0, (0, 1, 99), Outcome.FAIL),
        (0.1, 0, (9, 1, 0), Outcome.PASS),
        (0.1, 0, (8, 2, 0), Outcome.FAIL),
        (0.29, 0, (71, 29, 0), Outcome.PASS),
        (0.29, 0, (70, 30, 0), Outcome.FAIL),
        (0.57, 0, (43, 57, 0), Outcome.PASS),
        (0, 0.1, (9, 0, 1), Outcome.PASS),
        (0, 0.1, (8, 0, 2), Outcome.UNKNOWN),
        (0, 0.29, (71, 0, 29), Outcome.PASS),
        (0.5, 0.1, (0, 1, 99), Outcome.UNKNOWN),
        (0.5, 0.1, (10, 60, 30), Outcome.FAIL),
        (0.5, 0.1, (40, 40, 20), Outcome.UNKNOWN),
        (0, 1, (0, 0, 5), Outcome.UNKNOWN),
        (1, 1, (0, 5, 0), Outcome.PASS),
    ],
)
def test_thresholds(fleet, max_share, undecided_share, counts, outcome):
    found = fleet(fleet={"max_share": max_share, "undecided_share": undecided_share})
    passed, failed, undecided = counts
    reasons = {Reason.KEY_ABSENT: undecided} if undecided else {}
    judgement = roll_up(found, Count(passed, failed, undecided, 0, reasons))
    assert judgement.outcome is outcome
    assert judgement.evidence


@given(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)), st.integers(0, 100), st.integers(0, 100))
def test_a_device_that_becomes_decided_never_turns_the_verdict_over(fleet, counts, percent, open_percent):
    """One undecided device more or less may end in unknown, never in the opposite."""
    passed, failed, undecided = counts
    found = fleet(fleet={"max_share": percent / 100, "undecided_share": open_percent / 100})
    before = roll_up(found, Count(passed, failed, undecided, 0, {Reason.KEY_ABSENT: undecided} if undecided else {}))
    if before.outcome is Outcome.FAIL and 100 * undecided > open_percent * sum(counts):
        best = roll_up(found, Count(passed + undecided, failed, 0, 0, {}))
        assert best.outcome is Outcome.FAIL
    if before.outcome is Outcome.PASS:
        assert passed + failed > 0


def test_nothing_selected_is_not_applicable_and_nothing_listed_is_unknown(fleet):
    found = fleet(where={"setting": "KLHST_GROUP", "eq": 7})
    judge_rows([found], rows([{"KLHST_GROUP": 1, "KLHST_STATE": 0}] * 3), lambda *_: None)
    judgement = roll_up(found, found.counts["ksc01"])
    assert (judgement.outcome, judgement.reason) == (Outcome.NOT_APPLICABLE, Reason.PRECONDITION)
    empty = fleet()
    judge_rows([empty], rows([]), lambda *_: None)
    judgement = roll_up(empty, empty.counts["ksc01"])
    assert (judgement.outcome, judgement.reason) == (Outcome.UNKNOWN, Reason.NOT_COLLECTED)


def test_servers_are_counted_apart_and_every_bad_device_is_told(fleet):
    found = fleet()
    told = []
    for server, states in (("ksc01", [1, 1]), ("ksc02", [1, 0, 9, None])):
        records = [{"KLHST_WKS_HOSTNAME": f"id{number}", "KLHST_WKS_DN": f"pc{number}", "KLHST_STATE": state}
                   for number, state in enumerate(states)]  # fmt: skip
        judge_rows(
            [found], rows(records, server, first=100), lambda _, device, batch: told.append((batch.server, device))
        )
    judge_rows([found], rows([{"KLHST_STATE": 0}], "ksc02", kind="other.kind"), lambda *_: None)
    assert roll_up(found, found.counts["ksc01"]).outcome is Outcome.PASS
    count = found.counts["ksc02"]
    assert (count.passed, count.failed, count.undecided) == (1, 1, 2)
    assert [(server, device.key, device.name, device.outcome.value) for server, device in told] == [
        ("ksc02", "ksc02/host/id1", "pc1", "fail"),
        ("ksc02", "ksc02/host/id2", "pc2", "unknown"),
        ("ksc02", "ksc02/host/id3", "pc3", "unknown"),
    ]
    assert told[0][1].evidence[0].place == "/rows/101/KLHST_STATE"


values = st.sampled_from([0, 1, True, False, 1.0, "1", "0", "", None, [1], "[1]", {"type": "long", "value": 1}, "x"])


@given(st.lists(st.dictionaries(st.sampled_from(["KLHST_STATE", "klhst_state", "KLHST_B"]), values), max_size=8))
def test_what_is_remembered_is_what_a_fresh_check_says(fleet, records):
    expect = {"any": [EXPECT, {"setting": "KLHST_B", "ge": 1}]}
    found = fleet(expect)
    judge_rows([found], rows(records * 2), lambda *_: None)
    count, alone = found.counts["ksc01"], Counter(fleet(expect).traced(record)[0] for record in records * 2)
    assert (count.passed, count.failed, count.undecided) == (alone["passed"], alone["failed"], alone["undecided"])


def test_logical_settings_are_remembered_by_the_attributes_behind_them(check):
    from datetime import UTC, datetime

    from auditor.engine.baseline import Selection
    from auditor.engine.judge import compile_program
    from auditor.sdk.mapping import LogicalSetting

    logical = {"host.state": LogicalSetting("host.state", "T", "ksc", ({"setting": "KLHST_STATE"},))}
    item = check("T-FLT-001", expect={"setting": "host.state", "eq": 1, "known": [0, 1]}, fleet={"max_share": 0},
                 subject="ksc.host", product="ksc")  # fmt: skip
    selections = {item.id: Selection(item, {}, item.severity)}
    [found] = compile_fleet(compile_program(selections, logical, datetime(2026, 3, 1, tzinfo=UTC)))
    assert [found.traced({"KLHST_STATE": state})[0] for state in (1, 0, 1, 9)] == [
        "passed", "failed", "passed", "undecided"
    ]  # fmt: skip
