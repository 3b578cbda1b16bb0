"""People's words for the closed sets of a result, and how numbers, shares and dates are written, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from auditor.phrases import Phrases
from auditor.reporting.text import English, one_line, shown_value, visible
from auditor.reporting.text import clip as clip_in_english

if TYPE_CHECKING:
    from auditor.phrases.texts import Texts

Json: TypeAlias = Mapping[str, Any]

SEVERITIES = ("critical", "high", "medium", "low", "info")
SEVERITY_RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(SEVERITIES)}
OUTCOMES = ("fail", "error", "unknown", "manual", "pass", "not_licensed", "not_applicable")
REASONS = (
    "not_collected", "key_absent", "no_mapping", "not_understood", "conflict", "incomplete", "version_unknown",
    "no_subject", "other_version", "other_product", "precondition", "question", "crashed",
)  # fmt: skip
INPUT_STATUSES = ("read", "broken", "unreadable", "unknown", "skipped")

PRODUCTS: Mapping[str, str] = {
    "kesl": "Kaspersky Endpoint Security for Linux",
    "kics-linux": "Kaspersky Industrial CyberSecurity for Linux Nodes",
    "kess-linux": "Kaspersky Embedded Systems Security for Linux",
    "ksc": "Kaspersky Security Center",
    "ksws": "Kaspersky Security for Windows Server",
    "kes": "Kaspersky Endpoint Security for Windows",
    "agent": "Kaspersky Security Center Network Agent",
}
"""Names of products are the same in every language."""
_KINDS = (
    "kesl.host", "kesl.task", "ksc.server", "ksc.host", "ksc.group", "ksc.policy", "ksc.profile", "ksc.task",
    "ksc.licence", "ksc.user", "ksc.distribution_point", "ksc.device", "ksc.effective_policy", "ksc.contents",
    "ksws.settings", "kes.component", "xml.document", "estate",
)  # fmt: skip
KIND_RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(_KINDS)}
"""Kinds in the order in which people think of them."""

WITH_VERSION = frozenset({"kesl.host", "ksc.server", "ksws.settings", "kes.component"})
"""Kinds that have a product version of their own: only there is a version that is not stated worth a word."""

_OWN_NAMES = {("-", "nothing collected"): "subject_nothing", ("estate", "the whole installation"): "subject_estate"}

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?Z?)?$")
_FOR_EACH = "  for each "
_NO_BREAK = "\u00a0"


def product(code: str) -> str:
    """The product's name; an unknown code as it stands."""
    return PRODUCTS.get(code, code)


