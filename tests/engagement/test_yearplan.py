"""Plans for all entitled accounts of a store."""

from __future__ import annotations

from datetime import UTC, date, datetime

from auditor.accounts.people import Absence, Assignment
from auditor.app.accounts import accounts, contracts, people
from auditor.app.engagements import negotiating
from auditor.app.engagements.negotiating import Consent
from auditor.app.engagements.yearplan import Task, plan_year
from tests.engagement.conftest import PROGRAMMES, act
from tests.engagement.test_negotiating import CIRCUMSTANCES

NOW = act(2026, 3, 2, 9)
SPRING = Task(date(2026, 3, 2), date(2026, 6, 30))
MADRID, SAO_PAULO = "madrid/2026-02-01", "saopaulo/2026-02-01"


def planned(store, task=SPRING, at=NOW.at):
    with store.reading() as reading:
        return plan_year(reading, task, PROGRAMMES, at)


def test_every_entitled_account_gets_the_first_day_that_keeps_the_notice(scene):
    found = planned(scene)
    # two weeks after 2 March: Monday 16 March, a working day in both places
    assert found.plan.placed == {MADRID: date(2026, 3, 16), SAO_PAULO: date(2026, 3, 16)}
    assert found.plan.unplaced == {}
    assert found.tams == {MADRID: "P-0002", SAO_PAULO: "P-0003"}


def test_a_wish_is_met(scene):
    task = Task(SPRING.first, SPRING.last, wishes={"madrid": [(date(2026, 4, 1), date(2026, 4, 7))]})
    # Maundy Thursday and Good Friday are off in Madrid
    assert planned(scene, task).plan.placed[MADRID] == date(2026, 4, 1)


def test_a_plan_made_again_moves_only_what_must_move(scene):
    task = Task(SPRING.first, SPRING.last, earlier={MADRID: date(2026, 5, 7), SAO_PAULO: date(2026, 5, 8)})
    assert planned(scene, task).plan.moved == ()
    with scene.writing() as writing:
        away = (datetime(2026, 5, 7, 0, tzinfo=UTC), datetime(2026, 5, 8, 0, tzinfo=UTC))
        people.add_absence(writing, Absence("", "P-0002", *away), NOW)
    found = planned(scene, task).plan
    assert found.moved == (MADRID,)
    assert found.placed[SAO_PAULO] == date(2026, 5, 8)


def test_what_is_agreed_is_not_planned_again_and_takes_its_day(scene):
    with scene.writing() as writing:
        ident = negotiating.request(writing, "madrid", {}, PROGRAMMES, NOW).id
        negotiating.set_circumstances(writing, ident, CIRCUMSTANCES, NOW)
        for side in ("customer", "kaspersky"):
            consent = Consent(side, side, date(2026, 3, 16), NOW.at)
            negotiating.agree(writing, ident, consent, PROGRAMMES, NOW)
        # a second account of the same account manager
        values = {
            "id": "toledo",
            "name": "Account toledo",
            "time_zone": "Europe/Madrid",
            "country": "ES",
            "customer_calendar": "madrid",
        }
        accounts.create_account(writing, values, NOW)
        people.assign(writing, Assignment("", "P-0002", "tam", "toledo", NOW.at), NOW)
        terms = {
            "id": "K-toledo",
            "account": "toledo",
            "programme": "msa-enterprise",
            "valid_from": "2026-02-01",
            "valid_to": "2027-02-01",
            "support_calendar": "madrid",
        }
        contracts.create_contract(writing, terms, PROGRAMMES, NOW)
    found = planned(scene)
    assert found.agreed == {"madrid": date(2026, 3, 16)}
    assert found.plan.placed == {"toledo/2026-02-01": date(2026, 3, 17), SAO_PAULO: date(2026, 3, 16)}


def test_a_time_without_any_feasible_day_says_so(scene):
    found = planned(scene, Task(date(2026, 3, 2), date(2026, 3, 13)))
    assert {name: one.reason for name, one in found.plan.unplaced.items()} == {MADRID: "no_day", SAO_PAULO: "no_day"}
