"""T-31: the shipped programmes say what the five sheets print, read from the words independently."""

from __future__ import annotations

import re
from itertools import pairwise, permutations
from pathlib import Path

import pytest

from auditor.accounts.programmes import load_programmes
from auditor.sdk import strict_yaml

SHEETS = strict_yaml.load((Path(__file__).parent / "sheets.yaml").read_text("utf-8"), "sheets.yaml")

UNITS = {
    "min": "calendar_minute",
    "minutos": "calendar_minute",
    "ore": "calendar_hour",
    "horas": "calendar_hour",
    "ore lavorative": "business_hour",
    "horas laborables": "business_hour",
    "рабочих часов": "business_hour",
}
SECONDS = {"calendar_minute": 60, "calendar_hour": 3600, "business_hour": 3600}
TIME = re.compile(rf"(\d+) ({'|'.join(sorted(UNITS, key=len, reverse=True))})")
UNLIMITED = re.compile(r"\bilimitad[oa]|\billimitat[ei]|неограниченн")
NUMBER_WORDS = {"oito": 8}


def times(words):
    """Every time in the words as (value, unit): a stray sign before the number belongs to no number."""
    return [(int(value), UNITS[unit]) for value, unit in TIME.findall(words)]


def amount(words):
    if UNLIMITED.search(words):
        return "unlimited"
    (digits,) = re.findall(r"\d+", words) or [NUMBER_WORDS[word] for word in words.split() if word in NUMBER_WORDS]
    return int(digits)


def labelled(sheet):
    """Level -> (value, unit) or None, where the sheet prints time below label."""
    found = {}
    for label, words in SHEETS[sheet]["levels"].items():
        level = int(re.search(r"\d", label)[0])
        found[level] = next(iter(times(words)), None)
    return found


def shipped(name):
    return {
        level: None if target.kind == "none" else (target.value, target.unit)
        for level, target in load_programmes()[name].targets.items()
    }


def faster(first, second):
    """Whether the first time is over before the second, whatever the calendar: business time may only take longer."""
    length = [SECONDS[unit] * value for value, unit in (first, second)]
    return length[0] < length[1] and (first[1] != "business_hour" or second[1] == "business_hour")


@pytest.mark.parametrize(
    ("sheet", "programme"),
    [("start_ru", "msa-start"), ("business_it", "msa-business"), ("enhanced_pt", "enhanced-tam")],
)
def test_times_printed_below_their_label(sheet, programme):
    assert shipped(programme) == labelled(sheet)


def test_damaged_spanish_business_sheet_agrees_with_the_clean_one():
    lines = SHEETS["business_es"]["times_in_order_of_the_paragraphs"]
    found = dict(enumerate((times(line)[0] for line in lines), start=1))
    assert found == labelled("business_it")
    assert shipped("msa-business") == found


def test_enterprise_times_fit_the_levels_in_one_way_only():
    printed = times(SHEETS["enterprise_es"]["times"])
    assert len(printed) == 4
    orders = [order for order in permutations(printed) if all(faster(*pair) for pair in pairwise(order))]
    assert len(orders) == 1
    assert shipped("msa-enterprise") == dict(enumerate(orders[0], start=1))


def test_enterprise_times_cannot_follow_the_order_of_the_labels():
    """Labels come as 1 3 2 4: then level 4 would be answered before level 1."""
    labels = [int(level) for level in re.findall(r"Nivel (\d)", SHEETS["enterprise_es"]["labels"])]
    assert labels == [1, 3, 2, 4]
    naive = dict(zip(labels, times(SHEETS["enterprise_es"]["times"]), strict=True))
    assert faster(naive[4], naive[1])


@pytest.mark.parametrize(
    ("sheet", "programme"),
    [
        ("start_ru", "msa-start"),
        ("business_es", "msa-business"),
        ("business_it", "msa-business"),
        ("enterprise_es", "msa-enterprise"),
        ("enhanced_pt", "enhanced-tam"),
    ],
)
def test_quotas_and_contacts(sheet, programme):
    found = load_programmes()[programme]
    assert found.premium_quota.value == amount(SHEETS[sheet]["premium"])
    assert found.standard_quota.value == amount(SHEETS[sheet]["standard"])
    if "contacts" in SHEETS[sheet]:
        assert (found.max_contacts.value, found.max_contacts.marks) == (amount(SHEETS[sheet]["contacts"]), ())


def test_citations_quote_the_words_as_printed():
    """Each time is cited with exactly the words that the sheet prints."""
    found = load_programmes()
    for level, words in enumerate(SHEETS["business_it"]["levels"].values(), start=1):
        assert f'(it, 2023): "{words}"' in found["msa-business"].targets[level].source
    for level, words in enumerate(SHEETS["enhanced_pt"]["levels"].values(), start=1):
        assert found["enhanced-tam"].targets[level].source == f'Enhanced with TAM (pt, 2023): "{words}"'
    assert found["msa-start"].targets[1].source == 'MSA Start (ru, 2023): "6 рабочих часов"'
