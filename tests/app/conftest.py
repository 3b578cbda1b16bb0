"""The command line run as a person runs it, with everything it wrote and said."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from auditor.cli.main import run as run_cli

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass(slots=True)
class Run:
    """One run: exit code, output, and the folder it wrote."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def result(self) -> dict[str, Any]:
        loaded: dict[str, Any] = orjson.loads((self.folder / "result.json").read_bytes())
        return loaded

    def lines(self, name: str) -> list[dict[str, Any]]:
        """An array of the result, from its stream where it was streamed."""
        stored = self.result
        if name not in stored["streams"]:
            return list(stored[name])
        text = (self.folder / stored["streams"][name]["file"]).read_bytes()
        return [orjson.loads(line) for line in text.splitlines()]

    def files(self) -> dict[str, bytes]:
        """Everything the run wrote."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir()) if path.is_file()}

    def outcomes(self) -> dict[tuple[str, str, str], str]:
        """(check, kind, subject) -> outcome; the test fails where one stands twice."""
        found: dict[tuple[str, str, str], str] = {}
        for verdict in self.lines("verdicts"):
            key = (verdict["check_id"], verdict["subject"]["kind"], verdict["subject"]["key"])
            assert key not in found, f"two verdicts for {key}"
            found[key] = verdict["outcome"]
        return found


@pytest.fixture
def auditor(monkeypatch, capfd, tmp_path) -> Callable[..., Run]:
    """Run `auditor ...`; for `audit` a fresh --out is added unless one is given."""
    number = 0

    def run(*arguments: object) -> Run:
        nonlocal number
        number += 1
        words = [str(argument) for argument in arguments]
        folder = tmp_path / f"out{number}"
        if words[0] == "audit" and "--out" not in words:
            words += ["--out", str(folder)]
        elif "--out" in words:
            folder = Path(words[words.index("--out") + 1])
        monkeypatch.setattr(sys, "argv", ["auditor", *words])
        capfd.readouterr()
        code = run_cli()
        out, err = capfd.readouterr()
        return Run(code, out, err, folder)

    return run


@pytest.fixture(scope="session")
def acme() -> Path:
    return EXAMPLES / "acme"


CHECK = """\
id: {id}
revision: 1
title: A check of a test's own
severity: {severity}
confidence: high
product: kesl
subject: kesl.host
{body}
rationale: Because a test needs some text here.
recommendation: Set the value to Yes.
remediation: [do it]
effort: low
change_risk: low
verify: Look at it again.
references: [{{title: field practice}}]
tags: []
examples:
  - {{outcome: pass, given: {{app: {{UseKSN: "Yes"}}}}}}
  - {{outcome: fail, given: {{app: {{UseKSN: "No"}}}}}}
  - {{outcome: unknown, given: {{}}}}
"""
BASELINE = """\
id: own
title: A baseline of a test
revision: 1
description: Only the checks that this test brings along.
include: ["T-*"]
references: [{title: field practice}]
"""


@pytest.fixture
def content(tmp_path) -> Callable[..., tuple[str, ...]]:
    """Options for a folder with own checks (id, severity, body) and a baseline of nothing else."""

    def write(*checks: tuple[str, str, str], mandatory: bool = False) -> tuple[str, ...]:
        folder = tmp_path / "content"
        (folder / "checks" / "kesl").mkdir(parents=True, exist_ok=True)
        (folder / "baselines").mkdir(exist_ok=True)
        for check_id, severity, body in checks:
            text = CHECK.format(id=check_id, severity=severity, body=body)
            (folder / "checks" / "kesl" / f"{check_id}.yaml").write_text(text)
        (folder / "baselines" / "own.yaml").write_text(BASELINE + ('mandatory: ["T-*"]\n' if mandatory else ""))
        return "--content", str(folder), "--baseline", "own"

    return write


@pytest.fixture
def exports(tmp_path) -> Callable[..., Path]:
    """A folder of exports: path -> text."""

    def write(**files: str) -> Path:
        folder = tmp_path / "exports"
        for name, text in files.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        folder.mkdir(exist_ok=True)
        return folder

    return write
