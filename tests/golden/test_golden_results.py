"""Known exports give the committed results, byte for byte: `--update-golden` writes them anew."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from auditor.cli.main import run as run_cli

HERE = Path(__file__).resolve().parent
# scenario -> (baseline, exit code): what a reader of the scenario's name expects, stated apart from the golden files
SCENARIOS = {
    "clean": ("golden", 0),
    "typical": ("golden", 10),
    "old_version": ("golden", 10),
    "partly": ("golden", 10),
    "empty": ("golden", 4),
    "crash": ("golden-crash", 4),
    "ksc_only": ("golden", 10),
}


def essentials(result):
    """What a result says, without texts of checks and without hashes of content that grows."""
    return {
        "as_of": result["run"]["as_of"],
        "input_digest": result["run"]["input_digest"],
        "inputs": [
            {key: record[key] for key in ("path", "status", "format", "values", "notes", "message") if key in record}
            for record in result["inputs"]
        ],
        "inventory": result["inventory"],
        "summary": result["summary"],
        "verdicts": [verdict_line(v) for v in result["verdicts"]],
    }


def verdict_line(verdict):
    """Check, subject, outcome and reason, and below it each value with its place."""
    head = (verdict["check_id"], verdict["subject"]["key"], verdict["outcome"], verdict.get("reason", ""))
    text = " ".join(filter(None, head))
    for item in verdict["evidence"]:
        place = item.get("line", item.get("pointer", ""))
        text += f"\n  {item['setting']} = {json.dumps(item.get('value'))} @ {place}"
    return text


@pytest.fixture
def run(monkeypatch, tmp_path):
    def audit(scenario):
        baseline, _ = SCENARIOS[scenario]
        words = ["auditor", "audit", str(HERE / scenario / "in"), "--content", str(HERE / "content"), "--baseline"]
        monkeypatch.setattr(sys, "argv", [*words, baseline, "--as-of", "2026-03-02", "--out", str(tmp_path), "-q"])
        return run_cli(), tmp_path

    return audit


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(run, request, scenario):
    code, folder = run(scenario)
    result = json.loads((folder / "result.json").read_bytes())
    found = {
        "essentials.json": json.dumps(essentials(result), indent=1, ensure_ascii=False).encode() + b"\n",
        "checklist.csv": (folder / "checklist.csv").read_bytes(),
        "findings.csv": (folder / "findings.csv").read_bytes(),
    }
    expected = HERE / scenario / "expected"
    if request.config.getoption("--update-golden", default=False):
        expected.mkdir(exist_ok=True)
        for name, data in found.items():
            (expected / name).write_bytes(data)
    for name, data in found.items():
        assert data.decode("utf-8-sig") == (expected / name).read_bytes().decode("utf-8-sig"), name
    assert code == SCENARIOS[scenario][1]


def test_what_the_scenarios_stand_for():
    """The golden files say what their names promise; written down here so that an update cannot change it unseen."""
    read = {name: json.loads((HERE / name / "expected" / "essentials.json").read_bytes()) for name in SCENARIOS}
    counts = {name: golden["summary"]["verdicts"] for name, golden in read.items()}
    assert counts["clean"]["fail"] == 0
    assert counts["clean"]["pass"] > 30
    assert counts["typical"]["fail"] >= 5
    assert counts["old_version"]["fail"] >= 10
    assert 0 < counts["partly"]["pass"] < counts["typical"]["pass"]
    assert counts["partly"]["unknown"] > counts["typical"]["unknown"]
    assert (counts["empty"]["pass"], counts["empty"]["fail"]) == (0, 0)
    assert counts["crash"]["error"] == 1
    assert counts["crash"]["pass"] + counts["crash"]["fail"] > 0
    assert [row["product"] for row in read["ksc_only"]["inventory"] if row["product"] != "ksc"] == []
    assert counts["ksc_only"]["fail"] > 0


def test_no_secret_of_the_exports_stands_in_an_expected_file():
    assert any("PLANTED" in path.read_text("utf-8") for path in HERE.glob("*/in/*/*"))
    assert [path for path in HERE.glob("*/expected/*") if "PLANTED" in path.read_text("utf-8")] == []
