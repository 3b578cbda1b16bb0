"""The row of the table `incident` and the order of the queue (RULE-PRI-1)."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, insert, select

from auditor.accounts.incidents.commands import answer, cancel, change_severity, resolve
from auditor.accounts.incidents.queue import sort_key
from auditor.accounts.incidents.rows import calendar_of, policy_of, row_of
from auditor.model.events import digest, instant_of
from auditor.store import tables
from tests.accounts.incidents.stage import Stage, shipped


def row(stage: Stage):
    return row_of(stage.events, stage.snapshot)


@pytest.fixture
def stage() -> Stage:
    made = Stage("msa-enterprise")
    made.submit("2026-03-16 09:00", 3, product="KES")
    return made


def test_the_columns_are_those_of_the_table(stage):
    made = row(stage)
    assert set(made) == {column.name for column in tables.incident.columns}
    assert {name for name, value in made.items() if value is None} == {
        "responded_at",
        "critical_since",
        "critical_until",
        "ended_at",
    }
    for column in tables.incident.columns:
        value = made[column.name]
        if value is not None and column.name != "document":
            assert isinstance(value, column.type.python_type)


def test_an_open_request_waits_for_its_first_threshold(stage):
    made = row(stage)
    assert (made["waiting"], made["deadline"][:16], made["next_threshold_at"][:16], made["responded_at"]) == (
        True,
        "2026-03-16T14:00",
        "2026-03-16T11:00",
        None,
    )
    stage.happens("escalated", "2026-03-16 12:00", "system", fraction=0.5, due_at=None, to=["assignee"], notify=True)
    assert row(stage)["next_threshold_at"][:16] == "2026-03-16T12:30"


def test_an_answered_request_waits_for_none(stage):
    stage.do(answer, "2026-03-16 10:00", "A known error.")
    made = row(stage)
    assert (made["waiting"], made["next_threshold_at"], made["responded_at"][:16]) == (False, None, "2026-03-16T09:00")
    assert made["document"]["answered"] is True


def test_an_ended_request_waits_for_none(stage):
    stage.do(cancel, "2026-03-16 10:00", "not needed")
    made = row(stage)
    assert (made["waiting"], made["next_threshold_at"], made["ended_at"][:16]) == (False, None, "2026-03-16T09:00")


def test_what_is_not_guaranteed_has_no_deadline():
    stage = Stage("standard")
    stage.submit("2026-03-16 09:00", 3, kind="standard")
    made = row(stage)
    assert (made["deadline"], made["next_threshold_at"], made["unpaid"], made["contract"]) == (None, None, True, None)
    assert (made["waiting"], made["document"]["ungiven"]) == (True, "no_contract")


def test_critical_times(stage):
    stage.do(change_severity, "2026-03-16 10:00", 1, "it spreads")
    assert (row(stage)["critical_since"][:16], row(stage)["critical_until"]) == ("2026-03-16T09:00", None)
    stage.do(answer, "2026-03-16 10:10", "A known error.")
    stage.do(resolve, "2026-03-16 11:00", "done")
    assert row(stage)["critical_until"][:16] == "2026-03-16T10:00"


def test_marks_reach_the_lists():
    """INV-10."""
    stage = Stage("enhanced-tam")
    stage.submit("2026-03-16 09:00", 3)
    assert row(stage)["document"]["marks"] == ["uncertain"]


def test_a_document_that_is_not_named_after_its_content_is_never_remembered(stage):
    other = replace(stage.policy, rank=7)
    assert policy_of("p", lambda _: stage.policy.to_document()).rank == 0
    assert policy_of("p", lambda _: other.to_document()).rank == 7


def test_snapshots_are_read_once(stage):
    asked = []

    def snapshot(ident):
        asked.append(ident)
        return stage.snapshot(ident)

    calendar_of(stage.terms.calendar_hash, snapshot)
    first = len(asked)
    assert calendar_of(stage.terms.calendar_hash, snapshot) is calendar_of(stage.terms.calendar_hash, snapshot)
    assert len(asked) == first
    assert calendar_of("", snapshot) is None


def test_many_rows_are_made_quickly(stage):
    """Bulk projection: the target is half a millisecond each; the best of five runs, with room for a busy machine."""
    stage.do(change_severity, "2026-03-16 10:00", 2, "it spreads")
    stage.happens("routed", "2026-03-16 10:01", "system", to="P-0001", role="tam", reason="tam_available")
    documents = {digest(one): one for one in (stage.policy.to_document(), stage.calendar.snapshot.to_document())}
    row_of(stage.events, documents.__getitem__)
    runs = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(100):
            row_of(stage.events, documents.__getitem__)
        runs.append((time.process_time() - start) / 100)
    assert min(runs) < 0.001


def candidates():
    """Rows in no order: levels, paid and not, ranks, with and without deadline, at several times."""
    number = 0
    for level in (2, 1, 3):
        for programme, kind in (("standard", "standard"), ("msa-enterprise", "premium"), ("msa-start", "premium")):
            for hour in ("11:00", "09:00"):
                number += 1
                stage = Stage(programme, rank=1 if programme == "msa-start" else 0)
                stage.submit(f"2026-03-16 {hour}", level, kind=kind)
                yield {**row(stage), "id": f"INC-{number:06}", "number": number}


def test_the_order_of_the_queue_is_that_of_the_index():
    rows = list(candidates())
    table = tables.incident
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    order = (
        table.c.level,
        table.c.unpaid,
        table.c.rank,
        table.c.deadline.nulls_last(),
        table.c.submitted_at,
        table.c.number,
    )
    with engine.begin() as connection:
        connection.execute(insert(table), [{**one, "document": "{}"} for one in rows])
        by_store = [one.number for one in connection.execute(select(table.c.number).order_by(*order))]
    engine.dispose()
    assert [one["number"] for one in sorted(rows, key=sort_key)] == by_store


def test_severity_first_then_paid_then_rank_then_deadline_then_submission():
    base = {"level": 2, "unpaid": False, "rank": 0, "deadline": "2026", "submitted_at": "2026", "number": 5}
    order = [
        {**base, "level": 1, "unpaid": True, "deadline": None},
        {**base, "submitted_at": "2025", "number": 9},
        base,
        {**base, "number": 6},
        {**base, "deadline": "2027", "submitted_at": "2025"},
        {**base, "deadline": None, "submitted_at": "2024"},
        {**base, "rank": 1, "deadline": "2025"},
        {**base, "unpaid": True, "deadline": "2025"},
        {**base, "level": 3},
    ]
    mixed = [order[place] for place in (8, 3, 0, 7, 5, 1, 6, 2, 4)]
    assert sorted(mixed, key=sort_key) == order


def test_paid_tiers_are_equal_unless_ranked():
    """REQ-PRI-2: their order is not stated anywhere."""
    assert {shipped(name).rank for name in ("msa-start", "msa-business", "msa-enterprise", "enhanced-tam")} == {0}


def test_texts_of_instants_read_back(stage):
    assert instant_of(row(stage)["submitted_at"]) == datetime(2026, 3, 16, 8, tzinfo=UTC)
