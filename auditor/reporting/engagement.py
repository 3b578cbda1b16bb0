"""What `engagement.json` adds to a report: the cover, and what people said beside the verdicts of the machine.

Nothing here changes a verdict, a count or an order. The document may have been written by hand or by another version:
what is missing in it, or is of another kind than expected, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from auditor.reporting.compared import comparison_of
from auditor.reporting.model import Check, Comparison, Cover, Fact, Judged, ReceivedRow
from auditor.reporting.text import one_line
from auditor.reporting.words import SEVERITIES, Words, product

Json: TypeAlias = Mapping[str, Any]

JUDGED_LIMIT = 20
"""Judgements shown per check; engagement.json has every one."""
_LIST_LIMIT = 60
_TEXT = 600
_ANSWERS = ("pass", "fail", "not_applicable")


def texts(value: Any) -> list[str]:
    """The texts of a list; {id, name} stands for its name. Anything else is no list."""
    found = value if isinstance(value, list) else []
    return [text for text in (text_of(item) for item in found) if text]


def text_of(value: Any) -> str:
    """A text on one line; the name (else id) of {id, name}; "" for nothing."""
    if isinstance(value, Mapping):
        return text_of(value.get("name")) or text_of(value.get("id"))
    if value is None or isinstance(value, list):
        return ""
    return one_line(value if isinstance(value, str) else str(value))[: _TEXT + 1]


def _member(value: Any, name: str) -> Json:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


class Human:
    """Reads one engagement document (None: a self-audit) in the words of a language.

    `as_of` is the instant of the result; answers and waivers are judged on the engagement's day, else on that day.
    """

    def __init__(self, words: Words, document: Json | None, as_of: str) -> None:
        self._words = words
        self._document = document
        self._about = _member(document, "engagement")
        self._zone = text_of(self._about.get("zone")) or "UTC"
        self._today = text_of(self._about.get("day")) or as_of[:10]
        self._by_check: dict[str, list[Json]] = {}
        for judgement in (document or {}).get("judgements", ()):
            self._by_check.setdefault(text_of(judgement.get("check_id")), []).append(judgement)

    # --- beside the checks -----------------------------------------------------------------------------------

    def of_check(self, check_id: str) -> list[Json]:
        """The judgements on a check, in the order of the document."""
        return self._by_check.get(check_id, [])

    def added_to(self, check: Check, source: Json) -> Check:
        """The check with what people said about it; the check itself when nobody said anything."""
        found = self.of_check(source["id"])
        if not found:
            return check
        names = {(v["subject"]["kind"], v["subject"]["key"]): v["subject"]["name"] for v in source["sample"]}
        machine = self._machine(check)
        judged = [Judged(self._subject(one, names), machine, tuple(self.lines(one))) for one in found[:JUDGED_LIMIT]]
        told = tuple(one for one in judged if one.lines)
        rest = len(found) - JUDGED_LIMIT
        left_out = self._words.say("more_items", count=rest) if rest > 0 else ""
        return check._replace(rated=self._rated(found, source), judged=told, judged_left_out=left_out)

    def _machine(self, check: Check) -> str:
        shown = check.severity_label if check.state == "fail" else check.state_label
        return self._words.say("machine", severity=shown.lower())

    def _subject(self, judgement: Json, names: Mapping[tuple[str, str], str]) -> str:
        subject = _member(judgement, "subject")
        kind, key = text_of(subject.get("kind")), text_of(subject.get("key"))
        return self._words.clip(self._words.subject(key, names.get((kind, key), "")), 120)

    def _rated(self, found: list[Json], source: Json) -> str:
        """In short, where the same was said of every failing subject (of a question: of the one it asks about)."""
        open_ = max(source["counts"].get("fail", 0), source["counts"].get("manual", 0), 1)
        said = {self._in_short(one) for one in found}
        return said.pop() if len(said) == 1 and len(found) >= open_ else ""

    def _in_short(self, judgement: Json) -> str:
        severity = text_of(_member(judgement, "rating").get("severity"))
        if severity in SEVERITIES:
            return self._words.say("rated_short", severity=self._words.say(f"severity_{severity}").lower())
        given = _member(judgement, "attestation")
        if text_of(given.get("answer")) in _ANSWERS and text_of(given.get("valid_until")) >= self._today:
            return self._words.say(f"answer_{given['answer']}")
        return ""

    def lines(self, judgement: Json) -> Iterator[str]:
        """What people said about one verdict, a sentence each."""
        words = self._words
        rating = _member(judgement, "rating")
        if rating:
            label = words.one_of("severity", text_of(rating.get("severity"))).lower()
            yield words.say("rated", severity=label, **self._signed(rating), reason=self._text(rating.get("reason")))
        waiver = _member(judgement, "waiver")
        if waiver:
            phrase = "accepted" if text_of(waiver.get("expires")) >= self._today else "accepted_over"
            yield words.say(
                phrase,
                approver=self._who(waiver.get("approver")),
                expires=words.instant(text_of(waiver.get("expires"))),
                reason=self._text(waiver.get("reason")),
            )
        if _member(judgement, "attestation"):
            yield self._attested(_member(judgement, "attestation"))
        notes = judgement.get("notes")
        for note in notes if isinstance(notes, list) else ():
            if isinstance(note, Mapping):
                yield words.say("noted", **self._signed(note), text=self._text(note.get("text")))
        if text_of(judgement.get("incident")):
            yield words.say("promoted", incident=text_of(judgement.get("incident")))

    def cell(self, judgement: Json, member: str, name: str) -> str:
        """One value of a judgement for a table; words instead of codes in other languages than English."""
        found = _member(judgement, member).get(name)
        family = {"severity": "severity", "answer": "answer"}.get(name, "")
        if family and not self._words.is_english and text_of(found):
            return self._words.one_of(family, text_of(found))
        return self._text(found)

    def notes(self, judgement: Json) -> list[str]:
        """The texts of the notes."""
        notes = judgement.get("notes")
        rows = notes if isinstance(notes, list) else []
        return [self._text(note.get("text")) for note in rows if isinstance(note, Mapping)]

    def _attested(self, given: Json) -> str:
        until = text_of(given.get("valid_until"))
        return self._words.say(
            "attested" if until >= self._today else "attested_over",
            author=self._who(given.get("author")),
            on=self._words.instant(text_of(given.get("on"))),
            answer=self._words.one_of("answer", text_of(given.get("answer"))),
            evidence=self._text(given.get("evidence")) or self._words.say("not_stated"),
            until=self._words.instant(until),
        )

    def _signed(self, said: Json) -> dict[str, str]:
        return {"by": self._who(said.get("by")), "at": self._instant(said.get("at"))}

    def _who(self, value: Any) -> str:
        return self._text(value) or self._words.say("nobody")

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            return self._words.clip(value.strip(), 2_000)
        return text_of(value)

    def _instant(self, value: Any) -> str:
        text = text_of(value)
        return self._words.local(text, self._zone) if text else self._words.say("not_stated")

    # --- the cover -------------------------------------------------------------------------------------------

    def cover(self) -> Cover | None:
        """The facts of the engagement; None for a self-audit."""
        if self._document is None:
            return None
        account = text_of(self._about.get("account")) or self._words.say("not_stated")
        facts = (Fact(self._words.say(f"cover_{name}"), value) for name, value in self._facts())
        return Cover(
            title=self._words.say("cover_title", account=account),
            facts=tuple(fact for fact in facts if fact.value),
            corrects=self._corrects(),
            overrides=tuple(self._overrides()),
            unfinished=tuple(texts(self._about.get("unfinished"))[:_LIST_LIMIT]),
            received=tuple(self._received()),
        )

    def _facts(self) -> Iterator[tuple[str, str]]:
        about, words = self._about, self._words
        yield "day", words.instant(text_of(about.get("day")))
        yield "window", self._window()
        yield "used", self._used()
        yield "account", _with_id(about.get("account"))
        yield "contract", ", ".join(filter(None, (text_of(about.get("contract")), text_of(about.get("programme")))))
        yield "tam", text_of(about.get("tam"))
        yield "participants", self._listed("participants")
        yield "products", ", ".join(product(code) for code in texts(about.get("products"))[:_LIST_LIMIT])
        yield "sources", self._listed("sources")
        yield "access", text_of(about.get("access"))
        language = text_of(about.get("language"))
        yield "language", words.one_of("language", language) if language else ""
        yield "requested", self._instant(about["requested_at"]) if about.get("requested_at") else ""
        yield "agreed", "; ".join(self._agreements())
        yield "delivered", self._instant(about["delivered_at"]) if about.get("delivered_at") else ""
        yield "id", text_of(about.get("id"))
        yield "version", text_of(about.get("version"))

    def _listed(self, name: str) -> str:
        found = texts(self._about.get(name))
        return self._words.and_more(", ".join(found[:_LIST_LIMIT]), len(found) - _LIST_LIMIT)

    def _window(self) -> str:
        window = _member(self._about, "window")
        start, end = (self._words.local_time(text_of(window.get(name)), self._zone) for name in ("from", "to"))
        return self._words.say("window", start=start, end=end, zone=self._zone) if start and end else ""

    def _used(self) -> str:
        seconds = self._about.get("used_seconds")
        if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
            return ""
        hours, minutes = divmod(seconds // 60, 60)
        return self._words.say("used", hours=hours, minutes=minutes)

    def _agreements(self) -> Iterator[str]:
        for one in _rows(self._about, "agreements"):
            side = self._words.one_of("side", text_of(one.get("side")))
            yield self._words.say("agreement", side=side, **self._signed(one))

    def _corrects(self) -> str:
        version, before = text_of(self._about.get("version")), text_of(self._about.get("corrects"))
        if before in {"", "0"}:
            return ""
        reason = self._text(self._about.get("reason"))
        if not reason:
            return self._words.say("corrects", version=version, before=before)
        return self._words.say("corrects_why", version=version, before=before, reason=reason)

    def _overrides(self) -> Iterator[str]:
        for one in _rows(self._about, "overrides"):
            rule = self._words.one_of("rule", text_of(one.get("rule")))
            by, reason = self._who(one.get("by")), self._text(one.get("reason"))
            yield self._words.say("overridden", rule=rule, by=by, reason=reason)

    def _received(self) -> Iterator[ReceivedRow]:
        words = self._words
        for one in _rows(self._about, "received"):
            files, size = one.get("files"), one.get("bytes")
            yield ReceivedRow(
                when=self._instant(one.get("at")),
                what=words.one_of("received", text_of(one.get("kind"))),
                source=text_of(one.get("source")),
                files=words.number(files) if isinstance(files, int) else "",
                size=words.size(size) if isinstance(size, int) else "",
                sha256=text_of(one.get("manifest")),
            )

    # --- the year before -------------------------------------------------------------------------------------

    def comparison(self) -> Comparison | None:
        """This result beside the one before; None where there is none."""
        found = _member(self._document, "comparison")
        return comparison_of(self._words, found) if found else None

    def since_self_audit(self) -> Comparison | None:
        """This result beside the customer's own audit that was received last; None where there is none."""
        found = _member(self._document, "self_audit")
        return comparison_of(self._words, found, "self_audit") if found else None


def _rows(owner: Json, name: str) -> list[Json]:
    found = owner.get(name)
    rows = found if isinstance(found, list) else []
    return [row for row in rows[:_LIST_LIMIT] if isinstance(row, Mapping)]


def _with_id(value: Any) -> str:
    name = text_of(value)
    ident = text_of(value.get("id")) if isinstance(value, Mapping) else ""
    return f"{name} ({ident})" if ident and ident != name else name