def plural(count: int, one: str, many: str = "") -> str:
    """`1 finding`, `1,200 findings`: for texts that exist in English only."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


class Words:
    """The words of a report in one language, which may carry a territory (pt-BR). UsageProblem for an unknown one.

    `texts` are those of the content in that language; without them only the tool's own words are translated.
    `partly_english` tells whether anything was said for which there is no translation.
    """

    def __init__(self, language: str = "en", texts: Texts | None = None) -> None:
        self._phrases = Phrases(language, "audit_report")
        self.language = self._phrases.locale.replace("_", "-")
        self.is_english = self._phrases.language == "en"
        self.partly_english = False
        self._given = texts

    @cached_property
    def _texts(self) -> Texts:
        from auditor.phrases.texts import Texts

        return self._given if self._given is not None else Texts(self.language)

    def say(self, name: str, /, **parameters: Any) -> str:
        """A phrase; KeyError for a phrase or parameter that does not exist."""
        return self._phrases.say(name, **parameters)

    def one_of(self, family: str, code: str) -> str:
        """One of a closed set (`severity`, `outcome`, `status`); a code that is not known stands for itself."""
        name = f"{family}_{code}"
        return self.say(name) if self._phrases.knows(name) else visible(code)

    def labels(self, family: str, codes: Sequence[str]) -> dict[str, str]:
        """Code -> label, in the order of the codes."""
        return {code: self.say(f"{family}_{code}") for code in codes}

    # --- what things are called --------------------------------------------------------------------------------

    def kind(self, name: str, count: int) -> str:
        """`host` or `hosts` for `kesl.host`, as a name of its own; an unknown kind as it stands."""
        return self.say(f"kinds_{name}", count=count) if name in KIND_RANK else name

    def counted(self, name: str, count: int) -> str:
        """`12 hosts`."""
        return self.say(f"kind_{name}", count=count) if name in KIND_RANK else f"{self.number(count)} {name}"

    def subject(self, key: str, name: str) -> str:
        """What a subject is called: its own name, except for the two that the tool names."""
        own = _OWN_NAMES.get((key, name))
        return self.say(own) if own else one_line(name or key)

    def areas(self, names: Iterable[str]) -> list[str]:
        """What areas hold: `task settings (12)` for many that share their first word, else the area's own name."""
        heads: dict[str, list[str]] = {}
        for name in sorted(set(names)):
            heads.setdefault(name.partition(".")[0], []).append(name)
        return [self._area(head, found) for head, found in heads.items()]

    def _area(self, head: str, found: list[str]) -> str:
        name = f"area_{head}"
        bare = head.replace("_", " ") if head.islower() else head  # attributes are named as the product names them
        word = self.say(name) if self._phrases.knows(name) else bare
        if len(found) > 1:
            return f"{word} ({len(found)})"
        rest = found[0].partition(".")[2]
        return f"{word} ({rest})" if rest and rest != "*" else word

    def count_of(self, number: int, label: str) -> str:
        """`3 failed`."""
        return self.say("count_of", number=self.number(number), label=label.lower())

    def and_more(self, listed: str, rest: int) -> str:
        """A list and how many it leaves out; the list alone when that is none."""
        return self.say("and_more", listed=listed, rest=self.number(rest)) if listed and rest > 0 else listed

    # --- numbers and times -------------------------------------------------------------------------------------

    def number(self, value: float) -> str:
        """A number with the separators of the language."""
        return self._phrases.number(value)

    def percent(self, part: float, whole: float) -> str:
        """A share that never rounds to all or nothing: `<1 %`, `64 %`, `>99 %`; empty when there is no whole."""
        if whole <= 0:
            return ""
        rounded = 0 if part <= 0 else 100 if part >= whole else int(part * 100 / whole + 0.5)
        if 0 < part < whole and rounded < 1:
            return "<" + self._percent(1)
        return ">" + self._percent(99) if 0 < part < whole and rounded > 99 else self._percent(rounded)

    def _percent(self, number: int) -> str:
        if self.is_english:
            return f"{number} %"
        from babel.numbers import format_percent

        return str(format_percent(number / 100, locale=self._phrases.locale)).replace(_NO_BREAK, " ")

    def instant(self, text: str) -> str:
        """`1 March 2026, 12:00 UTC` for `2026-03-01T12:00:00Z`, `1 March 2026` for a date; other text as it stands."""
        match = _INSTANT.match(text)
        if not match or not 1 <= int(match[2]) <= 12:
            return text
        day = self._day(int(match[1]), int(match[2]), int(match[3]))
        return f"{day or text[:10]}, {match[4]}:{match[5]} UTC" if match[4] else day or text

    def _day(self, year: int, month: int, day: int) -> str:
        """The date in words; "" when there is no such day."""
        if self.is_english:
            return f"{day} {_MONTHS[month - 1]} {year:04}"
        from babel.dates import format_date

        try:
            value = date(year, month, day)
        except ValueError:
            return ""
        return str(format_date(value, "long", locale=self._phrases.locale))

    def local(self, text: str, zone: str) -> str:
        """An instant as it is read in a zone (IANA), with its offset; text that is none, or an unknown zone, as is."""
        from zoneinfo import ZoneInfo

        try:
            value, there = datetime.fromisoformat(text), ZoneInfo(zone)
        except (ValueError, OSError, KeyError):  # a zone that does not exist is a KeyError
            return self.instant(text)
        if value.tzinfo is None:
            return self.instant(text)
        return self._phrases.instant(value, there)

    def local_time(self, text: str, zone: str) -> str:
        """The time of day of an instant in a zone, such as 09:00; text that is none as it stands."""
        from zoneinfo import ZoneInfo

        try:
            value = datetime.fromisoformat(text)
            return value.astimezone(ZoneInfo(zone)).strftime("%H:%M") if value.tzinfo else text
        except (ValueError, OSError, KeyError):
            return text

    def decimal(self, value: float) -> str:
        """A number with one decimal."""
        if self.is_english:
            return f"{value:,.1f}"
        from babel.numbers import format_decimal

        return str(format_decimal(value, format="#,##0.0", locale=self._phrases.locale))

    def size(self, count: int) -> str:
        """Bytes for people: `812 B`, `14 KiB`, `3.4 MiB`."""
        if count < 1024:
            return self.say("size_b", number=count)
        if count < 1024 * 1024:
            return self.say("size_kib", number=f"{count / 1024:.0f}")
        return self.say("size_mib", number=self.decimal(count / 1024 / 1024))

    # --- texts of checks, which a result holds in English ------------------------------------------------------

    def told(self, text: str, limit: int = 2_000) -> str:
        """A text of content in the language, visible and cut as by `clip`; `English` where it has no translation."""
        if self.is_english:
            return clip_in_english(text, limit)
        return self._translated(self._texts.text(text), text, limit)

    def known(self, text: str, limit: int = 2_000) -> str:
        """The same for a text that may be in any language: without a translation it stands as it is."""
        return self.clip(text if self.is_english else self._texts.text(text) or text, limit)

    def call(self, text: str) -> str:
        """A command or a call as it is typed; for what it has to be repeated is said in the language."""
        if self.is_english or _FOR_EACH not in text:
            return self.clip(text)
        return self.clip(self._texts.words(text) or text)

    def phrase(self, text: str, limit: int = 2_000) -> str:
        """Words of evidence in the language: what is expected, a note, who holds a lock."""
        if self.is_english:
            return clip_in_english(text, limit)
        return self._translated(self._texts.words(text), text, limit)

    def message(self, verdict: Json, limit: int = 2_000) -> str:
        """What a check says about a subject; "" when it says nothing."""
        text = verdict.get("message", "")
        if self.is_english or not text:
            return clip_in_english(text, limit)
        evidence = verdict.get("evidence", ())
        absent = any("value" not in item for item in evidence)
        found = self._texts.message(text, {item["setting"] for item in evidence}, absent=absent)
        return self._translated(found, text, limit)

    def _translated(self, found: str | None, text: str, limit: int) -> str:
        if found is not None:
            return self.clip(found, limit)
        if not text.strip():
            return ""
        self.partly_english = True
        return English(self.clip(text, limit))

    # --- customer text -----------------------------------------------------------------------------------------

    def clip(self, text: str, limit: int = 2_000) -> str:
        """Visible text of at most `limit` characters, followed by a note of its full length when it was longer."""
        if len(text) <= limit or self.is_english:
            return clip_in_english(text, limit)
        return self.say("cut", text=visible(text[:limit]), length=self.number(len(text)))

    def value(self, value: Any, limit: int = 300) -> str:
        """A setting's value as people read it: text as it stands, everything else as JSON writes it."""
        return self.clip(shown_value(value), limit)


def file_name(stem: str, ending: str, words: Words) -> str:
    """`report.html` in English, `report.es.html` in Spanish."""
    return f"{stem}.{ending}" if words.language == "en" else f"{stem}.{words.language}.{ending}"


@cache
def words_of(language: str) -> Words:
    """The words of a language, made once."""
    return Words(language)


def english() -> Words:
    """The words of texts that exist in English only."""
    return words_of("en")
