"""Judging: selected checks, compiled once, applied to subjects; equal content is judged once.

Checks that read the same areas form a group. What a group says about some content depends on that content (and product
and version) alone, so it is remembered on the content object itself; a fleet that shares policies pays once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from auditor.engine.baseline import Selection
from auditor.errors import ContentError
from auditor.model.outcomes import Confidence, Outcome, Reason
from auditor.model.snapshot import Part, SubjectRef
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.context import Context
from auditor.sdk.mapping import LogicalSetting
from auditor.sdk.predicates import Compiler, Node, Trace
from auditor.sdk.versions import Version, compile_range, parse
from auditor.sdk.views import SubjectView, evidence_of

if TYPE_CHECKING:
    from auditor.engine.clusters import Judging, Planner

FAMILIES: dict[str, frozenset[str]] = {"kesl": frozenset({"kesl", "kess-linux", "kics-linux"})}
"""Sister products that share task names and keys with the product named first, but not its version numbers."""

EVERYTHING = "*"
"""Stands for all facets of an area that a Python body declares in `reads`."""

_MEMORY_LIMIT = 64
_VALUES_LIMIT = 128
_MISSING, _LISTED = object(), object()

Body = Callable[[SubjectView], Judgement]
Needs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledCheck:
    """A check ready to judge. `needs` are the (area, facet) pairs it reads, None when it may read anything; `keys`
    the (area, first key) pairs, empty when they are not known.
    """

    selection: Selection
    body: Body
    needs: Needs | None
    keys: Needs
    applies: Callable[[SubjectRef], Reason | None]
    versions_stated: bool
    values: dict[Any, Judgement] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The check's id."""
        return self.selection.check.id

    def judge(self, view: SubjectView) -> Judgement:
        """Exactly one judgement, whatever happens."""
        excluded = self.applies(view.ref)
        if excluded is not None:
            return Judgement(Outcome.NOT_APPLICABLE, reason=excluded)
        try:
            judgement = self.body(view)
        except Exception as error:  # noqa: BLE001  # a crashing check is a verdict, never a lost line
            return crashed(error)
        if not isinstance(judgement, Judgement):
            return crashed(TypeError(f"the check answered {type(judgement).__name__}, not a Judgement"))
        if not isinstance(judgement.outcome, Outcome):
            return crashed(TypeError(f"the check answered the outcome {judgement.outcome!r}"))
        if self.versions_stated and not view.ref.version and judgement.reason is Reason.KEY_ABSENT:
            return Judgement(
                judgement.outcome, judgement.evidence, Reason.VERSION_UNKNOWN, areas=("info", *judgement.areas)
            )
        return judgement

    def judge_values(self, view: SubjectView, fixed: Any, seen: Mapping[tuple[str, str], Any]) -> Judgement:
        """The judgement, remembered by the values that this check looks at; `fixed` is all else that counts."""
        key = (fixed, *[seen[pair] for pair in self.keys])
        if _LISTED in key:
            return self.judge(view)
        known = self.values.get(key)
        if known is None:
            if len(self.values) >= _VALUES_LIMIT:
                self.values.clear()
            known = self.values[key] = self.judge(view)
        return known


def crashed(error: Exception) -> Judgement:
    """The verdict of a check that failed itself."""
    note = f"{type(error).__name__}: {str(error)[:200]}"
    return Judgement(Outcome.ERROR, (Evidence("", note=note),), Reason.CRASHED)


@dataclass(slots=True, eq=False)
class Judged:
    """What one group says about some content. `template` is a note of the writer."""

    group: Group
    judgements: tuple[Judgement, ...]
    notable: tuple[tuple[str, bool, int], ...]
    template: Any = None

    def pairs(self) -> Iterable[tuple[CompiledCheck, Judgement]]:
        """Each check with its judgement."""
        return zip(self.group.checks, self.judgements, strict=True)


