"""What the story is played on: a store of its own, a clock that it sets, and the real command line."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from click import echo
from click.testing import CliRunner, Result

from auditor.app import history_files
from auditor.app.accounts import session
from auditor.app.engagements import day_views
from auditor.cli.main import cli
from auditor.errors import AuditorError
from auditor.store.opening import open_store

WITH_A_CLOCK = (session, day_views, history_files)
"""Modules that open the store; everything they write is written at the instant of the story."""

Json = dict[str, Any]


class Stage:
    """Runs commands in a folder and tells them. `out` is a new or an empty folder."""

    def __init__(self, out: Path) -> None:
        self.out = out.resolve()
        self.out.mkdir(parents=True, exist_ok=True)
        if any(self.out.iterdir()):
            raise SystemExit(f"{self.out} is not empty: name another folder with --out")
        self._now = datetime(2026, 1, 5, 9, tzinfo=UTC)
        self._env = {
            "AUDITOR_DB": str(self.out / "store.db"),
            "AUDITOR_KEYS": str(self.out / "keys"),
            "AUDITOR_WORK": str(self.out / "work"),
            "AUDITOR_KEY_PASSPHRASE": None,
            "COLUMNS": "110",
        }

    @contextmanager
    def lit(self) -> Iterator[None]:
        """While the story is told the clock is the story's, and paths are relative to its folder."""
        opened = partial(open_store, clock=lambda: self._now)
        with ExitStack() as stack:
            for module in WITH_A_CLOCK:
                stack.enter_context(patch.object(module, "open_store", opened))
            stack.enter_context(chdir(self.out))
            yield

    def chapter(self, title: str) -> None:
        """A heading."""
        echo(f"\n\n{title}\n{'=' * len(title)}")

    def at(self, local: str, zone: str) -> None:
        """Set the clock: `local` such as 2026-03-09T10:00, on the wall in `zone`."""
        moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
        self._now = moment.astimezone(UTC)
        echo(f"\n-- {moment:%A, %d %B %Y, %H:%M} in {zone.partition('/')[2].replace('_', ' ')}")

    def say(self, text: str) -> None:
        """A sentence of the story."""
        echo(f"\n{text}")

    def run(self, *words: str, most: int = 30) -> str:
        """A command that works; at most `most` lines of its answer are shown."""
        done = self._invoke(words)
        if done.exception is not None:
            raise done.exception
        lines = [line for line in done.output.splitlines() if line.strip()]
        for line in lines[:most]:
            echo(f"    {line}")
        if len(lines) > most:
            echo(f"    ... and {len(lines) - most} more lines")
        return done.output

    def ask(self, *words: str) -> Any:
        """What a command answers as JSON; not shown."""
        done = self._invoke((*words, "--format", "json"))
        if done.exception is not None:
            raise done.exception
        return json.loads(done.output)

    def refused(self, *words: str) -> str:
        """A command that breaks a rule: shows and returns what is said about it."""
        error = self._invoke(words).exception
        if not isinstance(error, AuditorError):
            raise SystemExit(f"this was to be refused: {error!r}")
        echo(f"    Refused: {error.message}\n    {error.hint}")
        return error.message

    def _invoke(self, words: tuple[str, ...]) -> Result:
        echo(f"  $ auditor {shlex.join(words)}")
        return CliRunner().invoke(cli, words, env=self._env, standalone_mode=False)
