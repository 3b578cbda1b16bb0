"""The measured figures as Markdown: one table of times and ratios, one of goals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measure import ratio
from benchmarks.suite import PEERS, TWICE, VARIETIES, ZIPPED, Run, slope

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
START = "start: python -c pass"


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that the project wants to stay within: `at_most`, or at least `limit`.

    `doubt` says why the figure proves nothing; the goal then counts as not met.
    """

    words: str
    value: float
    limit: float
    unit: str = "x"
    at_most: bool = True
    doubt: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure, as shown, is within the limit."""
        shown = round(self.value, 2)
        return not self.doubt and (shown <= self.limit if self.at_most else shown >= self.limit)

    @property
    def verdict(self) -> str:
        """Met, not met, or why that cannot be told."""
        return self.doubt or ("met" if self.met else "**not met**")

    def row(self) -> str:
        """A row of the table of goals."""
        word = "at most" if self.at_most else "at least"
        figure = f"{self.value:.2f}{self.unit}" if self.unit in ("x", "") else f"{self.value:.0f} {self.unit}"
        limit = f"{self.limit:g}{self.unit}" if self.unit in ("x", "") else f"{self.limit:g} {self.unit}"
        if math.isnan(self.value):
            return f"| {self.words} | {word} {limit} | - | too little work to tell |"
        return f"| {self.words} | {word} {limit} | {figure} | {self.verdict} |"


def bases(run_: Run) -> dict[str, str]:
    """Case -> the case that it is compared with."""
    found: dict[str, str] = {}
    for name in run_.cases:
        head, _, rest = name.partition(": ")
        if rest == TWICE:
            found[name] = f"{head}: floor"
        elif rest == "audit, 2 processes":
            found[name] = f"{head}: audit, 1 process"
        elif rest.startswith("audit") and f"{head}: floor" in run_.cases:
            found[name] = f"{head}: floor"
        elif head == "the same rules" and rest in PEERS:
            found[name] = "the same rules: audit"
        elif head == "start" and name != START:
            found[name] = START
    return found


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _row(run_: Run, name: str, base: str | None) -> str:
    figures, items = run_.median(name), run_.cases[name].items
    each = f"{figures.cpu / items * 1e6:,.0f}" if items > 1 else ""
    cells = [name, _time(figures.wall), _time(figures.cpu), each, f"{figures.peak:.0f}"]
    if base is None:
        cells += ["", "", ""]
    else:
        both = [ratio(run_.samples[name], run_.samples[base], figure) for figure in ("wall", "cpu")]
        cells += [base.removeprefix("start: "), *(f"{value:.2f}x" for value in both)]
    return f"| {' | '.join(cells)} |"


def figures(run_: Run) -> list[str]:
    """Every case: medians, and medians of the ratios within each round."""
    lines = [
        "| case | wall | CPU | µs an item | peak MB | against | wall ratio | CPU ratio |",
        "| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: |",
    ]
    against = bases(run_)
    return lines + [_row(run_, name, against.get(name)) for name in run_.cases]


def _steps(run_: Run, variety: str, what: str) -> list[str]:
    usual = run_.sizes.exports
    return [f"{variety}: {what}" if n == usual else f"{variety}, {n:,}: {what}" for n in run_.sizes.steps]


def growth(run_: Run) -> list[Goal]:
    """How CPU time and memory grow with the number of exports and devices."""
    start, goals = run_.median("start: audit of one export"), []
    few, many = run_.sizes.steps[0], run_.sizes.steps[-1]
    for variety in ("realistic", "shared"):
        names = _steps(run_, variety, "audit, 1 process")
        power = slope(run_, names, start.cpu)
        goals.append(Goal(f"{variety}: CPU time grows with exports to the power of", power, 1.05, ""))
        memory = run_.median(names[-1]).peak / run_.median(names[0]).peak
        goals.append(Goal(f"{variety}: memory at {many:,} against {few:,} exports", memory, 1.25))
    few, many = run_.sizes.device_steps[0], run_.sizes.device_steps[-1]
    names = [f"{n:,} devices, one file: audit" for n in (few, many)]
    goals.append(Goal("devices: CPU time grows with devices to the power of", slope(run_, names, start.cpu), 1.05, ""))
    memory = run_.median(names[1]).peak / run_.median(names[0]).peak
    goals.append(Goal(f"devices: memory at {many:,} against {few:,} devices", memory, 1.25))
    return goals


def busy(run_: Run, variety: str) -> str:
    """Why the two processes of a variety prove nothing: a second floor beside the first found no free core."""
    longer = ratio(run_.samples[f"{variety}: {TWICE}"], run_.samples[f"{variety}: floor"], "wall")
    return "cannot be told: no second core was free" if longer > 1.25 else ""


def goals(run_: Run) -> list[Goal]:
    """What the project wants, with what was measured."""

    def against(name: str, base: str, figure: str = "cpu") -> float:
        return ratio(run_.samples[name], run_.samples[base], figure)

    found = []
    for variety in VARIETIES:
        one, two = f"{variety}: audit, 1 process", f"{variety}: audit, 2 processes"
        limit = 1.0 if variety == "shared" else 1.5
        found.append(Goal(f"{variety}: audit against the floor, CPU", against(one, f"{variety}: floor"), limit))
        faster = against(one, two, "wall")
        words = f"{variety}: two processes faster than one, wall"
        found.append(Goal(words, faster, 1.7, at_most=False, doubt=busy(run_, variety)))
        for words, name in (("1 process", one), ("2 processes together", two)):
            found.append(Goal(f"{variety}: peak memory, {words}", run_.median(name).peak, 150, "MB"))
    found.append(Goal(f"{ZIPPED}, peak memory", run_.median(ZIPPED).peak, 150, "MB"))
    dumps = [name for name in run_.cases if name.startswith(f"{run_.sizes.devices:,} devices") and "audit" in name]
    for name in dumps:
        base = name.replace(": audit", ": floor")
        found.append(Goal(f"{name} against the floor, CPU", against(name, base), 1.5))
        found.append(Goal(f"{name}, peak memory", run_.median(name).peak, 150, "MB"))
    for name, limit in (("auditor --version", 4), ("auditor --help", 8)):
        found.append(Goal(f"{name} against python -c pass, CPU", against(f"start: {name}", START), limit))
    for name in ("audit of one export", "audit of one export and all reports"):
        found.append(Goal(f"{name} against python -c pass, CPU", against(f"start: {name}", START), 25))
    return found + growth(run_)


def goal_table(found: Sequence[Goal]) -> list[str]:
    """The goals, with their number and how many are met."""
    met = sum(goal.met for goal in found)
    lines = [
        f"{met} of {len(found)} goals are met.",
        "",
        "| goal | wanted | measured | |",
        "| --- | ---: | ---: | --- |",
    ]
    return lines + [goal.row() for goal in found]


def replace_between(page: str, text: str) -> str:
    """The page with what stands between the markers replaced; ValueError when it lacks them."""
    head, found, rest = page.partition(BEGIN)
    _, closed, tail = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"no {BEGIN} ... {END} in the page")
    return f"{head}{BEGIN}\n\n{text}\n{END}{tail}"
