"""Suggested levels and foreign scales (RULE-SEV-1, RULE-SEV-3, T-45)."""

from __future__ import annotations

import itertools

import pytest

from auditor.accounts.incidents.severity import FOREIGN, SCALES, Effects, from_foreign, suggest
from auditor.errors import RuleBroken
from auditor.phrases import Phrases


@pytest.mark.parametrize(
    ("effects", "level"),
    [
        (Effects("affected"), 2),
        (Effects("partly"), 3),
        (Effects("none"), 4),
        (Effects("none", crash=True), 1),
        (Effects("partly", data_loss=True), 1),
        (Effects("affected", business_stopped=True), 1),
    ],
)
def test_the_definitions(effects, level):
    assert suggest(effects).level == level
    assert suggest(effects).needs_person is (level == 1)


@pytest.mark.parametrize("functionality", ["affected", "partly", "none"])
def test_any_crash_excludes_all_but_level_1(functionality):
    """REQ-SEV-2: level 2 is without crash and without loss of data."""
    for data_loss, stopped in itertools.product((False, True), repeat=2):
        assert suggest(Effects(functionality, True, data_loss, stopped)).excluded == (2, 3, 4)
    assert suggest(Effects(functionality, data_loss=True)).excluded == (2, 3, 4)
    assert suggest(Effects(functionality, business_stopped=True)).excluded == ()


def test_every_reason_has_words():
    effects = [Effects("none", True, True, True), Effects("affected"), Effects("partly"), Effects("none")]
    for reason in itertools.chain.from_iterable(suggest(one).reasons for one in effects):
        assert Phrases("es", "incidents").knows(reason)
    for scale in SCALES:
        assert all(Phrases("ru", "incidents").knows(reason) for reason in from_foreign(scale, 1).reasons)


@pytest.mark.parametrize(
    ("scale", "levels"),
    [
        ("ksc", {3: 1, 2: 3, 1: 4}),
        ("glpi", {5: 1, 4: 2, 3: 3, 2: 4, 1: 4}),
        ("servicenow", {1: 2, 2: 3, 3: 4}),
        ("zammad", {3: 2, 2: 3, 1: 4}),
    ],
)
def test_foreign_scales(scale, levels):
    """T-45: 3 is the worst in KSC, and must not become level 3."""
    assert {value: from_foreign(scale, value).level for value in levels} == levels
    assert set(FOREIGN[scale]) == set(levels)


def test_no_scale_is_taken_over_by_number():
    for scale in SCALES:
        assert {value: entry.level for value, entry in FOREIGN[scale].items()} != {
            value: value for value in FOREIGN[scale]
        }


def test_only_a_person_sets_what_a_scale_calls_critical():
    assert from_foreign("ksc", 3).needs_person
    assert not from_foreign("ksc", 2).needs_person


@pytest.mark.parametrize(
    ("scale", "value"), [("ksc", 0), ("ksc", 4), ("servicenow", 5), ("ksc", True), ("glpi", "3"), ("zammad", None)]
)
def test_no_number_passes_through(scale, value):
    with pytest.raises(RuleBroken, match=f"{scale} has no severity") as told:
        from_foreign(scale, value)
    assert "(" in told.value.hint


def test_an_unknown_scale():
    with pytest.raises(RuleBroken, match="scale 'jira' is not known"):
        from_foreign("jira", 1)
