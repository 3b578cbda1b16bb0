"""Builds results as the engine stores them, so that reports are tested without the engine."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.sdk import strict_yaml

Json = dict[str, Any]

GRAVEST = ("error", "fail", "unknown", "manual", "pass", "not_licensed", "not_applicable")
SAMPLE = 10
SHA = "0" * 64


class ResultBuilder:
    """Collects verdicts and counts them up the way the published schema describes."""

    def __init__(self) -> None:
        self.checks: dict[str, Json] = {}
        self.verdicts: list[Json] = []
        self.inputs: list[Json] = []
        self.inventory: list[Json] = []
        self.gaps: list[Json] = []
        self.waivers: list[Json] = []
        self.plugins: list[Json] = [{"name": "kaspersky-auditor", "version": "0.1.0"}]
        self.plugin_failures: list[Json] = []
        self.incomplete_because: list[str] = []
        self.self_audit = False
        self.as_of_source = "inputs"

    def check(self, check_id: str, **changes: Any) -> str:
        base = {
            "id": check_id,
            "sha256": "c" * 64,
            "revision": 1,
            "title": f"Desired state of {check_id}",
            "severity": "medium",
            "confidence": "high",
            "product": "kesl",
            "area": "protection",
            "subject": "kesl.host",
            "form": "expect",
            "settings": ["info.version"],
            "rationale": "Why it matters.",
            "recommendation": "What to set.",
            "remediation": ["kesl-control --set-settings 1 Key=Yes"],
            "effort": "low",
            "change_risk": "low",
            "verify": "Export the settings again and repeat the check.",
            "references": [{"title": "Settings", "url": "https://support.example/settings"}],
            "tags": [],
        }
        self.checks[check_id] = base | changes
        return check_id

    def verdict(self, check_id: str, outcome: str, name: str = "web01", **changes: Any) -> Json:
        check = self.checks[check_id]
        verdict: Json = {
            "check_id": check_id,
            "outcome": outcome,
            "severity": check["severity"],
            "subject": {"kind": check["subject"], "key": name, "name": name},
            "evidence": [],
        }
        if outcome == "fail":
            verdict["message"] = f"{name} differs."
            verdict["evidence"] = [self.evidence()]
        verdict |= changes
        self.verdicts.append(verdict)
        return verdict

    @staticmethod
    def evidence(**changes: Any) -> Json:
        base = {
            "setting": "task.File_Threat_Protection.FirstAction",
            "value": "Skip",
            "expected": "Disinfect or Remove",
            "met": False,
            "file": "web01/export.ini",
            "line": 41,
        }
        return base | changes

    @staticmethod
    def device(number: int, outcome: str = "fail", **changes: Any) -> Json:
        name = f"pc-{number:06}"
        return {
            "key": f"ksc01/host/{name}",
            "name": name,
            "outcome": outcome,
            "evidence": [
                {
                    "setting": "KLHST_WKS_LAST_UPDATE",
                    "value": "2026-02-11T07:30:00Z",
                    "expected": "not older than 7 days",
                    "met": False,
                    "file": "acme.zip!hosts.json",
                    "pointer": f"/result/{number}",
                }
            ],
        } | changes

    def rollup(self, check_id: str, outcome: str, judged: int, failed: int, undecided: int = 0) -> Json:
        devices = [self.device(number) for number in range(failed)]
        devices += [
            self.device(failed + number, "unknown", reason="key_absent", evidence=[]) for number in range(undecided)
        ]
        return self.verdict(
            check_id,
            outcome,
            "ksc01",
            message=f"{failed} of {judged} devices fail.",
            evidence=[],
            rollup={
                "judged": judged,
                "passed": judged - failed,
                "failed": failed,
                "undecided": undecided,
                "not_selected": 0,
                "share": failed / judged if judged else None,
                "affected": devices,
            },
        )

    def input(self, path: str, status: str = "read", **changes: Any) -> None:
        base = {"path": path, "status": status, "size": 14_213, "sha256": hashlib.sha256(path.encode()).hexdigest()}
        self.inputs.append(base | changes)

    def build(self) -> Json:
        result = {
            "schema": "auditor-result/1",
            "tool": {"name": "auditor", "version": "0.1.0"},
            "run": self._run(),
            "limits": {"inline_subjects": 200, "inline_affected": 10_000, "sample": SAMPLE},
            "streams": {},
            "inputs": self.inputs,
            "inventory": self.inventory,
            "gaps": self.gaps,
            "checks": [self._counted(check) for check in self.checks.values()],
            "waivers": self.waivers,
            "verdicts": self.verdicts,
        }
        result["summary"] = self._summary(result["checks"])
        return result

    def _run(self) -> Json:
        return {
            "as_of": "2026-03-01T12:00:00Z",
            "as_of_source": self.as_of_source,
            "self_audit": self.self_audit,
            "baseline": {"id": "recommended", "title": "Recommended", "revision": 3, "sha256": "b" * 64},
            "catalogue": {"checks": len(self.checks) + 12, "selected": len(self.checks), "sha256": "c" * 64},
            "plugins": self.plugins,
            "plugin_failures": self.plugin_failures,
            "input_digest": "d" * 64,
        }

    def _counted(self, check: Json) -> Json:
        own = [verdict for verdict in self.verdicts if verdict["check_id"] == check["id"]]
        counts = Counter(verdict["outcome"] for verdict in own)
        telling = [verdict for verdict in own if verdict["outcome"] not in {"pass", "not_applicable"}]
        telling.sort(key=lambda verdict: GRAVEST.index(verdict["outcome"]))
        return check | {
            "state": next((outcome for outcome in GRAVEST if counts[outcome]), "not_applicable"),
            "counts": dict(counts),
            "waived": sum(1 for verdict in own if "waived" in verdict),
            "sample": [_sampled(verdict) for verdict in telling[:SAMPLE]],
        }

    def _summary(self, checks: list[Json]) -> Json:
        outcomes = Counter(verdict["outcome"] for verdict in self.verdicts)
        decided = outcomes["pass"] + outcomes["fail"]
        decidable = decided + outcomes["unknown"] + outcomes["manual"] + outcomes["error"]
        open_failures = [
            verdict for verdict in self.verdicts if verdict["outcome"] == "fail" and "waived" not in verdict
        ]
        found = {verdict["check_id"] for verdict in open_failures}
        return {
            "verdicts": dict(outcomes),
            "decided": decided,
            "decidable": decidable,
            "decided_share": decided / decidable if decidable else None,
            "checks_by_state": dict(Counter(check["state"] for check in checks)),
            "findings_by_severity": dict(Counter(self.checks[check_id]["severity"] for check_id in sorted(found))),
            "findings": len(open_failures),
            "waived": sum(1 for verdict in self.verdicts if "waived" in verdict),
            "complete": not self.incomplete_because,
            "incomplete_because": self.incomplete_because,
            "inputs_by_status": dict(Counter(item["status"] for item in self.inputs)),
        }


def _sampled(verdict: Json) -> Json:
    if "rollup" not in verdict:
        return verdict
    rollup = verdict["rollup"]
    return verdict | {"rollup": rollup | {"affected": rollup.get("affected", [])[:SAMPLE]}}


def store(result: Json, folder: Path) -> Path:
    """Write result.json the way an audit does."""
    path = folder / "result.json"
    path.write_text(json.dumps(result), encoding="utf-8")
    return path


def move_to_stream(result: Json, name: str, items: list[Json], folder: Path) -> None:
    """Put items into a streamed file beside the result and name it there."""
    data = b"".join(json.dumps(item).encode() + b"\n" for item in items)
    (folder / f"{name}.ndjson").write_bytes(data)
    result["streams"][name] = {
        "file": f"{name}.ndjson",
        "sha256": hashlib.sha256(data).hexdigest(),
        "lines": len(items),
        "bytes": len(data),
    }


def acme() -> Json:
    """The rich result of `acme.yaml`: every state, every section, a fleet, waivers, trouble with inputs."""
    source = strict_yaml.load((Path(__file__).parent / "acme.yaml").read_text("utf-8"), "acme.yaml")
    builder = ResultBuilder()
    builder.inventory, builder.gaps, builder.waivers = source["inventory"], source["gaps"], source["waivers"]
    builder.plugin_failures = [{"name": "acme-checks 0.3", "message": "cannot be imported: no module named acme"}]
    builder.incomplete_because = [
        "3 checks that the baseline demands could not be decided: KESL-LIC-001, KESL-NTP-001, KSC-ACC-004",
        "the plugin acme-checks 0.3 could not be loaded",
    ]
    builder.self_audit = True
    for path, status, more in source["inputs"]:
        builder.input(path, status, **more)
    for check_id, verdicts in source["checks"].items():
        builder.check(check_id, **verdicts["meta"])
        _add_verdicts(builder, check_id, verdicts)
    return builder.build()


def _add_verdicts(builder: ResultBuilder, check_id: str, verdicts: Json) -> None:
    for name, more in verdicts.get("fail", {}).items():
        builder.verdict(check_id, "fail", name, **more)
    for name, reason in verdicts.get("unknown", {}).items():
        builder.verdict(check_id, "unknown", name, reason=reason)
    for outcome in ("pass", "manual", "not_applicable", "not_licensed", "error"):
        for name in verdicts.get(outcome, ()):
            builder.verdict(check_id, outcome, name)
    if "rollup" in verdicts:
        builder.rollup(check_id, *verdicts["rollup"])


@pytest.fixture
def builder() -> ResultBuilder:
    return ResultBuilder()


@pytest.fixture
def acme_result() -> Json:
    return acme()


@pytest.fixture(scope="session")
def valid():
    """Asserts that a synthetic result is one: tests of reports prove nothing on documents that cannot exist."""
    schema = json.loads((files("auditor.sdk") / "schemas" / "result.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)

    def check(result: Json) -> Json:
        validator.validate(result)
        return result

    return check


@pytest.fixture
def store_result(tmp_path):
    return lambda result: store(result, tmp_path)


@pytest.fixture
def stream_to(tmp_path):
    return lambda result, name, items: move_to_stream(result, name, items, tmp_path)


@pytest.fixture(scope="session")
def templates():
    return (files("auditor_report_templates"),)
