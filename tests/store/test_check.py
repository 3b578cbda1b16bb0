"""What was changed behind the store's back is found and named, on every database."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import delete, select, text, update

from auditor.errors import StoreError
from auditor.model.events import GENESIS, NewEvent, canonical, chained
from auditor.store import tables
from auditor.store.checking import Checked, check, repair
from auditor.store.rows import event_of, row_of
from tests.store.world import (
    AT,
    EVENTS,
    MANIFEST,
    PERSONAL,
    RENDERED,
    fill,
    found,
    problems,
    saved,
    submitted,
    unguarded,
)


@pytest.fixture
def filled(store):
    fill(store)
    return store


def tamper(store, *statements):
    with unguarded(store) as connection:
        for statement in statements:
            connection.execute(text(statement) if isinstance(statement, str) else statement)


def change(store, number, **values):
    tamper(store, update(tables.event).where(tables.event.c.seq == number).values(**values))


def moved(old, new):
    return update(tables.event).where(tables.event.c.seq == old).values(seq=new)


def deleted(number):
    return delete(tables.event).where(tables.event.c.seq == number)


def event_at(store, seq):
    with store.reading() as reading:
        return event_of(reading.connection.execute(select(tables.event).where(tables.event.c.seq == seq)).one())


def test_a_store_in_order(filled):
    with filled.reading() as reading:
        head = reading.head()[1]
    found = check(filled)
    assert (found.events, found.head, found.problems) == (EVENTS, head, ())


def test_an_empty_store_is_in_order(store):
    assert check(store) == Checked(0, GENESIS, None, ())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", '{"account":"acme","support_calendar":"office","valid_to":"2099-01-01"}'),
        ("at", "2020-01-01T00:00:00.000000Z"),
        ("recorded_at", "2020-01-01T00:00:00.000000Z"),
        ("actor", "user:somebody"),
        ("account", "umbrella"),
        ("type", "removed"),
        ("subject", "K-2"),
        ("stream", "contact"),
    ],
)
def test_a_changed_field(filled, column, value):
    change(filled, 3, **{column: value})
    said = {"stream": "contract", "subject": "K-1", "type": "saved", column: value}
    name = f"event 3 ({said['stream']} {said['subject']}, {said['type']})"
    [problem] = problems(filled)
    assert problem == f"{name}: changed: time, actor, payload or another of its fields does not fit its hash"


def test_a_changed_hash(filled):
    change(filled, 3, hash="f" * 64)
    assert problems(filled) == [
        "event 3 (contract K-1, saved): changed: time, actor, payload or another of its fields does not fit its hash"
    ]


def test_a_changed_link(filled):
    change(filled, 3, prev="f" * 64)
    what = "changed: the hash of the event before it (perhaps more) does not fit its hash"
    assert problems(filled) == [f"event 3 (contract K-1, saved): {what}"]


def test_only_the_spelling_of_the_payload_changed(filled):
    change(filled, 3, payload=canonical(event_at(filled, 3).payload).decode().replace(":", ": ", 1))
    assert problems(filled) == ["event 3 (contract K-1, saved): changed: its text is not as it was written"]


@pytest.mark.parametrize(("column", "value"), [("payload", "{"), ("payload", "[]"), ("at", "yesterday")])
def test_an_event_that_cannot_be_read(filled, column, value):
    change(filled, 3, **{column: value})
    assert problems(filled) == ["event 3 (contract K-1, saved): changed: a time or the payload cannot be read any more"]


def test_an_event_deleted_in_the_middle(filled):
    tamper(filled, "DELETE FROM event WHERE seq = 5")
    assert problems(filled) == ["event 5: missing: after event 4 comes 6 (absence A-1, saved)"]


def test_several_events_deleted_in_the_middle(filled):
    tamper(filled, "DELETE FROM event WHERE seq IN (1, 2, 3)")
    assert problems(filled) == ["events 1 to 3: missing: after event 0 comes 4 (contact C-1, saved)"]


def test_an_event_deleted_and_the_rest_renumbered(filled):
    tamper(filled, deleted(5), *(moved(seq, seq - 1) for seq in range(6, EVENTS + 1)))
    assert problems(filled) == [
        "event 5 (absence A-1, saved): out of place: it was recorded as number 6, so an event before it was removed"
    ]


def test_the_last_event_deleted(filled):
    tamper(filled, deleted(EVENTS))
    said = problems(filled)
    assert said[0] == f"the head: it names event {EVENTS}, and the last one is {EVENTS - 1}: the end is missing"
    # the table still says what the deleted event said
    differs = (
        "differs from what the events say: state is 'cancelled', not 'requested'; end_reason is 'not needed', not ''"
    )
    assert said[1:] == [f"table engagement, HC-0001: {differs}"]


def test_two_events_swapped(filled):
    tamper(filled, moved(5, 99), moved(6, 5), moved(99, 6))
    assert problems(filled) == [
        "event 5 (absence A-1, saved): "
        "out of place: it was recorded as number 6 and follows what is now event 6: events were reordered"
    ]


def shift_from(seq):
    return [moved(old, old + 1) for old in range(EVENTS, seq - 1, -1)]


def test_an_event_inserted(filled):
    row = {**row_of(event_at(filled, 5)), "subject": "P-9"}
    tamper(filled, *shift_from(5), tables.event.insert().values(**row))
    assert problems(filled) == [
        "event 5 (person P-9, saved): inserted: event 6 (person P-1, saved) was recorded as number 5"
    ]


def test_an_event_inserted_with_a_hash_that_fits(filled):
    before = event_at(filled, 4)
    forged = chained(saved("person", "P-9", calendar="office"), 5, before.recorded_at, before.hash)
    tamper(filled, *shift_from(5), tables.event.insert().values(**row_of(forged)))
    assert problems(filled) == [
        "event 6 (person P-1, saved): out of place: it was recorded as number 5, "
        "so an event was inserted before it, or events were reordered"
    ]


def test_an_event_replaced_with_a_hash_that_fits(filled):
    before = event_at(filled, 4)
    forged = chained(saved("person", "P-9", calendar="office"), 5, before.recorded_at, before.hash)
    change(filled, 5, **row_of(forged))
    assert problems(filled) == [
        "event 6 (absence A-1, saved): it follows an event that is gone, not event 5: "
        "events before it were changed, inserted or removed"
    ]


def test_an_event_before_the_first(filled):
    row = {**row_of(event_at(filled, 5)), "seq": 0}
    tamper(filled, tables.event.insert().values(**row))
    assert problems(filled) == ["event 0 (person P-1, saved): its number is not one that the chain can have"]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE head SET hash = 'ff'", f"it names another hash than that of event {EVENTS}: ff"),
        ("UPDATE head SET seq = 7", f"it names event 7, and the last one is {EVENTS}"),
        ("UPDATE head SET seq = 99", f"it names event 99, and the last one is {EVENTS}: the end is missing"),
        ("INSERT INTO head VALUES (2, 7, 'ff')", "there are 2 rows, not one"),
        ("DELETE FROM head", "there are 0 rows, not one"),
    ],
)
def test_an_edited_head(filled, statement, message):
    tamper(filled, statement)
    assert problems(filled)[0] == f"the head: {message}"


def test_nobody_writes_without_a_head(filled):
    tamper(filled, "DELETE FROM head")
    with pytest.raises(StoreError, match="does not know its last event"), filled.writing():
        pass


def test_a_cut_end_with_a_matching_head_is_found_by_who_noted_the_head(filled):
    noted = event_at(filled, EVENTS).hash
    known = event_at(filled, 7)
    tamper(
        filled,
        deleted(EVENTS),
        update(tables.head).values(seq=EVENTS - 1, hash=event_at(filled, EVENTS - 1).hash),
    )
    repair(filled)
    assert problems(filled) == []
    assert problems(filled, noted) == [f"the chain: the known hash {noted} is not in it: its end was cut or rewritten"]
    assert check(filled, known.hash).known_at == 7
    assert check(filled, GENESIS).known_at == 0


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "UPDATE incident SET level = 4 WHERE number = 2",
            "table incident, INC-000002: differs from what the events say: level is 4, not 3",
        ),
        (
            """UPDATE contract SET document = replace(document, '2028', '2099')""",
            "table contract, K-1: differs from what the events say: valid_to is '2099-01-01', not '2028-01-01'",
        ),
        (
            "UPDATE account SET document = '{'",
            "table account, acme: differs from what the events say: the document cannot be read",
        ),
        (
            "UPDATE account SET document = document || ' '",
            "table account, acme: differs from what the events say: the document's text was changed",
        ),
        ("DELETE FROM definition", "table definition, D-1: missing: the events say that there is such a row"),
        ("DELETE FROM quota WHERE delta = 1", "table quota, 7: missing: the events say that there is such a row"),
        ("INSERT INTO calendar VALUES ('z', '{}')", "table calendar, z: no event speaks of this row"),
        (
            "UPDATE report SET sent_at = NULL",
            "table report, R-1: differs from what the events say: sent_at is None, not '2026-11-20T09:00:00.000000Z'",
        ),
        (
            "UPDATE notification SET superseded = NOT superseded",
            "table notification, N-1: differs from what the events say: superseded is True, not False",
        ),
    ],
)
def test_an_edited_table_is_found_and_repaired(filled, statement, message):
    tamper(filled, statement)
    assert problems(filled) == [message]
    repair(filled)
    assert problems(filled) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "UPDATE personal SET document = '{}' WHERE stream = 'contact'",
            "changed: they do not fit the digest in the events",
        ),
        (
            "UPDATE personal SET document = '{' WHERE stream = 'contact'",
            "changed: they do not fit the digest in the events",
        ),
        (
            "UPDATE personal SET salt = 'ff' WHERE stream = 'contact'",
            "changed: they do not fit the digest in the events",
        ),
        ("DELETE FROM personal WHERE stream = 'contact'", "missing, and no event says that they were erased"),
    ],
)
def test_changed_personal_data(filled, statement, message):
    tamper(filled, statement)
    assert problems(filled) == [f"personal data of contact C-1: {message}"]


def test_personal_data_of_which_no_event_speaks(filled):
    tamper(filled, "INSERT INTO personal VALUES ('contact', 'C-9', 'ff', '{}')")
    assert problems(filled) == ["personal data of contact C-9: no event speaks of them"]


def test_erased_personal_data_are_in_order_and_must_stay_away(filled):
    with filled.writing() as writing:
        writing.erase_personal("contact", "C-1")
        writing.append(saved("contact", "C-1", account="acme", personal="", erased=True))
    assert problems(filled) == []
    with filled.writing() as writing:
        writing.keep_personal("contact", "C-1", PERSONAL)
    assert problems(filled) == [
        "personal data of contact C-1: the events say that they were erased, and they are still there"
    ]


def test_snapshots(filled):
    with filled.reading() as reading:
        policy = reading.connection.execute(select(tables.snapshot.c.hash)).scalar_one()
    tamper(filled, "UPDATE snapshot SET document = replace(document, 'UTC', 'GMT')")
    assert problems(filled)[0] == f"snapshot {policy} (policy): changed: its content does not fit its hash"
    tamper(filled, "DELETE FROM snapshot")
    assert f"snapshot {policy}: missing, and event 7 names it" in problems(filled)


@pytest.mark.parametrize(("content", "seq"), [(RENDERED, 11), (MANIFEST, 19)])
def test_kept_files(filled, content, seq):
    """The file of a report, and the list of what was received for an engagement."""
    file = hashlib.sha256(content).hexdigest()
    is_file = tables.content.c.hash == file
    tamper(filled, update(tables.content).where(is_file).values(bytes=b"other"))
    assert problems(filled) == [f"kept file {file}: changed: its bytes do not fit its hash"]
    tamper(filled, delete(tables.content).where(is_file))
    assert problems(filled) == [f"kept file {file}: missing, and event {seq} names it"]


def test_terms_of_reports(store):
    with store.writing() as writing:
        found(writing)
        made = {
            "account": "acme",
            "kind": "daily",
            "period": "2026-11-19",
            "version": 1,
            "files": [],
            "terms": {"K-1": "ab" * 32},
        }
        writing.append(NewEvent("report", "R-1", "made", AT, "system", made, "acme"))
    assert problems(store) == [f"snapshot {'ab' * 32}: missing, and event 7 names it"]


def test_reports_of_which_no_event_speaks(filled):
    with filled.writing() as writing:
        writing.keep_content("ab" * 32, b"x")
    assert problems(filled) == [
        f"kept file {'ab' * 32}: changed: its bytes do not fit its hash",
        f"kept file {'ab' * 32}: no event speaks of it",
    ]


def test_events_that_make_no_tables(filled):
    with filled.writing() as writing:
        writing.append(saved("definition", "D-2", account="acme"))
    last = event_at(filled, EVENTS)
    forged = chained(saved("rumour", "X"), EVENTS + 1, last.recorded_at, last.hash)
    change(filled, EVENTS + 1, **row_of(forged))
    tamper(filled, update(tables.head).values(hash=forged.hash))
    [problem] = problems(filled)
    assert problem.startswith("the tables: they cannot be made from the events: ")
    assert "events of the kind rumour" in problem


def test_nothing_is_repaired_when_the_chain_is_broken(filled):
    change(filled, 3, actor="user:somebody")
    tamper(filled, "DELETE FROM definition")
    with pytest.raises(StoreError, match=r"event 3 .* changed"):
        repair(filled)
    with filled.reading() as reading:
        assert reading.documents("definition") == {}


def test_a_check_stops_after_a_hundred_problems(store):
    with store.writing() as writing:
        policy = found(writing)
        writing.append(*[submitted(number, policy) for number in range(1, 151)])
    tamper(store, "UPDATE incident SET level = 1")
    assert len(problems(store)) == 100


def test_events_cannot_be_changed_or_deleted(filled):
    statements = ["UPDATE event SET actor = 'user:x'", "DELETE FROM event WHERE seq = 3"]
    if filled.engine.dialect.name == "sqlite":
        statements.append("INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 3")
    else:
        statements.append("TRUNCATE event")
        statements.append(
            "INSERT INTO event SELECT * FROM event WHERE seq=3 ON CONFLICT (seq) DO UPDATE SET actor = 'x'"
        )
    for statement in statements:
        with pytest.raises(StoreError, match="events are only appended"), filled.writing() as writing:
            writing.connection.execute(text(statement))
    assert problems(filled) == []


def test_a_missing_guard(filled):
    drop = "DROP TRIGGER event_no_update"
    name = "event_no_update"
    if filled.engine.dialect.name == "postgresql":
        drop, name = "ALTER TABLE event DISABLE TRIGGER event_append_only", "event_append_only"
    with filled.writing() as writing:
        writing.connection.execute(text(drop))
    assert problems(filled) == [f"table event: the trigger {name} is gone that keeps events from being changed"]
