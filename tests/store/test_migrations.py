"""The schema: what migrations make is what the code reads, and an older store is brought up without loss."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from auditor.errors import StoreError
from auditor.store import migrating, schema, tables
from auditor.store.checking import check
from auditor.store.database import connect, url_of
from auditor.store.opening import open_store
from auditor.store.upgrading import upgrade
from tests.store.world import EVENTS, fill, problems

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{latest}"


def upgrade():
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("colour", sa.String(20), nullable=True))
        batch.alter_column("document", nullable=True)
{more}
"""
NEXT_REVISION = "9999_9.9.9"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def differences(connection):
    options = {"version_table": schema.VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata)


def test_migrations_make_what_the_code_reads(store):
    with store.engine.connect() as connection:
        assert differences(connection) == []


def test_a_difference_would_be_found(store):
    with store.engine.connect() as connection:
        connection.execute(text("ALTER TABLE patch ADD COLUMN colour VARCHAR(20)"))
        connection.execute(text("DROP INDEX ix_event_account_at_seq"))
        assert {difference[0] for difference in differences(connection)} == {"remove_column", "add_index"}


def test_constraints_have_the_names_of_the_code(store):
    found = inspect(store.engine)
    for table in tables.metadata.tables.values():
        wanted = {key.name for key in table.foreign_key_constraints}
        assert {key["name"] for key in found.get_foreign_keys(table.name)} == wanted


def test_text_is_sorted_by_bytes_on_every_database(store):
    with store.writing() as writing:
        for ident in ("b", "A", "a", "Z", "_", "é"):
            writing.connection.execute(tables.calendar.insert().values(id=ident, document="{}"))
        assert list(writing.documents("calendar")) == ["A", "Z", "_", "a", "b", "é"]


def test_known_revisions_are_those_of_the_migrations():
    scripts = ScriptDirectory(str(migrating.MIGRATIONS))
    assert [script.revision for script in reversed(list(scripts.walk_revisions()))] == list(schema.REVISIONS)
    assert scripts.get_heads() == [schema.LATEST]


def test_every_revision_can_be_upgraded(tmp_path):
    for revision in schema.REVISIONS:
        engine = connect(url_of(str(tmp_path / f"{revision}.db")))
        with engine.connect() as connection, connection.begin():
            migrating.migrate(connection, revision)
            assert schema.revision_of(connection)[1] == revision
            migrating.migrate(connection)
            assert schema.revision_of(connection)[0] is schema.State.CURRENT
            assert differences(connection) == []
        engine.dispose()


@pytest.fixture
def later(tmp_path, monkeypatch):
    """A later version of the tool with one more migration; `more` is what that does beside adding a column."""

    def install(more=""):
        folder = tmp_path / "with % sign" / "migrations"
        shutil.copytree(migrating.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        script = NEXT.format(revision=NEXT_REVISION, latest=schema.LATEST, more=f"    {more}")
        (folder / "versions" / "r9999.py").write_text(script, encoding="utf-8")
        monkeypatch.setattr(migrating, "MIGRATIONS", folder)
        monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, NEXT_REVISION))
        monkeypatch.setattr(schema, "LATEST", NEXT_REVISION)

    return install


@pytest.fixture
def older(store, location):
    """A store with something of everything, closed, and the head of its chain."""
    fill(store)
    head = check(store).head
    store.close()
    return location, head


def columns(location):
    engine = create_engine(url_of(location))
    try:
        return {column["name"] for column in inspect(engine).get_columns("account")}
    finally:
        engine.dispose()


def test_an_upgrade_keeps_everything(older, later):
    location, head = older
    before = schema.LATEST
    later()
    done = upgrade(location, lambda: NOON)
    assert (done.before, done.after) == (before, NEXT_REVISION)
    assert "colour" in columns(location)
    with open_store(location) as store:
        assert problems(store) == []
        assert (check(store).events, check(store).head) == (EVENTS, head)
    assert upgrade(location).before == NEXT_REVISION


def test_the_file_as_it_was_is_kept(older, later):
    location, head = older
    before = schema.LATEST
    later()
    copy = upgrade(location, lambda: NOON).copy
    if "://" in location:
        assert copy is None
        return
    assert copy == Path(f"{location}.{before}.20261123T120000Z")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "colour" not in columns(str(copy))
    assert upgrade(str(copy), lambda: NOON).after == NEXT_REVISION
    with open_store(str(copy)) as store:
        assert check(store).head == head


def test_an_upgrade_that_fails_changes_nothing(older, later, monkeypatch):
    location, head = older
    later("op.execute('SELECT nonsense FROM nowhere')")
    with pytest.raises(StoreError):
        upgrade(location, lambda: NOON)
    monkeypatch.undo()
    assert "colour" not in columns(location)
    with open_store(location) as store:
        assert (problems(store), check(store).head) == ([], head)


def test_an_upgrade_that_would_break_references_changes_nothing(older, later, monkeypatch):
    location, _ = older
    later("op.execute('DELETE FROM snapshot')")
    with pytest.raises(StoreError, match=r"would break references|contradicts what is stored"):
        upgrade(location, lambda: NOON)
    monkeypatch.undo()
    with open_store(location) as store:
        assert problems(store) == []


def test_an_upgrade_makes_the_tables_anew(older, later):
    location, _ = older
    later("op.execute(\"UPDATE account SET document = '{}'\")")
    upgrade(location, lambda: NOON)
    with open_store(location) as store:
        assert problems(store) == []


def test_nothing_is_upgraded_where_nothing_is(tmp_path):
    with pytest.raises(StoreError, match="no store here"):
        upgrade(str(tmp_path / "auditor.db"))
    (tmp_path / "auditor.db").touch()
    with pytest.raises(StoreError, match="no store here"):
        upgrade(str(tmp_path / "auditor.db"))


def test_a_later_store_is_not_upgraded(location):
    with open_store(location) as store, store.writing() as writing:
        writing.connection.execute(text("UPDATE auditor_schema SET version_num = '0099_7.1.0'"))
    with pytest.raises(StoreError, match="later version"):
        upgrade(location)
