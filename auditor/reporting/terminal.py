"""The summary of an audit on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from auditor.reporting.document import document_of
from auditor.reporting.model import Check, ReportDocument
from auditor.reporting.paint import Block, Grid, Line, paint
from auditor.reporting.text import one_line
from auditor.reporting.words import english, plural

if TYPE_CHECKING:
    from auditor.sdk.rendering import StoredResult

BROKEN_SHOWN = 5
WAIVERS_SHOWN = 3
GAPS_SHOWN = 3
COMMANDS_SHOWN = 3
LONGEST_COMMAND = 160
"""Longer calls are named only: the report has them in full."""

EXIT_MEANINGS = {
    0: "no finding at or above the threshold",
    1: "an error of the tool itself",
    2: "the command line was wrong",
    3: "bad input, configuration or content",
    4: "a complete audit was impossible",
    10: "findings at or above the threshold",
}
_TONES = {"bad": "bold red", "open": "bold yellow", "calm": "bold green"}
_SEVERITY_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}


def print_summary(stored: StoredResult, files: Sequence[str], exit_code: int, stream: TextIO) -> None:
    """Write the summary. `files` are the written reports as people find them, `exit_code` what the command answers.

    Colours only on a terminal without NO_COLOR and TERM=dumb.
    """
    paint(list(_blocks(document_of(stored), files, exit_code)), stream)


def _blocks(report: ReportDocument, files: Sequence[str], exit_code: int) -> Iterator[Block]:
    label = " (self-audit)" if report.self_audit else ""
    yield Line(f"{report.title}{label}, as of {report.as_of}: {report.facts[0].note}", "dim")
    yield Line(report.headline.text, _TONES[report.headline.tone])
    if report.headline.detail:
        yield Line(report.headline.detail, indent=2)
    if not report.summary.complete:
        for reason in report.summary.incomplete_because or ("no reason stated",):
            yield Line(f"Not complete: {reason}", "yellow", 2)
    if report.waivers_expired:
        say, count = english().say, report.waivers_expired
        text = f"{say('waivers_expired', count=count)} {say('waivers_expired_more', count=count)}"
        yield Line(text, "yellow", 2)
    for waiver in [row for row in report.waivers if row.state == "unmatched"][:WAIVERS_SHOWN]:
        yield Line(f"A waiver of {waiver.check} covers no failure: correct what it is for, or remove it", "yellow", 2)
    yield from _inputs(report)
    yield from _findings(report)
    yield from _decided(report)
    yield from _gaps(report)
    yield Line("")
    yield Line("Files", "bold")
    for file in files:
        yield Line(file, indent=2)
    yield Line(f"Exit code {exit_code}: {_meaning(report, exit_code)}", "dim")


def _meaning(report: ReportDocument, exit_code: int) -> str:
    """What the code says, and about how much of what applies: the rest is not known to be good."""
    meaning = EXIT_MEANINGS.get(exit_code, "not documented")
    share = report.summary.decided_share
    if exit_code not in {0, 10}:
        return meaning
    known = f"the {share} of what applies that could be decided" if share else "nothing, since no check applied"
    return f"{meaning} in {known}"


def _inputs(report: ReportDocument) -> Iterator[Block]:
    yield Line("")
    yield Line("Looked at", "bold")
    statuses = ", ".join(f"{line.number:,} {line.label.lower()}" for line in report.inputs.statuses if line.number)
    yield Line(f"{plural(report.inputs.total, 'file')}: {statuses or 'none'}", indent=2)
    broken = [row for row in report.inputs.troubled if row.status == "broken"]
    for row in broken[:BROKEN_SHOWN]:
        place = f", {row.place}" if row.place else ""
        yield Line(f"broken: {row.path}{place}: {row.message}", "yellow", 4)
    if len(broken) > BROKEN_SHOWN:
        yield Line(f"and {len(broken) - BROKEN_SHOWN} more broken; the report names them", indent=4)
    yield Line(report.audited, indent=2)


def _findings(report: ReportDocument) -> Iterator[Block]:
    yield Line("")
    counts = ", ".join(f"{line.number} {line.label.lower()}" for line in report.summary.severities if line.number)
    waived = f"; besides {plural(report.summary.waived, 'failing subject')} waived" if report.summary.waived else ""
    yield Line(f"Findings: {counts or 'none in what could be decided'}{waived}", "bold")
    if not report.decide_first:
        return
    yield Grid(
        header=("Severity", "Check", "Not met", "Affected"),
        rows=tuple(_row(check) for check in report.decide_first),
        styles=tuple(_SEVERITY_STYLES[check.severity] for check in report.decide_first),
        flexible=2,
    )
    rest = report.finding_count - len(report.decide_first)
    if rest > 0:
        yield Line(f"and {rest} more in the report", indent=2)


def _row(check: Check) -> tuple[str, ...]:
    return (check.severity_label, check.id, one_line(check.title), check.affected_short)


def _decided(report: ReportDocument) -> Iterator[Block]:
    summary = report.summary
    yield Line("")
    yield Line(f"Decided: {summary.decided:,} of {summary.decidable:,} verdicts that apply", "bold")
    states = ", ".join(f"{line.number:,} {line.label.lower()}" for line in summary.states if line.number)
    yield Line(f"{plural(report.check_count, 'check')}: {states or 'none'}", indent=2)


def _gaps(report: ReportDocument) -> Iterator[Block]:
    if not report.gaps:
        return
    yield Line("")
    yield Line("Collect next", "bold")
    for gap in report.gaps[:GAPS_SHOWN]:
        whom = f", for {gap.subjects}" if gap.subjects else ""
        title = gap.title or "No way to export it is known"
        yield Line(f"{gap.product}: {title}{whom} ({gap.waiting})", indent=2)
        for text in gap.commands[:COMMANDS_SHOWN]:
            yield Line(text if len(text) <= LONGEST_COMMAND else f"{text.partition(' ')[0]} ...", "cyan", 4, whole=True)
        for text in gap.advice[:COMMANDS_SHOWN]:
            yield Line(text, indent=4)
    if len(report.gaps) > GAPS_SHOWN:
        yield Line(f"and {len(report.gaps) - GAPS_SHOWN} more in the report", indent=2)
