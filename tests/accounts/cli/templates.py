"""Stores with the customer of `scene` in them, made once and copied for each test."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.store.opening import open_store
from tests.accounts.cli.scene import furnish
from tests.stores import FrozenClock, fresh_database


class Templates:
    """One furnished store for each programme and kind of database."""

    def __init__(self, request, folder):
        self._request = request
        self._folder = folder
        self._files: dict[str, Path] = {}
        self._databases: dict[str, str] = {}
        self._open = []

    @contextmanager
    def copy(self, kind, programme, folder):
        """The place of a store of that kind for one test."""
        if kind == "sqlite":
            file = folder / "auditor.db"
            shutil.copyfile(self._file(programme), file)
            yield str(file)
            return
        server = self._request.getfixturevalue("postgresql")
        yield from fresh_database(server, f"TEMPLATE {self._database(server, programme)}")

    def _file(self, programme):
        if programme not in self._files:
            file = self._folder / f"{programme}.db"
            shutil.copyfile(self._request.getfixturevalue("sqlite_template"), file)
            with open_store(str(file), clock=FrozenClock()) as store:
                furnish(store, programme)
            self._files[programme] = file
        return self._files[programme]

    def _database(self, server, programme):
        if programme not in self._databases:
            made = fresh_database(server, "TEMPLATE template")
            location = next(made)
            with open_store(location, clock=FrozenClock()) as store:
                furnish(store, programme)
            self._open.append(made)
            self._databases[programme] = location.partition("@/")[2].partition("?")[0]
        return self._databases[programme]

    def drop(self):
        """Drop the databases."""
        for made in self._open:
            next(made, None)


@pytest.fixture(scope="session")
def templates(request, tmp_path_factory):
    made = Templates(request, tmp_path_factory.mktemp("furnished"))
    yield made
    made.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def furnished(request, templates, tmp_path):
    """Gives the place of a store with the customer under a programme; both kinds of database have their turn."""
    with _Furnished(templates, request.param, tmp_path) as give:
        yield give


class _Furnished:
    def __init__(self, templates, kind, folder):
        self._templates = templates
        self._kind = kind
        self._folder = folder
        self._copies = []

    def __enter__(self):
        return self

    def __call__(self, programme):
        copy = self._templates.copy(self._kind, programme, self._folder)
        self._copies.append(copy)
        return copy.__enter__()

    def __exit__(self, *_):
        for copy in self._copies:
            copy.__exit__(None, None, None)


sqlite_only = pytest.mark.parametrize("furnished", ["sqlite"], indirect=True)
"""For rules of the domain, which no database knows of."""
