"""Answers of `auditor compare`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from auditor.app.accounts.showing import Sheet, write_json
from auditor.app.findings import comparing
from auditor.app.findings.history import read_judged
from auditor.app.findings.results import ReadRun
from auditor.app.findings.wording import FindingWords
from auditor.engagement.changes import ORDER, Comparison, compare
from auditor.engagement.comparison import Change

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session
    from auditor.engagement.findings import Finding

NAMED = 3
"""Things of a group that the text names."""

_COLUMNS = (
    "change", "severity", "check", "title", "product", "area", "kind", "key", "name", "outcome_before", "outcome_now",
    "why", "waived_until",
)  # fmt: skip


def compare_results(session: Session, paths: tuple[Path, Path], account: str, language: str, stream: TextIO) -> None:
    """Compare two stored results; with an account what people said about its findings counts, too."""
    findings = _findings(session, account) if account else []
    old, new = (_loaded(path, findings) for path in paths)
    found = compare(old.run, new.run)
    if session.style == "csv":
        _write_csv(old, new, found, stream)
        return
    if session.style == "json":
        write_json(comparing.comparison_document(old, new, found, None), stream)
        return
    write_comparison(comparing.comparison_document(old, new, found, NAMED), FindingWords(language), stream)


def _findings(session: Session, account: str) -> list[Finding]:
    from auditor.app.accounts.loading import load_account
    from auditor.app.findings.known import of_account

    with session.reading() as (reading, _):
        load_account(reading, account)
        return of_account(reading, account)


def _loaded(path: Path, findings: Sequence[Finding]) -> ReadRun:
    """A result; people's answers and waivers as of the day as of which the result judged."""
    from auditor.reporting.reader import load_result

    stored = load_result(path)
    return read_judged(stored, findings, date.fromisoformat(str(stored.data["run"]["as_of"])[:10]))


def _write_csv(old: ReadRun, new: ReadRun, found: Comparison, stream: TextIO) -> None:
    from auditor.reporting.csv_files import cell

    stream.write(",".join(_COLUMNS) + "\r\n")
    for row in comparing.rows(old, new, found.changed):
        stream.write(",".join(cell(str(row[name])) for name in _COLUMNS) + "\r\n")


def write_comparison(document: Mapping[str, Any], words: FindingWords, stream: TextIO) -> None:
    """The comparison as text of 80 columns."""
    say = words.phrases.say
    sheet = Sheet(stream)
    sheet.title(say("compare_title"))
    sheet.facts([(say("earlier"), _about(document["old"], words)), (say("later"), _about(document["new"], words))])
    for note in document["notes"]:
        sheet.line(say(note["phrase"], **note["parameters"]))
    _score(document["score"], words, sheet)
    sheet.section(say("section_changes"))
    counted = (*ORDER, Change.SAME_GOOD, Change.UNDECIDED)
    sheet.facts([(words.change(name), words.phrases.number(document["counts"][name])) for name in counted])
    for name, groups in groupby(document["groups"], key=lambda group: group["change"]):
        sheet.section(f"{words.change(name)} ({words.phrases.number(document['counts'][name])})")
        sheet.line(say(f"meaning_{name}"), "dim")
        header = [say(f"head_{column}") for column in ("severity", "check", "title", "things")]
        sheet.grid(header, [_row(group, words) for group in groups], "")
    sheet.write()


def _about(facts: Mapping[str, Any], words: FindingWords) -> str:
    return words.phrases.say(
        "run_facts",
        day=words.day(facts["as_of"][:10]),
        baseline=f"{facts['baseline']} {facts['baseline_revision']}",
        tool=facts["tool"],
        sha256=facts["sha256"][:12],
    )


def _score(score: Mapping[str, Any], words: FindingWords, sheet: Sheet) -> None:
    say, number = words.phrases.say, words.phrases.number
    if score["customer"] is None:
        sheet.section(say("score_none"))
        return
    moved = words.signed(round(score["after"] - score["before"], 1))
    sheet.section(say("score", before=number(score["before"]), after=number(score["after"]), moved=moved))
    sheet.line(say("score_customer", points=words.signed(score["customer"])))
    sheet.line(say("score_yardstick", points=words.signed(score["yardstick"])))


def _row(group: Mapping[str, Any], words: FindingWords) -> tuple[str, str, str, str]:
    """One check: why nothing can be said, or until when it is accepted, follows its title."""
    more = []
    if group["why"]:
        more.append(words.why(group["why"]))
    if group["waived_until"]:
        name = "accepted_ended" if group["change"] == "waiver_expired" else "accepted_until"
        more.append(words.phrases.say(name, day=words.day(group["waived_until"])))
    title = "; ".join([words.text(group["title"]) or group["check"], *more])
    return words.severity(group["severity"]), group["check"], title, _things(group, words)


def _things(group: Mapping[str, Any], words: FindingWords) -> str:
    named = ", ".join(_thing(thing, words) for thing in group["things"][:NAMED])
    left = group["count"] - min(NAMED, len(group["things"]))
    return words.phrases.say("things_more", names=named, count=left) if left else named


def _thing(thing: Mapping[str, Any], words: FindingWords) -> str:
    devices = thing.get("devices", {})
    before, now = devices.get("before"), devices.get("now")
    if not (before and now):
        return str(thing["name"])
    shown = {"before": before["failed"], "all_before": before["judged"], "now": now["failed"], "all": now["judged"]}
    told = words.phrases.say("devices", **{name: words.phrases.number(count) for name, count in shown.items()})
    return f"{thing['name']}: {told}"
