"""When incidents were open at level 1, and the local days on which that asks for a daily report.

A report is due on every day at whose cut-off an incident is open at level 1, and once more on the day of the first
cut-off after that has ended, also when it began and ended between two cut-offs: the end of a level-1 incident is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.accounts.incidents.lifecycle import OPEN
from auditor.accounts.incidents.state import Incident
from auditor.accounts.reports.periods import cutoff, first_cutoff

CRITICAL = 1
"""The level that daily reports are about."""


@dataclass(frozen=True, slots=True)
class Span:
    """An incident was open at level 1 from `start` (included) to `end` (excluded); None while it still is. UTC."""

    start: datetime
    end: datetime | None

    def holds(self, instant: datetime) -> bool:
        """Whether it was open at level 1 at that instant."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def touches(self, after: datetime, until: datetime) -> bool:
        """Whether any of it, or its end, lies after one instant and not after another."""
        return self.start <= until and (self.end is None or self.end > after)


def critical_spans(incident: Incident) -> list[Span]:
    """When the incident was open at level 1, in order of time."""
    changes = [*incident.levels, None]
    stretches = [
        Span(change.at, after.at if after is not None else None)
        for change, after in zip(incident.levels, changes[1:], strict=True)
        if change.level == CRITICAL
    ]
    opened = [Span(period.since, period.until) for period in incident.periods if period.state in OPEN]
    both = [common for one in opened for other in stretches if (common := _common(one, other)) is not None]
    return _joined(both)


def _common(one: Span, other: Span) -> Span | None:
    start = max(one.start, other.start)
    ends = [end for end in (one.end, other.end) if end is not None]
    end = min(ends) if ends else None
    return Span(start, end) if end is None or start < end else None


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans that follow one another without a gap are one: a change from open state to open state ends nothing."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end == span.start:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def report_days(spans: Iterable[Span], at: str, zone: ZoneInfo, until: datetime) -> list[tuple[date, datetime]]:
    """Every local day that asks for a report, with its cut-off, as far as `until` (included). In their order."""
    found: dict[date, datetime] = {}
    for span in spans:
        found.update(_days_of(span, at, zone, until))
    return sorted(found.items())


def _days_of(span: Span, at: str, zone: ZoneInfo, until: datetime) -> Iterator[tuple[date, datetime]]:
    day, instant = first_cutoff(span.start, at, zone)
    while instant <= until:
        yield day, instant
        if span.end is not None and span.end <= instant:
            return
        day, instant = _next(day, at, zone)


def _next(day: date, at: str, zone: ZoneInfo) -> tuple[date, datetime]:
    found = None
    while found is None:
        day += timedelta(days=1)
        found = cutoff(day, at, zone)
    return day, found
