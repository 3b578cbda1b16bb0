"""What people say about a finding: comments, another severity, acceptance for a time, answers to questions.

Nothing of it changes what the machine said. Every acceptance and every answer ends on a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from auditor.app.accounts import loading
from auditor.app.actors import check_actor
from auditor.app.findings import known
from auditor.engagement.comparison import WEIGHTS
from auditor.engagement.findings import ANSWERS, MACHINE, Finding
from auditor.errors import RuleBroken, UsageProblem

if TYPE_CHECKING:
    from auditor.app.accounts.saving import Act
    from auditor.app.findings.current import Target
    from auditor.store.store import Reading, Writing

SEVERITIES = tuple(WEIGHTS)
SHORTEST_REASON, SHORTEST_APPROVER = 8, 3
"""Characters of a waiver's reason and approver, as the waivers of an audit ask for."""

LONGEST = 10_000
"""Characters of a text that somebody writes about a finding."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to an interview question. `author` is contact:ID, person:ID or a function; `reason` a remark."""

    answer: str
    author: str
    on: date
    evidence: str
    valid_until: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A failure is accepted until the end of `expires`. `approver` is contact:ID, person:ID or a function."""

    approver: str
    reason: str
    expires: date


def note(writing: Writing, meant: Target, text: str, act: Act) -> bool:
    """A comment that the report of the engagement prints; False when it is the last one already."""
    said = {"text": _text(text, "text of the comment"), "engagement": meant.engagement}
    last = meant.finding.notes[-1] if meant.finding is not None and meant.finding.notes else None
    if last is not None and (last.text, last.by, last.engagement) == (said["text"], act.actor, said["engagement"]):
        return False
    return _write(writing, meant, "noted", said, act)


def rate(writing: Writing, meant: Target, severity: str, reason: str, act: Act) -> bool:
    """Another severity than the machine's; `machine` takes a rating back. False when it is so already."""
    if severity not in {*SEVERITIES, MACHINE}:
        raise UsageProblem(f"there is no severity {severity!r}", hint=f"there are {', '.join((*SEVERITIES, MACHINE))}")
    rating = meant.finding.rating if meant.finding is not None else None
    now = rating.severity if rating is not None else MACHINE
    if severity == now and (rating is None or rating.reason == reason.strip()):
        return False
    said = {
        "from": rating.severity if rating is not None else meant.severity,
        "to": severity,
        "reason": _text(reason, "reason"),
        "engagement": meant.engagement,
    }
    return _write(writing, meant, "rated", said, act)


def waive(writing: Writing, meant: Target, accepted: Accepted, act: Act) -> bool:
    """Accept a failure for a time; False when exactly this was accepted already.

    RuleBroken for what does not fail: only a failure can be accepted.
    """
    identity, expires = meant.identity, accepted.expires
    today = today_of(writing, identity.account, act)
    if expires < today:
        raise UsageProblem(f"{expires} is over already", hint="name the last day on which it is accepted")
    if len(accepted.reason.strip()) < SHORTEST_REASON:
        raise UsageProblem("the reason of a waiver says too little", hint="say in some words why it is accepted")
    if len(accepted.approver.strip()) < SHORTEST_APPROVER:
        raise UsageProblem("the approver of a waiver says too little", hint="name who accepts it, such as contact:ID")
    if not _fails(meant, today):
        raise RuleBroken(f"{identity.check} does not fail on {identity.key}", hint="there is nothing to accept")
    said = {
        "approver": who(writing, identity.account, _text(accepted.approver, "approver")),
        "expires": expires.isoformat(),
        "reason": _text(accepted.reason, "reason"),
        "engagement": meant.engagement,
    }
    stands = meant.finding.waiver if meant.finding is not None else None
    if stands is not None and _equal(stands, said, ("approver", "expires", "reason")):
        return False
    return _write(writing, meant, "waived", said, act)


