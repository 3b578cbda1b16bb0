"""Fleet checks: what they say about one device, and which of its attributes they read in which way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from auditor.engine.baseline import Selection
from auditor.engine.judge import Program
from auditor.errors import ContentError
from auditor.model.outcomes import Reason
from auditor.model.snapshot import Part, Settings, SubjectRef
from auditor.model.verdicts import Evidence
from auditor.sdk import operators
from auditor.sdk.operators import Test, number_of
from auditor.sdk.predicates import Compiler
from auditor.sdk.tracing import Node, Trace
from auditor.sdk.views import SubjectView

PASSED, FAILED, UNDECIDED, NOT_SELECTED = "passed", "failed", "undecided", "not_selected"


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

    def traced(self, record: Mapping[str, Any]) -> Traced:
        """Passed, failed, undecided (with the reason) or not selected, and what that rests on.

        A record that no test can cope with is undecided.
        """
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


def _reason(trace: Trace) -> Reason:
    return trace.reasons[0] if trace.reasons else Reason.KEY_ABSENT


def _view(record: Mapping[str, Any]) -> SubjectView:
    view = SubjectView(ref := SubjectRef("ksc.host", "", "", "ksc"))
    view.add(Part(ref, Settings("row", record), ""))
    return view


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
