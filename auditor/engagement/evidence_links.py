"""Where a link and the verdict it was made of part: the first thing that differs, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from auditor.engagement.evidence import Linked, pieces, place_of
from auditor.model.canonical import canonical

_SHOWN = 200
_MEMBERS = {"file": "SHA-256 of the export", "place": "place", "value": "SHA-256 of the value"}


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs; `linked` is what the link says, `actual` what the verdict gives."""

    what: str
    linked: str
    actual: str


def difference(link: Any, made: Linked) -> Difference | None:
    """The first difference between a link and what is made of the verdict; None when they are the same."""
    if link == made.link:
        return None
    if not isinstance(link, dict):
        return Difference("the link is no JSON object", shown(link), shown(made.link))
    for name in ("check", "subject"):
        if link.get(name) != made.link[name]:
            return Difference(f"the link is of another {name}", shown(link.get(name)), shown(made.link[name]))
    piece = next(_pieces(link.get("evidence"), made), None)
    if piece is not None:
        return piece
    if link.get("leaf") != made.link["leaf"]:
        what = "hash of the verdict with its check and exports"
        return Difference(what, shown(link.get("leaf")), shown(made.link["leaf"]))
    return Difference("the link has other members", shown(sorted(link)), shown(sorted(made.link)))


def _pieces(stated: Any, made: Linked) -> Iterator[Difference]:
    if not isinstance(stated, list):
        yield Difference("the link has no evidence", shown(stated), shown(made.link["evidence"]))
        return
    together = zip_longest(stated, made.link["evidence"], pieces(made.record))
    for number, (linked, actual, piece) in enumerate(together, 1):
        if linked == actual:
            continue
        title = f"evidence {number}{_title(piece)}"
        if not isinstance(linked, dict) or not isinstance(actual, dict):
            yield Difference(title, shown(linked), shown(actual))
            continue
        names = [name for name in {*_MEMBERS, *linked} if linked.get(name) != actual.get(name)]
        name = min(names, key=lambda found: ([*_MEMBERS].index(found) if found in _MEMBERS else 9, found))
        yield Difference(f"{title}: {_MEMBERS.get(name, name)}", shown(linked.get(name)), shown(actual.get(name)))


def _title(piece: Mapping[str, Any] | None) -> str:
    return "" if piece is None else f", {piece.get('setting')}{place_words(piece)}"


def place_words(piece: Mapping[str, Any]) -> str:
    """` in web01.ini at line 12`, as far as the piece tells it."""
    place = place_of(piece)
    where = f" in {piece['file']}" if "file" in piece else ""
    return where + ("" if place is None else f" at line {place}" if isinstance(place, int) else f" at {place}")


def shown(value: Any) -> str:
    """A value as one short line."""
    text = value if isinstance(value, str) else "nothing" if value is None else canonical(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
