"""Fleet checks: devices are judged one by one while they stream, and rolled up into one verdict per server.

Most attributes repeat over a fleet (status masks, states, versions), so all checks together judge each mark (see
marks.py) once and count the devices that have it. Devices that fail or cannot be judged leave more than a count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from auditor.engine.baseline import Selection
from auditor.engine.judge import Program
from auditor.engine.marks import Instants, Marker
from auditor.errors import ContentError
from auditor.model.outcomes import Outcome, Reason
from auditor.model.pointers import below
from auditor.model.snapshot import Gap, Part, Path, Rows, Settings, SubjectRef, bounded
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk import operators
from auditor.sdk.operators import Test, number_of
from auditor.sdk.predicates import Compiler
from auditor.sdk.tracing import Node, Trace
from auditor.sdk.values import plain
from auditor.sdk.views import SubjectView

_MEMORY_LIMIT = 16_384

PASSED, FAILED, UNDECIDED, NOT_SELECTED = "passed", "failed", "undecided", "not_selected"


@dataclass(slots=True)
class Device:
    """One device that failed a fleet check or could not be judged."""

    key: str
    name: str
    outcome: Outcome
    reason: Reason | None
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class Count:
    """How many devices of one server went which way.

    `again` are failures of records about devices that were counted before.
    """

    passed: int = 0
    failed: int = 0
    undecided: int = 0
    not_selected: int = 0
    reasons: dict[Reason, int] = field(default_factory=dict)
    sample: list[dict[str, Any]] = field(default_factory=list)
    again: int = 0


@dataclass(slots=True)
class FleetCheck:
    """One compiled fleet check with its counts per server. `uses`: how it reads each attribute."""

    selection: Selection
    expect: Node
    where: Node | None
    uses: tuple[Use, ...]
    max_share: float
    undecided_share: float
    counts: dict[str, Count] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes it reads."""
        return tuple(dict.fromkeys(use.name for use in self.uses))

    def judge(self, record: Mapping[str, Any]) -> tuple[str, Reason | None]:
        """Passed, failed, undecided (with the reason) or not selected."""
        return self.traced(record)[:2]

    def traced(self, record: Mapping[str, Any]) -> Traced:
        """The same with what it rests on. A record that no test can cope with is undecided."""
        try:
            return self._traced(record)
        except Exception:  # noqa: BLE001  # one odd device must not hide all that stand behind it
            return UNDECIDED, Reason.NOT_UNDERSTOOD, ()

    def _traced(self, record: Mapping[str, Any]) -> Traced:
        trace = Trace(_view(record))
        if self.where is not None:
            selected = self.where(trace)
            if selected is False:
                return NOT_SELECTED, None, ()
            if selected is None:
                return UNDECIDED, _reason(trace), tuple(trace.evidence)
            trace = Trace(trace.view)
        truth = self.expect(trace)
        if truth is None:
            return UNDECIDED, _reason(trace), tuple(trace.evidence)
        return (PASSED if truth else FAILED), None, tuple(trace.evidence)


@dataclass(frozen=True, slots=True)
class Use:
    """How a check reads an attribute: `test` of its age, its `names` (of a group) only, or, without both, its value."""

    name: str
    test: Test | None = None
    names: bool = False


Traced: TypeAlias = tuple[str, Reason | None, tuple[Evidence, ...]]
"""Result, reason and evidence of one check for one record."""


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


def _reason(trace: Trace) -> Reason:
    return trace.reasons[0] if trace.reasons else Reason.KEY_ABSENT


def _view(record: Mapping[str, Any]) -> SubjectView:
    view = SubjectView(ref := SubjectRef("ksc.host", "", "", "ksc"))
    view.add(Part(ref, Settings("row", record), ""))
    return view


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


def compile_fleet(program: Program) -> list[FleetCheck]:
    """The fleet checks of a program; ContentError names one whose body is wrong."""
    return [_compile(selection, program) for selection in program.fleet]


