"""The archive of Kaspersky's support collector, `<host>-collect.tar.gz`.

It also holds logs, traces and licence texts that nobody gave for an audit. Only settings files on a fixed list are
read; the rest is counted and never looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.model.inputs import InputRecord, InputStatus

if TYPE_CHECKING:
    from tarfile import TarInfo

COPY_MARK = r"(?: - (?:copy|копия)(?: \(\d{1,4}\))?| ?\(\d{1,4}\))"
"""What browsers and file managers put behind a name that is there already, some of them before its last suffix."""

_ARCHIVE = re.compile(
    rf"(?P<host>.+)-collect{COPY_MARK}?\.(?:tar{COPY_MARK}?\.gz|tgz|tar){COPY_MARK}?", re.IGNORECASE | re.DOTALL
)
_PRODUCTS = frozenset({"kesl", "kics", "kess"})
_PRODUCT_FILES = frozenset(
    {
        "appinfo.txt",
        "license.txt",
        "expset.txt",
        "appset.txt",
        "netset.txt",
        "tasklist.txt",
        "taskset.all.txt",
        "devlist.txt",
        "applist.txt",
        "updatelog.txt",
        "kesl.ini",
        "kics.ini",
        "kess.ini",
        "agreements.ini",
        "exported_settings.ini",
        "appsettings.xml",
    }
)
_TASK_SETTINGS = re.compile(r"taskset[0-9]+\.txt")
_OTHER_FILES = frozenset(
    {
        "klms8set.xml",
        "klms8rules.xml",
        "klms8.lic",
        "klms8.stats",
        "klnagchk64.txt",
        "klnagent_kscver.txt",
    }
)


def collector_host(archive_name: str) -> str:
    """`web01` for `web01-collect.tar.gz` and copies of it; "" for any other name."""
    if "-collect" not in archive_name.lower():
        return ""
    match = _ARCHIVE.fullmatch(archive_name)
    return match["host"] if match else ""


def is_collector(archive_name: str) -> bool:
    """Whether the archive's name is one the collector gives."""
    return bool(collector_host(archive_name))


def is_listed(member: str) -> bool:
    """Whether the member is on the list: by its own name, and for products by the folder it stands in."""
    parts = member.lower().split("/")
    name = parts[-1]
    if name in _OTHER_FILES:
        return True
    folder = parts[-2] if len(parts) > 1 else ""
    return folder in _PRODUCTS and (name in _PRODUCT_FILES or _TASK_SETTINGS.fullmatch(name) is not None)


class Leftovers:
    """Counts the members that are not on the list."""

    def __init__(self, archive: str) -> None:
        self._archive = archive
        self.number = 0

    def count(self, info: TarInfo) -> None:
        """One more, unless it is a folder."""
        if not info.isdir():
            self.number += 1

    def record(self) -> InputRecord:
        """The one record for all of them: they are no inputs, so leaving them alone makes no audit incomplete."""
        message = f"{self.number} member{'s' * (self.number != 1)} left alone (not on the list of settings files)"
        return InputRecord(
            f"{self._archive}!(other members)", InputStatus.READ, format="archive.left-alone", message=message
        )