def _names_files(judged: Judged) -> bool:
    """True when evidence names a file itself, as of other subjects: such a judgement belongs to one subject."""
    return any(item.file for judgement in judged.judgements for item in judgement.evidence)


_QUIET = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


def judged(group: Group, judgements: tuple[Judgement, ...]) -> Judged:
    """A group's judgements, with (check, failed?, position) of those that a sample should show."""
    notable = tuple(
        (group.checks[index].id, item.outcome is Outcome.FAIL, index)
        for index, item in enumerate(judgements)
        if item.outcome not in _QUIET
    )
    return Judged(group, judgements, notable)


@dataclass(slots=True, eq=False)
class Sight:
    """Judged content as it stands in some file: what was judged, and the lines of its evidence inside the content.

    `lines` (part, line) and `rendered` (first line, text) are notes of the writer.
    """

    judged: Judged
    lines: Any = None
    rendered: Any = None
    uses: int = 0


Seen = tuple[Sight, list[Part]]
"""Judged content with the parts that it was read from, in the order in which evidence numbers them."""


def _value_at(pair: tuple[str, str], where: Mapping[tuple[str, str], int], present: Sequence[Part]) -> Any:
    area, name = pair
    for facet in (name, ""):
        index = where.get((area, facet), -1)
        if index >= 0:
            values = present[index].settings.values
            if name in values:
                value = values[name]
                return _LISTED if isinstance(value, list | dict) else (value, type(value) is str)
    return _MISSING


@dataclass(slots=True, eq=False)
class Group:
    """Checks that read the same content of one kind of subject; `needs` None: not to be remembered."""

    needs: Needs | None
    checks: list[CompiledCheck] = field(default_factory=list)
    nothing: dict[tuple[str, str], Sight] = field(default_factory=dict)
    looks_around: bool = False
    keys: Needs = ()
    values: dict[Any, Judged] = field(default_factory=dict)
    lookups: Needs = ()
    whole: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        areas = dict.fromkeys(area for area, facet in self.needs or () if facet == EVERYTHING)
        pairs: dict[tuple[str, str], None] = {}
        for area, facet in self.needs or ():
            if area not in areas:
                pairs.update({(area, ""): None, (area, facet): None})
        self.lookups = tuple(pairs)
        self.whole = tuple(areas)

    def judge(self, view: SubjectView) -> Seen:
        """The group's judgements for a subject, remembered where they depend on content alone."""
        if self.needs is None:
            return Sight(self._fresh(view)), view.sources()
        return self.judge_parts(view, self.parts_of(view))

    def judge_parts(self, view: SubjectView, present: list[Part]) -> Seen:
        """The same for a group whose parts are at hand."""
        ref = view.ref
        if view.neighbours and self.looks_around:
            return Sight(self._fresh(self._narrow(view, present))), present
        if len(present) == 1:
            memory: dict[Any, Sight] = present[0].settings.judged
            key: Any = (self, ref.product, ref.version)
        elif present:
            memory = present[0].settings.judged
            key = (self, ref.product, ref.version, *[part.settings for part in present[1:]])
        else:
            memory, key = self.nothing, (ref.product, ref.version)
        known = memory.get(key)
        if known is None:
            if len(memory) >= _MEMORY_LIMIT:
                memory.clear()
            known = Sight(self._by_values(view, present))
            if not _names_files(known.judged):
                memory[key] = known
        return known, present

    def _by_values(self, view: SubjectView, present: list[Part]) -> Judged:
        """New content often differs only where these checks do not look: remembered by the values they do look at."""
        shape = self._shape(view, present)
        if shape is None:
            return self._fresh(self._narrow(view, present))
        where, fixed = shape
        seen = {pair: _value_at(pair, where, present) for pair in self.keys}
        key = (fixed, *seen.values())
        listed = _LISTED in key
        known = None if listed else self.values.get(key)
        if known is None:
            narrow = self._narrow(view, present)
            known = judged(self, tuple([check.judge_values(narrow, fixed, seen) for check in self.checks]))
            if not listed:
                if len(self.values) >= _VALUES_LIMIT:
                    self.values.clear()
                self.values[key] = known
        return known

    def _shape(self, view: SubjectView, present: list[Part]) -> tuple[dict[tuple[str, str], int], Any] | None:
        """Where each facet stands, and all that is not a value; None where content is more than values (locks, several
        statements)."""
        if not self.keys:
            return None
        where: dict[tuple[str, str], int] = {}
        complete = []
        for index, part in enumerate(present):
            settings = part.settings
            place = (settings.area, settings.facet)
            if settings.locks is not None or place in where:
                return None
            where[place] = index
            complete.append(settings.complete)
        return where, (view.ref.product, view.ref.version, tuple(where), tuple(complete))

    def _fresh(self, view: SubjectView) -> Judged:
        return judged(self, tuple(check.judge(view) for check in self.checks))

    def _narrow(self, view: SubjectView, present: Sequence[Part]) -> SubjectView:
        """Only what the group needs, so that nothing else can slip into what is remembered."""
        narrow = SubjectView(view.ref, logical=view.logical, neighbours=view.neighbours)
        for part in present:
            narrow.add(part)
        return narrow

    def parts_of(self, view: SubjectView) -> list[Part]:
        """The parts that the group reads, in the order in which evidence numbers them."""
        if self.needs is None:
            return view.sources()
        facets = view.facets
        if len(self.lookups) == 1 and not self.whole:
            return facets.get(self.lookups[0]) or []
        found: list[Part] = []
        for pair in self.lookups:
            held = facets.get(pair)
            if held is not None:
                found += held
        for area in self.whole:
            prefix = area[:-1] if area.endswith(".*") else ""
            names = [name for name in view.parts if name.startswith(prefix)] if prefix else [area]
            found.extend(part for name in names for part in view.parts.get(name, ()))
        return found


