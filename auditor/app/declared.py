"""The plugins that installed distributions declare.

The standard library's `importlib.metadata` finds them, but to import it takes as long as to judge an export. So it is
asked only when a distribution on the search path names the group of entry points, or could do so unseen.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def declared(group: str) -> Sequence[EntryPoint]:
    """The entry points of a group, by name."""
    if not (_found_elsewhere() or any(_names(Path(folder), group.encode()) for folder in sys.path)):
        return ()
    from importlib.metadata import entry_points

    return sorted(entry_points(group=group), key=lambda entry: entry.name)


def _found_elsewhere() -> bool:
    """Whether distributions may come from more than the search path."""
    return any(finder is not PathFinder and hasattr(finder, "find_distributions") for finder in sys.meta_path)


def _names(folder: Path, group: bytes) -> bool:
    """Whether a distribution in a folder of the search path names the group; True for what is no plain folder."""
    try:
        return any(_told_by(entry, group) for entry in folder.iterdir())
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _told_by(entry: Path, group: bytes) -> bool:
    name = entry.name.lower()
    if name == "egg-info":
        return True
    if not name.endswith((".dist-info", ".egg-info")):
        return False
    try:
        return group in (entry / "entry_points.txt").read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return False
