"""Support programmes: the shipped ones and those of a user's folders, by id and edition.

Programmes are data. A file describes one version of one programme; adding a programme needs no code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from auditor.accounts.programme_cells import LEVELS, MARKS, UNITS, UNLIMITED, AvdbStep, Cell, Kind, Target, Term, Unit
from auditor.accounts.programme_files import read_programme
from auditor.accounts.programme_model import ENTITLEMENTS, FACTS, UNDATED, Programme, Source
from auditor.accounts.programme_words import words
from auditor.errors import ContentError, UsageProblem

__all__ = [
    "ENTITLEMENTS",
    "FACTS",
    "LEVELS",
    "MARKS",
    "STANDARD",
    "UNDATED",
    "UNITS",
    "UNLIMITED",
    "AvdbStep",
    "Cell",
    "Kind",
    "Programme",
    "Programmes",
    "Source",
    "Target",
    "Term",
    "Unit",
    "level_meaning",
    "level_name",
    "load_programmes",
]

STANDARD = "standard"
"""The programme of everybody without a contract."""


class Programmes(Mapping[str, Programme]):
    """Programmes by id, the newest version of each. `find` also knows older versions and other editions."""

    def __init__(self, loaded: Iterable[Programme]) -> None:
        by_version = sorted(loaded, key=lambda programme: programme.version)
        newest = {programme.id: programme for programme in by_version}
        self._newest = {programme.id: programme for programme in sorted(newest.values(), key=_place)}
        self._all = tuple(programme for name in self._newest for programme in by_version if programme.id == name)

    def __getitem__(self, key: str) -> Programme:
        return self._newest[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._newest)

    def __len__(self) -> int:
        return len(self._newest)

    def versions(self) -> tuple[Programme, ...]:
        """Every version that was loaded, in the order of the ids, oldest first."""
        return self._all

    def find(self, name: str, edition: str = "") -> Programme:
        """The newest version of a programme, or of one of its editions; UsageProblem names what there is."""
        if name not in self._newest:
            raise UsageProblem(f"there is no programme {name!r}", hint=f"there are {', '.join(self._newest)}")
        known = {programme.edition: programme for programme in self._all if programme.id == name}
        if edition and edition not in known:
            raise UsageProblem(f"{name} has no edition {edition!r}", hint=f"it has {', '.join(known)}")
        return known[edition] if edition else self._newest[name]


def load_programmes(folders: Sequence[Path] = ()) -> Programmes:
    """The shipped programmes and every *.yaml of the folders, newest version first in force.

    ContentError names file and place: for what the schema or strict YAML forbids, and for two files that give the same
    version of a programme different content. UsageProblem for a folder that does not exist or holds none.
    """
    found: dict[tuple[str, int], tuple[Programme, str]] = {}
    for programme, where in (*_shipped(), *_from_folders(folders)):
        key = (programme.id, programme.version)
        known = found.setdefault(key, (programme, where))
        if known[0].sha256 != programme.sha256:
            message = f"{programme.id} version {programme.version} is already defined otherwise by {known[1]}"
            raise ContentError(message, where=where, hint="raise the version")
    return Programmes(programme for programme, _ in found.values())


def level_name(level: int, language: str) -> str:
    """The name of a severity level, such as Critical for level 1; KeyError for a level that does not exist."""
    return words(f"level_{level}", language)


def level_meaning(level: int, language: str) -> str:
    """What belongs into a severity level; KeyError for a level that does not exist."""
    return words(f"level_{level}_meaning", language)


@cache
def _shipped() -> tuple[tuple[Programme, str], ...]:
    folder = files("auditor.accounts") / "data" / "programmes"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return tuple((read_programme((folder / name).read_bytes(), name), name) for name in names)


def _from_folders(folders: Sequence[Path]) -> Iterator[tuple[Programme, str]]:
    for folder in folders:
        if not folder.is_dir():
            raise UsageProblem("this folder of programmes does not exist", where=str(folder))
        paths = sorted(folder.glob("*.yaml"))
        if not paths:
            raise UsageProblem("this folder holds no programme", where=str(folder), hint="programmes are *.yaml files")
        for path in paths:
            try:
                data = path.read_bytes()
            except OSError as error:
                raise ContentError(f"cannot be read: {error.strerror}", where=str(path)) from error
            yield read_programme(data, str(path)), str(path)


def _place(programme: Programme) -> tuple[bool, float, bool, str]:
    """Standard support first, as what the others are compared with; then by premium incidents; then by licence."""
    quota = programme.premium_quota.value
    return (
        programme.paid,
        quota if isinstance(quota, int) else float("inf"),
        programme.needs_plus_licence.value is True,
        programme.id,
    )
