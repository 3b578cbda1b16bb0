"""What is asked for: a report of some kind about some time, from the words of a person or from what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from auditor.accounts.accounts import Account, check_language
from auditor.accounts.reports.daily import day_period, window
from auditor.accounts.reports.definitions import Definition, check_recipients
from auditor.accounts.reports.heading import Heading, Kind
from auditor.accounts.reports.periods import (
    Period,
    contract_quarter,
    days,
    holding,
    parse_day,
    parse_period,
    quarter,
)
from auditor.accounts.reports.selection import Selection
from auditor.app.service_reports.gathering import Span
from auditor.errors import UsageProblem
from auditor.model.events import digest

if TYPE_CHECKING:
    from auditor.accounts.reports.material import Terms

FORMATS = ("html", "csv", "json")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ask:
    """A report that is asked for. `correct` is why a new version is made though there is one; "" makes none.

    Without languages it speaks those of the account, without recipients it is for those who usually get it.
    """

    account: str
    kind: Kind
    period: Period
    due_at: datetime | None = None
    selection: Selection = field(default_factory=Selection)
    definition: str = ""
    definition_name: str = ""
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = FORMATS
    recipients: tuple[str, ...] = ()
    correct: str = ""

    def check(self) -> None:
        """UsageProblem or ContentError for a format, language, recipient or selection that does not exist."""
        for form in self.formats:
            if form not in FORMATS:
                raise UsageProblem(f"no format is named {form}", hint=f"there are {', '.join(FORMATS)}")
        for language in self.languages:
            check_language(language)
        check_recipients(self.recipients)
        self.selection.check()

    def heading(self, made_at: datetime, version: int = 1, corrects: str = "") -> Heading:
        """The heading of a version of it."""
        return Heading(
            kind=self.kind,
            period=self.period,
            made_at=made_at,
            due_at=self.due_at,
            version=version,
            corrects=corrects,
            why=self.correct if corrects else "",
            definition=self.definition,
            definition_name=self.definition_name,
            variant=self._variant(),
        )

    def span(self, account: Account, made_at: datetime) -> Span:
        """What has to be read for it; UsageProblem for a period that has not begun."""
        if self.kind == "daily":
            start, end = window(account, self.period.first)
            if made_at < end:
                message = f"the cut-off of {self.period.first} ({account.daily_cutoff} local time) has not come"
                raise UsageProblem(message, hint="name a day before")
            return Span(start, end, critical=True)
        if made_at <= self.period.start:
            raise UsageProblem(f"the period {self.period.key} has not begun", hint="name one that has")
        if made_at < self.period.end and self.kind != "on_demand":
            hint = "auditor service-report on-demand tells how things stand now"
            raise UsageProblem(f"the period {self.period.key} is not over", hint=hint)
        return Span(self.period.start, min(self.period.end, made_at))

    def _variant(self) -> str:
        """Reports on demand with other filters or columns are other reports."""
        if self.kind != "on_demand" or self.selection == Selection():
            return ""
        chosen = {"filters": self.selection.filters.to_document(), "columns": list(self.selection.columns)}
        return digest(chosen)[:12]


def asked_day(account: Account, text: str, now: datetime) -> Period:
    """The day that is meant; without text the last one whose cut-off has come."""
    if text:
        return day_period(parse_day(text), account.time_zone)
    today = now.astimezone(account.zone).date()
    for day in (today, today - _ONE_DAY, today - 2 * _ONE_DAY):
        try:
            if window(account, day)[1] <= now:
                return day_period(day, account.time_zone)
        except UsageProblem:
            continue
    raise UsageProblem("no cut-off has come yet", hint="name a day")


def asked_quarter(account: Account, text: str, terms: Sequence[Terms], now: datetime) -> Period:
    """The quarter that is meant: 2026-Q3, a day of a quarter, or without text the one that ended last.

    A day, and no text, mean a quarter of the contract where a contract says so.
    """
    if "-Q" in text or ".." in text:
        return parse_period(text, account.time_zone)
    day = parse_day(text) if text else now.astimezone(account.zone).date()
    period = _quarter_of(account, terms, day)
    return period if text else _quarter_of(account, terms, period.first - _ONE_DAY)


def _quarter_of(account: Account, terms: Sequence[Terms], day: date) -> Period:
    for one in terms:
        contract = one.contract
        if by_contract(one) and contract.valid_from <= day < contract.end:
            return contract_quarter(contract.valid_from, day, account.time_zone)
    return quarter(day, account.time_zone)


def by_contract(terms: Terms) -> bool:
    """Whether a contract settles that its reports follow its own quarters."""
    settled = terms.contract.overrides.get("report_quarter", {})
    return bool(settled.get("value") == "contract")


def asked_range(account: Account, first: str, last: str) -> Period:
    """The range of local days that is meant."""
    return days(parse_day(first), parse_day(last), account.time_zone)


def asked_period(account: Account, definition: Definition, text: str, now: datetime) -> Period:
    """The period of a definition that is meant; without text the one that ended last."""
    if text:
        period = parse_period(text, account.time_zone)
        if period != holding(definition.cadence, period.first, account.time_zone):
            hint = "name one such as 2026-Q3, 2026-07 or 2026-W30"
            raise UsageProblem(f"{text} is no period of a {definition.cadence} report", hint=hint)
        return period
    present = holding(definition.cadence, now.astimezone(account.zone).date(), account.time_zone)
    return holding(definition.cadence, present.first - _ONE_DAY, account.time_zone)
