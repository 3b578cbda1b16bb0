"""A result beside the manifest and the links: inputs, checks, verdicts, each compared one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Any

from auditor.app.evidence.broken import BrokenLink, broken
from auditor.app.evidence.folder import Folder, parsed
from auditor.app.evidence.stored import Stored, Tally, check_input
from auditor.engagement.evidence import Grounds, Linked, unproven
from auditor.engagement.evidence_links import difference, shown
from auditor.engagement.evidence_manifest import EXPORTS, LINKS, NAME, checks_of, grounds_of, input_of
from auditor.engagement.evidence_tree import Tree
from auditor.errors import EvidenceError
from auditor.model.canonical import canonical

Json = Mapping[str, Any]


@dataclass
class Case:
    """A delivery under examination: its folder and its manifest, which is of the schema."""

    folder: Folder
    manifest: Json

    def inputs(self) -> Generator[tuple[str, Json]]:
        """(where it stands, record) of every input that the manifest names."""
        if "inputs" not in self.manifest["streams"]:
            for number, record in enumerate(self.manifest["inputs"], 1):
                yield f"{NAME}, inputs {number}", record
            return
        for number, record in enumerate(self.folder.records(EXPORTS), 1):
            where = f"{EXPORTS}, line {number}"
            check_input(record, where)
            yield where, record

    @cached_property
    def grounds(self) -> Grounds:
        """What verdicts may rest on."""
        return grounds_of(self.manifest, (record for _, record in self.inputs()))


def compare_inputs(case: Case, stored: Stored) -> int:
    """How many inputs there are; BrokenLink where manifest and result name different ones, or their digest is wrong."""
    whole, count = hashlib.sha256(), 0
    with closing(case.inputs()) as named, closing(stored.items("inputs")) as judged:
        for stated, actual in zip_longest(named, judged):
            if stated is None or actual is None:
                where, record = stated or actual or ("", {})
                told = "the result has no such input" if actual is None else "the manifest names no such input"
                raise BrokenLink(told, where=where, details=[shown(record.get("path"))])
            check_input(actual[1], actual[0])
            _same_input(stated[1], *actual)
            whole.update(f"{actual[1]['path']}\0{actual[1]['sha256']}\n".encode())
            count += 1
    if whole.hexdigest() != case.manifest["run"]["input_digest"]:
        raise BrokenLink(
            "the digest over all inputs is another one",
            where=NAME,
            expected=case.manifest["run"]["input_digest"],
            found=whole.hexdigest(),
        )
    return count


def _same_input(stated: Json, where: str, record: Json) -> None:
    made = input_of(record, {})
    for name, value in made.items():
        if stated.get(name) != value:
            raise BrokenLink(
                f"{name} of the input {record['path']} is not the one that the manifest states",
                where=where,
                expected=shown(stated.get(name)),
                found=shown(value),
            )


def compare_checks(case: Case, stored: Stored) -> int:
    """How many checks there are; BrokenLink for one that is not the check that the manifest names."""
    made = checks_of(stored.document)
    for stated, actual in zip_longest(case.manifest["checks"], made):
        if stated != actual:
            told = f"check {(stated or actual)['id']} is not the one that the manifest names"
            raise BrokenLink(told, where=NAME, expected=shown(stated), found=shown(actual))
    return len(made)


def compare_verdicts(case: Case, stored: Stored, *, links_changed: bool = False) -> Tree:
    """The tree over all verdicts; BrokenLink at the first that is not what its link says.

    `links_changed`: the result is known to be right, so that the links are what is wrong.
    """
    tree, tally = Tree(), Tally()
    with closing(stored.linked(case.grounds)) as verdicts, closing(case.folder.lines(LINKS)) as lines:
        for verdict, line in zip_longest(verdicts, enumerate(lines, 1)):
            if verdict is None or line is None:
                told = "a verdict has no link" if line is None else "a link has no verdict"
                raise BrokenLink(told, where=verdict[0] if verdict else f"{LINKS}, line {line[0] if line else 0}")
            (where, made), (number, data) = verdict, line
            if canonical(made.link) != data:
                raise _difference(made, where, (f"{LINKS}, line {number}", data), links_changed=links_changed)
            why = unproven(made.record, case.grounds)
            if why:
                raise BrokenLink(f"{made.title} says {made.record['outcome']}, but {why}", where=where)
            tree.add(made.leaf)
            tally.add(made.record)
    tally.compare(stored)
    return tree


def _difference(made: Linked, where: str, line: tuple[str, bytes], *, links_changed: bool) -> BrokenLink:
    at, data = line
    try:
        link = parsed(data, at)
    except EvidenceError as error:
        return broken(error)
    found = difference(link, made)
    if found is None:
        return BrokenLink("the link is not in canonical form", where=at, details=[made.title])
    expected, actual = (found.actual, found.linked) if links_changed else (found.linked, found.actual)
    owner = at if links_changed else where
    return BrokenLink(
        f"{made.title} is not what its link says: {found.what}", where=owner, expected=expected, found=actual
    )
