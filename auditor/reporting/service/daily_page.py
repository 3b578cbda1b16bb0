"""The page of a daily report: one entry for each request, those still open first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auditor.reporting.service import common
from auditor.reporting.service.clock_words import deadline, response
from auditor.reporting.service.common import Json
from auditor.reporting.service.model import Cell, Entry, Fact, Happening, Page, Section, Tile, Tiles
from auditor.reporting.service.speech import Speech


def daily_page(document: Json, speech: Speech) -> Page:
    """The page in the words of a language."""
    opened = [entry for entry in document["incidents"] if entry["status"] == "open"]
    ended = [entry for entry in document["incidents"] if entry["status"] != "open"]
    headline, lead = _headline(len(opened), len(ended), speech)
    title = common.title(document, speech)
    return Page(
        language=speech.language,
        kind=common.kind(document, speech),
        title=title,
        headline=headline,
        lead=lead,
        notices=common.notices(document, speech),
        facts=common.facts(document, speech),
        sections=tuple(_sections(document, opened, ended, speech)),
        footer=common.footer(document, speech),
        labels=common.labels(speech),
        printed=title,
    )


def _headline(opened: int, ended: int, speech: Speech) -> tuple[Cell, tuple[str, ...]]:
    if opened:
        lead = (speech.say("lead_open_and_ended", count=ended),) if ended else ()
        return Cell(speech.say("headline_open", count=opened), tone="bad"), lead
    if ended:
        return Cell(speech.say("headline_ended", count=ended), tone="good"), (speech.say("lead_ended", count=ended),)
    return Cell(speech.say("headline_nothing"), tone="plain"), ()


def _sections(document: Json, opened: list[Json], ended: list[Json], speech: Speech) -> Iterator[Section]:
    tiles = (
        Tile(speech.number(len(opened)), speech.say("section_open")),
        Tile(speech.number(len(ended)), speech.say("section_final")),
    )
    yield Section("summary", speech.say("section_summary"), (Tiles(tiles),))
    for ident, entries in (("open", opened), ("final", ended)):
        if entries:
            blocks = tuple(_entry(entry, speech) for entry in entries)
            yield Section(ident, speech.say(f"section_{ident}"), blocks, speech.number(len(entries)))
    counted = common.counting(speech, "about_daily", "about_events")
    yield Section("about", speech.say("section_about"), (*common.explained_marks(document, speech), counted))


def _entry(entry: Json, speech: Speech) -> Entry:
    tone = "missed" if entry["status"] == "open" else "met"
    return Entry(
        id=entry["id"],
        title=speech.plain(entry["title"]),
        level=Cell(speech.level(entry["level"]), level=entry["level"]),
        status=Cell(speech.one_of("status", entry["status"]), tone=tone),
        next=_next(entry, speech),
        facts=tuple(Fact(speech.say(label), cell) for label, cell in _facts(entry, speech) if cell.text),
        description=speech.words(entry["description"]),
        description_label=speech.say("column_description"),
        heading=speech.say("happened"),
        happened=tuple(_happening(one, speech) for one in entry["happened"]),
        nothing=speech.say("happened_nothing"),
    )


def _facts(entry: Json, speech: Speech) -> Iterator[tuple[str, Cell]]:
    route = entry["route"]
    yield "column_state", Cell(speech.one_of("state", entry["state"]), small=_flags(entry, speech))
    yield "critical_since", Cell(speech.instant(entry["critical_since"]))
    yield "critical_until", Cell(speech.instant(entry["critical_until"]))
    yield "column_submitted_at", Cell(speech.instant(entry["submitted_at"]), small=speech.who(entry["reported_by"]))
    yield "response_target", speech.target(entry["clock"]["target"])
    yield "column_deadline", deadline(entry["clock"], speech)
    yield "column_response", response(entry["clock"], speech)
    if route is not None:
        yield "column_route", Cell(_with(route["person"], route["role"], speech), small=speech.instant(route["at"]))
    yield "column_product", Cell(speech.plain(f"{entry['product']} {entry['product_version']}".strip()))
    yield "column_type", Cell(speech.one_of("type", entry["type"]), small=speech.one_of("kind", entry["kind"]))


def _flags(entry: Json, speech: Speech) -> str:
    return ", ".join(speech.one_of("flag", flag) for flag in entry["flags"])


def _next(entry: Json, speech: Speech) -> Cell:
    """What comes next; a deadline never without its marks."""
    step, clock = entry["next"], entry["clock"]
    marks: tuple[str, ...] = ()
    text = speech.say(f"next_{step['step']}")
    if step["step"] == "answer" and clock["deadline"] is not None:
        text = speech.say("next_answer_by", deadline=speech.instant(clock["deadline"]))
        marks = speech.marks(clock["marks"])
    wanted = "; ".join(speech.plain(one) for one in step["wanted"])
    return Cell(text, marks, small=speech.say("wanted", wanted=wanted) if wanted else "")


def _with(person: str, role: str, speech: Speech) -> str:
    who = speech.who(person if ":" in person else f"person:{person}")
    return speech.say("who_role", who=who, role=speech.one_of("role", role)) if role else who


# --- what happened -------------------------------------------------------------------------------------------


def _happening(event: Json, speech: Speech) -> Happening:
    details = event["details"]
    say = _SPOKEN.get(event["type"])
    what = say(details, speech) if say else speech.say(f"event_{event['type']}")
    return Happening(speech.instant(event["at"]), what, speech.who(event["actor"]), tuple(_words(details, speech)))


def _words(details: Json, speech: Speech) -> Iterator[str]:
    """What was said: the analysis, a text, a summary or a reason, and what is wanted."""
    for name in ("analysis", "text", "summary", "reason"):
        if details.get(name):
            yield speech.words(str(details[name]))
    if details.get("wanted"):
        yield speech.say("wanted", wanted="; ".join(speech.plain(str(one)) for one in details["wanted"]))


def _call(details: Json, speech: Speech) -> str:
    if not details.get("line"):
        return speech.say("event_phone_called_plain")
    return speech.say("event_phone_called", line=speech.plain(details["line"]))


def _escalated(details: Json, speech: Speech) -> str:
    if details.get("fraction") is None:
        return speech.say("event_escalated")
    return speech.say("event_escalated_share", share=speech.percent(details["fraction"]))


def _routed(details: Json, speech: Speech) -> str:
    return speech.say("event_routed", who=_with(details.get("to", ""), details.get("role", ""), speech))


def _linked(details: Json, speech: Speech) -> str:
    phrase = "event_duplicate" if details.get("relation") == "duplicate_of" else "event_linked"
    return speech.say(phrase, other=speech.plain(str(details.get("other", ""))))


def _recalculated(details: Json, speech: Speech) -> str:
    ends = [details.get(name) for name in ("old_deadline", "new_deadline")]
    before, after = (speech.instant(end) if end else speech.not_guaranteed() for end in ends)
    return speech.say("event_clock_recalculated", before=before, after=after)


_SPOKEN: Mapping[str, Callable[[Mapping[str, Any], Speech], str]] = {
    "submitted": lambda details, speech: speech.say(
        "event_submitted", channel=speech.one_of("channel", details.get("channel", ""))
    ),
    "phone_called": _call,
    "severity_changed": lambda details, speech: speech.say(
        "event_severity_changed", before=speech.level(details["from"]), after=speech.level(details["to"])
    ),
    "kind_changed": lambda details, speech: speech.say(
        "event_kind_changed",
        before=speech.one_of("kind", details["from"]),
        after=speech.one_of("kind", details["to"]),
    ),
    "escalated": _escalated,
    "routed": _routed,
    "clock_recalculated": _recalculated,
    "linked": _linked,
    "avdb_changed": lambda details, speech: speech.say(
        "event_avdb_changed", state=speech.request_state("avdb", details["to"])
    ),
    "patch_changed": lambda details, speech: speech.say(
        "event_patch_changed", state=speech.request_state("patch", details["to"])
    ),
}
