"""Opening: what is created, what is refused, and what is said about it."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from auditor import __version__
from auditor.errors import StoreError, UsageProblem
from auditor.store import schema
from auditor.store.database import default_location, shown, url_of
from auditor.store.opening import open_store
from tests.store.world import saved
from tests.stores import fresh_database

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def nowhere(request, tmp_path):
    """Where no store is yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "new" / "folder" / "auditor.db")
    else:
        yield from fresh_database(request.getfixturevalue("postgresql"))


def execute(location, *statements):
    with open_store(location) as store, store.engine.connect() as connection, connection.begin():
        for statement in statements:
            connection.execute(text(statement))


def refusal(location, **options):
    with pytest.raises(StoreError) as caught:
        open_store(location, **options)
    return caught.value


def test_a_new_store_holds_an_empty_chain(nowhere):
    with open_store(nowhere) as store, store.reading() as reading:
        assert reading.head() == (0, "0" * 64)
        assert schema.revision_of(reading.connection) == (schema.State.CURRENT, schema.LATEST)


def test_what_was_stored_is_there_when_it_is_opened_again(nowhere):
    with open_store(nowhere) as store, store.writing() as writing:
        writing.append(saved("calendar", "office", version=7))
    with open_store(nowhere, create=False) as store, store.reading() as reading:
        assert reading.document("calendar", "office") == {"version": 7}


def test_without_create_nothing_is_made(nowhere):
    error = refusal(nowhere, create=False)
    assert error.message == "there is no store here yet"
    assert "--db" in error.hint
    if "://" not in nowhere:
        assert not Path(nowhere).parent.exists()
    refusal(nowhere, create=False)


def test_an_empty_file_is_a_new_store(tmp_path):
    (tmp_path / "auditor.db").touch()
    assert refusal(str(tmp_path / "auditor.db"), create=False).message == "there is no store here yet"
    open_store(str(tmp_path / "auditor.db")).close()


def test_a_new_file_is_for_its_owner_only(tmp_path):
    file = tmp_path / "auditor.db"
    with open_store(str(file)) as store, store.writing() as writing:
        writing.append(saved("calendar", "office"))
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_older_store_asks_for_an_upgrade(location, monkeypatch):
    monkeypatch.setattr(schema, "REVISIONS", ("0000_0.0.9", *schema.REVISIONS))
    execute(location, "UPDATE auditor_schema SET version_num = '0000_0.0.9'")
    error = refusal(location)
    assert error.message == "the store was made by an earlier version (schema 0000_0.0.9)"
    assert error.hint == "auditor db upgrade"


def test_a_newer_store_names_the_version_that_it_needs(location):
    execute(location, "UPDATE auditor_schema SET version_num = '0099_7.1.0'")
    error = refusal(location)
    assert error.message == f"the store was made by a later version (schema 0099_7.1.0); this is auditor {__version__}"
    assert error.hint == "install auditor 7.1.0 or later"


def test_a_schema_without_revision(location):
    execute(location, "DELETE FROM auditor_schema")
    assert "later version" in refusal(location).message


def test_a_database_of_something_else_is_left_alone(nowhere):
    place = Path(nowhere)
    if "://" not in nowhere:
        place.parent.mkdir(parents=True)
    with open_engine(nowhere) as connection:
        connection.execute(text("CREATE TABLE account (id INTEGER)"))
        connection.commit()
    assert refusal(nowhere).message == "the database holds tables of something else"


@contextlib.contextmanager
def open_engine(location):
    from sqlalchemy import create_engine

    engine = create_engine(url_of(location))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.parametrize("content", [b"SQLite", b"not a database, and long enough for a header\n" * 100, b"\0"])
def test_a_file_that_is_no_database_is_left_alone(tmp_path, content):
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    assert refusal(str(file)).message == "the file is not an SQLite database"
    assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]


def test_a_damaged_file(tmp_path):
    file = tmp_path / "auditor.db"
    open_store(str(file)).close()
    content = bytearray(file.read_bytes())
    content[100:4096] = b"\xff" * 3996
    file.write_bytes(content)
    error = refusal(str(file))
    assert "damaged" in error.message
    assert error.where == str(file)


def test_a_folder(tmp_path):
    error = refusal(str(tmp_path))
    assert (error.message, error.where) == ("this is a folder", str(tmp_path))


def test_a_file_where_a_folder_should_be(tmp_path):
    (tmp_path / "file").touch()
    error = refusal(str(tmp_path / "file" / "auditor.db"))
    assert error.message.startswith("the database's file cannot be opened: ")
    assert "--db" in error.hint


