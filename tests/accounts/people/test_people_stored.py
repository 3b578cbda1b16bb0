"""Contacts, account managers and duty managers in the store: RULE-ACC-5, RULE-TAM-2, RULE-TAM-3, T-40."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from auditor.accounts.people import Absence, Assignment, duty_managers_at, tam_at
from auditor.app.accounts import board, calendars, contacts, contracts, loading, people
from auditor.errors import ContentError, RuleBroken, UsageProblem
from tests.accounts.people.samples import BUSINESS, PROGRAMMES, START, office

ENHANCED = {**BUSINESS, "programme": "enhanced-tam", "plus_licence": True}
MAY = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def enhanced(acme, act):
    with acme.writing() as writing:
        contracts.create_contract(writing, ENHANCED, PROGRAMMES, act)
    return acme


def add(store, act, **values):
    with store.writing() as writing:
        return contacts.add_contact(writing, {"account": "acme", "name": "First Contact", **values}, PROGRAMMES, act)


def fill(store, act, number):
    for _ in range(number):
        add(store, act)


def test_a_contact_is_authorised_from_now_on_and_gets_the_next_id(acme, act, clock):
    first, second = add(acme, act).contact, add(acme, act, role="administrator").contact
    assert (first.id, second.id, second.role) == ("C-0001", "C-0002", "administrator")
    assert first.authorised_from == clock()
    with acme.reading() as reading:
        assert not contacts.authorised(reading, "acme", "C-0001", clock() - timedelta(microseconds=1))
        assert contacts.authorised(reading, "acme", "C-0001", clock())
        assert not contacts.authorised(reading, "other", "C-0001", clock())
        assert not contacts.authorised(reading, "acme", "C-9999", clock())


def test_dates_of_an_authorisation_are_local_to_the_account(acme, act):
    contact = add(acme, act, authorised_from="2026-06-01", authorised_to="2026-07-01T12:00").contact
    assert contact.authorised_from == datetime(2026, 5, 31, 22, tzinfo=UTC)
    assert contact.authorised_to == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_no_more_contacts_than_the_contract_allows(enhanced, act, clock):
    fill(enhanced, act, 8)
    with pytest.raises(RuleBroken, match="9 contacts are authorised at one time, and contract K-1 allows 8"):
        add(enhanced, act)
    clock.advance(days=1)
    with enhanced.writing() as writing:
        contacts.remove_contact(writing, "C-0003", clock(), act)
    with pytest.raises(RuleBroken, match="9 contacts"):
        add(enhanced, act, authorised_from="2026-11-23T12:00")  # the one removed was still authorised then
    saved = contacts_after(enhanced, act._replace(at=clock()))
    assert saved.contact.id == "C-0009"


def contacts_after(store, act):
    return add(store, act)


def test_a_contract_is_not_saved_when_there_are_too_many_contacts_already(acme, act):
    fill(acme, act, 9)
    with acme.writing() as writing, pytest.raises(RuleBroken, match="9 contacts"):
        contracts.create_contract(writing, ENHANCED, PROGRAMMES, act)


def test_an_uncertain_limit_is_told_and_forbids_nothing(business, act):
    fill(business, act, 4)
    (warning,) = add(business, act).warnings
    assert "5 contacts are authorised at one time, and contract K-1 allows 4 (uncertain)" in warning.message


def test_an_id_does_not_tell_who_it_is(acme, act):
    for ident in ("first", "C-first", "contact7", "jdoe", "F\u00efrst"):
        with pytest.raises((UsageProblem, ContentError)):
            add(acme, act, id=ident, email="jdoe@example.com")
    with pytest.raises(UsageProblem, match="ids stay when names are erased"):
        add(acme, act, id="first")
    for ident in ("K-7", "C-0001"):
        assert add(acme, act, id=ident, email="jdoe@example.com").contact.id == ident


def test_an_address_that_is_none_is_refused(acme, act):
    for email in ("first", "@example.com", "first@", "a b@example.com"):
        with pytest.raises(UsageProblem, match="no e-mail address"):
            add(acme, act, email=email)


def test_a_change_of_a_contact_replaces_what_was_known(acme, act):
    ident = add(acme, act, email="old@example.com", phone="1").contact.id
    with acme.writing() as writing:
        contacts.change_contact(writing, ident, {"email": "new@example.com"}, PROGRAMMES, act)
        assert not contacts.change_contact(writing, ident, {"email": "new@example.com"}, PROGRAMMES, act).changed
        assert writing.personal("contact", ident) == {"name": "First Contact", "email": "new@example.com", "phone": "1"}
        digests = [event.payload["personal"] for event in writing.events("contact", ident)]
    assert len(set(digests)) == 2


def test_a_contact_is_removed_at_an_instant_once(acme, act, clock):
    add(acme, act)
    with acme.writing() as writing:
        with pytest.raises(RuleBroken, match="authorised only from"):
            contacts.remove_contact(writing, "C-0001", clock() - timedelta(days=1), act)
        contacts.remove_contact(writing, "C-0001", clock() + timedelta(days=1), act)
        with pytest.raises(RuleBroken, match="has not been authorised since"):
            contacts.remove_contact(writing, "C-0001", clock() + timedelta(days=2), act)


def tam(person, start, end=None, ident=""):
    return Assignment(ident, person, "tam", "acme", start, end)


def test_a_change_of_account_manager_leaves_history(acme, act):
    with acme.writing() as writing:
        with pytest.raises(RuleBroken, match="P-0002 is technical account manager of acme at that time"):
            people.assign(writing, tam("P-0001", MAY), act)
        people.assign(writing, tam("P-0001", MAY), act, replaces=True)
        assignments = loading.assignments_of(writing, "acme")
    assert tam_at(assignments, "acme", MAY - timedelta(microseconds=1)) == "P-0002"
    assert tam_at(assignments, "acme", MAY) == "P-0001"
    assert tam_at(assignments, "acme", START - timedelta(microseconds=1)) is None
    assert tam_at(assignments, "other", MAY) is None


def test_replacing_does_not_swallow_a_later_account_manager(acme, act):
    with acme.writing() as writing:
        people.assign(writing, tam("P-0001", MAY), act, replaces=True)
        with pytest.raises(RuleBroken, match="P-0001 is technical account manager"):
            people.assign(writing, tam("P-0002", MAY - timedelta(days=9)), act, replaces=True)
        people.assign(writing, tam("P-0002", MAY - timedelta(days=9), MAY), act, replaces=True)


def test_ending_a_task_never_makes_it_longer(acme, act):
    with acme.writing() as writing:
        before = next(one.id for one in loading.assignments_of(writing, "acme") if one.role == "tam")
        people.assign(writing, tam("P-0001", MAY), act, replaces=True)
        with pytest.raises(RuleBroken, match="already ends at"):
            people.end_assignment(writing, before, MAY + timedelta(days=30), PROGRAMMES, act)
        in_office = [one for one in loading.assignments_of(writing, "acme") if one.in_force(MAY + timedelta(days=1))]
        assert [one.person for one in in_office if one.role == "tam"] == ["P-0001"]
        assert people.end_assignment(writing, before, MAY - timedelta(days=1), PROGRAMMES, act).valid_to < MAY


def test_an_account_manager_belongs_to_an_account(acme, act):
    everywhere = Assignment("", "P-0001", "tam", "", START)
    with acme.writing() as writing, pytest.raises(ContentError, match="belongs to an account"):
        people.assign(writing, everywhere, act)


def test_duty_managers_of_the_account_come_first_then_the_latest(acme, act):
    with acme.writing() as writing:
        for ident, account, start in (("A-9", "", MAY), ("A-8", "acme", START), ("A-7", "other-one", MAY)):
            given = Assignment(ident, "P-0002" if ident == "A-9" else "P-0001", "duty_manager", account, start)
            if account == "other-one":
                with pytest.raises(UsageProblem, match="there is no account 'other-one'"):
                    people.assign(writing, given, act)
            else:
                people.assign(writing, given, act)
        assignments = loading.assignments_of(writing, "acme")
    assert duty_managers_at(assignments, "acme", MAY) == ("P-0001", "P-0002")
    assert duty_managers_at(assignments, "elsewhere", MAY) == ("P-0002", "P-0001")
    assert duty_managers_at(assignments, "acme", START - timedelta(days=1)) == ()


def test_a_contract_with_account_manager_keeps_a_duty_manager(enhanced, act):
    with pytest.raises(RuleBroken, match="contract K-1 would be left without a duty manager"), enhanced.writing() as w:
        people.end_assignment(w, "A-0001", MAY, PROGRAMMES, act)
    with enhanced.reading() as reading:
        assert loading.assignments_of(reading)[0].valid_to is None
    with enhanced.writing() as writing:
        people.assign(writing, Assignment("", "P-0002", "duty_manager", "acme", MAY), act)
        people.end_assignment(writing, "A-0001", MAY, PROGRAMMES, act)


def test_without_such_a_contract_the_last_duty_manager_may_go(business, act):
    with business.writing() as writing:
        assert people.end_assignment(writing, "A-0001", MAY, PROGRAMMES, act).valid_to == MAY


def state(store, instant):
    with store.reading() as reading:
        found = board.presence(reading, "P-0002", instant)
    return found.state, found.until


def test_half_a_day_away_on_a_holiday_and_in_another_zone(acme, act):
    # the account manager's office: Moscow, 10:00 to 19:00 local, which is 07:00 to 16:00 UTC
    with acme.writing() as writing:
        moscow = office("moscow", zone="Europe/Moscow", windows=("10:00-19:00",), country="RU")
        calendars.save_calendar(writing, moscow, act)
        people.change_person(writing, "P-0002", {"calendar": "moscow"}, act)
        noon = datetime(2026, 11, 24, 9, tzinfo=UTC)
        people.add_absence(writing, Absence("", "P-0002", noon, noon + timedelta(hours=3), "half a day"), act)
    at_seven = datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert state(acme, at_seven) == ("available", None)
    assert state(acme, at_seven - timedelta(seconds=1)) == ("off_hours", at_seven)
    assert state(acme, datetime(2026, 11, 24, 9, tzinfo=UTC)) == ("away", datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert state(acme, datetime(2026, 11, 24, 12, tzinfo=UTC)) == ("available", None)
    # 4 November 2026 is a holiday in Russia and none in Spain
    assert state(acme, datetime(2026, 11, 4, 9, tzinfo=UTC)) == ("off_hours", datetime(2026, 11, 5, 7, tzinfo=UTC))


def test_a_removed_absence_is_gone_and_its_event_stays(acme, act):
    with acme.writing() as writing:
        saved = people.add_absence(writing, Absence("", "P-0002", MAY, MAY + timedelta(days=1)), act)
        people.remove_absence(writing, saved.id, act)
        assert loading.absences_of(writing) == []
        assert [event.type for event in writing.events("absence", saved.id)] == ["saved", "removed"]
        # an id that was given once is not given again
        assert people.add_absence(writing, Absence("", "P-0002", MAY, MAY + timedelta(days=1)), act).id == "L-0002"


def test_an_absence_ends_after_it_begins(acme, act):
    with acme.writing() as writing, pytest.raises(ContentError, match="ends before it begins"):
        people.add_absence(writing, Absence("", "P-0002", MAY, MAY - timedelta(hours=1)), act)
