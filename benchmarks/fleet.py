"""Fleets of invented exports, as large as a benchmark wants them; the same arguments give the same bytes.

    python benchmarks/fleet.py kesl --hosts 10000 --variety realistic OUT
    python benchmarks/fleet.py ksc --hosts 100000 [--pages 100] OUT

KESL: one full settings export a host, `OUT/lnx-000000/export.ini`, about 14 KiB in 85 to 120 sections, versions 11.1 to
12.4 with their renamed keys. `realistic`: most hosts follow one of twelve policies, each host writes two to four
sections of its own (exclusions, proxy, paths). `shared`: one policy and one version, two hosts in a hundred deviate in
one section. `unique`: every section differs from host to host (see `free`). In `realistic` and `unique` three hosts in
a hundred lack a section or two keys.

KSC: device rows of `HostGroup.FindHosts`, 45 attributes and about 2.5 KB each, in one bundle file or in pages of one
folder. Rows are written as they are made, so memory does not grow with the number of devices.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TextIO

if not __package__:  # run as a script: the folder above is where `benchmarks` is found
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import kesl_export, ksc_rows
from benchmarks.kesl_export import Document, Section

Variety = Literal["realistic", "shared", "unique"]
VARIETIES: tuple[Variety, ...] = ("realistic", "shared", "unique")
POLICIES = 12
LACKING = 0.03
DEVIATING = 0.02
FILE_TASK = "MonitoringTask.item_0000.Settings"  # file protection is the first task of an export


def write_kesl_fleet(folder: Path, hosts: int, variety: Variety = "realistic", seed: int = 1) -> int:
    """Write `hosts` exports below `folder`, one folder a host; answers the bytes written."""
    make = {"realistic": _realistic, "shared": _shared, "unique": _unique}[variety]
    written = 0
    for number, text in enumerate(make(hosts, seed)):
        place = folder / f"lnx-{number:06d}"
        place.mkdir(parents=True, exist_ok=True)
        written += _write(place / "export.ini", text.encode())
    return written


def write_ksc_hosts(path: Path, hosts: int, seed: int = 1, pages: int | None = None) -> int:
    """Write `hosts` device rows; answers the bytes written.

    Without `pages` one bundle file at `path`; else `path` is a folder that gets that many files, named like the calls.
    """
    rng = random.Random(f"{seed}/ksc")
    if pages is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _page(path, 0, hosts, rng)
    path.mkdir(parents=True, exist_ok=True)
    bounds = [hosts * n // pages for n in range(pages + 1)]
    names = (path / f"ChunkAccessor.GetItemsChunk.{n + 1:05d}.json" for n in range(pages))
    return sum(_page(name, bounds[n], bounds[n + 1], rng) for n, name in enumerate(names))


def _write(path: Path, data: bytes) -> int:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        return os.write(handle, data)
    finally:
        os.close(handle)


def _page(path: Path, start: int, end: int, rng: random.Random) -> int:
    with path.open("w", encoding="ascii") as stream:
        _bundle(stream, start, end, rng)
    return path.stat().st_size


def _bundle(stream: TextIO, start: int, end: int, rng: random.Random) -> None:
    stream.write(
        '{"format":"ksc-openapi-call/1","collected_at":"2026-03-02T08:00:00Z","server":"ksc01","virtual_server":"",'
        '"method":"ChunkAccessor.GetItemsChunk",'
        f'"request":{{"strAccessor":"bench","nStart":{start},"nCount":{end - start}}},'
        f'"response":{{"PxgRetVal":{end - start},"pChunk":{{"KLCSP_ITERATOR_ARRAY":['
    )
    for number in range(start, end):
        stream.write("\n" if number == start else ",\n")
        stream.write(ksc_rows.row(number, rng))
    stream.write("\n]}}}\n")


Texts = dict[str, str]  # section name -> its text; what hosts of one policy and version have in common


def _texts(document: Document) -> Texts:
    return {name: kesl_export.section_text(name, section) for name, section in document.items()}


def _realistic(hosts: int, seed: int) -> Iterator[str]:
    plans = [_plan(f"{seed}/policy/{n}") for n in range(POLICIES)]
    for number in range(hosts):
        rng = random.Random(f"{seed}/host/{number}")
        # a fleet has a few large groups and many small ones
        versions = plans[min(rng.randrange(POLICIES), rng.randrange(POLICIES))]
        document, shared = versions[rng.randrange(len(versions))]
        texts = shared | _own(document, number, rng)
        yield "".join((_lacking(texts, rng) if rng.random() < LACKING else texts).values())


def _plan(seed: str) -> list[tuple[Document, Texts]]:
    """A policy at the two or three versions its hosts run."""
    rng = random.Random(seed)
    policy = kesl_export.random_policy(rng)
    first = rng.randrange(len(kesl_export.VERSIONS) - 2)
    documents = [kesl_export.build(v, policy) for v in kesl_export.VERSIONS[first : first + rng.randint(2, 3)]]
    return [(document, _texts(document)) for document in documents]


def _shared(hosts: int, seed: int) -> Iterator[str]:
    document = kesl_export.build("12.2.0.2412", kesl_export.random_policy(random.Random(f"{seed}/shared")))
    texts = _texts(document)
    common = "".join(texts.values())
    for number in range(hosts):
        rng = random.Random(f"{seed}/host/{number}")
        if rng.random() < DEVIATING:
            yield "".join((texts | rng.choice(OWN)(document, number)).values())
        else:
            yield common


def _unique(hosts: int, seed: int) -> Iterator[str]:
    plans = [_plan(f"{seed}/policy/{n}") for n in range(POLICIES)]
    for number in range(hosts):
        rng = random.Random(f"{seed}/host/{number}")
        versions = plans[rng.randrange(POLICIES)]
        document, _ = versions[rng.randrange(len(versions))]
        texts = {name: kesl_export.section_text(name, free(section, number)) for name, section in document.items()}
        yield "".join((_lacking(texts, rng) if rng.random() < LACKING else texts).values())


def free(section: Section, number: int) -> Section:
    """The section with one value that no other host has.

    A section that knows only a handful of contents gets a key of no known version, which a reader carries along.
    """
    if "Version" in section:  # the root of the export is no section and stays
        return section
    if "Printer" in section:  # the classes of devices: the host's number in base three
        words = ("Allow", "Block", "DependsOnBus")
        return {key: words[number // 3**n % 3] for n, key in enumerate(section)}
    for key in _FREE_TEXT:
        if key in section:
            return section | {key: f"{section[key]}{number:06d}"}
    for switch, key, value in _FREE_LISTS:
        if switch in section:
            return section | {switch: "Yes", key: value.format(number)}
    if "RandomInterval" in section:
        return section | {"RandomInterval": str(number)}
    return section | ({"HostNote": str(number)} if section else {"Address.item_0000": _address(number)})


_FREE_TEXT = (
    "TraceFolder", "AreaDesc", "PortName", "AdminKitTaskName", "BackupFolder", "ScheduleName", "Principal", "Name",
    "ContainerNameMask",
)  # fmt: skip
_FREE_LISTS = (
    ("UseExcludeMasks", "ExcludeMasks.item_0000", "*.host{:06d}"),
    ("UseExcludeThreats", "ExcludeThreats.item_0000", "not-a-virus:Host{:06d}.*"),
    ("UseTrustedAddresses", "TrustedAddresses.item_0000", "https://host{:06d}.acme.example/*"),
    ("UseExcludeIPs", "ExcludeIPs.item_0000", "2001:db8::{:x}"),
)


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _own(document: Document, number: int, rng: random.Random) -> Texts:
    """Two to four sections that this host does not share."""
    texts: Texts = {}
    for change in rng.sample(OWN, rng.randint(2, min(4, len(OWN)))):
        texts |= change(document, number)
    return texts


def _proxy(document: Document, number: int) -> Texts:
    value = {"UseProxy": "Yes", "ProxyServer": f"proxy{number % 50:02d}-{number:06d}.acme.example:3128"}
    return _texts({"AppSettings": document["AppSettings"] | value})


def _masks(document: Document, number: int) -> Texts:
    value = {"UseExcludeMasks": "Yes", "ExcludeMasks.item_0000": f"*.app{number:06d}"}
    return _texts({FILE_TASK: document[FILE_TASK] | value})


def _exclusion(document: Document, number: int) -> Texts:
    name = f"{FILE_TASK}.ExcludedFromScanScope.item_0000"
    return _texts({name: document[name] | {"AreaDesc": f"Host {number}", "Path": f"/srv/host{number:06d}/data"}})


def _backup(_: Document, number: int) -> Texts:
    section = {"DaysToLive": "90", "BackupSizeLimit": "2048", "BackupFolder": f"/var/backup/lnx-{number:06d}/"}
    return _texts({"BackupTask.Settings": section})


def _ports(_: Document, number: int) -> Texts:
    section = {"PortName": f"Application {number}", "Port": str(1024 + number % 60_000)}
    return _texts({"NetSettings.NetworkPorts.item_0013": section})


def _integrity(_: Document, number: int) -> Texts:
    section = kesl_export.area(f"Host {number}", f"/etc/app{number:06d}/")
    return _texts({"MonitoringTask.item_0001.Settings.ScanScope.item_0000": section})


OWN: tuple[Callable[[Document, int], Texts], ...] = (_proxy, _masks, _exclusion, _backup, _ports, _integrity)


def _lacking(texts: Texts, rng: random.Random) -> Texts:
    """The texts without one section, or one section without two of its keys, as damaged or partial exports show."""
    name = rng.choice([name for name in texts if name.endswith(".Settings")])
    if rng.random() < 0.5:
        return {key: text for key, text in texts.items() if key != name}
    head, *lines = texts[name].splitlines(keepends=True)
    kept = rng.sample(range(len(lines)), max(0, len(lines) - 2))
    return texts | {name: head + "".join(lines[n] for n in sorted(kept))}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Write a fleet of invented exports.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    kesl = kinds.add_parser("kesl", help="full settings exports, one folder a host")
    kesl.add_argument("--variety", choices=VARIETIES, default="realistic")
    ksc = kinds.add_parser("ksc", help="device rows of a Security Center server")
    ksc.add_argument("--pages", type=int, help="write a folder of that many files instead of one file")
    for kind in (kesl, ksc):
        kind.add_argument("--hosts", type=int, required=True)
        kind.add_argument("--seed", type=int, default=1)
        kind.add_argument("out", type=Path, metavar="OUT")
    given = parser.parse_args(arguments)
    if given.kind == "kesl":
        written = write_kesl_fleet(given.out, given.hosts, given.variety, given.seed)
    else:
        written = write_ksc_hosts(given.out, given.hosts, given.seed, given.pages)
    print(f"{given.hosts} hosts, {written / 1e6:.1f} MB in {given.out}")


if __name__ == "__main__":
    main()
