"""Databases that are not the latest block a request (RULE-AVDB-2, T-46)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.accounts import avdb
from auditor.accounts.avdb_facts import REASONS, Databases, Facts, Judgement, Promise, Sample
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import Event, canonical

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATEST = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.mark.parametrize(
    ("date", "latest", "tolerance", "judgement"),
    [
        (LATEST, LATEST, timedelta(0), "latest"),
        (LATEST - MINUTE, LATEST, timedelta(0), "older"),
        (LATEST - DAY, LATEST, timedelta(0), "older"),
        (LATEST - timedelta(seconds=1), LATEST, timedelta(0), "older"),
        # the tolerance is the greatest difference that still does
        (LATEST - MINUTE, LATEST, MINUTE, "latest"),
        (LATEST - MINUTE - timedelta(seconds=1), LATEST, MINUTE, "older"),
        (LATEST - DAY, LATEST, DAY, "latest"),
        (LATEST - DAY - MINUTE, LATEST, DAY, "older"),
        # newer than the latest that somebody knew of
        (LATEST + MINUTE, LATEST, timedelta(0), "latest"),
        (None, LATEST, timedelta(0), "date_unknown"),
        (None, None, timedelta(0), "date_unknown"),
        (LATEST, None, timedelta(0), "latest_unknown"),
        # unknown stays unknown, however much is tolerated
        (None, LATEST, timedelta(days=400), "date_unknown"),
        (LATEST, None, timedelta(days=400), "latest_unknown"),
        (NOW + MINUTE, LATEST, timedelta(0), "clock_skew"),
        (NOW + MINUTE, LATEST, MINUTE, "latest"),
        (NOW + MINUTE, None, timedelta(0), "clock_skew"),
        (NOW, LATEST, timedelta(0), "latest"),
        (LATEST, NOW + MINUTE, timedelta(0), "clock_skew"),
        (LATEST, NOW, timedelta(0), "older"),
    ],
)
def test_judgement(date, latest, tolerance, judgement):
    assert Databases(date, latest, tolerance).judge(NOW) == judgement


def test_offsets_are_the_same_instants():
    """09:00 in UTC is 10:00 in an office one hour ahead; comparing the wall clocks would call them an hour older."""
    office = timezone(timedelta(hours=1))
    assert Databases(LATEST.astimezone(office), LATEST).judge(NOW) == "latest"
    assert Databases(LATEST.replace(tzinfo=office), LATEST).judge(NOW) == "older"


def test_dates_without_zone_and_negative_tolerances_are_refused():
    with pytest.raises(UsageProblem, match="no time zone"):
        Databases(LATEST.replace(tzinfo=None), LATEST)
    with pytest.raises(UsageProblem, match="negative"):
        Databases(LATEST, LATEST, -MINUTE)


def facts(databases, **changed):
    values = {
        "reason": "false_positive",
        "sample": Sample(SHA, "HEUR:Trojan.Win32.Generic", "setup.exe"),
        "product": "Kaspersky Endpoint Security for Windows",
        "product_version": "12.6",
        "databases": databases,
        "promise": Promise("MSA Business", "kaspersky", ()),
    }
    return Facts(**{**values, **changed})


def submitted(request_facts, at=NOW):
    payload = {"type": "avdb_release", "request": request_facts.to_document()}
    return Event("incident", "INC-000001", "submitted", at, "contact:C-0001", payload, "acme", 1)


def changed(payload, seq, at=NOW):
    return Event("incident", "INC-000001", "avdb_changed", at, "user:test", payload, "acme", seq)


@pytest.mark.parametrize("judgement", get_args(Judgement))
def test_everything_but_the_latest_databases_blocks(judgement):
    dates = {
        "latest": (LATEST, LATEST),
        "older": (LATEST - MINUTE, LATEST),
        "date_unknown": (None, LATEST),
        "latest_unknown": (LATEST, None),
        "clock_skew": (NOW + DAY, LATEST),
    }
    opened = avdb.opened(facts(Databases(*dates[judgement])), NOW)
    assert opened.judgement == judgement
    blocked = avdb.block(opened)
    if judgement == "latest":
        assert blocked is None
    else:
        assert (blocked["from"], blocked["to"]) == ("new", "blocked_old_databases")
        assert blocked["databases"]["judgement"] == judgement


def test_a_blocked_request_takes_no_step_until_the_file_was_tested_again():
    first = submitted(facts(Databases(LATEST - DAY, LATEST)))
    blocked = changed(avdb.block(avdb.fold([first])), 2)
    request = avdb.fold([first, blocked])
    assert request.state == "blocked_old_databases"
    for number in (1, 2):
        with pytest.raises(RuleBroken, match="blocked by old databases") as refused:
            avdb.step(request, number)
        assert "retest" in refused.value.hint
    still = avdb.retest(request, Databases(LATEST - MINUTE, LATEST), NOW)
    assert (still["to"], still["databases"]["judgement"]) == ("blocked_old_databases", "older")
    request = avdb.fold([first, blocked, changed(still, 3)])
    assert (request.state, request.judgement, request.databases.date) == (
        "blocked_old_databases",
        "older",
        LATEST - MINUTE,
    )
    again = avdb.retest(request, Databases(LATEST, LATEST), NOW)
    request = avdb.fold([first, blocked, changed(still, 3), changed(again, 4)])
    assert (request.state, request.judgement) == ("new", "latest")
    assert avdb.step(request, 1)["to"] == "step1_processing"
    # what was stated first is kept
    assert request.facts.databases.date == LATEST - DAY


def test_a_blocked_request_can_end_because_the_update_was_enough():
    first = submitted(facts(Databases(None, None)))
    request = avdb.fold([first, changed(avdb.block(avdb.fold([first])), 2)])
    assert avdb.close(request, "judged rightly after the update")["to"] == "closed"


def test_changes_are_read_in_the_order_in_which_they_happened():
    """An import may record an earlier change later."""
    first = submitted(facts(Databases(LATEST, LATEST)))
    one = avdb.step(avdb.fold([first]), 1)
    two = {"from": "step1_processing", "to": "step2_released", "step": 2, "note": ""}
    late = [first, changed(two, 2, NOW + DAY), changed(one, 3, NOW + MINUTE)]
    assert avdb.fold(late).state == "step2_released"
    assert [change.after for change in avdb.fold(late).changes] == ["step1_processing", "step2_released"]


instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # zone beside
unclean = st.text(max_size=255)


@given(
    st.builds(
        Databases, st.none() | instants, st.none() | instants, st.integers(0, 10**6).map(lambda s: timedelta(seconds=s))
    ),
    st.sampled_from(REASONS),
    unclean,
)
def test_facts_survive_being_stored(databases, reason, file_name):
    known = facts(databases, reason=reason, sample=Sample(SHA.upper(), "x", file_name))
    document = known.to_document()
    canonical(document)
    assert Facts.from_document(document) == known
    assert known.sample.sha256 == SHA


@given(instants, instants, st.integers(0, 10**6), st.integers(1, 10**6))
def test_more_tolerance_never_blocks_what_less_let_through(date, latest, tolerance, more):
    less = Databases(date, latest, timedelta(seconds=tolerance)).judge(NOW)
    if less == "latest":
        assert Databases(date, latest, timedelta(seconds=tolerance + more)).judge(NOW) == "latest"
    if date < latest - timedelta(seconds=tolerance):
        assert less in {"older", "clock_skew"}


@pytest.mark.parametrize(
    "sha256", ["", "9f86", SHA[:-1], SHA + "0", "g" + SHA[1:], SHA[:-1] + "\u0660", "0x" + SHA[2:]]
)
def test_what_is_no_sha256_is_refused(sha256):
    with pytest.raises(UsageProblem, match="64 hexadecimal digits"):
        Sample(sha256, "HEUR:Trojan.Win32.Generic")


def test_file_names_are_kept_as_they_are_and_can_be_stored():
    """A blank at the end hides a second suffix; bytes that are no UTF-8 come from Python as lone surrogates."""
    assert Sample(SHA, "x", " invoice.pdf ").file_name == " invoice.pdf "
    assert Sample(SHA, "x", "a\x1b[2J\nb").file_name == "a\x1b[2J\nb"
    hostile = Sample(SHA, "x", "n\udcff.exe")
    assert hostile.file_name == "n\\udcff.exe"
    canonical(facts(Databases(LATEST, LATEST), sample=hostile).to_document())


def test_a_request_needs_its_facts():
    fine = Databases(LATEST, LATEST)
    with pytest.raises(UsageProblem, match="no reason"):
        facts(fine, reason="slow")
    with pytest.raises(UsageProblem, match="the detection is missing"):
        Sample(SHA, "  ")
    with pytest.raises(UsageProblem, match="the product is missing"):
        facts(fine, product="")
    with pytest.raises(UsageProblem, match="256 characters"):
        Sample(SHA, "x", "n" * 256)
    with pytest.raises(RuleBroken, match="not avdb_release"):
        avdb.fold([Event("incident", "INC-000001", "submitted", NOW, "user:test", {"type": "question"}, "acme", 1)])
    with pytest.raises(UsageProblem, match="no such incident"):
        avdb.fold([])
