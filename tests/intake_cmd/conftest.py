from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from auditor.cli.main import cli

ACME = Path(__file__).parents[2] / "examples" / "acme"


class Intake:
    """Runs the command as a user does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.snapshot_path = folder / "out" / "snapshot.ndjson"

    def run(self, *arguments: Any) -> Any:
        return CliRunner().invoke(cli, ["intake", *map(str, arguments)], standalone_mode=False, catch_exceptions=False)

    def text(self, *arguments: Any) -> str:
        return self.run(*arguments).output

    def json(self, *arguments: Any) -> dict[str, Any]:
        return json.loads(self.run(*arguments, "--format", "json").output)

    def snapshot(self, *arguments: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The report and the lines of the snapshot, without its first."""
        self.snapshot_path.parent.mkdir(exist_ok=True)
        report = self.json(*arguments, "--snapshot", self.snapshot_path)
        head, *lines = map(json.loads, self.snapshot_path.read_bytes().splitlines())
        assert head["schema"] == "auditor-snapshot/1"
        return report, lines


@pytest.fixture
def intake(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    return Intake(tmp_path)


@pytest.fixture(scope="session")
def acme():
    return ACME


@pytest.fixture(scope="session")
def export():
    """A full KESL export that ends as it should."""
    return (ACME / "kesl" / "db01" / "export.ini").read_bytes()
