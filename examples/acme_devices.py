"""The groups and devices of the invented customer ACME, rows as `HostGroup.FindHosts` gives them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Values = dict[str, Any]
GROUPS = (
    (3, "Servers", 0), (4, "Linux servers", 3), (5, "Windows servers", 3), (6, "Workstations", 0), (7, "Madrid", 6),
    (8, "São Paulo", 6), (9, "Finance", 7), (10, "Kiosks", 8),
)  # fmt: skip
KES = ("KES", "12.6.0.438", "Microsoft Windows 11", 1)
KSWS = ("WSEE", "11.0.1.897", "Microsoft Windows Server 2019", 2)
KESL = ("kesl", "12.1.0.1297", "Debian GNU/Linux 12", 2)
# bits of KLHST_WKS_STATUS_MASK
NOT_RUNNING, OLD_SCAN, OLD_BASES, SILENT, LICENCE = 1 << 1, 1 << 6, 1 << 7, 1 << 8, 1 << 9
UNCURED, RESTART, VULNERABLE, NO_ANTIVIRUS, OLD_SEARCH = 1 << 10, 1 << 11, 1 << 13, 1 << 5, 1 << 14
CRITICAL = NOT_RUNNING | OLD_BASES | LICENCE | NO_ANTIVIRUS | UNCURED


@dataclass(frozen=True, slots=True)
class Device:
    """One device; `seen` and `bases` are ages in hours, `bases` None for a device without a security application."""

    name: str
    group: int
    product: tuple[str, str, str, int] = KES
    mask: int = 0
    seen: float = 0.3
    bases: float | None = 31
    rtp: int = 4
    agent: bool = True


SPECIAL = (
    Device("KSC01", 5, KSWS),
    Device("DC-MAD-01", 5, KSWS, VULNERABLE),
    Device("FS-MAD-01", 5, KSWS, RESTART),
    Device("FS-GRU-01", 5, KSWS, OLD_BASES, bases=400),
    Device("SQL-MAD-01", 5, KSWS, NOT_RUNNING, rtp=1),
    Device("EXCH-MAD-01", 5, KSWS),
    Device("PRINT-GRU-01", 5, KSWS, NO_ANTIVIRUS, bases=None, rtp=0),
    Device("MAD-DP-01", 5, KSWS),
    Device("GRU-DP-01", 5, KSWS, OLD_SEARCH),
    Device("web01", 4, ("kesl", "11.1.0.3013", "CentOS Linux 7", 2), OLD_BASES | OLD_SCAN, bases=459),
    Device("db01", 4, KESL),
    Device("files01", 4, ("kesl", "12.3.0.1162", "Ubuntu 22.04.4 LTS", 2)),
    Device("app-gru-01", 4, KESL, SILENT, seen=24 * 47, bases=24 * 48),
    Device("MAD-WS-017", 7, KES, UNCURED),
    Device("MAD-WS-018", 7, KES, RESTART | VULNERABLE),
    Device("MAD-FIN-03", 9, KES, LICENCE),
    Device("GRU-WS-012", 8, KES, NOT_RUNNING | OLD_BASES, bases=900, rtp=2),
    Device("GRU-WS-013", 8, KES, SILENT | OLD_BASES, seen=24 * 21, bases=24 * 22),
    Device("GRU-WS-014", 8, KES, VULNERABLE, seen=26),
    Device("LAB-PC-01", 1, KES, NO_ANTIVIRUS, bases=None, rtp=0),
    Device("VISITOR-7", 1, KES, agent=False, bases=None, rtp=0),
)
ORDINARY = (
    *(Device(f"lnx-mad-{n:02d}", 4, KESL, bases=31 + n) for n in range(1, 8)),
    *(Device(f"MAD-WS-{n:03d}", 7, KES, bases=31 + n) for n in range(1, 17)),
    *(Device(f"MAD-FIN-{n:02d}", 9, KES) for n in (1, 2)),
    *(Device(f"GRU-WS-{n:03d}", 8, KES, bases=33 + n, seen=n / 4) for n in range(1, 12)),
    *(Device(f"GRU-LT-{n:02d}", 8, KES, OLD_SCAN if n == 2 else 0, bases=44, seen=11) for n in (1, 2)),
)

KIOSKS = tuple(Device(f"GRU-KSK-{n:02d}", 10, KES, VULNERABLE if n == 3 else 0) for n in range(1, 7))


def groups_tree(parent: int = 0) -> list[Values]:
    """The answer of GetSubgroups: nested arrays of wrapped groups."""
    rows = []
    for number, name, above in GROUPS:
        if above == parent:
            row: Values = {"id": number, "name": name}
            if below := groups_tree(number):
                row["groups"] = below
            rows.append({"type": "params", "value": row})
    return rows


def devices(now: datetime) -> list[Values]:
    """The rows of the two pages that arrived whole, in the order in which a server would give them: by name."""
    ordered = sorted((*SPECIAL, *ORDINARY), key=lambda device: device.name.upper())
    return [_row(device, number, now) for number, device in enumerate(ordered)]


def kiosks(now: datetime) -> list[Values]:
    """The rows of the page that arrived damaged."""
    return [_row(device, 60 + number, now) for number, device in enumerate(KIOSKS)]


def _stamp(now: datetime, hours: float | None) -> Values:
    text = "" if hours is None else (now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"type": "datetime", "value": text}


def _row(device: Device, number: int, now: datetime) -> Values:
    code, version, system, kind = device.product
    protected = device.bases is not None
    status = 1 | 2 * (device.group != 1) | 4 * device.agent | 8 * (device.agent and device.seen < 24) | 16 * protected
    uid = hashlib.sha256(device.name.encode()).hexdigest()
    row: Values = {
        "KLHST_WKS_HOSTNAME": f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:32]}",
        "KLHST_WKS_DN": device.name, "KLHST_WKS_FQDN": f"{device.name.lower()}.acme.example",
        "KLHST_WKS_DNSDOMAIN": "acme.example", "KLHST_WKS_WINDOMAIN": "ACME",
        "KLHST_WKS_IP_LONG": {"type": "long", "value": 3221225985 + number}, "KLHST_WKS_GROUPID": device.group,
        "KLHST_WKS_CREATED": _stamp(now, 14_000 - number), "KLHST_WKS_LAST_VISIBLE": _stamp(now, device.seen),
        "KLHST_WKS_OS_NAME": system, "KLHST_WKS_CTYPE": kind, "KLHST_WKS_STATUS": status,
        "KLHST_WKS_STATUS_ID": 1 if device.mask & CRITICAL else 2 if device.mask else 0,
        "KLHST_WKS_STATUS_MASK": device.mask, "KLHST_WKS_RTP_STATE": device.rtp,
        "KLHST_WKS_UNCURED_COUNT": {"type": "long", "value": 3 if device.mask & UNCURED else 0},
        "KLHST_WKS_VIRUS_COUNT": {"type": "long", "value": 4 if device.mask & UNCURED else number % 3},
        "KLHST_WKS_RBT_REQUIRED": bool(device.mask & RESTART),
    }  # fmt: skip
    if device.agent:
        row |= {
            "KLHST_WKS_NAG_VERSION": "14.2.0.26967" if device.group == 8 else "15.1.0.20748",
            "KLHST_WKS_LAST_NAGENT_CONNECTED": _stamp(now, device.seen),
            "KLHST_WKS_LAST_INFOUDATE": _stamp(now, device.seen),
            "KLHST_WKS_LAST_SYSTEM_START": _stamp(now, 30 + number * 7),
        }
    if protected:
        row |= {
            "KLHST_WKS_RTP_AV_VERSION": version, "KLHST_WKS_RTP_AV_BASES_TIME": _stamp(now, device.bases),
            "KLHST_WKS_LAST_UPDATE": _stamp(now, (device.bases or 0) * 0.8),
            "KLHST_WKS_LAST_FULLSCAN": _stamp(now, None if device.mask & OLD_SCAN else 60 + number),
            "KLHST_APP_INFO": {"type": "params", "value": {code: {"type": "params", "value": {
                version: {"type": "params", "value": {"BaseDate": _stamp(now, device.bases)}}}}}},
        }  # fmt: skip
    return row
