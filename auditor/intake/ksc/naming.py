"""The server that an export without a server's name is counted to."""

from __future__ import annotations

import re

from auditor.intake.ksc.methods import method_in_name
from auditor.sdk.reading import Source

NAMELESS = "ksc"
_SUFFIX = re.compile(r"\.(?:zip|tar|tgz|gz)$", re.IGNORECASE)


def server_of(source: Source) -> str:
    """The device that the path suggests; a file that is named only after its call belongs to its folder.

    Without a folder all such files belong to one nameless server, `ksc`, rather than to a server each.
    """
    host = source.host
    stem = source.name.rpartition(".")[0] or source.name
    if host and not method_in_name(host) and host not in (source.name, stem):
        return host
    folders = [part for part in re.split("[/!]", source.path)[:-1] if part.strip(".")]
    if not folders:
        return NAMELESS
    folder = folders[-1]
    while (shorter := _SUFFIX.sub("", folder)) != folder:
        folder = shorter
    return folder or NAMELESS
