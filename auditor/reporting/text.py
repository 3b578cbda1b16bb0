"""Customer text made safe to look at: nothing invisible, nothing endless, no link that runs code.

Escaping for HTML, CSV or a terminal is each renderer's own business; this comes before it.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

# Control characters, terminal escapes, direction marks, zero-width and line separators, lone surrogates.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n?|\n|\t")

VALUE_LIMIT = 300
TEXT_LIMIT = 2_000


class English(str):
    """A text without a translation in a report of another language; templates mark it as English."""

    __slots__ = ()


def visible(text: str) -> str:
    """The text with everything hidden spelt out: ESC becomes a picture of itself, a right-to-left mark `[U+202E]`."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(_spell, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """`visible` text on a single line; line ends and tabs become a space."""
    if text.isascii() and text.isprintable():
        return text
    return visible(_LINE_ENDS.sub(" ", text))


def clip(text: str, limit: int = TEXT_LIMIT) -> str:
    """Visible text of at most `limit` characters, followed by a note of its full length when it was longer."""
    if len(text) <= limit:
        return visible(text)
    return f"{visible(text[:limit])}\u2026 [cut: {len(text):,} characters in all]"


def value_text(value: Any, limit: int = VALUE_LIMIT) -> str:
    """A setting's value as people read it: text as it stands, everything else as JSON writes it."""
    return clip(shown_value(value), limit)


def shown_value(value: Any) -> str:
    """The whole value as text, whatever it hides."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=1_024)
def web_link(url: str) -> str:
    """The URL when it is plain http or https with a host and nothing hidden in it, else the empty string."""
    if len(url) > TEXT_LIMIT or visible(url) != url or len(url.split()) != 1:
        return ""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return f"[U+{code:04X}]"
