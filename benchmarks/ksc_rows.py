"""Device rows of a Security Center server as its OpenAPI would answer them, invented and quickly written."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

COLLECTED = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_APPS = (("KES", "12.6.0.438"), ("KES", "12.8.0.505"), ("kesl", "12.2.0.2412"), ("WSEE", "11.0.1.897"))
_SYSTEMS = ("Microsoft Windows 11", "Microsoft Windows 10", "Ubuntu 22.04.4 LTS", "Microsoft Windows Server 2022")
_BITS = (0, 3, 6, 7, 8, 9, 10, 11, 13, 14)  # of KLHST_WKS_STATUS_MASK, those a live estate shows

# One row; about 2.4 KB. Wrapped types as the server answers them: datetime and long; integers and text are bare.
_ROW = (
    '{{"type":"params","value":{{"KLHST_WKS_HOSTNAME":"{uid}","KLHST_INSTANCEID":"{uid}-i","KLHST_WKS_DN":"{name}",'
    '"KLHST_WKS_WINHOSTNAME":"{name}","KLHST_WKS_WINDOMAIN":"ACME","KLHST_WKS_DNSNAME":"{lower}",'
    '"KLHST_WKS_DNSDOMAIN":"acme.example","KLHST_WKS_FQDN":"{lower}.acme.example",'
    '"KLHST_WKS_IP_LONG":{{"type":"long","value":{ip}}},"KLHST_WKS_GROUPID":{group},"KLHST_WKS_GROUPID_GP":0,'
    '"KLHST_WKS_CREATED":{{"type":"datetime","value":"{created}"}},'
    '"KLHST_WKS_LAST_VISIBLE":{{"type":"datetime","value":"{seen}"}},'
    '"KLHST_WKS_LAST_INFOUDATE":{{"type":"datetime","value":"{seen}"}},'
    '"KLHST_WKS_LAST_NAGENT_CONNECTED":{{"type":"datetime","value":"{seen}"}},'
    '"KLHST_WKS_LAST_UPDATE":{{"type":"datetime","value":"{updated}"}},'
    '"KLHST_WKS_LAST_FULLSCAN":{{"type":"datetime","value":"{scanned}"}},'
    '"KLHST_WKS_LAST_SYSTEM_START":{{"type":"datetime","value":"{started}"}},'
    '"KLHST_WKS_STATUS":{status},"KLHST_WKS_STATUS_ID":{level},"KLHST_WKS_STATUS_MASK":{mask},'
    '"KLHST_WKS_STATUS_MASK_0":{mask},"KLHST_WKS_RTP_STATE":{rtp},"KLHST_WKS_RTP_ERROR_CODE":0,'
    '"KLHST_WKS_NAG_VERSION":"15.1.0.20748","KLHST_WKS_NAG_VER_ID":983041,"KLHST_WKS_RTP_AV_VERSION":"{version}",'
    '"KLHST_WKS_RTP_AV_BASES_TIME":{{"type":"datetime","value":"{bases}"}},"KLHST_WKS_OS_NAME":"{system}",'
    '"KLHST_WKS_OS_BUILD_NUMBER":22631,"KLHST_WKS_OS_RELEASE_ID":0,"KLHST_WKS_CPU_ARCH":2,"KLHST_WKS_CTYPE":{ctype},'
    '"KLHST_WKS_PTYPE":2,"KLHST_WKS_VIRUS_COUNT":{{"type":"long","value":{viruses}}},'
    '"KLHST_WKS_UNCURED_COUNT":{{"type":"long","value":{uncured}}},"KLHST_WKS_RBT_REQUIRED":{restart},'
    '"KLHST_WKS_RBT_REQUEST_REASON":0,"KLHST_WKS_ANTI_SPAM_STATUS":0,"KLHST_WKS_EMAIL_AV_STATUS":0,'
    '"KLHST_WKS_DLP_STATUS":0,"KLHST_WKS_COLLAB_SRVS_STATUS":0,"KLHST_WKS_EDR_STATUS":4,'
    '"KLHST_WKS_FROM_UNASSIGNED":false,"KLHST_APP_INFO":{{"type":"params","value":{{'
    '"1103":{{"type":"params","value":{{"1.0.0.0":{{"type":"params","value":{{"ProdVersion":"15.1.0.20748",'
    '"LastUpdateTime":{{"type":"datetime","value":"{seen}"}},"BaseRecords":0}}}}}}}},'
    '"{product}":{{"type":"params","value":{{"{version}":{{"type":"params","value":{{"ProdVersion":"{version}",'
    '"BaseDate":{{"type":"datetime","value":"{bases}"}},"BaseInstallDate":{{"type":"datetime","value":"{updated}"}},'
    '"BaseRecords":21947120,"LastUpdateTime":{{"type":"datetime","value":"{updated}"}}}}}}}}}}}}}}}}}}'
)


@dataclass(frozen=True, slots=True)
class Health:
    """What a status and its causes come to: status id, mask, protection state and age of the databases in hours."""

    level: int
    mask: int
    rtp: int
    bases_age: int


def row(number: int, rng: random.Random) -> str:
    """The JSON text of device `number`: 86 % healthy, the others with one or two causes in the status mask."""
    health = _health(rng)
    product, version = _APPS[rng.randrange(len(_APPS))]
    name = f"PC-{number:06d}"
    seen = COLLECTED - timedelta(minutes=rng.randrange(5, 240) if health.level == 0 else rng.randrange(5, 60_000))
    bases = COLLECTED - timedelta(hours=health.bases_age)
    return _ROW.format(
        uid=f"{number:08x}-{rng.getrandbits(16):04x}-4a00-8c00-{rng.getrandbits(48):012x}", name=name,
        lower=name.lower(), ip=167772160 + number, group=4 + number % 40, created="2024-05-13T09:12:44Z",
        seen=seen.strftime(_STAMP), updated=(bases + timedelta(hours=1)).strftime(_STAMP),
        scanned=(COLLECTED - timedelta(days=rng.randrange(1, 9))).strftime(_STAMP),
        started=(COLLECTED - timedelta(hours=rng.randrange(9, 400))).strftime(_STAMP),
        status=31 if health.mask & 1 == 0 else 23, level=health.level, mask=health.mask, rtp=health.rtp,
        version=version, product=product, bases=bases.strftime(_STAMP), system=_SYSTEMS[number % 4],
        ctype=2 if number % 4 == 3 else 1, viruses=rng.randrange(3), uncured=int(health.mask >> 10 & 1),
        restart="true" if health.mask >> 11 & 1 else "false",
    )  # fmt: skip


def _health(rng: random.Random) -> Health:
    if rng.random() < 0.86:
        return Health(0, 0, 4, rng.randrange(1, 30))
    bits = {rng.choice(_BITS), rng.choice(_BITS)}
    mask = sum(1 << bit for bit in bits)
    if rng.random() < 0.05:
        mask |= 2
    age = rng.randrange(200, 2000) if 7 in bits else rng.randrange(1, 30)
    level = 1 if mask & 0b10110000111 else 2
    return Health(level, mask, 1 if mask & 2 else 4, age)
