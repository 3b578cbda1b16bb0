"""What a delivered result means for every finding of the account, written down once and for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from auditor.app.actors import check_actor
from auditor.app.engagements.circles import STREAM, load_engagement
from auditor.app.findings import kept_runs, known
from auditor.app.findings.results import ReadRun, key_of, read
from auditor.app.findings.settling import is_open
from auditor.calendars.zones import load_zone
from auditor.engagement.comparison import DECIDED, Change, Key, Run, change_of, why_not_comparable
from auditor.engagement.findings import Finding, Identity, Label
from auditor.engagement.rules import local_day
from auditor.model.events import NewEvent

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.app.accounts.saving import Act
    from auditor.app.findings.known import Places
    from auditor.engagement.state import Engagement
    from auditor.model.events import Event
    from auditor.sdk.rendering import StoredResult
    from auditor.store.store import Reading, Writing

ABSENT = "absent"
"""The outcome of a finding that the run has no verdict for."""

RECORDED = "findings_recorded"
"""The event of an engagement that names the run of a delivered version."""

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Observed:
    """What was written: events by change, the hash of the kept run, and requests whose findings are fixed."""

    engagement: str
    version: int
    counts: Mapping[Change, int]
    run: str
    settled: tuple[tuple[str, str], ...]


def observe(writing: Writing, engagement: str, version: int, result: StoredResult, act: Act) -> Observed:
    """Write an `observed` event for every finding that a delivered result is about; the same again writes nothing.

    What fails now, failed before or was spoken of is written, never what merely passes. It is compared with what
    earlier engagements of the account delivered last; a corrected version takes the place of the version before it.
    Answers and waivers of people count as of the day of the act, in the engagement's zone.
    """
    check_actor(writing, act.actor)
    found = load_engagement(writing, engagement)
    findings = known.places(known.of_account(writing, found.account))
    day = local_day(act.at, load_zone(found.zone))
    run = read_judged(result, findings.values(), day)
    earlier = [one.run for one in earlier_runs(writing, found, act.at)]
    about = _Delivery(found.account, engagement, version, act)
    counts: Counter[Change] = Counter()
    events: list[NewEvent] = []
    settled: list[tuple[str, str]] = []
    for place, key in _places(run, earlier, findings, engagement):
        finding = findings.get(place)
        change = change_of(key, earlier, run.run)
        counts[change] += 1
        written = about.event(run, key, finding, change)
        events += written
        if written and change is Change.FIXED and finding is not None and is_open(writing, finding.incident):
            settled.append((finding.id, finding.incident))
            events.append(about.settled(finding))
    for begin in range(0, len(events), _BATCH):
        writing.append(*events[begin : begin + _BATCH])
    observed = Observed(engagement, version, dict(counts), kept_runs.keep(writing, run), tuple(settled))
    _record(writing, found, observed, act)
    return observed


def read_judged(result: StoredResult, findings: Iterable[Finding], day: date) -> ReadRun:
    """A result with what people said: valid answers take the place of questions, waivers of the account count."""
    findings = list(findings)
    answered = {
        (one.identity.check, one.identity.kind, one.identity.key): one.attestation.answer
        for one in findings
        if one.attestation is not None and one.attestation.holds(day)
    }
    run = read(result, answered)
    for finding in findings:
        check = run.checks.get(finding.identity.check)
        waiver = finding.waiver
        if waiver is None or check is None:
            continue
        key = key_of(finding.identity, check.product)
        now = run.verdicts.get(key)
        if now is None or now.outcome != "fail" or now.waived:
            continue
        holds = waiver.holds(day)
        run.verdicts.add(*key, replace(now, waived=holds, waiver_expired=not holds, until=waiver.expires.isoformat()))
    return run


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A version that was delivered, as its events name it."""

    account: str
    engagement: str
    version: int
    act: Act

    def event(self, run: ReadRun, key: Key, finding: Finding | None, change: Change) -> list[NewEvent]:
        """What the run said about a finding; nothing when exactly this was written before."""
        identity = finding.identity if finding is not None else run.identity(self.account, key)
        said = self._said(run, key, finding, change)
        if finding is not None and _is_same(finding, said):
            return []
        label = _label(run, key, finding)
        subject = {"kind": identity.kind, "key": identity.key, "name": label.name}
        named = {"check_id": identity.check, "product": identity.product, "subject": subject}
        return [known.event(identity, label, "observed", {**said, **named}, self.act)]

    def _said(self, run: ReadRun, key: Key, finding: Finding | None, change: Change) -> dict[str, Any]:
        now, check = run.run.seen.get(key), run.checks.get(key[0])
        last = finding.last if finding is not None else None
        return {
            "engagement": self.engagement,
            "version": self.version,
            "outcome": now.outcome if now is not None else ABSENT,
            "severity": now.severity if now is not None else last.severity if last is not None else "info",
            "change": change.value,
            "check_hash": check.sha256 if check is not None else "",
            "revision": check.revision if check is not None else 0,
            "meaning": check.meaning if check is not None else "",
            "attested": now is not None and check is not None and check.form == "manual" and now.outcome in DECIDED,
            "why": why_not_comparable(key, run.run) if change is Change.NOT_COMPARABLE else "",
        }

    def settled(self, finding: Finding) -> NewEvent:
        """That its request can be proposed for resolving; nothing is resolved by it."""
        said = {"engagement": self.engagement, "reason": f"fixed, and {finding.incident} is still open"}
        return known.event(finding.identity, finding.label, "settled", said, self.act)


