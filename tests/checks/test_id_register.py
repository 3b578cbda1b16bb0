"""Ids live for ever: the register of docs/checks/ids.txt only grows, and what is gone is accounted for."""

from __future__ import annotations

import re
from pathlib import Path

from auditor.engine.catalogue import Catalogue

FOLDER = Path(__file__).parents[2] / "docs" / "checks"


def entries(name: str) -> list[str]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_check_is_registered_with_its_revision(catalogue: Catalogue) -> None:
    shipped = {check.id: check.raw["revision"] for check in catalogue.checks.values()}
    registered = {line.split()[0]: int(line.split()[1]) for line in entries("ids.txt")}
    missing = [name for name, revision in shipped.items() if registered.get(name) != revision]
    assert missing == [], "run docs/generate.py; a revision never falls"


def test_no_id_disappears_without_a_word(catalogue: Catalogue) -> None:
    registered = [line.split()[0] for line in entries("ids.txt")]
    retired = [line.split()[0] for line in entries("retired.txt")]
    assert registered == sorted(set(registered))
    assert [name for name in registered if name not in catalogue.checks and name not in retired] == []


def test_retired_ids_were_shipped_have_a_reason_and_are_not_used_again(catalogue: Catalogue) -> None:
    registered = {line.split()[0] for line in entries("ids.txt")}
    for line in entries("retired.txt"):
        assert re.fullmatch(r"[A-Z][A-Z0-9-]+ \d{4}-\d\d-\d\d \S.{7,}", line), line
        assert line.split()[0] in registered
        assert line.split()[0] not in catalogue.checks