@pytest.fixture
def as_nobody(tmp_path):
    """Root may do everything: then a user without rights tries."""

    @contextlib.contextmanager
    def switch():
        if os.geteuid() != 0:
            yield
            return
        for above in (tmp_path, *tmp_path.parents):
            if "pytest" in str(above):
                above.chmod(above.stat().st_mode | 0o111)
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)

    return switch


def test_a_file_that_may_not_be_read(tmp_path, as_nobody):
    file = tmp_path / "auditor.db"
    open_store(str(file)).close()
    file.chmod(0)
    with as_nobody():
        assert refusal(str(file)).message == "the database's file cannot be opened: Permission denied"


def test_a_folder_that_may_not_be_written(tmp_path, as_nobody):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    with as_nobody():
        assert refusal(str(folder / "auditor.db")).message == "the database's file cannot be opened: Permission denied"


def test_a_file_that_may_only_be_read(tmp_path, as_nobody):
    file = tmp_path / "auditor.db"
    open_store(str(file)).close()
    file.chmod(0o444)
    tmp_path.chmod(0o755)
    with as_nobody(), pytest.raises(StoreError) as caught, open_store(str(file)) as store, store.writing() as writing:
        writing.append(saved("calendar", "office"))
    assert caught.value.where == str(file)
    assert re.search("may only be read|cannot be opened", caught.value.message)


def test_a_server_that_is_not_there(tmp_path):
    error = refusal(f"postgresql://tam:s3cret@/auditor?host={tmp_path}&password=s3cret")
    assert error.message.startswith("the database cannot be reached: ")
    assert error.where == f"postgresql://tam@{tmp_path}/auditor"
    assert "is the server running" in error.hint
    assert "s3cret" not in str(error)


def test_a_database_that_the_server_does_not_have(postgresql):
    error = refusal(postgresql.url("nothing_here"))
    assert error.message.startswith("the server does not know it: ")


def test_a_user_who_may_not_create_tables(postgresql):
    with contextlib.contextmanager(fresh_database)(postgresql) as location:
        with open_engine(location) as connection:
            connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
            connection.execute(text("CREATE ROLE guest_of_tests LOGIN"))
            connection.commit()
        error = refusal(location.replace("auditor@", "guest_of_tests@"))
    assert error.message.startswith("the server refuses this user: permission denied for schema public")


@pytest.mark.parametrize(
    "location",
    [
        "mysql://tam:s3cret@host/x",
        "postgresql://tam:s3@cret@host/x",
        "postgresql://tam:s3cret@host:port/x",
        "sqlite://",
    ],
)
def test_urls_that_are_none_of_ours_are_refused_without_telling_the_password(location):
    with pytest.raises(UsageProblem) as caught:
        open_store(location)
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("/var/lib/auditor.db", "/var/lib/auditor.db"),
        ("sqlite:////var/lib/auditor.db", "/var/lib/auditor.db"),
        (
            "postgresql://tam:s3cret@db.acme.example:5433/care?password=s3cret",
            "postgresql://tam@db.acme.example:5433/care",
        ),
        ("postgres://db.acme.example/care", "postgresql://db.acme.example/care"),
        ("postgresql+psycopg://tam:s3cret@/care?host=/run/pg", "postgresql://tam@/run/pg/care"),
    ],
)
def test_what_is_said_of_a_place(location, said):
    assert shown(url_of(location)) == said


def test_the_default_is_in_the_users_folder_and_can_be_named(monkeypatch, tmp_path):
    monkeypatch.delenv("AUDITOR_DB", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_location() == str(tmp_path / "auditor" / "auditor.db")
    monkeypatch.setenv("AUDITOR_DB", str(tmp_path / "other.db"))
    with open_store() as store:
        assert store.place == str(tmp_path / "other.db")


def test_many_who_create_the_same_store_at_once(nowhere):
    code = """
import sys
from auditor.store.opening import open_store
from tests.store.world import saved
with open_store(sys.argv[1]) as store, store.writing() as writing:
    writing.append(saved("calendar", sys.argv[2]))
"""
    command = [sys.executable, "-c", code, nowhere]
    running = [
        subprocess.Popen([*command, f"c{number}"], stderr=subprocess.PIPE, text=True, cwd=ROOT) for number in range(4)
    ]
    assert [process.communicate(timeout=60)[1] for process in running] == [""] * 4
    with open_store(nowhere) as store, store.reading() as reading:
        assert reading.head()[0] == 4
        assert sorted(reading.documents("calendar")) == [f"c{number}" for number in range(4)]


def test_an_existing_store_opens_without_the_migrations(location):
    code = "import sys; from auditor.store.opening import open_store; open_store(sys.argv[1]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, location], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "sqlalchemy" in loaded
    assert loaded & {"alembic", "mako", "holidays", "jinja2"} == set()
    assert "psycopg" not in loaded or "://" in location
