"""A PostgreSQL server for one run of the tests: private, on a Unix socket, gone when the run is."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
import pytest

MISSING = "The tests need PostgreSQL: apt-get install postgresql (make test does so)."
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")

# Runs once nobody holds the file `used` any more, however they ended: stops the server and removes its folder.
TIDY = 'exec flock "$1/used" sh -c "PG_CTL stop -s -D $1/data -m immediate; rm -rf $1"'

_used: list[IO[str]] = []
"""Files that stay open, and locked, as long as this process lives."""


@dataclass(frozen=True)
class Server:
    """A server that listens in `folder`; its data are in `folder/data`."""

    folder: Path

    def url(self, database: str) -> str:
        """The URL as people would write it after --db."""
        return f"postgresql://auditor@/{database}?host={self.folder}"

    def dsn(self, database: str) -> str:
        """What psycopg takes."""
        return f"host={self.folder} user=auditor dbname={database}"

    def start(self, *settings: str) -> None:
        """Start it with settings such as fsync=off and wait until it answers."""
        options = [
            f"-c {setting}" for setting in (f"unix_socket_directories={self.folder}", "listen_addresses=", *settings)
        ]
        log = self.folder / "log"
        self.run("pg_ctl", "start", "-s", "-w", "-D", self.folder / "data", "-l", log, "-o", " ".join(options))

    def stop(self, mode: str) -> None:
        """Stop it; `immediate` is as if the power had failed."""
        self.run("pg_ctl", "stop", "-s", "-w", "-D", self.folder / "data", "-m", mode)

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's programs as a user it accepts: it refuses root."""
        command = [*as_user(), str(binaries() / program), *(str(argument) for argument in arguments)]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            log = self.folder / "log"
            pytest.fail(f"{program}: {done.stderr}{log.read_text() if log.exists() else ''}", pytrace=False)


def new_server(folder: Path | None = None) -> Server:
    """An empty server that is not started yet. Folders are short: a socket's path may have 107 characters."""
    made = Path(tempfile.mkdtemp(prefix="auditor-pg-", dir=folder))
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(made, user.pw_uid, user.pw_gid)
    server = Server(made)
    # Words are sorted as people do, not as bytes: what must be sorted by bytes has to say so.
    order = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
    server.run("initdb", "--no-sync", "--auth=trust", "--username=auditor", *order, "--pgdata", made / "data")
    (made / "used").touch()
    use(server)
    tidy_up_later(server)
    return server


def use(server: Server) -> bool:
    """Keep the server from being tidied away while this process lives; False when it is gone already."""
    try:
        held = (server.folder / "used").open("r")
    except FileNotFoundError:
        return False
    fcntl.flock(held, fcntl.LOCK_SH)
    _used.append(held)
    return (server.folder / "used").exists()


def tidy_up_later(server: Server) -> None:
    """Leave a process that stops the server when all who use it have ended, even by a kill."""
    script = TIDY.replace("PG_CTL", " ".join([*as_user(), str(binaries() / "pg_ctl")]))
    nothing = subprocess.DEVNULL
    command = ["setsid", "--fork", "sh", "-c", script, "tidy", str(server.folder)]
    subprocess.run(command, cwd="/", stdin=nothing, stdout=nothing, stderr=nothing, check=True)


def binaries() -> Path:
    """Where initdb is: in Debian's folder of the newest version, or beside the one in PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda initdb: float(initdb.parts[-3]))
    found = shutil.which("initdb")
    if not places and found:
        places = [Path(found).resolve()]
    if not places:
        pytest.fail(MISSING, pytrace=False)
    return places[-1].parent


def as_user() -> list[str]:
    """How root runs a program as the user postgres; everyone else runs it as is."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        pytest.fail(MISSING, pytrace=False)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run see."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def once(lock: Path) -> Iterator[None]:
    """Let one worker at a time do this."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def shared_server(folder: Path) -> Server:
    """The run's server, started by whoever comes first."""
    from auditor.store.opening import open_store

    told = folder / "postgresql"
    with once(folder / "postgresql.lock"):
        if told.exists() and use(known := Server(Path(told.read_text()))):
            return known
        server = new_server()
        server.start(*QUICK)
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE template")
        open_store(server.url("template")).close()
        told.write_text(str(server.folder))
    return server
