"""each, some and none: predicates over the entries of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.model.outcomes import Confidence, Reason
from auditor.model.snapshot import Path
from auditor.model.verdicts import Evidence
from auditor.sdk.areas import show
from auditor.sdk.tracing import Node, Trace
from auditor.sdk.views import Hit, SubjectView, cut_off

ITEM_EVIDENCE = 8
"""Pieces of evidence after which no further list entry is named in one judgement."""

_ITEMS_KEPT = 2_048


def list_node(
    quantifier: str, find: Callable[[Trace], Hit], items: Items, absent_is_empty: bool, forbidden: bool
) -> Node:
    """Judge a list: an entry that decides, else unknown where one is unclear or the list may have been cut off.

    `forbidden`: what is looked for should not be.
    """
    # The truth of one item that decides the whole, and what it makes of it.
    decisive, verdict = {"each": (False, False), "some": (True, True), "none": (True, False)}[quantifier]

    def judge(trace: Trace) -> bool | None:
        hit = find(trace)
        if absent_is_empty and hit.reason is Reason.KEY_ABSENT:
            hit = replace(hit, value=[], reason=None)
        if hit.reason is None and not isinstance(hit.value, list):
            hit = replace(hit, reason=Reason.NOT_UNDERSTOOD)
        if hit.reason is not None:
            trace.unknown(hit.reason, hit.areas)
            trace.keep(hit)
            return None
        truths = []
        for truth, index in items.judge(trace, hit):
            truths.append(truth)
            if (truth is None or truth is decisive) and len(trace.evidence) < ITEM_EVIDENCE and not trace.quiet:
                trace.evidence.extend(items.evidence(trace.view, hit, index))
        if decisive in truths:
            return verdict
        if None in truths:
            return None
        if cut_off(hit):
            # Further entries may have stood where the export was cut off.
            trace.unknown(Reason.INCOMPLETE, hit.areas)
            return None
        count = f"{len(truths)} of {len(hit.value)} entries looked at" if truths else "no entry to look at"
        trace.evidence.append(Evidence(hit.name, met=verdict is forbidden, note=count))
        return not verdict

    return judge


@dataclass(slots=True)
class ItemVerdict:
    """What a quantifier makes of one entry. `truth` counts only where `selected` is not False."""

    selected: bool | None
    truth: bool | None
    reasons: list[Reason]
    areas: list[str]
    confidence: Confidence


ItemMemory = dict[int, tuple[ItemVerdict, Any]]
Shown = tuple[list[Evidence], Path, Any]
"""The evidence of an entry, the path at which it was made, and the entry itself."""


@dataclass(slots=True)
class Items:
    """The body of a quantifier, applied to the entries of a list; `memory` None where entries are not enough."""

    body: Node
    where: Node | None
    memory: dict[Any, ItemMemory] | None
    shown: dict[Any, Shown] = field(default_factory=dict)

    def judge(self, trace: Trace, hit: Hit) -> Iterator[tuple[bool | None, int]]:
        """Truth of each selected entry, with its position."""
        memory = self._memory_of(hit)
        for index, value in enumerate(hit.value):
            known = memory.get(id(value)) if memory is not None else None
            found = known[0] if known is not None else self._verdict(trace.view, _item(hit, index), memory)
            if found.selected is False:
                continue
            if found.truth is None:
                trace.reasons.extend(found.reasons)
                trace.areas.extend(found.areas)
            trace.weigh(found.confidence)
            yield found.truth, index

    def _memory_of(self, hit: Hit) -> ItemMemory | None:
        """What is said of an entry also depends on where its list stands and how well it was read."""
        if self.memory is None or hit.part is None:
            return None
        return self.memory.setdefault((hit.areas, hit.confidence, hit.part.settings.complete), {})

    def _verdict(self, view: SubjectView, item: Hit, memory: ItemMemory | None) -> ItemVerdict:
        """Remembered by the entry itself: readers hand out the same object for equal text."""
        found = self._fresh(view, item)
        if memory is not None:
            if len(memory) >= _ITEMS_KEPT:
                memory.clear()
            # The entry is kept with its verdict, so that its id stays its own.
            memory[id(item.value)] = (found, item.value)
        return found

    def _fresh(self, view: SubjectView, item: Hit) -> ItemVerdict:
        inner = Trace(view, item=item, quiet=True)
        selected = self.where(inner) if self.where is not None else True
        truth = self.body(inner) if selected else None
        return ItemVerdict(selected, truth, inner.reasons, inner.areas, inner.confidence)

    def evidence(self, view: SubjectView, hit: Hit, index: int) -> list[Evidence]:
        """The evidence of an entry where it stands now; entries repeat at other positions of other lists."""
        item = _item(hit, index)
        if self.memory is None or item.part is None:
            return self._pieces(view, item)
        key = (id(item.value), item.areas, item.confidence, item.part.settings.complete)
        known = self.shown.get(key)
        if known is None:
            if len(self.shown) >= _ITEMS_KEPT:
                self.shown.clear()
            known = self.shown[key] = (self._pieces(view, item), item.path, item.value)
        pieces, path, _ = known
        if path == item.path and all(piece.source == item.source for piece in pieces):
            return pieces
        return [_moved(piece, path, item) for piece in pieces]

    def _pieces(self, view: SubjectView, item: Hit) -> list[Evidence]:
        """One piece for each setting of the entry: of several tests of one setting the first that is not met."""
        inner = Trace(view, item=item)
        self.body(inner)
        kept: dict[str, Evidence] = {}
        for piece in inner.evidence:
            known = kept.get(piece.setting)
            if known is None or (known.met is not False and piece.met is False):
                kept[piece.setting] = piece
        return list(kept.values())


def _item(hit: Hit, index: int) -> Hit:
    """An entry of a list that was found."""
    value, path = hit.value[index], (*hit.path, index)
    return Hit(value, value, None, f"{hit.name}[{index}]", hit.areas, hit.part, hit.source, path, hit.confidence)


def _moved(piece: Evidence, made_at: Path, item: Hit) -> Evidence:
    """A piece of evidence about an entry, for the same entry at another place."""
    old, new = show("", made_at), show("", item.path)
    start = piece.setting.find(old)
    setting = piece.setting[:start] + new + piece.setting[start + len(old) :] if start >= 0 else piece.setting
    path = (*item.path, *piece.path[len(made_at) :]) if piece.path is not None else None
    return replace(piece, setting=setting, path=path, source=item.source)
