"""Names of files and archive members: made safe to show, and judged before anything is opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from auditor.intake.redaction import redact_secrets

MAX_NAME = 1000
"""Longest name of an archive member, in characters."""

_DRIVE = re.compile(r"[A-Za-z]:")
_PROBLEMS: tuple[tuple[Callable[[str], object], str], ...] = (
    (lambda name: not name.strip("/. "), "its name is empty"),
    (lambda name: len(name) > MAX_NAME, f"its name is longer than {MAX_NAME} characters"),
    (lambda name: "\0" in name, "its name holds a NUL character"),
    (lambda name: name.startswith("/"), "its name is an absolute path"),
    (lambda name: "\\" in name, "its name holds a backslash"),
    (_DRIVE.match, "its name begins with a drive letter"),
    (lambda name: ".." in name.split("/"), "its name leads out of the archive"),
)


def visible(name: str) -> str:
    """The name with everything a terminal could act on written out (`\\x1b`, `\\u202e`), on one line.

    Bytes that are not UTF-8 (surrogates of `os.fsdecode`) become `\\xNN`. A backslash is doubled, so that two
    different names never look alike. Printable names come back as they are.
    """
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(map(_visible_char, name))


def _visible_char(char: str) -> str:
    if char == "\\":
        return "\\\\"
    if char.isprintable():
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # how os.fsdecode carries an undecodable byte
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def without_secrets(names: Iterable[str]) -> dict[str, str]:
    """What is shown for those of the names of one folder that hold a secret; each differs from all the others.

    Sort the names first: the second that looks like another is numbered.
    """
    known = list(names)
    found = {name: shown for name in known if (shown := unsecret(name)) != visible(name)}
    taken = {visible(name) for name in known if name not in found} if found else set()
    numbers: dict[str, int] = {}  # the last one given, so that many that look alike are not counted anew each time
    for name, shown in found.items():
        unique, number = shown, numbers.get(shown, 1)
        while unique in taken:
            number += 1
            unique = f"{shown} ({number})"
        numbers[shown] = number
        taken.add(unique)
        found[name] = unique
    return found


def unsecret(name: str) -> str:
    """The visible name of one file or folder; passwords, tokens and codes in it are masked."""
    return redact_secrets(visible(name))


def shortened(name: str) -> str:
    """Visible and without secrets, cut in the middle when longer than MAX_NAME."""
    shown = "/".join(map(unsecret, name.split("/")))
    return shown if len(name) <= MAX_NAME else f"{shown[:80]}...{shown[-40:]}"


def member_problem(name: str) -> str:
    """Why an archive member of this name is left alone, or "" when the name is harmless."""
    for dangerous, problem in _PROBLEMS:
        if dangerous(name):
            return problem
    return ""


def member_name(name: str) -> str:
    """A harmless member name as shown: without `./`, empty and `.` components, visible, and without secrets."""
    return "/".join(unsecret(part) for part in name.split("/") if part not in {"", "."})
