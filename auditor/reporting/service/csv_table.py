"""The requests of a report as a table for spreadsheets: RFC 4180, UTF-8 with a byte order mark, no formulas.

Times are local with their offset, in a form that sorts. Marks have a column of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from auditor.reporting.csv_files import cell
from auditor.reporting.service.common import Json
from auditor.reporting.service.speech import Speech

_BOM = "\ufeff"
_DAILY = (
    "id", "title", "description", "product", "product_version", "type", "kind", "level", "state", "status",
    "submitted_at", "deadline", "responded_at", "response", "next", "route", "marks",
)  # fmt: skip


def render_table(document: Json, speech: Speech) -> bytes:
    """The table with a line of headings in the language of `speech`."""
    if document["kind"] == "daily":
        columns: tuple[str, ...] = _DAILY
    else:
        columns = (*document["selection"]["columns"], "marks")
    rows = [[speech.say(f"column_{name}") for name in columns]]
    rows += [[_STATED[name](incident, speech) for name in columns] for incident in document["incidents"]]
    return "".join([_BOM, *(_line(row) for row in rows)]).encode("utf-8", "backslashreplace")


def _line(texts: Iterable[str]) -> str:
    return ",".join(cell(text) for text in texts) + "\r\n"


def _marks(incident: Json, speech: Speech) -> str:
    """The marks of the deadline and of the target, each once."""
    clock = incident["clock"]
    return ", ".join(speech.marks(dict.fromkeys([*clock["marks"], *clock["target"]["marks"]])))


def _deadline(incident: Json, speech: Speech) -> str:
    deadline = incident["clock"]["deadline"]
    return speech.not_guaranteed() if deadline is None else speech.local_text(deadline)


def _next(incident: Json, speech: Speech) -> str:
    step = incident["next"]
    text = speech.say(f"next_{step['step']}")
    return (
        f"{text}. {speech.say('wanted', wanted='; '.join(map(speech.plain, step['wanted'])))}"
        if step["wanted"]
        else text
    )


def _route(incident: Json, speech: Speech) -> str:
    route = incident["route"]
    if route is None:
        return ""
    person = route["person"]
    return speech.who(person if ":" in person else f"person:{person}")


_STATED: Mapping[str, Callable[[Json, Speech], str]] = {
    "id": lambda incident, _speech: str(incident["id"]),
    "title": lambda incident, speech: speech.words(incident["title"]),
    "description": lambda incident, speech: speech.words(incident["description"]),
    "product": lambda incident, speech: speech.words(incident["product"]),
    "product_version": lambda incident, speech: speech.words(incident["product_version"]),
    "type": lambda incident, speech: speech.one_of("type", incident["type"]),
    "kind": lambda incident, speech: speech.one_of("kind", incident["kind"]),
    "level": lambda incident, speech: speech.level(incident["level"]),
    "state": lambda incident, speech: speech.one_of("state", incident["state"]),
    "status": lambda incident, speech: speech.one_of("status", incident["status"]),
    "submitted_at": lambda incident, speech: speech.local_text(incident["submitted_at"]),
    "deadline": _deadline,
    "responded_at": lambda incident, speech: speech.local_text(incident["clock"]["responded_at"]),
    "response": lambda incident, speech: speech.say(f"response_{incident['clock']['status']}"),
    "ended_at": lambda incident, speech: speech.local_text(incident["ended_at"]),
    "reported_by": lambda incident, speech: speech.who(incident["reported_by"]),
    "channel": lambda incident, speech: speech.one_of("channel", incident["channel"]),
    "next": _next,
    "route": _route,
    "marks": _marks,
}