def _label(run: ReadRun, key: Key, finding: Finding | None) -> Label:
    """Words of this run; those of the last one where it says nothing."""
    check = run.checks.get(key[0])
    if check is None or key not in run.verdicts:
        return finding.label if finding is not None else Label(run.name(key))
    name = run.names.get(key[1:]) or (finding.label.name if finding is not None else "") or run.name(key)
    return Label(name, check.title, check.area)


def _is_same(finding: Finding, said: Mapping[str, Any]) -> bool:
    wrote = next((one for one in finding.observations if one.engagement == said["engagement"]), None)
    return wrote is not None and all(getattr(wrote, name) == value for name, value in said.items())


def _places(
    run: ReadRun, earlier: Sequence[Run], findings: Places, engagement: str
) -> Iterator[tuple[tuple[str, str, str, str], Key]]:
    """Everything that an event may be due for: what fails now, what is open, and what this engagement said before."""
    told = set()
    for key, seen in run.run.seen.items():
        if seen.outcome == "fail":
            place = run.identity("", key).place
            told.add(place)
            yield place, key
    for place, finding in findings.items():
        seen_before = any(one.engagement == engagement for one in finding.observations)
        only_spoken_of = not finding.observations
        if place not in told and (finding.is_open or seen_before or only_spoken_of):
            yield place, _key(finding.identity, run, earlier)


def _key(identity: Identity, run: ReadRun, earlier: Sequence[Run]) -> Key:
    """Where runs keep a finding; the product of a check that this run does not know is told by the earlier ones."""
    check = run.checks.get(identity.check)
    if check is not None:
        return key_of(identity, check.product)
    sister = key_of(identity, identity.kind.partition(".")[0])
    if any(sister in one.seen for one in earlier):
        return sister
    return identity.check, identity.kind, identity.key


def earlier_runs(reading: Reading, found: Engagement, at: datetime) -> list[ReadRun]:
    """What engagements of the account that delivered before this one said last, in the order of first deliveries."""
    own = _recorded(reading, found.id)
    before = own[0].at if own else at
    runs = []
    for ident in reading.documents(STREAM, account=found.account):
        told = _recorded(reading, ident)
        if ident != found.id and told and told[0].at < before:
            runs.append((told[0].order, told[-1].payload["run"]))
    return [kept_runs.kept(reading, run) for _, run in sorted(runs)]


def _recorded(reading: Reading, engagement: str) -> list[Event]:
    """Events of an engagement that say what was observed, oldest first."""
    told = (event for event in reading.events(STREAM, engagement) if event.type == RECORDED)
    return sorted(told, key=lambda event: event.order)


def _record(writing: Writing, found: Engagement, observed: Observed, act: Act) -> None:
    """Name the kept run in the engagement, so that it is found also when nothing failed in it."""
    counts = {change.value: count for change, count in sorted(observed.counts.items())}
    said = {"version": observed.version, "run": observed.run, "counts": counts}
    told = _recorded(writing, found.id)
    if not told or told[-1].payload != said:
        writing.append(NewEvent(STREAM, found.id, RECORDED, act.at, act.actor, said, found.account))
