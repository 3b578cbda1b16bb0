"""Backups: one file for every kind of database, whole or not there, and trusted in nothing when it is read."""

from __future__ import annotations

import base64
import contextlib
import errno
import gzip
import hashlib
import json
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from auditor.app import database
from auditor.errors import AuditorError, StoreError
from auditor.model.events import GENESIS
from auditor.store import tables
from auditor.store.backup import back_up, copy_file
from auditor.store.checking import check
from auditor.store.opening import open_store
from auditor.store.restore import restore, verify
from tests.store.world import EVENTS, MANIFEST, PERSONAL, RENDERED, fill, problems, saved, unguarded
from tests.stores import fresh_database


@pytest.fixture
def filled(store):
    fill(store)
    return store


@pytest.fixture
def backup(filled, tmp_path):
    back_up(filled, tmp_path / "backup.gz")
    return tmp_path / "backup.gz"


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """The lines of a backup of a filled SQLite store."""
    folder = tmp_path_factory.mktemp("lines")
    with open_store(str(folder / "auditor.db")) as store:
        fill(store)
        back_up(store, folder / "backup.gz")
    return gzip.decompress((folder / "backup.gz").read_bytes()).splitlines()


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request, tmp_path):
    """An empty store of either kind, whichever kind the backup came from."""
    with contextlib.ExitStack() as stack:
        location = str(tmp_path / "elsewhere.db")
        if request.param == "postgresql":
            server = request.getfixturevalue("postgresql")
            location = stack.enter_context(contextlib.contextmanager(fresh_database)(server, "TEMPLATE template"))
        yield stack.enter_context(open_store(location))


def everything(store):
    """All rows of all tables."""
    with store.reading() as reading:
        return {
            table.name: sorted(map(tuple, reading.connection.execute(select(table))), key=repr)
            for table in tables.metadata.sorted_tables
        }


def test_a_backup_brings_everything_back_into_either_database(filled, backup, elsewhere):
    assert restore(elsewhere, backup) == []
    assert everything(elsewhere) == everything(filled)
    assert problems(elsewhere) == []
    with elsewhere.writing() as writing:  # and it goes on
        writing.append(saved("calendar", "more"))
        assert writing.next_number() == 3
        assert writing.personal("contact", "C-1") == PERSONAL
    assert problems(elsewhere) == []


def test_an_empty_store_can_be_backed_up(store, tmp_path, elsewhere):
    header = back_up(store, tmp_path / "backup.gz")
    assert (header.events, header.head) == (0, GENESIS)
    assert restore(elsewhere, tmp_path / "backup.gz") == []
    assert problems(elsewhere) == []


def test_what_a_backup_says_of_itself(filled, backup):
    header = verify(backup)
    assert header.counts == {"event": EVENTS, "snapshot": 1, "personal": 2, "content": 2}
    assert header.head == check(filled).head
    assert header.made_at == "2026-11-23T09:00:00.000000Z"
    assert backup.stat().st_mode & 0o777 == 0o600


def test_the_form_of_a_backup(lines):
    """As docs/store.md says: header, snapshots, events, personal data, contents, digest."""
    documents = [json.loads(line) for line in lines]
    assert {key: documents[0][key] for key in ("format", "version")} == {"format": "auditor-store", "version": 1}
    kinds = [next(iter(document)) for document in documents[1:]]
    assert kinds == ["snapshot", *["event"] * EVENTS, "personal", "personal", "content", "content", "sha256"]
    assert documents[2]["event"]["payload"] == {"spec": {"zone": "Europe/Madrid"}, "version": 1}
    contents = {document["content"]["hash"]: document["content"]["bytes"] for document in documents[-3:-1]}
    assert {ident: base64.b64decode(packed) for ident, packed in contents.items()} == {
        hashlib.sha256(content).hexdigest(): content for content in (RENDERED, MANIFEST)
    }
    assert documents[-1] == {"sha256": hashlib.sha256(b"".join(line + b"\n" for line in lines[:-1])).hexdigest()}


