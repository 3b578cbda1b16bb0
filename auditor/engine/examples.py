"""Running the examples that stand in a check file: each is a test of that check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.engine.baseline import Selection
from auditor.engine.bodies import compile_check
from auditor.engine.fleet import judge_rows
from auditor.engine.fleet_checks import compile_fleet
from auditor.engine.groups import crashed
from auditor.engine.judge import Program, compile_program
from auditor.engine.rollup import roll_up
from auditor.errors import ContentError
from auditor.model.outcomes import Outcome, Reason
from auditor.model.snapshot import Lock, Part, Path, Rows, Settings, SubjectRef
from auditor.model.verdicts import Judgement
from auditor.sdk.areas import ROW_KINDS, split_name
from auditor.sdk.check import Check
from auditor.sdk.estate import Estate
from auditor.sdk.mapping import LogicalSetting
from auditor.sdk.operators import instant_of
from auditor.sdk.views import SubjectView

EXAMPLE_TIME = "2026-03-01T12:00:00Z"
_STATED = "logical"
_DEFAULT_VERSION = {"kesl": "12.1"}


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What one example said: `problem` is empty when it did what it states."""

    check: str
    name: str
    judgement: Judgement
    problem: str


def run_examples(check: Check, logical: Mapping[str, LogicalSetting]) -> Iterator[ExampleResult]:
    """Run every example of a check, in order."""
    for index, example in enumerate(check.examples):
        name = example.get("name") or f"{index + 1}-{example['outcome']}"
        judgement = run_example(check, example, logical)
        yield ExampleResult(check.id, name, judgement, _problem(example, judgement))


def run_example(check: Check, example: Mapping[str, Any], logical: Mapping[str, LogicalSetting]) -> Judgement:
    """The judgement of a check over one example's data."""
    selection = Selection(check, check.parameters(example.get("params", {})), check.severity)
    now = instant_of(example.get("as_of", EXAMPLE_TIME))
    if now is None:
        raise ContentError(f"as_of {example['as_of']!r} is no instant", where=check.id)
    logical = {**logical, **_stated(example)}
    if check.form == "manual":
        return Judgement(Outcome.MANUAL, reason=Reason.QUESTION)
    program = compile_program({check.id: selection}, logical, now)
    if check.is_fleet:
        return _fleet(program, example)
    for other in example.get("estate", ()):
        view = _view(other["kind"], other, other.get("product", "ksc"), logical, other["key"])
        program.estate.setdefault(other["kind"], []).append(view)
    product = example.get(
        "product", check.product if check.subject.startswith("kesl.") else check.subject.split(".")[0]
    )
    view = _view(check.subject, example, product, logical, _key(check.subject))
    if not check.subject.startswith("ksc."):
        view.neighbours, program.estate = dict(program.estate), Estate()
    program.estate.setdefault(check.subject, []).insert(0, view)
    return compile_check(selection, program).judge(view)


def _stated(example: Mapping[str, Any]) -> dict[str, LogicalSetting]:
    """Logical settings whose value an example states itself: they then stand in an area of their own."""
    return {
        name: LogicalSetting(name, name, "", ({"setting": f"{_STATED}.[{name}]"},)) for name in example.get(_STATED, {})
    }


def _key(kind: str) -> str:
    if kind == "ksc.server":
        return "ksc01"
    return f"ksc01/{kind.split('.')[1]}/example" if kind.startswith("ksc.") else "example"


def _fleet(program: Program, example: Mapping[str, Any]) -> Judgement:
    check = compile_fleet(program)[0]
    rows = Rows(check.selection.check.subject, "ksc", example.get("rows", ()), "example", "", 0, "ksc01")
    if not rows.records:
        return Judgement(Outcome.UNKNOWN, reason=Reason.NOT_COLLECTED, areas=("row",))
    try:
        judge_rows([check], rows, lambda *_: None)
    except Exception as error:  # noqa: BLE001  # a crashing check is a verdict here too
        return crashed(error)
    return roll_up(check, check.counts["ksc01"])


def _view(
    kind: str, given: Mapping[str, Any], product: str, logical: Mapping[str, LogicalSetting], key: str
) -> SubjectView:
    version = given.get("version", _DEFAULT_VERSION.get(product, ""))
    ref = SubjectRef(kind, key, given.get("name", key), product, version)
    view = SubjectView(ref, logical=logical)
    locks = given.get("locks", {})
    areas = dict(given.get("given") or {})
    if _STATED in given:
        areas[_STATED] = given[_STATED]
    for area, values in areas.items():
        locked = _locks(locks[area], values) if area in locks else None
        complete = area not in given.get("incomplete", ())
        settings = Settings(area, values, complete, locked, locate=lambda path: "/" + "/".join(map(str, path)))
        view.add(Part(ref, settings, "example"))
    return view


def _locks(stated: Mapping[str, bool], values: Any) -> dict[Path, Lock]:
    """Locks of every node of the tree; nodes that the example does not name are open."""
    own: dict[Path, bool] = {tuple(split_name(name)): closed for name, closed in stated.items()}
    locks: dict[Path, Lock] = {}

    def visit(path: Path, node: Any, above: bool) -> None:
        closed = own.get(path, False)
        if path:
            locks[path] = Lock(closed, above)
        items: Any = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
        for step, child in items:
            visit((*path, step), child, above or closed)

    visit((), values, False)
    return locks


def _problem(example: Mapping[str, Any], judgement: Judgement) -> str:
    stated, found = example["outcome"], judgement.outcome.value
    if stated != found:
        because = f" ({judgement.reason})" if judgement.reason else ""
        notes = "; ".join(item.note for item in judgement.evidence if item.note)
        return f"states {stated}, is {found}{because}{': ' + notes if notes else ''}"
    if "reason" in example and example["reason"] != judgement.reason:
        return f"states the reason {example['reason']}, is {judgement.reason}"
    return ""


def missing_examples(check: Check) -> list[str]:
    """Outcomes that every check's examples must show and this one's do not."""
    shown = {example["outcome"] for example in check.examples}
    wanted = {"manual"} if check.form == "manual" else {"pass", "fail", "unknown"}
    if check.subject not in ROW_KINDS and check.form == "expect" and _only_unmapped(check):
        wanted = {"unknown"}
    return sorted(wanted - shown)


def _only_unmapped(check: Check) -> bool:
    """True when every example says that nobody knows where the datum is kept: there is no data to pass or fail on."""
    return all(example.get("reason") == "no_mapping" for example in check.examples)
