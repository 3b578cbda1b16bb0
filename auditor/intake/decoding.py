"""Bytes of an export as text: UTF-8 or UTF-16, never a guessed code page."""

from __future__ import annotations

from auditor.errors import BrokenExport

_PROBE = 4096
_ADVICE = (
    "export again with LANG=en_US.UTF-8 or save the file as UTF-8; "
    "legacy code pages such as windows-1251 are not guessed"
)


def encoding_of(data: bytes) -> tuple[str, int]:
    """Codec and length of the byte order mark; UTF-16 without mark is told by where its NUL bytes stand."""
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8", 3
    if data.startswith(b"\xff\xfe"):
        return "utf-16-le", 2
    if data.startswith(b"\xfe\xff"):
        return "utf-16-be", 2
    if data.find(0, 0, _PROBE) < 0:
        return "utf-8", 0
    return _guess_utf16(data[:_PROBE]), 0


def _guess_utf16(probe: bytes) -> str:
    """UTF-16 when a tenth of the pairs or more have a NUL on one side and (almost) none on the other.

    A few NUL bytes in a short text are damage, not UTF-16.
    """
    first, second = probe[0::2].count(0), probe[1::2].count(0)
    pairs = len(probe) // 2
    enough = max(pairs // 10, min(pairs, 4))
    if second >= enough and first * 20 <= second:
        return "utf-16-le"
    if first >= enough and second * 20 <= first:
        return "utf-16-be"
    return "utf-8"


def decode(data: bytes) -> str:
    """The whole file as text with line ends folded to newline.

    Raises BrokenExport with the byte offset where it is not decodable or holds a NUL character.
    """
    codec, mark = encoding_of(data)
    try:
        text = data[mark:].decode(codec) if mark else data.decode(codec)
    except UnicodeDecodeError as error:
        at = mark + error.start
        raise BrokenExport(
            f"not {codec.upper()} text at byte 0x{data[at]:02x}", where=f"byte {at}", hint=_ADVICE
        ) from error
    if "\0" in text:
        at = mark + len(text[: text.index("\0")].encode(codec))
        raise BrokenExport("a NUL byte in the text", where=f"byte {at}", hint="export the file again")
    return fold(text)


def decode_head(head: bytes) -> str:
    """The beginning of a file as text for recognition only: what does not decode is replaced."""
    codec, mark = encoding_of(head)
    return fold(head[mark:].decode(codec, "replace"))


def fold(text: str) -> str:
    """CRLF and lone CR become newline."""
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")
