"""Whether the peers and the tool name the same failures: a fast answer that differs is no answer."""

from __future__ import annotations

import json
from collections.abc import Mapping

from benchmarks.measure import OUT
from benchmarks.suite import AUDITED, PEERS, PYTHON, Run

Counts = Mapping[str, int]


def failures(run_: Run) -> dict[str, Counts]:
    """Engine -> check id -> exports that fail it; the tool's own stand under `audit`."""
    counts: dict[str, Counts] = {}
    out, printed = run_.work / "agreement", run_.work / "counts.json"
    command = [str(out) if part == OUT else part for part in run_.cases["the same rules: audit"].command]
    run_.call(*command, accepted=AUDITED)
    result = json.loads((out / "result.json").read_bytes())
    counts["audit"] = {row["id"]: row["counts"].get("fail", 0) for row in result["checks"]}
    for peer in PEERS:
        run_.call(PYTHON, *run_.cases[f"the same rules: {peer}"].command[1:], output=printed)
        counts[peer] = json.loads(printed.read_bytes())
    return counts


def differences(counts: Mapping[str, Counts]) -> list[str]:
    """One line for each rule and peer whose count is not the tool's; a rule that one side lacks counts as different."""
    own = counts["audit"]
    return [
        f"{rule}: {peer} counts {theirs.get(rule)} failures, the audit {own.get(rule)}"
        for peer, theirs in counts.items()
        for rule in sorted(own.keys() | theirs.keys())
        if theirs.get(rule) != own.get(rule)
    ]


def sentence(counts: Mapping[str, Counts], exports: int) -> str:
    """What the page says about it."""
    own, wrong = counts["audit"], differences(counts)
    if wrong:
        return "**MISMATCH: the engines do not agree.** " + "; ".join(wrong)
    failed = sum(1 for number in own.values() if number)
    return (
        f"All engines name the same failures: {len(own)} rules over {exports:,} exports, "
        f"{sum(own.values()):,} failures of {failed} rules, equal for every rule."
    )
