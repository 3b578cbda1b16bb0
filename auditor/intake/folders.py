"""Files of the paths a person named: sorted, nothing opened, no link followed."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Collection, Generator, Iterator, Sequence
from pathlib import Path

from auditor.errors import UsageProblem
from auditor.intake.feed import cannot_read
from auditor.intake.limits import Limits
from auditor.intake.names import unsecret, visible, without_secrets
from auditor.intake.records import blame, skipped
from auditor.intake.sources import FileSource
from auditor.model.inputs import InputRecord, InputStatus

_NAME_TARGET = "name its target as a path of its own if it belongs to the audit"
_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a pipe (FIFO)",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


def listing(paths: Sequence[str | os.PathLike[str]], limits: Limits) -> Iterator[FileSource | InputRecord]:
    """Files as unopened sources, everything that is not opened as records.

    Shown paths begin with the base name of the named path. Raises UsageProblem when a named path is not there.
    """
    found = 0
    for label, path, origin in _named(paths):
        for item in _one(label, path, origin, limits):
            found += 1
            if found > limits.max_files:
                error = limits.exceeded("max_files", "there are more files; the rest was not looked at")
                yield skipped(f"{label}/(more files)", error.message, error.hint)
                return
            yield item


def _one(label: str, path: str, origin: tuple[str, ...], limits: Limits) -> Iterator[FileSource | InputRecord]:
    mode = os.lstat(path).st_mode
    if stat.S_ISDIR(mode):
        yield from _folder(label, path, origin, limits)
    elif stat.S_ISREG(mode):
        yield FileSource(path, label, limits, origin)
    else:
        yield _not_opened(label, mode)


def _folder(label: str, path: str, origin: tuple[str, ...], limits: Limits) -> Iterator[FileSource | InputRecord]:
    """Files of a folder by name, then its folders by name.

    Of what is still to come only names are kept: a fleet may have 100,000 folders side by side.
    """
    waiting: list[tuple[str, str, list[str], dict[str, str]]] = []
    shown, folder = label, path
    while True:
        names, masked = yield from _files(shown, folder, len(waiting) + 1, origin, limits)
        waiting.append((shown, folder, names, masked))
        while waiting and not waiting[-1][2]:
            waiting.pop()
        if not waiting:
            return
        above, place, names, masked = waiting[-1]
        name = names.pop()
        shown, folder = f"{above}/{masked.get(name) or visible(name)}", os.path.join(place, name)  # noqa: PTH118  # see below


def _files(
    shown: str, folder: str, depth: int, origin: tuple[str, ...], limits: Limits
) -> Generator[FileSource | InputRecord, None, tuple[list[str], dict[str, str]]]:
    """The files of one folder; returns the names of its folders, the last first, and what is shown for some of them.

    Plain strings and `os.scandir`: `pathlib` would cost more than reading a small file does.
    """
    if depth > limits.max_nesting:
        error = limits.exceeded("max_nesting", "folders inside folders, too deep to be looked at")
        yield skipped(shown, error.message, error.hint)
        return [], {}
    files: list[str] = []
    folders: list[str] = []
    others: dict[str, os.DirEntry[str]] = {}
    try:
        with os.scandir(folder) as found:
            for entry in found:
                if entry.is_file(follow_symlinks=False):
                    files.append(entry.name)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                else:
                    others[entry.name] = entry
    except OSError as error:
        yield blame(InputRecord(shown, InputStatus.BROKEN), cannot_read(error))
        return [], {}
    folders.sort(reverse=True)
    masked = without_secrets([*sorted([*files, *others]), *reversed(folders)])
    for name in sorted([*files, *others]):
        child = f"{shown}/{masked.get(name) or visible(name)}"
        if name in others:
            yield _entry_not_opened(others[name], child)
        else:
            yield FileSource(os.path.join(folder, name), child, limits, origin)  # noqa: PTH118
    return folders, {name: masked[name] for name in folders if name in masked} if masked else masked


def _entry_not_opened(entry: os.DirEntry[str], shown: str) -> InputRecord:
    try:
        return _not_opened(shown, entry.stat(follow_symlinks=False).st_mode)
    except OSError as error:  # it went away meanwhile
        return blame(InputRecord(shown, InputStatus.BROKEN), cannot_read(error))


def _not_opened(shown: str, mode: int) -> InputRecord:
    kind = _KINDS.get(stat.S_IFMT(mode), "no regular file")
    return skipped(shown, f"left alone: it is {kind}", _NAME_TARGET if stat.S_ISLNK(mode) else "")


def _named(paths: Sequence[str | os.PathLike[str]]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Shown name, path, and the folders typed before a file's name; by shown name.

    Each path once, and none that a folder named beside it holds: its files would count as further devices.
    """
    typed: dict[str, str] = {}
    for given in paths:
        path = os.fspath(given)
        if not os.path.lexists(path):
            raise UsageProblem(f"{visible(path)}: no such file or folder", hint="check the path")
        typed.setdefault(os.path.abspath(path), path)  # noqa: PTH100 - `resolve` would follow links
    folders = {os.path.realpath(path) for path in typed if os.path.isdir(path) and not os.path.islink(path)}  # noqa: PTH112, PTH114
    typed = {path: given for path, given in typed.items() if not _held(path, folders)}
    labels = _numbered(_labels(list(typed)))
    named = []
    for absolute, path in typed.items():
        above = tuple(unsecret(part) for part in Path(path).parts[:-1] if part not in {"..", os.sep})
        named.append((labels[absolute], absolute, above))
    return sorted(named)


def _held(path: str, folders: Collection[str]) -> bool:
    """Whether the walk through one of the folders comes by; never by way of a link."""
    return not os.path.islink(path) and any(str(above) in folders for above in Path(os.path.realpath(path)).parents)  # noqa: PTH114


def _labels(paths: list[str]) -> dict[str, str]:
    """The shortest ends of the paths that differ: base names, with folders before them where those are equal."""
    parts = {path: Path(path).parts for path in paths}
    labels: dict[str, str] = {}
    waiting, length = list(paths), 1
    while waiting:
        ends = Counter(parts[path][-length:] for path in paths)
        unclear = []
        for path in waiting:
            if ends[parts[path][-length:]] > 1 and length < len(parts[path]):
                unclear.append(path)
            else:
                shown = [unsecret(part) for part in parts[path][-length:] if part != os.sep]
                labels[path] = "/".join(shown) or "(root)"
        waiting, length = unclear, length + 1
    return labels


def _numbered(labels: dict[str, str]) -> dict[str, str]:
    """Labels that are alike because secrets were taken out of them, told apart in the order of their paths."""
    times: Counter[str] = Counter()
    for path in sorted(labels):
        label = labels[path]
        times[label] += 1
        if times[label] > 1:
            labels[path] = f"{label} ({times[label]})"
    return labels
