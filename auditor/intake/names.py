"""Names of files and archive members: made safe to show, and judged before anything is opened."""

from __future__ import annotations

import re
from collections.abc import Callable

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


def shortened(name: str) -> str:
    """`visible`, cut in the middle when longer than MAX_NAME."""
    shown = visible(name[: 2 * MAX_NAME])
    if len(name) <= MAX_NAME:
        return shown
    return f"{shown[:80]}...{visible(name[-40:])}"


def member_problem(name: str) -> str:
    """Why an archive member of this name is left alone, or "" when the name is harmless."""
    for dangerous, problem in _PROBLEMS:
        if dangerous(name):
            return problem
    return ""


def member_name(name: str) -> str:
    """A harmless member name as shown: without `./`, empty and `.` components, and visible."""
    return visible("/".join(part for part in name.split("/") if part not in {"", "."}))
