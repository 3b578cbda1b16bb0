"""Bringing a database to the newest schema. Loads alembic, so it is only imported when there is something to do."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(connection: Connection, target: str = "head") -> None:
    """Run the migrations up to `target` within the transaction of `connection`: all of them, or none."""
    command.upgrade(config(connection), target)


def config(connection: Connection) -> Config:
    """What alembic must know: where the migrations are, and the connection that they use."""
    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made