def test_one_state_makes_one_file(filled, tmp_path):
    for name in ("one", "two"):
        back_up(filled, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_backup_is_of_one_state_while_others_write(filled, tmp_path, monkeypatch):
    from auditor.store import backup as module

    def writing_meanwhile(*arguments):
        with filled.writing() as writing:
            writing.append(saved("calendar", "meanwhile"))
        original(*arguments)

    original = module.write_archive
    monkeypatch.setattr(module, "write_archive", writing_meanwhile)
    assert back_up(filled, tmp_path / "backup.gz").events == EVENTS
    assert verify(tmp_path / "backup.gz").events == EVENTS


def test_nothing_is_overwritten(filled, backup):
    before = backup.read_bytes()
    with pytest.raises(StoreError, match="exists already"):
        back_up(filled, backup)
    assert backup.read_bytes() == before


def test_a_file_that_appears_meanwhile_is_not_overwritten(filled, tmp_path, monkeypatch):
    from auditor.store import backup as module

    def beaten(*arguments):
        original(*arguments)
        (tmp_path / "backup.gz").write_bytes(b"mine")

    original = module.write_archive
    monkeypatch.setattr(module, "write_archive", beaten)
    with pytest.raises(StoreError, match="File exists"):
        back_up(filled, tmp_path / "backup.gz")
    assert (tmp_path / "backup.gz").read_bytes() == b"mine"
    assert not list(tmp_path.glob(".backup*"))


def test_a_file_system_without_links(filled, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    back_up(filled, tmp_path / "backup.gz")
    assert verify(tmp_path / "backup.gz").events == EVENTS


@pytest.mark.parametrize("name", ["nowhere/backup.gz", ""])
def test_where_no_backup_can_be_written(filled, tmp_path, name):
    with pytest.raises(StoreError, match=r"cannot be written|exists already"):
        back_up(filled, tmp_path / name)


def test_a_full_disk(filled, tmp_path, monkeypatch):
    from auditor.store import backup as module

    def full(file, *_):
        file.write_bytes(b"a part")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "write_archive", full)
    with pytest.raises(StoreError, match="cannot be written: No space left on device"):
        back_up(filled, tmp_path / "backup.gz")
    assert not list(tmp_path.glob("*backup*"))


def test_no_backup_is_made_of_a_broken_chain(filled, tmp_path):
    with unguarded(filled) as connection:
        connection.execute(update(tables.event).where(tables.event.c.seq == 3).values(actor="user:x"))
    with pytest.raises(StoreError, match=r"the chain is damaged, no backup was made: event 3 \(contract K-1, saved\)"):
        back_up(filled, tmp_path / "backup.gz")
    assert not list(tmp_path.glob("*backup*"))


def test_what_was_wrong_outside_the_chain_is_restored_as_it_was_and_told(filled, tmp_path, elsewhere):
    ident = hashlib.sha256(RENDERED).hexdigest()
    with unguarded(filled) as connection:
        connection.execute(delete(tables.content).where(tables.content.c.hash == ident))
        connection.execute(text("UPDATE personal SET document = '{' WHERE stream = 'person'"))
        connection.execute(text("DELETE FROM definition"))  # tables are made anew: this heals
    back_up(filled, tmp_path / "backup.gz")
    wanted = [
        "personal data of person P-1: changed: they do not fit the digest in the events",
        f"kept file {ident}: missing, and event 11 names it",
    ]
    assert [str(problem) for problem in restore(elsewhere, tmp_path / "backup.gz")] == wanted
    assert problems(elsewhere) == wanted


def test_a_store_that_holds_anything_is_not_filled(backup, elsewhere):
    with elsewhere.writing() as writing:
        writing.keep_snapshot("policy", {})
    before = everything(elsewhere)
    with pytest.raises(StoreError, match="the store is not empty"):
        restore(elsewhere, backup)
    assert everything(elsewhere) == before


# --- hostile files -----------------------------------------------------------------------------------------------


def packed(tmp_path, lines, *, sign=True):
    """A backup of these lines; the digest at the end is made anew, or is the last line as it is."""
    if sign:
        body = b"".join(line + b"\n" for line in lines[:-1])
        lines = [*lines[:-1], json.dumps({"sha256": hashlib.sha256(body).hexdigest()}).encode()]
    file = tmp_path / "hostile.gz"
    file.write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines), 1))
    return file


def refused(tmp_path, file):
    """What is said of a file that must not be restored; nothing may be there afterwards."""
    target = tmp_path / "target.db"
    with pytest.raises(StoreError) as caught:
        database.restore(str(target), file)
    assert not target.exists()
    with open_store(str(tmp_path / "empty.db")) as store:
        before = everything(store)
        with pytest.raises(StoreError):
            restore(store, file)
        assert everything(store) == before
    assert str(file) in caught.value.where
    return caught.value.message


def edited(lines, number, change):
    """The lines with the document of one of them changed."""
    document = json.loads(lines[number])
    change(document)
    return [*lines[:number], json.dumps(document, separators=(",", ":")).encode(), *lines[number + 1 :]]


FIRST_EVENT = 2
PERSONAL_LINE = -5
CONTENT = -2


