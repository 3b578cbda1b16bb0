"""Whether the records of a server's list are all there, each once.

Memory: the spans of each list (as many as pages that do not touch), and a 64-bit hash of each device up to `KNOWN`.
Two devices with one hash would be taken for one: among 262,144 devices the chance is about one in 60 million.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.model.snapshot import Gap, Page, Rows
from auditor.sdk.values import plain

KNOWN = 1 << 18
"""Devices that are recognised when another page holds them, too; those behind them only by their place in the list."""

_NONE: frozenset[int] = frozenset()


@dataclass(slots=True)
class _List:
    """One list by its handle. `spans` are (start, end) of records whose place is told, `loose` counts the others."""

    spans: list[tuple[int, int]] = field(default_factory=list)
    loose: int = 0
    stated: int | None = None
    selection: str = ""
    ended: bool | None = None

    @property
    def read(self) -> int:
        """How many different records of the list were read."""
        return self.loose + sum(high - low for low, high in self.spans)

    def add(self, start: int, number: int) -> list[int]:
        """Note records from a place on; the indexes of those that other pages held before."""
        end = start + number
        again = [index - start for low, high in self.spans for index in range(max(low, start), min(high, end))]
        self._join(start, end)
        return again

    def _join(self, start: int, end: int) -> None:
        if self.spans and self.spans[-1][1] == start:  # pages mostly come in order
            self.spans[-1] = (self.spans[-1][0], end)
            return
        insort(self.spans, (start, end))
        joined = [self.spans[0]]
        for low, high in self.spans[1:]:
            if low <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
            else:
                joined.append((low, high))
        self.spans = joined

    def hole(self) -> int:
        """Records before the last one that no page holds."""
        return self.spans[-1][1] + self.loose - self.read if self.spans else 0


@dataclass(slots=True)
class Listing:
    """What is known about the lists of one kind on one server."""

    lists: dict[str, _List] = field(default_factory=dict)
    losses: list[tuple[str, Gap]] = field(default_factory=list)
    repeated: int = 0
    different: int = 0
    _known: set[int] = field(default_factory=set)
    _crowded: bool = False

    def add(self, rows: Rows) -> Collection[int]:
        """Take a batch or a statement; the indexes of records that were there before."""
        page = rows.page or Page()
        found = self.lists.setdefault(page.ident, _List())
        self._note(found, page)
        seen = rows.seen
        number = len(seen)
        if not number:
            return _NONE
        twice = self._twice(seen)
        if page.start is None:
            found.loose += number - len(twice)
        else:
            again = found.add(page.start, number)
            if again:
                twice = twice.union(index for index in again if not self._recognises(seen[index]))
        self.repeated += len(twice)
        self.different += number - len(twice)
        return twice

    def _recognises(self, record: Mapping[str, Any]) -> bool:
        name = plain(record.get("KLHST_WKS_HOSTNAME"))
        return isinstance(name, str) and hash(name) in self._known

    @property
    def full(self) -> bool:
        """True when no further device can be recognised."""
        return len(self._known) >= KNOWN

    def recognised(self, rows: Rows) -> list[Any]:
        """The identifiers in a batch that was added, by which its devices will be recognised."""
        names = [plain(record.get("KLHST_WKS_HOSTNAME")) for record in rows.seen]
        return [name for name in names if not isinstance(name, list | dict) and hash(name) in self._known]

    def recall(self, names: Iterable[Any]) -> None:
        """Recognise these identifiers. Their hashes differ from process to process, so they are kept themselves."""
        self._known.update(map(hash, names))

    def without_names(self) -> Listing:
        """A copy that recognises no device, for another process."""
        return replace(self, _known=set())

    def _note(self, found: _List, page: Page) -> None:
        if page.stated is not None:
            found.stated = max(page.stated, found.stated or 0)
        if page.stated is not None or page.selection:
            found.selection = page.selection
        if page.last is not None:
            found.ended = bool(found.ended) or page.last
        if page.count and page.start is not None:
            found.add(page.start, page.count)
        else:
            found.loose += page.count
        if page.lost:
            self.losses.append((page.ident, Gap(page.lost, page.short)))

    def _twice(self, records: Sequence[Mapping[str, Any]]) -> frozenset[int]:
        """Devices that were seen before, by the identifier that the server gave them."""
        try:
            marks = {hash(record["KLHST_WKS_HOSTNAME"]) for record in records}
        except (KeyError, TypeError):
            marks = set()
        known = self._known
        if len(marks) == len(records) and known.isdisjoint(marks):
            if len(known) < KNOWN:
                known |= marks
            else:
                self._crowded = True
            return _NONE
        return self._one_by_one(records)

    def _one_by_one(self, records: Sequence[Mapping[str, Any]]) -> frozenset[int]:
        twice = []
        for index, record in enumerate(records):
            name = plain(record.get("KLHST_WKS_HOSTNAME"))
            if not isinstance(name, str) or not name:
                continue
            if (mark := hash(name)) in self._known:
                twice.append(index)
            elif len(self._known) < KNOWN:
                self._known.add(mark)
            else:
                self._crowded = True
        return frozenset(twice)

    def _doubled(self, item: _List) -> list[Gap]:
        """A page that came twice under different places covers them all and still leaves devices out."""
        if item.stated is None or not item.read or not self.different or self.different >= item.stated:
            return []
        words = f"{self.different} different devices of {item.stated} stated by the server: a page was saved twice"
        return [Gap(words, item.stated - self.different)]

    @property
    def read(self) -> bool:
        """True when records of any list were read."""
        return any(item.read for item in self.lists.values())

    @property
    def _loose(self) -> int:
        """Records of pages that do not name their list."""
        unnamed = self.lists.get("")
        return unnamed.read if unnamed is not None and unnamed.stated is None else 0

    def holds(self, ident: str) -> bool:
        """True when records of the list are of this kind."""
        found = self.lists.get(ident)
        return found is not None and (found.read > 0 or found.stated is not None)

    def gaps(self, foreign: Collection[str] = ()) -> list[Gap]:
        """Why this is not the whole list; nothing where nothing speaks against it.

        `foreign`: handles of lists of other kinds, whose lost pages do not matter here.
        """
        found = [gap for ident, gap in self.losses if not (ident and ident in foreign)]
        loose = self._loose
        for item in self.lists.values():
            found.extend(_missing(item, loose) or self._doubled(item))
        used = [item for item in self.lists.values() if item.read or item.stated is not None]
        if used and all(item.selection for item in used):
            chosen = sorted({item.selection for item in used})
            found.extend(Gap(f"only what the filter {words} selects was asked for") for words in chosen)
        served = {item.stated for item in self.lists.values() if item.stated is not None and not item.read}
        if loose and served and (len(served) > 1 or loose > max(served)):
            found.append(Gap(f"{loose} records of no named list do not fit what the server stated"))
        whole = [item for item in used if not item.selection]
        if whole and all(item.stated is None and item.ended is None for item in whole):
            found.append(Gap("no file that is understood states how many there are"))
        if self._crowded and sum(1 for item in used if item.read) > 1:
            found.append(Gap(f"beyond {KNOWN} devices those of several lists may be counted twice"))
        return found


def _missing(item: _List, loose: int) -> list[Gap]:
    """What the places of the records that were read tell."""
    gaps = []
    # Pages that do not name their list may be those of a list that has none of its own.
    read, hole = item.read or loose, item.hole()
    if item.stated is not None and read < item.stated and not (item.selection and not item.read):
        gaps.append(Gap(f"{read} of {item.stated} stated by the server", item.stated - read))
    elif hole:
        gaps.append(Gap(f"{hole} records between the pages are in no file", hole))
    if item.ended is False and (item.stated is None or gaps):
        gaps.append(Gap("the last page is in no file"))
    return gaps
