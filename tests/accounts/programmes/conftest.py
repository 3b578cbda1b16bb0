"""A valid programme that the product does not ship, as a file in a folder and as a document to be broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from auditor.accounts.programme_files import read_programme
from auditor.cli.main import cli
from auditor.sdk import strict_yaml

HERE = Path(__file__).parent


@pytest.fixture
def plus_folder() -> Path:
    return HERE / "plus"


@pytest.fixture
def plus() -> dict[str, Any]:
    """The document of MSA Plus; a fresh one for each test."""
    return strict_yaml.load((HERE / "plus" / "msa-plus.yaml").read_text("utf-8"), "msa-plus.yaml")


@pytest.fixture
def read() -> Callable[[dict[str, Any]], Any]:
    """Reads a document as if it stood in a file: JSON is YAML."""
    return lambda document: read_programme(json.dumps(document).encode(), "mine.yaml")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`auditor programme ...` at a width."""
    monkeypatch.delenv("AUDITOR_PROGRAMMES", raising=False)

    def call(*words: str, width: int = 100, fails: int = 0) -> Result:
        monkeypatch.setenv("COLUMNS", str(width))
        done = CliRunner().invoke(cli, ["programme", *words])
        if not fails:
            assert done.exit_code == 0, done.output
        return done

    return call
