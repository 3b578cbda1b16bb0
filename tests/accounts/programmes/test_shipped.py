"""The shipped programmes: the table of values and their marks, written down by hand."""

from __future__ import annotations

import pytest

from auditor.accounts.programme_words import knows
from auditor.accounts.programmes import ENTITLEMENTS, LEVELS, load_programmes
from auditor.calendars.durations import Duration
from auditor.errors import ContentError

PAID = ("msa-start", "msa-business", "msa-enterprise", "enhanced-tam")
U = ("unknown",)
Q = ("uncertain",)
R = ("reconciled",)

# value and marks for standard, Start, Business, Enterprise, Enhanced
CELLS = {
    "edition": ((None, U), ("2023", ()), ("2023", ()), (None, U), ("2023", ())),
    "premium_quota": ((0, ()), (6, ()), (36, ()), ("unlimited", ()), ("unlimited", ())),
    "standard_quota": (("unlimited", Q), *(("unlimited", ()),) * 4),
    "quota_period": ((None, ()), ("contract_year", Q), ("contract_year", Q), (None, ()), (None, ())),
    "max_contacts": ((0, Q), (1, Q), (4, Q), (8, Q), (8, ())),
    "needs_plus_licence": ((False, Q), (False, ()), (False, ()), (False, ()), (True, ())),
    "submission_window": ((None, U), *(("always", ()),) * 4),
    "off_hours_call": ((None, U), (True, ()), (True, R), (True, ()), (True, R)),
    "priority": (("standard", ()), *(("above_standard", ()),) * 3, ("highest", ())),
    "avdb": ((None, U), *((True, ()),) * 4),
    "avdb_progress": ((None, U), (None, U), ("kaspersky", ()), ("tam", ()), ("kaspersky", ())),
    "tam": ((None, U), (False, ()), (False, ()), (True, ()), (True, ())),
    "private_patch": ((None, U), (False, Q), (False, Q), (True, ()), (None, U)),
    "daily_report": ((None, U), (None, U), (None, U), (True, ()), (None, U)),
    "periodic_report": ((None, U), (None, U), (None, U), (True, ()), (None, U)),
    "quarterly_report": ((None, U), (None, U), (None, U), (True, ()), (None, U)),
    "on_demand_report": ((None, U), (None, U), (None, U), (True, ()), (None, U)),
    "health_check": ((False, Q), (None, U), (None, U), (True, ()), (None, U)),
}
NONE = ("none", None, None)
TARGETS = {
    "standard": ((NONE, ()), (NONE, ()), (NONE, ()), (NONE, ())),
    "msa-start": ((("guaranteed", 6, "business_hour"), ()), (NONE, ()), (NONE, Q), (NONE, Q)),
    "msa-business": (
        (("guaranteed", 2, "calendar_hour"), ()),
        (("guaranteed", 6, "business_hour"), ()),
        (("guaranteed", 8, "business_hour"), ()),
        (("guaranteed", 10, "business_hour"), ()),
    ),
    "msa-enterprise": (
        (("guaranteed", 30, "calendar_minute"), R),
        (("guaranteed", 2, "calendar_hour"), R),
        (("guaranteed", 6, "business_hour"), R),
        (("guaranteed", 8, "business_hour"), R),
    ),
    "enhanced-tam": (
        (("guaranteed", 30, "calendar_minute"), ()),
        (("guaranteed", 4, "calendar_hour"), Q),
        (("guaranteed", 6, "calendar_hour"), Q),
        (("guaranteed", 8, "calendar_hour"), Q),
    ),
}


@pytest.fixture(scope="module")
def programmes():
    return load_programmes()


def test_five_programmes_standard_first(programmes):
    assert list(programmes) == ["standard", *PAID]
    assert [programme.paid for programme in programmes.values()] == [False, True, True, True, True]


@pytest.mark.parametrize("name", CELLS)
def test_value_and_marks(programmes, name):
    found = [dict(programme.cells())[name] for programme in programmes.values()]
    assert tuple((cell.value, cell.marks) for cell in found) == CELLS[name]


def test_every_cell_but_the_channels_is_in_the_table(programmes):
    assert {name for name, _ in programmes["standard"].cells()} == {*CELLS, "channels"}


@pytest.mark.parametrize("name", TARGETS)
def test_targets_and_marks(programmes, name):
    found = programmes[name].targets
    assert tuple(found) == LEVELS
    printed = tuple(((target.kind, target.value, target.unit), target.marks) for target in found.values())
    assert printed == TARGETS[name]


def test_what_is_not_counted_has_no_period(programmes):
    for name in ("standard", "msa-enterprise", "enhanced-tam"):
        assert not programmes[name].quota_period.applicable