@pytest.mark.parametrize("kept", [0, 10, 200, -1, -8, -20])
def test_a_truncated_file(lines, tmp_path, kept):
    file = packed(tmp_path, lines)
    file.write_bytes(file.read_bytes()[:kept])
    assert refused(tmp_path, file) == "the file ends too early"


@pytest.mark.parametrize("number", [0, 5, -1])
def test_a_truncated_content(lines, tmp_path, number):
    message = refused(tmp_path, packed(tmp_path, lines[:number], sign=False))
    assert message == "the file ends too early"


@pytest.mark.parametrize(
    "content",
    [b"", b"SQLite format 3\0" * 10, b"\x1f\x8b", gzip.compress(b"hello\n", mtime=0), gzip.compress(b"{}\n", mtime=0)],
    ids=["empty", "sqlite", "two bytes", "text", "json"],
)
def test_a_file_that_is_no_backup(tmp_path, content):
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    message = refused(tmp_path, file)
    assert message.startswith(
        ("the file ends too early", "the file is not gzip, or damaged", "the line is not JSON", "this is not a backup")
    )


def test_a_file_that_is_not_there(tmp_path):
    assert refused(tmp_path, tmp_path / "nothing.gz") == "cannot be read: No such file or directory"


def test_a_folder(tmp_path):
    assert refused(tmp_path, tmp_path) == "cannot be read: Is a directory"


def test_bits_that_flipped(lines, tmp_path):
    file = packed(tmp_path, lines)
    whole = file.read_bytes()
    for place in range(0, len(whole), 97):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        file.write_bytes(damaged)
        try:
            header = verify(file)
        except StoreError:
            continue
        # only what says nothing may change: time and system in the head of gzip
        assert place < 10
        assert header.events == EVENTS


@pytest.mark.parametrize("version", [0, 2, "1", None, True])
def test_another_version(lines, tmp_path, version):
    file = packed(tmp_path, edited(lines, 0, lambda header: header.update(version=version)))
    wanted = f"the backup has format {version!r}, and this version of the tool reads format 1"
    assert refused(tmp_path, file) == wanted


@pytest.mark.parametrize(
    "change",
    [
        {"head": None},
        {"made_at": 5},
        {"counts": {}},
        {"counts": []},
        {"counts": {"event": -1, "snapshot": 1, "personal": 2, "content": 2}},
        {"counts": {"event": True, "snapshot": 1, "personal": 2, "content": 2}},
        {"counts": {"event": "17", "snapshot": 1, "personal": 2, "content": 2}},
    ],
)
def test_an_incomplete_header(lines, tmp_path, change):
    assert (
        refused(tmp_path, packed(tmp_path, edited(lines, 0, lambda header: header.update(change))))
        == "the header is not complete"
    )


def counts(**changes):
    return lambda header: header["counts"].update(changes)


def test_wrong_counts(lines, tmp_path):
    more = packed(tmp_path, edited(lines, 0, counts(event=EVENTS + 1)))
    assert refused(tmp_path, more) == "lines are missing: 1 of the kind event"
    fewer = packed(tmp_path, edited(lines, 0, counts(personal=1)))
    assert refused(tmp_path, fewer) == "there are more lines of the kind personal than the header says"


def test_a_wrong_digest(lines, tmp_path):
    wrong = edited(lines, -1, lambda document: document.update(sha256="0" * 64))
    assert "is not that of the lines before" in refused(tmp_path, packed(tmp_path, wrong, sign=False))


def test_a_wrong_head(lines, tmp_path):
    wrong = edited(lines, 0, lambda header: header.update(head="0" * 64))
    assert refused(tmp_path, packed(tmp_path, wrong)) == "the chain does not end with the head that the backup names"


def test_something_follows_its_end(lines, tmp_path):
    file = packed(tmp_path, lines)
    whole = file.read_bytes()
    for more in (gzip.compress(b"more\n", mtime=0), gzip.compress(b"x", mtime=0), b"garbage"):
        file.write_bytes(whole + more)
        assert refused(tmp_path, file) == "something follows its end"
    assert "wrong place" in refused(tmp_path, packed(tmp_path, [*lines[:3], b'{"other":{}}', *lines[3:]]))


