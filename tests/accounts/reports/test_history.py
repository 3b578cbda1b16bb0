"""Reports in the store, on both databases: made once, kept as they were, made again from their events."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy import event as listening

from auditor.accounts.reports.periods import days
from auditor.accounts.reports.selection import Filters, Selection
from auditor.app.accounts.contacts import erase_contact
from auditor.app.accounts.saving import Act, Subject, save
from auditor.app.service_reports import history, sending
from auditor.app.service_reports.asking import Ask
from auditor.app.service_reports.dueness import make_due
from auditor.app.service_reports.gathering import Span, gather, present_terms
from auditor.app.service_reports.naming import export_named
from auditor.app.service_reports.sending import Sending
from auditor.errors import ContentError, RuleBroken, StoreError, UsageProblem
from auditor.model.events import NewEvent, canonical
from auditor.store import tables
from tests.accounts.reports.goldens import FOLDER, text_of
from tests.accounts.reports.scenes import Scene, busy_quarter, contract, programmes, utc
from tests.accounts.reports.stored import TOOLS, add_contact, daily, pour, quarterly
from tests.accounts.reports.stored import asked as ask_for
from tests.store.world import problems

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = ("en", "es", "it", "ru", "pt")


def contents(store, ident):
    """(language, format) -> bytes."""
    with store.reading() as reading:
        report = history.load(reading, ident)
        kept = history.files_of(report, ident, (), ())
        return {(one.language, one.format): history.content(reading, one) for one in kept}


def document(store, ident):
    with store.reading() as reading:
        return history.document(reading, ident)


def events(store, stream, subject):
    with store.reading() as reading:
        return reading.events(stream, subject)


# --- T-42: the same bytes everywhere -------------------------------------------------------------------------


def test_the_store_gives_the_golden_quarter_on_every_database(store):
    pour(busy_quarter(), store)
    made = quarterly(store, "2026-10-01T15:05", languages=LANGUAGES, due_at=utc("2026-10-14T22:00"))
    assert (made.id, made.new, made.late) == ("acme/quarterly/2026-Q3/1", True, False)
    files = contents(store, made.id)
    assert files["", "json"] == (FOLDER / "quarterly.json").read_bytes()
    for language in LANGUAGES:
        assert text_of(files[language, "html"]) == (FOLDER / f"quarterly.{language}.txt").read_text("utf-8")
        assert files[language, "csv"] == (FOLDER / f"quarterly.{language}.csv").read_bytes()
    assert problems(store) == []


def test_the_store_gives_the_golden_day(store):
    pour(busy_quarter(), store)
    made = daily(store, "2026-07-12T15:05", "2026-07-10", languages=("ru",), due_at=utc("2026-07-10T22:00"))
    assert made.late
    assert contents(store, made.id)["", "json"] == (FOLDER / "daily-late.json").read_bytes()


def record_late(store, at, recorded):
    """A phone call and an answer of which nobody had told come to light."""
    store.clock.at = utc(recorded)
    answer = {"author": "person:P-0001", "analysis": "told by phone", "wanted": [], "waiting": False}
    with store.writing() as writing:
        writing.append(NewEvent("incident", "INC-000002", "qualified_answer", utc(at), "person:P-0001", answer, "acme"))


def test_a_report_is_made_again_byte_by_byte_whatever_was_recorded_since(store):
    pour(busy_quarter(), store)
    made = [quarterly(store, "2026-10-01T15:05").id, daily(store, "2026-10-01T15:06", "2026-07-11").id]
    before = {ident: document(store, ident) for ident in made}
    record_late(store, "2026-07-15T09:00", "2026-10-20T10:00")
    with store.writing() as writing:
        erase_contact(writing, "C-0001", Act("user:tester", utc("2026-10-20T10:00")))
        other = {**writing.document("account", "acme"), "name": "Renamed", "daily_cutoff": "09:00"}
        save(writing, Subject("account", "acme", "acme"), other, Act("user:tester", utc("2026-10-20T11:00")))
        shorter = {**writing.document("contract", "ent"), "ended": "2026-08-01", "end_reason": "moved"}
        save(writing, Subject("contract", "ent", "acme"), shorter, Act("user:tester", utc("2026-10-20T11:00")))
    with store.reading() as reading:
        for ident in made:
            assert canonical(history.rebuilt(reading, ident)) == canonical(before[ident]), ident


def test_an_incident_that_turns_out_to_have_ended_before_is_still_found(store):
    """The table shows it as ended in June; a report that did not know that had it as open in July."""
    scene = Scene()
    incident = scene.submit(1, "2026-06-10T08:00", 3)
    scene.answer(incident, "2026-06-10T09:00")
    pour(scene, store)
    made = quarterly(store, "2026-10-01T10:00").id
    assert document(store, made)["requests"]["open_at_start"] == 1
    store.clock.at = utc("2026-10-05T10:00")
    with store.writing() as writing:
        ended = NewEvent(
            "incident", incident, "resolved", utc("2026-06-11T08:00"), "person:P-0001", {"summary": ""}, "acme"
        )
        writing.append(ended)
    with store.reading() as reading:
        assert history.rebuilt(reading, made) == history.document(reading, made)
    corrected = quarterly(store, "2026-10-06T10:00", correct="it had ended in June")
    assert document(store, corrected.id)["requests"]["open_at_start"] == 0


def happened(stream, subject, kind, at, **payload):
    return NewEvent(stream, subject, kind, utc(at), "person:P-0001", payload, "acme")


def observed(number, at, outcome, change, engagement="HC-0001"):
    about = {
        "identity": {"product": "kesl", "check": f"T-{number}", "kind": "kesl.host", "key": "web01", "setting": ""}
    }
    seen = {"engagement": engagement, "version": 1, "outcome": outcome, "severity": "high", "change": change}
    return happened("finding", f"{number:064}", "observed", at, about=about, **seen)


def test_health_checks_and_findings_are_told_as_they_stood_at_the_end(store):
    """Delivered in September with two findings; one of them is fixed in October, which that quarter does not know."""
    pour(busy_quarter(), store)
    delivered = {"version": 1, "manifest": "ab" * 32, "corrects": 0, "period": "2026"}
    request = {"contract": "ent", "zone": "Europe/Madrid", "tam": "P-0001", "by": "contact:C-0001"}
    with store.writing() as writing:
        writing.append(
            happened("engagement", "HC-0001", "requested", "2026-07-01T09:00", **request),
            happened("engagement", "HC-0001", "delivered", "2026-09-02T09:00", **delivered),
            observed(1, "2026-09-02T09:00", "fail", "new"),
            observed(2, "2026-09-02T09:00", "fail", "new"),
            observed(3, "2026-09-02T09:00", "pass", "same_good"),
            observed(2, "2026-10-02T09:00", "pass", "fixed", "HC-0002"),
        )
    second, third = quarterly(store, "2026-11-01T10:00", "2026-Q2"), quarterly(store, "2026-11-01T10:00")
    before, wide = (document(store, one.id)["account_wide"] for one in (second, third))
    assert (before["health_check"]["status"], before["open_findings"]["status"]) == ("none_recorded", "unknown")
    assert [(one["id"], one["state"]) for one in wide["health_check"]["engagements"]] == [("HC-0001", "delivered")]
    assert (wide["open_findings"]["total"], wide["open_findings"]["delivered_at"][:10]) == (2, "2026-09-02")


# --- RULE-REP-3: once ----------------------------------------------------------------------------------------


def test_asking_again_gives_the_report_that_is_there(store):
    pour(busy_quarter(), store)
    first = quarterly(store, "2026-10-01T15:05")
    again = quarterly(store, "2026-10-09T15:05")
    assert (again.id, again.new) == (first.id, False)
    assert len(events(store, "report", first.id)) == 1


def test_a_correction_is_a_new_version_that_names_the_old_one(store):
    pour(busy_quarter(), store)
    first = quarterly(store, "2026-10-01T15:05")
    old = contents(store, first.id)
    record_late(store, "2026-07-15T09:00", "2026-10-20T10:00")
    second = quarterly(store, "2026-10-21T08:00", correct="an answer was recorded late")
    assert (second.id, second.new) == ("acme/quarterly/2026-Q3/2", True)
    assert contents(store, first.id) == old
    assert (document(store, first.id)["response"]["missed"], document(store, second.id)["response"]["missed"]) == (1, 0)
    assert document(store, second.id)["corrects"] == first.id
    page = contents(store, second.id)["en", "html"].decode()
    assert f"It replaces {first.id}. Reason: an answer was recorded late" in page
    assert quarterly(store, "2026-10-22T08:00").id == second.id
    assert problems(store) == []


def test_nothing_can_be_corrected_that_was_never_made(store):
    pour(busy_quarter(), store)
    with pytest.raises(RuleBroken, match="no report that could be corrected"):
        quarterly(store, "2026-10-21T08:00", correct="why not")


def on_demand(store, at, **more):
    return ask_for(
        store, at, Ask("acme", "on_demand", days(date(2026, 7, 1), date(2026, 7, 31), "Europe/Madrid"), **more)
    )


def test_a_report_on_demand_is_new_only_when_it_says_something_new(store):
    pour(busy_quarter(), store)
    first = on_demand(store, "2026-10-01T10:00")
    assert on_demand(store, "2026-10-02T10:00").id == first.id
    record_late(store, "2026-07-15T09:00", "2026-10-02T11:00")
    second = on_demand(store, "2026-10-02T12:00")
    assert (second.id, second.new) == ("acme/on_demand/2026-07-01..2026-07-31/2", True)
    assert document(store, second.id)["corrects"] == first.id
    some = on_demand(store, "2026-10-02T12:00", selection=Selection(Filters(levels=(1,))))
    assert some.new
    assert some.id != second.id
    with store.reading() as reading:
        assert history.rebuilt(reading, some.id) == history.document(reading, some.id)


def test_periods_that_are_not_over_and_days_without_cut_off_are_refused(store):
    pour(busy_quarter(), store)
    with pytest.raises(UsageProblem, match="2026-Q4 is not over"):
        quarterly(store, "2026-12-31T22:59", "2026-Q4")
    with pytest.raises(UsageProblem, match="has not begun"):
        quarterly(store, "2026-12-31T22:59", "2027-Q1")
    with pytest.raises(UsageProblem, match="has not come"):
        daily(store, "2026-12-31T15:59", "2026-12-31")
    assert quarterly(store, "2026-12-31T23:00", "2026-Q4").new
    assert daily(store, "2026-12-31T16:00", "2026-12-31").new


def test_two_processes_make_each_report_once(store, location):
    scene = Scene()
    scene.submit(1, "2026-09-01T08:00", 1)
    pour(scene, store)
    command = [sys.executable, "-m", "tests.accounts.reports.racer", location]
    running = [subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True, bufsize=1) for _ in range(2)]
    try:
        assert [process.stdout.readline() for process in running] == ["ready\n"] * 2
        totals = [0, 0]
        for number in range(1, 5):  # two quarters and a day, then a day each
            for process in running:
                process.stdin.write(f"2026-09-{number:02}T15:00:00\n")
            said = [process.stdout.readline().split() for process in running]
            assert [failed for _, failed in said] == ["0", "0"]
            totals = [total + int(made) for total, (made, _) in zip(totals, said, strict=True)]
    finally:
        for process in running:
            process.stdin.close()
            process.stdout.close()
            process.wait(timeout=60)
    with store.reading() as reading:
        found = reading.documents("report", account="acme")
    expected = {f"acme/daily/2026-09-{number:02}/1" for number in range(1, 5)}
    expected |= {"acme/quarterly/2026-Q1/1", "acme/quarterly/2026-Q2/1"}
    assert set(found) == expected
    assert sum(totals) == len(expected)
    assert problems(store) == []


# --- reading no more than needed -----------------------------------------------------------------------------


def many(count):
    scene = Scene()
    for number in range(1, count + 1):
        day = number % 28 + 1
        incident = scene.submit(number, f"2026-07-{day:02}T08:00", 3)
        scene.answer(incident, f"2026-07-{day:02}T09:00")
    return scene


def questions(store, basis_of, start, end):
    asked = []
    with store.reading() as reading:
        account = reading.document("account", "acme")
        from auditor.accounts.accounts import Account

        known = Account.from_document("acme", account)
        terms = present_terms(reading, known, programmes(), reading.head()[0])

        @listening.listens_for(store.engine, "before_cursor_execute")
        def count(*_):
            asked.append(1)

        material = gather(reading, known, terms, Span(utc(start), utc(end)), basis_of(reading))
        listening.remove(store.engine, "before_cursor_execute", count)
    return material, len(asked)


def test_the_number_of_questions_does_not_grow_with_the_number_of_requests(store):
    pour(many(3), store)
    _, few = questions(store, lambda reading: reading.head()[0], "2026-06-30T22:00", "2026-09-30T22:00")
    more = many(60)
    with store.writing() as writing:
        known = {event.subject for event in many(3).events}
        for event in more.events:
            if event.subject not in known:
                writing.append(
                    NewEvent("incident", event.subject, event.type, event.at, event.actor, event.payload, "acme")
                )
    material, lots = questions(store, lambda reading: reading.head()[0], "2026-06-30T22:00", "2026-09-30T22:00")
    assert len(material.histories) == 60
    assert lots == few


def test_requests_of_other_times_are_not_read(store):
    scene = Scene()
    old = scene.submit(1, "2026-03-10T08:00", 3)
    scene.answer(old, "2026-03-10T09:00")
    scene.resolve(old, "2026-03-11T09:00")
    scene.submit(2, "2026-07-10T08:00", 3)
    scene.submit(3, "2026-11-10T08:00", 3)
    pour(scene, store)
    material, _ = questions(store, lambda reading: reading.head()[0], "2026-06-30T22:00", "2026-09-30T22:00")
    assert [found[0].subject for found in material.histories] == ["INC-000002"]


# --- T-60: erasing -------------------------------------------------------------------------------------------


def test_erasing_a_contact_changes_no_number_and_no_byte(store, tmp_path):
    pour(busy_quarter(), store)
    made = quarterly(store, "2026-10-01T15:05")
    before = contents(store, made.id)
    assert all(b"First Contact" not in content and b"example.com" not in content for content in before.values())
    store.clock.at = utc("2026-10-05T10:00")
    with store.writing() as writing:
        erase_contact(writing, "C-0001", Act("user:tester", utc("2026-10-05T10:00")))
    assert contents(store, made.id) == before
    corrected = quarterly(store, "2026-10-06T10:00", correct="after erasing")
    old, new = document(store, made.id), document(store, corrected.id)
    assert {name: new[name] for name in ("requests", "response", "incidents", "account_wide")} == {
        name: old[name] for name in ("requests", "response", "incidents", "account_wide")
    }
    assert problems(store) == []


def test_copies_call_people_by_their_names_until_they_are_erased(store, tmp_path):
    pour(busy_quarter(), store)
    made = daily(store, "2026-07-11T10:00", "2026-07-10")

    def copy():
        with store.reading() as reading:
            report = history.load(reading, made.id)
            files = history.files_of(report, made.id, (), ("html", "json"))
            paths = list(export_named(reading, report, files, (tmp_path, None)))
        assert [path.name for path in paths] == ["acme-daily-2026-07-10-1.en.names.html"]
        return paths[0].read_text("utf-8")

    assert "First Contact" in copy()
    assert "Tam One" in copy()
    store.clock.at = utc("2026-10-05T10:00")
    with store.writing() as writing:
        erase_contact(writing, "C-0001", Act("user:tester", utc("2026-10-05T10:00")))
    assert "First Contact" not in copy()
    assert "C-0001 (erased)" in copy()


# --- history -------------------------------------------------------------------------------------------------


def test_the_very_bytes_come_back_and_a_change_is_noticed(store, tmp_path):
    pour(busy_quarter(), store)
    made = quarterly(store, "2026-10-01T15:05", languages=("es", "ru"))
    with store.reading() as reading:
        report = history.load(reading, made.id)
        chosen = history.files_of(report, made.id, ("ru",), ("html", "json"))
        written = list(history.export(reading, chosen, tmp_path / "out"))
    names = ["acme-quarterly-2026-Q3-1.json", "acme-quarterly-2026-Q3-1.ru.html"]
    assert [path.name for path in written] == names
    assert written[1].read_bytes() == contents(store, made.id)["ru", "html"]
    with pytest.raises(UsageProblem, match="not made in the language it"):
        history.files_of(report, made.id, ("it",), ())
    with store.writing() as writing:
        broken = update(tables.content).where(tables.content.c.hash == chosen[1].sha256).values(bytes=b"other")
        writing.connection.execute(broken)
    with pytest.raises(StoreError, match="was changed"):
        contents(store, made.id)


def test_terms_that_are_missing_are_noticed(store):
    """Those of a contract that promised no request anything: only the report goes by them."""
    scene = Scene("Europe/Madrid", contract("ent", "msa-enterprise"), contract("enh", "enhanced-tam"))
    scene.submit(1, "2026-07-15T08:00", 2)
    pour(scene, store)
    made = quarterly(store, "2026-10-01T15:05")
    terms = events(store, "report", made.id)[0].payload["terms"]
    with store.writing() as writing:
        writing.connection.execute(delete(tables.snapshot).where(tables.snapshot.c.hash == terms["enh"]))
    with store.reading() as reading, pytest.raises(StoreError, match=f"holds no snapshot {terms['enh']}"):
        history.rebuilt(reading, made.id)


def test_a_report_that_is_sent_is_remembered_with_its_requests(store):
    pour(busy_quarter(), store)
    made = daily(store, "2026-07-11T10:00", "2026-07-10")
    act = Act("person:P-0001", utc("2026-07-11T12:00"))
    store.clock.at = act.at
    with store.writing() as writing:
        reached = sending.sent(writing, made.id, Sending((), utc("2026-07-11T11:00")), act)
        sending.called(writing, made.id, Sending(("contact:C-0001",), act.at, "all is well"), act)
    assert [(who, found.email) for who, found in reached] == [
        ("contact:C-0001", "first@example.com"),
        ("person:P-0001", "tam@example.com"),
    ]
    _, sent, call = events(store, "report", made.id)
    assert (sent.type, sent.payload["channel"], sent.payload["to"]) == (
        "sent",
        "e-mail",
        ["contact:C-0001", "person:P-0001"],
    )
    assert (call.type, call.payload["channel"], call.payload["by"], call.payload["summary"]) == (
        "call",
        "phone",
        "person:P-0001",
        "all is well",
    )
    told = [event for event in events(store, "incident", "INC-000001") if event.type == "report_sent"]
    assert [event.payload for event in told] == [{"report": made.id}] * 2
    assert "@" not in str([sent.payload, call.payload])
    assert problems(store) == []


def test_sending_is_refused_where_it_cannot_be(store):
    pour(busy_quarter(), store)
    made = daily(store, "2026-07-11T10:00", "2026-07-10")
    at = utc("2026-07-11T12:00")
    act = Act("user:tester", at)
    with store.writing() as writing:
        add_contact(writing, "acme", "C-0002", "Second Contact", "")
        other = replace(Scene().account, id="other")
        save(writing, Subject("account", "other", "other"), other.to_document(), act)
        add_contact(writing, "other", "C-0009", "Stranger", "stranger")
    wrong = [
        (Sending(("contact:C-0002",), at), UsageProblem, "no e-mail address"),
        (Sending(("contact:C-0009",), at), UsageProblem, "another account"),
        (Sending(("contact:C-0404",), at), UsageProblem, "no contact"),
        (Sending(("first@example.com",), at), ContentError, "no recipient"),
        (Sending(("contact:C-0001",), utc("2026-07-11T09:59")), RuleBroken, "after it was made"),
        (Sending(("contact:C-0001",), utc("2026-07-11T12:01")), RuleBroken, "after it was made"),
    ]
    for one, error, words in wrong:
        with pytest.raises(error, match=words), store.writing() as writing:
            sending.sent(writing, made.id, one, act)
    with pytest.raises(UsageProblem, match="what was said"), store.writing() as writing:
        sending.called(writing, made.id, Sending(("contact:C-0001",), at, " "), act)
    assert len(events(store, "report", made.id)) == 1


def test_a_late_report_is_recorded_and_alerted_once(store):
    scene = Scene()
    scene.submit(1, "2026-07-10T08:00", 1)
    pour(scene, store)
    now = utc("2026-07-11T10:00")
    store.clock.at = now
    made = {one.period: one for one in make_due(store, now, 10, TOOLS).made}
    assert (made["2026-07-10"].late, made["2026-Q2"].late) == (True, False)
    late = [event for event in events(store, "report", "acme/daily/2026-07-10/1") if event.type == "late"]
    assert [event.payload for event in late] == [{"due_at": "2026-07-10T22:00:00.000000Z"}]
    with store.reading() as reading:
        alert = reading.document("notification", "acme/daily/2026-07-10/1:late")
    assert (alert["phrase"], alert["to"], alert["level"]) == ("report_late", ["person:P-0001"], 1)
    page = contents(store, "acme/daily/2026-07-10/1")["en", "html"].decode()
    assert "It was due by the end of 10 Jul 2026 and was made on 11 Jul 2026, 12:00 +02:00" in page
    assert problems(store) == []
