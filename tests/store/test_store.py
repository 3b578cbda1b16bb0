"""Reading and writing: whole transactions, tables that follow the events, personal data that can go."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from auditor.errors import StoreError, UsageProblem
from auditor.model.events import GENESIS, NewEvent, canonical, instant_of, text_of
from auditor.store import tables
from auditor.store.store import now
from tests.store.world import AT, PERSONAL, booked, found, incident, problems, saved, submitted
from tests.stores import MONDAY


def test_the_chain_is_what_the_specification_of_a_link_says(store):
    """The hash is SHA-256 over the canonical JSON of seq, what the event says, recorded_at and prev."""
    with store.writing() as writing:
        first, second = writing.append(saved("calendar", "b", z=1, a=[None, "é"]), saved("calendar", "c"))
    content = (
        '[1,"calendar","b","saved","2026-11-20T09:00:00.000000Z","user:tester",{"a":[null,"é"],"z":1},"acme",'
        f'"2026-11-23T09:00:00.000000Z","{"0" * 64}"]'
    )
    assert first.hash == hashlib.sha256(content.encode()).hexdigest()
    assert (first.seq, first.prev, first.recorded_at) == (1, GENESIS, MONDAY)
    assert (second.seq, second.prev) == (2, first.hash)
    with store.reading() as reading:
        assert reading.head() == (2, second.hash)
        assert reading.events("calendar", "b") == [first]
        assert list(reading.events_of("calendar", ["c", "b", "d"])) == [first, second]


def test_instants_are_kept_in_utc(store):
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    event = NewEvent("calendar", "b", "saved", datetime(2026, 11, 20, 14, 45, tzinfo=kathmandu), "system")
    with store.writing() as writing:
        writing.append(event)
    with store.reading() as reading:
        [kept] = reading.events("calendar", "b")
        assert (kept.at, kept.at.tzinfo) == (AT, UTC)
        assert reading.connection.execute(select(tables.event.c.at)).scalar() == "2026-11-20T09:00:00.000000Z"


def test_without_a_clock_the_present_is_recorded():
    assert abs(now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_what_fails_leaves_no_trace(store):
    with pytest.raises(ZeroDivisionError), store.writing() as writing:  # noqa: PT012 - something fails after a part
        fill_one(writing)
        raise ZeroDivisionError
    with store.reading() as reading:
        assert reading.head() == (0, GENESIS)
        assert reading.documents("calendar") == {}
        assert reading.personal("contact", "C-1") is None


def fill_one(writing):
    writing.keep_personal("contact", "C-1", PERSONAL)
    writing.append(saved("calendar", "office"))


@pytest.mark.parametrize("failing", [saved("contract", "K-1", account="nobody"), saved("rumour", "X")])
def test_a_failed_part_cannot_be_kept(store, failing):
    with pytest.raises(StoreError), store.writing() as writing:  # noqa: PT012 - the block goes on after the failure
        fill_one(writing)
        with contextlib.suppress(Exception):
            writing.append(failing)
    with store.reading() as reading:
        assert reading.head() == (0, GENESIS)
        assert reading.documents("calendar") == {}


def test_an_error_does_not_tell_what_was_to_be_stored(store):
    with pytest.raises(StoreError) as caught, store.writing() as writing:
        writing.append(saved("contract", "K-1", account="acme", hidden="s3cret"))
    assert "s3cret" not in str(caught.value)
    assert "calendar" in str(caught.value)


def test_a_head_that_someone_else_moved_is_not_kept(store):
    with pytest.raises(StoreError, match="a part of the transaction failed"), store.writing() as writing:
        writing.connection.execute(text("UPDATE head SET seq = 5"))


def test_references_must_exist(store):
    with pytest.raises(StoreError, match="contradicts what is stored"), store.writing() as writing:
        writing.append(saved("account", "acme", customer_calendar="nowhere"))


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (saved("calendar", "x" * 201), "subject has 201 characters, 200 are the limit"),
        (saved("calendar", "a\0b"), "subject holds a zero character"),
        (saved("calendar", "a", at=object()), "holds what JSON cannot"),
        (saved("calendar", "a", big=2**70), "holds what JSON cannot"),
        (saved("x" * 41, "a"), "stream has 41 characters, 40 are the limit"),
    ],
)
def test_what_cannot_be_stored_is_refused_alike_on_every_database(store, event, message):
    with pytest.raises(StoreError, match=message), store.writing() as writing:
        writing.append(event)


@pytest.mark.parametrize("said", ["x\udcffy", ["a", {"b": "\ud800"}], {"\udfff": 1}])
def test_half_a_character_is_refused_in_words(store, said):
    """Bytes that are no UTF-8 come so from a command line."""
    with pytest.raises(UsageProblem, match="bytes that are no characters"), store.writing() as writing:
        writing.append(saved("calendar", "a", name=said))
    with pytest.raises(UsageProblem, match="bytes that are no characters"), store.writing() as writing:
        writing.keep_personal("contact", "C-1", {"name": said})


def test_what_can_be_stored_comes_back_as_it_was(store):
    payload = {
        "text": "a\u0000b é \U0001f600 ' \" \\ %s :x",
        "number": 2**63,
        "float": 0.1,
        "deep": {"b": [1, {"a": {}}]},
    }
    ident = "ключ/😀 " + "x" * 190
    with store.writing() as writing:
        writing.append(saved("calendar", ident, **payload))
    with store.reading() as reading:
        assert reading.document("calendar", ident) == payload
        assert reading.events("calendar", ident)[0].payload == payload
    assert problems(store) == []


@dataclass
class Cell:
    z: int = 1
    a: int = 2


def test_payloads_that_are_more_than_json_are_stored_as_json(store):
    """A dataclass keeps the order of its fields when it is written first, and would be sorted when it is read again."""
    with store.writing() as writing:
        [event] = writing.append(saved("calendar", "a", cell=Cell()))
    assert canonical(event.payload) == b'{"cell":{"a":2,"z":1}}'
    assert problems(store) == []


def test_the_last_document_counts(store):
    with store.writing() as writing:
        writing.append(saved("calendar", "a", version=1), saved("calendar", "b"), saved("calendar", "a", version=2))
    with store.writing() as writing:
        assert writing.document("calendar", "a") == {"version": 2}
        writing.append(saved("calendar", "a", version=3))
        assert writing.document("calendar", "a") == {"version": 3}
    with store.reading() as reading:
        assert reading.documents("calendar") == {"a": {"version": 3}, "b": {}}
        assert reading.document("calendar", "c") is None


def test_documents_by_their_columns(store):
    with store.writing() as writing:
        found(writing)
        writing.append(saved("account", "umbrella", customer_calendar="office"))
    with store.reading() as reading:
        assert list(reading.documents("contact", account="acme")) == ["C-1"]
        assert reading.documents("contact", account="umbrella") == {}


def test_removed_things_are_gone_and_can_come_back(store):
    removed = NewEvent("absence", "A-1", "removed", AT, "user:tester", {}, "acme")
    with store.writing() as writing:
        found(writing)
        writing.append(removed)
        assert writing.document("absence", "A-1") is None
        writing.append(saved("absence", "A-1", person="P-1", reason="leave"), removed)
        assert writing.document("absence", "A-1") is None
        writing.append(removed, saved("absence", "A-1", person="P-1", reason="ill"))
        assert writing.document("absence", "A-1") == {"person": "P-1", "reason": "ill"}
    assert problems(store) == []


def test_incidents_and_bookings(store):
    with store.writing() as writing:
        policy = found(writing)
        assert writing.next_number() == 1
        writing.append(submitted(1, policy, quota=booked(1)), submitted(2, policy))
        assert writing.next_number() == 3
        writing.append(incident("INC-000001", "cancelled", reason="solved itself", quota=booked(-1)))
    with store.reading() as reading:
        rows = reading.connection.execute(select(tables.incident).order_by(tables.incident.c.number)).all()
        assert [(row.id, row.state) for row in rows] == [("INC-000001", "cancelled"), ("INC-000002", "submitted")]
        booked_rows = reading.connection.execute(select(tables.quota).order_by(tables.quota.c.seq)).all()
        assert [(row.seq, row.incident, row.delta) for row in booked_rows] == [
            (7, "INC-000001", 1),
            (9, "INC-000001", -1),
        ]


def test_a_notification_is_told_once(store):
    event = NewEvent("notification", "N-1", "notified", AT, "system", {"reason": "threshold"}, "acme")
    with store.writing() as writing:
        writing.append(event)
    with pytest.raises(StoreError, match="contradicts what is stored"), store.writing() as writing:
        writing.append(event)


def test_a_report_is_not_sent_before_it_is_made(store):
    with pytest.raises(StoreError, match="there is no report R-9"), store.writing() as writing:
        writing.append(NewEvent("report", "R-9", "sent", AT, "system", {}, "acme"))


def test_snapshots_are_kept_once_under_the_hash_of_their_content(store):
    document = {"b": 1, "a": [2]}
    with store.writing() as writing:
        ident = writing.keep_snapshot("policy", document)
        assert writing.keep_snapshot("policy", {"a": [2], "b": 1}) == ident
    assert ident == hashlib.sha256(b'{"a":[2],"b":1}').hexdigest()
    with store.reading() as reading:
        assert reading.snapshot(ident) == document
        with pytest.raises(StoreError, match="no snapshot ffff"):
            reading.snapshot("ffff")


def test_contents_are_kept_once(store):
    ident = hashlib.sha256(b"\0report\xff").hexdigest()
    with store.writing() as writing:
        writing.keep_content(ident, b"\0report\xff")
        writing.keep_content(ident, b"\0report\xff")
    with store.reading() as reading:
        assert reading.connection.execute(select(tables.content.c.bytes)).scalars().all() == [b"\0report\xff"]


def test_personal_data_are_replaced_and_erased(store):
    with store.writing() as writing:
        first = writing.keep_personal("contact", "C-1", PERSONAL)
        again = writing.keep_personal("contact", "C-1", PERSONAL)
        other = writing.keep_personal("contact", "C-2", PERSONAL)
    assert len({first, again, other}) == 3  # a new salt every time: equal names cannot be told from equal digests
    with store.reading() as reading:
        assert reading.personal("contact", "C-1") == PERSONAL
        salt = reading.connection.execute(
            select(tables.personal.c.salt).where(tables.personal.c.subject == "C-1")
        ).scalar_one()
        digest = hashlib.sha256(canonical([salt, PERSONAL])).hexdigest()
        assert digest == again
    with store.writing() as writing:
        writing.erase_personal("contact", "C-1")
    with store.reading() as reading:
        assert reading.personal("contact", "C-1") is None
        assert reading.personal("contact", "C-2") == PERSONAL


def test_what_is_erased_is_no_longer_in_the_files(store, location):
    with store.writing() as writing:
        writing.keep_personal("contact", "C-1", {"name": "Vanishing Contact"})
    if "://" in location:  # a server's files are its own business: docs/store.md
        with store.reading() as reading:
            assert reading.personal("contact", "C-1") == {"name": "Vanishing Contact"}
        return
    files = list(Path(location).parent.iterdir())
    assert any(b"Vanishing Contact" in file.read_bytes() for file in files)
    with store.writing() as writing:
        writing.erase_personal("contact", "C-1")
    assert not any(b"Vanishing Contact" in file.read_bytes() for file in files if file.exists())


def test_reading_sees_one_state(store):
    with store.reading() as reading:
        assert reading.head()[0] == 0
        with store.writing() as writing:
            writing.append(saved("calendar", "office"))
        assert reading.head()[0] == 0
        assert reading.document("calendar", "office") is None
    with store.reading() as reading:
        assert reading.head()[0] == 1


def test_thousands_of_events_at_once(store):
    events = [saved("calendar", f"c{number:05}", version=number) for number in range(5000)]
    with store.writing() as writing:
        writing.append(*events)
    with store.reading() as reading:
        assert reading.head()[0] == 5000
        assert len(reading.documents("calendar")) == 5000
    assert problems(store) == []


def test_hundreds_of_incidents_at_once(store):
    with store.writing() as writing:
        policy = found(writing)
        writing.append(
            *[submitted(number, policy, quota=booked(1)) for number in range(1, 601)],
            *[incident(f"INC-{number:06}", "note", text="seen", internal=True) for number in range(1, 601)],
        )
        assert writing.next_number() == 601
    assert problems(store) == []


NEEDED = {
    "calendar": {},
    "account": {"customer_calendar": "office"},
    "person": {"calendar": "office"},
    "contract": {"account": "acme", "support_calendar": "office"},
    "contact": {"account": "acme"},
    "absence": {"person": "P-1"},
    "definition": {"account": "acme"},
}
SAID = st.dictionaries(st.text(max_size=5), st.integers(-(2**53), 2**53), max_size=2)
STEPS = st.lists(st.tuples(st.sampled_from(sorted(NEEDED)), st.integers(0, 2), st.none() | SAID), max_size=25)


def test_tables_are_what_the_last_documents_say(store):
    """Any sequence of savings and removals, cut into any transactions: a plain dictionary says the same."""
    examples = count()
    with store.writing() as writing:
        found(writing)

    @settings(max_examples=40, deadline=None)
    @given(STEPS, st.lists(st.integers(1, 6), min_size=1, max_size=8))
    def follow(steps, sizes):
        number = next(examples)
        events, wanted = [], {}
        for stream, thing, said in steps:
            subject = f"{number:04}-{thing}"
            if said is None:
                events.append(NewEvent(stream, subject, "removed", AT, "system"))
                wanted.pop((stream, subject), None)
            else:
                payload = {**said, **NEEDED[stream]}
                events.append(NewEvent(stream, subject, "saved", AT, "system", payload))
                wanted[stream, subject] = payload
        for size in [*sizes, len(events)]:
            with store.writing() as writing:
                writing.append(*events[:size])
            del events[:size]
        with store.reading() as reading:
            kept = {
                (kind, ident): document
                for kind in NEEDED
                for ident, document in reading.documents(kind).items()
                if ident.startswith(f"{number:04}-")
            }
        assert kept == wanted

    follow()
    assert problems(store) == []


def test_what_would_not_fit_into_a_backup_is_not_stored(store):
    with pytest.raises(StoreError, match="16777216 are the limit"), store.writing() as writing:
        writing.append(saved("calendar", "a", text="x" * 16 * 1024 * 1024))
    with pytest.raises(StoreError, match="67,108,864 are the limit"), store.writing() as writing:
        writing.keep_content("ff" * 32, bytes(64 * 1024 * 1024 + 1))
    for keep in (
        lambda writing: writing.keep_snapshot("x" * 21, {}),
        lambda writing: writing.keep_personal("x", "a\0", {}),
    ):
        with pytest.raises(StoreError, match=r"the limit|zero character"), store.writing() as writing:
            keep(writing)


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "2026-03-29T01:30:00.000000Z"),
        (datetime(999, 1, 1, microsecond=7, tzinfo=UTC), "0999-01-01T00:00:00.000007Z"),
        (datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=14))), "2025-12-31T10:00:00.000000Z"),
    ],
)
def test_instants_as_text(instant, written):
    assert text_of(instant) == written
    assert instant_of(written) == instant
    assert instant_of(written).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-29T01:30:00Z",
        "2026-03-29T01:30:00.000000",
        "2026-03-29T01:30:00.000000+00:00",
        "2026-W13-7T01:30:00.000000Z",
        "",
    ],
)
def test_text_that_is_no_instant(text):
    with pytest.raises(ValueError, match=r"instant|isoformat"):
        instant_of(text)
