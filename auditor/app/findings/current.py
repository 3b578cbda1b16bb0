"""Which finding is meant: one of the store by its fingerprint, or a verdict of an engagement's current result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.app.engagements.circles import load_engagement
from auditor.app.engagements.workplace import Workplace
from auditor.app.findings import known
from auditor.app.findings.results import of_check
from auditor.engagement.findings import Finding, Identity, Label
from auditor.errors import RuleBroken, UsageProblem
from auditor.reporting.text import visible

if TYPE_CHECKING:
    from auditor.engagement.state import Engagement
    from auditor.reporting.reader import StoredResult
    from auditor.store.store import Reading

_LISTED = 8


@dataclass(frozen=True, slots=True)
class Named:
    """How people name a finding: by the beginning of its fingerprint, or by engagement, check and thing.

    `subject` is the key or the name of the thing; "" where the check judged one thing only. `result` is the folder of
    the result, None for the engagement's own on this computer.
    """

    fingerprint: str = ""
    engagement: str = ""
    check: str = ""
    subject: str = ""
    result: Path | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The finding that is meant. `outcome` and `severity` are the machine's, "" where no run was looked at.

    `form` is that of the check ("manual" for an interview question), "" where it is not known.
    """

    identity: Identity
    label: Label
    finding: Finding | None
    outcome: str = ""
    severity: str = ""
    form: str = ""
    engagement: str = ""


def result_folder(found: Engagement, db: str | None) -> Path:
    """Where the engagement's result lies on this computer: the one in work, else the one delivered last."""
    place = Workplace(found.id, db)
    folders = [place.out, *(place.delivered(done.version) for done in reversed(found.deliveries))]
    for folder in folders:
        if (folder / "result.json").is_file():
            return folder
    raise RuleBroken(
        f"there is no result of {found.id} on this computer",
        hint=f"auditor engagement start {found.id}, or name --result",
    )


def stored_result(reading: Reading, engagement: str, db: str | None, named: Path | None = None) -> StoredResult:
    """The engagement's result, or the one in the folder that is named."""
    from auditor.reporting.reader import load_result

    return load_result(named or result_folder(load_engagement(reading, engagement), db))


def target(reading: Reading, db: str | None, named: Named) -> Target:
    """The finding that is meant; UsageProblem when there is none or when several fit."""
    if named.fingerprint:
        if named.check or named.subject:
            raise UsageProblem("a finding is named by its fingerprint or by --check and --subject, not by both")
        return _of_store(known.by_prefix(reading, named.fingerprint), named.engagement)
    if not (named.engagement and named.check):
        raise UsageProblem(
            "which finding is meant is not said",
            hint="name its fingerprint, or --engagement with --check and --subject",
        )
    found = load_engagement(reading, named.engagement)
    return _of_result(reading, found, stored_result(reading, found.id, db, named.result), named)


def _of_store(finding: Finding, engagement: str) -> Target:
    last = finding.found or finding.last
    if last is None:
        return Target(finding.identity, finding.label, finding, engagement=engagement)
    return Target(finding.identity, finding.label, finding, last.outcome, last.severity, "", engagement)


def _of_result(reading: Reading, found: Engagement, stored: StoredResult, named: Named) -> Target:
    check, verdicts = of_check(stored, named.check)
    fitting = {key: one for key, one in verdicts.items() if _fits(key, one, named.subject)}
    if len(fitting) != 1:
        raise _unclear(named, [one["subject"] for one in (fitting or verdicts).values()], bool(fitting))
    [(key, verdict)] = fitting.items()
    identity = check.identity(found.account, key)
    finding = known.at_place(reading, identity)
    label = Label(visible(verdict["subject"]["name"]), check.title, check.area)
    return Target(
        finding.identity if finding is not None else identity,
        label, finding, verdict["outcome"], verdict["severity"], check.form, found.id,
    )  # fmt: skip


def _fits(key: tuple[str, str, str], verdict: dict[str, Any], subject: str) -> bool:
    return not subject or subject in {key[2], verdict["subject"]["key"], verdict["subject"]["name"]}


def _unclear(named: Named, subjects: list[dict[str, Any]], several: bool) -> UsageProblem:
    keys = [subject["key"] for subject in subjects]
    shown = ", ".join(keys[:_LISTED]) + (f" and {len(keys) - _LISTED} more" if len(keys) > _LISTED else "")
    if several:
        what = f"{named.check} judged {len(keys)} things" + (f" called {named.subject!r}" if named.subject else "")
    else:
        what = f"{named.check} judged nothing called {named.subject!r}"
    return UsageProblem(what, hint=f"name one with --subject: {shown}" if shown else "it judged nothing at all")
