"""What a run said about many things, held small: two bytes a verdict, whatever the verdict says."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING

from auditor.errors import ResultError

if TYPE_CHECKING:
    from auditor.engagement.comparison import Key, Seen

MOST_VARIANTS = (1 << 16) - 1
"""Different things that can be said about one check: outcome, severity, reason, waiver."""


class _Kind:
    """Verdicts about things of one kind: a row of numbers for each thing, a column for each check; 0 is no verdict."""

    __slots__ = ("checks", "columns", "rows", "variants")

    def __init__(self) -> None:
        self.columns: dict[str, int] = {}
        self.checks: list[str] = []
        self.variants: list[dict[Seen, int]] = []
        self.rows: dict[str, array[int]] = {}

    def add(self, check: str, key: str, seen: Seen) -> None:
        column = self.columns.get(check)
        if column is None:
            column = self.columns[check] = len(self.checks)
            self.checks.append(check)
            self.variants.append({})
        variants = self.variants[column]
        code = variants.setdefault(seen, len(variants) + 1)
        if code > MOST_VARIANTS:
            raise ResultError(f"says more than {MOST_VARIANTS} different things about {check}")
        row = self.rows.get(key)
        if row is None:
            row = self.rows[key] = array("H")
        if len(row) <= column:
            row.extend([0] * (column + 1 - len(row)))
        row[column] = code

    def said(self) -> list[list[Seen]]:
        """Number - 1 -> what it stands for, by column."""
        return [list(variants) for variants in self.variants]


class Verdicts(Mapping["Key", "Seen"]):
    """(check, kind, key) -> what was said; a later verdict about the same takes the place of the earlier one."""

    def __init__(self, said: Iterable[tuple[Key, Seen]] = ()) -> None:
        self._kinds: dict[str, _Kind] = {}
        self._said: dict[str, list[list[Seen]]] = {}
        for (check, kind, key), seen in said:
            self.add(check, kind, key, seen)

    def add(self, check: str, kind: str, key: str, seen: Seen) -> None:
        """One verdict more."""
        self._said.pop(kind, None)
        self._kind(kind).add(check, key, seen)

    def meet(self, kind: str, key: str) -> None:
        """A thing that was there, whether anything is said about it or not."""
        self._kind(kind).rows.setdefault(key, array("H"))

    def _kind(self, kind: str) -> _Kind:
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = _Kind()
        return found

    @property
    def things(self) -> Set[tuple[str, str]]:
        """(kind, key) of everything that was judged."""
        return Things(self._kinds)

    def kinds(self) -> Iterator[tuple[str, list[str], list[str]]]:
        """(kind, its checks, keys of its things), each sorted."""
        for kind, found in sorted(self._kinds.items()):
            yield kind, sorted(found.checks), sorted(found.rows)

    def __getitem__(self, identity: Key) -> Seen:
        check, kind, key = identity
        found = self._kinds[kind]
        column = found.columns[check]
        row = found.rows[key]
        code = row[column] if column < len(row) else 0
        if not code:
            raise KeyError(identity)
        return self._variants(kind)[column][code - 1]

    def __iter__(self) -> Iterator[Key]:
        for kind, found in self._kinds.items():
            for key, row in found.rows.items():
                for check, code in zip(found.checks, row, strict=False):
                    if code:
                        yield check, kind, key

    def __len__(self) -> int:
        return sum(1 for found in self._kinds.values() for row in found.rows.values() for code in row if code)

    def _variants(self, kind: str) -> list[list[Seen]]:
        said = self._said.get(kind)
        if said is None:
            said = self._said[kind] = self._kinds[kind].said()
        return said


class Things(Set[tuple[str, str]]):
    """The things of a table of verdicts, without a second copy of their names."""

    def __init__(self, kinds: Mapping[str, _Kind]) -> None:
        self._kinds = kinds

    @classmethod
    def _from_iterable(cls, found: Iterable[tuple[str, str]]) -> Set[tuple[str, str]]:  # type: ignore[override]  # plain sets
        return frozenset(found)

    def __contains__(self, thing: object) -> bool:
        if not isinstance(thing, tuple) or len(thing) != 2:
            return False
        kind, key = thing
        return kind in self._kinds and key in self._kinds[kind].rows

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for kind, found in self._kinds.items():
            for key in found.rows:
                yield kind, key

    def __len__(self) -> int:
        return sum(len(found.rows) for found in self._kinds.values())
