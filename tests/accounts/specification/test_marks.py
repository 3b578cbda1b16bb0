"""What is uncertain has its mark on every page, also that nothing is guaranteed (INV-10)."""

from __future__ import annotations

import pytest


@pytest.fixture
def start(customer):
    """MSA Start: that nothing is guaranteed is uncertain at level 3, where the sheet prints nothing, not at level 2."""
    commands = customer("msa-start")
    commands.open("third", level=3)
    commands.open("second", level=2)
    return commands


@pytest.mark.parametrize(
    ("words", "third", "second"),
    [
        (("incident", "list"), "not guaranteed (uncertain) third", "not guaranteed second"),
        (("incident", "queue"), "3 (Medium) third Answer due not guaranteed (uncertain)", "due not guaranteed Account"),
        (("incident", "show", 1), "Answer due not guaranteed (uncertain) Response", "third"),
        (("incident", "show", 2), "second", "Answer due not guaranteed Response"),
    ],
)
def test_not_guaranteed_has_its_mark(start, words, third, second):
    page = " ".join(start.said(*words).split())
    assert third in page
    assert second in page


def test_the_note_about_the_quota_marks_its_period(customer):
    """The fifth of six units reaches 80 %; that they are counted per year of the contract is uncertain."""
    commands = customer("msa-start")
    for number in range(4):
        commands.open(f"number {number}")
    asked = ("--title", "fifth", "--level", 2, "--at", "2026-03-16T10:00", "--by", "C-0001")
    page = " ".join(commands.said("incident", "open", "acme", *asked).split())
    assert "5 of 6 premium requests of the period from 2026-01-01 (uncertain) are used" in page
