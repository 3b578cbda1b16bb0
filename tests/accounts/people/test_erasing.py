"""Personal data stand in one place, are handed out whole, and go without a trace: RULE-PRIV-2, T-60."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from auditor.app.accounts import contacts, loading, people
from auditor.app.service_reports.asking import Ask, asked_range
from auditor.app.service_reports.history import document, rebuilt
from auditor.app.service_reports.making import Tools, make
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import rechained
from auditor.store import tables
from auditor.store.incident_queries import IncidentQueries, Wanted
from tests.accounts.people.samples import PROGRAMMES, submit

# words that stand nowhere else
PERSONAL = {"name": "Erasablefirst Erasablesecond", "email": "es@erasable-mail.example", "phone": "+99 555 0142 77"}
TRACES = ("Erasablefirst", "Erasablesecond", "erasable-mail", "0142 77", "Erasablebefore")
MAY = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture
def known(business, act):
    """A contact C-0001 that sent two requests and whose name was changed; P-0003 is known, too."""
    early = {"account": "acme", "authorised_from": "2026-03-01"}
    with business.writing() as writing:
        contacts.add_contact(writing, {**early, "name": "Erasablebefore Erasablebefore"}, PROGRAMMES, act)
    with business.writing() as writing:
        contacts.change_contact(writing, "C-0001", PERSONAL, PROGRAMMES, act)
        contacts.add_contact(writing, {**early, "name": "Second Contact"}, PROGRAMMES, act)
        people.add_person(writing, {**PERSONAL, "calendar": "office"}, act)
    with business.writing() as writing:
        submit(writing, MAY, "C-0001")
        submit(writing, MAY, "C-0001", level=3)
        submit(writing, MAY, "C-0002")
    return business


def everything(store):
    """All rows of all tables as text, by table."""
    with store.reading() as reading:
        return {
            name: "\n".join(str(tuple(row)) for row in reading.connection.execute(select(table)))
            for name, table in tables.metadata.tables.items()
        }


def erase(store, act, ident="C-0001"):
    with store.writing() as writing:
        contacts.erase_contact(writing, ident, act)


def test_no_event_holds_anything_personal(known):
    found = everything(known)
    assert [name for name, rows in found.items() if any(trace in rows for trace in TRACES)] == ["personal"]


def test_erased_data_stand_in_no_table(known, act):
    erase(known, act)
    with known.writing() as writing:
        people.erase_person(writing, "P-0003", act)
    found = everything(known)
    assert [name for name, rows in found.items() if any(trace in rows for trace in TRACES)] == []


def traces(location):
    """What the database's files still hold of the people that were erased."""
    files = list(Path(location).parent.glob(f"{Path(location).name}*"))
    assert Path(location) in files
    return {trace for trace in TRACES for file in files if trace.encode() in file.read_bytes()}


def test_erased_data_stand_nowhere_in_the_files(known, act, location):
    if "://" in location:
        # a server's files are not ours to read; what the table keeps for old transactions is cleaned up by vacuum
        erase(known, act)
        with known.engine.connect() as connection:
            rows = connection.execute(text("SELECT count(*) FROM personal WHERE document LIKE '%erasable-mail%'"))
            assert rows.scalar_one() == 1  # the person of the same name, who was not erased
        return
    assert "Erasablesecond" in traces(location)
    erase(known, act)
    with known.writing() as writing:
        people.erase_person(writing, "P-0003", act)
    # while the store is open its journal lies beside the file; closing folds it in
    assert traces(location) == set()
    known.close()
    assert traces(location) == set()
    assert b"Second Contact" in Path(location).read_bytes()


def test_erasing_one_of_many_leaves_nothing_of_that_one(business, act, location):
    """Rows that lie on many pages of the file, removed in the middle."""
    if "://" in location:
        return
    with business.writing() as writing:
        for number in range(60):
            values = {
                "account": "acme",
                "name": f"Wanderer{number:03} " + "long " * 60,
                "authorised_from": "2026-11-01",
            }
            contacts.add_contact(writing, values, PROGRAMMES, act)
    for number in range(0, 60, 2):
        erase(business, act, f"C-{number + 1:04}")
    business.close()
    content = b"".join(file.read_bytes() for file in Path(location).parent.glob(f"{Path(location).name}*"))
    assert [number for number in range(60) if f"Wanderer{number:03}".encode() in content] == list(range(1, 60, 2))


