"""One verdict of a proven delivery, with everything it rests on and its way to the signed root."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.app.evidence.broken import BrokenLink
from auditor.app.evidence.comparing import Case
from auditor.app.evidence.stored import Stored
from auditor.engagement.evidence import Linked, pieces
from auditor.engagement.evidence_links import place_words, shown
from auditor.engagement.evidence_manifest import NAME
from auditor.engagement.evidence_tree import Tree, root_by_way
from auditor.errors import UsageProblem

_NAMED = 5
"""Subjects that are named when a person has to choose one."""


def trace(case: Case, stored: Stored, check: str, subject: str) -> list[str]:
    """The chain of one verdict, as lines; UsageProblem when there is none, or when several subjects have one."""
    number, made = _only(_found(case, stored, check, subject), check, subject)
    tree = Tree(watch=number)
    for _, each in stored.linked(case.grounds):
        tree.add(each.leaf)
    way = tree.way()
    root = case.manifest["links"]["root"]
    if root_by_way(made.leaf, number, tree.count, way) != bytes.fromhex(root):
        raise BrokenLink(f"the way of {made.title} does not lead to the root", where=NAME)
    revision = next(entry["revision"] for entry in case.manifest["checks"] if entry["id"] == check)
    return [
        f"{made.title}: {made.record.get('outcome')}",
        f"check     {check} revision {revision}, SHA-256 {case.grounds.checks[check]}",
        *_evidence(case, made),
        f"leaf      {number + 1} of {tree.count}: {made.leaf.hex()}",
        *(f"beside it {other.hex()}" for other in way),
        f"root      {root}",
    ]


def _found(case: Case, stored: Stored, check: str, subject: str) -> Iterator[tuple[int, Linked]]:
    for number, (_, made) in enumerate(stored.linked(case.grounds)):
        if made.link["check"] == check and subject in ("", made.link["subject"]["key"]):
            yield number, made


def _only(found: Iterator[tuple[int, Linked]], check: str, subject: str) -> tuple[int, Linked]:
    first = next(found, None)
    if first is None:
        raise UsageProblem(f"there is no verdict of {check}{f' on {subject}' if subject else ''}")
    others = [made.link["subject"]["key"] for _, made in found]
    if others and not subject:
        names = ", ".join([first[1].link["subject"]["key"], *others][:_NAMED])
        raise UsageProblem(
            f"{len(others) + 1} subjects have a verdict of {check}", hint=f"--subject KEY; among {names}"
        )
    return first


def _evidence(case: Case, made: Linked) -> Iterator[str]:
    links = made.link["evidence"]
    for piece, link in zip(pieces(made.record), links, strict=True):
        value = f" = {shown(piece['value'])}" if "value" in piece else ""
        yield f"evidence  {piece.get('setting')}{value}{place_words(piece)}"
        if "file" in link:
            yield f"          export SHA-256 {link['file']}"
        if "value" in link:
            yield f"          value SHA-256  {link['value']}"
    if not any("file" in link for link in links):
        yield f"          rests on all exports, digest {case.grounds.everything}"
