"""What the views of database releases and private patches have in common: words, times, text made safe to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from auditor.accounts.programme_words import words
from auditor.accounts.request_facts import Change
from auditor.app.actors import SYSTEM
from auditor.model.events import text_of
from auditor.phrases import Phrases

AREA = "requests"


def shown(text: str) -> str:
    """The text on one line with everything spelt out that a terminal would obey or hide: ESC becomes \\x1b."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


@dataclass(frozen=True)
class Speaker:
    """Says things in a language and with the times of a zone. `names` is what those are called who act."""

    language: str
    zone: ZoneInfo
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def phrases(self) -> Phrases:
        """The phrases of requests."""
        return Phrases(self.language, AREA)

    def say(self, name: str, **parameters: object) -> str:
        """A phrase."""
        return self.phrases.say(name, **parameters)

    def line(self, label: str, value: str) -> str:
        """A labelled value."""
        return f"{self.say(f'label_{label}')}: {value}"

    def at(self, instant: datetime) -> str:
        """Local time with its offset."""
        return self.phrases.instant(instant, self.zone)

    def released(self, instant: datetime | None) -> str:
        """The release date of databases, which is UTC on every screen that shows one; said plainly when unknown."""
        return self.say("value_unknown") if instant is None else self.phrases.instant(instant, ZoneInfo("UTC"))

    def who(self, actor: str) -> str:
        """Somebody by name and id; the tool itself in words."""
        if actor == SYSTEM:
            return Phrases(self.language, "history").say("system")
        return self.names.get(actor) or shown(actor)

    def stated(self, text: str) -> str:
        """Somebody's words made safe to look at; said plainly when there are none."""
        return shown(text) if text.strip() else self.say("value_not_stated")

    def marked(self, text: str, marks: Sequence[str], note: str = "") -> str:
        """The text with the marks without which it must not be said, and why they are set."""
        if not marks:
            return text
        why = ", ".join(words(f"mark_{mark}", self.language) for mark in marks)
        return self.say("value_source", value=text, source=f"{why}: {note}" if note else why)

    def history(self, kind: str, changes: Sequence[Change]) -> Iterator[str]:
        """What happened, one line each: time, state, who, and what was noted."""
        if not changes:
            return
        yield f"{self.say('label_changes')}:"
        for change in changes:
            state = self._happened(kind, change)
            text = self.say("change_line", at=self.at(change.at), state=state, actor=self.who(change.actor))
            note = str(change.payload.get("reason") or change.payload.get("note") or "")
            yield f"  {self.say('change_note', change=text, note=shown(note)) if note else text}"

    def _happened(self, kind: str, change: Change) -> str:
        """The state that a request came to, or what was recorded while it stayed in its state."""
        if change.before != change.after:
            return self.say(f"{kind}_state_{change.after}")
        return self.say("patch_recorded" if kind == "patch" else f"avdb_recorded_{change.after}")


def change_document(change: Change) -> dict[str, object]:
    """A change as JSON holds it."""
    return {**change.payload, "at": text_of(change.at), "actor": change.actor}


def as_json(document: object) -> str:
    """JSON for programs, keys sorted."""
    import orjson

    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode()


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table for spreadsheets: a header, visible text, no formulas."""
    from auditor.reporting.csv_files import cell

    return "\n".join(",".join(map(cell, row)) for row in (columns, *rows))
