"""The checks of a run, compiled once and applied to subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from auditor.engine.baseline import Selection
from auditor.engine.bodies import Frame, compile_check
from auditor.engine.clusters import Judging
from auditor.engine.groups import Group
from auditor.engine.planner import Planner
from auditor.sdk.mapping import LogicalSetting
from auditor.sdk.views import SubjectView


@dataclass(slots=True)
class Program(Frame):
    """The checks of a run by kind of subject. `waiting` are compiled when a planner for their kind is asked for;
    `estate` is filled before Python bodies judge.
    """

    selections: Mapping[str, Selection] = field(default_factory=dict)
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
            self.planners[kind] = Planner(compile_groups(self.waiting.get(kind, ()), self))
        return self.planners[kind]


def compile_program(
    selections: Mapping[str, Selection], logical: Mapping[str, LogicalSetting], as_of: datetime, *, lazy: bool = False
) -> Program:
    """Compile the selected checks; ContentError names a check whose body is wrong.

    `lazy`: bodies are compiled when the first subject of their kind is met; for content that was tested.
    """
    program = Program(logical, as_of, lazy, selections=selections)
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
    """Checks of one kind of subject by the settings they read; ContentError names a check whose body is wrong."""
    found: dict[Any, Group] = {}
    for selection in selections:
        compiled = compile_check(selection, program)
        read = (compiled.needs, frozenset(compiled.keys))
        if read not in found:
            looks_around = selection.check.form == "python"
            found[read] = Group(compiled.needs, looks_around=looks_around, keys=compiled.keys)
        found[read].checks.append(compiled)
    return list(found.values())
