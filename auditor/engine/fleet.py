"""The devices of servers: judged one by one by all fleet checks while they stream, and counted.

Most attributes repeat over a fleet (status masks, states, versions), so all checks together judge each mark (see
marks.py) once and count the devices that have it. Devices that fail or cannot be judged leave more than a count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.engine.fleet_checks import FAILED, PASSED, UNDECIDED, Count, FleetCheck, Traced, Use
from auditor.engine.marks import Instants, Marker
from auditor.model.outcomes import Outcome, Reason
from auditor.model.pointers import below
from auditor.model.snapshot import Path, Rows, bounded
from auditor.model.verdicts import Evidence
from auditor.sdk.values import plain

_MEMORY_LIMIT = 16_384


@dataclass(slots=True)
class Device:
    """One device that failed a fleet check or could not be judged."""

    key: str
    name: str
    outcome: Outcome
    reason: Reason | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong with all devices of one mark: the evidence lacks values and places."""

    check: FleetCheck
    outcome: Outcome
    reason: Reason | None
    evidence: tuple[Evidence, ...]


@dataclass(slots=True, eq=False)
class Known:
    """What the checks say about all devices of one mark, and how many there were."""

    results: tuple[tuple[str, Reason | None], ...]
    bad: tuple[Bad, ...]
    uses: int = 0
    again: int = 0


Report = Callable[[FleetCheck, Device, Rows], None]


class Fleet:
    """All fleet checks of one kind of record, asked together. Counts are brought up to date by `settle`."""

    def __init__(self, checks: Sequence[FleetCheck]) -> None:
        self.checks = list(checks)
        self._marker = _marker([use for check in checks for use in check.uses])
        self._memory: dict[str, dict[bytes, Known]] = {}
        # A new mark is mostly a new mixture: what single checks say about their part of it is known already.
        self._single = [(check, _marker(check.uses), dict[bytes | None, Traced]()) for check in checks]

    def judge(self, rows: Rows, report: Report, skip: Collection[int] = ()) -> None:
        """Judge every record; `report` is told of each device that failed or could not be judged.

        Records at the indexes `skip` are about devices that were counted before: their failures are noted only.
        """
        memory = self._memory.get(rows.server)
        if memory is None:
            memory = self._memory[rows.server] = {}
            for check in self.checks:
                check.counts.setdefault(rows.server, Count())
        mark_of = self._marker.of
        for index, record in enumerate(rows.seen):
            mark = mark_of(record)
            known = memory.get(mark) if mark is not None else None
            if known is None:
                known = self._learn(rows.server, mark, record)
            if skip and index in skip:
                known.again += 1
                continue
            known.uses += 1
            if known.bad:
                self._tell(known, rows, index, report)

    def settle(self) -> None:
        """Bring the counts of the checks up to date."""
        for server in self._memory:
            self._settle(server)

    def _learn(self, server: str, mark: bytes | None, record: Mapping[str, Any]) -> Known:
        memory = self._memory[server]
        if len(memory) >= _MEMORY_LIMIT:
            self._settle(server)
            memory.clear()
        results, bad = [], []
        for check, marker, told in self._single:
            own = marker.of(record)
            found = told.get(own) if own is not None else None
            if found is None:
                if len(told) >= _MEMORY_LIMIT:
                    told.clear()
                found = told[own] = check.traced(record)
            result, reason, evidence = found
            results.append((result, reason))
            if result in (FAILED, UNDECIDED):
                bad.append(Bad(check, Outcome.FAIL if result is FAILED else Outcome.UNKNOWN, reason, evidence))
        known = Known(tuple(results), tuple(bad))
        # A record without a mark is not met again under this one; its count is.
        memory[mark if mark is not None else b"#%d" % len(memory)] = known
        return known

    def _settle(self, server: str) -> None:
        for known in self._memory[server].values():
            if known.uses or known.again:
                for check, (result, reason) in zip(self.checks, known.results, strict=True):
                    _add(check.counts[server], result, reason, known.uses, known.again)
                known.uses = known.again = 0

    def _tell(self, known: Known, rows: Rows, index: int, report: Report) -> None:
        record = rows.records[index]
        identity = str(plain(record.get("KLHST_WKS_HOSTNAME", "")) or f"row-{rows.first + index}")
        name = str(plain(record.get("KLHST_WKS_DN", "")) or identity)
        key, name, place = bounded(f"{rows.server}/host/{identity}"), bounded(name), rows.place(index)
        for bad in known.bad:
            evidence = tuple([_placed(item, record, rows.file, place) for item in bad.evidence])
            report(bad.check, Device(key, name, bad.outcome, bad.reason, evidence), rows)


def _add(count: Count, result: str, reason: Reason | None, uses: int, again: int) -> None:
    if result is PASSED:
        count.passed += uses
    elif result is FAILED:
        count.failed += uses
        count.again += again
    elif result is UNDECIDED:
        assert reason is not None  # noqa: S101  # every undecided device has one
        count.undecided += uses
        if uses:
            count.reasons[reason] = count.reasons.get(reason, 0) + uses
    else:
        count.not_selected += uses


def judge_rows(checks: Sequence[FleetCheck], rows: Rows, report: Report) -> None:
    """Judge one batch with the checks for its kind; counts are up to date afterwards."""
    fleet = Fleet([check for check in checks if check.selection.check.subject == rows.kind])
    fleet.judge(rows, report)
    fleet.settle()


def _placed(item: Evidence, record: Mapping[str, Any], file: str, pointer: str) -> Evidence:
    """The evidence with the device's own value and its pointer."""
    name = item.setting.removeprefix("row.")
    if item.path is None or not item.has_value:
        return Evidence(name, expected=item.expected, met=item.met, note=item.note)
    value, place = _found(record, item.path)
    return Evidence(name, value, True, item.expected, item.met, file=file, place=pointer + place, note=item.note)


def _found(record: Mapping[str, Any], path: Path) -> tuple[Any, str]:
    """The bare value at a path, and the pointer to it from the record on, through the wrappers."""
    node: Any = record
    place = ""
    for step in path:
        raw = node[step]
        place = below(place, step)
        node = plain(raw)
        if node is not raw:
            place += "/value"
    return node, place


def _marker(uses: Sequence[Use]) -> Marker:
    """Each attribute in the cheapest way that still tells apart whatever a check tells apart."""
    by_name: dict[str, list[Use]] = {}
    for use in uses:
        by_name.setdefault(use.name, []).append(use)
    tests = {name: [use.test for use in found if use.test is not None] for name, found in by_name.items()}
    instants = {name: Instants(tests[name]) for name, found in by_name.items() if len(tests[name]) == len(found)}
    groups = [name for name, found in by_name.items() if all(use.names for use in found)]
    fixed = [name for name in by_name if name not in instants and name not in groups]
    return Marker(fixed, instants, groups)
