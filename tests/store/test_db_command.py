"""auditor db: what it prints and with which exit code, on every database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from auditor.app import database
from auditor.cli.main import cli
from auditor.store import schema
from auditor.store.checking import check
from tests.store.world import EVENTS, fill, unguarded

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def filled(store):
    fill(store)
    return store


@pytest.fixture
def auditor(capsys, monkeypatch):
    """Run the command in this process; exit code, output and errors come back."""
    from auditor.cli.main import run

    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("AUDITOR_DB", raising=False)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["auditor", *map(str, arguments)])
        code = run()
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err

    return call


def head_of(store):
    return check(store).head


def test_check_of_a_store_in_order(auditor, filled, location):
    head = head_of(filled)
    order = "The chain is whole, and everything else is what its events say."
    said = f"{filled.place}: 20 events, head {head}"
    assert auditor("db", "check", "--db", location) == (0, [said, order], "")
    known = f"The known head is event {EVENTS}; 0 came after it."
    assert auditor("db", "check", "--db", location, "--head", f" {head.upper()} ") == (0, [said, known, order], "")


def test_check_of_a_store_that_was_changed(auditor, filled, location):
    with unguarded(filled) as connection:
        connection.execute(text("UPDATE event SET actor = 'user:x' WHERE seq = 3"))
    code, lines, errors = auditor("db", "check", "--db", location)
    assert (code, errors) == (3, "")
    assert lines[1:] == [
        "Not in order, 1 found:",
        "  event 3 (contract K-1, saved): changed: time, actor, payload or another of its fields does not fit its hash",
    ]
    assert lines[0].startswith(f"{filled.place}: 2 events, head ")


def test_check_with_a_head_that_is_gone(auditor, filled, location):
    code, lines, _ = auditor("db", "check", "--db", location, "--head", "ab" * 32)
    assert code == 3
    assert lines[-1] == f"  the chain: the known hash {'ab' * 32} is not in it: its end was cut or rewritten"


def test_check_with_something_that_is_no_head(auditor, location):
    code, lines, errors = auditor("db", "check", "--db", location, "--head", "abc")
    assert (code, lines) == (2, [])
    assert "64 hexadecimal digits" in errors


def test_check_repairs_tables(auditor, filled, location):
    with unguarded(filled) as connection:
        connection.execute(text("DELETE FROM definition"))
    assert auditor("db", "check", "--db", location)[0] == 3
    code, lines, _ = auditor("db", "check", "--repair", "--db", location)
    assert (code, lines[0]) == (0, "The tables were made anew from the events.")
    assert auditor("db", "check", "--db", location)[0] == 0


def test_what_is_hidden_in_a_damaged_store_is_made_visible(auditor, filled, location):
    with unguarded(filled) as connection:
        connection.execute(text("UPDATE event SET subject = :bad WHERE seq = 3"), {"bad": "K\x1b[2J\n1"})
    code, lines, _ = auditor("db", "check", "--db", location)
    assert code == 3
    assert "\x1b" not in "\n".join(lines)


def test_backup_and_restore(auditor, filled, location, tmp_path):
    file, target = tmp_path / "backup.gz", tmp_path / "new" / "target.db"
    said = f"20 events, head {head_of(filled)}"
    assert auditor("db", "backup", "--db", location, file) == (0, [f"{file}: {said}"], "")
    assert auditor("db", "restore", "--db", target, file) == (0, [f"{target}: {said}"], "")
    code, _, errors = auditor("db", "restore", "--db", target, file)
    assert code == 3
    assert "the store is not empty" in errors
    code, _, errors = auditor("db", "backup", "--db", location, file)
    assert code == 3
    assert "exists already" in errors


def test_restore_says_what_was_not_in_order(auditor, filled, location, tmp_path):
    with unguarded(filled) as connection:
        connection.execute(text("DELETE FROM content"))
    auditor("db", "backup", "--db", location, tmp_path / "backup.gz")
    code, lines, _ = auditor("db", "restore", "--db", tmp_path / "target.db", tmp_path / "backup.gz")
    assert code == 3
    assert lines[1] == "This was not in order when the backup was made:"
    assert lines[2].startswith("  kept file ")


def test_restore_of_a_damaged_file_makes_no_database(auditor, tmp_path):
    (tmp_path / "backup.gz").write_bytes(b"nothing")
    code, _, errors = auditor("db", "restore", "--db", tmp_path / "target.db", tmp_path / "backup.gz")
    assert code == 3
    assert "not gzip" in errors
    assert "line" not in errors
    assert "auditor db backup" in errors
    assert not (tmp_path / "target.db").exists()


def test_info(auditor, filled, location):
    code, lines, _ = auditor("db", "info", "--db", location)
    facts = dict(line.split(": ", 1) for line in lines)
    assert code == 0
    assert facts["place"].strip() == filled.place
    assert facts["kind"].strip() == ("PostgreSQL" if "://" in location else "SQLite")
    assert facts["schema"].strip() == schema.LATEST
    assert (facts["events"].strip(), facts["head"].strip()) == ("20", head_of(filled))
    assert int(facts["size"].strip().removesuffix(" bytes").replace(",", "")) > 50_000


def test_where(auditor, tmp_path, monkeypatch):
    assert auditor("db", "where", "--db", "postgresql://tam:s3cret@db.acme.example/care") == (
        0,
        ["postgresql://tam@db.acme.example/care"],
        "",
    )
    monkeypatch.setenv("AUDITOR_DB", str(tmp_path / "a.db"))
    assert auditor("db", "where")[1] == [str(tmp_path / "a.db")]
    assert auditor("db", "where", "--db", str(tmp_path / "b.db"))[1] == [str(tmp_path / "b.db")]
    assert list(tmp_path.iterdir()) == []


def test_upgrade(auditor, location, monkeypatch):
    monkeypatch.setenv("AUDITOR_DB", location)
    place = database.where(location)
    assert auditor("db", "upgrade") == (0, [f"{place}: schema {schema.LATEST}, nothing to do"], "")


def test_upgrade_of_an_older_store(auditor, location, store):
    """The tables of the revision before differ in nothing that an upgrade of an empty store would notice."""
    from auditor.store import migrating
    from auditor.store.database import connect, url_of

    store.close()
    if "://" in location:
        engine = connect(url_of(location))
        with engine.connect() as connection, connection.begin():
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    else:
        Path(location).unlink()
        engine = connect(url_of(location))
    with engine.connect() as connection, connection.begin():
        migrating.migrate(connection, schema.REVISIONS[0])
    engine.dispose()
    code, _, errors = auditor("db", "info", "--db", location)
    assert (code, "auditor db upgrade" in errors) == (3, True)
    code, lines, _ = auditor("db", "upgrade", "--db", location)
    assert code == 0
    assert lines[0].endswith(f"schema {schema.REVISIONS[0]} -> {schema.LATEST}")
    assert len(lines) == (1 if "://" in location else 2)
    assert auditor("db", "check", "--db", location)[0] == 0


@pytest.mark.parametrize("command", [["info"], ["check"], ["upgrade"], ["backup", "b.gz"]])
def test_where_no_store_is_none_is_made(auditor, tmp_path, command):
    code, lines, errors = auditor("db", *command, "--db", tmp_path / "none.db")
    assert (code, lines) == (3, [])
    assert "there is no store here yet" in errors
    assert "auditor calendar save" in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["info"], ["check"], ["upgrade"], ["backup", "b.gz"]])
def test_no_password_is_ever_printed(auditor, tmp_path, command):
    url = f"postgresql://tam:s3cret@/care?host={tmp_path}&password=s3cret"
    code, lines, errors = auditor("db", *command, "--db", url)
    assert (code, lines) == (3, [])
    assert "cannot be reached" in errors
    assert "s3cret" not in errors


def test_the_command_as_it_is_installed(location):
    command = [sys.executable, "-m", "auditor", "db", "check", "--db", location]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == f"{database.where(location)}: 0 events, head {'0' * 64}"


def test_every_command_takes_a_location():
    db = cli.get_command(None, "db")
    for name, command in db.commands.items():
        assert any("--db" in parameter.opts and parameter.envvar == "AUDITOR_DB" for parameter in command.params), name
