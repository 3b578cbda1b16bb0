"""What a contract settles differently from its programme, each with the reason why.

    targets:       {"3": {unit: business_hour, reason: ...}, "1": {kind: guaranteed, value: 1, unit: ..., reason: ...}}
    entitlements:  {health_check: {value: true, reason: ...}}
    anything else: {value: ..., reason: ...}

A unit alone chooses one reading of a value whose unit the programme leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auditor.accounts.programmes import ENTITLEMENTS, LEVELS, UNITS

Overrides = Mapping[str, Any]


def _whole(least: int, most: int) -> tuple[Callable[[Any], bool], str]:
    def fits(value: Any) -> bool:
        return type(value) is int and least <= value <= most

    return fits, f"a whole number from {least} to {most}"


def _one_of(*words: str) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: value in words), " or ".join(words)


def _shares(value: Any) -> bool:
    """Shares of the clock: each above the one before, none above the whole."""
    if not isinstance(value, list) or not value or any(type(share) not in {int, float} for share in value):
        return False
    return all(before < after for before, after in zip([0, *value], value, strict=False)) and value[-1] <= 1


VALUES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "off_hours": _one_of("phone_required", "submission"),
    "quota_period": _one_of("contract_year", "calendar_year"),
    "max_contacts": _whole(0, 100_000),
    "rank": _whole(0, 1_000),
    "thresholds": (_shares, "a rising list of shares above 0 and up to 1, such as [0.5, 0.75, 1.0]"),
    "reopen_days": _whole(0, 3_650),
    "reopen_new_cycle": ((lambda value: type(value) is bool), "true or false"),
    "call_lead_minutes": _whole(0, 1_440),
    "report_quarter": _one_of("calendar", "contract"),
}
"""Name of a single value -> whether a value fits, and what would."""


def mistakes(overrides: Any) -> Iterator[str]:
    """What is wrong with the form of overrides, each in words that name the place."""
    if not isinstance(overrides, Mapping):
        yield "overrides: write names and values"
        return
    for name, entry in overrides.items():
        if name == "targets":
            yield from _each(name, entry, {str(level) for level in LEVELS}, _target_mistakes)
        elif name == "entitlements":
            yield from _each(name, entry, set(ENTITLEMENTS), _entitlement_mistakes)
        elif name in VALUES:
            yield from _mistakes(name, entry, _value_mistakes)
        else:
            yield f"overrides: there is no {name!r}; there are targets, entitlements, {', '.join(VALUES)}"


Check = Callable[[str, Mapping[str, Any]], Iterator[str]]


def _each(name: str, entries: Any, known: set[str], check: Check) -> Iterator[str]:
    if not isinstance(entries, Mapping):
        yield f"{name}: write names and values"
        return
    for key, entry in entries.items():
        if key not in known:
            yield f"{name}: there is no {key!r}; there are {', '.join(sorted(known))}"
        else:
            yield from _mistakes(f"{name} {key}", entry, check)


def _mistakes(place: str, entry: Any, check: Check) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"{place}: write a value and a reason"
        return
    reason = entry.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        yield f"{place}: the reason is missing; say where it was agreed"
    yield from check(place, entry)


def _value_mistakes(place: str, entry: Mapping[str, Any]) -> Iterator[str]:
    fits, words = VALUES[place]
    yield from _strangers(place, entry, {"value", "reason"})
    if not fits(entry.get("value")):
        yield f"{place}: {entry.get('value')!r} does not fit; it must be {words}"


def _entitlement_mistakes(place: str, entry: Mapping[str, Any]) -> Iterator[str]:
    yield from _strangers(place, entry, {"value", "reason"})
    if type(entry.get("value")) is not bool:
        yield f"{place}: {entry.get('value')!r} does not fit; it must be true or false"


def _target_mistakes(place: str, entry: Mapping[str, Any]) -> Iterator[str]:
    yield from _strangers(place, entry, {"kind", "value", "unit", "reason"})
    if entry.get("kind") == "none":
        if "value" in entry or "unit" in entry:
            yield f"{place}: nothing is guaranteed, so there is no value and no unit"
        return
    if entry.get("unit") not in UNITS:
        yield f"{place}: the unit must be one of {', '.join(UNITS)}"
    if "kind" not in entry and "value" not in entry:
        return  # chooses a reading
    value = entry.get("value")
    if entry.get("kind", "guaranteed") != "guaranteed":
        yield f"{place}: the kind must be guaranteed or none"
    if type(value) is not int or not 1 <= value <= 100_000:
        yield f"{place}: {value!r} does not fit; the value must be a whole number from 1 to 100000"


def _strangers(place: str, entry: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    for name in entry:
        if name not in known:
            yield f"{place}: there is no {name!r}; there are {', '.join(sorted(known))}"
