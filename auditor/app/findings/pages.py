"""Findings as text of 80 columns: readable without colour, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from auditor.app.accounts.showing import Sheet
from auditor.app.findings.known import SHOWN
from auditor.app.findings.listing import by_check
from auditor.app.findings.wording import FindingWords
from auditor.model.events import instant_of

Json = Mapping[str, Any]


class Teller(NamedTuple):
    """Words of a language, names of people by id, and the zone of the days."""

    words: FindingWords
    people: Mapping[str, str]
    zone: ZoneInfo

    def day(self, at: str) -> str:
        """The local date of an instant."""
        return self.words.day(instant_of(at).astimezone(self.zone).date())


def write_list(document: Json, words: FindingWords, stream: TextIO) -> None:
    """Findings, check by check; at the end the requests that can be resolved."""
    say = words.phrases.say
    sheet = Sheet(stream)
    if not document["findings"]:
        sheet.line(say("none_listed"))
    header = [say(f"head_{name}") for name in ("finding", "thing", "became", "since", "remarks")]
    for first, group in by_check(document["findings"]):
        sheet.section(f"{words.severity(first['severity'])}  {first['check']}  {words.text(first['title'])}")
        sheet.grid(header, [_row(row, words) for row in group], "")
    left = document["total"] - len(document["findings"])
    if left:
        sheet.line(say("more_listed", count=left))
    if document["resolvable"]:
        sheet.section(say("section_resolvable"))
        for one in document["resolvable"]:
            sheet.line(_resolvable(one, words))
    sheet.write()


def _row(row: Json, words: FindingWords) -> tuple[str, ...]:
    became = words.change(row["change"]) if row["change"] else words.phrases.say("not_delivered")
    since = words.day(row["since"]) if row["since"] else ""
    return row["id"][:SHOWN], row["name"], became, since, "; ".join(_remarks(row, words))


def _remarks(row: Json, words: FindingWords) -> Iterator[str]:
    say = words.phrases.say
    if row["answer"] is not None:
        name = "answered" if row["answer"]["state"] == "valid" else "answer_ended"
        yield say(name, answer=words.answer(row["answer"]["answer"]), day=words.day(row["answer"]["until"]))
    if row["waiver"] is not None:
        name = "accepted_ended" if row["waiver"]["state"] == "expired" else "accepted_until"
        yield say(name, day=words.day(row["waiver"]["until"]))
    if row["rated"]:
        yield say("rated", severity=words.severity(row["machine_severity"]))
    if row["notes"]:
        yield say("noted", count=row["notes"])
    if row["incident"]:
        yield row["incident"]


def _resolvable(one: Json, words: FindingWords) -> str:
    name = "resolvable_all" if one["complete"] else "resolvable_some"
    counts = {"fixed": words.phrases.number(one["fixed"]), "all": words.phrases.number(one["all"])}
    return words.phrases.say(name, incident=one["incident"], title=one["title"], **counts)


def write_finding(document: Json, teller: Teller, stream: TextIO) -> None:
    """One finding: what it is about, what counts, what every run said, what people said."""
    sheet = Sheet(stream)
    sheet.title(f"{document['identity']['check']}  {teller.words.text(document['title'])}")
    sheet.facts(list(_about(document, teller)))
    sheet.facts(list(_people_said(document, teller)))
    _runs(document, teller, sheet)
    if document["notes"]:
        sheet.section(teller.words.phrases.say("section_notes"))
        for note in document["notes"]:
            where = f", {note['engagement']}" if note["engagement"] else ""
            sheet.line(f"{teller.day(note['at'])}, {teller.people[note['by']]}{where}: {note['text']}")
    sheet.write()


def write_said(document: Json, teller: Teller, stream: TextIO) -> None:
    """How a finding stands after a person said something."""
    sheet = Sheet(stream)
    title = teller.words.text(document["title"])
    sheet.title(f"{document['id'][:SHOWN]}  {document['identity']['check']}  {title}")
    sheet.line(teller.words.phrases.say("said_new" if document["new"] else "said_again"))
    sheet.facts(list(_about(document, teller)))
    sheet.facts(list(_people_said(document, teller)))
    sheet.write()


def _about(document: Json, teller: Teller) -> Iterator[tuple[str, str]]:
    words, say = teller.words, teller.words.phrases.say
    identity = document["identity"]
    yield say("label_finding"), document["id"][:SHOWN]
    yield say("label_thing"), f"{document['name']} ({identity['kind']} {identity['key']})"
    yield say("label_product"), identity["product"]
    yield say("label_looks_at"), identity["setting"].replace(",", ", ")
    machine = document["machine"]
    if machine["outcome"]:
        yield say("label_machine"), f"{words.outcome(machine['outcome'])}, {words.severity(machine['severity'])}"
        yield say("label_counts"), f"{words.outcome(document['counts_as'])}, {words.severity(document['weighs'])}"
    if document["since"]:
        yield say("label_since"), say("since", day=teller.day(document["since"]), count=document["runs"])


def _people_said(document: Json, teller: Teller) -> Iterator[tuple[str, str]]:
    words, say = teller.words, teller.words.phrases.say
    rating, waiver, answer = document["rating"], document["waiver"], document["attestation"]
    if rating:
        told = {
            "severity": words.severity(rating["severity"]),
            "by": teller.people[rating["by"]],
            "reason": rating["reason"],
        }
        yield say("label_rating"), say("rating", **told)
    if waiver:
        name = "waiver_ended" if document["waiver_state"] == "expired" else "waiver"
        told = {
            "day": words.day(waiver["expires"]),
            "by": teller.people[waiver["approver"]],
            "reason": waiver["reason"],
        }
        yield say("label_waiver"), say(name, **told)
    if answer:
        name = "attestation_ended" if document["answer_state"] == "expired" else "attestation"
        told = {
            "answer": words.answer(answer["answer"]),
            "by": teller.people[answer["author"]],
            "on": words.day(answer["on"]),
            "until": words.day(answer["valid_until"]),
        }
        yield say("label_answer"), say(name, **told)
        yield say("label_evidence"), answer["evidence"]
        yield say("label_remark"), answer["reason"]
    yield say("label_incident"), document["incident"]


def _runs(document: Json, teller: Teller, sheet: Sheet) -> None:
    words, say = teller.words, teller.words.phrases.say
    sheet.section(say("section_runs"))
    header = [say(f"head_{name}") for name in ("day", "engagement", "outcome", "became")]
    rows = []
    for seen in document["observations"]:
        why = f": {words.why(seen['why'])}" if seen["why"] else ""
        version = f"{seen['engagement']} v{seen['version']}"
        became = words.change(seen["change"]) + why
        rows.append((teller.day(seen["at"]), version, words.outcome(seen["outcome"]), became))
    sheet.grid(header, rows, say("not_delivered"))
