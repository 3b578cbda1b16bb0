"""Time zones by their IANA name, and which release of the zone data is in use."""

from __future__ import annotations

import zoneinfo
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from auditor.errors import ContentError

# names that exist in some installations but say nothing about a place, or differ from machine to machine
_NOT_ZONES = frozenset({"localtime", "posixrules", "Factory"})


def load_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name such as Europe/Madrid; ContentError with near names when there is none.

    The system's data is used where it exists, else the data of the package tzdata.
    """
    if name in _packaged() or name in _installed():
        try:
            return ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ContentError(f"the data of the zone {name!r} cannot be read: {error}") from error
    raise ContentError(f"there is no time zone {name!r}", hint=_near(name))


@cache
def _packaged() -> frozenset[str]:
    listing = files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listing.split()) - _NOT_ZONES


@cache
def _installed() -> frozenset[str]:
    """Zones of the system: it may be newer than the package. Slow, so asked only for what the package lacks."""
    return frozenset(zoneinfo.available_timezones()) - _NOT_ZONES


def _near(name: str) -> str:
    by_lower = {zone.lower(): zone for zone in _packaged()}
    by_lower |= {zone.rpartition("/")[2]: by_lower[zone] for zone in by_lower if zone.count("/") == 1}
    near = get_close_matches(name.strip().lower().replace(" ", "_"), by_lower, n=3, cutoff=0.7)
    names = list(dict.fromkeys(by_lower[match] for match in near))
    return f"did you mean {', '.join(names)}?" if names else "write an IANA name such as Europe/Madrid, never an offset"


def zone_data_version(name: str) -> str:
    """Release of the data that serves this zone: `2025b (system)`, `2026f (tzdata 2026.6)` or `unknown (system)`."""
    for folder in map(Path, zoneinfo.TZPATH):
        if (folder / name).is_file():
            return f"{_system_release(folder)} (system)"
    package = import_module("tzdata")
    return f"{package.IANA_VERSION} (tzdata {package.__version__})"


@cache
def _system_release(folder: Path) -> str:
    """Distributions name the release in `tzdata.zi` (first line `# version 2025b`) or `+VERSION`, some in neither."""
    try:
        with (folder / "tzdata.zi").open(encoding="utf-8") as stream:
            mark, _, release = stream.readline().strip().rpartition(" ")
        if mark == "# version" and release:
            return release
    except (OSError, UnicodeDecodeError):
        pass
    try:
        return (folder / "+VERSION").read_text(encoding="utf-8").strip() or "unknown"
    except (OSError, UnicodeDecodeError):
        return "unknown"
