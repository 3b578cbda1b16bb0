"""Files that are known and cannot be read: what they are, and what to export in their place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.errors import UnreadableExport
from auditor.sdk.reading import Item, Source


@dataclass(frozen=True, slots=True)
class _Kind:
    what: str
    hint: str


_POLICY_HINT = (
    "export the policy through the interface of Security Center instead: Policy.GetPolicyData, "
    "Policy.GetPolicyContents and SsContents.Ss_Read of each section, saved as JSON"
)
_BACKUP_HINT = "a backup holds certificates and secrets and is not needed for an audit: delete this copy"
_KINDS = {
    "opaque.klp": _Kind("a policy export (.klp), a binary form", _POLICY_HINT),
    "opaque.klt": _Kind("a task export (.klt), a binary form", "save the answer of Tasks.GetTaskData as JSON instead"),
    "opaque.klprof": _Kind(
        "a policy profile export (.klprof), a binary form",
        "save the answers of PolicyProfiles.EnumProfiles, PolicyProfiles.GetProfileSettings and SsContents.Ss_Read "
        "as JSON",
    ),
    "opaque.kes-settings": _Kind(
        "a binary settings file of Kaspersky Endpoint Security",
        "export the policy through the interface of Security Center, or settings objects of the local REST "
        "interface as JSON",
    ),
    "opaque.ksc-backup": _Kind("a backup of Security Center", _BACKUP_HINT),
    "opaque.kata-backup": _Kind("a backup of Kaspersky Anti Targeted Attack Platform", _BACKUP_HINT),
    "opaque.kuma-backup": _Kind("a backup of KUMA", _BACKUP_HINT),
}
_SUFFIXES = {
    ".klp": "opaque.klp",
    ".klt": "opaque.klt",
    ".klprof": "opaque.klprof",
    ".cfg": "opaque.kes-settings",
    ".dat": "opaque.kes-settings",
}
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")


class OpaqueReader:
    """Recognises these files and refuses them with the advice; nothing of their content is used."""

    name = "opaque"
    formats = tuple(_KINDS)

    def recognise(self, source: Source) -> str:
        """By content where it is known; by the suffix only for content that is no text."""
        if b"kscpolfmn" in source.head[:32]:
            return "opaque.klp"
        name = source.name.casefold()
        if backup := _backup(source, name):
            return backup
        found = _SUFFIXES.get("." + name.rpartition(".")[2], "")
        return found if found and (_is_binary(source.head) or found.startswith("opaque.kl")) else ""

    def read(self, source: Source, format_id: str) -> Iterable[Item]:  # noqa: ARG002  # nothing is read
        """Never returns anything: raises UnreadableExport with the advice."""
        kind = _KINDS[format_id]
        raise UnreadableExport(f"this is {kind.what}; it cannot be read", hint=kind.hint)


def _is_binary(head: bytes) -> bool:
    """Control characters that no text has, in text of any common encoding."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return False
    sample = head[:4096]
    return any(byte < 9 or 13 < byte < 27 for byte in sample)


def _backup(source: Source, name: str) -> str:
    """Backups by the names their products give them, for content that is an archive or binary."""
    if not (_is_binary(source.head) or source.head.startswith(_ARCHIVES)):
        return ""
    if "klbackup" in name or ("backup" in name and "ksc" in name):
        return "opaque.ksc-backup"
    if "kuma" in name and "backup" in name:
        return "opaque.kuma-backup"
    if "backup" in name and ("kata" in name or "central_node" in name or "central-node" in name):
        return "opaque.kata-backup"
    return ""
