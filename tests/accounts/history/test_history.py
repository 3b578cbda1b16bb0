"""One line of time for an account: complete, in the order in which things happened, filtered, and read in batches."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.app.accounts import contacts, contracts, loading
from auditor.app.history import Filter, History
from auditor.app.history_words import Lookups, Sentences
from auditor.errors import UsageProblem
from auditor.model.events import Event, NewEvent
from auditor.phrases import LANGUAGES
from auditor.store import account_queries
from auditor.store.account_queries import AccountQueries, Span
from tests.accounts.people.samples import PROGRAMMES, submit

MAY = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture
def lived(business, act):
    """An account with a contact, a request and what happened to it, some of it recorded late."""
    with business.writing() as writing:
        known = {"account": "acme", "name": "First Contact", "authorised_from": "2026-03-01"}
        contacts.add_contact(writing, known, PROGRAMMES, act)
    with business.writing() as writing:
        submit(writing, MAY, "C-0001", level=3)
        for kind, hours, payload in (
            ("severity_changed", 2, {"from": 3, "to": 2, "reason": "server affected"}),
            ("qualified_answer", 3, {"author": "person:P-0002", "analysis": "a race", "wanted": [], "waiting": False}),
            ("phone_called", 1, {"by": "contact:C-0001", "line": "priority"}),
            ("resolved", 9, {"summary": "=HYPERLINK(1)"}),
        ):
            at = MAY + timedelta(hours=hours)
            writing.append(NewEvent("incident", "INC-000001", kind, at, "person:P-0002", payload, "acme"))
    return business


def entries(store, language="en", **wanted):
    with store.reading() as reading:
        account = loading.load_account(reading, "acme")
        return list(History(reading, account, language, Filter(**wanted)))


def texts(store, **wanted):
    return [entry.text for entry in entries(store, **wanted)]


def test_everything_is_told_in_the_order_in_which_it_happened(lived):
    assert texts(lived) == [
        "Scan stops (level 3 Medium, premium)",
        "Phone call by First Contact",
        "Severity changed from 3 Medium to 2 High: server affected",
        "Qualified answer by First Manager: a race",
        "Resolved: =HYPERLINK(1)",
        "Account Acme created, zone Europe/Madrid",
        "Second Manager becomes duty manager from 1 Jan 2026, 01:00 +01:00",
        "First Manager becomes technical account manager from 1 Jan 2026, 01:00 +01:00",
        "Contract on msa-business 2023, valid from 1 Mar 2026 until before 1 Mar 2027",
        "Contact may send requests from 1 Mar 2026, 00:00 +01:00",
    ]


def test_what_changed_is_named(lived, act, clock):
    clock.advance(days=1)
    later = act._replace(at=clock())
    with lived.writing() as writing:
        changes = {"certificate_no": "7", "valid_to": "2027-06-01"}
        contracts.change_contract(writing, "K-1", changes, PROGRAMMES, later)
        contracts.end_contract(writing, "K-1", date(2026, 12, 1), "merged", later)
        contacts.change_contact(writing, "C-0001", {"role": "administrator"}, PROGRAMMES, later)
        contacts.remove_contact(writing, "C-0001", clock(), later)
        contacts.erase_contact(writing, "C-0001", later)
    assert texts(lived, start="2026-11-24") == [
        "Contract changed: certificate, end",
        "Contract ends early, 1 Dec 2026 is no longer covered: merged",
        "Contact changed: role",
        "Contact may send requests until before 24 Nov 2026, 10:00 +01:00",
        "Name and addresses of the contact erased",
    ]
    assert "Phone call by contact:C-0001" in texts(lived)


def test_times_are_local_to_the_account_and_the_end_is_not_included(lived):
    # the request came at 10:00 in Madrid, the call an hour later
    assert texts(lived, start="2026-05-04T10:00", end="2026-05-04T11:00") == ["Scan stops (level 3 Medium, premium)"]
    assert len(texts(lived, start="2026-05-04", end="2026-05-05")) == 5
    assert texts(lived, end="2026-05-04T10:00") == []


def test_filters_by_kind_request_and_words(lived):
    assert {entry.kind for entry in entries(lived, kinds=("people",))} == {"people"}
    assert len(texts(lived, kinds=("people",))) == 3
    assert len(texts(lived, kinds=("contract", "account"))) == 2
    assert len(texts(lived, incident="INC-000001")) == 5
    assert texts(lived, incident="INC-000002") == []
    assert texts(lived, words="RACE answer") == ["Qualified answer by First Manager: a race"]
    assert len(texts(lived, words="first manager", kinds=("incident",))) == 4  # said, or done by
    with pytest.raises(UsageProblem, match="no kind of entry 'wine'"):
        texts(lived, kinds=("wine",))
    with pytest.raises(UsageProblem, match="the end does not lie after the beginning"):
        texts(lived, start="2026-05-05", end="2026-05-05")


def test_messages_are_shown_when_they_are_asked_for(lived):
    payload = {"reason": "threshold", "to": ["person:P-0002"], "incident": "INC-000001"}
    with lived.writing() as writing:
        writing.append(NewEvent("notification", "n-1", "notified", MAY, "system", payload, "acme"))
    assert not any("Message" in text for text in texts(lived))
    (entry,) = entries(lived, kinds=("notification",))
    assert (entry.text, entry.who) == ("Message to First Manager: share of the response time", "automatic")


def test_other_accounts_stay_out(lived, act):
    from auditor.app.accounts import accounts
    from tests.accounts.people.samples import ACME

    with lived.writing() as writing:
        accounts.create_account(writing, {**ACME, "id": "other", "name": "Other"}, act)
    assert not any("Other" in text for text in texts(lived))


def test_every_language_tells_the_same_entries(lived):
    for language in LANGUAGES:
        found = entries(lived, language)
        assert len(found) == 10
        assert len({entry.text for entry in found}) == 10
        assert not any("{" in entry.text for entry in found)


def documented(root):
    """Stream and type of every event that docs/accounts-events.md lists."""
    stream = ""
    for line in (root / "docs" / "accounts-events.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            stream = {"Incidents": "incident", "Engagements": "engagement", "Findings": "finding"}[line[3:]]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] not in {"stream", "type", "---"}:
            names = cells[1] if not stream else cells[0]
            for name in names.split(","):
                yield stream or cells[0], name.strip()


def test_every_documented_event_has_a_sentence_of_its_own(pytestconfig):
    sentences = Sentences("en", MAY.tzinfo, Lookups(str, lambda _event: None))
    silent = {"calendar", "person", "absence"}  # of no account
    cases = [case for case in documented(pytestconfig.rootpath) if case[0] not in silent and case[1] != "see below"]
    assert len(cases) > 50
    variants = {
        ("incident", "linked"): {"relation": "finding"},
        ("incident", "qualified_answer"): {"author": "person:P-1", "analysis": "found"},
        ("patch", "saved"): {"visibility": "public"},
        ("engagement", "agreed"): {"side": "customer", "day": "2026-12-04"},
    }
    unknown = [
        (stream, kind)
        for stream, kind in cases
        if sentences.say(Event(stream, "X-1", kind, MAY, "system", variants.get((stream, kind), {})))
        == f"{stream}: {kind}"
    ]
    assert unknown == []


def test_what_nobody_foresaw_is_named_as_it_is():
    sentences = Sentences("en", MAY.tzinfo, Lookups(str, lambda _event: None))
    assert sentences.say(Event("weather", "X", "turned", MAY, "system", {"to": {"a": 1}})) == "weather: turned"


@pytest.mark.parametrize(("edition", "named"), [("2023", "msa-enterprise 2023,"), ("undated", "msa-enterprise,")])
def test_a_programme_is_named_with_the_year_of_its_sheet_where_it_has_one(edition, named):
    sentences = Sentences("en", MAY.tzinfo, Lookups(str, lambda _event: None))
    terms = {"programme": "msa-enterprise", "edition": edition, "valid_from": "2026-02-01", "valid_to": "2027-02-01"}
    assert named in sentences.say(Event("contract", "K-1", "saved", MAY, "system", terms))


def test_a_long_text_is_cut_and_stays_on_one_line():
    sentences = Sentences("en", MAY.tzinfo, Lookups(str, lambda _event: None))
    event = Event("incident", "INC-1", "note", MAY, "system", {"text": "a\nb\t" + "x" * 400, "internal": False})
    assert sentences.say(event) == "Note: a b " + "x" * 296 + "..."


instants = st.integers(0, 5).map(lambda minutes: MAY + timedelta(minutes=minutes))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(times=st.lists(instants, max_size=12), batch=st.integers(1, 4))
def test_batches_lose_and_repeat_nothing(acme, monkeypatch, times, batch):
    monkeypatch.setattr(account_queries, "BATCH", batch)
    with acme.writing() as writing:
        before = writing.head()[0]
        payload = {"reason": "r", "to": []}
        writing.append(
            *(
                NewEvent("notification", f"n-{before}-{n}", "notified", at, "system", payload, "acme")
                for n, at in enumerate(times)
            )
        )
        span = Span(streams=("notification",))
        found = [event for event in AccountQueries(writing).history("acme", span) if event.seq > before]
    expected = sorted(enumerate(times), key=lambda one: (one[1], one[0]))
    assert [event.subject for event in found] == [f"n-{before}-{number}" for number, _ in expected]


def test_memory_does_not_grow_with_the_history(acme, monkeypatch):
    monkeypatch.setattr(account_queries, "BATCH", 100)
    payload = {"reason": "r" * 500, "to": []}

    def peak():
        with acme.reading() as reading:
            account = loading.load_account(reading, "acme")
            found = History(reading, account, "en", Filter(kinds=("notification",)))
            count = sum(1 for _ in found)  # caches fill
            tracemalloc.start()
            for _ in found:
                pass
            used = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return count, used

    def more(number):
        with acme.writing() as writing:
            first = writing.head()[0]
            names = (f"n-{first}-{place}" for place in range(number))
            writing.append(
                *(NewEvent("notification", name, "notified", MAY, "system", payload, "acme") for name in names)
            )

    more(300)
    count, few = peak()
    more(1_200)
    many_count, many = peak()
    assert (count, many_count) == (300, 1_500)
    assert many < 1.3 * few


def test_csv_cannot_run_in_a_spreadsheet_and_names_nobody(lived, auditor):
    text = auditor.said("history", "acme", "--format", "csv", "--language", "en")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["at_local"] for row in rows][:2] == ["2026-05-04T10:00:00+02:00", "2026-05-04T11:00:00+02:00"]
    assert not any(cell[:1] in {"=", "+", "-", "@", "\t", "\r"} for row in rows for cell in row.values())
    assert "First Contact" not in text
    assert rows[0]["text"] == "Scan stops (level 3 Medium, premium)"
    assert {row["actor"] for row in rows} == {"contact:C-0001", "person:P-0002", "user:tester"}


def test_what_is_a_formula_is_defused(business, auditor):
    subjects = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", " =1"]
    with business.writing() as writing:
        for subject in subjects:
            writing.append(NewEvent("notification", subject, "superseded", MAY, "system", {}, "acme"))
    text = auditor.said("history", "acme", "--format", "csv", "--kind", "notification")
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert [row["subject"] for row in rows] == ["'" + subject for subject in subjects]


def test_json_is_one_document_with_the_events_as_recorded(lived, auditor):
    found = json.loads(auditor.said("history", "acme", "--format", "json", "--kind", "incident", "--language", "es"))
    assert (found["account"], found["language"], len(found["entries"])) == ("acme", "es", 5)
    assert found["entries"][2]["payload"] == {"from": 3, "to": 2, "reason": "server affected"}
    assert found["entries"][2]["text"] == "Gravedad cambiada de 3 Medio a 2 Alto: server affected"
    empty = json.loads(auditor.said("history", "acme", "--format", "json", "--kind", "patch"))
    assert empty["entries"] == []


def test_text_fits_80_columns_and_is_grouped_by_local_day(lived, auditor):
    text = auditor.said("history", "acme", "--language", "en")
    assert max(len(line) for line in text.splitlines()) <= 80
    days = [line for line in text.splitlines() if re.fullmatch(r"\d+ [A-Z][a-z]{2} \d{4}", line)]
    assert days == ["4 May 2026", "23 Nov 2026"]
    assert "10:00 +02:00   INC-000001  Scan stops (level 3 Medium, premium)  [First" in text
    assert "Nothing happened" in auditor.said("history", "acme", "--kind", "patch", "--language", "en")


def test_the_history_can_be_written_to_a_file(lived, auditor, tmp_path):
    out = tmp_path / "history.csv"
    assert auditor.said("history", "acme", "--format", "csv", "--out", str(out)) == ""
    assert out.read_bytes().startswith(b"\xef\xbb\xbfseq,at_utc")


def test_an_unknown_account_is_refused(lived, auditor):
    assert "there is no account 'nobody'" in str(auditor.refused("history", "nobody"))


def test_an_incident_that_is_not_there_is_said_to_be_none(lived, auditor):
    assert "there is no incident INC-000099" in auditor.refused("history", "acme", "--incident", "99").message
    assert "is no incident" in auditor.refused("history", "acme", "--incident", "HC-0001").message
    own = auditor.said("history", "acme", "--incident", "INC-000001")
    assert "Scan stops" in own
    assert auditor.said("history", "acme", "--incident", "1") == own


def test_an_incident_of_another_account_is_not_silent(lived, auditor):
    auditor.said(
        "account",
        "create",
        "other",
        "--name",
        "O",
        "--zone",
        "Europe/Madrid",
        "--country",
        "ES",
        "--calendar",
        "office",
    )
    assert "of another account" in auditor.refused("history", "other", "--incident", "1").message


def test_a_file_that_cannot_be_written_is_a_wrong_usage(lived, auditor, tmp_path):
    error = auditor.refused("history", "acme", "--out", str(tmp_path / "nowhere" / "history.txt"))
    assert isinstance(error, UsageProblem)
    assert "cannot be written" in error.message
    assert auditor.said("history", "acme", "--out", "-") == auditor.said("history", "acme")