def _compile(selection: Selection, program: Program) -> FleetCheck:
    check = selection.check
    compiler = Compiler(check.subject, program.logical, selection.params, program.as_of)
    uses: list[Use] = []
    try:
        expect = compiler.compile(check.raw["expect"])
        where = compiler.compile(check.raw["where"]) if "where" in check.raw else None
        for body in (check.raw["expect"], check.raw.get("where", {})):
            uses.extend(_uses(body, compiler))
        shares = [
            number_of(compiler.argument(check.raw["fleet"].get(key, 0))) for key in ("max_share", "undecided_share")
        ]
    except ContentError as error:
        raise ContentError(error.message, where=f"check {check.id}", hint=error.hint) from error
    if None in shares:
        raise ContentError("fleet shares are numbers from 0 to 1", where=f"check {check.id}")
    return FleetCheck(selection, expect, where, tuple(uses), shares[0] or 0, shares[1] or 0)


def _uses(body: Any, compiler: Compiler) -> Iterator[Use]:
    """How a predicate reads its attributes, also behind logical settings."""
    if isinstance(body, Mapping):
        for key, value in body.items():
            if key in ("setting", "same_as", "each", "some", "none") and isinstance(value, str):
                if not value.startswith("."):
                    yield from _leaf_uses(key, value, body, compiler)
            else:
                yield from _uses(value, compiler)
    elif isinstance(body, list):
        for item in body:
            yield from _uses(item, compiler)


def _leaf_uses(key: str, setting: str, leaf: Mapping[str, Any], compiler: Compiler) -> Iterator[Use]:
    places = compiler.resolve(setting)
    words = leaf.keys() & operators.NAMES
    for place in places:
        name, depth = str(place.path[0]), len(place.path)
        alone = key == "setting" and len(places) == 1 and place.values is None and "same_as" not in leaf
        if alone and depth == 1 and words <= _AGES and len(words) == 1:
            arguments = {word: compiler.argument(leaf[word]) for word in words}
            yield Use(name, test=operators.compile_operator(arguments, {"as_of": compiler.as_of}).test)
        elif alone and ((depth == 2 and "exists" in leaf) or (depth == 1 and words and words <= _SIZES)):
            yield Use(name, names=True)
        else:
            yield Use(name)


_AGES = frozenset({"within", "older", "ahead"})
_SIZES = frozenset({"count", "empty"})


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


def roll_up(check: FleetCheck, count: Count, gap: Gap | None = None) -> Judgement:
    """The verdict over one server's devices: fail beyond the tolerated share, unknown when too many are undecided.

    With a `gap` (devices are missing) only failures that the missing devices cannot outweigh are certain.
    """
    judged = count.passed + count.failed
    selected = judged + count.undecided
    evidence = [_summary(check, count, judged)]
    if gap is not None:
        evidence.append(Evidence("row", note=gap.words))
    many_open = _more(count.undecided, check.undecided_share, selected) or (count.undecided > 0 and not judged)
    # Where many are undecided or missing it takes as many failures as would be too many if all of those passed.
    whole = selected if many_open or gap is not None else judged
    certain = gap is None or gap.missing is not None or not check.max_share
    whole += gap.missing or 0 if gap is not None else 0
    if certain and _more(count.failed, check.max_share, whole):
        return _failed(check, count, judged, evidence)
    if gap is not None:
        return Judgement(Outcome.UNKNOWN, tuple(evidence), Reason.INCOMPLETE, areas=("row",))
    return _without_gap(check, count, evidence, many_open=many_open)


def _without_gap(check: FleetCheck, count: Count, evidence: list[Evidence], *, many_open: bool) -> Judgement:
    judged = count.passed + count.failed
    if many_open:
        reason = max(count.reasons, key=lambda item: (count.reasons[item], item))
        return Judgement(Outcome.UNKNOWN, tuple(evidence), reason, areas=("row",))
    if count.again and _more(count.failed + count.again, check.max_share, judged):
        evidence.append(
            Evidence("row", note=f"{count.again} devices stand in the inputs twice and fail the second time")
        )
        return Judgement(Outcome.UNKNOWN, tuple(evidence), Reason.CONFLICT, areas=("row",))
    if not judged and not count.not_selected:
        return Judgement(Outcome.UNKNOWN, tuple(evidence), Reason.NOT_COLLECTED, areas=("row",))
    if not judged:
        return Judgement(Outcome.NOT_APPLICABLE, tuple(evidence), Reason.PRECONDITION)
    return Judgement(Outcome.PASS, tuple(evidence))


def _failed(check: FleetCheck, count: Count, judged: int, evidence: Sequence[Evidence]) -> Judgement:
    params = {"failed": count.failed, "judged": judged, "current": count.failed, "expected": _tolerated(check)}
    return Judgement(Outcome.FAIL, tuple(evidence), message="fail", params=params)


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
