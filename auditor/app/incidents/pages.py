"""Incidents as text of 80 columns: readable without colour, in the reader's language, with local times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TextIO

from auditor.accounts.incidents.said import AREA as WORDS
from auditor.accounts.incidents.said import span_words
from auditor.accounts.programmes import level_name
from auditor.app.accounts.showing import Sheet
from auditor.app.incidents.happenings import happening
from auditor.app.moments import local_text
from auditor.model.events import instant_of
from auditor.phrases import Phrases

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Names = Callable[[str], str]
"""What person:ID or contact:ID is called; the id itself once the name was erased."""


class Teller:
    """Says the parts of a page in a language. `zone` is that of the times."""

    def __init__(self, language: str, zone: ZoneInfo, names: Names) -> None:
        self.labels = Phrases(language, "incident_pages")
        self.words = Phrases(language, WORDS)
        self.zone = zone
        self.names = names

    def level(self, level: int) -> str:
        """A severity with its name."""
        return self.labels.say("level", level=level, named=level_name(level, self.labels.language))

    def at(self, text: str | None) -> str:
        """A local time, "" for none."""
        return "" if text is None else local_text(instant_of(text), self.zone)

    def deadline(self, incident: Mapping[str, Any]) -> str:
        """The deadline, or that nothing is guaranteed; never without its marks."""
        marks = self.marks(incident["marks"])
        return (self.at(incident["deadline"]) or self.labels.say("not_guaranteed")) + (f" ({marks})" if marks else "")

    def word(self, kind: str, value: object) -> str:
        """The word for one of several fixed values, such as a role; the value itself where nobody foresaw it."""
        name = f"{kind}_{value}"
        return self.words.say(name) if self.words.knows(name) else str(value)

    def label(self, kind: str, value: object) -> str:
        """`word` for the values that only pages show."""
        name = f"{kind}_{value}"
        return self.labels.say(name) if self.labels.knows(name) else str(value)

    def marks(self, marks: Sequence[str]) -> str:
        """Marks in words."""
        return ", ".join(self.labels.say(f"mark_{mark}") for mark in marks)

    def left(self, seconds: float | None, business: bool, guaranteed: bool) -> str:
        """The time that is left, or for how long it is overdue."""
        if seconds is None:
            return self.labels.say("left_unknown") if guaranteed else ""
        name = "overdue" if seconds < 0 else "left"
        length = span_words(timedelta(seconds=seconds), self.words)
        return self.labels.say(f"{name}_business" if business else name, length=length)

    def route(self, incident: Mapping[str, Any], why: str = "") -> str:
        """Who works on it."""
        if incident["routed_to"] is None:
            return self.labels.say("route_nobody")
        person = self.names(f"person:{incident['routed_to']}")
        role = self.word("role", incident["routed_role"])
        if incident["queued_until"] is not None and why == "queued":
            return self.labels.say("route_queued_until", person=person, role=role, at=self.at(incident["queued_until"]))
        if not why:
            return f"{person}, {role}"
        return self.labels.say("route", person=person, role=role, why=self.word("route", why))


def write_incident(document: Mapping[str, Any], teller: Teller, stream: TextIO) -> None:
    """One incident with the explanation of its deadline and all that happened."""
    incident = document["incident"]
    say = teller.labels.say
    sheet = Sheet(stream)
    sheet.title(f"{incident['id']}  {incident['title']}")
    sheet.facts(list(_facts(document, teller)))
    if incident["description"]:
        sheet.section(say("section_description"))
        for line in incident["description"].splitlines():
            sheet.line(line)
    sheet.section(say("section_why"))
    for said in document["explanation"]:
        sheet.line(said["text"])
    sheet.section(say("section_history"))
    for one in sorted(document["history"], key=lambda one: (one["at"], one["seq"])):
        who = f"{teller.names(one['actor'])}, {say('head_seq')} {one['seq']}"
        sheet.line(f"{teller.at(one['at'])}  {happening(one, teller)} [{who}]")
    if document["notifications"]:
        sheet.section(say("section_told"))
        for told in document["notifications"]:
            sheet.line(_told(told, teller))
    sheet.write()


def write_outcome(document: Mapping[str, Any], teller: Teller, stream: TextIO) -> None:
    """An incident after an act: what was recorded, how it stands, what to know and to do."""
    incident = document["incident"]
    sheet = Sheet(stream)
    sheet.title(f"{incident['id']}  {incident['title']}")
    for event in document["events"]:
        if event["stream"] == "incident":
            sheet.line(happening(event, teller))
    if not document["events"]:
        sheet.line("Nothing is new: this was recorded before.")
    sheet.facts(list(_standing(document, teller)))
    if document.get("call_needed"):
        sheet.line(f"CALL: {document['call_needed']['text']}", "bold")
        sheet.line(f"Then record it: auditor incident call {incident['id']} --line priority", "bold")
    for remark in document["remarks"]:
        sheet.line(f"Note: {remark['message']}" + (f" ({remark['hint']})" if remark["hint"] else ""))
    if document.get("draft"):
        sheet.line("This is a draft: nothing was recorded.", "bold")
    sheet.write()


def write_list(incidents: Sequence[Mapping[str, Any]], tellers: Callable[[str], Teller], stream: TextIO) -> None:
    """Incidents as a table; each with the local time of its account."""
    sheet = Sheet(stream)
    say = tellers("").labels.say
    rows = []
    for incident in incidents:
        teller = tellers(incident["account"])
        rows.append(
            (
                incident["id"],
                str(incident["level"]),
                teller.words.say(f"state_{incident['state']}"),
                incident["account"],
                teller.deadline(incident),
                incident["title"],
            )
        )
    header = [say(name) for name in ("head_number", "label_level", "label_state", "label_account", "head_due")]
    sheet.grid([*header, say("head_title")], rows, say("none_listed"))
    sheet.write()


def write_queue(document: Mapping[str, Any], tellers: Callable[[str], Teller], stream: TextIO) -> None:
    """The queue, a block for each incident: what has to be known first stands first."""
    sheet = Sheet(stream)
    say = tellers("").labels.say
    incidents = document["incidents"]
    if not incidents:
        sheet.line(say("none_waiting"))
    for place, incident in enumerate(incidents, 1):
        teller = tellers(incident["account"])
        if place > 1:
            sheet.space()
        sheet.title(f"{place}. {incident['id']}  {teller.level(incident['level'])}  {incident['title']}")
        sheet.facts(
            [
                (say("label_deadline"), teller.deadline(incident)),
                (say("label_left"), _left(incident, teller)),
                (say("label_account"), f"{incident['account']}, {incident['programme']}"),
                (say("label_route"), teller.route(incident)),
                (say("label_flags"), _flags(incident, teller)),
            ]
        )
    if len(incidents) < document["waiting"]:
        sheet.line(say("more_waiting", shown=len(incidents), all=document["waiting"]))
    sheet.write()


def _standing(document: Mapping[str, Any], teller: Teller) -> Iterator[tuple[str, str]]:
    """How it stands now."""
    incident, clock = document["incident"], document["clock"]
    say, word = teller.labels.say, teller.words.say
    business = (clock["held"] or {}).get("unit") == "business_hour"
    yield say("label_state"), word(f"state_{incident['state']}")
    yield say("label_level"), teller.level(incident["level"])
    yield say("label_kind"), word(f"kind_{incident['kind']}")
    yield say("label_deadline"), teller.deadline(incident)
    yield say("label_status"), word(f"status_{clock['status']}")
    if incident["waiting"]:
        yield say("label_left"), teller.left(clock["remaining_seconds"], business, clock["deadline"] is not None)
    yield say("label_flags"), _flags(incident, teller)
    yield say("label_wanted"), "; ".join(incident["wanted"])
    yield say("label_route"), teller.route(incident)


def _facts(document: Mapping[str, Any], teller: Teller) -> Iterator[tuple[str, str]]:
    """How it stands, and what it is."""
    incident = document["incident"]
    say, word = teller.labels.say, teller.words.say
    standing = dict(_standing(document, teller))
    standing[say("label_route")] = teller.route(incident, _why_routed(document))
    yield from standing.items()
    yield say("label_account"), incident["account"]
    yield say("label_programme"), incident["programme"]
    yield say("label_type"), word(f"type_{incident['type']}")
    yield say("label_product"), f"{incident['product']} {incident['product_version']}".strip()
    yield say("label_submitted"), teller.at(incident["submitted_at"])
    yield say("label_reported_by"), teller.names(incident["reported_by"])
    yield say("label_channel"), say(f"channel_{incident['channel'].replace('-', '')}")
    yield (
        say("label_links"),
        "; ".join(f"{teller.label('relation', one['relation'])} {one['other']}" for one in incident["links"]),
    )
    yield say("label_quota"), _quota(document["quota"], teller)


def _why_routed(document: Mapping[str, Any]) -> str:
    routed = [one for one in document["history"] if one["type"] == "routed"]
    return str(routed[-1]["payload"].get("reason") or "") if routed else ""


def _flags(incident: Mapping[str, Any], teller: Teller) -> str:
    return "; ".join(teller.words.say(f"flag_{flag}") for flag in incident["flags"])


def _left(incident: Mapping[str, Any], teller: Teller) -> str:
    return teller.left(
        incident["left_seconds"], incident["left_in"] == "business_time", incident["deadline"] is not None
    )


def _quota(quota: Mapping[str, Any] | None, teller: Teller) -> str:
    if quota is None:
        return ""
    first = teller.labels.day(date.fromisoformat(quota["period"]))
    uncertain = f" ({teller.labels.say('mark_uncertain')})" if quota["period_uncertain"] else ""
    if quota["limit"] is None:
        return teller.labels.say("quota_unlimited", used=quota["used"], first=first) + uncertain
    return teller.labels.say("quota_now", used=quota["used"], limit=quota["limit"], first=first) + uncertain


def _told(told: Mapping[str, Any], teller: Teller) -> str:
    say = teller.labels.say
    to = ", ".join(teller.names(one) for one in told["to"]) or say("route_nobody")
    if told["superseded"]:
        state = say("told_superseded")
    elif told["mailed_at"]:
        state = say("told_mailed")
    elif told["told_at"]:
        state = say("told_told")
    elif told["not_before"] > told["at"]:
        state = say("told_waits", at=teller.at(told["not_before"]))
    else:
        state = say("told_pending")
    return f"{teller.at(told['at'])}  {teller.label('about', told['phrase'])}: {to}; {state}"
