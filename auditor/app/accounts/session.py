"""What every command of accounts has: the store, who acts, how to answer, further programmes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.app.accounts.forms import merged, overrides_from, read_values
from auditor.app.accounts.saving import Act
from auditor.app.actors import actor
from auditor.app.programmes import library
from auditor.store.opening import open_store

if TYPE_CHECKING:
    from auditor.accounts.programmes import Programmes
    from auditor.store.store import Reading, Writing


@dataclass(frozen=True)
class Session:
    """One call of a command. `db` None is the user's own store; `style` is text or json."""

    db: str | None = None
    acting: str = ""
    style: str = "text"
    folders: tuple[Path, ...] = ()

    @cached_property
    def programmes(self) -> Programmes:
        """The programmes of this call."""
        return library(self.folders)

    @contextmanager
    def reading(self) -> Iterator[tuple[Reading, datetime]]:
        """One state of the store, and the present instant; StoreError when there is no store yet."""
        with open_store(self.db, create=False) as store, store.reading() as reading:
            yield reading, store.clock()

    @contextmanager
    def writing(self) -> Iterator[tuple[Writing, Act]]:
        """A transaction of the store, which is made when there is none, with who acts and when."""
        acting = actor(self.acting)
        with open_store(self.db) as store, store.writing() as writing:
            yield writing, Act(acting, store.clock())


def given(file: Path | None, **options: Any) -> dict[str, Any]:
    """Values of a file with those of options, which count more. Options that were not named are None or empty tuples.

    An empty text takes a value away.
    """
    named: Mapping[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in options.items()
        if value is not None and value != ()
    }
    values = {} if file is None else read_values(file)
    return {**merged(values, named), **{name: None for name, value in named.items() if value == ""}}


def given_contract(file: Path | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Like `given`, with overrides from NAME=VALUE, their reason, and names of overrides to take away."""
    named = dict(options)
    overrides = overrides_from(named.pop("overrides"), named.pop("reason"), named.pop("dropped"))
    values = given(file, **named)
    return {**values, "overrides": merged_overrides(values.get("overrides"), overrides)} if overrides else values


def merged_overrides(known: Any, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Overrides of a file with those of options; what is to be taken away stays named."""
    return {**known, **changes} if isinstance(known, Mapping) else changes
