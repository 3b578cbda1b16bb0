"""Interview questions out, answers back: all of a file, or nothing of it; the same file again changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from auditor.app.accounts import loading
from auditor.app.accounts.showing import write_json
from auditor.app.actors import check_actor
from auditor.app.engagements.circles import load_engagement
from auditor.app.findings import current, judging, known, questions
from auditor.app.findings.wording import FindingWords
from auditor.engagement.findings import ANSWERS, Finding, Label
from auditor.errors import AuditorError, UsageProblem

if TYPE_CHECKING:
    from datetime import date

    from auditor.app.accounts.saving import Act
    from auditor.app.accounts.session import Session
    from auditor.app.findings.judging import Given
    from auditor.app.findings.questions import Filled, Problems, Question, Questionnaire
    from auditor.reporting.reader import StoredResult
    from auditor.store.store import Reading, Writing

_NAMED = re.compile(r".*\(((?:contact|person):[^()\s]+)\)")
_STYLES = {".xlsx": "xlsx", ".yaml": "yaml", ".yml": "yaml"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file brought: answers that are new, those that stood already, and questions that are still open."""

    account: str
    new: int
    same: int
    open: int


def export(session: Session, scope: str, out: Path, language: str, stream: TextIO) -> None:
    """Write the questions of an engagement, or of the result in a folder, as a workbook or YAML."""
    style, words = style_of(out), FindingWords(language)
    folder = Path(scope)
    if (folder / "result.json").is_file() or folder.is_file():
        from auditor.reporting.reader import load_result

        asked = questions.questions_of(load_result(folder))
        rows = [_row(one, None, words, None) for one in asked]
        about = {"engagement": "", "account": "", **_told_in(words, language, asked)}
    else:
        about, rows = _of_engagement(session, scope, words, language)
    out.write_bytes(_bytes(style, about, rows, language))
    stream.write(f"{len(rows)} questions: {out}\n")


def _told_in(words: FindingWords, language: str, asked: list[Question]) -> dict[str, str]:
    """Which questions a file asks that says them in another language than English."""
    return {} if words.is_english else {"language": language, "asked": questions.fingerprint(asked)}


