"""The tables of a period's report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from auditor.reporting.service.clock_words import deadline, response
from auditor.reporting.service.common import Json
from auditor.reporting.service.model import Cell, Column, Table
from auditor.reporting.service.speech import Speech

_STYLES = {
    **dict.fromkeys(("title", "reason", "steps", "sha256"), "long"),
    **dict.fromkeys(("product", "contract", "detection", "quota_period", "patch"), "middle"),
    **dict.fromkeys(("state", "kind", "type", "response", "limit"), "short"),
    **dict.fromkeys(("at", "submitted_at", "deadline", "responded_at", "ended_at", "delivered"), "time"),
    **dict.fromkeys(("used", "left", "beyond", "taken", "returned"), "num"),
}


def _table(name: str, columns: Sequence[str], rows: Iterable[Iterator[Cell]], speech: Speech) -> Table:
    heads = tuple(_heads(columns, speech))
    made = tuple(tuple(row) for row in rows)
    return Table(speech.say(name), heads, made, row_heads=True, empty=speech.say(f"none_{name}"))


def _heads(columns: Iterable[str], speech: Speech) -> Iterator[Column]:
    return (Column(speech.say(f"column_{name}"), _STYLES.get(name, "")) for name in columns)


# --- requests ------------------------------------------------------------------------------------------------


def request_list(document: Json, speech: Speech) -> Table:
    """Every request of the period, with the columns that were asked for."""
    chosen = document["selection"]["columns"]
    rows = (tuple(_STATED[name](incident, speech) for name in chosen) for incident in document["incidents"])
    heads = tuple(_heads(chosen, speech))
    name = speech.say("section_list")
    return Table(name, heads, tuple(rows), heading=False, row_heads=True, empty=speech.say("none_requests"))


_STATED: Mapping[str, Callable[[Json, Speech], Cell]] = {
    "id": lambda incident, speech: Cell(incident["id"], id=True, small=_flags(incident, speech)),
    "title": lambda incident, speech: Cell(speech.plain(incident["title"])),
    "product": lambda incident, speech: Cell(
        speech.plain(incident["product"]) or speech.say("none_product"), small=speech.plain(incident["product_version"])
    ),
    "type": lambda incident, speech: Cell(speech.one_of("type", incident["type"])),
    "kind": lambda incident, speech: Cell(speech.one_of("kind", incident["kind"])),
    "level": lambda incident, speech: Cell(speech.level(incident["level"]), level=incident["level"]),
    "state": lambda incident, speech: Cell(speech.one_of("state", incident["state"])),
    "submitted_at": lambda incident, speech: Cell(speech.instant(incident["submitted_at"])),
    "deadline": lambda incident, speech: deadline(incident["clock"], speech),
    "responded_at": lambda incident, speech: Cell(speech.instant(incident["clock"]["responded_at"])),
    "response": lambda incident, speech: replace(response(incident["clock"], speech), small=""),
    "ended_at": lambda incident, speech: Cell(speech.instant(incident["ended_at"])),
    "reported_by": lambda incident, speech: Cell(speech.who(incident["reported_by"])),
    "channel": lambda incident, speech: Cell(speech.one_of("channel", incident["channel"])),
}


def _flags(incident: Json, speech: Speech) -> str:
    return ", ".join(speech.one_of("flag", flag) for flag in incident["flags"])


# --- quota ---------------------------------------------------------------------------------------------------


def quota_table(quota: Sequence[Json], speech: Speech) -> Table:
    """What was used of each contract's premium requests."""
    columns = ("contract", "quota_period", "limit", "used", "left", "beyond", "taken", "returned")
    note = speech.say("mark_quota") if any(one["uncertain"] for one in quota) else ""
    rows = (_quota(one, speech) for one in quota)
    return replace(_table("quota", columns, rows, speech), heading=False, note=note)


def _quota(one: Json, speech: Speech) -> Iterator[Cell]:
    limited = one["limit"] is not None
    marks = speech.marks(["uncertain"]) if one["uncertain"] and limited else ()
    yield Cell(speech.plain(one["programme"]), small=speech.plain(one["contract"]))
    yield Cell(speech.say("period_from_to", first=speech.day(one["first"]), last=speech.day(one["last"])), marks)
    yield Cell(speech.number(one["limit"]) if limited else speech.say("quota_unlimited"))
    yield Cell(speech.number(one["used"]), marks)
    yield Cell(speech.number(one["left"]) if limited else "", marks)
    for name in ("beyond", "taken", "returned"):
        yield Cell(speech.number(one[name]))


# --- changes -------------------------------------------------------------------------------------------------


def severity_table(document: Json, speech: Speech) -> Table:
    """Every change of a severity."""
    columns = ("id", "at", "from", "to", "reason", "actor")
    rows = (_severity(one, speech) for one in document["severity_changes"])
    return _table("severity_changes", columns, rows, speech)


