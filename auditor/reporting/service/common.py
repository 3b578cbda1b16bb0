"""What the pages of all service reports have in common: title, facts, notices, the explanation of marks, the frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.reporting.service.model import Cell, Fact, Facts, Labels, Text
from auditor.reporting.service.speech import Speech

Json = Mapping[str, Any]

MARKS = ("uncertain", "reconciled", "provisional")
_NOT_PROMISED = {
    "not_promised": "notice_not_promised",
    "unknown": "notice_promise_unknown",
    "no_contract": "notice_no_contract",
}


def title(document: Json, speech: Speech) -> str:
    """Whose report it is and what it is about."""
    period = speech.period(document["period"], document["kind"])
    return speech.say("title", account=speech.plain(document["account"]["name"]), period=period)


def kind(document: Json, speech: Speech) -> str:
    """What kind of report it is; a periodic one bears the name that was given to it."""
    named = speech.say(f"kind_{document['kind']}")
    definition = document["definition"]
    return f"{named}: {speech.plain(definition['name'])}" if definition else named


def facts(document: Json, speech: Speech) -> tuple[Fact, ...]:
    """What every report says about itself."""
    return tuple(
        Fact(speech.say(label), Cell(text), broad=label == "fact_contracts")
        for label, text in _facts(document, speech)
        if text
    )


def _facts(document: Json, speech: Speech) -> Iterator[tuple[str, str]]:
    period, people = document["period"], document["people"]
    yield "fact_customer", speech.plain(document["account"]["name"])
    if document["kind"] == "daily":
        yield "fact_status_at", speech.instant(period["to"])
    else:
        yield "fact_period", speech.say("range", first=speech.day(period["first"]), last=speech.day(period["last"]))
    yield "fact_zone", speech.say("fact_zone_value", zone=period["zone"])
    contracts = [_contract(one, speech) for one in document["contracts"]]
    yield "fact_contracts", "; ".join(contracts) or speech.say("fact_no_contract")
    yield "fact_tam", speech.who(f"person:{people['tam']}") if people["tam"] else speech.say("fact_nobody")
    yield "fact_duty", ", ".join(speech.who(f"person:{one}") for one in people["duty_managers"])
    yield "fact_made", speech.instant(document["made_at"])
    yield "fact_due", _due(document, speech)


def _contract(contract: Json, speech: Speech) -> str:
    days = {name: speech.day(contract[key]) for name, key in (("first", "from"), ("last", "last"))}
    return speech.say(
        "fact_contract", programme=speech.plain(contract["name"]), id=speech.plain(contract["id"]), **days
    )


def _due(document: Json, speech: Speech) -> str:
    if document["due_at"] is None:
        return ""
    return speech.say("fact_due_ours", day=speech.last_day(document["due_at"]))


def notices(document: Json, speech: Speech) -> tuple[str, ...]:
    """What a reader must know before reading on: that it is late, corrects another, or was never promised."""
    return tuple(_notices(document, speech))


def _notices(document: Json, speech: Speech) -> Iterator[str]:
    state = speech.instant(document["period"]["to"])
    if document["late"]:
        due, made = speech.last_day(document["due_at"]), speech.instant(document["made_at"])
        yield speech.say("notice_late", due=due, made=made, state=state)
    if document["corrects"]:
        about = {"version": document["version"], "id": document["corrects"]}
        reason = document["correction_reason"]
        if reason:
            yield speech.say("notice_corrects_why", **about, reason=speech.plain(reason))
        else:
            yield speech.say("notice_corrects", **about)
    if document["promise"] in _NOT_PROMISED:
        yield speech.say(_NOT_PROMISED[document["promise"]])
    if document.get("complete") is False:
        yield speech.say("notice_incomplete", state=state)


def used_marks(document: Any) -> tuple[str, ...]:
    """The marks that stand anywhere in a document, in their usual order."""
    found = set(_marks(document))
    return tuple(mark for mark in MARKS if mark in found)


def _marks(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from value.get("marks") or ()
        if value.get("uncertain") is True:
            yield "uncertain"
        for inner in value.values():
            yield from _marks(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _marks(inner)


def explained_marks(document: Json, speech: Speech) -> tuple[Facts, ...]:
    """What the marks of a document mean; nothing when it has none."""
    explained = tuple(
        Fact(speech.say(f"mark_{mark}"), Cell(speech.say(f"mark_{mark}_meaning"))) for mark in used_marks(document)
    )
    return (Facts(explained, speech.say("about_marks")),) if explained else ()


def counting(speech: Speech, *phrases: str) -> Text:
    """How a report counts."""
    return Text(tuple(speech.say(phrase) for phrase in phrases), speech.say("about_counting"))


def labels(speech: Speech) -> Labels:
    """The words around the sections."""
    before, between, after = speech.say("page_of", page="\0", pages="\1").replace("\1", "\0").split("\0")
    scroll = speech.say("table_scroll", table="{name}")
    return Labels(speech.say("skip"), speech.say("contents"), scroll, (before, between, after))


def footer(document: Json, speech: Speech) -> str:
    """The last line of the page."""
    return speech.say("footer", id=document["id"])
