"""What was made: the list of reports, the very bytes of each file, and whether they can be made again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from auditor.accounts.reports.building import build
from auditor.accounts.reports.daily import day_period
from auditor.accounts.reports.periods import Period, parse_period
from auditor.accounts.reports.selection import Filters, Selection
from auditor.app.service_reports.asking import Ask
from auditor.app.service_reports.gathering import account_at, gather, kept_terms
from auditor.errors import StoreError, UsageProblem
from auditor.model.events import Event, instant_of
from auditor.store.report_queries import ReportQueries

if TYPE_CHECKING:
    from auditor.accounts.reports.heading import Kind
    from auditor.store.store import Reading

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LIST = "auditor service-report list shows those that there are"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a report: its bytes are those that were made."""

    report: str
    language: str
    format: str
    sha256: str

    @property
    def file_name(self) -> str:
        """A name for it: acme-quarterly-2026-Q3-1.es.html."""
        stem = _UNSAFE.sub("-", self.report)
        return f"{stem}.{self.language}.{self.format}" if self.language else f"{stem}.{self.format}"


def load(reading: Reading, ident: str) -> dict[str, Any]:
    """What is recorded of a report, with all that became of it; UsageProblem when there is none."""
    found = reading.document("report", ident)
    if found is None:
        raise UsageProblem(f"there is no report {ident}", hint=_LIST)
    return found


def files_of(report: Mapping[str, Any], ident: str, languages: tuple[str, ...], formats: tuple[str, ...]) -> list[Kept]:
    """The kept files of a report that are asked for; without languages or formats all of them.

    UsageProblem when it was not made in a language or format.
    """
    kept = [Kept(ident, one["language"], one["format"], one["sha256"]) for one in report["files"]]
    for name, wanted, there in (
        ("format", formats, {one.format for one in kept}),
        ("language", languages, {one.language for one in kept if one.language}),
    ):
        for value in wanted:
            if value not in there:
                made = ", ".join(sorted(there)) or "none"
                hint = f"it was made in {made}; make it again with --correct REASON for another"
                raise UsageProblem(f"{ident} was not made in the {name} {value}", hint=hint)
    return [
        one
        for one in kept
        if (not formats or one.format in formats) and (not languages or one.language in {*languages, ""})
    ]


def content(reading: Reading, kept: Kept) -> bytes:
    """The very bytes that were made; StoreError when they are gone or are not those any more."""
    found = ReportQueries(reading).content(kept.sha256)
    if found is None:
        raise StoreError(f"the content of {kept.file_name} is missing", hint="auditor db check")
    if hashlib.sha256(found).hexdigest() != kept.sha256:
        raise StoreError(f"the content of {kept.file_name} was changed", hint="restore a backup; auditor db check")
    return found


def document(reading: Reading, ident: str) -> dict[str, Any]:
    """The kept document of a report."""
    kept = files_of(load(reading, ident), ident, (), ("json",))
    return dict(orjson.loads(content(reading, kept[0])))


def export(reading: Reading, files: list[Kept], out: Path) -> Iterator[Path]:
    """Write kept files into a folder; the paths as they are written."""
    out.mkdir(parents=True, exist_ok=True)
    for kept in files:
        path = out / kept.file_name
        path.write_bytes(content(reading, kept))
        yield path


def rebuilt(reading: Reading, ident: str) -> dict[str, Any]:
    """The document of a report, made again from the events and snapshots that it went by."""
    made = next((event for event in reading.events("report", ident) if event.type == "made"), None)
    if made is None:
        raise UsageProblem(f"there is no report {ident}", hint=_LIST)
    if made.payload["kind"] == "health_check":
        hint = "auditor verify FOLDER --exports DIR --replay makes its result again"
        raise UsageProblem(f"{ident} is made of exports, not of events alone", hint=hint)
    ask, payload = ask_of(made), made.payload
    account = account_at(reading, ask.account, payload["basis"])
    terms = kept_terms(reading, account, payload["terms"], payload["basis"])
    material = gather(reading, account, terms, ask.span(account, made.at), payload["basis"])
    heading = ask.heading(made.at, payload["version"], payload["corrects"] or "")
    return build(heading, material, ask.selection)


def ask_of(made: Event) -> Ask:
    """What was asked for when a report was made."""
    payload = made.payload
    selection = Selection(
        Filters.from_document(payload["selection"]["filters"]), tuple(payload["selection"]["columns"])
    )
    return Ask(
        account=payload["account"],
        kind=payload["kind"],
        period=_period(payload["kind"], payload["period"], payload["zone"]),
        due_at=instant_of(payload["due_at"]) if payload["due_at"] else None,
        selection=selection,
        definition=payload["definition"] or "",
        definition_name=payload["definition_name"] or "",
        recipients=tuple(payload["recipients"]),
        correct=payload["why"] or "",
    )


def _period(kind: Kind, key: str, zone: str) -> Period:
    if kind == "daily":
        return day_period(date.fromisoformat(key), zone)
    plain = key.rpartition(":")[2].partition("_")[0]
    return parse_period(plain, zone)