def test_lines_in_another_order(lines, tmp_path):
    swapped = [*lines[:-4], lines[-3], lines[-4], *lines[-2:]]
    assert (
        refused(tmp_path, packed(tmp_path, swapped)) == "this is no record of a backup, or it stands in the wrong place"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("payload", {"spec": {}}),
        ("payload", []),
        ("payload", "{}"),
        ("at", "2026-11-20T10:00:00.000000Z"),
        ("at", "2026-11-20"),
        ("at", None),
        ("actor", "user:x"),
        ("actor", 5),
        ("seq", 2),
        ("seq", True),
        ("seq", "1"),
        ("seq", 2**70),
        ("hash", "0" * 64),
        ("prev", "1" * 64),
        ("subject", "\u0000"),
        ("more", "fields"),
    ],
)
def test_a_changed_event(lines, tmp_path, field, value):
    changed = edited(lines, FIRST_EVENT, lambda record: record["event"].update({field: value}))
    message = refused(tmp_path, packed(tmp_path, changed))
    assert message in {
        "the chain is broken: no event 1 follows event 0",
        "a record of the kind event has wrong fields, after event 0",
    }


def test_a_missing_or_doubled_event(lines, tmp_path):
    fewer = edited([*lines[:5], *lines[6:]], 0, counts(event=EVENTS - 1))
    assert refused(tmp_path, packed(tmp_path, fewer)) == "the chain is broken: no event 4 follows event 3"
    more = edited([*lines[:5], *lines[4:]], 0, counts(event=EVENTS + 1))
    assert refused(tmp_path, packed(tmp_path, more)) == "the chain is broken: no event 4 follows event 3"


@pytest.mark.parametrize(
    ("number", "kind", "changes"),
    [
        (1, "snapshot", {"document": {}}),
        (1, "snapshot", {"more": ""}),
        (PERSONAL_LINE, "personal", {"salt": None}),
        (CONTENT, "content", {"bytes": "not base64!"}),
        (CONTENT, "content", {"bytes": "=" * 5}),
        (CONTENT, "content", {"bytes": "é"}),
    ],
)
def test_wrong_records(lines, tmp_path, number, kind, changes):
    changed = edited(lines, number, lambda record: record[kind].update(changes))
    assert (
        refused(tmp_path, packed(tmp_path, changed))
        == f"a record of the kind {kind} has wrong fields, after event {0 if number == 1 else EVENTS}"
    )


def test_what_only_the_database_refuses_leaves_nothing(lines, tmp_path):
    doubled = edited([*lines[:2], *lines[1:]], 0, counts(snapshot=2))
    endless = edited(lines, 1, lambda record: record["snapshot"].update(kind="x" * 21))
    zero = edited(lines, PERSONAL_LINE, lambda record: record["personal"].update(subject="C\0"))
    for changed in (doubled, endless, zero):
        file = packed(tmp_path, changed)
        assert verify(file).events == EVENTS
        with open_store(str(tmp_path / "empty.db")) as store:
            before = everything(store)
            with pytest.raises(StoreError):
                restore(store, file)
            assert everything(store) == before


def test_a_chain_of_which_no_tables_can_be_made(tmp_path):
    from auditor.model.events import chained
    from auditor.store.archive import Header, write_archive
    from auditor.store.rows import row_of
    from tests.stores import MONDAY

    event = chained(saved("rumour", "X"), 1, MONDAY, GENESIS)
    header = Header("", "", "", event.hash, {"event": 1, "snapshot": 0, "personal": 0, "content": 0})
    file = tmp_path / "hostile.gz"
    write_archive(file, header, [("event", {**row_of(event), "payload": event.payload})])
    with open_store(str(tmp_path / "empty.db")) as store:
        with pytest.raises(StoreError, match="the tables cannot be made from its events"):
            restore(store, file)
        assert check(store).events == 0


def test_a_bomb_is_refused_within_little_memory(tmp_path):
    file = tmp_path / "bomb.gz"
    block = b"\0" * (1 << 20)
    with gzip.open(file, "wb", 1) as opened:
        for _ in range(300):
            opened.write(block)
    assert file.stat().st_size < 5_000_000
    tracemalloc.start()
    try:
        with pytest.raises(StoreError, match="the line is too long"):
            verify(file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 290_000_000


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any.gz"
    for written in (
        content,
        gzip.compress(content, 1),
        gzip.compress(b'{"format":"auditor-store","version":1}\n' + content, 1),
    ):
        file.write_bytes(written)
        with pytest.raises(AuditorError):
            verify(file)


def test_a_copy_of_a_file_while_others_write(tmp_path):
    location = tmp_path / "auditor.db"
    with open_store(str(location)) as store:
        fill(store)
        copy_file(location, tmp_path / "copy.db")
        with pytest.raises(StoreError, match="exists already"):
            copy_file(location, tmp_path / "copy.db")
    with open_store(str(tmp_path / "copy.db")) as copy:
        assert (problems(copy), check(copy).events) == ([], EVENTS)
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(StoreError, match="cannot be copied"):
        copy_file(tmp_path / "broken.db", tmp_path / "other.db")
    assert sorted(path.name for path in Path(tmp_path).glob("*other*")) == []
