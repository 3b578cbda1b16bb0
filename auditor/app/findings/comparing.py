"""Two stored results side by side: a document that reports and programs take, of which text and table are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.engagement.changes import Changed, Comparison
from auditor.engagement.comparison import ScoreChange

if TYPE_CHECKING:
    from auditor.app.findings.results import ReadRun

SCHEMA = "auditor-comparison/1"
SAMPLE = 20
"""Things of a group that a report names; their number is always told."""

Json = dict[str, Any]


def comparison_document(old: ReadRun, new: ReadRun, found: Comparison, most: int | None = SAMPLE) -> Json:
    """The section of a report, as JSON values without words of a language.

    `groups` are findings of one check with the same change, in the order in which they are told; each names at most
    `most` things (None: all). `notes` are phrases about what limits the comparison.
    """
    return {
        "schema": SCHEMA,
        "old": {"sha256": old.sha256, **old.facts},
        "new": {"sha256": new.sha256, **new.facts},
        "score": score_document(found.score),
        "counts": {change.value: count for change, count in found.counts.items()},
        "groups": [_group(group, old, new, most) for group in _grouped(found.changed)],
        "notes": notes(old, new),
    }


def rows(old: ReadRun, new: ReadRun, changed: Iterable[Changed]) -> Iterable[Json]:
    """Every finding by itself, in the order in which they are told."""
    for one in changed:
        thing = _thing(one, old, new)
        yield {
            "change": one.change.value,
            "severity": one.severity,
            **_check(one.key[0], old, new),
            **thing,
            "outcome_before": one.before.outcome if one.before is not None else "",
            "outcome_now": one.now.outcome if one.now is not None else "",
            "why": one.why,
            "waived_until": _until(one),
        }


def score_document(moved: ScoreChange) -> Json:
    """Scores of 0 to 100 with one decimal; the parts still add up to what the rounded scores differ by."""
    if moved.before is None or moved.after is None or moved.customer is None:
        before, after = (None if one is None else round(one, 1) for one in (moved.before, moved.after))
        return {"before": before, "after": after, "customer": None, "yardstick": None}
    before, after, customer = round(moved.before, 1), round(moved.after, 1), round(moved.customer, 1)
    # adding 0.0 turns a negative zero into none
    yardstick = round(after - before - customer, 1) + 0.0
    return {"before": before, "after": after, "customer": customer + 0.0, "yardstick": yardstick}


def notes(old: ReadRun, new: ReadRun) -> list[Json]:
    """What limits the comparison: {phrase, parameters}."""
    said = []
    for which, run in (("old", old), ("new", new)):
        if run.unsaid:
            said.append({"phrase": f"note_unsaid_{which}", "parameters": {"members": ", ".join(run.unsaid)}})
    if old.sha256 == new.sha256:
        said.append({"phrase": "note_same", "parameters": {}})
    if old.facts["as_of"] > new.facts["as_of"]:
        said.append({"phrase": "note_order", "parameters": {}})
    if _baseline(old) != _baseline(new):
        said.append({"phrase": "note_baselines", "parameters": {}})
    if new.facts["questions"]:
        said.append({"phrase": "note_questions", "parameters": {"count": new.facts["questions"]}})
    return said


def _baseline(run: ReadRun) -> tuple[Any, Any]:
    return run.facts["baseline"], run.facts["baseline_revision"]


def _grouped(changed: Iterable[Changed]) -> list[list[Changed]]:
    """Findings of one check that are told in one line, in the order of the first of each."""
    groups: dict[tuple[str, ...], list[Changed]] = {}
    for one in changed:
        groups.setdefault((one.change.value, one.severity, one.key[0], one.why, _until(one)), []).append(one)
    return list(groups.values())


def _group(changed: Sequence[Changed], old: ReadRun, new: ReadRun, most: int | None) -> Json:
    first = changed[0]
    return {
        "change": first.change.value,
        "severity": first.severity,
        **_check(first.key[0], old, new),
        "why": first.why,
        "waived_until": _until(first),
        "count": len(changed),
        "things": [_thing(one, old, new) for one in changed[:most]],
    }


def _until(one: Changed) -> str:
    return one.now.until if one.now is not None and (one.now.waived or one.now.waiver_expired) else ""


def _check(ident: str, old: ReadRun, new: ReadRun) -> Json:
    """The check's words, as the later run has them."""
    found = new.checks.get(ident) or old.checks.get(ident)
    if found is None:
        return {"check": ident, "title": "", "product": "", "area": ""}
    return {"check": ident, "title": found.title, "product": found.product, "area": found.area}


def _thing(one: Changed, old: ReadRun, new: ReadRun) -> Json:
    kind, key = one.key[1:]
    name = new.names.get(one.key[1:]) or old.name(one.key)
    shown: Json = {"kind": kind, "key": key, "name": name}
    devices = {side: _devices(run, one) for side, run in (("before", old), ("now", new))}
    return {**shown, "devices": devices} if any(devices.values()) else shown


def _devices(run: ReadRun, one: Changed) -> Mapping[str, int] | None:
    """Devices of a fleet check: what is still not right may have become much better."""
    found = run.devices.get(one.key)
    return None if found is None else {"judged": found.judged, "failed": found.failed}
