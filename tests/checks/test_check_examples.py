"""Every shipped check against its own examples, and every mutant of it against them too."""

from __future__ import annotations

import sys

import pytest

from auditor.app.content import check_roots
from auditor.app.plugins import load_plugins
from auditor.engine.catalogue import Catalogue, load_catalogue
from auditor.engine.examples import missing_examples, run_examples
from auditor.engine.mutation import survivors

IDS = sorted(load_catalogue(check_roots(load_plugins()), None).checks)


@pytest.mark.parametrize("check_id", IDS)
def test_examples_say_what_they_state(catalogue: Catalogue, check_id: str) -> None:
    check = catalogue.checks[check_id]
    results = list(run_examples(check, catalogue.logical))
    assert len(results) == len(check.examples) > 0
    assert [f"{result.name} {result.problem}" for result in results if result.problem] == []
    assert missing_examples(check) == []


@pytest.mark.parametrize("check_id", IDS)
def test_examples_show_pass_fail_and_unknown(catalogue: Catalogue, check_id: str) -> None:
    check = catalogue.checks[check_id]
    shown = {example["outcome"] for example in check.examples}
    if check.form == "manual":
        assert shown == {"manual"}
        return
    assert "unknown" in shown
    places = [catalogue.logical[name].places for name in mentioned(check.raw) if name in catalogue.logical]
    stated = any("logical" in example for example in check.examples)
    if all(places) or stated:  # every datum has a known place, or the examples state what is not mapped yet
        assert {"pass", "fail"} <= shown


def mentioned(node: object) -> set[str]:
    """Names after `setting` and the quantifiers, wherever they stand."""
    if isinstance(node, dict):
        own = {str(node[key]) for key in ("setting", "same_as", "each", "some", "none") if key in node}
        return own.union(*(mentioned(value) for key, value in node.items()))
    return set().union(*map(mentioned, node)) if isinstance(node, list) else set()


def test_no_mutant_survives(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    total, alive = 0, []
    for check in catalogue.checks.values():
        number, missed = survivors(check, catalogue.logical)
        total += number
        alive += [f"{check.id}: no example notices {change}" for change in missed]
    with capsys.disabled():
        sys.stdout.write(f"\n{len(catalogue.checks)} checks, {total} mutants, {len(alive)} survived\n")
    assert alive == []
    assert total > 1000, "so few mutants mean that the mutation engine no longer looks into the checks"
