"""How current databases are, as a command line states it or a stored audit saw it. Base dates are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.accounts.avdb_facts import Databases
from auditor.app.moments import instant_from
from auditor.calendars.durations import parse_duration
from auditor.calendars.zones import load_zone
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.reporting.reader import StoredResult

SETTING = "info.DatabasesDate"
"""Where the version output of a Linux host holds it. Results keep the date of no other product."""


UNKNOWN = "unknown"
_HINT = "write 2026-12-04T13:00Z; a time without offset is UTC, as base dates are; or unknown"


@dataclass(frozen=True, slots=True)
class Stated:
    """What was stated, "" where nothing was. `audit` is a stored result that knows the databases of `host`.

    `host_zone` is needed when that host printed the date without saying in which zone.
    """

    db_date: str = ""
    latest: str = ""
    tolerance: str = ""
    audit: Path | None = None
    host: str = ""
    host_zone: str = ""

    def databases(self) -> Databases:
        """The dates with their tolerance. UsageProblem for what contradicts itself or cannot be read."""
        tolerance = parse_duration(self.tolerance or "0min")
        if tolerance.business:
            raise UsageProblem("the tolerance is calendar time", hint="write 90min or 24h")
        latest, tolerated = _release_date(self.latest), timedelta(seconds=tolerance.seconds)
        if self.audit is None:
            return Databases(_release_date(self.db_date), latest, tolerated)
        if self.db_date or not self.host:
            message = "the audit says when, once the host is named" if not self.host else "two dates of the databases"
            raise UsageProblem(message, hint="state --from-audit with --host, or --db-date alone")
        date = database_date(self.audit, self.host, self.host_zone)
        return Databases(date, latest, tolerated, f"{self.host}, {self.audit.name}")


def _release_date(text: str) -> datetime | None:
    """An instant; None for one that is unknown. A date alone is none: databases are released many times a day."""
    stated = text.strip()
    if stated.lower() in {"", UNKNOWN}:
        return None
    if len(stated) <= len("2026-12-04"):
        raise UsageProblem(f"{text!r} has no time of day, and databases are released many times a day", hint=_HINT)
    return instant_from(stated, load_zone("UTC"))


def database_date(result: Path, host: str, zone: str = "") -> datetime:
    """The instant (UTC) at which the databases of a host were released, as the audit saw it.

    Hosts print the date in their local time, mostly without saying which: then `zone` (an IANA name) is needed.
    UsageProblem when the result does not hold the date, or when the zone is needed and not given; ResultError for a
    result that cannot be read.
    """
    from auditor.reporting.reader import load_result

    stated = set(_dates(load_result(result), host))
    if not stated:
        hint = "results hold it for Linux hosts whose kesl-control --app-info was collected; else state --db-date"
        raise UsageProblem(f"no release date of databases for the host {host!r}", where=str(result), hint=hint)
    if len(stated) > 1:
        raise UsageProblem(
            f"several release dates of databases for {host!r}: {', '.join(sorted(stated))}",
            where=str(result),
            hint="state the right one with --db-date",
        )
    return _instant(stated.pop(), host, zone)


def _dates(result: StoredResult, host: str) -> Iterator[str]:
    wanted = host.casefold()
    for verdict in result.verdicts():
        subject = verdict["subject"]
        if wanted not in {str(subject.get(name, "")).casefold() for name in ("key", "name")}:
            continue
        for evidence in verdict.get("evidence", ()):
            if evidence.get("setting") == SETTING and isinstance(evidence.get("value"), str):
                yield evidence["value"]


def _instant(text: str, host: str, zone: str) -> datetime:
    try:
        stated = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(f"the release date of the databases of {host!r} cannot be read: {text!r}") from error
    if stated.tzinfo is not None:
        return stated.astimezone(UTC)
    if not zone:
        message = f"the databases of {host!r} were released at {text}, in the local time of the host"
        raise UsageProblem(message, hint="name the host's zone with --host-zone, such as Europe/Madrid")
    return instant_from(text, load_zone(zone))
