"""People's words for the closed sets of a result, and how numbers, shares and dates are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SEVERITIES: Mapping[str, str] = {
    "critical": "Critical",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "info": "Info",
}
SEVERITY_RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(SEVERITIES)}

OUTCOMES: Mapping[str, str] = {
    "fail": "Failed",
    "error": "Check error",
    "unknown": "Not decided",
    "manual": "Manual",
    "pass": "Passed",
    "not_licensed": "Not licensed",
    "not_applicable": "Not applicable",
}
OUTCOME_MEANINGS: Mapping[str, str] = {
    "fail": "at least one subject differs from the recommendation",
    "error": "the check itself broke; it says nothing about the product",
    "unknown": "the data to decide it is not there, or its meaning is not publicly known",
    "manual": "only a person can answer it",
    "pass": "every subject meets the recommendation",
    "not_licensed": "the licence does not cover the feature",
    "not_applicable": "nothing it applies to was found",
}

REASONS: Mapping[str, tuple[str, str]] = {
    "not_collected": (
        "Not collected",
        "No input holds these settings. What to collect is listed with the commands.",
    ),
    "key_absent": (
        "Setting absent from the export",
        "The section was read, but the setting is not in it. Product defaults are never assumed: export the section"
        " from the product itself, or look the setting up in the console.",
    ),
    "no_mapping": (
        "Place of the setting not publicly known",
        "Where the product stores the setting is not documented. Look it up in the console and answer as a question.",
    ),
    "not_understood": (
        "Value not understood",
        "The value is none of those that the documentation lists. It is shown as it stands; judge it by hand.",
    ),
    "conflict": (
        "Inputs contradict each other",
        "Two inputs state different values for the same setting. Keep the newer export and audit again.",
    ),
    "incomplete": ("Input cut off", "The export ends where the setting would stand. Export it again."),
    "version_unknown": (
        "Product version not known",
        "The check depends on the product version, which no input states. Add the product's version information.",
    ),
    "no_subject": ("Nothing to judge", "No input describes anything of this kind."),
    "other_version": ("Other version", "This version of the product has no such setting."),
    "other_product": ("Other product", "The check is for another product."),
    "precondition": ("No effect here", "The setting has no effect as the product is configured."),
    "question": ("Question for people", "A person has to answer."),
    "crashed": ("Check error", "The check itself failed. Please report it together with its id."),
}

INPUT_STATUSES: Mapping[str, str] = {
    "read": "Read",
    "broken": "Broken",
    "unreadable": "Recognised but not readable",
    "unknown": "Not recognised",
    "skipped": "Skipped by a limit",
}

AS_OF_SOURCES: Mapping[str, str] = {
    "option": "given with --as-of",
    "inputs": "the latest collection time that the inputs state",
    "clock": "the day of the run, because the inputs state no collection time",
}

EFFORTS: Mapping[str, str] = {"low": "low: minutes", "medium": "medium: hours, a test group", "high": "high: a project"}
CONFIDENCES: Mapping[str, str] = {
    "high": "high: the setting is documented",
    "medium": "medium: its meaning is inferred",
    "low": "low: weak evidence",
}
WAIVER_STATES: Mapping[str, str] = {
    "active": "Active",
    "expiring": "Expires soon",
    "expired": "Expired",
    "unmatched": "Matches nothing",
}

PRODUCTS: Mapping[str, str] = {
    "kesl": "Kaspersky Endpoint Security for Linux",
    "kics-linux": "Kaspersky Industrial CyberSecurity for Linux Nodes",
    "kess-linux": "Kaspersky Embedded Systems Security for Linux",
    "ksc": "Kaspersky Security Center",
    "ksws": "Kaspersky Security for Windows Server",
    "kes": "Kaspersky Endpoint Security for Windows",
    "agent": "Kaspersky Security Center Network Agent",
}
_KINDS: Mapping[str, tuple[str, str]] = {
    "kesl.host": ("host", "hosts"),
    "kesl.task": ("own task", "own tasks"),
    "ksc.server": ("Administration Server", "Administration Servers"),
    "ksc.host": ("device", "devices"),
    "ksc.group": ("group", "groups"),
    "ksc.policy": ("policy", "policies"),
    "ksc.profile": ("policy profile", "policy profiles"),
    "ksc.task": ("task", "tasks"),
    "ksc.licence": ("licence", "licences"),
    "ksc.user": ("user", "users"),
    "ksc.distribution_point": ("distribution point", "distribution points"),
    "ksc.device": ("device looked up alone", "devices looked up alone"),
    "ksc.effective_policy": ("effective policy of a device", "effective policies of devices"),
    "ksc.contents": ("settings without a known owner", "settings without a known owner"),
    "ksws.settings": ("server", "servers"),
    "kes.component": ("component", "components"),
    "xml.document": ("XML document", "XML documents"),
    "estate": ("installation", "installations"),
}
KIND_RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(_KINDS)}
"""Kinds in the order in which people think of them."""

WITH_VERSION = frozenset({"kesl.host", "ksc.server", "ksws.settings", "kes.component"})
"""Kinds that have a product version of their own: only there is a version that is not stated worth a word."""

_AREAS: Mapping[str, str] = {
    "app": "general settings",
    "net": "encrypted connections and ports",
    "ini": "start-up settings",
    "info": "version and databases",
    "task": "task settings",
    "schedule": "schedules",
    "state": "task states",
    "section": "sections of settings",
    "row": "devices",
    "fleet": "numbers of devices",
    "policy": "policies",
    "group": "groups",
    "two_step": "two-step verification",
    "ksn_proxy": "KSN proxy",
    "statistics": "statistics",
    "static": "server properties",
}
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?Z?)?$")


def product(code: str) -> str:
    """The product's name; an unknown code as it stands."""
    return PRODUCTS.get(code, code)


