"""Answers of `auditor engagement plan`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import orjson

from auditor.app.accounts.showing import Sheet, write_json
from auditor.app.engagements.yearplan import Spans, Task, YearPlan, plan_year
from auditor.app.moments import day_from
from auditor.engagement.planning import Capacity, Unplaced
from auditor.errors import ContentError
from auditor.sdk import strict_yaml

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

_RIVALS_SHOWN = 5


def plan(session: Session, values: Mapping[str, Any], stream: TextIO) -> None:
    """Plan and show; nothing is written to the store."""
    task = Task(
        day_from(values["first"]),
        day_from(values["last"]),
        Capacity(values["per_day"], values["per_week"]),
        _wishes(values["wishes"]) if values["wishes"] else {},
        _earlier(values["previous"]) if values["previous"] else {},
    )
    with session.reading() as (reading, at):
        found = plan_year(reading, task, session.programmes, at)
    if session.style == "json":
        write_json(document_of(found), stream)
        return
    _show(found, stream)


def document_of(found: YearPlan) -> dict[str, Any]:
    """The plan as JSON values; `--previous` takes it back."""
    return {
        "schema": "engagement-plan/1",
        "placed": [
            {
                "account": name.partition("/")[0],
                "period": found.periods[name],
                "day": day.isoformat(),
                "tam": found.tams[name],
                "wish_broken": name in found.plan.broken_wishes,
                "moved": name in found.plan.moved,
            }
            for name, day in sorted(found.plan.placed.items())
        ],
        "unplaced": [
            {
                "account": name.partition("/")[0],
                "period": found.periods[name],
                "reason": one.reason,
                "rivals": [rival.partition("/")[0] for rival in one.rivals],
            }
            for name, one in sorted(found.plan.unplaced.items())
        ],
        "agreed": {account: day.isoformat() for account, day in sorted(found.agreed.items())},
        "left_out": dict(sorted(found.left_out.items())),
    }


def _show(found: YearPlan, stream: TextIO) -> None:
    sheet = Sheet(stream)
    broken, moved = set(found.plan.broken_wishes), set(found.plan.moved)
    sheet.title(f"{len(found.plan.placed)} placed, {len(found.plan.unplaced)} not, {len(broken)} wishes broken")
    rows = [
        (day.isoformat(), f"{day:%a}", name.partition("/")[0], found.tams[name], _marks(name, broken, moved))
        for name, day in sorted(found.plan.placed.items(), key=lambda one: (one[1], one[0]))
    ]
    sheet.grid(("day", "", "account", "TAM", ""), rows, "Nobody could be placed.")
    if found.plan.unplaced:
        sheet.section("Not placed")
        for name, one in sorted(found.plan.unplaced.items()):
            sheet.line(f"{name.partition('/')[0]} (period from {found.periods[name]}): {_why(one)}")
    for account, reason in sorted(found.left_out.items()):
        sheet.line(f"{account}: {reason}")
    if found.agreed:
        sheet.section("Agreed before, and kept")
        sheet.grid(("account", "day"), [(name, day.isoformat()) for name, day in sorted(found.agreed.items())], "None.")
    sheet.write()


def _marks(name: str, broken: set[str], moved: set[str]) -> str:
    return ", ".join(word for word, names in (("wish broken", broken), ("moved", moved)) if name in names)


def _why(one: Unplaced) -> str:
    if one.reason == "no_day":
        return "no day of the time is feasible: auditor engagement propose tells what speaks against each"
    shown = ", ".join(rival.partition("/")[0] for rival in one.rivals[:_RIVALS_SHOWN])
    more = f" and {len(one.rivals) - _RIVALS_SHOWN} more" if len(one.rivals) > _RIVALS_SHOWN else ""
    return f"all its days are held by others of the same TAM: {shown}{more}"


def _wishes(path: Path) -> dict[str, Spans]:
    """account -> preferred spans; ContentError that names what is wrong."""
    read = strict_yaml.load_file(path)
    if not isinstance(read, dict) or not all(isinstance(spans, list) for spans in read.values()):
        raise ContentError("wishes are a mapping: account -> list of {from, to}", where=str(path))
    return {str(account): [_span(span, f"{path}, {account}") for span in spans] for account, spans in read.items()}


def _span(span: Any, where: str) -> tuple[date, date]:
    if not isinstance(span, dict) or set(span) != {"from", "to"}:
        raise ContentError("a wish has from and to, and nothing else", where=where)
    return day_from(str(span["from"])), day_from(str(span["to"]))


def _earlier(path: Path) -> dict[str, date]:
    """The dates of a plan that was made before."""
    try:
        read = orjson.loads(path.read_bytes())
        return {f"{one['account']}/{one['period']}": day_from(one["day"]) for one in read["placed"]}
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ContentError(
            "not a plan", where=str(path), hint="auditor engagement plan --format json writes one"
        ) from error