def test_channels(programmes):
    everyone = ("portal", "phone", "email_without_access")
    assert programmes["standard"].channels.marks == U
    assert [programmes[name].channels.value for name in PAID] == [everyone, everyone, (*everyone, "tam"), everyone]


def test_health_check_is_taken_as_no_unless_enterprise(programmes):
    assumed = {name: programme.entitlements["health_check"].assumed for name, programme in programmes.items()}
    assert assumed == {name: name == "msa-enterprise" for name in programmes}


def test_nothing_is_assumed_about_other_services_of_enhanced(programmes):
    cells = programmes["enhanced-tam"].entitlements
    assert [name for name in ENTITLEMENTS if cells[name].assumed is None] == [
        "private_patch", "daily_report", "periodic_report", "quarterly_report", "on_demand_report",
    ]  # fmt: skip


def test_steps_of_a_database_release(programmes):
    who = {name: [step.informed_by for step in programmes[name].avdb_steps] for name in programmes}
    assert who == {
        "standard": [],
        "msa-start": [None, None],
        "msa-business": [None, None, "kaspersky"],
        "msa-enterprise": [None, None, "tam"],
        "enhanced-tam": [None, None, "kaspersky"],
    }
    assert all(knows(step.text) for programme in programmes.values() for step in programme.avdb_steps)


def test_conditions_of_a_database_release_are_inferred_for_enterprise_only(programmes):
    names = ("term_avdb_false_negative", "term_avdb_false_positive", "term_avdb_latest")
    for name in PAID:
        marks = {term.text: term.cell.marks for term in programmes[name].terms if term.text in names}
        assert marks == dict.fromkeys(names, Q if name == "msa-enterprise" else ())


def test_account_manager(programmes):
    def stated(name):
        return {term.text: term.cell.value for term in programmes[name].terms if term.about == "tam"}

    assert stated("msa-enterprise")["term_tam_hours"] is True
    assert stated("msa-enterprise")["term_tam_stand_in"] is True
    assert stated("enhanced-tam")["open_tam_hours"] is None
    assert stated("enhanced-tam")["open_tam_stand_in"] is None
    assert stated("msa-start") == stated("msa-business") == stated("standard") == {}


def test_every_cell_has_a_source_and_every_mark_a_note(programmes):
    for programme in programmes.values():
        found = [*dict(programme.cells()).values(), *programme.targets.values()]
        found += [item.cell for item in (*programme.avdb_steps, *programme.terms)]
        for cell in found:
            assert cell.source
            assert cell.note or not cell.marks


def test_links_of_paid_programmes(programmes):
    for name in PAID:
        assert programmes[name].links == (
            "https://support.kaspersky.com/corporate/msa",
            "https://support.kaspersky.com/corporate/professional_services",
        )


def test_only_hosts_of_the_vendor_are_named(programmes):
    urls = [source.url for programme in programmes.values() for source in programme.sources if source.url]
    urls += [link for programme in programmes.values() for link in programme.links]
    hosts = {url.split("/")[2] for url in urls}
    assert hosts == {"support.kaspersky.com", "support.kaspersky.co.jp"}


# T-32
@pytest.mark.parametrize("level", [2, 3, 4])
def test_start_guarantees_nothing_below_level_1(programmes, level):
    target = programmes["msa-start"].targets[level]
    assert (target.kind, target.value, target.unit, target.duration()) == ("none", None, None, None)


# T-33
@pytest.mark.parametrize(("level", "hours"), [(2, 4), (3, 6), (4, 8)])
def test_both_readings_of_enhanced_can_be_chosen(programmes, level, hours):
    target = programmes["enhanced-tam"].targets[level]
    assert target.uncertain
    assert target.duration() == Duration(hours * 3600, business=False)
    business = target.read_as("business_hour", "contract C-1, annex 2")
    assert business.duration() == Duration(hours * 3600, business=True)
    assert (business.marks, business.value) == ((), hours)
    assert business.source == f"{target.source}; contract C-1, annex 2"
    assert target.read_as("calendar_hour", "contract").duration() == target.duration()


@pytest.mark.parametrize(
    ("name", "level", "unit"),
    [
        ("enhanced-tam", 2, "calendar_minute"),
        ("enhanced-tam", 1, "business_hour"),
        ("msa-business", 2, "calendar_hour"),
        ("msa-start", 2, "business_hour"),
    ],
)
def test_no_other_unit_can_be_chosen(programmes, name, level, unit):
    with pytest.raises(ContentError, match=f"level {level}: the unit cannot be {unit}"):
        programmes[name].targets[level].read_as(unit, "contract")


def test_durations(programmes):
    found = [programmes["msa-enterprise"].targets[level].duration() for level in LEVELS]
    assert found == [
        Duration(1800, business=False),
        Duration(7200, business=False),
        Duration(21600, business=True),
        Duration(28800, business=True),
    ]