@dataclass(slots=True)
class Program:
    """The checks of a run by kind of subject. `waiting` are not compiled yet; `estate` is filled before Python bodies
    judge.
    """

    selections: Mapping[str, Selection]
    logical: Mapping[str, LogicalSetting]
    as_of: datetime
    lazy: bool = False
    estate: dict[str, list[SubjectView]] = field(default_factory=dict)
    waiting: dict[str, list[Selection]] = field(default_factory=dict)
    manual: list[Selection] = field(default_factory=list)
    fleet: list[Selection] = field(default_factory=list)

    planners: dict[str, Planner] = field(default_factory=dict)

    def judge(self, view: SubjectView) -> Judging:
        """Every check of the subject's kind, each exactly once."""
        return self.planner(view.ref.kind).judge(view)

    def planner(self, kind: str) -> Planner:
        """What judges subjects of one kind."""
        if kind not in self.planners:
            from auditor.engine.clusters import Planner

            self.planners[kind] = Planner(compile_groups(self.waiting.get(kind, ()), self))
        return self.planners[kind]


def compile_program(
    selections: Mapping[str, Selection], logical: Mapping[str, LogicalSetting], as_of: datetime, *, lazy: bool = False
) -> Program:
    """Compile the selected checks; ContentError names a check whose body is wrong.

    `lazy`: bodies are compiled when the first subject of their kind is met; for content that was tested.
    """
    program = Program(selections, logical, as_of, lazy)
    for selection in selections.values():
        check = selection.check
        if check.form == "manual":
            program.manual.append(selection)
        elif check.is_fleet:
            program.fleet.append(selection)
        else:
            program.waiting.setdefault(check.subject, []).append(selection)
    if not lazy:
        for kind in program.waiting:
            program.planner(kind)
    return program


