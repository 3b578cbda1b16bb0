"""What an intake run counts: subjects with their areas, files with what became of them, notes. Bounded unless asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from auditor.model.inputs import InputRecord, InputStatus
from auditor.model.snapshot import Rows
from auditor.sdk.views import SubjectView

Json = dict[str, Any]

SUBJECTS_KEPT = 25
TROUBLED_KEPT = 50
"""Files of each status: many that nobody knows hide none that is broken."""
GROUPS_KEPT = 60
NOTES_KEPT = 40


@dataclass(slots=True)
class Kind:
    """All subjects of one product and kind."""

    count: int = 0
    values: int = 0
    versions: Counter[str] = field(default_factory=Counter)
    areas: Counter[str] = field(default_factory=Counter)
    subjects: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class Fleet:
    """The devices of one server: rows that were streamed."""

    product: str
    devices: int = 0
    single: int = 0
    values: int = 0
    attributes: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Survey:
    """`whole`: keep every subject and every file (for JSON); else counts and samples, whatever the size of the run."""

    whole: bool
    products: frozenset[str] = frozenset()
    kinds: dict[tuple[str, str], Kind] = field(default_factory=dict)
    fleets: dict[str, Fleet] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    files: list[Json] = field(default_factory=list)
    troubled: list[Json] = field(default_factory=list)
    groups: dict[tuple[str, str], Json] = field(default_factory=dict)
    groups_left_out: int = 0
    notes: dict[str, Json] = field(default_factory=dict)
    notes_left_out: int = 0
    values: int = 0
    servers: dict[str, dict[str, None]] = field(default_factory=dict)
    not_whole: dict[str, dict[str, str]] = field(default_factory=dict)

    def wanted(self, product: str, kind: str) -> bool:
        """Whether the user asked about this product; policies of a product count to Security Center, too."""
        return not self.products or product in self.products or kind.partition(".")[0] in self.products

    def subject(self, view: SubjectView, own: int) -> None:
        """Count a subject; `own` is the number of values that its files state."""
        ref = view.ref
        if ref.kind.startswith("ksc."):
            self.servers.setdefault(ref.key.partition("/")[0], {})[ref.kind] = None
        if not self.wanted(ref.product, ref.kind):
            return
        kind = self.kinds.setdefault((ref.product, ref.kind), Kind())
        kind.count += 1
        kind.values += own
        kind.versions[ref.version] += 1
        kind.areas.update(view.parts.keys())
        if self.whole or len(kind.subjects) < SUBJECTS_KEPT:
            kind.subjects.append(_subject(view, own))

    def rows(self, rows: Rows) -> None:
        """Count a batch of devices. Those looked up alone stand in a listing, too, and are counted apart."""
        if not rows.records:
            return
        self.servers.setdefault(rows.server, {})[rows.kind] = None
        if not self.wanted(rows.product, rows.kind):
            return
        fleet = self.fleets.setdefault(rows.server, Fleet(rows.product))
        if rows.listing:
            fleet.devices += len(rows.records)
            for record in rows.records:
                fleet.attributes.update(record)
        else:
            fleet.single += len(rows.records)
        fleet.values += sum(map(len, rows.records))

    def file(self, record: InputRecord, row: Json) -> None:
        """Count an input; `row` is its record as JSON."""
        self.statuses[record.status.value] += 1
        self.values += record.values
        if self.whole:
            self.files.append(row)
        if record.status is not InputStatus.READ:
            if self.statuses[record.status.value] <= TROUBLED_KEPT:
                self.troubled.append(row)
        else:
            self._group(record)
        for note in record.notes:
            self._note(note, record.path)

    def _group(self, record: InputRecord) -> None:
        key = (record.path.rpartition("/")[0], record.format)
        group = self.groups.get(key)
        if group is None:
            if len(self.groups) >= GROUPS_KEPT:
                self.groups_left_out += 1
                return
            group = self.groups[key] = {"files": 0, "values": 0, "first": record.path}
        group["files"] += 1
        group["values"] += record.values

    def _note(self, note: str, path: str) -> None:
        known = self.notes.get(note)
        if known is None:
            if len(self.notes) >= NOTES_KEPT:
                self.notes_left_out += 1
                return
            known = self.notes[note] = {"files": 0, "first": path}
        known["files"] += 1

    @property
    def readable(self) -> bool:
        """False when no input gave anything."""
        return bool(self.statuses[InputStatus.READ.value] or self.values)


def _subject(view: SubjectView, own: int) -> Json:
    ref = view.ref
    return {
        "product": ref.product,
        "kind": ref.kind,
        "key": ref.key,
        "name": ref.name,
        "version": ref.version,
        "values": own,
        "areas": sorted(view.parts),
        "incomplete": sorted(
            {area for area, parts in view.parts.items() if any(not part.settings.complete for part in parts)}
        ),
    }
