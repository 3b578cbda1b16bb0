"""One sentence for each thing that happened, in the reader's language.

A phrase is found by the name of stream and type (`incident_resolved`), so a further stream needs phrases only; what has
none is named as it is. Deadlines are not repeated here: they may be uncertain, and the request itself says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from auditor.accounts.incidents.lifecycle import is_qualified
from auditor.accounts.programme_model import UNDATED
from auditor.accounts.programmes import level_name
from auditor.model.events import instant_of
from auditor.phrases import Phrases

if TYPE_CHECKING:
    from auditor.model.events import Event

AREA = "history"
LONGEST = 300
"""Characters of a text that somebody wrote; JSON has it whole."""

_SETTINGS = frozenset({"account", "contract", "contact", "assignment"})
_NOT_TOLD = frozenset({"erased"})


@dataclass(frozen=True, slots=True)
class Lookups:
    """What sentences need besides the event: `name` of `contact:ID` or `person:ID`, and the document saved before."""

    name: Callable[[str], str]
    before: Callable[[Event], Mapping[str, Any] | None]


class Sentences:
    """Sentences in a language, times in a zone."""

    def __init__(self, language: str, zone: ZoneInfo, lookups: Lookups) -> None:
        self.phrases = Phrases(language, AREA)
        self._zone = zone
        self._lookups = lookups

    def say(self, event: Event) -> str:
        """What happened."""
        name, parameters = self._phrase(event)
        if not self.phrases.knows(name):
            return self.phrases.say("unknown_event", stream=event.stream, type=event.type)
        return self.phrases.say(name, **parameters).strip().removesuffix(":").strip()

    def actor(self, actor: str) -> str:
        """Who did it: a name where one is known, else the id."""
        if actor == "system":
            return self.phrases.say("system")
        return actor.removeprefix("user:") if actor.startswith("user:") else self._lookups.name(actor)

    def _phrase(self, event: Event) -> tuple[str, dict[str, Any]]:
        if event.stream in _SETTINGS and event.type == "saved":
            return self._setting(event)
        return self._variant(event), {**self._parameters(event.payload), **self._own_words(event)}

    def _own_words(self, event: Event) -> dict[str, str]:
        """What events name in words of their own: states of special requests, and what a message is about."""
        payload = event.payload
        if event.type in _REQUESTS:
            area, prefix = "requests", f"{_REQUESTS[event.type]}_state_"
            return {side: self._foreign(area, prefix, payload.get(key)) for side, key in _SIDES.items()}
        if event.stream == "notification" and event.type == "notified":
            return {"reason": self._foreign("incident_pages", "about_", payload.get("reason"))}
        if event.stream == "notification" and event.type == "superseded":
            return {"reason": self._foreign(AREA, "overtaken_", _OVERTAKEN.get(str(payload.get("reason"))))}
        return {}

    def _foreign(self, area: str, prefix: str, value: object) -> str:
        """A phrase of another area, else the value itself."""
        phrases = Phrases(self.phrases.language, area)
        return phrases.say(f"{prefix}{value}") if phrases.knows(f"{prefix}{value}") else self._clip(value)

    def _variant(self, event: Event) -> str:
        """The phrase's name, with what it depends on."""
        payload, name = event.payload, f"{event.stream}_{event.type}"
        depends: Mapping[str, object] = {
            "incident_submitted": "unauthorised" if payload.get("authorised") is False else "",
            "incident_escalated": "share" if payload.get("fraction") is not None else "",
            "incident_linked": payload.get("relation"),
            "incident_qualified_answer": "" if is_qualified(payload) else "unqualified",
            "incident_note": "internal" if payload.get("internal") else "",
            "report_made": "again" if (payload.get("version") or 1) > 1 else "",
            "patch_saved": payload.get("visibility"),
            "engagement_agreed": payload.get("side"),
            "engagement_received": "self_audit" if payload.get("kind") == "self_audit" else "",
            "engagement_delivered": "again" if payload.get("corrects") else "",
            "engagement_closed": "why" if payload.get("reason") else "",
            "finding_observed": "absent" if payload.get("outcome") == "absent" else "",
            "finding_rated": "machine" if payload.get("to") == "machine" else "",
        }
        return f"{name}_{depends[name]}" if depends.get(name) else name

    def _parameters(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Whatever a phrase may ask for; what the event does not say is empty."""
        to = payload.get("to")
        tam = f"person:{payload['tam']}" if payload.get("tam") else ""
        person = payload.get("author") or payload.get("by") or tam or (to if "role" in payload else "")
        said = payload.get("analysis") or payload.get("text") or payload.get("summary") or payload.get("wanted")
        subject = payload.get("subject")
        values = {name: self._clip(payload.get(name)) for name in _PLAIN}
        return {
            **values,
            "label": self._clip(payload.get("name")),
            "text": self._clip(said or payload.get("answer")),
            "person": self._person(person),
            "to": ", ".join(self._reached(one) for one in to) if isinstance(to, list) else self._clip(to),
            "before": self._value(payload.get("from")),
            "after": self._value(to),
            "called": level_name(payload["level"], self.phrases.language) if payload.get("level") in _LEVELS else "",
            "kind": self._worded(("kind_of", "report_kind"), payload.get("kind")),
            "channel": self._worded(("channel",), payload.get("channel")),
            "role": self._worded(("role",), payload.get("role")),
            "share": self.phrases.percent(payload["fraction"]) if payload.get("fraction") is not None else "",
            "number": self._clip(payload.get("of")),
            "other": self._clip(payload.get("other") or payload.get("incident")),
            "day": self._day(payload.get("day") or payload.get("expires")),
            "days": ", ".join(self._day(one) for one in payload.get("days", ())),
            "due": self._instant(payload.get("due_at")),
            "count": payload.get("files") if isinstance(payload.get("files"), int) else 0,
            "rule": self._worded(("rule",), payload.get("rule")),
            "check": self._clip(payload.get("check_id")),
            "outcome": self._worded(("outcome",), payload.get("outcome")),
            "device": self._clip(subject.get("name")) if isinstance(subject, Mapping) else "",
        }

    def _setting(self, event: Event) -> tuple[str, dict[str, Any]]:
        """Settings are saved whole: what is said depends on what was saved before."""
        before, now = self._lookups.before(event), event.payload
        fields = {} if before is None else {name: now.get(name) for name in now if now.get(name) != before.get(name)}
        shown = ", ".join(self._field(name) for name in fields if name not in _NOT_TOLD)
        return f"{event.stream}_{_how(event, before, fields)}", {
            **self._parameters({key: value for key, value in now.items() if key not in {"from", "to"}}),
            "fields": shown,
            "zone": self._clip(now.get("time_zone")),
            "programme": _programme(now),
            "start": self._time(now.get("valid_from") or now.get("authorised_from")),
            "end": self._time(now.get("valid_to") or now.get("authorised_to")),
            "day": self._day(now.get("ended")),
            "reason": self._clip(now.get("end_reason")),
            "person": self._person(f"person:{now['person']}" if now.get("person") else ""),
        }

    def _field(self, name: str) -> str:
        return self.phrases.say(f"field_{name}") if self.phrases.knows(f"field_{name}") else name

    def _worded(self, prefixes: Sequence[str], value: object) -> str:
        """The word for one of several fixed values, else the value itself."""
        known = next((f"{prefix}_{value}" for prefix in prefixes if self.phrases.knows(f"{prefix}_{value}")), "")
        return self.phrases.say(known) if known else self._clip(value)

    def _value(self, value: object) -> str:
        """A severity level with its name, a kind of request in words, anything else as it is."""
        if type(value) is int and value in _LEVELS:
            return self.phrases.say("level", level=value, called=level_name(value, self.phrases.language))
        return self._worded(("kind_of",), value)

    def _person(self, value: object) -> str:
        text = self._clip(value)
        return self._lookups.name(text) if text else ""

    def _reached(self, value: object) -> str:
        """Who is told: a role in words, or somebody by name."""
        return self._worded(("role",), value) if self.phrases.knows(f"role_{value}") else self._person(value)

    def _day(self, value: object) -> str:
        return self.phrases.day(date.fromisoformat(value)) if isinstance(value, str) and value else ""

    def _instant(self, value: object) -> str:
        return self.phrases.instant(instant_of(value), self._zone) if isinstance(value, str) and value else ""

    def _time(self, value: object) -> str:
        """A date or an instant, whichever it is."""
        if not isinstance(value, str):
            return ""
        return self._day(value) if len(value) == len("2026-01-01") else self._instant(value)

    def _clip(self, value: object) -> str:
        if value is None:
            return ""
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        text = " ".join(text.split())
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


_LEVELS = (1, 2, 3, 4)
_SIDES = {"before": "from", "after": "to"}
_REQUESTS = {"avdb_changed": "avdb", "patch_changed": "patch"}
_OVERTAKEN = {
    "a higher share has passed": "higher",
    "no longer so when its time came": "late",
    "a nearer reminder has come": "nearer",
    "nothing is guaranteed any more": "nothing",
    "it was answered before": "answered",
    "the deadline is later now": "later",
}
_PLAIN = (
    "title", "level", "reason", "report", "period", "version", "product", "product_version",
)  # fmt: skip


def _programme(contract: Mapping[str, Any]) -> str:
    """The programme with the year of its sheet, where the sheet names one."""
    year = contract.get("edition", "")
    return f"{contract.get('programme', '')} {'' if year == UNDATED else year}".strip()


def _how(event: Event, before: Mapping[str, Any] | None, changed: Mapping[str, Any]) -> str:
    """Whether something is new, has ended, was erased or only changed."""
    if event.payload.get("erased") and (before is None or changed.get("erased")):
        return "erased"
    if event.stream == "contract" and changed.get("ended"):
        return "ended"
    if before is None:
        return "created"
    closing = {"contact": "authorised_to", "assignment": "valid_to"}.get(event.stream)
    return "closed" if closing and changed.get(closing) and set(changed) == {closing} else "changed"
