"""Accounts, contracts and calendars in the store: what is saved, what is refused, what writes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from auditor.accounts.programmes import load_programmes
from auditor.app.accounts import accounts, calendars, contracts, loading
from auditor.app.accounts.saving import Act
from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.snapshot import CalendarSnapshot
from auditor.errors import ContentError, RuleBroken, UsageProblem
from auditor.model.events import NewEvent
from tests.accounts.people.samples import ACME, BUSINESS, PROGRAMMES, office, submit


def events(store, stream, subject):
    with store.reading() as reading:
        return reading.events(stream, subject)


def last_seq(store):
    with store.reading() as reading:
        return reading.head()[0]


def change(store, ident, changes, act):
    with store.writing() as writing:
        return contracts.change_contract(writing, ident, changes, PROGRAMMES, act)


def test_an_account_is_one_event_with_all_it_says(acme, clock):
    (event,) = events(acme, "account", "acme")
    assert (event.type, event.actor, event.account, event.at) == ("saved", "user:tester", "acme", clock())
    assert event.payload == {
        "name": "Acme",
        "time_zone": "Europe/Madrid",
        "country": "ES",
        "subdivision": "",
        "languages": ["en"],
        "customer_calendar": "office",
        "daily_cutoff": "17:00",
    }


def test_a_change_changes_only_what_is_named(acme, act):
    with acme.writing() as writing:
        assert accounts.change_account(writing, "acme", {"languages": ["es", "pt-BR"]}, act)
        account = loading.load_account(writing, "acme")
    assert (account.languages, account.name, account.daily_cutoff) == (("es", "pt-BR"), "Acme", "17:00")
    assert len(events(acme, "account", "acme")) == 2


def test_saving_the_same_again_writes_nothing(business, act):
    before = last_seq(business)
    with business.writing() as writing:
        assert not accounts.change_account(writing, "acme", {"name": "Acme"}, act)
        assert calendars.save_calendar(writing, office("support"), act) == 1
    assert not change(business, "K-1", {"valid_to": "2027-03-01"}, act).changed
    assert last_seq(business) == before


WRONG = (
    ({"time_zone": "Europe/Madri"}, "there is no time zone 'Europe/Madri'"),
    ({"time_zone": "+01:00"}, "there is no time zone"),
    ({"country": "XX"}, "there are no holidays for the country 'XX'"),
    ({"subdivision": "QQ"}, "ES has no subdivision 'QQ'"),
    ({"languages": ["de"]}, "there is no language 'de'"),
    ({"languages": []}, "has no language"),
    ({"daily_cutoff": "25:00"}, "'25:00' is no time of day"),
    ({"name": "  "}, "has no name"),
    ({"colour": "red"}, "there is no 'colour'"),
    ({"languages": "es"}, "expected a list of texts, found text"),
    ({"id": "a b"}, "'a b' cannot be the id of an account"),
    ({"name": None, "country": None}, "name, country are missing"),
)


def test_an_account_that_cannot_be_is_refused_with_the_reason(acme, act):
    for wrong, message in WRONG:
        with pytest.raises(ContentError, match=message), acme.writing() as writing:
            accounts.create_account(writing, {**ACME, "id": "other", **wrong}, act)


def test_an_account_needs_a_calendar_that_was_saved(acme, act):
    values = {**ACME, "id": "other", "customer_calendar": "nowhere"}
    with acme.writing() as writing, pytest.raises(UsageProblem, match="there is no calendar 'nowhere'") as told:
        accounts.create_account(writing, values, act)
    assert "office, support" in told.value.hint


def test_creating_never_changes_what_is_there(acme, act):
    with acme.writing() as writing, pytest.raises(RuleBroken, match="the account acme is already there"):
        accounts.create_account(writing, {**ACME, "name": "Other"}, act)


def test_an_unknown_actor_is_refused(acme, clock):
    with acme.writing() as writing, pytest.raises(UsageProblem, match="there is no contact 'C-7'"):
        accounts.change_account(writing, "acme", {"name": "New"}, Act("contact:C-7", clock()))


def test_a_new_calendar_is_version_1_and_every_change_counts_up(store, act):
    with store.writing() as writing:
        assert calendars.save_calendar(writing, office(), act) == 1
        assert calendars.save_calendar(writing, office(windows=("10:00-19:00",)), act) == 2
        assert calendars.save_calendar(writing, office(), act) == 3
        assert calendars.load_calendar(writing, "office").version == 3


def test_a_calendar_whose_country_is_unknown_is_refused(store, act):
    with store.writing() as writing, pytest.raises(ContentError, match="no holidays for the country 'QQ'"):
        calendars.save_calendar(writing, office(country="QQ"), act)


def test_a_frozen_calendar_is_kept_with_the_years_around(acme):
    with acme.writing() as writing:
        ident = calendars.frozen_calendar(writing, "office", 2026)
        assert calendars.frozen_calendar(writing, "office", 2026) == ident
        snapshot = CalendarSnapshot.from_document(writing.snapshot(ident))
    assert (snapshot.first_year, snapshot.last_year) == (2025, 2028)
    # Epiphany closes in Spain
    assert not BusinessCalendar(snapshot).is_business_day(date(2026, 1, 6))
    assert BusinessCalendar(snapshot).is_business_day(date(2026, 1, 7))


def test_an_edit_of_a_calendar_leaves_what_was_frozen(acme, act):
    with acme.writing() as writing:
        before = calendars.frozen_calendar(writing, "office", 2026)
        calendars.save_calendar(writing, office(windows=("10:00-19:00",)), act)
        after = calendars.frozen_calendar(writing, "office", 2026)
        assert after != before
        assert writing.snapshot(before)["spec"]["version"] == 1
        assert writing.snapshot(after)["spec"]["version"] == 2


def test_a_contract_carries_the_exact_programme_data(business):
    with business.reading() as reading:
        contract = loading.load_contract(reading, "K-1")
    assert (contract.edition, contract.programme_hash) == ("2023", PROGRAMMES["msa-business"].sha256)


def test_a_contract_that_breaks_rules_is_not_saved_and_all_are_told(acme, act):
    values = {**BUSINESS, "programme": "enhanced-tam", "support_calendar": ""}
    with acme.writing() as writing, pytest.raises(RuleBroken) as told:
        contracts.create_contract(writing, values, PROGRAMMES, act)
    assert "already own a Plus licence" in told.value.message
    assert "a support calendar is missing" in told.value.message
    assert events(acme, "contract", "K-1") == []


def test_an_unknown_programme_or_edition_is_told_with_what_there_is(business, act):
    with pytest.raises(UsageProblem, match="there is no programme 'gold'"):
        change(business, "K-1", {"programme": "gold"}, act)
    with pytest.raises(UsageProblem, match="no edition '1999'"):
        change(business, "K-1", {"edition": "1999"}, act)


def test_overrides_are_merged_and_taken_away_one_by_one(business, act):
    change(business, "K-1", {"overrides": {"rank": {"value": 1, "reason": "a"}}}, act)
    change(business, "K-1", {"overrides": {"off_hours": {"value": "submission", "reason": "b"}}}, act)
    saved = change(business, "K-1", {"overrides": {"rank": None}}, act)
    assert saved.contract.overrides == {"off_hours": {"value": "submission", "reason": "b"}}


def test_id_and_account_of_a_contract_do_not_change(business, act):
    for changes in ({"id": "K-2"}, {"account": "other"}):
        with pytest.raises(UsageProblem, match="cannot change"):
            change(business, "K-1", changes, act)


def test_an_early_end_is_a_local_day_inside_the_contract(business, act):
    for day in (date(2026, 2, 28), date(2027, 3, 2)):
        with business.writing() as writing, pytest.raises(RuleBroken, match="cannot end early"):
            contracts.end_contract(writing, "K-1", day, "bankrupt", act)
    with business.writing() as writing:
        contracts.end_contract(writing, "K-1", date(2026, 12, 1), "bankrupt", act)
        before, after = datetime(2026, 11, 30, 22, 59, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)
        assert contracts.terms_at(writing, "acme", before, PROGRAMMES)[1].programme == "msa-business"
        contract, policy = contracts.terms_at(writing, "acme", after, PROGRAMMES)
    assert (contract, policy.programme, policy.contract) == (None, "standard", "")


def test_after_an_early_end_the_same_programme_can_begin_again(business, act):
    again = {**BUSINESS, "id": "K-2", "valid_from": "2026-12-01", "valid_to": "2027-12-01"}
    with business.writing() as writing, pytest.raises(RuleBroken, match="contract K-1 of the same programme"):
        contracts.create_contract(writing, again, PROGRAMMES, act)
    with business.writing() as writing:
        contracts.end_contract(writing, "K-1", date(2026, 12, 1), "renewed", act)
        contracts.create_contract(writing, again, PROGRAMMES, act)
    with business.writing() as writing, pytest.raises(RuleBroken, match="contract K-2 of the same programme"):
        contracts.end_contract(writing, "K-1", date(2026, 12, 2), "later", act)
    with business.writing() as writing:
        assert contracts.end_contract(writing, "K-1", date(2026, 11, 1), "sooner", act).end == date(2026, 11, 1)
        assert contracts.end_contract(writing, "K-1", date(2026, 11, 30), "later", act).end == date(2026, 11, 30)


def test_of_two_contracts_the_one_that_is_meant_must_be_named(business, act):
    second = {**BUSINESS, "id": "K-2", "programme": "msa-enterprise"}
    instant = datetime(2026, 7, 1, 12, tzinfo=UTC)
    with business.writing() as writing:
        contracts.create_contract(writing, second, PROGRAMMES, act)
        with pytest.raises(RuleBroken, match=r"K-1 \(msa-business\), K-2 \(msa-enterprise\)"):
            contracts.terms_at(writing, "acme", instant, PROGRAMMES)
        assert contracts.terms_at(writing, "acme", instant, PROGRAMMES, "K-2")[1].programme == "msa-enterprise"


def newer_version(tmp_path):
    """MSA Business version 2, which differs from version 1 in nothing but its number."""
    from importlib.resources import files

    text = (files("auditor.accounts") / "data" / "programmes" / "msa-business.yaml").read_text(encoding="utf-8")
    (tmp_path / "msa-business.yaml").write_text(text.replace("version: 1\n", "version: 2\n"), encoding="utf-8")
    return load_programmes([tmp_path])


def test_a_contract_keeps_its_programme_data_until_newer_ones_are_taken_on(business, act, tmp_path):
    programmes = newer_version(tmp_path)
    with business.writing() as writing:
        kept = contracts.change_contract(writing, "K-1", {"certificate_no": "7"}, programmes, act).contract
        assert contracts.programme_of(kept, programmes).version == 1
        taken = contracts.change_contract(writing, "K-1", {"programme": "msa-business"}, programmes, act).contract
    assert contracts.programme_of(taken, programmes).version == 2
    # where the data are gone that it was saved with, the newest of its edition hold
    assert contracts.programme_of(taken, PROGRAMMES).version == 1


def test_a_request_keeps_its_terms_when_the_contract_is_upgraded_or_over(business, act):
    # 4 May 2026 is a Monday; level 2 of Business: 6 business hours
    at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    with business.writing() as writing:
        ident = submit(writing, at, "C-1")
        before = writing.document("incident", ident)
    change(business, "K-1", {"programme": "msa-enterprise"}, act)
    with business.writing() as writing:
        calendars.save_calendar(writing, office("support", windows=("10:00-12:00",)), act)
        contracts.end_contract(writing, "K-1", date(2026, 5, 5), "over", act)
        writing.append(NewEvent("incident", ident, "note", at, "user:tester", {"text": "x", "internal": True}, "acme"))
        after = writing.document("incident", ident)
    assert (after["programme"], after["deadline"]) == ("msa-business", "2026-05-04T14:00:00.000000Z")
    assert after == before
