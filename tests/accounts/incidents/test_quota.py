"""T-38: premium units by period, returning, the last one, overrides (RULE-QUO-1 to 4, INV-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from auditor.accounts.incidents.commands import Submission, answer, cancel, change_kind, merge, submit
from auditor.accounts.incidents.facts import Booking
from auditor.accounts.incidents.quota import Ledger, Override, QuotaExhausted, QuotaPeriod, Units, ledger_of, period_of
from auditor.errors import RuleBroken
from tests.accounts.incidents.stage import TAM, Stage, shipped

YEAR = QuotaPeriod(date(2026, 1, 1), date(2027, 1, 1))
PERMISSION = Override(TAM, "the board asks")


def taken(number: int, delta: int = 1, incident: str = "", override: str = "") -> Booking:
    at = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(hours=number)
    return Booking(at, number, incident or f"INC-{number:06}", "con-1", "2026-01-01", delta, "submitted", override)


def ledger(used: int, limit: int | None = 6) -> Ledger:
    return Ledger("con-1", YEAR, limit, tuple(taken(number) for number in range(1, used + 1)))


def terms(valid_from: str, zone: str = "Europe/Madrid", period: str = "contract_year"):
    return replace(shipped("msa-start"), valid_from=valid_from, zone=zone, quota_period=period)


@pytest.mark.parametrize(
    ("valid_from", "at", "first", "until"),
    [
        ("2026-03-15", "2026-03-15T00:00+01:00", "2026-03-15", "2027-03-15"),
        ("2026-03-15", "2027-03-14T23:59:59+01:00", "2026-03-15", "2027-03-15"),
        ("2026-03-15", "2027-03-15T00:00+01:00", "2027-03-15", "2028-03-15"),
        ("2026-03-15", "2026-03-14T23:30+00:00", "2026-03-15", "2027-03-15"),
        ("2024-02-29", "2025-02-28T12:00+01:00", "2024-02-29", "2025-03-01"),
        ("2024-02-29", "2025-03-01T00:00+01:00", "2025-03-01", "2026-03-01"),
        ("2024-02-29", "2028-02-28T23:59+01:00", "2027-03-01", "2028-02-29"),
        ("2024-02-29", "2028-02-29T00:00+01:00", "2028-02-29", "2029-03-01"),
    ],
)
def test_contract_year(valid_from, at, first, until):
    """RULE-QUO-2: anniversaries in the zone of the contract; 29 February is 1 March in common years."""
    found = period_of(datetime.fromisoformat(at), terms(valid_from))
    assert found == QuotaPeriod(date.fromisoformat(first), date.fromisoformat(until))


@pytest.mark.parametrize(
    ("zone", "at", "year"),
    [
        ("Europe/Madrid", "2026-12-31T22:59:59Z", 2026),
        ("Europe/Madrid", "2026-12-31T23:00:00Z", 2027),
        ("America/Mexico_City", "2027-01-01T05:59:59Z", 2026),
        ("Europe/Moscow", "2026-12-31T21:00:00Z", 2027),
    ],
)
def test_the_year_rolls_at_local_midnight(zone, at, year):
    found = period_of(datetime.fromisoformat(at), terms("2025-06-01", zone, "calendar_year"))
    assert found == QuotaPeriod(date(year, 1, 1), date(year + 1, 1, 1))


def test_used_left_and_warnings():
    """RULE-QUO-4: at 80 and at 100 percent."""
    assert [(ledger(used, 5).left, ledger(used, 5).warnings) for used in (3, 4, 5)] == [
        (2, ()),
        (1, (0.8,)),
        (0, (0.8, 1.0)),
    ]
    assert [ledger(used, 5).warnings_after() for used in (2, 3, 4)] == [(), (0.8,), (1.0,)]


def test_unlimited_is_counted():
    unlimited = ledger(400, None)
    assert (unlimited.used, unlimited.left, unlimited.warnings) == (400, None, ())
    assert unlimited.take("submitted")["delta"] == 1


def test_the_last_unit_and_the_one_after():
    """RULE-QUO-3: asked, never silently downgraded."""
    assert ledger(5).take("submitted")["override"] is False
    with pytest.raises(QuotaExhausted, match="all 6 premium requests of the period from 2026-01-01 are used") as told:
        ledger(6).take("submitted")
    assert told.value.choices == ("standard", "override")
    assert "standard request" in told.value.hint


def test_a_quota_of_nothing_is_used_up():
    with pytest.raises(QuotaExhausted):
        ledger(0, 0).take("submitted")


def test_an_override_names_who_and_why():
    payload = ledger(6).take("submitted", PERMISSION)
    assert (payload["override"], payload["reason"]) == (TAM, "submitted: the board asks")
    for override in (Override(TAM, " "), Override("system", "because"), Override("", "because")):
        with pytest.raises(RuleBroken, match="a person and a reason"):
            ledger(6).take("submitted", override)


def test_an_override_that_is_not_needed_is_not_recorded():
    assert ledger(5).take("submitted", PERMISSION)["override"] is False


def test_overrides_are_units_in_use():
    allowed = replace(ledger(6), bookings=(*ledger(6).bookings, taken(7, override=TAM)))
    assert (allowed.used, allowed.overrides) == (7, 1)
    returned = replace(allowed, bookings=(*allowed.bookings, taken(8, -1, "INC-000007")))
    assert (returned.used, returned.overrides) == (6, 0)


def test_bookings_of_other_periods_and_contracts_are_not_counted():
    others = [replace(taken(1), period="2025-01-01"), replace(taken(2), contract="con-2"), taken(3)]
    assert ledger_of(terms("2026-01-01"), YEAR, others).used == 1


def premium(at: str = "2026-03-16 09:00") -> Stage:
    stage = Stage("msa-start")
    stage.submit(at, 1)
    return stage


def test_submission_books_in_the_period_of_its_own_instant():
    stage = premium("2026-12-31 23:59")
    assert [(one.period, one.delta) for one in stage.incident.bookings] == [("2026-01-01", 1)]
    assert stage.incident.unit is not None


def test_a_standard_request_books_nothing():
    stage = Stage("msa-start")
    stage.submit("2026-03-16 09:00", 1, kind="standard")
    assert stage.incident.bookings == ()


def test_cancelling_before_an_answer_returns_the_unit():
    """RULE-QUO-1."""
    stage = premium()
    stage.do(cancel, "2026-03-16 10:00", "solved it ourselves")
    assert [(one.delta, one.period) for one in stage.incident.bookings] == [(1, "2026-01-01"), (-1, "2026-01-01")]
    assert stage.incident.bookings[1].reason == "cancelled: solved it ourselves"
    assert stage.incident.unit is None


def test_merging_and_reclassifying_return_the_unit_also_after_an_answer():
    for command, args in ((merge, (replace(premium().incident, id="INC-000002"),)), (change_kind, ("standard", "x"))):
        stage = premium()
        stage.do(answer, "2026-03-16 10:00", "A known error.")
        stage.do(command, "2026-03-16 11:00", *args)
        assert sum(one.delta for one in stage.incident.bookings) == 0


def test_a_unit_is_returned_once():
    stage = premium()
    stage.do(change_kind, "2026-03-16 10:00", "standard", "an ordinary question")
    stage.do(cancel, "2026-03-16 11:00", "not needed")
    assert [one.delta for one in stage.incident.bookings] == [1, -1]


def test_the_unit_goes_back_to_the_period_it_came_from():
    stage = premium("2026-12-31 10:00")
    stage.do(change_kind, "2027-02-01 10:00", "standard", "an ordinary question")
    assert {one.period for one in stage.incident.bookings} == {"2026-01-01"}


def test_reclassifying_as_premium_takes_a_unit():
    stage = Stage("msa-start")
    stage.submit("2026-03-16 09:00", 1, kind="standard")
    with pytest.raises(QuotaExhausted):
        stage.do(change_kind, "2026-03-16 10:00", "premium", "it stands still", Units(stage.policy, ledger(6)))
    stage.do(change_kind, "2026-03-16 10:00", "premium", "it stands still", Units(stage.policy, ledger(5)))
    assert [one.reason for one in stage.incident.bookings] == ["reclassified as premium"]


def test_submitting_beyond_the_quota():
    stage = Stage("msa-start")
    act, taking = stage.act("2026-03-16 09:00"), ledger(6)
    asked = Submission(1, "acme", "It fails", 1, "contact:C-0001", "portal")
    with pytest.raises(QuotaExhausted):
        submit(act, asked, stage.terms, taking)
    stage.append(submit(act, asked, stage.terms, taking, PERMISSION))
    assert stage.incident.flags == ("quota_override",)
    assert stage.incident.bookings[0].override == TAM


def test_premium_needs_a_contract_and_its_ledger():
    with pytest.raises(RuleBroken, match="standard support has no premium requests"):
        Stage("standard").submit("2026-03-16 09:00", 3)
    stage = Stage("msa-start")
    other = replace(ledger(0), contract="con-2")
    with pytest.raises(RuleBroken, match="bookings of the contract con-1"):
        change_kind(_standard(stage), stage.act("2026-03-16 10:00"), "premium", "x", Units(stage.policy, other))


def _standard(stage: Stage):
    return stage.submit("2026-03-16 09:00", 1, kind="standard")
