"""Proving a delivery offline, step by step, up to the first link that is broken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from auditor.app.evidence.broken import BrokenLink, NotComparable, broken
from auditor.app.evidence.comparing import Case
from auditor.app.evidence.folder import Folder
from auditor.app.evidence.replay import Exports, prove_replay
from auditor.app.evidence.steps import (
    Trust,
    prove_checks,
    prove_inputs,
    prove_reports,
    prove_signature,
    prove_verdicts,
    read_manifest,
    read_result,
)
from auditor.app.evidence.stored import Stored
from auditor.app.evidence.tracing import trace
from auditor.engagement.evidence_manifest import OWN
from auditor.errors import EvidenceError, UsageProblem

_OTHERS_SHOWN = 5


class State(StrEnum):
    """What became of a step."""

    HOLDS = "holds"
    BROKEN = "broken"
    NOT_COMPARABLE = "not comparable"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the checklist; `error` is the broken link, or why there is nothing to compare."""

    name: str
    state: State
    lines: Sequence[str] = ()
    error: EvidenceError | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be proven beyond the folder itself. `trust` names whose signature is expected.

    `verdict` is the id of a check whose verdict on `subject` is to be traced; "" for none, or for the only subject.
    """

    trust: Trust = field(default_factory=lambda: Trust("", {}))
    exports: Exports = field(default_factory=Exports)
    replay: bool = False
    verdict: str = ""
    subject: str = ""


@dataclass(slots=True)
class Verification:
    """The checklist of a delivery. `known_signer`: made by a key that was named, or one of the user's own."""

    manifest: str = ""
    known_signer: bool = False
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def broken(self) -> BrokenLink | None:
        """The first broken link."""
        found = next((step.error for step in self.steps if step.state is State.BROKEN), None)
        return broken(found) if found is not None else None

    @property
    def comparable(self) -> bool:
        """Whether every step that was asked for could be made."""
        return all(step.state is not State.NOT_COMPARABLE for step in self.steps)


class _Run:
    """Runs the steps in their order; after a broken one the rest is not reached."""

    def __init__(self) -> None:
        self.found = Verification()

    def step(self, name: str, work: Callable[[], str | Sequence[str]]) -> None:
        if self.found.broken is not None:
            self.found.steps.append(Step(name, State.NOT_REACHED))
            return
        try:
            told = work()
        except NotComparable as error:
            self.found.steps.append(Step(name, State.NOT_COMPARABLE, (error.message,), error))
        except EvidenceError as error:
            self.found.steps.append(Step(name, State.BROKEN, (), error))
        else:
            self.found.steps.append(Step(name, State.HOLDS, [told] if isinstance(told, str) else list(told)))


class _Delivery:
    """What the steps hand on to each other."""

    def __init__(self, path: Path, asked: Asked) -> None:
        self.folder = Folder(path)
        self.asked = asked
        self.data = b""
        self.case: Case
        self.stored: Stored
        self.known_signer = False

    def manifest(self) -> str:
        self.data, manifest = read_manifest(self.folder)
        self.case = Case(self.folder, manifest)
        return f"of its schema, made by {manifest['tool']['name']} {manifest['tool']['version']}"

    def signature(self) -> str:
        stated = self.case.manifest["key"]["fingerprint"]
        told = prove_signature(self.folder, self.data, stated, self.asked.trust)
        self.known_signer = stated in (self.asked.trust.fingerprint, *self.asked.trust.own)
        return told

    def result(self) -> str:
        self.stored, told = read_result(self.case)
        return told

    def exports(self) -> list[str]:
        from auditor.app.evidence.exports import prove_exports

        return prove_exports(self.case, self.asked.exports.paths, self.asked.exports.limits)

    def notes(self) -> list[str]:
        manifest = self.case.manifest
        told = []
        if manifest["previous"]:
            told.append(f"It corrects the delivery whose manifest has SHA-256 {manifest['previous']}.")
        names = (entry["name"] for entry in (*manifest["result"]["files"], *manifest["reports"]))
        others = self.folder.others({*OWN, *names})
        if others:
            shown = ", ".join(others[:_OTHERS_SHOWN]) + (" and more" if len(others) > _OTHERS_SHOWN else "")
            told.append(f"Also in the folder, but not signed: {shown}.")
        return told


def verify(path: Path, asked: Asked | None = None) -> Verification:
    """Prove a delivery. EvidenceError only when there is no folder; UsageProblem for what cannot be asked."""
    asked = asked or Asked()
    if asked.replay and not asked.exports.paths:
        raise UsageProblem("the audit can only be run again on the exports", hint="name them with --exports")
    delivery, run = _Delivery(path, asked), _Run()
    run.step("manifest", delivery.manifest)
    run.step("signature", delivery.signature)
    run.step("result", delivery.result)
    run.step("inputs", lambda: prove_inputs(delivery.case, delivery.stored))
    run.step("checks", lambda: prove_checks(delivery.case, delivery.stored))
    run.step("verdicts", lambda: prove_verdicts(delivery.case, delivery.stored))
    run.step("reports", lambda: prove_reports(delivery.case, delivery.stored))
    if asked.exports.paths:
        run.step("exports", delivery.exports)
    if asked.replay:
        run.step("replay", lambda: prove_replay(delivery.case, delivery.stored, asked.exports))
    if asked.verdict:
        run.step("verdict", lambda: trace(delivery.case, delivery.stored, asked.verdict, asked.subject))
    if delivery.data:
        run.found.manifest = hashlib.sha256(delivery.data).hexdigest()
        run.found.notes = delivery.notes()
        run.found.known_signer = delivery.known_signer
    return run.found
