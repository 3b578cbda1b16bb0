"""A signed delivery of two forms, fresh for every test: all in result.json, and with streams."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engagement.evidence import deliveries as made


@dataclass(frozen=True)
class Delivery:
    """The folder that was signed, and the exports it was made of."""

    folder: Path
    exports: Path


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    exports, inputs = made.exports_in(tmp_path / "customer")
    made.signed(tmp_path / "delivery", made.result_of(made.verdicts(), inputs))
    return Delivery(tmp_path / "delivery", exports)


@pytest.fixture
def streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    monkeypatch.setattr("auditor.app.evidence.sealing.INLINE_INPUTS", 2)
    exports, inputs = made.exports_in(tmp_path / "streamed" / "customer")
    result = made.result_of(made.verdicts(), inputs)
    folder = tmp_path / "streamed" / "delivery"
    folder.mkdir()
    evidence = made.verdict("T-ROW-001", "web02")["evidence"]
    device = {"check_id": "T-ROW-001", "key": "ksc/host/2", "name": "PC2", "outcome": "fail", "evidence": evidence}
    made.stream(folder, result, "affected", [device])
    made.stream(folder, result, "verdicts")
    made.stream(folder, result, "inputs")
    made.signed(folder, result)
    return Delivery(folder, exports)


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_KEYS", str(tmp_path / "keys"))
    monkeypatch.delenv("AUDITOR_KEY_PASSPHRASE", raising=False)


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example customer audited, with its reports, not signed yet."""
    from auditor.app.audit import Request, run_audit
    from auditor.app.plugins import load_plugins
    from auditor.app.reports import Look, chosen_renderers, write_reports
    from auditor.reporting.reader import StoredResult

    out = tmp_path_factory.mktemp("acme") / "result"
    examples = Path(__file__).resolve().parents[3] / "examples"
    result = run_audit(Request(paths=[examples / "acme"], out=out, jobs=1))
    write_reports(StoredResult(result, out), out, chosen_renderers(("html", "checklist"), load_plugins(), Look()))
    return out
