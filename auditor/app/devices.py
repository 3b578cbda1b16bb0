"""The devices of servers' dumps: judged and counted as they stream by, each once, and what is known to be missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from auditor.engine.encode import dumps, evidence_dict
from auditor.engine.fleet import Device, Fleet
from auditor.engine.fleet_checks import FleetCheck
from auditor.model.inputs import InputRecord, InputStatus
from auditor.model.snapshot import Gap, Part, Rows, Settings, SubjectRef

if TYPE_CHECKING:
    from auditor.intake.ksc import FleetTally, Listing

Json = dict[str, Any]

AFFECTED_SHOWN = 200
"""Devices that a roll-up names itself; beyond them all are in the stream."""

SINGLE_KEPT = 1000
"""Devices looked up alone that wait until it is clear whether there is a listing."""

DEVICE = "ksc.host"


class Devices:
    """Takes batches of rows of any number. `affected` is handed a line of JSON for each device that is not in order.

    What reads dumps is imported with the first row, as most audits of single hosts see none.
    """

    def __init__(self, checks: Sequence[FleetCheck], affected: Callable[[bytes], None]) -> None:
        self.checks = list(checks)
        self._affected = affected
        self._fleets = {
            kind: Fleet([check for check in checks if check.selection.check.subject == kind])
            for kind in {check.selection.check.subject for check in checks}
        }
        self._tallies: dict[str, FleetTally] = {}
        self._listings: dict[tuple[str, str], Listing] = {}
        self._alone: set[tuple[str, str]] = set()  # (server, kind) of what was looked up one by one, but for devices
        self._single: list[Rows] = []
        self._single_judged = False
        self._left = 0
        self._told = ""  # the last file whose reader told itself what is lost
        self._lost: list[tuple[str, str, str]] = []
        self._gaps: dict[tuple[str, str], Gap] = {}

    def take(self, rows: Rows) -> None:
        """Judge and count a batch; devices looked up alone wait, since a listing holds them, too."""
        if rows.page is not None and rows.page.lost:
            self._told = rows.file
        if rows.kind != DEVICE and not rows.listing:
            self._alone.add((rows.server, rows.kind))
        elif rows.listing:
            skip = self._list_of(rows).add(rows)
            if rows.records:
                self._judge_or_miss(rows, skip)
        elif len(self._single) < SINGLE_KEPT:
            self._single.append(rows)
        else:
            self._left += len(rows.records)

    def miss(self, record: InputRecord, *, mine: bool = False) -> None:
        """Note a file that was not read, as far as its name tells that it holds rows of a list.

        `mine`: its content was recognised as an answer of a server.
        """
        if record.status is InputStatus.READ or record.path == self._told:
            return
        from auditor.intake.ksc.lists import missed

        found = missed(record.path, recognised=mine)
        if found is not None:
            kind, server = found
            self._lost.append((server, kind, f"{record.path} was not read ({record.status.value})"))

    def judge_single(self) -> bool:
        """Once everything was taken: judge the devices that were looked up alone and stand in no listing.

        False when that was done before.
        """
        if self._single_judged:
            return False
        self._single_judged = True
        for rows in self._single:
            if rows.server not in self._tallies:
                self._judge(rows, self._list_of(rows).add(rows))
        return True

    def finish(self) -> Iterator[Part]:
        """Once everything was taken: the numbers of each server and what its lists lack."""
        self.judge_single()
        for fleet in self._fleets.values():
            fleet.settle()
        self._find_gaps()
        for server, tally in self._tallies.items():
            part = tally.part(complete=(server, DEVICE) not in self._gaps)
            if part is not None:
                yield part
        for server in sorted({server for server, _ in self._gaps}):
            missing = {kind.partition(".")[2]: gap.words for (at, kind), gap in self._gaps.items() if at == server}
            yield Part(SubjectRef("ksc.server", server, server, "ksc"), Settings("missing", missing), "")

    def gap(self, server: str) -> Gap | None:
        """What is missing of a server's devices."""
        return self._gaps.get((server, DEVICE))

    def _list_of(self, rows: Rows) -> Listing:
        found = self._listings.get((rows.server, rows.kind))
        if found is None:
            from auditor.intake.ksc import Listing

            found = self._listings[rows.server, rows.kind] = Listing()
        return found

    def _judge_or_miss(self, rows: Rows, skip: Any) -> None:
        """Whatever goes wrong: devices that were listed and not judged are missing."""
        try:
            self._judge(rows, skip)
        except Exception:
            self._lost.append((rows.server, rows.kind, f"{rows.file} was not read (broken)"))
            raise

    def _judge(self, rows: Rows, skip: Any) -> None:
        if rows.listing and rows.kind == DEVICE:
            tally = self._tallies.get(rows.server)
            if tally is None:
                from auditor.intake.ksc import FleetTally

                tally = self._tallies[rows.server] = FleetTally(rows.server)
            tally.add(rows, skip)
        fleet = self._fleets.get(rows.kind)
        if fleet is not None:
            fleet.judge(rows, self._report, skip)

    def _report(self, check: FleetCheck, device: Device, rows: Rows) -> None:
        shown = device_dict(device)
        count = check.counts[rows.server]
        if len(count.sample) < AFFECTED_SHOWN:
            count.sample.append(shown)
        self._affected(dumps({"check_id": check.selection.check.id, **shown}) + b"\n")

    def _find_gaps(self) -> None:
        servers = {server for server, _ in self._listings}
        words: dict[tuple[str, str], list[Gap]] = {}
        of_server: dict[str, list[tuple[str, Listing]]] = {}
        for (server, kind), listing in self._listings.items():
            of_server.setdefault(server, []).append((kind, listing))
        for (server, kind), listing in self._listings.items():
            others = [found for other, found in of_server[server] if other != kind]
            foreign = {
                ident for found in others for ident in found.lists if found.holds(ident) and not listing.holds(ident)
            }
            words.setdefault((server, kind), []).extend(listing.gaps(foreign))
        for server, kind, why in self._lost:
            for at in [server] if server in servers else servers:
                words.setdefault((at, kind), []).append(Gap(why))
        for place in sorted(self._alone - {place for place, listing in self._listings.items() if listing.read}):
            words.setdefault(place, []).append(Gap("no file lists them all"))
        for server in {rows.server for rows in self._single} - self._tallies.keys():
            found = f"devices were looked up one by one; {self._left} of them were left out" if self._left else ""
            words.setdefault((server, DEVICE), []).append(Gap(found or "devices were looked up one by one"))
        self._gaps = {place: joined(gaps) for place, gaps in words.items() if gaps}


def joined(gaps: Sequence[Gap]) -> Gap:
    """Several gaps as one; how much is missing is known when each tells it."""
    shown = list(dict.fromkeys(gap.words for gap in gaps))
    words = "; ".join(shown[:5]) + (f"; and {len(shown) - 5} more" if len(shown) > 5 else "")
    numbers = [gap.missing for gap in gaps]
    return Gap(words, None if None in numbers else sum(number for number in numbers if number is not None))


def device_dict(device: Device) -> Json:
    """A device as the result stores it."""
    shown: Json = {"key": device.key, "name": device.name, "outcome": device.outcome.value}
    if device.reason is not None:
        shown["reason"] = device.reason.value
    shown["evidence"] = [evidence_dict(item, ()) for item in device.evidence]
    return shown
