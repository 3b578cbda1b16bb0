"""The device that a path suggests.

Exports seldom say whose they are; people say it with folders and file names. `host_of` reads what they wrote and
never invents: the answer is always a piece of the path.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from auditor.intake.collector import COPY_MARK, collector_host

_SUFFIX = re.compile(
    r"\.(?:ini|txt|json|xml|conf|cfg|csv|tsv|log|out|ndjson|jsonl|html?|zip|tar|tar\.gz|tgz|gz)$", re.IGNORECASE
)
_COPY = re.compile(rf"{COPY_MARK}$", re.IGNORECASE)
_DATE = re.compile(r"[._\- ]?(?<!\d)20\d\d([._-]?)[01]\d\1[0-3]\d(?:[T_. -]?[0-2]\d[._:-]?\d\d(?:[._:-]?\d\d)?Z?)?$")

_TASKS = (
    "File_Threat_Protection|Scan_My_Computer|Scan_File|Critical_Areas_Scan|Boot_Scan|Memory_Scan|Update|Rollback|"
    "License|Backup|System_Integrity_Monitoring|Firewall_Management|Anti_Cryptor|Web_Threat_Protection|"
    "Device_Control|Removable_Drives_Scan|Network_Threat_Protection|Container_Scan|Custom_Container_Scan|"
    "Behavior_Detection|Application_Control|Inventory_Scan|KATAEDR|Web_Control|Standalone_Sandbox|"
    "KATAEDR_Prevention|EDRO_Prevention|KUMA"
).replace("_", "[_ -]?")
_PRODUCT = r"kesl|kics|kess|kfl|ksws|ksc|klms|kwts|kes4linux|kes4lin|kaspersky"
# the words that name what a file holds, not whose it is
_GENERAL = (
    rf"{_PRODUCT}|(?:kesl|kics|kess)[_-]?control|"
    r"(?:get|exported|export|full|all|app(?:lication)?|net(?:work)?|task|host)?[._-]?settings?(?:[._-]\d{1,4})?|"
    r"exp[._-]?set|app[._-]?set|net[._-]?set|full|exported|export|dump|conf(?:ig(?:uration)?)?|collect(?:ed)?|"
    r"app[._-]?info(?:rmation)?|dev(?:ice)?[._-]?list|app[._-]?list|task[._-]?list|task[._-]?states?|tasks"
)
_WORDS = (
    rf"{_GENERAL}|{_TASKS}|licen[cs]es?(?:[._-]?(?:query|info|keys?))?|agreements|"
    r"task[._-]?set(?:[._-]?(?:\d+|all))?|"
    r"task(?:[._-]?\d+(?:[._ -].+)?)?|(?:get[._-]?)?schedule(?:[._-]?\d+(?:[._ -].+)?)?|"
    r"klms8(?:set|rules)|kavhttpd|klscflag|klnagchk(?:64)?|klnagent[._-]?kscver|updatelog"
)
# atomic, with a fixed separator: names come from strangers, and matching must not take longer than they are long
_SEPARATOR = r"(?: ?[._\-] ?| )"
_ALONE = re.compile(rf"(?:{_WORDS})", re.IGNORECASE | re.DOTALL)
_BEHIND = re.compile(rf"(?P<host>.+?)(?>{_SEPARATOR}(?:{_WORDS})(?=[._\- ]|$))+", re.IGNORECASE | re.DOTALL)
# fewer words in front: `license-server.ini` and `update-srv.ini` are devices
_BEFORE = re.compile(rf"(?>(?:{_GENERAL})(?=[._\- ]){_SEPARATOR})+(?P<host>.+)", re.IGNORECASE | re.DOTALL)

# saved answers of the KSC API, named after the call: `HostGroup.GetStaticInfo.json`, `Policy.GetPolicyContents.1.json`
_CALL = re.compile(r"[A-Z][A-Za-z]{2,40}\.(?:[A-Z][a-z]|S[Ss]_)\w{1,60}(?:\..{1,200})?\.json", re.DOTALL)

# further folders that say what is in them, or nothing at all
_FOLDER = re.compile(
    r"(?:settings|(?:ksc[._-]?)?openapi|exports?|logs?|data|info|out(?:put)?|in(?:put|box|coming)?|results?|reports?|"
    r"servers?|hosts?|devices?|linux|windows|files?|archives?|tmp|temp|home|root|users?|var|srv|mnt|media|opt|"
    r"downloads?|desktop|documents?|\.+)",
    re.IGNORECASE,
)
_UNNAMED = "unnamed"
_LONGEST = 255


def host_of(path_parts: Sequence[str], archive_name: str = "") -> str:
    """The device suggested by folders and file name, outermost first; archives count as folders.

    `archive_name` is the archive (path) around `path_parts`, when it is not among them. `web01/export.ini`,
    `web01_export.ini` and `web01-collect.tar.gz` with anything inside are all `web01`; a file named only after what
    it holds belongs to the nearest folder that is not named so too. Never empty, and always a piece of the path.
    """
    parts = [part[:_LONGEST] for part in (*re.split("[/!]", archive_name), *path_parts) if part]
    if not parts:
        return _UNNAMED
    folders = parts[:-1]
    for folder in reversed(folders):
        host = collector_host(folder)
        if host:
            return host
    return _from_file(parts[-1]) or _from_folders(folders) or _stem(parts[-1]) or parts[-1]


@lru_cache(256)  # exports of a fleet bear the same few names
def _from_file(name: str) -> str:
    """The device in a file name; "" when the name only says what the file holds."""
    stem = _stem(name)
    if _ALONE.fullmatch(stem) or _CALL.fullmatch(name):
        return ""
    match = _BEHIND.fullmatch(stem) or _BEFORE.fullmatch(stem)
    if match is None:
        return stem
    host = _stem(match["host"])
    return "" if _ALONE.fullmatch(host) else host


def _from_folders(folders: Sequence[str]) -> str:
    for folder in reversed(folders):
        name = _folder(folder)
        if name and not (_ALONE.fullmatch(name) or _FOLDER.fullmatch(name)):
            return name
    return _folder(folders[-1]) if folders else ""


def _folder(name: str) -> str:
    """A folder's name without an archive's suffix and without `-collect` or `_export` behind it."""
    bare = _SUFFIX.sub("", _SUFFIX.sub("", name)) if "." in name else name
    if _ALONE.fullmatch(bare):
        return bare
    match = _BEHIND.fullmatch(bare)
    return match["host"] if match else bare


def _stem(name: str) -> str:
    """The name without its suffix, a copy's number, and a date behind it."""
    previous = ""
    while name != previous:
        previous = name
        for pattern in (_COPY, _SUFFIX, _DATE):
            shorter = pattern.sub("", name).strip(" ._-")
            name = shorter or name
    return name
