"""Secrets are taken out before anything is stored or printed.

What is taken out is shown as `***`, so that a check can still see that something was there: a proxy with a password
in clear reads `user:***@proxy:3128`. Empty values stay empty; switches and numbers stay as they are, also under names
such as `PasswordProtection`. Redacting twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MASK = "***"

# names that are secret wherever the word stands in them ...
_ANYWHERE = re.compile(
    r"passw|passphrase|pwd|secret|token|credential|keydata|private[-_ ]?key|api[-_ ]?key|x-ksc-session|"
    r"customer[-_ ]?info",
    re.IGNORECASE,
)
# ... and where the word must be one of its own, or end one: bypass and passive are no secrets
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_HARMLESS_PASS = frozenset({"bypass", "compass", "trespass", "surpass", "underpass", "overpass"})
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_LICENCE_NUMBER = re.compile(r"lic[a-z_ ]{0,40}serial|activation[-_ ]?code", re.IGNORECASE)

_SWITCH = re.compile(r"yes|no|true|false|on|off|enabled|disabled|none|null|\d{1,3}", re.IGNORECASE)
_DIGITS = re.compile(r"\d{1,18}")
_MEASURES = frozenset(
    (
        *("length", "min", "max", "minimum", "maximum", "age", "attempts", "count", "lifetime", "period"),
        *("timeout", "days", "hours", "minutes", "seconds", "size", "limit"),
    )
)

# `in` over fixed words is several times faster than one pattern with alternatives (measured)
_HINTS = (
    "@",
    "pass",
    "pwd",
    "secret",
    "token",
    "credential",
    "authorization",
    "x-ksc",
    "cookie",
    "bearer",
    "eyj",
    "private key",
)
_CODE_HINT = re.compile(r"-[0-9A-Za-z]{5,6}-")

_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL
)
_HEADER = re.compile(
    r"(?i)(?<![\w-])((?:proxy-)?authorization|x-ksc-session|(?:set-)?cookie)([\"']?\s{0,9}[:=]\s{0,9})([^\r\n]+)"
)
_ASSIGNED = re.compile(
    r"(?i)((?:passw(?:or)?d|passphrase|(?<![a-z])pass|pwd|secret|token|credentials?)[\"']?\s{0,9}[=:]\s{0,9})"
    r"(\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s\"'][^\r\n]*)"
)
_BEARER = re.compile(r"(?i)\b(bearer\s{1,9})[\w.~+/=-]{8,}")
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}+\.[\w-]{2,}(?:\.[\w-]*)?")
_IN_URL = re.compile(r"([^\s:/@\"'=,;<>]{0,128}):(?!//)([^\s\"'<>]{1,256})@(?=[\w.\-\[])")
_MAIL = re.compile(r"(?<![\w.+*-])[\w.+-]{1,64}(@[\w-]{1,63}(?:\.[\w-]{1,63})+)")
_ACTIVATION = re.compile(r"(?i)(?<![0-9a-z-])[0-9a-z]{5}-[0-9a-z]{5}-[0-9a-z]{5}-[0-9a-z]([0-9a-z]{4})(?![0-9a-z-])")
_SERIAL = re.compile(r"(?i)(?<![0-9a-f-])[0-9a-f]{4}-[0-9a-f]{6}-[0-9a-f]{4}([0-9a-f]{4})(?![0-9a-f-])")


def is_secret_name(name: str) -> bool:
    """Whether a setting of this name holds a secret: passwords, tokens, credentials, key data, session headers.

    The name decides alone; whether the value under it needs redaction (switches and numbers do not) is
    `redact_value`'s matter.
    """
    return _kind_of_name(name) == "secret"


@lru_cache(maxsize=16_384)
def _kind_of_name(name: str) -> str:
    """`secret`, `licence` for numbers of which the end is shown, or ""."""
    if _ANYWHERE.search(name) or name.lower() in _HEADERS:
        return "secret"
    if any(word.endswith("pass") and word not in _HARMLESS_PASS for word in _words(name)):
        return "secret"
    return "licence" if _LICENCE_NUMBER.search(name) else ""


def may_hold_secret(text: str) -> bool:
    """A cheap look: False means that `redact_text` would change nothing."""
    if "@" in text:
        return True
    lower = text.lower()
    return any(hint in lower for hint in _HINTS) or ("-" in text and _CODE_HINT.search(text) is not None)


def redact_text(text: str) -> str:
    """The text without passwords in addresses and assignments, mail names, licence codes, keys and session headers."""
    if not may_hold_secret(text):
        return text
    return _MAIL.sub(rf"{MASK}\g<1>", redact_secrets(text))


def redact_secrets(text: str) -> str:
    """As `redact_text`, but mail names stay: in names of files and folders `root@web01.example` tells a host."""
    if not may_hold_secret(text):
        return text
    text = _PEM.sub(f"-----PRIVATE KEY {MASK}-----", text)
    text = _HEADER.sub(rf"\g<1>\g<2>{MASK}", text)
    text = _ASSIGNED.sub(_assigned, text)
    text = _BEARER.sub(rf"\g<1>{MASK}", text)
    text = _JWT.sub(MASK, text)
    text = _IN_URL.sub(rf"\g<1>:{MASK}@", text)
    text = _ACTIVATION.sub(r"*****-*****-*****-*\g<1>", text)
    return _SERIAL.sub(rf"{MASK}\g<1>", text)


def mask_tail(text: str, keep: int = 4) -> str:
    """`***` and the last `keep` characters, for numbers that people must be able to recognise."""
    if not text:
        return text
    bare = text.removeprefix(MASK)
    return MASK + bare[-keep:] if len(bare) > keep or bare != text else MASK


def redact_value(name: str, value: Any) -> Any:
    """The value as it may be kept under this name: any nesting of dicts and lists, or one scalar."""
    return _clean(name, value) if type(value) is str else _Redaction().of(name, value)


def redact_tree(tree: Any) -> tuple[Any, int]:
    """The tree without secrets, and how many values were changed. Unchanged parts are the same objects."""
    redaction = _Redaction()
    return redaction.of("", tree), redaction.changed


class _Redaction:
    """One walk over a tree."""

    def __init__(self) -> None:
        self.changed = 0

    def of(self, name: str, value: Any, secret: bool = False) -> Any:
        """`secret` is inherited: everything inside something secret is."""
        kind = type(value)
        if kind is str:
            return self._text(name, value, secret)
        if kind is dict or isinstance(value, Mapping):
            return self._mapping(name, value, secret)
        if kind is list or kind is tuple:
            secret = secret or is_secret_name(name)
            items = [self.of(name, item, secret) for item in value]
            return value if _same(items, value) else items
        return value

    def _text(self, name: str, value: str, secret: bool) -> str:
        kept = _secret_text(name, value) if secret else _clean(name, value)
        if kept == value:
            return value
        self.changed += 1
        return kept

    def _mapping(self, name: str, value: Mapping[Any, Any], secret: bool) -> Any:
        secret = secret or is_secret_name(name)
        wrapper = value.keys() == {"type", "value"}  # a KSC typed value: its type is no secret
        named = _pair_name(value)
        kept: dict[Any, Any] = {}
        numbers: dict[str, int] = {}
        changed = False
        for key, item in value.items():
            inner = name if wrapper else named if named and str(key).lower() == "value" else str(key)
            clean = item if wrapper and key == "type" else self.of(inner, item, secret)
            clean_key = self._key(key, kept, numbers)
            changed = changed or clean is not item or clean_key is not key
            kept[clean_key] = clean
        return kept if changed else value

    def _key(self, key: Any, kept: Mapping[Any, Any], numbers: dict[str, int]) -> Any:
        """Keys are shown as paths, so they are redacted too, and stay different from one another.

        `numbers` holds the last one given to keys that look alike.
        """
        if type(key) is not str or not may_hold_secret(key):
            return key
        clean = redact_text(key)
        if clean == key:
            return key
        self.changed += 1
        number, unique = numbers.get(clean, 1), clean
        while unique in kept:
            number += 1
            unique = f"{clean} ({number})"
        numbers[clean] = number
        return unique


def _clean(name: str, value: str) -> str:
    kind = _kind_of_name(name)
    if kind == "secret":
        return _secret_text(name, value)
    return mask_tail(value) if kind == "licence" else redact_text(value)


def _words(name: str) -> list[str]:
    return _NO_WORD.split(_CAMEL.sub("_", name).lower())


def _secret_text(name: str, value: str) -> str:
    """Masked, unless it is empty, a switch, or a number under a name that measures something."""
    text = value.strip()
    if not text or _SWITCH.fullmatch(text):
        return value
    if _DIGITS.fullmatch(text) and not _MEASURES.isdisjoint(_words(name)):
        return value
    return MASK


def _assigned(match: re.Match[str]) -> str:
    value = match[2]
    quote = value[0] if value[0] in "\"'" else ""
    bare = value.strip("\"'").strip()
    if not bare or _SWITCH.fullmatch(bare):
        return match[0]
    return f"{match[1]}{quote}{MASK}{quote}"


def _pair_name(value: Mapping[Any, Any]) -> str:
    """`Password` for `{"Name": "Password", "Value": ...}`."""
    for key, item in value.items():
        if type(key) is str and key.lower() == "name" and type(item) is str:
            return item
    return ""


def _same(items: list[Any], value: Any) -> bool:
    return all(new is old for new, old in zip(items, value, strict=True))
