"""The exports themselves: hashed again, inside archives too, and compared with what the manifest names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.app.evidence.broken import BrokenLink
from auditor.app.evidence.comparing import Case
from auditor.app.plan import OWN_FILES
from auditor.errors import ExportError
from auditor.intake.limits import Limits
from auditor.intake.names import unsecret
from auditor.intake.opening import Candidate, expand, listing

_EXTRA_SHOWN = 3


@dataclass(slots=True)
class _Found:
    """What became of the inputs. `waiting`: path -> (number, SHA-256) of those that were not met yet."""

    waiting: dict[str, list[tuple[int, str]]]
    broken: list[tuple[int, str, str, str]] = field(default_factory=list)  # (number, path, expected, found)
    extra: list[str] = field(default_factory=list)
    hashed: int = 0
    unhashed: int = 0

    def meet(self, path: str, sha256: str) -> None:
        """Compare one file or member that was found."""
        known = self.waiting.get(path)
        if not known:
            if len(self.extra) < _EXTRA_SHOWN:
                self.extra.append(path)
            return
        number, expected = known.pop(0)
        if not expected:
            self.unhashed += 1
        elif sha256 == expected:
            self.hashed += 1
        else:
            self.broken.append((number, path, expected, sha256 or "it cannot be read to its end"))


def prove_exports(case: Case, given: Sequence[Path], limits: Limits) -> list[str]:
    """That every input of the manifest lies there with its SHA-256; BrokenLink names the first that does not."""
    found = _Found(_waiting(case))
    for path, sha256 in _hashes(export_paths(case, given, limits), limits):
        if not _is_own(case, path):
            found.meet(path, sha256)
    lost = [(number, path, sha256, "no such file") for path, known in found.waiting.items() for number, sha256 in known]
    wrong = sorted(entry for entry in (*found.broken, *lost) if entry[2] or entry[3] == "no such file")
    if wrong:
        _, path, expected, actual = wrong[0]
        others = f"and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise BrokenLink(
            "is not the export that was audited",
            where=path,
            expected=expected or "a file that could not be hashed",
            found=actual,
            details=[others] if others else (),
        )
    told = [f"{found.hashed:,} hashed again, each is the one that was audited"]
    if found.unhashed:
        told.append(f"{found.unhashed} could not be hashed when they were audited")
    if found.extra:
        told.append(f"also there, but not audited: {', '.join(found.extra)}")
    return told


def export_paths(case: Case, given: Sequence[Path], limits: Limits) -> list[Path]:
    """What was audited: the given paths, or what lies in the given folders under the names that the inputs begin with.

    BrokenLink when no input is there.
    """
    known = case.grounds.inputs
    roots = {path.partition("/")[0].partition("!")[0] for path in known}
    inside = [
        child
        for folder in given
        if folder.is_dir()
        for child in sorted(folder.iterdir())
        if unsecret(child.name) in roots
    ]
    for paths in (list(given), inside):
        if paths and any(_label(candidate) in known for candidate in listing(paths, limits)):
            return paths
    raise BrokenLink(
        "none of the inputs lies there",
        where=", ".join(map(str, given)),
        details=[f"name what was audited, or the folder that holds {', '.join(sorted(roots)[:5])}"],
    )


def _label(candidate: Candidate) -> str:
    if candidate.source is not None:
        return candidate.source.path
    return candidate.record.path if candidate.record is not None else ""


def _waiting(case: Case) -> dict[str, list[tuple[int, str]]]:
    waiting: dict[str, list[tuple[int, str]]] = {}
    for number, (_, record) in enumerate(case.inputs()):
        waiting.setdefault(record["path"], []).append((number, record["sha256"]))
    return waiting


def _hashes(paths: Sequence[Path], limits: Limits) -> Iterator[tuple[str, str]]:
    """(path as the result shows it, SHA-256) of every file and member; "" where it cannot be read to its end."""
    for found in listing(paths, limits):
        for candidate in expand(found, limits):
            source = candidate.source
            if source is None:
                record = candidate.record
                yield _label(candidate), record.sha256 if record is not None else ""
                continue
            try:
                yield source.path, source.digest()
            except ExportError:
                yield source.path, ""
            finally:
                source.close()


def _is_own(case: Case, path: str) -> bool:
    """Whether it is a file of the delivery itself, which may lie among the exports."""
    return path not in case.grounds.inputs and path.rpartition("/")[2] in OWN_FILES