def _of_engagement(
    session: Session, ident: str, words: FindingWords, language: str
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    with session.reading() as (reading, at):
        found = load_engagement(reading, ident)
        stored = current.stored_result(reading, ident, session.db)
        places = known.places(known.of_account(reading, found.account))
        today = at.astimezone(loading.load_account(reading, found.account).zone).date()
        asked, rows = questions.questions_of(stored), []
        for one in asked:
            finding = places.get(one.check.identity(found.account, one.key).place)
            author = _author(reading, finding)
            rows.append(_row(one, finding, words, today, author))
    return {"engagement": ident, "account": found.account, **_told_in(words, language, asked)}, rows


def _bytes(style: str, about: Mapping[str, str], rows: list[dict[str, Any]], language: str) -> bytes:
    if style == "yaml":
        from auditor.app.findings.yaml_questions import yaml_bytes

        return yaml_bytes(about, rows)
    from auditor.app.findings.workbook_out import workbook_bytes

    words = FindingWords(language)
    shown = [{**row, "answer": words.answer(row["answer"]) if row.get("answer") else ""} for row in rows]
    return workbook_bytes(about, shown, language)


def _row(
    one: Question, finding: Finding | None, words: FindingWords, today: date | None, author: str = ""
) -> dict[str, Any]:
    """A question; an answer that is still valid stands there already, one that is over is told beside it."""
    texts = {name: text if name == "check" else words.text(text) for name, text in one.texts().items()}
    row: dict[str, Any] = {**texts, "allowed": ", ".join(words.answer(answer) for answer in ANSWERS)}
    answer = finding.attestation if finding is not None else None
    if answer is None or today is None:
        return row
    if answer.valid_until < today:
        told = {"answer": words.answer(answer.answer), "day": words.day(answer.valid_until)}
        return {**row, "earlier": words.phrases.say("answer_ended", **told)}
    return {
        **row,
        "answer": answer.answer,
        "author": author,
        "date": answer.on,
        "evidence": answer.evidence,
        "valid_until": answer.valid_until,
        "remark": answer.reason,
    }


def _author(reading: Reading, finding: Finding | None) -> str:
    """Whoever answered, with the name for people and the id for the import."""
    if finding is None or finding.attestation is None:
        return ""
    author = finding.attestation.author
    kind, _, ident = author.partition(":")
    if kind not in {"contact", "person"}:
        return author
    name = loading.name_of(reading, kind, ident)
    return f"{name} ({author})"


def style_of(path: Path) -> str:
    """xlsx or yaml, by the name of the file; UsageProblem for any other."""
    style = _STYLES.get(path.suffix.lower())
    if style is None:
        raise UsageProblem(f"{path.name} is neither .xlsx nor .yaml", hint="name the file so")
    return style


def import_file(session: Session, path: Path, whose: Whose, stream: TextIO) -> None:
    """Take the answers of a file."""
    problems = questions.Problems(path.name)
    came = _came(path, problems)
    with session.writing() as (writing, act):
        account, engagement, stored = whose.resolved(writing, session.db, came)
        done = take(writing, Source(account, engagement, stored), came, problems, act)
    if session.style == "json":
        write_json({"account": done.account, "new": done.new, "same": done.same, "open": done.open}, stream)
        return
    stream.write(f"{done.new} answers recorded, {done.same} stood already, {done.open} questions are still open\n")


@dataclass(frozen=True, slots=True)
class Whose:
    """Which engagement, or which account and result, the answers are for; the file says it where nothing is named."""

    engagement: str = ""
    account: str = ""
    result: Path | None = None

    def resolved(self, reading: Reading, db: str | None, came: Questionnaire) -> tuple[str, str, StoredResult]:
        """(account, engagement or "", result); UsageProblem when it is not clear, or the file is for another one."""
        from auditor.reporting.reader import load_result

        if self.account:
            if self.result is None:
                raise UsageProblem("the result with the questions is missing", hint="state --result DIR")
            _refuse_other(came.account, self.account, "account")
            return loading.load_account(reading, self.account).id, "", load_result(self.result)
        engagement = self.engagement or came.engagement
        if not engagement:
            raise UsageProblem(
                "whose answers these are is not said", hint="state --engagement HC-0001, or --account ID --result DIR"
            )
        _refuse_other(came.engagement, engagement, "engagement")
        stored = current.stored_result(reading, engagement, db, self.result)
        return load_engagement(reading, engagement).account, engagement, stored


def _refuse_other(stated: str, wanted: str, what: str) -> None:
    if stated and stated != wanted:
        raise UsageProblem(f"the file is for the {what} {stated}, not for {wanted}", hint="name the right file")


@dataclass(frozen=True, slots=True)
class Source:
    """Where questions come from: the result of an account, in an engagement or "" for none."""

    account: str
    engagement: str
    stored: StoredResult


def take(writing: Writing, source: Source, came: Questionnaire, problems: Problems, act: Act) -> Imported:
    """Write every answer of a questionnaire that is not there yet; ContentError with all that is wrong, else."""
    check_actor(writing, act.actor)
    asked = questions.questions_of(source.stored)
    places = known.places(known.of_account(writing, source.account))
    translated = came.asked == questions.fingerprint(asked)
    pairs = questions.paired(came.questions, asked, problems, translated=translated)
    events, same = [], 0
    answered = [(filled, question) for filled, question in pairs if filled.answered]
    for filled, question in answered:
        meant = _target(source, question, places)
        said = _said(writing, meant, filled, problems, act)
        if said is not None:
            events.append(known.event(meant.identity, meant.label, "attested", said, act))
        else:
            same += 1
    problems.refuse()
    writing.append(*events)
    return Imported(source.account, len(events), same, len(asked) - len(answered))


def _target(source: Source, question: Question, places: known.Places) -> current.Target:
    identity = question.check.identity(source.account, question.key)
    finding = places.get(identity.place)
    label = Label(identity.key, question.title, question.check.area)
    return current.Target(
        finding.identity if finding is not None else identity,
        finding.label if finding is not None and finding.label.name else label,
        finding, "manual", question.check.severity, "manual", source.engagement,
    )  # fmt: skip


def _said(
    reading: Reading, meant: current.Target, filled: Filled, problems: Problems, act: Act
) -> dict[str, Any] | None:
    """The answer as an event says it; None when it stands already or is wrong, which is noted then."""
    given: Given | None = questions.given(filled, problems)
    if given is None:
        return None
    named = _NAMED.fullmatch(given.author)
    try:
        return judging.checked_answer(reading, meant, given if named is None else replace(given, author=named[1]), act)
    except AuditorError as error:
        problems.add(filled.at("answer"), error.message)
        return None


def _came(path: Path, problems: Problems) -> Questionnaire:
    if style_of(path) == "yaml":
        from auditor.app.findings.yaml_questions import read_yaml

        return read_yaml(path, problems)
    from auditor.app.findings.workbook_in import read_workbook

    return read_workbook(path, problems)
