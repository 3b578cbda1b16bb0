"""The fixtures themselves: no PostgreSQL is a failure that says what to do, and no server outlives the run."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests import postgresql as servers

ROOT = Path(__file__).resolve().parents[2]
BEGIN = """
import sys, time
from tests.postgresql import QUICK, new_server
server = new_server()
server.start(*QUICK)
print(server.folder, flush=True)
time.sleep(60)
"""


def test_without_postgresql_the_tests_fail(monkeypatch):
    monkeypatch.setattr(servers.shutil, "which", lambda _: None)
    monkeypatch.setattr(servers.Path, "glob", lambda *_: iter(()))
    with pytest.raises(pytest.fail.Exception, match="apt-get install postgresql"):
        servers.binaries()


def test_no_server_outlives_whoever_started_it():
    with subprocess.Popen([sys.executable, "-c", BEGIN], cwd=ROOT, stdout=-1, text=True) as run:
        folder = Path(run.stdout.readline().strip())
        dsn = servers.Server(folder).dsn("postgres")
        psycopg.connect(dsn).close()
        run.kill()
    until = time.monotonic() + 20
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn)
