"""Bringing a database to the newest schema. Loads alembic, so it is only imported when there is something to do."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(connection: Connection, target: str = "head", folder: Path = MIGRATIONS) -> None:
    """Run the migrations up to `target` within the transaction of `connection`: all of them, or none."""
    command.upgrade(config(connection, folder), target)


def config(connection: Connection, folder: Path = MIGRATIONS) -> Config:
    """What alembic must know: where the migrations are, and the connection that they use."""
    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(folder).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made
