"""Waivers through a real audit: around the last day, unmatched ones, and what is wrong in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

CHECK = "KESL-GEN-003"
Audit = Callable[..., dict[str, Any]]


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    for host in ("web01", "web02"):
        (tmp_path / "in" / host).mkdir(parents=True)
        (tmp_path / "in" / host / "export.ini").write_text("[AppSettings]\nUseKSN=No\n", encoding="utf-8")
    return tmp_path / "in"


def waiver(**changes: str) -> str:
    values = {
        "check": CHECK,
        "subjects": "[web01]",
        "reason": "The host stands in a closed network",
        "approver": "Head of security",
        "expires": "2026-03-31",
    } | changes
    return "waivers:\n  - " + "\n    ".join(f"{name}: {value}" for name, value in values.items()) + "\n"


@pytest.fixture
def audit(auditor: Callable[..., tuple[int, str]], exports: Path, tmp_path: Path) -> Audit:
    """Audits with a waiver file; {"code", "text", and the result}."""

    def run(text: str, as_of: str = "2026-03-01", *options: str) -> dict[str, Any]:
        file = tmp_path / "waivers.yaml"
        file.write_text(text, encoding="utf-8")
        out = tmp_path / "out"
        code, printed = auditor("audit", exports, "--out", out, "--waivers", file, "--as-of", as_of, *options)
        stored = out / "result.json"
        return {"code": code, "text": printed} | (orjson.loads(stored.read_bytes()) if stored.exists() else {})

    return run


def verdict(result: dict[str, Any], host: str) -> dict[str, Any]:
    found = [v for v in result["verdicts"] if v["check_id"] == CHECK and v["subject"]["key"] == host]
    assert len(found) == 1
    return dict(found[0])


@pytest.mark.parametrize(
    ("today", "state", "holds"),
    [
        ("2026-02-28", "active", True),  # 31 days left
        ("2026-03-01", "expiring", True),  # 30 days left: announced
        ("2026-03-30", "expiring", True),
        ("2026-03-31", "expiring", True),  # the last day still counts
        ("2026-04-01", "expired", False),
    ],
)
def test_a_waiver_holds_up_to_its_last_day(audit: Audit, today: str, state: str, holds: bool) -> None:
    result = audit(waiver(), today)
    accepted = verdict(result, "web01")
    assert accepted["outcome"] == "fail", "the original outcome stays visible"
    assert ("waived" in accepted) is holds
    assert accepted.get("waiver_expired") == (None if holds else "2026-03-31")
    assert [(row["state"], row["matched"]) for row in result["waivers"]] == [(state, 1)]
    assert result["summary"]["waived"] == int(holds)
    assert result["summary"]["findings"] == 2 - int(holds)
    assert not verdict(result, "web02").keys() & {"waived", "waiver_expired"}, "another host is out of scope"


def test_the_reason_and_the_approver_are_kept(audit: Audit) -> None:
    assert verdict(audit(waiver()), "web01")["waived"] == {
        "reason": "The host stands in a closed network",
        "approver": "Head of security",
        "expires": "2026-03-31",
    }


def test_waived_findings_do_not_reach_the_threshold_and_expired_ones_do(audit: Audit) -> None:
    everywhere = waiver(subjects="['web*']")
    assert audit(everywhere, "2026-03-31", "--fail-on", "medium")["code"] == 0
    assert audit(everywhere, "2026-04-01", "--fail-on", "medium")["code"] == 10


def test_a_waiver_that_meets_nothing_is_told(audit: Audit) -> None:
    result = audit(waiver(subjects="[db01]"))
    assert [row["state"] for row in result["waivers"]] == ["unmatched"]
    assert result["summary"]["waived"] == 0


def test_an_active_waiver_wins_over_an_expired_one(audit: Audit) -> None:
    both = waiver(expires="2026-01-31") + waiver(subjects="['web*']").removeprefix("waivers:\n")
    result = audit(both)
    assert verdict(result, "web01")["waived"]["expires"] == "2026-03-31"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (waiver(check="KESL-GEN-999"), "KESL-GEN-999"),
        (waiver(until="2026-03-31"), "'until' was unexpected"),
        (waiver(reason="because"), "reason"),
        (waiver(expires="someday"), "expires"),
        (waiver(expires="2026-02-30"), "expires"),
        (waiver(expires="''"), "expires"),
        (waiver(subjects="[]"), "subjects"),
        (waiver(subjects="web01"), "subjects"),
        ("waivers:\n  - {check: KESL-GEN-003, subjects: [web01], reason: closed network, approver: CISO}\n", "expires"),
        ("waiver: []\n", "waiver"),
        ("[]\n", "top level"),
        ("waivers: [\n", "line"),
        (waiver() + "waivers: []\n", "duplicate key"),
    ],
)
def test_a_wrong_waiver_file_stops_the_audit_with_its_place(audit: Audit, text: str, words: str) -> None:
    result = audit(text)
    assert result["code"] == 3
    assert "waivers.yaml" in result["text"]
    assert words in result["text"]
    assert "verdicts" not in result, "nothing was judged"
