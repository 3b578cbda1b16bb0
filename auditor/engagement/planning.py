"""Dates for many accounts at once: as many placed as possible, then as few moved, then as few wishes broken.

Each account takes at most one of its feasible days, each TAM holds so many engagements a day and a week. The
constraints are nested, so a linear programme has whole-numbered corners: HiGHS finds an optimum, not an approximation.
The aims are worked off in their order; what one has reached binds the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from auditor.errors import AuditorError

_ROUNDING = 1e-6
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account to be placed. `days` are its feasible days: True where a wish is met (or there is none).

    `current` is the date of the plan that is being re-made; an account whose date is agreed is not a candidate.
    """

    account: str
    tam: str
    days: Mapping[date, bool]
    current: date | None = None


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Why an account found no day: none is feasible, or others hold all of them (`rivals`)."""

    reason: Literal["no_day", "no_capacity"]
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A date for every account that could be placed, and why the others could not."""

    placed: Mapping[str, date]
    unplaced: Mapping[str, Unplaced]
    broken_wishes: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many engagements a TAM holds on a day and in an ISO week."""

    a_day: int = 1
    a_week: int = 5


@dataclass(slots=True)
class _Model:
    """Columns are pairs of account and day; rows are limits on sums of columns."""

    columns: list[tuple[int, date]] = field(default_factory=list)
    members: list[list[int]] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)
    rows: dict[Any, int] = field(default_factory=dict)

    def row(self, key: Any, limit: int) -> int:
        """The number of the row of that name."""
        if key not in self.rows:
            self.rows[key] = len(self.limits)
            self.limits.append(limit)
        return self.rows[key]


def plan(candidates: Sequence[Candidate], capacity: Capacity | None = None) -> Plan:
    """The best plan. Candidates are taken in the order of their ids, so equal input gives an equal plan."""
    ordered = sorted(candidates, key=lambda candidate: candidate.account)
    model = _model(ordered, capacity or Capacity())
    chosen = _solve(model, _aims(ordered, model)) if model.columns else []
    placed = {ordered[account].account: day for account, day in (model.columns[column] for column in chosen)}
    kept = {candidate.account: candidate for candidate in ordered}
    return Plan(
        placed,
        {name: _why(kept[name], ordered, placed) for name in kept if name not in placed},
        tuple(name for name, day in sorted(placed.items()) if not kept[name].days[day]),
        tuple(
            name for name, day in sorted(placed.items())
            if kept[name].current is not None and kept[name].current != day
        ),
    )  # fmt: skip


def _model(candidates: Sequence[Candidate], capacity: Capacity) -> _Model:
    model = _Model()
    for number, candidate in enumerate(candidates):
        for day in sorted(candidate.days):
            week = day.isocalendar()[:2]
            model.columns.append((number, day))
            model.members.append(
                [
                    model.row(("account", number), 1),
                    model.row(("day", candidate.tam, day), capacity.a_day),
                    model.row(("week", candidate.tam, week), capacity.a_week),
                ]
            )
    return model


def _aims(candidates: Sequence[Candidate], model: _Model) -> list[list[float]]:
    """What is maximised, in this order: accounts placed, dates kept, wishes met, and early rather than late."""
    first = min(day for _, day in model.columns)
    return [
        [1.0 for _ in model.columns],
        [float(candidates[number].current == day) for number, day in model.columns],
        [float(candidates[number].days[day]) for number, day in model.columns],
        [-float((day - first).days) for _, day in model.columns],
    ]


def _solve(model: _Model, aims: Sequence[Sequence[float]]) -> list[int]:
    """The chosen columns."""
    import highspy
    import numpy as np

    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # the library leaves this one untyped
    solver.setOptionValue("solver", "simplex")
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    count = len(model.columns)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, len(model.limits)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.zeros(count)
    lp.col_lower_, lp.col_upper_ = np.zeros(count), np.ones(count)
    lp.row_lower_ = np.full(len(model.limits), -highspy.kHighsInf)
    lp.row_upper_ = np.array(model.limits, dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, 3 * count + 1, 3, dtype=np.int32)
    lp.a_matrix_.index_ = np.array([row for rows in model.members for row in rows], dtype=np.int32)
    lp.a_matrix_.value_ = np.ones(3 * count)
    solver.passModel(lp)
    every = np.arange(count, dtype=np.int32)
    for aim in aims:
        costs = np.array(aim)
        solver.changeColsCost(count, every, costs)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise AuditorError(f"the solver stopped with {solver.getModelStatus()}", hint="plan a shorter time")
        reached = solver.getInfo().objective_function_value
        used = np.flatnonzero(costs).astype(np.int32)
        solver.addRow(reached - _ROUNDING, highspy.kHighsInf, len(used), used, costs[used])
    return [column for column, value in enumerate(solver.getSolution().col_value) if value > _HALF]


def _why(candidate: Candidate, others: Sequence[Candidate], placed: Mapping[str, date]) -> Unplaced:
    if not candidate.days:
        return Unplaced("no_day")
    weeks = {day.isocalendar()[:2] for day in candidate.days}
    rivals = (
        other.account for other in others
        if other.tam == candidate.tam and other.account in placed
        and placed[other.account].isocalendar()[:2] in weeks
    )  # fmt: skip
    return Unplaced("no_capacity", tuple(rivals))