def unwaive(writing: Writing, meant: Target, reason: str, act: Act) -> bool:
    """Take an acceptance back; RuleBroken when there is none."""
    if meant.finding is None or meant.finding.waiver is None:
        raise RuleBroken(f"nobody has accepted {meant.identity.check} on {meant.identity.key}")
    return _write(writing, meant, "unwaived", {"reason": _text(reason, "reason"), "engagement": meant.engagement}, act)


def attest(writing: Writing, meant: Target, given: Given, act: Act) -> bool:
    """Answer an interview question; False when exactly this answer stands already."""
    said = checked_answer(writing, meant, given, act)
    return said is not None and _write(writing, meant, "attested", said, act)


def checked_answer(reading: Reading, meant: Target, given: Given, act: Act) -> dict[str, Any] | None:
    """The answer as an event says it, None when it stands already; UsageProblem or RuleBroken for what is wrong."""
    today = today_of(reading, meant.identity.account, act)
    if meant.form != "manual" and (meant.finding is None or meant.finding.attestation is None):
        raise RuleBroken(f"{meant.identity.check} is no interview question", hint="its verdict comes from the exports")
    if given.answer not in ANSWERS:
        raise UsageProblem(f"{given.answer!r} is no answer", hint=f"there are {', '.join(ANSWERS)}")
    said = {
        "answer": given.answer,
        "author": who(reading, meant.identity.account, _text(given.author, "author")),
        "on": given.on.isoformat(),
        "evidence": _text(given.evidence, "evidence"),
        "valid_until": given.valid_until.isoformat(),
        "reason": given.reason.strip(),
        "engagement": meant.engagement,
    }
    stands = meant.finding.attestation if meant.finding is not None else None
    if stands is not None and _equal(stands, said, ("answer", "author", "on", "evidence", "valid_until", "reason")):
        return None
    if given.on > today:
        raise UsageProblem(
            f"the answer's date {given.on} lies in the future", hint="name the day on which it was given"
        )
    if given.valid_until < max(today, given.on):
        raise UsageProblem(f"the answer would end on {given.valid_until}, before it counts", hint="name a later day")
    return said


def today_of(reading: Reading, account: str, act: Act) -> date:
    """The present date in the account's zone."""
    return act.at.astimezone(loading.load_account(reading, account).zone).date()


def who(reading: Reading, account: str, text: str) -> str:
    """Somebody as events name them: known people by id, so that their names can be erased; functions as they stand."""
    kind, colon, ident = text.partition(":")
    if colon and kind in {"contact", "person"}:
        check_actor(reading, text)
        return f"{kind}:{ident}"
    people = [("contact", one.id) for one in loading.contacts_of(reading, account)]
    people += [("person", one.id) for one in loading.people_of(reading)]
    for stream, one in people:
        personal = loading.personal_of(reading, stream, one)
        if personal is not None and text.casefold() in {
            personal.name.casefold(),
            personal.email.casefold(),
            one.casefold(),
        }:
            return f"{stream}:{one}"
    return text


def _fails(meant: Target, today: date) -> bool:
    answer = meant.finding.attestation if meant.finding is not None else None
    if answer is not None and answer.holds(today) and meant.outcome in {"manual", "fail", ""}:
        return answer.answer == "fail"
    never_seen = meant.finding is not None and meant.finding.last is None and not meant.outcome
    return meant.outcome == "fail" or never_seen


def _equal(stands: Any, said: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    values = {name: getattr(stands, name) for name in names}
    return all(
        said[name] == (value.isoformat() if isinstance(value, date) else value) for name, value in values.items()
    )


def _text(text: str, what: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise UsageProblem(f"the {what} is missing", hint="say it in a few words")
    if len(stripped) > LONGEST:
        raise UsageProblem(f"the {what} has {len(stripped)} characters; {LONGEST} are the limit")
    return stripped


def _write(writing: Writing, meant: Target, kind: str, said: Mapping[str, Any], act: Act) -> bool:
    check_actor(writing, act.actor)
    writing.append(known.event(meant.identity, meant.label, kind, said, act))
    return True


def reread(reading: Reading, meant: Target) -> Finding:
    """The finding after what was written."""
    from auditor.engagement.findings import fold

    return fold(reading.events(known.STREAM, meant.identity.fingerprint))