def kind(name: str, count: int) -> str:
    """`host` or `hosts` for `kesl.host`; an unknown kind as it stands."""
    one, many = _KINDS.get(name, (name, name))
    return one if count == 1 else many


def areas(names: Iterable[str]) -> list[str]:
    """What areas hold: `task settings (12)` for many that share their first word, the area's own name for one."""
    heads: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        heads.setdefault(name.partition(".")[0], []).append(name)
    return [_area(head, found) for head, found in heads.items()]


def _area(head: str, found: list[str]) -> str:
    word = _AREAS.get(head, head.replace("_", " "))
    if len(found) > 1:
        return f"{word} ({len(found)})"
    rest = found[0].partition(".")[2]
    return f"{word} ({rest})" if rest and rest != "*" else word


def plural(count: int, one: str, many: str = "") -> str:
    """`1 finding`, `1,200 findings`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(part: float, whole: float) -> str:
    """A share that never rounds to all or nothing: `<1 %`, `64 %`, `>99 %`; empty when there is no whole."""
    if whole <= 0:
        return ""
    if part <= 0:
        return "0 %"
    if part >= whole:
        return "100 %"
    rounded = int(part * 100 / whole + 0.5)
    if rounded < 1:
        return "<1 %"
    return ">99 %" if rounded > 99 else f"{rounded} %"


def instant(text: str) -> str:
    """`1 March 2026, 12:00 UTC` for `2026-03-01T12:00:00Z`, `1 March 2026` for a date; other text as it stands."""
    match = _INSTANT.match(text)
    if not match or not 1 <= int(match[2]) <= 12:
        return text
    day = f"{int(match[3])} {_MONTHS[int(match[2]) - 1]} {match[1]}"
    return f"{day}, {match[4]}:{match[5]} UTC" if match[4] else day


def size(count: int) -> str:
    """Bytes for people: `812 B`, `14 KiB`, `3.4 MiB`."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KiB"
    return f"{count / 1024 / 1024:,.1f} MiB"
