"""The shipped catalogue, loaded once, and a command line that runs in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.app.content import check_roots
from auditor.app.plugins import load_plugins
from auditor.cli import main
from auditor.engine.catalogue import Catalogue, load_catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Shipped content only, read from the files, not from the cache of a user."""
    return load_catalogue(check_roots(load_plugins()), None)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parsed content of these tests; the user's own cache is left alone."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def auditor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cache: Path
) -> Callable[..., tuple[int, str]]:
    """Runs a command line: (exit code, standard output and error)."""

    def run(*arguments: str | Path) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["auditor", *map(str, arguments)])
        monkeypatch.setenv("AUDITOR_CACHE", str(cache))
        code = main.run()
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return run
