"""From the body of a check file to a function that judges: predicate, JSON Schema fragment or Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from typing import Any

from auditor.engine.baseline import Selection
from auditor.engine.groups import EVERYTHING, Body, CompiledCheck
from auditor.errors import ContentError
from auditor.model.outcomes import Outcome, Reason
from auditor.model.snapshot import VERSIONS_BETWEEN, Part, SubjectRef
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.areas import area_of
from auditor.sdk.check import Check
from auditor.sdk.context import Context
from auditor.sdk.estate import Estate
from auditor.sdk.looks import Looks, declared
from auditor.sdk.mapping import LogicalSetting
from auditor.sdk.predicates import Compiler
from auditor.sdk.tracing import Node, Trace
from auditor.sdk.versions import Version, compile_range, parse
from auditor.sdk.views import SubjectView, evidence_of

FAMILIES: dict[str, frozenset[str]] = {"kesl": frozenset({"kesl", "kess-linux", "kics-linux"})}
"""Sister products that share task names and keys with the product named first, but not its version numbers."""


@dataclass(slots=True)
class Frame:
    """What bodies are compiled for: the logical settings, the audit's time (aware, UTC) and the estate that Python
    bodies may look at. `lazy`: regular expressions are compiled at their first use.
    """

    logical: Mapping[str, LogicalSetting]
    as_of: datetime
    lazy: bool = False
    estate: Estate = field(default_factory=Estate)


_REWORKED = re.compile(r"\{\w*[^\w}]")
"""A message that shows a value otherwise than as it is, such as `{current!r}`."""


def compile_check(selection: Selection, frame: Frame) -> CompiledCheck:
    """One check; ContentError names it when its body is wrong."""
    check = selection.check
    compiler = Compiler(check.subject, frame.logical, selection.params, frame.as_of, frame.lazy)
    try:
        when = compiler.compile(check.raw["when"]) if "when" in check.raw else None
        body = _BODIES[check.form](selection, compiler, frame)
        test = compile_range(check.raw["versions"]) if "versions" in check.raw else None
    except ContentError as error:
        raise ContentError(error.message, where=f"check {check.id}", hint=error.hint) from error
    needs = None if check.form == "python" and "reads" not in check.raw else tuple(sorted(compiler.needs))
    keys = tuple(compiler.keys)
    looks = compiler.looks if check.form == "expect" else _declared(selection) if when is None else None
    if any(_REWORKED.search(str(message)) for message in check.raw.get("messages", {}).values()):
        looks = None
    applies = _applies(check.product, test)
    return CompiledCheck(selection, _guarded(when, body), needs, keys, applies, test is not None, looks)


def _declared(selection: Selection) -> Looks | None:
    """What a Python body says that it asks of texts."""
    check = selection.check
    return declared(_function(check), check.subject, selection.params) if check.form == "python" else None


def _guarded(when: Node | None, body: Body) -> Body:
    if when is None:
        return body

    def judge(view: SubjectView) -> Judgement:
        trace = Trace(view)
        truth = when(trace)
        if truth is False:
            return Judgement(Outcome.NOT_APPLICABLE, tuple(trace.evidence), Reason.PRECONDITION)
        if truth is None:
            return unknown(trace)
        return body(view)

    return judge


def _applies(product: str, test: Callable[[Version], bool] | None) -> Callable[[SubjectRef], Reason | None]:
    family = FAMILIES.get(product)
    siblings = frozenset().union(*FAMILIES.values())

    def applies(ref: SubjectRef) -> Reason | None:
        if ref.product != product and ref.product in siblings and (family is None or ref.product not in family):
            return Reason.OTHER_PRODUCT
        if test is None or ref.product != product or not ref.version:
            return None
        versions = [parse(text) for text in ref.version.split(VERSIONS_BETWEEN)]
        return None if any(version is None or test(version) for version in versions) else Reason.OTHER_VERSION

    return applies


def unknown(trace: Trace) -> Judgement:
    """The verdict of a predicate that could not be decided: the gravest kind of nothing it met, and what to collect."""
    reasons = [reason for reason in _GRAVITY if reason in trace.reasons]
    reason = reasons[0] if reasons else Reason.KEY_ABSENT
    areas = tuple(dict.fromkeys(trace.areas))
    return Judgement(Outcome.UNKNOWN, tuple(trace.evidence), reason, areas=areas, confidence=trace.confidence)


_GRAVITY = (
    Reason.CONFLICT,
    Reason.INCOMPLETE,
    Reason.NOT_UNDERSTOOD,
    Reason.NO_MAPPING,
    Reason.NOT_COLLECTED,
    Reason.KEY_ABSENT,
)


def _expect_body(selection: Selection, compiler: Compiler, _: Frame) -> Body:
    node = compiler.compile(selection.check.raw["expect"])

    def judge(view: SubjectView) -> Judgement:
        trace = Trace(view)
        truth = node(trace)
        if truth is None:
            return unknown(trace)
        evidence, sure = tuple(trace.evidence), trace.confidence
        if truth:
            return Judgement(Outcome.PASS, evidence, confidence=sure)
        return Judgement(Outcome.FAIL, evidence, message="fail", current=_deciding(evidence), confidence=sure)

    return judge


def _deciding(evidence: Sequence[Evidence]) -> Evidence | None:
    """What the message is about: the first value that is not as it should be, else the first value."""
    return next((entry for entry in evidence if entry.met is False), evidence[0] if evidence else None)


def _schema_body(selection: Selection, compiler: Compiler, _: Frame) -> Body:
    raw = selection.check.raw["schema"]
    area, schema = raw["area"], compiler.argument(raw["schema"])
    needed = [compiler.finder(f"{area}.{name}") for name in raw["needs"]]
    compiler.needs[area, EVERYTHING] = None
    validators: list[Any] = []

    def judge(view: SubjectView) -> Judgement:
        trace = Trace(view)
        hits = [find(trace) for find in needed]
        for hit in hits:
            if hit.reason is not None:
                trace.unknown(hit.reason, hit.areas)
        trace.evidence = [evidence_of(hit) for hit in hits]
        values = _all_values(view.parts.get(area, ()), trace)
        if trace.reasons:
            return unknown(trace)
        if not validators:
            from jsonschema import Draft202012Validator

            validators.append(Draft202012Validator(schema))
        return _schema_verdict(values, area, validators[0], trace)

    return judge


def _all_values(parts: Sequence[Part], trace: Trace) -> dict[str, Any]:
    """The values of an area as its parts state them together; a schema may look at any of them."""
    values: dict[str, Any] = {}
    for part in parts:
        if not part.settings.complete:
            trace.unknown(Reason.INCOMPLETE)
        for key, value in part.settings.values.items():
            if values.setdefault(key, value) != value:
                trace.unknown(Reason.CONFLICT)
    return values


def _schema_verdict(values: Mapping[str, Any], area: str, validator: Any, trace: Trace) -> Judgement:
    problems = sorted(validator.iter_errors(values), key=lambda problem: [str(step) for step in problem.path])
    if not problems:
        return Judgement(Outcome.PASS, tuple(trace.evidence))
    found = [
        Evidence(f"{area}.{'.'.join(str(step) for step in problem.path)}", note=problem.message[:200], met=False)
        for problem in problems
    ]
    return Judgement(
        Outcome.FAIL, (*trace.evidence, *found), message="fail", params={"current": problems[0].message[:200]}
    )


def _python_body(selection: Selection, compiler: Compiler, frame: Frame) -> Body:
    for place in selection.check.raw.get("reads", ()):
        if area_of(selection.check.subject, place) == place:
            compiler.needs[place, EVERYTHING] = None
        else:
            compiler.resolve(place, whole=True)
    function = _function(selection.check)

    def judge(view: SubjectView) -> Judgement:
        answer: Judgement = function(Context(view, frame.estate, selection.params, frame.as_of))
        # A body may hand out one object again and again; what the writer notes on it belongs to one check.
        return replace(answer, template=None) if isinstance(answer, Judgement) else answer

    return judge


def _function(check: Check) -> Callable[[Context], Judgement]:
    place = check.raw["python"]
    module, _colon, name = place.partition(":")
    try:
        found: Callable[[Context], Judgement] = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ContentError(f"python body {place!r} cannot be loaded: {error}") from error
    return found


_BODIES: dict[str, Callable[[Selection, Compiler, Frame], Body]] = {
    "expect": _expect_body,
    "schema": _schema_body,
    "python": _python_body,
}