def _severity(one: Json, speech: Speech) -> Iterator[Cell]:
    yield Cell(one["incident"], id=True)
    yield Cell(speech.instant(one["at"]))
    yield Cell(speech.level(one["from"]), level=one["from"])
    yield Cell(speech.level(one["to"]), level=one["to"])
    yield Cell(speech.plain(one["reason"]))
    yield Cell(speech.who(one["actor"]))


_BY_CLOCK = "response_time"
"""The reason of what the clock escalated; the share of the time says it already."""


def escalation_table(document: Json, speech: Speech) -> Table:
    """Every escalation, and how many came from the clock or from people."""
    found = document["escalations"]
    columns = ("id", "at", "level", "what", "reason", "told")
    rows = (_escalation(one, speech) for one in found["list"])
    counts = {name: speech.number(found[name]) for name in ("by_clock", "by_person")}
    note = speech.say("escalations_count", **counts) if found["list"] else ""
    return replace(_table("escalations", columns, rows, speech), note=note)


def _escalation(one: Json, speech: Speech) -> Iterator[Cell]:
    fraction = one["fraction"]
    by_person = fraction is None
    yield Cell(one["incident"], id=True)
    yield Cell(speech.instant(one["at"]))
    yield Cell(speech.level(one["level"]), level=one["level"])
    share = speech.say("escalation_share", share="" if by_person else speech.percent(fraction))
    yield Cell(speech.say("escalation_person") if by_person else share)
    yield Cell("" if one["reason"] == _BY_CLOCK else speech.plain(one["reason"]))
    yield Cell(", ".join(speech.told(who) for who in one["to"]))


# --- releases and patches ------------------------------------------------------------------------------------


def release_table(releases: Sequence[Json], speech: Speech) -> Table:
    """Requests for database releases, with the steps of the period."""
    columns = ("id", "title", "detection", "state", "steps")
    rows = (
        iter(
            (
                Cell(one["incident"], id=True),
                Cell(speech.plain(one["title"])),
                Cell(speech.plain(one["detection"] or "")),
                Cell(speech.request_state("avdb", one["state"])),
                _steps(one["steps"], "avdb", speech),
            )
        )
        for one in releases
    )
    return _table("releases", columns, rows, speech)


def private_patch_table(patches: Sequence[Json], speech: Speech) -> Table:
    """Requests for private patches, with the steps of the period."""
    columns = ("id", "title", "product", "state", "steps")
    rows = (
        iter(
            (
                Cell(one["incident"], id=True),
                Cell(speech.plain(one["title"])),
                Cell(speech.plain(f"{one['product']} {one['product_version']}".strip())),
                Cell(speech.request_state("patch", one["state"])),
                _steps(one["steps"], "patch", speech),
            )
        )
        for one in patches
    )
    return _table("private_patches", columns, rows, speech)


def _steps(steps: Sequence[Json], area: str, speech: Speech) -> Cell:
    told = [f"{speech.instant(one['at'])}: {speech.request_state(area, one['to'])}" for one in steps]
    return Cell("\n".join(told))


def patch_table(patches: Sequence[Json], speech: Speech) -> Table:
    """Patches that were delivered, each with its SHA-256."""
    columns = ("patch", "product", "visibility", "delivered", "sha256")
    rows = (_patch(one, speech) for one in patches)
    return _table("patches", columns, rows, speech)


def _patch(one: Json, speech: Speech) -> Iterator[Cell]:
    yield Cell(speech.plain(one["name"] or one["id"]), small=one["incident"] or "")
    yield Cell(speech.plain(f"{one['product'] or ''} {one['version'] or ''}".strip()))
    yield Cell(speech.visibility(one["visibility"]))
    yield Cell(speech.instant(one["delivered_at"]))
    yield Cell(speech.plain(one["sha256"] or ""), code=True)


# --- Health Check --------------------------------------------------------------------------------------------


def check_table(found: Json, speech: Speech) -> Table:
    """Health Checks of the period, and the latest one; said plainly where none is recorded."""
    columns = ("health_check", "contract", "state", "day", "delivered")
    rows = (_check(one, speech) for one in found["engagements"])
    return _table("health_check", columns, rows, speech)


def _check(one: Json, speech: Speech) -> Iterator[Cell]:
    yield Cell(one["id"], id=True)
    yield Cell(speech.plain(one["contract"]))
    yield Cell(speech.one_of("check", one["state"]))
    yield Cell(speech.day(one["day"]) if one["day"] else "")
    yield Cell(speech.instant(one["delivered_at"]))


def finding_table(found: Json, speech: Speech) -> Table:
    """Findings that are still open, by severity; said plainly where nobody knows."""
    if found["status"] != "known":
        return Table(speech.say("open_findings"), (), (), empty=speech.say("none_open_findings"))
    heads = (Column(speech.say("column_severity")), Column(speech.say("count"), "num"))
    rows = tuple(
        (Cell(speech.one_of("finding", one["key"])), Cell(speech.number(one["count"]))) for one in found["by_severity"]
    )
    told = speech.say("open_findings_count", count=found["total"])
    note = speech.say("open_findings_note", findings=told, day=speech.local_day(found["delivered_at"]))
    return Table(speech.say("open_findings"), heads, rows, row_heads=True, note=note)
