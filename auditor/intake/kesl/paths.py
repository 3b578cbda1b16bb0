"""What the path of a file tells: the sister product by a folder, and the one file that is known by its name alone."""

from __future__ import annotations

import re

AGENT_VERSION = "klnagent_kscver.txt"
"""Written by the support collector beside its product folders; nothing in it tells what it is."""

_FOLDERS = {
    "kesl": "kesl",
    **dict.fromkeys(("kics", "kics4linux", "kics-linux"), "kics-linux"),
    **dict.fromkeys(("kess", "kess4linux", "kess-linux"), "kess-linux"),
}
_FAMILY = ("kesl", "kics", "kess")


def product_of(path: str) -> str:
    """The product that the nearest folder (or archive) names: `kesl`, `kics-linux`, `kess-linux`; else empty."""
    lowered = path.lower()
    if not any(word in lowered for word in _FAMILY):  # most of the files of a fleet: seen at once
        return ""
    folders = re.split(r"[/!\\]", lowered)[:-1]
    return next((_FOLDERS[folder] for folder in reversed(folders) if folder in _FOLDERS), "")
