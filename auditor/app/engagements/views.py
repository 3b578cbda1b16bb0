"""Answers of `auditor engagement` about agreeing: requests, offers, agreements, lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

from auditor.app.accounts import loading
from auditor.app.accounts.showing import Sheet, when, write_json
from auditor.app.engagements import guiding, inviting, negotiating
from auditor.app.engagements.circles import STREAM, load_engagement
from auditor.app.engagements.participants import Register
from auditor.app.engagements.wording import objection_words
from auditor.app.moments import day_from, instant_from
from auditor.calendars.zones import load_zone
from auditor.engagement.rows import document_of
from auditor.engagement.state import REQUIRED

if TYPE_CHECKING:
    from auditor.app.accounts.saving import Act
    from auditor.app.accounts.session import Session
    from auditor.engagement.state import Engagement
    from auditor.store.store import Writing

Values = Mapping[str, Any]
Step: TypeAlias = Callable[["Writing", "Act"], "Engagement"]


def request(session: Session, account: str, values: Values, stream: TextIO) -> None:
    """Open an engagement and say what comes next."""
    preferred = {
        name: day_from(values[name]).isoformat() for name in ("preferred_from", "preferred_to") if values[name]
    }
    wanted = {**values, "preferred": {name.removeprefix("preferred_"): day for name, day in preferred.items()} or None}
    with session.writing() as (writing, act):
        found = negotiating.request(writing, account, wanted, session.programmes, act)
    stream.write(f"{found.id} requested for {account}; account manager {found.tam}, zone {found.zone}\n")
    stream.write(f"Next: auditor engagement propose {found.id}\n")


def propose(session: Session, ident: str, count: int, stream: TextIO) -> None:
    """The first feasible days, and why each nearer day is out; written down as proposed."""
    with session.writing() as (writing, act):
        made = negotiating.propose(writing, ident, session.programmes, act, count)
    if session.style == "json":
        against = [
            {"day": day.isoformat(), "objections": [{"rule": one.rule, "words": objection_words(one)} for one in found]}
            for day, found in made.against
        ]
        write_json({"id": ident, "days": [day.isoformat() for day in made.days], "against": against}, stream)
        return
    sheet = Sheet(stream)
    sheet.title(f"{ident}: days that would do if both sides agreed today")
    sheet.line(", ".join(f"{day:%a} {day.isoformat()}" for day in made.days) or "none is known")
    sheet.section("Nearer days, and what speaks against each")
    rows = [
        (f"{day:%a} {day.isoformat()}", "; ".join(objection_words(one) for one in found)) for day, found in made.against
    ]
    sheet.grid(("day", "out because"), rows, "There is no nearer day.")
    sheet.write()


def agree(session: Session, ident: str, values: Values, stream: TextIO) -> None:
    """Circumstances that are named are set first; then the side agrees to the day. Either may undo an agreement."""
    with session.writing() as (writing, act):
        before = load_engagement(writing, ident)
        register = Register(writing, before.account, session.programmes, act)
        named = {name: _circumstance(name, values[name], register) for name in REQUIRED if values[name]}
        found = negotiating.set_circumstances(writing, ident, named, act) if named else before
        undone = before.state == "agreed" and found.state != "agreed"
        called_off = inviting.call_off(writing, ident, act) if undone else None
        if values["side"]:
            zone = load_zone(found.zone)
            at = instant_from(values["at"], zone) if values["at"] else act.at
            consent = negotiating.Consent(values["side"], values["by"] or act.actor, day_from(values["day"]), at)
            if found.state == "agreed" and consent.day != found.start_day:
                called_off = inviting.call_off(writing, ident, act)
            found = negotiating.agree(writing, ident, consent, session.programmes, act)
        invitation = inviting.invite(writing, ident, act) if found.state == "agreed" and values["side"] else None
    for guest in register.guests:
        stream.write(f"contact {guest} saved: takes part, and may send no requests\n")
    _say_state(found, stream)
    inviting.write(called_off, values["out"], stream)
    inviting.write(invitation, values["out"], stream)
    if invitation is not None:
        guiding.write(found, values["out"], stream)


def reschedule(session: Session, ident: str, reason: str, out: Path | None, stream: TextIO) -> None:
    """Take the agreed day back; an invitation that went out is called off."""
    _call_off(session, ident, lambda writing, act: negotiating.reschedule(writing, ident, reason, act), out, stream)


def cancel(session: Session, ident: str, reason: str, out: Path | None, stream: TextIO) -> None:
    """End it before it began; an invitation that went out is called off."""
    _call_off(session, ident, lambda writing, act: negotiating.cancel(writing, ident, reason, act), out, stream)


def _call_off(session: Session, ident: str, step: Step, out: Path | None, stream: TextIO) -> None:
    with session.writing() as (writing, act):
        called_off = inviting.call_off(writing, ident, act)
        found = step(writing, act)
    _say_state(found, stream)
    inviting.write(called_off, out, stream)


def override(session: Session, ident: str, taken: negotiating.TakenOn, stream: TextIO) -> None:
    """A named person takes a rule on."""
    with session.writing() as (writing, act):
        negotiating.override(writing, ident, taken, act)
    stream.write(f"{ident}: the rule {taken.rule} is set aside by {taken.by}; the report will say so\n")


def change_tam(session: Session, ident: str, change: negotiating.Change, out: Path | None, stream: TextIO) -> None:
    """Another person holds the engagement; when a day is agreed, the invitation is written anew."""
    with session.writing() as (writing, act):
        found = negotiating.change_tam(writing, ident, change, session.programmes, act)
        invitation = inviting.invite(writing, ident, act) if found.state == "agreed" else None
    stream.write(f"{ident} is held by {change.tam}\n")
    inviting.write(invitation, out, stream)


def listing(session: Session, account: str, state: str, stream: TextIO) -> None:
    """Engagements, the latest last."""
    with session.reading() as (reading, _):
        columns = {name: value for name, value in (("account", account), ("state", state)) if value}
        found = list(reading.documents(STREAM, **columns).values())
    if session.style == "json":
        write_json(found, stream)
        return
    sheet = Sheet(stream)
    rows = [(one["id"], one["account"], one["state"], one["start_day"] or "-", one["tam"]) for one in found]
    sheet.grid(("id", "account", "state", "day", "TAM"), rows, "There is no engagement.")
    sheet.write()


def show(session: Session, ident: str, stream: TextIO) -> None:
    """Everything that is known about one engagement."""
    with session.reading() as (reading, _):
        found = load_engagement(reading, ident)
        names = {one.by: _name(reading, one.by) for one in found.agreements}
    if session.style == "json":
        write_json(document_of(found), stream)
        return
    zone = load_zone(found.zone)
    sheet = Sheet(stream)
    sheet.title(f"{found.id}  {found.account}  {found.state.replace('_', ' ')}")
    told = {name: _words(found.circumstances.get(name)) or "not told yet" for name in REQUIRED}
    sheet.facts(
        [
            ("contract", found.contract),
            ("account manager", found.tam),
            ("zone", found.zone),
            ("requested", when(found.requested_at, zone)),
            ("day", found.start_day.isoformat() if found.start_day else "none yet"),
            ("agreed", when(found.agreed_at, zone, "not by both sides")),
            *told.items(),
        ]
    )
    for one in found.agreements:
        sheet.line(f"{one.side} agreed to {one.day.isoformat()} at {when(one.at, zone)} ({names[one.by]})")
    for taken in found.overrides:
        sheet.line(f"rule {taken.rule} set aside by {taken.by}: {taken.reason}")
    for done in found.deliveries:
        sheet.line(f"version {done.version} delivered at {when(done.at, zone)}, manifest {done.manifest[:16]}")
    sheet.write()


def _say_state(found: Engagement, stream: TextIO) -> None:
    day = f" for {found.start_day.isoformat()}" if found.start_day else ""
    stream.write(f"{found.id} is {found.state.replace('_', ' ')}{day}\n")
    if found.state == "negotiating":
        missing = f"; circumstances lack {', '.join(found.missing)}" if found.missing else ""
        stream.write(f"Waiting for: {' and '.join(found.unconfirmed)}{missing}\n")


def _name(reading: Any, by: str) -> str:
    kind, _, ident = by.partition(":")
    return loading.name_of(reading, kind, ident) if kind in {"contact", "person"} else by


def _circumstance(name: str, value: Any, register: Register) -> Any:
    if name == "participants":
        return register.named(value)
    return list(value) if name in {"products", "sources"} else value


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "")