def compile_groups(selections: Sequence[Selection], program: Program) -> list[Group]:
    """Checks of one kind of subject by what they read; ContentError names a check whose body is wrong."""
    by_needs: dict[Needs | None, Group] = {}
    for selection in selections:
        compiled = compile_check(selection, program)
        if compiled.needs not in by_needs:
            looks_around = selection.check.form == "python"
            by_needs[compiled.needs] = Group(compiled.needs, looks_around=looks_around)
        by_needs[compiled.needs].checks.append(compiled)
    for group in by_needs.values():
        if all(compiled.keys for compiled in group.checks):
            group.keys = tuple(dict.fromkeys(pair for compiled in group.checks for pair in compiled.keys))
    return list(by_needs.values())


def compile_check(selection: Selection, program: Program) -> CompiledCheck:
    """One check; ContentError names it when its body is wrong."""
    check = selection.check
    compiler = Compiler(check.subject, program.logical, selection.params, program.as_of, program.lazy)
    try:
        when = compiler.compile(check.raw["when"]) if "when" in check.raw else None
        body = _BODIES[check.form](selection, compiler, program)
        test = compile_range(check.raw["versions"]) if "versions" in check.raw else None
    except ContentError as error:
        raise ContentError(error.message, where=f"check {check.id}", hint=error.hint) from error
    needs = None if check.form == "python" and "reads" not in check.raw else tuple(sorted(compiler.needs))
    keys = tuple(compiler.keys) if check.form == "expect" else ()
    return CompiledCheck(selection, _guarded(when, body), needs, keys, _applies(check.product, test), test is not None)


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
        version = parse(ref.version)
        return None if version is None or test(version) else Reason.OTHER_VERSION

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


def _expect_body(selection: Selection, compiler: Compiler, _: Program) -> Body:
    node = compiler.compile(selection.check.raw["expect"])

    def judge(view: SubjectView) -> Judgement:
        trace = Trace(view)
        truth = node(trace)
        if truth is None:
            return unknown(trace)
        evidence, sure = tuple(trace.evidence), trace.confidence
        if truth:
            return Judgement(Outcome.PASS, evidence, confidence=sure)
        return Judgement(Outcome.FAIL, evidence, message="fail", params=_deciding(evidence), confidence=sure)

    return judge


def _deciding(evidence: Sequence[Evidence]) -> dict[str, Any]:
    """Parameters for the message: the first value that is not as it should be, else the first value."""
    item = next((entry for entry in evidence if entry.met is False), evidence[0] if evidence else None)
    if item is None:
        return {}
    return {"setting": item.setting, "current": item.value if item.has_value else "absent", "expected": item.expected}


def _schema_body(selection: Selection, compiler: Compiler, _: Program) -> Body:
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


def _python_body(selection: Selection, compiler: Compiler, program: Program) -> Body:
    for place in selection.check.raw.get("reads", ()):
        compiler.needs[place, EVERYTHING] = None
    module, _colon, name = selection.check.raw["python"].partition(":")
    try:
        function = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ContentError(f"python body {selection.check.raw['python']!r} cannot be loaded: {error}") from error

    def judge(view: SubjectView) -> Judgement:
        answer: Judgement = function(Context(view, program.estate, selection.params, program.as_of))
        # A body may hand out one object again and again; what the writer notes on it belongs to one check.
        return replace(answer, template=None) if isinstance(answer, Judgement) else answer

    return judge


_BODIES: dict[str, Callable[[Selection, Compiler, Program], Body]] = {
    "expect": _expect_body,
    "schema": _schema_body,
    "python": _python_body,
}


def message_of(selection: Selection, judgement: Judgement) -> str:
    """The sentence of a judgement in English; an unfilled place is left visible rather than raising."""
    template = selection.check.raw.get("messages", {}).get(judgement.message, "")
    if not template:
        return ""
    try:
        return str(template).format_map(_Visible(judgement.params))
    except (ValueError, IndexError, AttributeError):
        return str(template)


class _Visible(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def weakest(*confidences: Confidence | None) -> Confidence:
    """The lowest of the given confidences."""
    order = list(Confidence)
    return max((item for item in confidences if item is not None), key=order.index)
