"""The values of a programme as people read them: one list for every way to print them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auditor.accounts.programme_saying import Sayings, with_badge
from auditor.accounts.programmes import ENTITLEMENTS, FACTS, LEVELS, Cell, Programme

OVERVIEW = ("edition", "premium_quota", "level_1")
"""What a list says of each programme."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a programme as it is printed: `text` in the reader's language, `value` as the file states it.

    Whoever prints `text` prints the badge of `marks` with it; `note` says why they are set.
    """

    name: str
    label: str
    text: str
    value: Any
    unit: str = ""
    alternative_unit: str = ""
    marks: tuple[str, ...] = ()
    note: str = ""
    source: str = ""

    @property
    def marked(self) -> str:
        """The text with its badge."""
        return with_badge(self.text, self.marks)


def facts(programme: Programme, sayings: Sayings) -> list[Fact]:
    """Every value of a programme in the order in which people read them."""
    cells = dict(programme.cells())
    paid = Fact("paid", sayings.label("paid"), _yes_or_no(programme.paid, sayings), programme.paid)
    return [
        _fact("edition", cells["edition"], sayings),
        paid,
        *(_fact(name, cells[name], sayings) for name in FACTS),
        *(_level(programme, level, sayings) for level in LEVELS),
        _avdb(programme, sayings),
        _fact("avdb_progress", cells["avdb_progress"], sayings),
        *(_fact(name, cells[name], sayings) for name in ENTITLEMENTS if name != "avdb"),
    ]


def statements(programme: Programme, sayings: Sayings) -> Iterator[Fact]:
    """The steps and terms of a programme; open questions say that they are open."""
    for step in programme.avdb_steps:
        label = str(step.number)
        yield _stated(f"avdb_step_{step.number}", label, step.say(sayings.language), step.cell, sayings)
    for term in programme.terms:
        words = term.say(sayings.language)
        text = words if term.cell.value else sayings.phrases.say("open_question", question=words)
        yield _stated(f"term_{term.about}", sayings.phrases.say(f"head_about_{term.about}"), text, term.cell, sayings)


def _fact(name: str, cell: Cell, sayings: Sayings) -> Fact:
    return _stated(name, sayings.label(name), sayings.cell_text(name, cell), cell, sayings)


def _stated(name: str, label: str, text: str, cell: Cell, sayings: Sayings) -> Fact:
    note = cell.note_in(sayings.language)
    return Fact(name, label, text, cell.value, marks=cell.marks, note=note, source=cell.source)


def _avdb(programme: Programme, sayings: Sayings) -> Fact:
    """With the number of steps, where a release on request is offered."""
    cell, steps = programme.entitlements["avdb"], len(programme.avdb_steps)
    text = sayings.cell_text("avdb", cell)
    if cell.value is True and steps:
        text = sayings.phrases.say("value_yes_steps", count=steps)
    return _stated("avdb", sayings.label("avdb"), text, cell, sayings)


def _level(programme: Programme, level: int, sayings: Sayings) -> Fact:
    target = programme.targets[level]
    return Fact(
        name=f"level_{level}",
        label=sayings.level(level),
        text=sayings.target_text(target),
        value=target.value,
        unit=target.unit or "",
        alternative_unit=target.alternative_unit or "",
        marks=target.marks,
        note=sayings.target_note(target),
        source=target.source,
    )


def _yes_or_no(value: bool, sayings: Sayings) -> str:
    return sayings.phrases.say("value_yes" if value else "value_no")