def test_the_chain_stays_whole_and_every_number_stays(known, act):
    def numbers(reading):
        rows = IncidentQueries(reading).listed(Wanted(account="acme"), 10)
        return rows, IncidentQueries(reading).used("K-1", "2026-03-01")

    with known.reading() as reading:
        before = numbers(reading)
    erase(known, act)
    with known.reading() as reading:
        assert numbers(reading) == before
        assert before[1] == 3
        assert {row["document"]["reported_by"] for row in before[0]} == {"C-0001", "C-0002"}
        events = [*reading.events("contact", "C-0001"), *reading.events("incident", "INC-000001")]
        assert all(event.hash == rechained(event) for event in events)
        assert [event.actor for event in reading.events("incident", "INC-000001")] == ["contact:C-0001"]


def test_an_erased_contact_is_not_authorised_any_more_and_stays_erased(known, act, clock):
    erase(known, act)
    with known.reading() as reading:
        contact = loading.load_contact(reading, "C-0001")
        assert (contact.erased, contact.personal, contact.authorised_to) == (True, "", clock())
        assert contacts.authorised(reading, "acme", "C-0001", MAY)  # what was true before stays true
        assert not contacts.authorised(reading, "acme", "C-0001", clock())
        assert loading.name_of(reading, "contact", "C-0001") == "C-0001"
    with known.writing() as writing:
        with pytest.raises(RuleBroken, match="already erased"):
            contacts.erase_contact(writing, "C-0001", act)
        with pytest.raises(RuleBroken, match="were erased"):
            contacts.change_contact(writing, "C-0001", {"name": "Again"}, PROGRAMMES, act)


def test_all_that_is_held_about_a_contact_is_handed_out(known):
    with known.reading() as reading:
        found = contacts.export_contact(reading, "C-0001")
    assert found["personal"] == PERSONAL
    assert found["authorised_from"] == "2026-02-28T23:00:00.000000Z"
    assert [incident["id"] for incident in found["incidents"]] == ["INC-000001", "INC-000002"]
    told = [(event["stream"], event["subject"], event["type"]) for event in found["events"]]
    assert sorted(told) == [
        ("contact", "C-0001", "saved"),
        ("contact", "C-0001", "saved"),
        ("incident", "INC-000001", "submitted"),
        ("incident", "INC-000002", "submitted"),
    ]


def test_after_erasing_the_same_is_handed_out_without_the_person(known, act):
    erase(known, act)
    with known.reading() as reading:
        found = contacts.export_contact(reading, "C-0001")
    assert (found["personal"], found["erased"], len(found["incidents"])) == (None, True, 2)
    assert not any(trace in json.dumps(found) for trace in TRACES)


def test_erasing_by_command_needs_a_yes(known, auditor):
    assert "--yes" in auditor.refused("contact", "erase", "C-0001").hint
    assert "erased" in auditor.said("contact", "erase", "C-0001", "--yes")
    assert "(erased)" in auditor.said("contact", "show", "C-0001")
    assert json.loads(auditor.said("contact", "export", "C-0001"))["personal"] is None
    assert isinstance(auditor.refused("tam", "erase", "P-0003"), UsageProblem)
    assert "erased" in auditor.said("tam", "erase", "P-0003", "--yes")


def test_reports_keep_their_totals_when_a_contact_is_erased(known, act):
    with known.reading() as reading:
        period = asked_range(loading.load_account(reading, "acme"), "2026-05-01", "2026-05-31")
    ask = Ask("acme", "on_demand", period, formats=("json",), languages=("en",))
    plain = SimpleNamespace(render=lambda content, *_: json.dumps(content, sort_keys=True).encode())
    report = make(known, ask, act, Tools(lambda: PROGRAMMES, lambda: plain)).id
    with known.reading() as reading:
        before = rebuilt(reading, report)
    assert not any(trace in json.dumps(before) for trace in TRACES)
    erase(known, act)
    with known.reading() as reading:
        after, kept = rebuilt(reading, report), document(reading, report)
    assert after == before == kept
    assert len(after["incidents"]) == 3
