"""Values of a file and of options as the records they describe. Every key is known, every value has its type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from auditor.accounts.accounts import DEFAULT_CUTOFF, Account, language_tag
from auditor.accounts.contracts import Contract
from auditor.app.moments import day_from, instant_from
from auditor.calendars.fields import Fields
from auditor.errors import AuditorError, ContentError, UsageProblem
from auditor.model.events import instant_of
from auditor.sdk import strict_yaml

Values = Mapping[str, Any]


def read_values(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; ContentError naming file and place, UsageProblem when there is none."""
    if not path.is_file():
        raise UsageProblem("there is no such file", where=str(path), hint="name a YAML file, as export writes it")
    document = strict_yaml.load_file(path)
    if not isinstance(document, dict):
        raise ContentError(
            "the file holds no names with values", where=str(path), hint="write lines such as name: Acme"
        )
    return document


def merged(base: Values, changes: Values) -> dict[str, Any]:
    """`base` with what `changes` names. Mappings are merged within, and null takes a key away."""
    result = dict(base)
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            inner = result.get(key)
            within = merged(inner if isinstance(inner, Mapping) else {}, value)
            result[key] = within
        else:
            result[key] = value
    return result


def account_from(values: Values) -> Account:
    """The account that values describe; ContentError names the key that is wrong or missing."""
    fields = fields_of(values, "account", ("id", "name", "time_zone", "country", "customer_calendar"))
    account = Account(
        id=fields.text("id"),
        name=fields.text("name"),
        time_zone=fields.text("time_zone"),
        country=fields.text("country"),
        customer_calendar=fields.text("customer_calendar"),
        subdivision=fields.text("subdivision", default=""),
        languages=tuple(fields.texts("languages", default=["en"])),
        daily_cutoff=fields.text("daily_cutoff", default=DEFAULT_CUTOFF),
    )
    finish(fields)
    account.check()
    return account


def contract_from(values: Values) -> Contract:
    """The contract that values describe; ContentError names the key that is wrong or missing.

    Whether it may be saved is told by auditor.accounts.contract_rules.
    """
    fields = fields_of(values, "contract", ("id", "account", "programme", "valid_from", "valid_to"))
    ended = fields.text("ended", default="")
    contract = Contract(
        id=fields.text("id"),
        account=fields.text("account"),
        programme=fields.text("programme"),
        edition=fields.text("edition", default=""),
        valid_from=day_from(fields.text("valid_from")),
        valid_to=day_from(fields.text("valid_to")),
        support_calendar=fields.text("support_calendar", default=""),
        programme_hash=fields.text("programme_hash", default=""),
        certificate_no=fields.text("certificate_no", default=""),
        overrides=_overrides(fields.raw("overrides")),
        licences=tuple(fields.texts("licences", default=[])),
        plus_licence=fields.flag("plus_licence", default=False),
        ended=day_from(ended) if ended else None,
        end_reason=fields.text("end_reason", default=""),
    )
    finish(fields)
    return contract


def fields_of(values: Values, where: str, required: Sequence[str]) -> Fields:
    """Values to be taken one by one; a null is as good as nothing. ContentError names all that are missing."""
    stated = {key: value for key, value in values.items() if value is not None}
    missing = [key for key in required if key not in stated]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        hint = f"state them as options or in the file of --from; auditor {where} --help names all"
        raise ContentError(f"{', '.join(missing)} {verb} missing", where=where, hint=hint)
    return Fields(stated, where)


def moment(fields: Fields, key: str, zone: ZoneInfo) -> datetime | None:
    """An instant that a person wrote or an event holds; None when the key is missing or empty."""
    text = fields.text(key, default="")
    if not text:
        return None
    try:
        return instant_of(text)
    except ValueError:
        try:
            return instant_from(text, zone)
        except AuditorError as error:
            raise fields.problem(key, error.message, error.hint) from error


def language_of(fields: Fields) -> str:
    """The language that is stated, in its usual form; "" when none is."""
    text = fields.text("language", default="")
    try:
        return language_tag(text) if text else ""
    except ContentError as error:
        raise fields.problem("language", error.message, error.hint) from error


def finish(fields: Fields) -> None:
    """ContentError when a key is left that nobody asked for."""
    left = fields.left()
    if left:
        raise fields.problem(left[0], f"there is no {left[0]!r}", "auditor COMMAND create --help names what there is")


def overrides_from(texts: Sequence[str], reason: str, dropped: Sequence[str]) -> dict[str, Any]:
    """Overrides from NAME=VALUE; names of `dropped` become null, which takes them away when they are merged.

    UsageProblem for a text without value, and for overrides without reason.
    """
    found: dict[str, Any] = {}
    for name in dropped:
        _put(found, name.split("."), None)
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageProblem(f"{text!r} is no override", hint="write NAME=VALUE, such as max_contacts=4")
        if not reason.strip():
            raise UsageProblem("where the override was agreed is missing", hint="state --reason")
        path = name.split(".")
        within = path[:2] if path[0] in {"targets", "entitlements"} else path[:1]
        _put(found, [*within, *(path[len(within) :] or ["value"])], _typed(value))
        _put(found, [*within, "reason"], reason)
    return found


def _put(found: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for step in path[:-1]:
        inner = found.get(step)
        found[step] = inner = inner if isinstance(inner, dict) else {}
        found = inner
    found[path[-1]] = value


def _typed(text: str) -> Any:
    """true, false, whole numbers and lists of numbers as what they are; everything else stays text."""
    if text in {"true", "false"}:
        return text == "true"
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    return text.split(",") if "," in text else text


def _overrides(document: Any) -> Mapping[str, Any]:
    """Overrides with plain numbers (strict YAML reads 1.0 as text). Whether they fit is told by the rules."""
    if document is None:
        return {}
    if isinstance(document, Mapping):
        entry = document.get("thresholds")
        if isinstance(entry, Mapping) and isinstance(entry.get("value"), list):
            shares = [_plain_number(share) for share in entry["value"]]
            return {**document, "thresholds": {**entry, "value": shares}}
    return document  # type: ignore[no-any-return]  # whatever else it is, the rules say what is wrong


def _plain_number(value: Any) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return value
    return int(number) if number.is_integer() else number
