"""The archive of Kaspersky support's collector script: which members are read, and what they are.

The archive (`<host>-collect.tar.gz`) also holds logs, event databases and system information of the customer: only
the names below are opened. Names as the public copy of the script of September 2023 writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FOLDERS = {"kesl": "kesl", "kics": "kics-linux", "kess": "kess-linux"}

WHITELIST: dict[str, str] = {
    "appinfo.txt": "kesl.app-info",
    "license.txt": "kesl.licence",
    "expset.txt": "kesl.export",
    "exported_settings.ini": "kesl.export",
    "appset.txt": "kesl.app",
    "netset.txt": "kesl.net",
    "tasklist.txt": "kesl.task-list",
    "taskset.all.txt": "kesl.tasks",
    "kesl.ini": "kesl.ini",
    "kics.ini": "kesl.ini",
    "kess.ini": "kesl.ini",
}
"""Member inside KESL/, KICS/ or KESS/ -> what it is. `taskset<N>.txt` (`kesl.task`) is matched by pattern."""

RAW_MEMBERS: dict[str, str] = {"klnagent_kscver.txt": "agent.version"}
"""Members outside the product folders. The number in this one is shown as it stands: its encoding is doubtful."""

_TASK_FILE = re.compile(r"^taskset\d{1,9}\.txt$")


@dataclass(frozen=True, slots=True)
class Member:
    """What a collector file is: `output` is a format id hint, `product` is empty outside the product folders."""

    output: str
    product: str


def member(path: str) -> Member | None:
    """What the collector's file at this path is; None for anything that the whitelist does not name.

    `path` uses `/`; folders above the product folder do not matter, so an unpacked archive works as well.
    """
    parts = [part for part in path.replace("\\", "/").replace("!", "/").lower().split("/") if part]
    if not parts:
        return None
    name = parts[-1]
    if name in RAW_MEMBERS:
        return Member(RAW_MEMBERS[name], "")
    product = _FOLDERS.get(parts[-2], "") if len(parts) > 1 else ""
    if not product:
        return None
    output = "kesl.task" if _TASK_FILE.match(name) else WHITELIST.get(name, "")
    return Member(output, product) if output else None


def wanted(member_path: str) -> bool:
    """True when the member of a collector archive may be opened."""
    return member(member_path) is not None


def product_of(path: str) -> str:
    """The product that the nearest folder named KESL, KICS or KESS states, else empty."""
    folders = path.replace("\\", "/").replace("!", "/").lower().split("/")[:-1]
    for folder in reversed(folders):
        if folder in _FOLDERS:
            return _FOLDERS[folder]
    return ""
