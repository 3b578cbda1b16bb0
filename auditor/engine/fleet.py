"""Fleet checks: devices are judged one by one while they stream, and rolled up into one verdict per server.

Most attributes repeat over a fleet (status masks, states, versions), so a truth is remembered by the values it depends
on. Only devices that fail or cannot be judged leave more than a count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.engine.baseline import Selection
from auditor.engine.judge import Program
from auditor.errors import ContentError
from auditor.model.outcomes import Outcome, Reason
from auditor.model.snapshot import Part, Rows, Settings, SubjectRef
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.operators import number_of
from auditor.sdk.predicates import Compiler, Node, Trace
from auditor.sdk.values import plain
from auditor.sdk.views import SubjectView

_MEMORY_LIMIT = 65_536

SELECTED, PASSED, FAILED, UNDECIDED = "selected", "passed", "failed", "undecided"


@dataclass(frozen=True, slots=True)
class Device:
    """One device that failed a fleet check or could not be judged."""

    key: str
    name: str
    outcome: Outcome
    reason: Reason | None
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class Count:
    """How many devices of one server went which way."""

    passed: int = 0
    failed: int = 0
    undecided: int = 0
    not_selected: int = 0
    reasons: dict[Reason, int] = field(default_factory=dict)
    sample: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class FleetCheck:
    """One compiled fleet check with its counts per server."""

    selection: Selection
    expect: Node
    where: Node | None
    names: tuple[str, ...]
    max_share: float
    undecided_share: float
    memory: dict[Any, tuple[str, Reason | None]] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)

    def judge(self, record: Mapping[str, Any]) -> tuple[str, Reason | None]:
        """Passed, failed, undecided or not selected, remembered by the values of the attributes it reads."""
        key = tuple([_hashable(record[name]) if name in record else _MISSING for name in self.names])
        known = self.memory.get(key)
        if known is None:
            if len(self.memory) >= _MEMORY_LIMIT:
                self.memory.clear()
            known = self.memory[key] = self._fresh(record)
        return known

    def _fresh(self, record: Mapping[str, Any]) -> tuple[str, Reason | None]:
        trace = Trace(_view(record))
        if self.where is not None:
            selected = self.where(trace)
            if selected is False:
                return ("not_selected", None)
            if selected is None:
                return (UNDECIDED, _reason(trace))
        truth = self.expect(trace)
        if truth is None:
            return (UNDECIDED, _reason(trace))
        return (PASSED if truth else FAILED, None)

    def evidence(self, record: Mapping[str, Any], file: str, pointer: str) -> tuple[Evidence, ...]:
        """What a device was judged by, each with its file and pointer."""
        trace = Trace(_view(record))
        self.expect(trace)
        return tuple(_placed(item, record, file, pointer) for item in trace.evidence)


_MISSING = object()


def _hashable(value: Any) -> Any:
    """A value as a key; its type belongs to it, since 1 and true are equal keys and different values."""
    value = plain(value)
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    return kind, str(value) if isinstance(value, dict | list) else value


def _reason(trace: Trace) -> Reason:
    return trace.reasons[0] if trace.reasons else Reason.KEY_ABSENT


def _view(record: Mapping[str, Any]) -> SubjectView:
    ref = SubjectRef("ksc.host", "", "", "ksc")
    view = SubjectView(ref)
    view.add(Part(ref, Settings("row", record), ""))
    return view


def _placed(item: Evidence, record: Mapping[str, Any], file: str, pointer: str) -> Evidence:
    name = item.setting.removeprefix("row.")
    suffix = f"/{name}/value" if isinstance(record.get(name), dict) else f"/{name}"
    return Evidence(
        setting=name,
        value=item.value,
        has_value=item.has_value,
        expected=item.expected,
        met=item.met,
        file=file if item.has_value else "",
        place=pointer + suffix if item.has_value else None,
        note=item.note,
    )


def compile_fleet(program: Program) -> list[FleetCheck]:
    """The fleet checks of a program; ContentError names one whose body is wrong."""
    return [_compile(selection, program) for selection in program.fleet]


def _compile(selection: Selection, program: Program) -> FleetCheck:
    check = selection.check
    compiler = Compiler(check.subject, program.logical, selection.params, program.as_of)
    names: dict[str, None] = {}
    try:
        expect = compiler.compile(check.raw["expect"])
        where = compiler.compile(check.raw["where"]) if "where" in check.raw else None
        for body in (check.raw["expect"], check.raw.get("where", {})):
            names.update(dict.fromkeys(_attributes(body, compiler)))
        shares = [
            number_of(compiler.argument(check.raw["fleet"].get(key, 0))) for key in ("max_share", "undecided_share")
        ]
    except ContentError as error:
        raise ContentError(error.message, where=f"check {check.id}", hint=error.hint) from error
    if None in shares:
        raise ContentError("fleet shares are numbers from 0 to 1", where=f"check {check.id}")
    return FleetCheck(selection, expect, where, tuple(names), shares[0] or 0, shares[1] or 0)


def _attributes(body: Any, compiler: Compiler) -> Iterator[str]:
    """Names of the attributes a predicate reads, also behind logical settings."""
    if isinstance(body, Mapping):
        for key, value in body.items():
            if key in ("setting", "same_as", "each", "some", "none") and isinstance(value, str):
                if not value.startswith("."):
                    yield from (str(place.path[0]) for place in compiler.resolve(value))
            else:
                yield from _attributes(value, compiler)
    elif isinstance(body, list):
        for item in body:
            yield from _attributes(item, compiler)


Report = Callable[[FleetCheck, Device, Rows], None]


def judge_rows(checks: list[FleetCheck], rows: Rows, report: Report) -> None:
    """Judge every record of a batch; `report` is told of each device that failed or could not be judged."""
    for check in checks:
        if check.selection.check.subject != rows.kind:
            continue
        count = check.counts.setdefault(rows.server, Count())
        judge = check.judge
        passed = 0
        for index, record in enumerate(rows.records):
            result, reason = judge(record)
            if result is PASSED:
                passed += 1
            elif result is FAILED:
                count.failed += 1
                report(check, _device(check, rows, index, Outcome.FAIL, None), rows)
            elif result is UNDECIDED:
                count.undecided += 1
                assert reason is not None  # noqa: S101  # every undecided device has one
                count.reasons[reason] = count.reasons.get(reason, 0) + 1
                report(check, _device(check, rows, index, Outcome.UNKNOWN, reason), rows)
            else:
                count.not_selected += 1
        count.passed += passed


def _device(check: FleetCheck, rows: Rows, index: int, outcome: Outcome, reason: Reason | None) -> Device:
    record = rows.records[index]
    identity = str(plain(record.get("KLHST_WKS_HOSTNAME", "")) or f"row-{rows.first + index}")
    name = str(plain(record.get("KLHST_WKS_DN", "")) or identity)
    evidence = check.evidence(record, rows.file, f"{rows.pointer}/{rows.first + index}")
    return Device(f"{rows.server}/host/{identity}", name, outcome, reason, evidence)


def roll_up(check: FleetCheck, count: Count) -> Judgement:
    """The verdict over one server's devices: fail beyond the tolerated share, unknown when too many are undecided."""
    judged = count.passed + count.failed
    selected = judged + count.undecided
    evidence = (_summary(check, count, judged),)
    many_open = _more(count.undecided, check.undecided_share, selected) or (count.undecided > 0 and not judged)
    # Where many are undecided it takes as many failures as would be too many if all of those passed.
    if _more(count.failed, check.max_share, selected if many_open else judged):
        params = {"failed": count.failed, "judged": judged, "current": count.failed, "expected": _tolerated(check)}
        return Judgement(Outcome.FAIL, evidence, message="fail", params=params)
    if many_open:
        reason = max(count.reasons, key=lambda item: (count.reasons[item], item))
        return Judgement(Outcome.UNKNOWN, evidence, reason, areas=("row",))
    if not judged and not count.not_selected:
        return Judgement(Outcome.UNKNOWN, evidence, Reason.NOT_COLLECTED, areas=("row",))
    if not judged:
        return Judgement(Outcome.NOT_APPLICABLE, evidence, Reason.PRECONDITION)
    return Judgement(Outcome.PASS, evidence)


def _more(number: int, share: float, whole: int) -> bool:
    """True when `number` is more than that share; 29 of 100 are not more than 0.29, whatever floats make of it."""
    return number > round(share * whole, 6)


def _tolerated(check: FleetCheck) -> str:
    return "no device" if not check.max_share else f"at most {check.max_share:.0%} of devices"


def _summary(check: FleetCheck, count: Count, judged: int) -> Evidence:
    words = f"{count.failed} of {judged} judged devices fail"
    if count.undecided:
        words += f", {count.undecided} could not be judged"
    setting = ", ".join(check.names)
    return Evidence(setting, words, has_value=True, expected=_tolerated(check), met=None)
