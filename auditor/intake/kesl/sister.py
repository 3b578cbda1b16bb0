"""Which product of the family a full export is of, where no folder says so.

The industrial edition counts its versions 1.x and 2.x, the one for embedded systems 3.x, KESL itself 10 and on. Its own
folders, such as the event store below /var/opt/kaspersky/kics, stand in the settings of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_SISTERS = {"kics": "kics-linux", "kess": "kess-linux"}
_LOWEST = 8
_FOLDER = re.compile(r"/var/(?:opt|log)/kaspersky/(kics|kess)/", re.IGNORECASE)


def product_and_version(product: str, version: str, text: Callable[[], str]) -> tuple[str, str]:
    """Product and version as the export itself allows them to be stated; `text` is asked only where there is a doubt.

    A number that KESL never had names no release of it: where no folder tells the sister product either, the version
    is left out, since comparing it with versions of KESL would make checks look as if they did not apply.
    """
    major = re.match(r"\s*(\d{1,4})\.", version)
    if product != "kesl" or major is None or int(major[1]) >= _LOWEST:
        return product, version
    folders = {name.lower() for name in _FOLDER.findall(text())}
    return (_SISTERS[folders.pop()], version) if len(folders) == 1 else (product, "")
