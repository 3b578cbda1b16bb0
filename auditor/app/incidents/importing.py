"""History from elsewhere: events of past incidents in any order, repeated without harm (RULE-SLA-13).

Each incident is one transaction: it is recorded whole or not at all. A second import of the same file finds everything
there and records nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.accounts.incidents.acts import Act
from auditor.accounts.incidents.quota import Override
from auditor.app.accounts import loading
from auditor.app.actors import check_actor
from auditor.app.incidents import actions
from auditor.app.incidents.acting import Case
from auditor.app.incidents.following import corrected, route_to_somebody, told_of_quota
from auditor.app.incidents.loading import ident_of, load_clock, load_incident
from auditor.app.incidents.opening import Opening, record
from auditor.app.incidents.staff import Office
from auditor.app.moments import instant_from
from auditor.errors import AuditorError, RuleBroken, StoreError, UsageProblem
from auditor.model.events import text_of
from auditor.store.incident_queries import IncidentQueries

if TYPE_CHECKING:
    from auditor.accounts.programmes import Programmes
    from auditor.app.incidents.acting import Decide
    from auditor.app.incidents.import_rows import Row
    from auditor.store.store import Reading, Writing


class Placed(NamedTuple):
    """A row with the instant (UTC) that it means."""

    at: datetime
    row: Row


@dataclass(frozen=True, slots=True)
class Importing:
    """Who imports when, and by which programmes. `actor` is that of rows that name nobody."""

    actor: str
    now: datetime
    programmes: Programmes


@dataclass(frozen=True, slots=True)
class History:
    """The rows of one incident. `named` is an incident of the store, or a number from elsewhere."""

    account: str
    named: str
    rows: tuple[Row, ...]

    @property
    def merges(self) -> bool:
        """Whether it is a duplicate of another one, which must be there before."""
        return any(row.type == "linked" and row.values["relation"] == "duplicate_of" for row in self.rows)


def histories(rows: Sequence[Row], account: str) -> list[History]:
    """Rows incident by incident, duplicates of others last. Rows that name no account belong to `account`, or to that
    of another row of the same incident; UsageProblem when nothing says which."""
    stated = {row.incident: row.account for row in rows if row.account}
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        owner = row.account or stated.get(row.incident, account)
        if not owner:
            raise UsageProblem(f"line {row.line}: the account is missing", hint="state it there, or --account for all")
        grouped.setdefault((owner, row.incident), []).append(row)
    found = [History(owner, named, tuple(group)) for (owner, named), group in grouped.items()]
    return sorted(found, key=lambda one: one.merges)


def record_history(writing: Writing, history: History, importing: Importing) -> tuple[str, int]:
    """Record what is not there yet; gives the incident and the number of its new events. RuleBroken names the line."""
    placed = _placed(writing, history)
    before = writing.head()[0]
    ident = _known(writing, history)
    if ident is None:
        ident = _submit(writing, history, placed, importing)
    for one in placed:
        with _naming(one.row):
            _append(writing, ident, history, one, importing)
    count = writing.head()[0] - before
    if count:
        _follow(writing, ident, importing)
    return ident, count


def _placed(reading: Reading, history: History) -> list[Placed]:
    """Rows in the order in which they happened; those that say the same twice only once."""
    zone = loading.load_account(reading, history.account).zone
    found: dict[Any, Placed] = {}
    for row in history.rows:
        with _naming(row):
            at = instant_from(row.at, zone)
        found.setdefault((at, row.content), Placed(at, row))
    return [found[key] for key in sorted(found)]


def _known(reading: Reading, history: History) -> str | None:
    """The incident of the store; RuleBroken for a number of the store that there is not."""
    if history.named.upper().startswith("INC-"):
        with _naming(history.rows[0]):
            incident = load_incident(reading, history.named)
            if incident.account != history.account:
                raise RuleBroken(f"{incident.id} belongs to {incident.account}", hint="correct the account")
        return incident.id
    return IncidentQueries(reading).external(history.account).get(history.named)


def _submit(writing: Writing, history: History, placed: Sequence[Placed], importing: Importing) -> str:
    submissions = [one for one in placed if one.row.type == "submitted"]
    if not submissions:
        raise RuleBroken(
            f"line {history.rows[0].line}: {history.named} was never submitted", hint="add its row `submitted`"
        )
    at, row = submissions[0]
    act = _act(row, at, importing)
    with _naming(row):
        ident = record(writing, _opening(history, row, act), act, importing.programmes).ident
        external = actions.link("external", history.named)
        writing.append(*external(_case(writing, ident, act)))
    return ident


def _opening(history: History, row: Row, act: Act) -> Opening:
    values = row.values
    reason = values.get("override_reason", "")
    return Opening(
        account=history.account,
        title=values["title"],
        level=values["level"],
        reported_by=values["reported_by"],
        channel=values.get("channel", "portal"),
        type=values.get("request_type", "incident"),
        kind=values.get("kind"),
        description=values.get("description", ""),
        product=values.get("product", ""),
        product_version=values.get("product_version", ""),
        contract=values.get("contract", ""),
        override=Override(act.actor, reason) if reason else None,
    )


def _append(writing: Writing, ident: str, history: History, one: Placed, importing: Importing) -> None:
    if one.row.type == "submitted":
        _check_submission(writing, ident, one)
        return
    act = _act(one.row, one.at, importing)
    check_actor(writing, act.actor)
    case = _case(writing, ident, act)
    values = {**one.row.values}
    if values.get("relation") == "duplicate_of":
        values["other"] = _original(writing, history, values["other"])
    if not _there(case, one, values):
        writing.append(*_DECISIONS[one.row.type](values)(case))


def _there(case: Case, one: Placed, values: Mapping[str, Any]) -> bool:
    """Whether it is recorded already; who imports matters only where the row names somebody."""
    said = {place: values[name] for name, place in _PLACES[one.row.type].items() if name in values}
    return any(
        event.type == one.row.type
        and (event.at == one.at or event.type == "linked")
        and (not one.row.actor or event.actor == one.row.actor)
        and all(_plain(event.payload.get(place)) == _plain(value) for place, value in said.items())
        for event in case.incident.events
    )


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _check_submission(reading: Reading, ident: str, one: Placed) -> None:
    incident = load_incident(reading, ident)
    same = (incident.title, incident.levels[0].level) == (one.row.values["title"].strip(), one.row.values["level"])
    if incident.submitted_at != one.at or not same:
        raise RuleBroken(
            f"{ident} was submitted otherwise, at {text_of(incident.submitted_at)} with level "
            f"{incident.levels[0].level}: {incident.title}",
            hint="a submission is recorded once; correct the row",
        )


def _original(reading: Reading, history: History, named: str) -> str:
    if named.upper().startswith("INC-"):
        return ident_of(named)
    known = IncidentQueries(reading).external(history.account).get(named)
    if known is None:
        raise RuleBroken(f"there is no incident {named!r} that it could be a duplicate of")
    return known


def _follow(writing: Writing, ident: str, importing: Importing) -> None:
    """What is still open is given to somebody now; what was told and is wrong by what is known now is marked."""
    act = Act(importing.actor, importing.now, importing.now, imported=True)
    office = Office(writing)
    incident = load_incident(writing, ident)
    if incident.waiting and incident.routed is None:
        route_to_somebody(writing, office, ident, act)
    told_of_quota(writing, office, incident, act)
    corrected(writing, load_clock(writing, incident), act)


def _act(row: Row, at: datetime, importing: Importing) -> Act:
    return Act(row.actor or importing.actor, at, importing.now, imported=True)


def _case(writing: Writing, ident: str, act: Act) -> Case:
    incident = load_incident(writing, ident)
    return Case(writing, incident, load_clock(writing, incident), act, Office(writing))


@contextmanager
def _naming(row: Row) -> Iterator[None]:
    try:
        yield
    except StoreError:
        raise
    except AuditorError as error:
        raise RuleBroken(f"line {row.line}: {error.message}", hint=error.hint) from error


_PLACES: Mapping[str, Mapping[str, str]] = {
    "phone_called": {"line": "line"},
    "acknowledged_auto": {},
    "qualified_answer": {"text": "analysis"},
    "info_requested": {"wanted": "wanted"},
    "info_received": {"text": "text"},
    "severity_changed": {"level": "to", "reason": "reason"},
    "kind_changed": {"kind": "to", "reason": "reason"},
    "escalated": {"reason": "reason"},
    "resolved": {"text": "summary"},
    "reopened": {"reason": "reason"},
    "closed": {},
    "cancelled": {"reason": "reason"},
    "note": {"text": "text"},
    "linked": {"relation": "relation", "other": "other"},
}
"""Column of a row -> where its value stands in the event."""


def _beyond(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """A unit beyond the quota is allowed by whoever did the change."""
    return ("", row["override_reason"]) if row.get("override_reason") else None


_DECISIONS: Mapping[str, Callable[[Mapping[str, Any]], Decide]] = {
    "phone_called": lambda row: actions.call(row["by"], row.get("line", "priority")),
    "acknowledged_auto": lambda _: actions.acknowledge(),
    "qualified_answer": lambda row: actions.answer(row["text"], row.get("author", ""), row.get("wanted", ())),
    "info_requested": lambda row: actions.request_info(row["wanted"]),
    "info_received": lambda row: actions.receive_info(row["text"]),
    "severity_changed": lambda row: actions.severity(row["level"], row["reason"]),
    "kind_changed": lambda row: actions.kind(row["kind"], row["reason"], _beyond(row)),
    "escalated": lambda row: actions.escalate(row["reason"], row.get("to", ())),
    "resolved": lambda row: actions.resolve(row["text"]),
    "reopened": lambda row: actions.reopen(row["reason"]),
    "closed": lambda _: actions.close(),
    "cancelled": lambda row: actions.cancel(row["reason"]),
    "note": lambda row: actions.note(row["text"], internal=row.get("internal", True)),
    "linked": lambda row: (
        actions.merge(row["other"])
        if row["relation"] == "duplicate_of"
        else actions.link(row["relation"], row["other"])
    ),
}
